//! Ziver: a release build, on RocksDB.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use codec::{Compact, Decode, Encode};
use serde_json::{Value, json};
use ziver_primitives::{
    AccountId20, EthereumSignature, Hash, U256, UNIT, hashing::keccak_256, transaction::UnsignedTransaction,
};

use super::{Identity, Moved, Sealing, Subject, bytes, hex, no_parameters, token, write};
use crate::{
    contracts::{self, zrc20},
    end_to_end::transfers::{Account, Act, Signed, Transaction, in_parallel},
};

/// Pallet Balances, call `transfer_keep_alive`.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
const SPEC: &str = "spec.json";

/// The program.
pub struct Ziver {
    /// Where it is.
    pub program: PathBuf,
}

impl Subject for Ziver {
    fn name(&self) -> &'static str {
        "ziver"
    }

    fn command(&self, folder: &Path, port: u16, sealing: Sealing) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--chain").arg(folder.join(SPEC)).arg("--base-path").arg(folder.join("data"));
        command.args(["--no-prometheus", "--rpc-port", &port.to_string()]);
        match sealing {
            Sealing::Interval { seconds } => command.args(["--block-time-ms", &(seconds * 1_000).to_string()]),
            Sealing::Instant => command.args(["--sealing", "instant"]),
        };
        command
    }

    fn prepare(&self, folder: &Path, accounts: &[Account]) {
        let endowment = (1_000_000 * UNIT).to_string();
        let balances: Vec<Value> = accounts.iter().map(|account| json!([hex(&account.address), endowment])).collect();
        let sudo = accounts.first().map(|account| hex(&account.address));
        let patch = json!({ "balances": { "balances": balances }, "sudo": { "key": sudo } });
        let spec = json!({
            "name": "End to end", "id": "end_to_end", "chainType": "Development",
            "genesis": { "runtimeGenesis": { "patch": patch } },
        });
        write(folder, SPEC, &spec);
    }

    fn identity(&self) -> Vec<(&'static str, Value)> {
        vec![("chain_getBlockHash", json!([0])), ("state_getRuntimeVersion", no_parameters())]
    }

    fn sign(&self, identity: &Identity, accounts: &[Account], transactions: &[Transaction]) -> Vec<Signed> {
        let signer = Signer::new(identity);
        let address = |index: u32| AccountId20(accounts[index as usize].address);
        // Compiled once, and only if it is deployed.
        let module = LazyLock::new(contracts::token);
        let token = token(accounts);
        in_parallel(transactions, |transaction| {
            let call = match transaction.act {
                Act::Pay { to } => pay(address(to)),
                Act::Deploy { supply } => contracts::deploy(module.clone(), zrc20::new(supply)),
                Act::Give { to, tokens } => contracts::call(token, zrc20::transfer(address(to), tokens)),
            };
            signer.sign(&accounts[transaction.from as usize], transaction.nonce, call)
        })
    }

    fn submit(&self) -> &'static str {
        "author_submitExtrinsic"
    }

    fn watch(&self) -> Option<&'static str> {
        Some("author_submitAndWatchExtrinsic")
    }

    fn heads(&self) -> (&'static str, Value) {
        ("chain_subscribeNewHeads", no_parameters())
    }

    fn block(&self, head: &Value) -> (&'static str, Value) {
        ("zx_getBlockByNumber", json!([head["number"], false]))
    }

    fn best(&self) -> (&'static str, Value) {
        ("zx_blockNumber", no_parameters())
    }

    fn events(&self, contract: AccountId20, block: u64) -> (&'static str, Value) {
        let block = format!("{block:#x}");
        ("zx_getLogs", json!([{ "fromBlock": block, "toBlock": block, "contract": hex(&contract.0) }]))
    }

    fn moved(&self, event: &Value) -> Option<Moved> {
        let is_transfer = bytes(&event["topics"][0])? == keccak_256(b"Transfer(Address,Address,integer)");
        let (from, to, tokens): (AccountId20, AccountId20, U256) =
            Decode::decode(&mut bytes(&event["data"])?.as_slice()).ok()?;
        let by = bytes(&event["transactionHash"])?.try_into().ok()?;
        let moved = Moved { by, from: from.0, to: to.0, tokens: tokens.try_into().ok()? };
        Some(moved).filter(|_| is_transfer)
    }

    fn balance(&self, token: AccountId20, of: AccountId20) -> (&'static str, Value) {
        ("contract_staticCall", json!([{ "to": hex(&token.0), "data": hex(&zrc20::balance_of(of)) }]))
    }

    fn balance_told(&self, answer: &Value) -> Option<u64> {
        let value = Result::<U256, String>::decode(&mut bytes(&answer["returnValue"])?.as_slice()).ok()?;
        value.ok()?.try_into().ok().filter(|_| answer["success"] == true)
    }
}

/// The call that moves a small amount of money.
fn pay(to: AccountId20) -> Vec<u8> {
    (TRANSFER_KEEP_ALIVE, to, Compact(UNIT / 1_000)).encode()
}

/// What signatures on a chain cover beside the call.
pub struct Signer {
    genesis: Hash,
    spec_version: u32,
    transaction_version: u32,
}

impl Signer {
    /// From the answers to [`Subject::identity`].
    pub fn new(identity: &Identity) -> Self {
        let genesis = identity[0].as_str().and_then(|text| hex::decode(text.strip_prefix("0x")?).ok());
        let genesis = Hash::from_slice(&genesis.filter(|bytes| bytes.len() == 32).expect("a hash"));
        let version =
            |name: &str| identity[1][name].as_u64().and_then(|number| u32::try_from(number).ok()).expect("a version");
        Self { genesis, spec_version: version("specVersion"), transaction_version: version("transactionVersion") }
    }

    /// A transfer of a small amount.
    pub fn transfer(&self, from: &Account, to: &Account, nonce: u32) -> Signed {
        self.sign(from, nonce, pay(AccountId20(to.address)))
    }

    /// A transaction that makes this call.
    fn sign(&self, from: &Account, nonce: u32, call: Vec<u8>) -> Signed {
        let unsigned = UnsignedTransaction {
            call,
            nonce,
            spec_version: self.spec_version,
            transaction_version: self.transaction_version,
            genesis_hash: self.genesis,
            birth_hash: self.genesis,
            ..Default::default()
        };
        let (rs, v) = from.sign(keccak_256(&unsigned.payload()));
        let mut signature = [v; 65];
        signature[..64].copy_from_slice(&rs);
        let extrinsic = unsigned.with_signature(AccountId20(from.address), &EthereumSignature(signature));
        Signed { hash: extrinsic.hash().0, text: hex(&extrinsic.encode()) }
    }
}
