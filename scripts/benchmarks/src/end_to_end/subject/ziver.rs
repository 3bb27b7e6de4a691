//! Ziver: a release build, on RocksDB.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use codec::{Compact, Encode};
use serde_json::{Value, json};
use ziver_primitives::{
    AccountId20, EthereumSignature, Hash, UNIT, hashing::keccak_256, transaction::UnsignedTransaction,
};

use super::{Identity, Sealing, Subject, hex, no_parameters, write};
use crate::end_to_end::transfers::{Account, Signed, Transfer, in_parallel};

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

    fn sign(&self, identity: &Identity, accounts: &[Account], transfers: &[Transfer]) -> Vec<Signed> {
        let signer = Signer::new(identity);
        in_parallel(transfers, |transfer| {
            let [from, to] = [transfer.from, transfer.to].map(|index| &accounts[index as usize]);
            signer.transfer(from, to, transfer.nonce)
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
        let unsigned = UnsignedTransaction {
            call: (TRANSFER_KEEP_ALIVE, AccountId20(to.address), Compact(UNIT / 1_000)).encode(),
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
