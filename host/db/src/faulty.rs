//! A database that fails when it is told to: for tests of what the rest of the program does then.

use std::{
    ops::Bound,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;

use crate::{Batch, Column, Db, DbError, Entries, KeyValue};

#[cfg(test)]
mod tests;

/// What happens to the chosen write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is stored and the error is returned.
    Refuse(DbError),
    /// The batch is stored, and still an error is returned: as when the power fails between the write and its report.
    StoreThenFail(DbError),
}

/// Passes everything on to another database, but fails the n-th write from when it was told to.
pub struct FaultyDb {
    inner: Arc<dyn Db>,
    writes: AtomicU64,
    plan: Mutex<Option<(u64, Fault)>>,
    stopped: AtomicBool,
}

impl FaultyDb {
    /// A database without a fault so far.
    pub fn new(inner: Arc<dyn Db>) -> Self {
        Self { inner, writes: AtomicU64::new(0), plan: Mutex::new(None), stopped: AtomicBool::new(false) }
    }

    /// Fails the write that comes after `passing` more ones, and all after it.
    pub fn fail_after(&self, passing: u64, fault: Fault) {
        *self.plan.lock() = Some((self.writes().saturating_add(passing), fault));
    }

    /// How many writes were asked for so far.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }
}

impl Db for FaultyDb {
    fn bytes(&self, column: Column) -> u64 {
        self.inner.bytes(column)
    }

    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
        self.inner.get(column, key)
    }

    fn next(&self, column: Column, from: Bound<&[u8]>) -> Result<Option<KeyValue>, DbError> {
        self.inner.next(column, from)
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>, DbError> {
        self.inner.last_until(column, key)
    }

    fn iter(&self, column: Column, from: &[u8]) -> Entries<'_> {
        self.inner.iter(column, from)
    }

    fn settle(&self) -> Result<(), DbError> {
        self.inner.settle()
    }

    fn write(&self, batch: Batch) -> Result<(), DbError> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if self.stopped.load(Ordering::SeqCst) {
            return Err(DbError::Stopped);
        }
        let due = self.plan.lock().take_if(|(at, _)| *at <= number);
        match due {
            None => self.inner.write(batch),
            Some((_, Fault::Refuse(error))) => {
                self.stopped.store(true, Ordering::SeqCst);
                Err(error)
            }
            Some((_, Fault::StoreThenFail(error))) => {
                self.stopped.store(true, Ordering::SeqCst);
                self.inner.write(batch)?;
                Err(error)
            }
        }
    }
}
