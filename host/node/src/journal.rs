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
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
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

/// The thread that writes.
pub struct Journal {
    changes: Option<SyncSender<JournalChange>>,
    thread: Option<JoinHandle<Result<(), DbError>>>,
}

impl Journal {
    /// Starts the thread. `kept` says how many transactions are on the disk.
    pub fn start(db: Arc<dyn Db>, kept: Gauge) -> std::io::Result<Self> {
        let (changes, receiver) = sync_channel(QUEUED_CHANGES_MAX);
        let thread =
            thread::Builder::new().name("journal".to_owned()).spawn(move || Writer::new(db, kept)?.run(&receiver))?;
        Ok(Self { changes: Some(changes), thread: Some(thread) })
    }

    /// Has a change written soon. Fails if writing has failed before: then the process must end.
    pub fn change(&mut self, change: JournalChange) -> Result<(), String> {
        match self.changes.as_ref().map(|changes| changes.send(change)) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(self.finish().err().unwrap_or_else(|| "the journal has ended".to_owned())),
        }
    }

    /// Writes what is left and ends the thread.
    pub fn finish(&mut self) -> Result<(), String> {
        self.changes = None;
        match self.thread.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(format!("local transactions can't be written down: {error}")),
            Some(Err(_)) => Err("the journal's thread panicked".to_owned()),
        }
    }
}

/// Sequence number and bytes of a transaction.
type Record = (u64, Arc<[u8]>);

struct Writer {
    db: Arc<dyn Db>,
    sequence: u64,
    /// What is to be written; `None`: to be removed.
    gathered: BTreeMap<Hash, Option<Record>>,
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
        let this = Self { db, sequence, gathered: BTreeMap::new(), written, kept };
        this.tell();
        Ok(this)
    }

    fn run(mut self, changes: &Receiver<JournalChange>) -> Result<(), DbError> {
        while let Ok(first) = changes.recv() {
            self.gather(first);
            let end = Instant::now() + Duration::from_millis(GATHER_MS);
            let mut is_over = false;
            while self.gathered.len() < BATCH_CHANGES_MAX {
                match changes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                    Ok(change) => self.gather(change),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => {
                        is_over = true;
                        break;
                    }
                }
            }
            self.write()?;
            if is_over {
                break;
            }
        }
        Ok(())
    }

    fn gather(&mut self, change: JournalChange) {
        match change {
            JournalChange::Put { hash, bytes } => {
                self.gathered.insert(hash, Some((self.sequence, bytes)));
                self.sequence = self.sequence.saturating_add(1);
            }
            JournalChange::Remove { hash } => {
                self.gathered.insert(hash, None);
            }
        }
    }

    fn write(&mut self) -> Result<(), DbError> {
        let mut batch = Batch::new();
        for (hash, record) in std::mem::take(&mut self.gathered) {
            match record {
                Some((sequence, bytes)) => {
                    let record = [&sequence.to_be_bytes(), &bytes[..]].concat();
                    batch.put(Column::LocalTransaction, hash.as_bytes(), record);
                    self.written.insert(hash.as_bytes().to_vec());
                }
                None => {
                    batch.delete(Column::LocalTransaction, hash.as_bytes());
                    self.written.remove(hash.as_bytes());
                }
            }
        }
        self.db.write(batch)?;
        self.tell();
        Ok(())
    }

    fn tell(&self) {
        self.kept.set(i64::try_from(self.written.len()).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests;
