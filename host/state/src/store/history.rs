//! What stood in the flat state before each final block, so that older states can be read.
//!
//! An entry's key is the storage key and the number of the block that changed it; its value is what stood there before that
//! block. The value at block N is that of the first entry above N, or what the flat state holds if there is none. Storage keys
//! are escaped, so that entries of one key lie together and keys keep their order: 0 becomes 0 255, and 0 0 ends the key.
//!
//! The state before block N + 1 is pruned with the entries of that block.

use std::{collections::HashMap, ops::Bound};

use codec::{DecodeAll, Encode};
use ziver_db::{Batch, Column, Db};

use super::records::{self, ChangedKeys, number_key};
use crate::{StateError, limits::EXTRA_PRUNED_BLOCKS_MAX, trie::child_id};

/// Bytes of a block number at the end of a key.
const NUMBER_BYTES: usize = 4;
const MAIN: u8 = 0;
const CHILD: u8 = 1;

/// The beginning of the keys of a trie.
fn prefix(child: Option<&[u8]>) -> Vec<u8> {
    let mut prefix = Vec::new();
    push_prefix(child, &mut prefix);
    prefix
}

fn push_prefix(child: Option<&[u8]>, out: &mut Vec<u8>) {
    match child {
        None => out.push(MAIN),
        Some(name) => {
            out.push(CHILD);
            out.extend(child_id(name));
        }
    }
}

fn push_escaped(key: &[u8], out: &mut Vec<u8>) {
    for (index, run) in key.split(|byte| *byte == 0).enumerate() {
        if index > 0 {
            out.extend([0, 0xff]);
        }
        out.extend_from_slice(run);
    }
    out.extend([0, 0]);
}

/// The storage key of an entry, without prefix and number; `None` if it is no escaped key.
fn unescape(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.strip_suffix(&[0, 0])?.iter();
    while let Some(byte) = bytes.next() {
        key.push(*byte);
        if *byte == 0 && bytes.next() != Some(&0xff) {
            return None;
        }
    }
    Some(key)
}

fn all_of(child: Option<&[u8]>, key: &[u8]) -> Vec<u8> {
    let mut entry = Vec::with_capacity(key.len() + 48);
    push_prefix(child, &mut entry);
    push_escaped(key, &mut entry);
    entry
}

/// The key of the entry of block `number`.
pub(super) fn entry_key(child: Option<&[u8]>, key: &[u8], number: u32) -> Vec<u8> {
    let mut entry = all_of(child, key);
    entry.extend(number.to_be_bytes());
    entry
}

/// Appends [`entry_key`].
pub(super) fn push_entry_key(child: Option<&[u8]>, key: &[u8], number: u32, out: &mut Vec<u8>) {
    push_prefix(child, out);
    push_escaped(key, out);
    out.extend(number.to_be_bytes());
}

/// What stood at `key` after block `number`, if a later final block changed it.
pub(super) fn value_at(
    db: &dyn Db,
    child: Option<&[u8]>,
    key: &[u8],
    number: u32,
) -> Result<Option<Option<Vec<u8>>>, StateError> {
    let Some(first) = number.checked_add(1) else { return Ok(None) };
    let from = entry_key(child, key, first);
    let Some((found, value)) = db.next(Column::History, Bound::Included(&from))? else { return Ok(None) };
    let own = &from[..from.len() - NUMBER_BYTES];
    if found.len() != from.len() || !found.starts_with(own) {
        return Ok(None);
    }
    let value = Option::<Vec<u8>>::decode_all(&mut &value[..]);
    value.map(Some).map_err(|error| StateError::Corrupt(format!("history record: {error}")))
}

/// The first key greater than `after` that a final block in the window changed.
pub(super) fn next_key(db: &dyn Db, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
    let prefix = prefix(child);
    let mut from = all_of(child, after);
    from.extend([0xff; NUMBER_BYTES]);
    let Some((found, _)) = db.next(Column::History, Bound::Excluded(&from))? else { return Ok(None) };
    let Some(rest) = found.strip_prefix(prefix.as_slice()) else { return Ok(None) };
    let key = rest.split_last_chunk::<NUMBER_BYTES>().and_then(|(key, _)| unescape(key));
    key.map(Some).ok_or_else(|| StateError::Corrupt("a history record's key is malformed".into()))
}

/// The keys that block `number` changed, by its record on the disk.
pub(super) fn stored_changes(db: &dyn Db, number: u32) -> Result<ChangedKeys, StateError> {
    let missing = || StateError::Corrupt(format!("the pruning record of block {number} is missing"));
    records::decode(&db.get(Column::Pruning, &number_key(number))?.ok_or_else(missing)?, "pruning")
}

/// The keys that final blocks changed.
#[derive(Default)]
pub(super) struct History {
    /// Records of blocks whose batch may not be written yet.
    fresh: HashMap<u32, ChangedKeys>,
}

impl History {
    /// Notes what a block that becomes final changes.
    pub(super) fn add(&mut self, number: u32, changed: ChangedKeys, batch: &mut Batch) {
        batch.put(Column::Pruning, number_key(number), changed.encode());
        self.fresh.insert(number, changed);
    }

    /// Copies of the records of blocks from `first` on that may not be on the disk.
    pub(super) fn fresh_from(&self, first: u32) -> Vec<(u32, ChangedKeys)> {
        let wanted = self.fresh.iter().filter(|(number, _)| **number >= first);
        wanted.map(|(number, changed)| (*number, changed.clone())).collect()
    }

    /// Forgets the copies of records that are on the disk.
    pub(super) fn written(&mut self) {
        self.fresh.clear();
    }

    /// The keys that block `number` changed.
    pub(super) fn changed(&self, db: &dyn Db, number: u32) -> Result<ChangedKeys, StateError> {
        match self.fresh.get(&number) {
            Some(record) => Ok(record.clone()),
            None => stored_changes(db, number),
        }
    }

    /// Prunes the states from `oldest` on that are below `window`, but no more than a bounded number of them. Returns the
    /// oldest that is left.
    pub(super) fn prune(
        &mut self,
        db: &dyn Db,
        mut oldest: u32,
        window: u32,
        finalized: usize,
        batch: &mut Batch,
    ) -> Result<u32, StateError> {
        let mut left = finalized.saturating_add(EXTRA_PRUNED_BLOCKS_MAX);
        while oldest < window && left > 0 {
            let next = oldest.saturating_add(1);
            for (child, key) in self.changed(db, next)?.iter() {
                batch.delete_with(Column::History, |out| push_entry_key(child, key, next, out));
            }
            batch.delete(Column::StateBlock, self.changed(db, oldest)?.hash.as_bytes());
            batch.delete(Column::Pruning, number_key(oldest));
            oldest = next;
            left = left.saturating_sub(1);
        }
        Ok(oldest)
    }
}

#[cfg(test)]
mod tests;
