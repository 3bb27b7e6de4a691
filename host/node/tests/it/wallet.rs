//! Signing transfers for a running node.

use codec::{Compact, Encode};
use serde_json::json;
use ziver_primitives::{
    AccountId20, Hash, UNIT,
    transaction::{DevelopmentAccount, SecretKey, UnsignedTransaction},
};

use crate::process::Node;

/// Pallet Balances, call `transfer_keep_alive`; the clients' tests find it by name.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
/// Pallet System, call `remark`.
const REMARK: [u8; 2] = [0, 0];

/// One account's key and what it must sign besides its calls.
pub struct Wallet {
    key: SecretKey,
    form: UnsignedTransaction,
}

impl Wallet {
    /// Learns chain, runtime version and nonce from the node.
    pub fn new(node: &Node, account: DevelopmentAccount) -> Self {
        let version = node.call("state_getRuntimeVersion", json!([]));
        let genesis = node.call("chain_getBlockHash", json!([0]));
        let genesis_hash: Hash = genesis.as_str().unwrap().parse().unwrap();
        let nonce = node.call("account_nextIndex", json!([account.account().to_string()]));
        let of = |value: &serde_json::Value| u32::try_from(value.as_u64().unwrap()).unwrap();
        let form = UnsignedTransaction {
            nonce: of(&nonce),
            spec_version: of(&version["specVersion"]),
            transaction_version: of(&version["transactionVersion"]),
            genesis_hash,
            birth_hash: genesis_hash,
            ..Default::default()
        };
        Self { key: account.key(), form }
    }

    /// From now on each transaction has this tip.
    pub fn tip(&mut self, tip: u128) {
        self.form.tip = tip;
    }

    /// The next transfer of a thousandth of the token, as hexadecimal for JSON-RPC.
    pub fn transfer(&mut self, to: AccountId20) -> String {
        self.sign((TRANSFER_KEEP_ALIVE, to, Compact(UNIT / 1_000)).encode())
    }

    /// A transfer in the place of the last one, for which the author gets a whole token.
    pub fn dearer_transfer(&mut self, to: AccountId20) -> String {
        self.form.nonce -= 1;
        self.form.tip = UNIT;
        let transfer = self.transfer(to);
        self.form.tip = 0;
        transfer
    }

    /// The next remark of so many bytes.
    pub fn remark(&mut self, bytes: usize) -> String {
        self.sign((REMARK, vec![7u8; bytes]).encode())
    }

    fn sign(&mut self, call: Vec<u8>) -> String {
        self.form.call = call;
        let extrinsic = self.form.sign(&self.key);
        self.form.nonce += 1;
        format!("0x{}", hex::encode(extrinsic.encode()))
    }
}
