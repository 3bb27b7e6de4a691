//! Transactions whose way somebody follows: from submission, through blocks, to finality.
//!
//! A watched transaction is remembered after it left the pool into a block, until the block is final or the wait is given
//! up. The bound is on transactions, not on listeners: whoever has many listeners for one transaction fans events out.

use std::collections::{BTreeMap, BTreeSet};

use crate::Map;
use ziver_primitives::{BlockNumber, Hash};

/// What happened to a watched transaction; the statuses of Substrate's `author_submitAndWatchExtrinsic`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for a transaction before it.
    Future,
    /// Can go into the next block.
    Ready,
    /// Sent to these peers.
    Broadcast(Vec<String>),
    /// Included in a block of the best chain, as its extrinsic number `index`.
    InBlock {
        /// Hash of the block.
        block: Hash,
        /// Position in the block's body.
        index: u32,
    },
    /// The block that included it is no longer on the best chain.
    Retracted {
        /// Hash of the block.
        block: Hash,
    },
    /// Included, but not final for so long that nobody waits any more. Last status.
    FinalityTimeout {
        /// Hash of the block that includes it.
        block: Hash,
    },
    /// The block that includes it is final. Last status.
    Finalized {
        /// Hash of the block.
        block: Hash,
        /// Position in the block's body.
        index: u32,
    },
    /// Another transaction with the same tags took its place. Last status.
    Usurped {
        /// Hash of the other.
        by: Hash,
    },
    /// Evicted by a limit. Last status.
    Dropped,
    /// Not valid any more. Last status.
    Invalid,
}

impl Status {
    /// Whether no other status follows.
    pub fn is_last(&self) -> bool {
        match self {
            Status::FinalityTimeout { .. }
            | Status::Finalized { .. }
            | Status::Usurped { .. }
            | Status::Dropped
            | Status::Invalid => true,
            Status::Future
            | Status::Ready
            | Status::Broadcast(_)
            | Status::InBlock { .. }
            | Status::Retracted { .. } => false,
        }
    }
}

/// A status of one watched transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Hash of the transaction.
    pub hash: Hash,
    /// What happened.
    pub status: Status,
}

#[derive(Clone, Copy, Debug)]
struct Inclusion {
    block: Hash,
    index: u32,
    number: BlockNumber,
}

#[derive(Default)]
pub(crate) struct Watched {
    transactions: Map<Hash, Option<Inclusion>>,
    by_block: Map<Hash, BTreeSet<Hash>>,
    by_number: BTreeSet<(BlockNumber, Hash)>,
    events: Vec<Event>,
}

impl Watched {
    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    pub fn contains(&self, hash: &Hash) -> bool {
        self.transactions.contains_key(hash)
    }

    pub fn watch(&mut self, hash: Hash) {
        self.transactions.entry(hash).or_insert(None);
    }

    /// Where a watched transaction is included.
    pub fn inclusion(&self, hash: &Hash) -> Option<(Hash, u32)> {
        let Inclusion { block, index, .. } = self.transactions.get(hash).copied().flatten()?;
        Some((block, index))
    }

    pub fn unwatch(&mut self, hash: &Hash) {
        self.leave_block(hash);
        self.transactions.remove(hash);
    }

    /// Like [`Watched::unwatch`], and takes back what was reported of it: its submission failed.
    pub fn forget(&mut self, hash: &Hash) {
        if self.transactions.contains_key(hash) {
            self.unwatch(hash);
            self.events.retain(|event| event.hash != *hash);
        }
    }

    /// Events told so far and not taken.
    pub fn told(&self) -> usize {
        self.events.len()
    }

    /// Forgets of what was told since `from` that a transaction had to wait for a moment and is ready again.
    pub fn settle(&mut self, from: usize) {
        let mut first_and_last: BTreeMap<Hash, (Status, Status)> = BTreeMap::new();
        for Event { hash, status } in self.events.iter().skip(from) {
            let both = first_and_last.entry(*hash).or_insert_with(|| (status.clone(), status.clone()));
            both.1 = status.clone();
        }
        let mut place = 0;
        self.events.retain(|event| {
            let is_new = place >= from;
            place += 1;
            !is_new || first_and_last.get(&event.hash) != Some(&(Status::Future, Status::Ready))
        });
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Reports `status` if the transaction is watched, and forgets it after a last status.
    pub fn emit(&mut self, hash: Hash, status: Status) {
        if !self.transactions.contains_key(&hash) {
            return;
        }
        if status.is_last() {
            self.unwatch(&hash);
        }
        self.events.push(Event { hash, status });
    }

    pub fn enact(&mut self, hash: Hash, block: Hash, index: u32, number: BlockNumber) {
        if !self.transactions.contains_key(&hash) {
            return;
        }
        self.leave_block(&hash);
        self.transactions.insert(hash, Some(Inclusion { block, index, number }));
        self.by_block.entry(block).or_default().insert(hash);
        self.by_number.insert((number, hash));
        self.emit(hash, Status::InBlock { block, index });
    }

    pub fn retract(&mut self, block: Hash) {
        for hash in self.in_block(&block) {
            self.leave_block(&hash);
            self.emit(hash, Status::Retracted { block });
        }
    }

    pub fn finalize(&mut self, block: Hash) {
        for hash in self.in_block(&block) {
            if let Some(Some(Inclusion { index, .. })) = self.transactions.get(&hash).copied() {
                self.emit(hash, Status::Finalized { block, index });
            }
        }
    }

    /// Reports a last status of a transaction that is in no block.
    pub fn give_up(&mut self, hash: Hash, status: Status) {
        if matches!(self.transactions.get(&hash), Some(None)) {
            self.emit(hash, status);
        }
    }

    /// Gives up transactions included before block `oldest`.
    pub fn time_out(&mut self, oldest: BlockNumber) {
        while let Some(&(number, hash)) = self.by_number.first()
            && number < oldest
        {
            match self.transactions.get(&hash).copied().flatten() {
                Some(Inclusion { block, .. }) => self.emit(hash, Status::FinalityTimeout { block }),
                None => {
                    self.by_number.remove(&(number, hash));
                }
            }
        }
    }

    /// In the order of their position in the block.
    fn in_block(&self, block: &Hash) -> Vec<Hash> {
        let mut hashes: Vec<Hash> = self.by_block.get(block).into_iter().flatten().copied().collect();
        hashes.sort_by_key(|hash| self.transactions.get(hash).copied().flatten().map(|inclusion| inclusion.index));
        hashes
    }

    fn leave_block(&mut self, hash: &Hash) {
        let Some(place) = self.transactions.get_mut(hash) else { return };
        let Some(Inclusion { block, number, .. }) = place.take() else { return };
        self.by_number.remove(&(number, *hash));
        if let Some(hashes) = self.by_block.get_mut(&block) {
            hashes.remove(hash);
            if hashes.is_empty() {
                self.by_block.remove(&block);
            }
        }
    }
}
