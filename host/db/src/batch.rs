//! Writes gathered to be stored together.

use crate::Column;

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Store the value at the key.
    Put(Column, Vec<u8>, Vec<u8>),
    /// Remove the key, if it is there.
    Delete(Column, Vec<u8>),
}

/// Writes in order; of two at the same key the later one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    ops: Vec<Op>,
}

impl Batch {
    /// A batch without writes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores `value` at `key`.
    pub fn put(&mut self, column: Column, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.ops.push(Op::Put(column, key.into(), value.into()));
    }

    /// Removes `key`.
    pub fn delete(&mut self, column: Column, key: impl Into<Vec<u8>>) {
        self.ops.push(Op::Delete(column, key.into()));
    }

    /// Adds the writes of `other` after the own ones.
    pub fn append(&mut self, mut other: Self) {
        self.ops.append(&mut other.ops);
    }

    /// The writes in order.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The writes in order.
    pub fn into_ops(self) -> Vec<Op> {
        self.ops
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }
}
