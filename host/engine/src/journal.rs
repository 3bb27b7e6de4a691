//! Transactions of the node's own clients that are to survive its restart.
//!
//! The engine says what is to be written down and what may be forgotten; the node does it and, at its start, hands back what
//! it finds by [`Event::Restore`](crate::Event::Restore). A transaction is written down when it has entered the pool, and
//! forgotten with its last status: final, invalid, dropped, usurped, or not final for too long. The pool tracks it meanwhile
//! as if somebody followed it. What comes back is validated anew like any other, in rounds between other work.
//!
//! The journal is bounded. A transaction for which it has no room is taken all the same and does not survive a restart.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ziver_pool::SubmitError as PoolError;
use ziver_primitives::{Hash, hashing::blake2_256};

use crate::engine::Engine;
use crate::event::{Action, Submission, SubmitError};
use crate::limits::{JOURNAL_BYTES_MAX, JOURNAL_COUNT_MAX};

/// A change of what is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalChange {
    /// To be kept.
    Put {
        /// blake2-256 of `bytes`.
        hash: Hash,
        /// SCALE with its length prefix.
        bytes: Arc<[u8]>,
    },
    /// No longer needed.
    Remove {
        /// Hash of the transaction.
        hash: Hash,
    },
}

/// What is written down, by hash, and how long it is.
#[derive(Default)]
pub(crate) struct Journal {
    lengths: BTreeMap<Hash, usize>,
    bytes: usize,
    /// Came back at the start and is not in the pool yet.
    restoring: VecDeque<Vec<u8>>,
}

impl Journal {
    pub fn contains(&self, hash: &Hash) -> bool {
        self.lengths.contains_key(hash)
    }

    fn has_room(&self, length: usize) -> bool {
        self.lengths.len() < JOURNAL_COUNT_MAX && self.bytes.saturating_add(length) <= JOURNAL_BYTES_MAX
    }

    fn add(&mut self, hash: Hash, length: usize) {
        if self.lengths.insert(hash, length).is_none() {
            self.bytes += length;
        }
    }

    fn remove(&mut self, hash: &Hash) -> bool {
        let length = self.lengths.remove(hash);
        self.bytes -= length.unwrap_or(0);
        length.is_some()
    }

    pub fn is_restoring(&self) -> bool {
        !self.restoring.is_empty()
    }
}

impl Engine {
    /// Whether a transaction that is about to enter the pool can be written down.
    pub(crate) fn can_journal(&self, hash: &Hash, length: usize) -> bool {
        let is_tracked = self.pool.is_watched(hash) || self.pool.watched_count() < self.pool.limits().watched_count_max;
        is_tracked && (self.journal.contains(hash) || self.journal.has_room(length))
    }

    /// It has entered the pool.
    pub(crate) fn write_down(&mut self, hash: Hash, bytes: Arc<[u8]>) {
        if !self.journal.contains(&hash) {
            self.journal.add(hash, bytes.len());
            self.actions.push(Action::Journal(JournalChange::Put { hash, bytes }));
        }
    }

    /// It had its last status.
    pub(crate) fn strike_out(&mut self, hash: &Hash) {
        if self.journal.remove(hash) {
            self.actions.push(Action::Journal(JournalChange::Remove { hash: *hash }));
        }
    }

    /// What was written down before the restart comes back, in the order in which it came in then.
    pub(crate) fn restore(&mut self, transactions: Vec<Vec<u8>>) {
        for bytes in transactions {
            // Counted from now on, so that clients' new transactions don't take the room.
            self.journal.add(Hash::from(blake2_256(&bytes)), bytes.len());
            self.journal.restoring.push_back(bytes);
        }
    }

    /// Hands in some of what came back. `count_max`: calls of the runtime.
    pub(crate) fn restore_some(&mut self, now_ms: u64, count_max: usize) {
        for _ in 0..count_max {
            let Some(bytes) = self.journal.restoring.pop_front() else { return };
            let hash = Hash::from(blake2_256(&bytes));
            match self.submit(now_ms, Submission::local(bytes)) {
                Ok(_) | Err(SubmitError::Pool(PoolError::AlreadyImported(_))) => {}
                Err(_) if self.is_dead => return,
                Err(error) => {
                    tracing::info!("transaction {hash:?} from before the restart is not taken again: {error}");
                    self.strike_out(&hash);
                }
            }
        }
    }
}
