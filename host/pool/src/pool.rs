//! The pool itself: entries, the tags that join them, and the two lanes.
//!
//! Here are the operations; the steps they are made of, which keep the indexes together, are in `tags`.
//!
//! What is looked up by hash or tag alone is in hash maps, nobody goes through them: in a pool of many thousands a lookup is a
//! few times cheaper than in a tree. What has an order is in trees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ziver_primitives::{
    AccountId20, BlockNumber, Hash,
    validity::{TransactionPriority, ValidTransaction},
};

use crate::Map;
use crate::ban::BanList;
use crate::entry::{Candidate, Entry, Identity, Lane, Rank, Sender, Tag, Transaction};
use crate::error::SubmitError;
use crate::limits::Limits;
use crate::ready::Ready;
use crate::share::Account;
use crate::watch::{Event, Status, Watched};

mod tags;

use tags::Before;

/// Where a submitted transaction went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// Can go into the next block.
    Ready,
    /// Waits for a transaction before it.
    Future,
}

/// A transaction found in a block of the best chain.
#[derive(Clone, Debug)]
pub struct Included {
    /// Hash of the transaction.
    pub hash: Hash,
    /// Tags that it gives, if known; for a transaction of the pool the pool knows them itself.
    pub provides: Vec<Tag>,
}

/// How full the pool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolSize {
    /// Ready transactions.
    pub ready_count: usize,
    /// Their encoded bytes.
    pub ready_bytes: usize,
    /// Future transactions.
    pub future_count: usize,
    /// Their encoded bytes.
    pub future_bytes: usize,
}

/// The transaction pool. See the crate's documentation.
pub struct Pool {
    limits: Limits,
    entries: Map<Hash, Entry>,
    providers: Map<Tag, Hash>,
    requirers: Map<Tag, BTreeSet<Hash>>,
    ready: Lane,
    future: Lane,
    accounts: Map<AccountId20, Account>,
    /// Ready transactions that depend on no other of the pool.
    roots: BTreeSet<Rank>,
    /// Ends of validity with numbers of arrival, of those that end.
    expiry: BTreeSet<(BlockNumber, u64)>,
    by_arrival: BTreeMap<u64, Hash>,
    arrivals: u64,
    banned: BanList,
    watched: Watched,
    /// Transactions that have become ready for the first time since somebody asked.
    newly_ready: Vec<Hash>,
}

impl Pool {
    /// An empty pool.
    pub fn new(limits: Limits) -> Self {
        Pool {
            limits,
            entries: Map::default(),
            providers: Map::default(),
            requirers: Map::default(),
            ready: Lane::default(),
            future: Lane::default(),
            accounts: Map::default(),
            roots: BTreeSet::new(),
            expiry: BTreeSet::new(),
            by_arrival: BTreeMap::new(),
            arrivals: 0,
            banned: BanList::default(),
            watched: Watched::default(),
            newly_ready: Vec::new(),
        }
    }

    /// Refuses what needs no runtime to be refused: known, banned, too long.
    pub fn check(&self, hash: &Hash, bytes: usize, now_ms: u64) -> Result<(), SubmitError> {
        if bytes > self.limits.transaction_bytes_max {
            return Err(SubmitError::TooLong { bytes, bytes_max: self.limits.transaction_bytes_max });
        }
        if self.entries.contains_key(hash) {
            return Err(SubmitError::AlreadyImported(*hash));
        }
        if self.banned.is_banned(hash, now_ms) {
            return Err(SubmitError::TemporarilyBanned);
        }
        Ok(())
    }

    /// Takes a transaction that the runtime found valid.
    ///
    /// A transaction with the same tags is replaced (`usurped`) if the new one's priority is higher by
    /// [`Limits::replace_percent`]; those that depend on the old one stay. If the pool is over a limit afterwards, the worst
    /// transactions are evicted (`dropped`), which may be the new one.
    pub fn submit(&mut self, candidate: Candidate, now_ms: u64) -> Result<Placed, SubmitError> {
        let Candidate { hash, bytes, valid, validated_at, sender, watch, local, replace } = candidate;
        self.check(&hash, bytes.len(), now_ms)?;
        self.check_tags(&valid)?;
        if watch {
            self.check_watched(&hash)?;
        }
        let transaction = Transaction::new(Identity { hash, bytes, sender, local }, valid, validated_at);
        let replaced = self.conflicts(&transaction)?;
        if replace && replaced.is_empty() {
            return Err(SubmitError::NothingToReplace);
        }
        let (told, is_replacement) = (self.watched.told(), !replaced.is_empty());
        for old in replaced {
            self.take_out(&old);
            self.watched.emit(old, Status::Usurped { by: hash });
        }
        let was_watched = self.watched.contains(&hash);
        if watch {
            self.watched.watch(hash);
        }
        let arrival = self.arrivals;
        self.arrivals += 1;
        self.put_in(transaction, arrival);
        let refused = match sender {
            Some(Sender { account, .. }) if !self.enforce_account_limits(account, hash) => SubmitError::AccountFull {
                count_max: self.limits.account_count_max,
                bytes_max: self.limits.account_bytes_max,
            },
            _ => SubmitError::ImmediatelyDropped,
        };
        self.enforce_limits(Some(hash));
        if is_replacement {
            self.watched.settle(told);
        }
        match self.entries.get(&hash).map(Entry::is_ready) {
            Some(true) => Ok(Placed::Ready),
            Some(false) => Ok(Placed::Future),
            None => {
                if was_watched {
                    self.watched.emit(hash, Status::Dropped);
                } else {
                    self.watched.forget(&hash);
                }
                Err(refused)
            }
        }
    }

    /// Ready transactions, dependencies first, then by priority, then by arrival.
    pub fn ready(&self) -> Ready<'_> {
        Ready::new(self, &self.roots)
    }

    /// A block joined the best chain: its transactions leave the pool, and what they give is given by the chain from now on.
    ///
    /// Transactions of the pool that give one of the same tags are `usurped`.
    pub fn enact(&mut self, block: Hash, number: BlockNumber, included: &[Included]) {
        for (index, Included { hash, provides }) in included.iter().enumerate() {
            let own = self.entries.get(hash).map(|entry| Arc::clone(&entry.transaction));
            let provides = own.as_ref().map_or(provides, |own| &own.provides);
            self.watched.enact(*hash, block, u32::try_from(index).unwrap_or(u32::MAX), number);
            for tag in provides {
                self.give(tag);
            }
            self.take_out(hash);
            for tag in provides {
                if let Some(other) = self.providers.get(tag).copied() {
                    self.take_out(&other);
                    self.watched.emit(other, Status::Usurped { by: *hash });
                }
            }
        }
        self.enforce_limits(None);
    }

    /// A block left the best chain. Its transactions come back by [`Pool::submit`] once they are validated again.
    pub fn retract(&mut self, block: Hash) {
        self.watched.retract(block);
    }

    /// A block is final.
    pub fn finalize(&mut self, block: Hash) {
        self.watched.finalize(block);
    }

    /// The best block has this number: transactions whose validity ended before it are `invalid`, and watched ones
    /// that wait too long for finality are given up. Returns the removed transactions.
    pub fn expire(&mut self, best: BlockNumber, now_ms: u64) -> Vec<Hash> {
        let mut removed = Vec::new();
        while let Some(&(valid_till, arrival)) = self.expiry.first()
            && valid_till < best
            && let Some(&hash) = self.by_arrival.get(&arrival)
        {
            self.take_out(&hash);
            self.watched.emit(hash, Status::Invalid);
            removed.push(hash);
        }
        self.enforce_limits(None);
        self.banned.expire(now_ms);
        self.watched.time_out(best.saturating_sub(self.limits.finality_timeout_blocks));
        removed
    }

    /// Removes a transaction that is not valid any more and bans it for a while. Its dependents wait as future ones.
    pub fn remove_invalid(&mut self, hash: &Hash, now_ms: u64) {
        self.take_out(hash);
        self.watched.emit(*hash, Status::Invalid);
        let until_ms = now_ms.saturating_add(self.limits.ban_ms);
        self.banned.ban(*hash, until_ms, self.limits.banned_count_max);
        self.enforce_limits(None);
    }

    /// Takes a transaction out without banning it: it could not come back after its block was retracted, say.
    pub fn remove(&mut self, hash: &Hash, status: Status) {
        self.take_out(hash);
        self.watched.emit(*hash, status);
        self.enforce_limits(None);
    }

    /// A revalidation of a transaction of the pool found it valid, perhaps with other tags or another priority.
    ///
    /// A tag that it still requires is not given by the chain, whatever was thought before: the transaction that gave it was
    /// in a block that is no longer on the best chain. All that wait for such a tag become future ones.
    pub fn update(&mut self, hash: &Hash, valid: ValidTransaction, validated_at: BlockNumber) {
        let Some(entry) = self.entries.get(hash) else { return };
        let (arrival, old) = (entry.arrival, Arc::clone(&entry.transaction));
        if self.check_tags(&valid).is_err() {
            return self.remove(hash, Status::Invalid);
        }
        let identity = Identity { hash: *hash, bytes: Arc::clone(&old.bytes), sender: old.sender, local: old.local };
        let new = Transaction::new(identity, valid, validated_at);
        let before = Before { is_ready: Some(entry.is_ready()), is_told: entry.is_told };
        if new.requires == old.requires && new.provides == old.provides {
            let given: Vec<Tag> = entry.given.iter().cloned().collect();
            self.refresh(new);
            for tag in &given {
                self.withdraw(tag);
            }
            return self.enforce_limits(None);
        }
        self.take_out(hash);
        match self.conflicts(&new) {
            Ok(replaced) => {
                for other in replaced {
                    self.take_out(&other);
                    self.watched.emit(other, Status::Usurped { by: *hash });
                }
                self.put_in_quietly(new, arrival, before);
            }
            Err(_) => self.watched.emit(*hash, Status::Dropped),
        }
        self.enforce_limits(None);
    }

    /// A watched transaction that is neither in the pool nor in a block will not come back: its block was retracted and it
    /// could not be submitted again. Does nothing for any other.
    pub fn give_up(&mut self, hash: &Hash, status: Status) {
        if !self.entries.contains_key(hash) {
            self.watched.give_up(*hash, status);
        }
    }

    /// Tells that a watched transaction was sent to peers.
    pub fn broadcast(&mut self, hash: Hash, peers: Vec<String>) {
        self.watched.emit(hash, Status::Broadcast(peers));
    }

    /// One more wants to follow a transaction that is known: in the pool, or followed already and in a block that is
    /// not final. Returns its present status, which is not told to the others; `None` if it is not known.
    pub fn join(&mut self, hash: &Hash) -> Result<Option<Status>, SubmitError> {
        let included = self.watched.inclusion(hash).map(|(block, index)| Status::InBlock { block, index });
        let waits = || self.is_ready(hash).map(|is_ready| if is_ready { Status::Ready } else { Status::Future });
        let Some(status) = included.or_else(waits) else { return Ok(None) };
        self.check_watched(hash)?;
        self.watched.watch(*hash);
        Ok(Some(status))
    }

    /// Nobody follows this transaction any more.
    pub fn unwatch(&mut self, hash: &Hash) {
        self.watched.unwatch(hash);
    }

    /// Whether somebody follows this transaction, which may be in a block already.
    pub fn is_watched(&self, hash: &Hash) -> bool {
        self.watched.contains(hash)
    }

    /// Statuses since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.watched.take_events()
    }

    /// Transactions that have become ready since the last call and are ready now, in that order: each once for as long
    /// as it is in the pool. One that left it and came back, because its block was retracted say, is told of again.
    pub fn take_newly_ready(&mut self) -> Vec<Arc<Transaction>> {
        let (mut taken, mut seen) = (Vec::with_capacity(self.newly_ready.len()), BTreeSet::new());
        for hash in std::mem::take(&mut self.newly_ready) {
            let Some(entry) = self.entries.get_mut(&hash).filter(|_| seen.insert(hash)) else { continue };
            // What waits again by now is told of when its time has come.
            entry.is_told = entry.is_ready();
            if entry.is_told {
                taken.push(Arc::clone(&entry.transaction));
            }
        }
        taken
    }

    /// Future transactions, best rank first.
    pub fn future(&self) -> impl Iterator<Item = &Arc<Transaction>> {
        self.future.ranks.iter().rev().filter_map(|rank| self.transaction(&rank.hash))
    }

    /// The bounds that hold.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A transaction of the pool, ready or future.
    pub fn transaction(&self, hash: &Hash) -> Option<&Arc<Transaction>> {
        self.entries.get(hash).map(|entry| &entry.transaction)
    }

    /// Whether a transaction of the pool is ready; `None` if it is not there.
    pub fn is_ready(&self, hash: &Hash) -> Option<bool> {
        self.entries.get(hash).map(Entry::is_ready)
    }

    /// All transactions, best rank first: ready ones, then future ones.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Transaction>> {
        let ranks = self.ready.ranks.iter().rev().chain(self.future.ranks.iter().rev());
        ranks.filter_map(|rank| self.transaction(&rank.hash))
    }

    /// Transactions in the order of their arrival, from an arrival number on; for a revalidation that goes round.
    pub fn from_arrival(&self, first: u64) -> impl Iterator<Item = (u64, Hash)> {
        self.by_arrival.range(first..).map(|(arrival, hash)| (*arrival, *hash))
    }

    /// Whether a ready transaction gives `tag`.
    pub fn is_provided(&self, tag: &Tag) -> bool {
        self.providers.get(tag).and_then(|hash| self.entries.get(hash)).is_some_and(Entry::is_ready)
    }

    /// How full the pool is.
    pub fn size(&self) -> PoolSize {
        PoolSize {
            ready_count: self.ready.ranks.len(),
            ready_bytes: self.ready.bytes,
            future_count: self.future.ranks.len(),
            future_bytes: self.future.bytes,
        }
    }

    /// Transactions followed by somebody, those included in non-final blocks among them.
    pub fn watched_count(&self) -> usize {
        self.watched.len()
    }

    pub(crate) fn entry(&self, hash: &Hash) -> Option<&Entry> {
        self.entries.get(hash)
    }

    /// Ready transactions that wait for a ready transaction to give `tag`.
    pub(crate) fn dependents<'a>(&'a self, tag: &'a Tag) -> impl Iterator<Item = &'a Entry> {
        let hashes = self.requirers.get(tag).into_iter().flatten();
        let entries = hashes.filter_map(|hash| self.entries.get(hash));
        entries.filter(move |entry| entry.is_ready() && !entry.given.contains(tag))
    }

    fn check_watched(&self, hash: &Hash) -> Result<(), SubmitError> {
        let watched_count_max = self.limits.watched_count_max;
        match self.watched.contains(hash) || self.watched.len() < watched_count_max {
            true => Ok(()),
            false => Err(SubmitError::TooManyWatched { watched_count_max }),
        }
    }

    fn check_tags(&self, valid: &ValidTransaction) -> Result<(), SubmitError> {
        if valid.provides.is_empty() {
            return Err(SubmitError::NoTags);
        }
        let is_long = |tag: &Tag| tag.len() > self.limits.tag_bytes_max;
        if valid.provides.len().saturating_add(valid.requires.len()) > self.limits.tags_max
            || valid.provides.iter().chain(&valid.requires).any(is_long)
        {
            return Err(SubmitError::TooManyTags);
        }
        Ok(())
    }

    /// Transactions that the new one would replace, or why it must not.
    fn conflicts(&self, new: &Transaction) -> Result<BTreeSet<Hash>, SubmitError> {
        let hashes: BTreeSet<Hash> = new.provides.iter().filter_map(|tag| self.providers.get(tag)).copied().collect();
        let priorities =
            hashes.iter().filter_map(|hash| self.entries.get(hash)).map(|entry| entry.transaction.priority);
        let Some(old) = priorities.max() else { return Ok(hashes) };
        match replacement_priority(old, self.limits.replace_percent) {
            Some(needed) if new.priority >= needed => Ok(hashes),
            needed => Err(SubmitError::TooLowPriority {
                old,
                new: new.priority,
                needed: needed.unwrap_or(TransactionPriority::MAX),
            }),
        }
    }

    /// Evicts the account's transactions from the last until its limits hold. Says whether `new`, which is told of by the
    /// return value of `submit`, stays.
    fn enforce_account_limits(&mut self, account: AccountId20, new: Hash) -> bool {
        let Limits { account_count_max, account_bytes_max, .. } = self.limits;
        let mut stays = true;
        while let Some(excess) =
            self.accounts.get(&account).and_then(|account| account.excess(account_count_max, account_bytes_max))
        {
            self.take_out(&excess);
            if excess == new {
                stays = false;
            } else {
                self.watched.emit(excess, Status::Dropped);
            }
        }
        stays
    }

    /// Evicts the worst until the limits hold. `new` is told of by the return value of `submit`, not by an event.
    fn enforce_limits(&mut self, new: Option<Hash>) {
        let Limits { ready_count_max, ready_bytes_max, future_count_max, future_bytes_max, .. } = self.limits;
        loop {
            let ready = self.ready.excess(&self.entries, ready_count_max, ready_bytes_max);
            let future = || self.future.excess(&self.entries, future_count_max, future_bytes_max);
            let Some(hash) = ready.or_else(future) else { return };
            self.take_out(&hash);
            if new != Some(hash) {
                self.watched.emit(hash, Status::Dropped);
            }
        }
    }
}

/// The lowest priority that replaces a transaction of priority `old`; `None` if no number says it.
fn replacement_priority(old: TransactionPriority, percent: u32) -> Option<TransactionPriority> {
    let more = (u128::from(old) * u128::from(percent)).div_ceil(100).max(1);
    TransactionPriority::try_from(u128::from(old) + more).ok()
}

#[cfg(test)]
mod tests;
