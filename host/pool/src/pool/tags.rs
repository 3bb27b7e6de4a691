//! The steps that keep entries, tags and lanes together.
//!
//! [`Pool::place`] and [`Pool::unplace`] put an entry into the lane its tags say and take it out; [`Pool::promote`] and
//! [`Pool::demote`] follow tags to the transactions that depend on an entry, with a work list instead of recursion. Every
//! change of an entry is: unplace, edit, place.

use std::collections::BTreeSet;
use std::sync::Arc;

use ziver_primitives::{BlockNumber, Hash};

use super::Pool;
use crate::entry::{Entry, Tag, Transaction};
use crate::watch::Status;

/// What was known of an entry before it was put in anew.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// The lane its watchers know of; they are told only of a change.
    pub is_ready: Option<bool>,
    /// Whether it was told of as newly ready.
    pub is_told: bool,
}

impl Pool {
    /// Same tags, perhaps another priority or longevity: nobody who depends on it is concerned.
    pub(super) fn refresh(&mut self, new: Transaction) {
        let hash = new.hash;
        self.unplace(&hash);
        if let Some(entry) = self.entries.get_mut(&hash) {
            self.expiry.remove(&(entry.transaction.valid_till, entry.arrival));
            if new.valid_till != BlockNumber::MAX {
                self.expiry.insert((new.valid_till, entry.arrival));
            }
            entry.transaction = Arc::new(new);
        }
        self.place(&hash);
    }

    pub(super) fn put_in(&mut self, transaction: Transaction, arrival: u64) {
        self.put_in_quietly(transaction, arrival, Before::default());
    }

    pub(super) fn put_in_quietly(&mut self, transaction: Transaction, arrival: u64, before: Before) {
        let hash = transaction.hash;
        for tag in &transaction.provides {
            self.withdraw(tag);
            self.providers.insert(tag.clone(), hash);
        }
        let mut missing = BTreeSet::new();
        for tag in &transaction.requires {
            self.requirers.entry(tag.clone()).or_default().insert(hash);
            if !self.is_provided(tag) {
                missing.insert(tag.clone());
            }
        }
        if transaction.valid_till != BlockNumber::MAX {
            self.expiry.insert((transaction.valid_till, arrival));
        }
        let (transaction, given) = (Arc::new(transaction), BTreeSet::new());
        let entry = Entry { transaction, arrival, given, missing, is_told: before.is_told };
        let is_ready = entry.is_ready();
        self.by_arrival.insert(arrival, hash);
        if let Some(sender) = entry.transaction.sender {
            self.accounts.entry(sender.account).or_default().add(&entry);
        }
        self.entries.insert(hash, entry);
        self.place(&hash);
        if before.is_ready != Some(is_ready) {
            self.watched.emit(hash, if is_ready { Status::Ready } else { Status::Future });
        }
        if is_ready {
            self.promote(hash);
        }
    }

    /// Removes an entry; ready transactions that depend on it become future ones.
    pub(super) fn take_out(&mut self, hash: &Hash) {
        if !self.entries.contains_key(hash) {
            return;
        }
        self.demote(*hash);
        self.unplace(hash);
        let Some(entry) = self.entries.remove(hash) else { return };
        self.expiry.remove(&(entry.transaction.valid_till, entry.arrival));
        self.by_arrival.remove(&entry.arrival);
        if let Some(sender) = entry.transaction.sender
            && let Some(account) = self.accounts.get_mut(&sender.account)
        {
            account.remove(&entry);
            if account.is_empty() {
                self.accounts.remove(&sender.account);
            }
        }
        for tag in &entry.transaction.provides {
            self.providers.remove(tag);
        }
        for tag in &entry.transaction.requires {
            if let Some(hashes) = self.requirers.get_mut(tag) {
                hashes.remove(hash);
                if hashes.is_empty() {
                    self.requirers.remove(tag);
                }
            }
        }
    }

    /// The chain gives `tag` from now on.
    pub(super) fn give(&mut self, tag: &Tag) {
        for hash in self.requirers.get(tag).cloned().unwrap_or_default() {
            self.change(&hash, |entry| {
                entry.given.insert(tag.clone());
                entry.missing.remove(tag);
            });
        }
    }

    /// The chain does not give `tag` any more, since a transaction that gives it is valid (after a reorganisation).
    pub(super) fn withdraw(&mut self, tag: &Tag) {
        for hash in self.requirers.get(tag).cloned().unwrap_or_default() {
            self.change(&hash, |entry| {
                if entry.given.remove(tag) {
                    entry.missing.insert(tag.clone());
                }
            });
        }
    }

    /// Changes what an entry waits for, moves it to the right lane, and lets its dependents follow.
    pub(super) fn change(&mut self, hash: &Hash, edit: impl FnOnce(&mut Entry)) {
        let Some(was_ready) = self.is_ready(hash) else { return };
        self.unplace(hash);
        if let Some(entry) = self.entries.get_mut(hash) {
            edit(entry);
        }
        self.place(hash);
        match (was_ready, self.is_ready(hash)) {
            (false, Some(true)) => {
                self.watched.emit(*hash, Status::Ready);
                self.promote(*hash);
            }
            (true, Some(false)) => {
                self.watched.emit(*hash, Status::Future);
                self.demote(*hash);
            }
            _ => {}
        }
    }

    /// `hash` has become ready: whoever waited only for it becomes ready too.
    pub(super) fn promote(&mut self, hash: Hash) {
        let mut work = vec![hash];
        while let Some(hash) = work.pop() {
            for (tag, dependent) in self.requirers_of(&hash) {
                let Some(entry) = self.entries.get(&dependent) else { continue };
                if entry.is_ready() || !entry.missing.contains(&tag) {
                    continue;
                }
                self.unplace(&dependent);
                if let Some(entry) = self.entries.get_mut(&dependent) {
                    entry.missing.remove(&tag);
                }
                self.place(&dependent);
                if self.is_ready(&dependent) == Some(true) {
                    self.watched.emit(dependent, Status::Ready);
                    work.push(dependent);
                }
            }
        }
    }

    /// `hash` is not ready any more (or is about to leave): ready transactions that depend on it become future ones.
    pub(super) fn demote(&mut self, hash: Hash) {
        let mut work = vec![hash];
        while let Some(hash) = work.pop() {
            for (tag, dependent) in self.requirers_of(&hash) {
                let Some(entry) = self.entries.get(&dependent) else { continue };
                if entry.given.contains(&tag) {
                    continue;
                }
                let was_ready = entry.is_ready();
                self.unplace(&dependent);
                if let Some(entry) = self.entries.get_mut(&dependent) {
                    entry.missing.insert(tag);
                }
                self.place(&dependent);
                if was_ready {
                    self.watched.emit(dependent, Status::Future);
                    work.push(dependent);
                }
            }
        }
    }

    /// Transactions that require a tag which `hash` gives, with the tag.
    pub(super) fn requirers_of(&self, hash: &Hash) -> Vec<(Tag, Hash)> {
        let Some(entry) = self.entries.get(hash) else { return Vec::new() };
        let with_tag = |tag: &Tag| {
            let hashes = self.requirers.get(tag).into_iter().flatten();
            hashes.map(|hash| (tag.clone(), *hash)).collect::<Vec<_>>()
        };
        entry.transaction.provides.iter().flat_map(with_tag).collect()
    }

    pub(super) fn place(&mut self, hash: &Hash) {
        let Some(entry) = self.entries.get_mut(hash) else { return };
        if !entry.is_ready() {
            return self.future.add(entry);
        }
        if !entry.is_told {
            entry.is_told = true;
            self.newly_ready.push(*hash);
        }
        self.ready.add(entry);
        if entry.is_root() {
            self.roots.insert(entry.rank());
        }
    }

    pub(super) fn unplace(&mut self, hash: &Hash) {
        let Some(entry) = self.entries.get(hash) else { return };
        self.ready.remove(entry);
        self.future.remove(entry);
        self.roots.remove(&entry.rank());
    }
}
