//! What one follow has told its client, and which blocks are pinned for it. Pure: no socket, no disk.
//!
//! [`Tracker::begin`] tells what was there, [`Tracker::apply`] turns each notice into the events that follow from it. A
//! block is pinned when it is told of and stays so until the client unpins it. Two bounds stand against clients that
//! never do: how many blocks may be pinned that are no longer above the final one, and how far below the final block
//! the lowest pinned one may lie. Beyond them the follow is over.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use ziver_primitives::{BlockNumber, Hash, Header};

use super::events::{FollowEvent, Hex, Runtime};
use crate::{
    limits::{PINNED_DEPTH_BLOCKS_MAX, PINNED_SETTLED_BLOCKS_MAX},
    link::{Head, NewBlock, NewlyFinal, Notice, Told},
};

/// The client has pinned too much for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue;

/// Why nothing was unpinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnpinError {
    /// A block was never told of, or was unpinned before.
    NotPinned(Hash),
    /// A block stands twice in the list.
    Duplicate(Hash),
}

#[derive(Debug)]
struct Pin {
    header: Arc<Header>,
    /// Final, or of a discarded fork.
    is_settled: bool,
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Tracker {
    with_runtime: bool,
    pins: HashMap<Hash, Pin>,
    by_number: BTreeSet<(BlockNumber, Hash)>,
    settled: usize,
    finalized: BlockNumber,
}

impl Tracker {
    /// A follow that begins with what was told so far, and its first events.
    pub fn begin(told: &Told, with_runtime: bool) -> (Self, Vec<FollowEvent>) {
        let mut tracker = Self {
            with_runtime,
            pins: HashMap::new(),
            by_number: BTreeSet::new(),
            settled: 0,
            finalized: told.finalized.back().map_or(0, |head| head.header.number),
        };
        for head in &told.finalized {
            tracker.pin(head);
            tracker.settle(&head.hash);
        }
        let runtime = || match &told.runtime {
            Ok(version) => Runtime::valid(version),
            Err(error) => Runtime::Invalid { error: error.clone() },
        };
        let mut events = vec![FollowEvent::Initialized {
            finalized_block_hashes: told.finalized.iter().map(|head| Hex(head.hash)).collect(),
            finalized_block_runtime: with_runtime.then(runtime),
        }];
        events.extend(told.blocks.iter().map(|block| tracker.new_block(block)));
        events.push(FollowEvent::BestBlockChanged { best_block_hash: Hex(told.best) });
        (tracker, events)
    }

    /// The event that a notice gives.
    pub fn apply(&mut self, notice: &Notice) -> Result<FollowEvent, Overdue> {
        match notice {
            Notice::Imported(block) => Ok(self.new_block(block)),
            Notice::Best(head) => Ok(FollowEvent::BestBlockChanged { best_block_hash: Hex(head.hash) }),
            Notice::Finalized(newly) => self.finalize(newly),
        }
    }

    fn new_block(&mut self, NewBlock { head, new_runtime }: &NewBlock) -> FollowEvent {
        self.pin(head);
        FollowEvent::NewBlock {
            block_hash: Hex(head.hash),
            parent_block_hash: Hex(head.header.parent_hash),
            new_runtime: self.with_runtime.then(|| new_runtime.as_deref().map(Runtime::valid)),
        }
    }

    fn finalize(&mut self, newly: &NewlyFinal) -> Result<FollowEvent, Overdue> {
        if let Some(last) = newly.blocks.last() {
            self.finalized = last.header.number;
        }
        for hash in newly.blocks.iter().map(|head| &head.hash).chain(&newly.pruned) {
            self.settle(hash);
        }
        let depth = self.lowest().map_or(0, |lowest| self.finalized.saturating_sub(lowest));
        if depth > PINNED_DEPTH_BLOCKS_MAX || self.settled > PINNED_SETTLED_BLOCKS_MAX {
            return Err(Overdue);
        }
        Ok(FollowEvent::Finalized {
            finalized_block_hashes: newly.blocks.iter().map(|head| Hex(head.hash)).collect(),
            pruned_block_hashes: newly.pruned.iter().copied().map(Hex).collect(),
        })
    }

    fn pin(&mut self, head: &Head) {
        self.by_number.insert((head.header.number, head.hash));
        self.pins.insert(head.hash, Pin { header: head.header.clone(), is_settled: false });
    }

    fn settle(&mut self, hash: &Hash) {
        if let Some(pin) = self.pins.get_mut(hash).filter(|pin| !pin.is_settled) {
            pin.is_settled = true;
            self.settled += 1;
        }
    }

    /// The header of a pinned block.
    pub fn header(&self, hash: &Hash) -> Option<Arc<Header>> {
        self.pins.get(hash).map(|pin| pin.header.clone())
    }

    /// Height of the lowest pinned block.
    pub fn lowest(&self) -> Option<BlockNumber> {
        self.by_number.first().map(|(number, _)| *number)
    }

    /// Unpins all of `hashes`, or none.
    pub fn unpin(&mut self, hashes: &[Hash]) -> Result<(), UnpinError> {
        let mut seen = HashSet::new();
        for hash in hashes {
            if !seen.insert(hash) {
                return Err(UnpinError::Duplicate(*hash));
            }
            if !self.pins.contains_key(hash) {
                return Err(UnpinError::NotPinned(*hash));
            }
        }
        for hash in hashes {
            let Some(pin) = self.pins.remove(hash) else { continue };
            self.by_number.remove(&(pin.header.number, *hash));
            self.settled -= usize::from(pin.is_settled);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
