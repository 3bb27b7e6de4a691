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
use alloy_primitives::{Address, Signature, TxKind, U256};
use serde_json::{Map, Value, json};

use super::{Identity, Sealing, Subject, hex, write};
use crate::end_to_end::transfers::{Account, Signed, Transfer, in_parallel};

const GENESIS: &str = "genesis.json";
const CHAIN_ID: u64 = 31_337;
/// 10^15, a thousandth of an ether.
const AMOUNT: u64 = 1_000_000_000_000_000;
/// What a transfer takes, and what a million of them take.
const TRANSFER_GAS: u64 = 21_000;
const BLOCK_GAS: u64 = 1_000_000 * TRANSFER_GAS;
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

    fn sign(&self, _: &Identity, accounts: &[Account], transfers: &[Transfer]) -> Vec<Signed> {
        in_parallel(transfers, |transfer| {
            let [from, to] = [transfer.from, transfer.to].map(|index| &accounts[index as usize]);
            let transaction = TxEip1559 {
                chain_id: CHAIN_ID,
                nonce: transfer.nonce.into(),
                gas_limit: TRANSFER_GAS,
                max_fee_per_gas: 100 * GIGAWEI,
                max_priority_fee_per_gas: GIGAWEI,
                to: TxKind::Call(Address::from(to.address)),
                value: U256::from(AMOUNT),
                ..Default::default()
            };
            let (rs, v) = from.sign(transaction.signature_hash().0);
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
}
