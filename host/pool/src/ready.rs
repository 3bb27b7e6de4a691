//! The order in which an author takes transactions.
//!
//! Among the transactions that depend on nothing left to take, the best comes next: higher priority, then earlier arrival.
//! The iterator borrows the pool; what the author finds out is applied to the pool afterwards.

use std::collections::{BTreeSet, btree_set};
use std::iter::{Peekable, Rev};
use std::sync::Arc;

use crate::Map;
use ziver_primitives::Hash;

use crate::entry::{Rank, Transaction};
use crate::pool::Pool;

/// Iterator over ready transactions, made by [`Pool::ready`].
pub struct Ready<'a> {
    pool: &'a Pool,
    roots: Peekable<Rev<btree_set::Iter<'a, Rank>>>,
    /// Transactions whose dependencies have all been yielded.
    unlocked: BTreeSet<Rank>,
    /// Dependencies still to come of transactions that saw some of theirs.
    waiting: Map<Hash, usize>,
    last: Option<&'a Arc<Transaction>>,
}

impl<'a> Ready<'a> {
    pub(crate) fn new(pool: &'a Pool, roots: &'a BTreeSet<Rank>) -> Self {
        Ready {
            pool,
            roots: roots.iter().rev().peekable(),
            unlocked: BTreeSet::new(),
            waiting: Map::default(),
            last: None,
        }
    }

    /// The transaction yielded last did not make it into the block: leave out all that depend on it.
    pub fn skip_dependents(&mut self) {
        self.last = None;
    }

    fn unlock_dependents(&mut self, of: &Transaction) {
        for tag in &of.provides {
            for entry in self.pool.dependents(tag) {
                let unseen = entry.transaction.requires.len() - entry.given.len();
                let left = self.waiting.entry(entry.transaction.hash).or_insert(unseen);
                *left -= 1;
                if *left == 0 {
                    self.unlocked.insert(entry.rank());
                }
            }
        }
    }
}

impl<'a> Iterator for Ready<'a> {
    type Item = &'a Arc<Transaction>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(last) = self.last.take() {
            self.unlock_dependents(last);
        }
        let root = self.roots.peek().copied();
        let rank = if root > self.unlocked.last() { self.roots.next().copied() } else { self.unlocked.pop_last() };
        let entry = self.pool.entry(&rank?.hash)?;
        self.last = Some(&entry.transaction);
        self.last
    }
}
