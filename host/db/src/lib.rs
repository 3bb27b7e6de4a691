//! The disk: columns of ordered key-value pairs behind one trait, written in atomic batches.
//!
//! # Usage
//! Open a [`RocksDb`] (or make a [`MemoryDb`]), [`bind`] it to the genesis hash of the chain, and pass it on as
//! `Arc<dyn Db>`. Gather all writes of a block in one [`Batch`] and give it to [`Db::write`]: the batch is stored wholly
//! or not at all. **A failed write means that the process ends**: what memory holds may no longer be what the disk
//! holds, so nothing may go on from there. [`DbError`] says why.
//!
//! # Out of scope
//! What the bytes mean. [`Column`] names the owner of each column, and the owner documents its records.
//!
//! Invariant: a batch is atomic and, with the default options, on the disk when `write` returns.
//! Invariant: after one failed write every later write fails too ([`DbError::Stopped`]).
//! Invariant: a database belongs to one chain (genesis hash) and one schema; [`bind`] refuses another.
#![forbid(unsafe_code)]

mod batch;
mod column;
mod error;
pub mod faulty;
mod memory;
mod meta;
mod rocks;

pub use batch::{Batch, Op};
pub use column::Column;
pub use error::{DbError, OpenError};
pub use faulty::{Fault, FaultyDb};
pub use memory::MemoryDb;
pub use meta::{SCHEMA_VERSION, bind, bind_with};
pub use rocks::{RocksDb, RocksOptions};

use std::ops::Bound;

/// A key and its value.
pub type KeyValue = (Vec<u8>, Vec<u8>);

/// Entries of a column in ascending order of keys.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<KeyValue, DbError>> + 'a>;

/// An ordered key-value store with columns and atomic batches.
pub trait Db: Send + Sync {
    /// The value at `key`.
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError>;

    /// Whether there is a value at `key`.
    fn contains(&self, column: Column, key: &[u8]) -> Result<bool, DbError> {
        Ok(self.get(column, key)?.is_some())
    }

    /// The first entry within the lower bound `from`: `Excluded(key)` for the one after `key`.
    fn next(&self, column: Column, from: Bound<&[u8]>) -> Result<Option<KeyValue>, DbError>;

    /// The last entry of the column whose key is not greater than `key`.
    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>, DbError>;

    /// Entries from `from` (inclusive) on, as they were when this was called.
    fn iter(&self, column: Column, from: &[u8]) -> Entries<'_>;

    /// Bytes that the column takes, on disk and in what waits to get there; about, for people and metrics.
    fn bytes(&self, column: Column) -> u64;

    /// Stores the batch: wholly or, if it fails, not at all. The caller ends the process after a failure.
    fn write(&self, batch: Batch) -> Result<(), DbError>;

    /// Puts what was written where opening need not read it again. For the end of a process: it takes some time, and saves it at
    /// the next start.
    fn settle(&self) -> Result<(), DbError> {
        Ok(())
    }
}
