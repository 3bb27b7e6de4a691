//! A transaction as the pool keeps it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use ziver_primitives::{BlockNumber, Hash, validity::ValidTransaction};

/// An opaque name for something that a transaction needs or gives.
pub type Tag = Vec<u8>;

/// What is handed to [`Pool::submit`](crate::Pool::submit).
#[derive(Clone, Debug)]
pub struct Candidate {
    /// blake2-256 of `bytes`.
    pub hash: Hash,
    /// The SCALE encoding *with* its length prefix, as clients send it and blocks carry it.
    pub bytes: Arc<[u8]>,
    /// What the runtime said about it.
    pub valid: ValidTransaction,
    /// Number of the block on whose state the runtime said so.
    pub validated_at: BlockNumber,
    /// Whether statuses are to be reported by [`Pool::take_events`](crate::Pool::take_events).
    pub watch: bool,
}

/// A transaction in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// blake2-256 of `bytes`.
    pub hash: Hash,
    /// The SCALE encoding with its length prefix.
    pub bytes: Arc<[u8]>,
    /// Higher goes first.
    pub priority: u64,
    /// Tags that must be given before it, sorted, without duplicates.
    pub requires: Vec<Tag>,
    /// Tags that it gives, sorted, without duplicates.
    pub provides: Vec<Tag>,
    /// Last block number on whose state its validity can be relied upon.
    pub valid_till: BlockNumber,
    /// Whether peers may be told of it.
    pub propagate: bool,
}

impl Transaction {
    pub(crate) fn new(hash: Hash, bytes: Arc<[u8]>, valid: ValidTransaction, validated_at: BlockNumber) -> Self {
        let ValidTransaction { priority, mut requires, mut provides, longevity, propagate } = valid;
        for tags in [&mut requires, &mut provides] {
            tags.sort();
            tags.dedup();
        }
        let longevity = BlockNumber::try_from(longevity).unwrap_or(BlockNumber::MAX);
        let valid_till = validated_at.saturating_add(longevity);
        Transaction { hash, bytes, priority, requires, provides, valid_till, propagate }
    }
}

/// Position in the order of transactions: the greatest is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub priority: u64,
    pub arrival: Reverse<u64>,
    pub hash: Hash,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub transaction: Arc<Transaction>,
    /// Counts submissions; ties of priority go to the earlier one.
    pub arrival: u64,
    /// Required tags that the chain has given.
    pub given: BTreeSet<Tag>,
    /// Required tags that neither the chain nor a ready transaction gives. Empty: the entry is ready.
    pub missing: BTreeSet<Tag>,
}

impl Entry {
    pub fn rank(&self) -> Rank {
        Rank { priority: self.transaction.priority, arrival: Reverse(self.arrival), hash: self.transaction.hash }
    }

    pub fn is_ready(&self) -> bool {
        self.missing.is_empty()
    }

    /// Whether it depends on no other transaction of the pool.
    pub fn is_root(&self) -> bool {
        self.given.len() == self.transaction.requires.len()
    }
}

/// All ready or all future transactions: their order and their size.
#[derive(Default)]
pub(crate) struct Lane {
    pub ranks: BTreeSet<Rank>,
    pub bytes: usize,
}

impl Lane {
    pub fn add(&mut self, entry: &Entry) {
        if self.ranks.insert(entry.rank()) {
            self.bytes += entry.transaction.bytes.len();
        }
    }

    pub fn remove(&mut self, entry: &Entry) {
        if self.ranks.remove(&entry.rank()) {
            self.bytes -= entry.transaction.bytes.len();
        }
    }

    pub fn exceeds(&self, count_max: usize, bytes_max: usize) -> bool {
        self.ranks.len() > count_max || self.bytes > bytes_max
    }

    /// Lowest priority; among equals the latest.
    pub fn worst(&self) -> Option<Hash> {
        self.ranks.first().map(|rank| rank.hash)
    }
}
