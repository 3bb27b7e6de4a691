//! A transaction as the pool keeps it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use ziver_primitives::{AccountId20, BlockNumber, Hash, Nonce, validity::ValidTransaction};

use crate::Map;
use crate::share::Shares;

/// An opaque name for something that a transaction needs or gives.
pub type Tag = Vec<u8>;

/// Who sent a transaction, as its validity tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The account.
    pub account: AccountId20,
    /// Orders the account's transactions.
    pub nonce: Nonce,
}

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
    /// Whose limits it counts for, if that is known.
    pub sender: Option<Sender>,
    /// Whether statuses are to be reported by [`Pool::take_events`](crate::Pool::take_events).
    pub watch: bool,
    /// Whether it was submitted to this node, rather than heard of from others.
    pub local: bool,
    /// Whether it is to replace one with the same tags, and to be refused if there is none.
    pub replace: bool,
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
    /// Whose limits it counts for, if that is known.
    pub sender: Option<Sender>,
    /// Whether it was submitted to this node, rather than heard of from others.
    pub local: bool,
}

/// What of a transaction never changes.
pub(crate) struct Identity {
    pub hash: Hash,
    pub bytes: Arc<[u8]>,
    pub sender: Option<Sender>,
    pub local: bool,
}

impl Transaction {
    pub(crate) fn new(identity: Identity, valid: ValidTransaction, validated_at: BlockNumber) -> Self {
        let Identity { hash, bytes, sender, local } = identity;
        let ValidTransaction { priority, mut requires, mut provides, longevity, propagate } = valid;
        for tags in [&mut requires, &mut provides] {
            tags.sort();
            tags.dedup();
        }
        let longevity = BlockNumber::try_from(longevity).unwrap_or(BlockNumber::MAX);
        let valid_till = validated_at.saturating_add(longevity);
        Transaction { hash, bytes, priority, requires, provides, valid_till, propagate, sender, local }
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
    /// Whether it was told of as newly ready, or is about to be.
    pub is_told: bool,
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

/// All ready or all future transactions: their order, their size, and whose they are.
#[derive(Default)]
pub(crate) struct Lane {
    pub ranks: BTreeSet<Rank>,
    pub bytes: usize,
    /// Kept only where somebody has to go: a lane that never gets full does without.
    shares: Option<Shares>,
}

impl Lane {
    pub fn add(&mut self, entry: &Entry) {
        if self.ranks.insert(entry.rank()) {
            self.bytes += entry.transaction.bytes.len();
            if let Some(shares) = &mut self.shares {
                shares.add(entry);
            }
        }
    }

    pub fn remove(&mut self, entry: &Entry) {
        if self.ranks.remove(&entry.rank()) {
            self.bytes -= entry.transaction.bytes.len();
            if let Some(shares) = &mut self.shares {
                shares.remove(entry);
            }
        }
    }

    /// The one to evict, if there are too many or too large ones: lowest priority; among equals the last of the account that
    /// has most of them. `entries` has all of them.
    pub fn excess(&mut self, entries: &Map<Hash, Entry>, count_max: usize, bytes_max: usize) -> Option<Hash> {
        if self.ranks.len() <= count_max && self.bytes <= bytes_max {
            // Half of it had to leave since: whoever fills it again pays for the next ones.
            if self.ranks.len() <= count_max / 2 && self.bytes <= bytes_max / 2 {
                self.shares = None;
            }
            return None;
        }
        let ranks = &self.ranks;
        let all = || ranks.iter().filter_map(|rank| entries.get(&rank.hash)).collect();
        self.shares.get_or_insert_with(all).worst()
    }
}
