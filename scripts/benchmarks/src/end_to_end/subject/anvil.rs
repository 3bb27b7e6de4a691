//! Anvil, Foundry's development node: in memory, without a state root that survives it.
//!
//! It gets every help that its options offer: no log, no limit of gas in a block, first come first served, all processors, no old states
//! (which it would write to the disk, gigabytes of them in the home folder, where a burst makes many blocks).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, Signature, TxKind, U256, keccak256};
use serde_json::{Map, Value, json};
use ziver_primitives::AccountId20;

use super::{Identity, Moved, Sealing, Subject, bytes, hex, no_parameters, token, write};
use crate::{
    contracts::erc20,
    end_to_end::transfers::{Account, Act, Signed, Transaction, in_parallel},
};

const GENESIS: &str = "genesis.json";
const CHAIN_ID: u64 = 31_337;
/// 10^15, a thousandth of an ether.
const AMOUNT: u64 = 1_000_000_000_000_000;
/// What a transfer takes, and what a million of them take.
const TRANSFER_GAS: u64 = 21_000;
const BLOCK_GAS: u64 = 1_000_000 * TRANSFER_GAS;
/// More than a transfer of tokens takes, and than their contract takes to be made.
const CALL_GAS: u64 = 100_000;
const DEPLOYMENT_GAS: u64 = 5_000_000;
const GIGAWEI: u128 = 1_000_000_000;

/// The program.
pub struct Anvil {
    /// Where it is.
    pub program: PathBuf,
}

impl Subject for Anvil {
    fn name(&self) -> &'static str {
        "anvil"
    }

    fn command(&self, folder: &Path, port: u16, sealing: Sealing) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--quiet", "--no-request-size-limit", "--order", "fifo", "--threads", "0", "--accounts", "1"]);
        command.arg("--prune-history");
        command.args(["--gas-limit", &BLOCK_GAS.to_string(), "--port", &port.to_string()]);
        command.arg("--init").arg(folder.join(GENESIS));
        if let Sealing::Interval { seconds } = sealing {
            command.args(["--block-time", &seconds.to_string()]);
        }
        command
    }

    fn prepare(&self, folder: &Path, accounts: &[Account]) {
        let balance = json!({ "balance": "0xd3c21bcecceda1000000" });
        let alloc: Map<String, Value> =
            accounts.iter().map(|account| (hex(&account.address), balance.clone())).collect();
        let genesis = json!({
            "config": { "chainId": CHAIN_ID }, "difficulty": "0x0", "gasLimit": format!("{BLOCK_GAS:#x}"), "alloc": alloc,
        });
        write(folder, GENESIS, &genesis);
    }

    fn identity(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    fn sign(&self, _: &Identity, accounts: &[Account], transactions: &[Transaction]) -> Vec<Signed> {
        let address = |index: u32| accounts[index as usize].address;
        let token = Address::from(token(accounts).0);
        in_parallel(transactions, |planned| {
            let (gas_limit, to, value, input) = match planned.act {
                Act::Pay { to } => (TRANSFER_GAS, TxKind::Call(address(to).into()), AMOUNT, Vec::new()),
                Act::Deploy { supply } => (DEPLOYMENT_GAS, TxKind::Create, 0, erc20::new(supply)),
                Act::Give { to, tokens } => {
                    (CALL_GAS, TxKind::Call(token), 0, erc20::transfer(AccountId20(address(to)), tokens))
                }
            };
            let transaction = TxEip1559 {
                chain_id: CHAIN_ID,
                nonce: planned.nonce.into(),
                gas_limit,
                max_fee_per_gas: 100 * GIGAWEI,
                max_priority_fee_per_gas: GIGAWEI,
                to,
                value: U256::from(value),
                input: input.into(),
                ..Default::default()
            };
            let (rs, v) = accounts[planned.from as usize].sign(transaction.signature_hash().0);
            let signature = Signature::from_bytes_and_parity(&rs, v == 1);
            let envelope = TxEnvelope::from(transaction.into_signed(signature));
            Signed { hash: envelope.tx_hash().0, text: hex(&envelope.encoded_2718()) }
        })
    }

    fn submit(&self) -> &'static str {
        "eth_sendRawTransaction"
    }

    fn heads(&self) -> (&'static str, Value) {
        ("eth_subscribe", json!(["newHeads"]))
    }

    fn block(&self, head: &Value) -> (&'static str, Value) {
        ("eth_getBlockByHash", json!([head["hash"], false]))
    }

    fn best(&self) -> (&'static str, Value) {
        ("eth_blockNumber", no_parameters())
    }

    fn events(&self, contract: AccountId20, block: u64) -> (&'static str, Value) {
        let block = format!("{block:#x}");
        ("eth_getLogs", json!([{ "fromBlock": block, "toBlock": block, "address": hex(&contract.0) }]))
    }

    fn moved(&self, event: &Value) -> Option<Moved> {
        let topic = |index: usize| bytes(&event["topics"][index]);
        let address = |index: usize| topic(index)?.get(12..)?.try_into().ok();
        let is_transfer = topic(0)?.as_slice() == keccak256("Transfer(address,address,uint256)").as_slice();
        let moved = Moved {
            by: bytes(&event["transactionHash"])?.try_into().ok()?,
            from: address(1)?,
            to: address(2)?,
            tokens: U256::try_from_be_slice(&bytes(&event["data"])?)?.try_into().ok()?,
        };
        Some(moved).filter(|_| is_transfer)
    }

    fn balance(&self, token: AccountId20, of: AccountId20) -> (&'static str, Value) {
        let call = json!({ "to": hex(&token.0), "data": hex(&erc20::balance_of(of)) });
        ("eth_call", json!([call, "latest"]))
    }

    fn balance_told(&self, answer: &Value) -> Option<u64> {
        U256::try_from_be_slice(&bytes(answer)?)?.try_into().ok()
    }
}
