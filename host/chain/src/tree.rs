//! The blocks above the finalised one, in memory: who is whose child, and which leaf is best.
//!
//! The heaviest chain is the longest; of equals the one seen first. A seen block has an order number that survives a
//! restart, so that the same leaf is best afterwards. Everything here is pure; the database holds one record a node.

use std::collections::{BTreeMap, BTreeSet};

use codec::{Decode, Encode};
use ziver_primitives::{BlockNumber, Hash};

use crate::limits::{NON_FINAL_COUNT_MAX, SIBLINGS_COUNT_MAX};
use crate::route::{BlockId, TreeRoute};

/// A block above the finalised one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Node {
    /// Its parent.
    pub parent: Hash,
    /// Its height.
    pub number: BlockNumber,
    /// Counts blocks in the order in which they were inserted.
    pub order: u64,
}

/// Why a block finds no place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It is there already.
    #[error("block is known already")]
    Known,
    /// Its parent is neither the finalised block nor above it.
    #[error("parent {0:?} is unknown or below the finalised block")]
    UnknownParent(Hash),
    /// Its number is not its parent's plus one.
    #[error("block has number {found}, its parent wants {expected}")]
    WrongNumber {
        /// Parent's number plus one.
        expected: BlockNumber,
        /// What the header says.
        found: BlockNumber,
    },
    /// It would stand at or below the finalised block.
    #[error("block {number} is not above the finalised block {finalized}")]
    BelowFinalized {
        /// What the header says.
        number: BlockNumber,
        /// Height of the finalised block.
        finalized: BlockNumber,
    },
    /// A bound on blocks that are not final is reached.
    #[error("too many blocks above the finalised one: {count}")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// The block tree.
#[derive(Clone, Debug)]
pub struct Tree {
    finalized: BlockId,
    best: BlockId,
    nodes: BTreeMap<Hash, Node>,
    by_number: BTreeMap<BlockNumber, BTreeSet<Hash>>,
    next_order: u64,
}

impl Tree {
    /// A tree of the finalised block alone.
    pub fn new(finalized: BlockId) -> Self {
        Tree { finalized, best: finalized, nodes: BTreeMap::new(), by_number: BTreeMap::new(), next_order: 0 }
    }

    /// A tree from its records. `None` if a record is not above the finalised block or has no parent.
    pub fn restore(finalized: BlockId, records: impl IntoIterator<Item = (Hash, Node)>) -> Option<Self> {
        let mut records: Vec<(Hash, Node)> = records.into_iter().collect();
        records.sort_by_key(|(_, node)| node.order);
        let mut tree = Tree::new(finalized);
        for (hash, node) in records {
            tree.next_order = node.order;
            tree.place(hash, node.parent, node.number).ok()?;
            tree.insert(hash, node.parent, node.number);
        }
        Some(tree)
    }

    /// The best block.
    pub fn best(&self) -> BlockId {
        self.best
    }

    /// The finalised block.
    pub fn finalized(&self) -> BlockId {
        self.finalized
    }

    /// A block above the finalised one.
    pub fn node(&self, hash: &Hash) -> Option<&Node> {
        self.nodes.get(hash)
    }

    /// Whether a block is the finalised one or above it.
    pub fn contains(&self, hash: &Hash) -> bool {
        *hash == self.finalized.hash || self.nodes.contains_key(hash)
    }

    /// Blocks above the finalised one in the order of their insertion.
    pub fn in_order(&self) -> Vec<(Hash, Node)> {
        let mut nodes: Vec<_> = self.nodes.iter().map(|(hash, node)| (*hash, node.clone())).collect();
        nodes.sort_by_key(|(_, node)| node.order);
        nodes
    }

    /// Whether a block may be inserted.
    pub fn place(&self, hash: Hash, parent: Hash, number: BlockNumber) -> Result<(), PlaceError> {
        if self.contains(&hash) {
            return Err(PlaceError::Known);
        }
        let Some(above) = self.number(&parent) else {
            return Err(if number <= self.finalized.number {
                PlaceError::BelowFinalized { number, finalized: self.finalized.number }
            } else {
                PlaceError::UnknownParent(parent)
            });
        };
        let expected = above.saturating_add(1);
        if number != expected || above == BlockNumber::MAX {
            return Err(PlaceError::WrongNumber { expected, found: number });
        }
        if self.nodes.len() >= NON_FINAL_COUNT_MAX {
            return Err(PlaceError::TooMany { count: self.nodes.len() });
        }
        match self.by_number.get(&number).map(BTreeSet::len) {
            Some(count) if count >= SIBLINGS_COUNT_MAX => Err(PlaceError::TooMany { count }),
            _ => Ok(()),
        }
    }

    /// Inserts a block that [`Tree::place`] allows. Returns its node, and the way to it if it is the new best block.
    pub fn insert(&mut self, hash: Hash, parent: Hash, number: BlockNumber) -> (Node, Option<TreeRoute>) {
        let node = Node { parent, number, order: self.next_order };
        self.next_order += 1;
        self.nodes.insert(hash, node.clone());
        self.by_number.entry(number).or_default().insert(hash);
        let route = (number > self.best.number).then(|| self.move_best(BlockId { number, hash }));
        (node, route)
    }

    /// Finalises a block of the tree and all below it.
    pub fn finalize(&mut self, hash: &Hash) -> Option<Finalized> {
        let number = self.nodes.get(hash)?.number;
        let target = BlockId { number, hash: *hash };
        let mut blocks = self.path(target);
        blocks.reverse();
        let route =
            if self.is_ancestor(target, self.best) { None } else { Some(self.move_best(self.best_above(target))) };
        let mut kept: BTreeSet<Hash> = BTreeSet::from([target.hash]);
        let mut pruned = Vec::new();
        for (hash, node) in self.in_order() {
            if kept.contains(&node.parent) {
                kept.insert(hash);
            } else if !blocks.iter().any(|block| block.hash == hash) {
                pruned.push(BlockId { number: node.number, hash });
            }
        }
        self.forget(&blocks);
        self.forget(&pruned);
        self.finalized = target;
        Some(Finalized { blocks, pruned, route })
    }

    /// Takes the best chain back by so many blocks, to the finalised one at most, and drops with them every block that would be
    /// as high as the new best one: the one seen first would be best. Returns what is gone, highest first.
    pub fn revert(&mut self, count: BlockNumber) -> Reverted {
        let path = self.path(self.best);
        let back = usize::try_from(count).unwrap_or(usize::MAX).min(path.len());
        let best = path.get(back).copied().unwrap_or(self.finalized);
        let is_gone = |(hash, node): &(&Hash, &Node)| node.number >= best.number && **hash != best.hash;
        let gone = self.nodes.iter().filter(is_gone).map(|(hash, node)| BlockId { number: node.number, hash: *hash });
        let mut gone: Vec<_> = if back == 0 { Vec::new() } else { gone.collect() };
        gone.sort_by_key(|block| std::cmp::Reverse((block.number, block.hash)));
        self.forget(&gone);
        self.best = best;
        let route = TreeRoute { common: best, retracted: path[..back].to_vec(), enacted: Vec::new() };
        Reverted { gone, route }
    }

    /// The block of the best chain `lag` below the best one, if it is above the finalised block.
    pub fn best_ancestor(&self, lag: BlockNumber) -> Option<BlockId> {
        let number = self.best.number.checked_sub(lag).filter(|number| *number > self.finalized.number)?;
        self.path(self.best).into_iter().find(|block| block.number == number)
    }

    /// The way from the best block to a block of the tree, without taking it.
    fn route(&self, from: BlockId, to: BlockId) -> TreeRoute {
        let (retracted, mut enacted) = (self.path(from), self.path(to));
        enacted.reverse();
        let shared = retracted.iter().rev().zip(&enacted).take_while(|(a, b)| a == b).count();
        let common = shared.checked_sub(1).map_or(self.finalized, |last| enacted[last]);
        let retracted = retracted[..retracted.len() - shared].to_vec();
        TreeRoute { common, retracted, enacted: enacted.split_off(shared) }
    }

    fn forget(&mut self, blocks: &[BlockId]) {
        for block in blocks {
            self.nodes.remove(&block.hash);
            if let Some(hashes) = self.by_number.get_mut(&block.number) {
                hashes.remove(&block.hash);
                if hashes.is_empty() {
                    self.by_number.remove(&block.number);
                }
            }
        }
    }

    fn move_best(&mut self, best: BlockId) -> TreeRoute {
        let route = self.route(self.best, best);
        self.best = best;
        route
    }

    /// From a block down to, and without, the finalised one.
    fn path(&self, from: BlockId) -> Vec<BlockId> {
        let mut blocks = Vec::new();
        let mut at = from;
        while let Some(node) = self.nodes.get(&at.hash) {
            blocks.push(at);
            at = BlockId { number: node.number.saturating_sub(1), hash: node.parent };
        }
        blocks
    }

    fn is_ancestor(&self, ancestor: BlockId, of: BlockId) -> bool {
        self.path(of).contains(&ancestor)
    }

    /// The best leaf among a block and its descendants.
    fn best_above(&self, root: BlockId) -> BlockId {
        let mut family = BTreeSet::from([root.hash]);
        let mut best = root;
        for (hash, node) in self.in_order() {
            if family.contains(&node.parent) {
                family.insert(hash);
                if node.number > best.number {
                    best = BlockId { number: node.number, hash };
                }
            }
        }
        best
    }

    fn number(&self, hash: &Hash) -> Option<BlockNumber> {
        if *hash == self.finalized.hash {
            return Some(self.finalized.number);
        }
        self.nodes.get(hash).map(|node| node.number)
    }
}

/// What became of the tree when its best chain was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverted {
    /// Blocks that are gone, highest first: those of the best chain, and others as high as the new best one.
    pub gone: Vec<BlockId>,
    /// The way from the old best block to the new one.
    pub route: TreeRoute,
}

/// What became of the tree when a block was finalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finalized {
    /// Blocks that are final now, lowest first.
    pub blocks: Vec<BlockId>,
    /// Blocks of discarded forks, in the order of their insertion.
    pub pruned: Vec<BlockId>,
    /// The way to the new best block, if the old one was on a discarded fork.
    pub route: Option<TreeRoute>,
}

#[cfg(test)]
mod tests;
