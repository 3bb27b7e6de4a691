//! Who is measured: how it is started, how transactions are signed for it, how its blocks are read, how its token is asked.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use ziver_primitives::AccountId20;

use super::transfers::{Account, Signed, Transaction};
use crate::contracts;

pub mod anvil;
pub mod ziver;

/// When blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// Every so many seconds.
    Interval {
        /// How many.
        seconds: u32,
    },
    /// As soon as a transaction has come.
    Instant,
}

/// A node with JSON-RPC over HTTP and WebSocket on one port.
pub trait Subject: Sync {
    /// Its name in the records.
    fn name(&self) -> &'static str;
    /// The command that starts it on `port`. Its files are in `folder`, which is empty but for what [`Subject::prepare`] wrote.
    fn command(&self, folder: &Path, port: u16, sealing: Sealing) -> Command;
    /// Writes the genesis, where all accounts have money.
    fn prepare(&self, folder: &Path, accounts: &[Account]);
    /// Asks the node that runs what signatures on its chain cover, and signs.
    fn sign(&self, identity: &Identity, accounts: &[Account], transactions: &[Transaction]) -> Vec<Signed>;
    /// The method that takes a signed transaction.
    fn submit(&self) -> &'static str;
    /// Method and parameters that subscribe to heads.
    fn heads(&self) -> (&'static str, Value);
    /// Method and parameters that answer the hashes of the transactions in a block, for the head that was told.
    fn block(&self, head: &Value) -> (&'static str, Value);
    /// Method and parameters whose answers [`Subject::sign`] needs.
    fn identity(&self) -> Vec<(&'static str, Value)>;
    /// Method that tells when a transaction is in a block, if there is one: it takes the transaction itself.
    fn watch(&self) -> Option<&'static str> {
        None
    }
    /// Method and parameters that answer the best block's number.
    fn best(&self) -> (&'static str, Value);
    /// Method and parameters that answer what a contract emitted in the block of this number.
    fn events(&self, contract: AccountId20, block: u64) -> (&'static str, Value);
    /// One of those events; `None` if it is no transfer of tokens.
    fn moved(&self, event: &Value) -> Option<Moved>;
    /// Method and parameters that ask a token how much an account has.
    fn balance(&self, token: AccountId20, of: AccountId20) -> (&'static str, Value);
    /// The answer to that; `None` if it is none.
    fn balance_told(&self, answer: &Value) -> Option<u64>;
}

/// That a transaction moved tokens, as the event of the contract tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The transaction's hash.
    pub by: [u8; 32],
    /// Whose they were; zeros if they are new.
    pub from: [u8; 20],
    /// Whose they are.
    pub to: [u8; 20],
    /// How many.
    pub tokens: u64,
}

/// The answers to [`Subject::identity`], in order.
pub type Identity = Vec<Value>;

fn write(folder: &Path, name: &str, value: &Value) {
    let path = folder.join(name);
    fs::write(&path, value.to_string()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// `0x` and the digits.
fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    hex::decode(value.as_str()?.strip_prefix("0x")?).ok()
}

/// Where the token is: the same on all chains, as the first account deploys it by its first transaction.
pub fn token(accounts: &[Account]) -> AccountId20 {
    contracts::address(AccountId20(accounts[0].address), 0)
}

fn no_parameters() -> Value {
    json!([])
}
