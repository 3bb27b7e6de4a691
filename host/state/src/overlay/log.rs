//! Changed keys, and how to undo them.

use std::collections::BTreeMap;

use super::{NoTransaction, list};

/// Changed keys of one trie.
pub(super) type Map = BTreeMap<Vec<u8>, Entry>;

/// A changed key.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `None` when it is removed.
    pub(super) value: Option<Vec<u8>>,
    /// The transaction that has noted how to undo its first write here, 0 for none.
    noted_by: u64,
    /// Whether it noted the whole value, not only how long a list was.
    noted_whole: bool,
}

/// What stood at a key before a write.
#[derive(Debug)]
pub(super) enum Before {
    /// This; `None` when the key had not been changed.
    Entry(Option<Entry>),
    /// The same list, shorter.
    List { count: u32, len: usize, noted_by: u64, noted_whole: bool },
}

/// How to undo a write.
#[derive(Debug)]
pub(super) struct Undo {
    pub(super) child: Option<Vec<u8>>,
    pub(super) key: Vec<u8>,
    pub(super) before: Before,
}

/// The writes of the open transactions.
#[derive(Debug, Default)]
pub(super) struct Log {
    undos: Vec<Undo>,
    /// Of each open transaction its number and where its writes begin in `undos`.
    open: Vec<(u64, usize)>,
    /// Transactions opened so far.
    count: u64,
}

impl Log {
    fn current(&self) -> u64 {
        self.open.last().map_or(0, |(number, _)| *number)
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn start(&mut self) {
        self.count = self.count.saturating_add(1);
        self.open.push((self.count, self.undos.len()));
    }

    pub(super) fn commit(&mut self) -> Result<(), NoTransaction> {
        self.open.pop().ok_or(NoTransaction)?;
        if self.open.is_empty() {
            self.undos.clear();
        }
        Ok(())
    }

    /// What to undo, in this order.
    pub(super) fn rollback(&mut self) -> Result<impl Iterator<Item = Undo>, NoTransaction> {
        let (_, start) = self.open.pop().ok_or(NoTransaction)?;
        let undos: Vec<_> = self.undos.drain(start..).rev().collect();
        Ok(undos.into_iter())
    }

    fn note(&mut self, child: Option<&[u8]>, key: &[u8], before: Before) {
        self.undos.push(Undo { child: child.map(<[u8]>::to_vec), key: key.to_vec(), before });
    }

    pub(super) fn put(&mut self, map: &mut Map, child: Option<&[u8]>, key: &[u8], value: Option<Vec<u8>>) {
        let current = self.current();
        let new = Entry { value, noted_by: current, noted_whole: true };
        match map.get_mut(key) {
            None => {
                map.insert(key.to_vec(), new);
                if current != 0 {
                    self.note(child, key, Before::Entry(None));
                }
            }
            Some(entry) if current == 0 || (entry.noted_by == current && entry.noted_whole) => entry.value = new.value,
            Some(entry) => {
                let before = std::mem::replace(entry, new);
                self.note(child, key, Before::Entry(Some(before)));
            }
        }
    }

    /// Appends to the list at a key that was set before.
    pub(super) fn append(&mut self, map: &mut Map, child: Option<&[u8]>, key: &[u8], item: &[u8]) {
        let current = self.current();
        let Some(entry) = map.get_mut(key) else { return };
        let Some(value) = &mut entry.value else { return };
        let counted = list::count(value).filter(|(count, _)| *count < u32::MAX);
        let Some((count, _)) = counted else {
            let list = list::of_one(item);
            return self.put(map, child, key, Some(list));
        };
        let len = value.len();
        list::push(value, item);
        if current != 0 && entry.noted_by != current {
            let before = Before::List { count, len, noted_by: entry.noted_by, noted_whole: entry.noted_whole };
            (entry.noted_by, entry.noted_whole) = (current, false);
            self.note(child, key, before);
        }
    }
}

/// Undoes one write.
pub(super) fn undo(map: &mut Map, key: Vec<u8>, before: Before) {
    match before {
        Before::Entry(None) => {
            map.remove(&key);
        }
        Before::Entry(Some(entry)) => {
            map.insert(key, entry);
        }
        Before::List { count, len, noted_by, noted_whole } => {
            if let Some(entry) = map.get_mut(&key) {
                if let Some(value) = &mut entry.value {
                    list::truncate(value, count, len);
                }
                (entry.noted_by, entry.noted_whole) = (noted_by, noted_whole);
            }
        }
    }
}
