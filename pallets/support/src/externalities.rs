//! What the world outside offers to the runtime: state, and the few functions that only the host can do.
//!
//! [`HostExternalities`] (in Wasm) calls the Polkadot Host API; [`MemoryExternalities`] keeps a map in memory, for
//! tests of pallets as plain native code. A native host may implement the trait over its own overlay. [`Buffered`] stands
//! before either of them and makes the crossings few.
//!
//! Out of scope: hashing and signature recovery, which need no state (`ziver_primitives::{hashing, ecdsa}`).

use alloc::vec::Vec;
use ziver_primitives::hashing;

use crate::sandbox::{NoSandbox, Sandbox};

pub mod buffered;
#[cfg(target_family = "wasm")]
mod host;
#[cfg(target_family = "wasm")]
mod host_sandbox;
mod memory;

pub use buffered::Buffered;
#[cfg(target_family = "wasm")]
pub use host::HostExternalities;
#[cfg(target_family = "wasm")]
pub use host_sandbox::answer;
pub use memory::MemoryExternalities;

/// How much a log line matters; the numbers are the Host API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogLevel {
    /// Something is broken.
    Error = 1,
    /// Something may be broken.
    Warn = 2,
    /// What an operator wants to know.
    Info = 3,
    /// What a developer wants to know.
    Debug = 4,
    /// Everything.
    Trace = 5,
}

/// What [`Externalities::clear_prefix`] removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedPrefix {
    /// Whether no key with the prefix is left.
    pub all: bool,
    /// How many keys were removed.
    pub removed: u32,
}

/// State and host, as one call of the runtime sees them.
pub trait Externalities {
    /// The value under `key`.
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    /// Lets `take` see the value under `key`, and answers whether there is one. `take` must not use these externalities.
    fn with(&self, key: &[u8], take: &mut dyn FnMut(&[u8])) -> bool {
        let value = self.get(key);
        value.as_deref().map(take).is_some()
    }
    /// Whether there is a value under `key`.
    fn exists(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }
    /// Sets the value under `key`.
    fn set(&mut self, key: &[u8], value: &[u8]);
    /// Removes the value under `key`.
    fn clear(&mut self, key: &[u8]);
    /// Appends one SCALE-encoded item to the SCALE-encoded list under `key`, without reading the list.
    fn append(&mut self, key: &[u8], item: &[u8]);
    /// The smallest key that is greater than `key`.
    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>>;
    /// Removes at most `limit` keys (none: all) that start with `prefix`.
    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix;
    /// Opens a nested storage transaction.
    fn start_transaction(&mut self);
    /// Closes the innermost transaction and keeps its writes.
    fn commit_transaction(&mut self);
    /// Closes the innermost transaction and undoes its writes.
    fn rollback_transaction(&mut self);
    /// The root of the state trie with all writes so far, in state version 1.
    fn storage_root(&mut self) -> [u8; 32];
    /// The root of the trie of `values` keyed by their compact index, in state version 0, as the
    /// runtime's system version promises for extrinsics.
    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32];
    /// The SCALE-encoded version of the runtime in `code`; `None` where it is not a runtime that the host could run.
    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>>;
    /// Writes a line to the operator's log.
    fn log(&self, level: LogLevel, target: &str, message: &str);
    /// What runs contracts.
    fn sandbox(&self) -> &'static dyn Sandbox {
        &NoSandbox
    }
    /// Blake2b with an output of 16 bytes, for keys of maps.
    fn blake2_128(&self, data: &[u8]) -> [u8; 16] {
        hashing::blake2_128(data)
    }
    /// Blake2b with an output of 32 bytes, for what is hashed again and again.
    fn blake2_256(&self, data: &[u8]) -> [u8; 32] {
        hashing::blake2_256(data)
    }
    /// Keccak-256, likewise.
    fn keccak_256(&self, data: &[u8]) -> [u8; 32] {
        hashing::keccak_256(data)
    }
}
