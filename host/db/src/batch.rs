//! Writes gathered to be stored together.
//!
//! A block writes tens of thousands of small records: a batch holds all their bytes in one buffer.

use crate::Column;

#[cfg(test)]
mod tests;

/// One write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op<'a> {
    /// Store the value at the key.
    Put(Column, &'a [u8], &'a [u8]),
    /// Remove the key, if it is there.
    Delete(Column, &'a [u8]),
}

/// Writes in order; of two at the same key the later one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Keys and values, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// Where key and value of a write end. They begin where the one before ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    column: Column,
    key_end: usize,
    /// `None`: the key is removed.
    value_end: Option<usize>,
}

impl Batch {
    /// A batch without writes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores `value` at `key`.
    pub fn put(&mut self, column: Column, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let (key, value) = (key.as_ref(), value.as_ref());
        self.bytes.reserve(key.len() + value.len());
        self.put_with(column, |out| out.extend_from_slice(key), |out| out.extend_from_slice(value));
    }

    /// Stores what the second function appends, at the key that the first one appends: saves who encodes both a copy.
    pub fn put_with(&mut self, column: Column, key: impl FnOnce(&mut Vec<u8>), value: impl FnOnce(&mut Vec<u8>)) {
        key(&mut self.bytes);
        let key_end = self.bytes.len();
        value(&mut self.bytes);
        self.entries.push(Entry { column, key_end, value_end: Some(self.bytes.len()) });
    }

    /// Removes `key`.
    pub fn delete(&mut self, column: Column, key: impl AsRef<[u8]>) {
        self.delete_with(column, |out| out.extend_from_slice(key.as_ref()));
    }

    /// Removes the key that the function appends.
    pub fn delete_with(&mut self, column: Column, key: impl FnOnce(&mut Vec<u8>)) {
        key(&mut self.bytes);
        self.entries.push(Entry { column, key_end: self.bytes.len(), value_end: None });
    }

    /// Makes room for `writes` more writes with `bytes` bytes of keys and values.
    pub fn reserve(&mut self, writes: usize, bytes: usize) {
        self.entries.reserve(writes);
        self.bytes.reserve(bytes);
    }

    /// The writes in order.
    pub fn ops(&self) -> impl Iterator<Item = Op<'_>> {
        let mut start = 0;
        self.entries.iter().map(move |Entry { column, key_end, value_end }| {
            let key = &self.bytes[start..*key_end];
            start = value_end.unwrap_or(*key_end);
            match value_end {
                Some(end) => Op::Put(*column, key, &self.bytes[*key_end..*end]),
                None => Op::Delete(*column, key),
            }
        })
    }

    /// How many writes there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
