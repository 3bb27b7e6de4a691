//! Who has how much of the pool: the measure of fair evictions.
//!
//! Two rules use it. An account over its own limits gives its transaction with the highest nonce: nothing of it depends on
//! that one. In a lane that is full the lowest priority goes first; among equals the account that has most of them gives, again,
//! the one with the highest nonce. So nobody is driven out by somebody who sends more, unless the other pays more.

use std::collections::{BTreeMap, BTreeSet};

use ziver_primitives::{AccountId20, Hash, Nonce, validity::TransactionPriority};

use crate::Map;
use crate::entry::Entry;

/// Place in an account's own order: nonce, arrival, hash.
type Turn = (Nonce, u64, Hash);

fn turn(entry: &Entry) -> Turn {
    let nonce = entry.transaction.sender.map_or(Nonce::MAX, |sender| sender.nonce);
    (nonce, entry.arrival, entry.transaction.hash)
}

/// All transactions of one account.
#[derive(Default)]
pub(crate) struct Account {
    turns: BTreeSet<Turn>,
    bytes: usize,
}

impl Account {
    pub fn add(&mut self, entry: &Entry) {
        if self.turns.insert(turn(entry)) {
            self.bytes += entry.transaction.bytes.len();
        }
    }

    pub fn remove(&mut self, entry: &Entry) {
        if self.turns.remove(&turn(entry)) {
            self.bytes -= entry.transaction.bytes.len();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// The transaction that goes, if there are too many or too large ones.
    pub fn excess(&self, count_max: usize, bytes_max: usize) -> Option<Hash> {
        let is_over = self.turns.len() > count_max || self.bytes > bytes_max;
        self.turns.last().filter(|_| is_over).map(|(_, _, hash)| *hash)
    }
}

/// What one account has of one priority in a lane.
#[derive(Default)]
struct Share {
    turns: BTreeSet<Turn>,
    arrivals: BTreeSet<u64>,
}

impl Share {
    /// Larger shares are greater; of equal ones that with the latest transaction.
    fn size(&self) -> (usize, u64) {
        (self.turns.len(), self.arrivals.last().copied().unwrap_or(0))
    }
}

/// Transactions of one priority in a lane. Those of unknown senders count as one account's.
#[derive(Default)]
struct Class {
    shares: Map<Option<AccountId20>, Share>,
    by_size: BTreeSet<((usize, u64), Option<AccountId20>)>,
}

impl Class {
    fn change(&mut self, entry: &Entry, edit: impl FnOnce(&mut Share)) {
        let account = entry.transaction.sender.map(|sender| sender.account);
        let share = self.shares.entry(account).or_default();
        self.by_size.remove(&(share.size(), account));
        edit(share);
        if share.turns.is_empty() {
            self.shares.remove(&account);
        } else {
            self.by_size.insert((share.size(), account));
        }
    }
}

/// The transactions of a lane by priority and account.
#[derive(Default)]
pub(crate) struct Shares(BTreeMap<TransactionPriority, Class>);

impl<'a> FromIterator<&'a Entry> for Shares {
    fn from_iter<T: IntoIterator<Item = &'a Entry>>(entries: T) -> Self {
        entries.into_iter().fold(Self::default(), |mut shares, entry| {
            shares.add(entry);
            shares
        })
    }
}

impl Shares {
    pub fn add(&mut self, entry: &Entry) {
        let class = self.0.entry(entry.transaction.priority).or_default();
        class.change(entry, |share| {
            share.turns.insert(turn(entry));
            share.arrivals.insert(entry.arrival);
        });
    }

    pub fn remove(&mut self, entry: &Entry) {
        let priority = entry.transaction.priority;
        let Some(class) = self.0.get_mut(&priority) else { return };
        class.change(entry, |share| {
            share.turns.remove(&turn(entry));
            share.arrivals.remove(&entry.arrival);
        });
        if class.shares.is_empty() {
            self.0.remove(&priority);
        }
    }

    /// The one that goes first.
    pub fn worst(&self) -> Option<Hash> {
        let (_, class) = self.0.first_key_value()?;
        let (_, account) = class.by_size.last()?;
        class.shares.get(account)?.turns.last().map(|(_, _, hash)| *hash)
    }
}
