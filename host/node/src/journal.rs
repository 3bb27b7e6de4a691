//! Clients' transactions on disk, so that they survive a restart of the node.
//!
//! The engine says what to write down and what to forget ([`JournalChange`]); a thread of its own does it, so that
//! nobody waits for the disk. It gathers changes for [`GATHER_MS`] and writes them as one synced batch. So a client
//! that was told the hash of its transaction can rely on it after a crash once that time and one write have passed;
//! what an orderly end finds unwritten it writes. Many transactions never touch the disk: they are in a final block
//! before they are written.
//!
//! Record in `Column::LocalTransaction`: hash -> sequence number (`u64` big-endian), then the transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use prometheus_client::metrics::gauge::Gauge;
use ziver_db::{Batch, Column, Db, DbError};
use ziver_engine::JournalChange;
use ziver_primitives::Hash;

/// For how long changes are gathered before they are written, in milliseconds.
pub const GATHER_MS: u64 = 100;
/// Changes that may wait for the thread; whoever brings more waits.
const QUEUED_CHANGES_MAX: usize = 4_096;
/// Changes in one batch.
const BATCH_CHANGES_MAX: usize = 4_096;

/// The transactions that were written down, in the order in which they came.
pub fn load(db: &dyn Db) -> Result<Vec<Vec<u8>>, DbError> {
    let mut found = BTreeMap::new();
    for entry in db.iter(Column::LocalTransaction, &[]) {
        let (hash, record) = entry?;
        let Some((sequence, bytes)) = record.split_first_chunk() else {
            return Err(DbError::Corrupt(format!(
                "the record of local transaction 0x{} is too short",
                hex::encode(hash)
            )));
        };
        found.insert((u64::from_be_bytes(*sequence), hash), bytes.to_vec());
    }
    Ok(found.into_values().collect())
}

/// Changes on their way to the thread.
///
/// It is woken by the first one and by a full batch, not by each: a wake costs more than all else that a change does here.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// For the thread: there is something, or a whole batch, or the end.
    come: Condvar,
    /// For who brings changes: there is room again.
    room: Condvar,
}

#[derive(Default)]
struct Waiting {
    changes: Vec<JournalChange>,
    /// No more will come.
    is_closed: bool,
    /// The thread has ended.
    is_over: bool,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the thread is there to take it.
    fn push(&self, change: JournalChange) -> bool {
        let is_full = |waiting: &mut Waiting| waiting.changes.len() >= QUEUED_CHANGES_MAX && !waiting.is_over;
        let mut waiting = self.room.wait_while(self.waiting(), is_full).unwrap_or_else(PoisonError::into_inner);
        if waiting.is_over {
            return false;
        }
        waiting.changes.push(change);
        if matches!(waiting.changes.len(), 1 | BATCH_CHANGES_MAX) {
            self.come.notify_one();
        }
        true
    }

    /// What came within [`GATHER_MS`] of the first change, or sooner if it is much; nothing at the end.
    fn gather(&self) -> Vec<JournalChange> {
        let is_idle = |waiting: &mut Waiting| waiting.changes.is_empty() && !waiting.is_closed;
        let waiting = self.come.wait_while(self.waiting(), is_idle).unwrap_or_else(PoisonError::into_inner);
        let is_small = |waiting: &mut Waiting| waiting.changes.len() < BATCH_CHANGES_MAX && !waiting.is_closed;
        let gathered = self.come.wait_timeout_while(waiting, Duration::from_millis(GATHER_MS), is_small);
        let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        self.room.notify_one();
        std::mem::take(&mut waiting.changes)
    }

    fn close(&self) {
        self.waiting().is_closed = true;
        self.come.notify_one();
    }
}

/// Tells who brings changes that the thread has ended, however it did.
struct Ending(Arc<Queue>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.waiting().is_over = true;
        self.0.room.notify_one();
    }
}

/// The thread that writes.
pub struct Journal {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<Result<(), DbError>>>,
}

impl Journal {
    /// Starts the thread. `kept` says how many transactions are on the disk.
    pub fn start(db: Arc<dyn Db>, kept: Gauge) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let ending = Ending(queue.clone());
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let mut writer = Writer::new(db, kept)?;
            loop {
                let changes = ending.0.gather();
                if changes.is_empty() {
                    return Ok(());
                }
                writer.write(changes)?;
            }
        })?;
        Ok(Self { queue, thread: Some(thread) })
    }

    /// Has a change written soon. Fails if writing has failed before: then the process must end.
    pub fn change(&mut self, change: JournalChange) -> Result<(), String> {
        if self.queue.push(change) {
            return Ok(());
        }
        Err(self.finish().err().unwrap_or_else(|| "the journal has ended".to_owned()))
    }

    /// Writes what is left and ends the thread.
    pub fn finish(&mut self) -> Result<(), String> {
        self.queue.close();
        match self.thread.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(format!("local transactions can't be written down: {error}")),
            Some(Err(_)) => Err("the journal's thread panicked".to_owned()),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Sequence number and bytes of a transaction.
type Record = (u64, Arc<[u8]>);

struct Writer {
    db: Arc<dyn Db>,
    sequence: u64,
    /// What is on the disk.
    written: BTreeSet<Vec<u8>>,
    kept: Gauge,
}

impl Writer {
    fn new(db: Arc<dyn Db>, kept: Gauge) -> Result<Self, DbError> {
        let (mut sequence, mut written) = (0, BTreeSet::new());
        for entry in db.iter(Column::LocalTransaction, &[]) {
            let (hash, record) = entry?;
            written.insert(hash);
            let found = record.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            sequence = sequence.max(found.saturating_add(1));
        }
        let this = Self { db, sequence, written, kept };
        this.tell();
        Ok(this)
    }

    fn write(&mut self, changes: Vec<JournalChange>) -> Result<(), DbError> {
        // The last change of each transaction counts; none: it is to be removed.
        let mut last: BTreeMap<Hash, Option<Record>> = BTreeMap::new();
        for change in changes {
            match change {
                JournalChange::Put { hash, bytes } => {
                    last.insert(hash, Some((self.sequence, bytes)));
                    self.sequence = self.sequence.saturating_add(1);
                }
                JournalChange::Remove { hash } => {
                    last.insert(hash, None);
                }
            }
        }
        let mut batch = Batch::new();
        for (hash, record) in last {
            match record {
                Some((sequence, bytes)) => {
                    let record = [&sequence.to_be_bytes(), &bytes[..]].concat();
                    batch.put(Column::LocalTransaction, hash.as_bytes(), record);
                    self.written.insert(hash.as_bytes().to_vec());
                }
                None if self.written.remove(hash.as_bytes()) => batch.delete(Column::LocalTransaction, hash.as_bytes()),
                // It went before it was written.
                None => {}
            }
        }
        if !batch.is_empty() {
            self.db.write(batch)?;
        }
        self.tell();
        Ok(())
    }

    fn tell(&self) {
        self.kept.set(i64::try_from(self.written.len()).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests;
