//! Who is measured: how it is started, how transfers are signed for it, how its blocks are read.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use super::transfers::{Account, Signed, Transfer};

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
    fn sign(&self, identity: &Identity, accounts: &[Account], transfers: &[Transfer]) -> Vec<Signed>;
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

fn no_parameters() -> Value {
    json!([])
}
