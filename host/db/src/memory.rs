//! A database in memory, for tests and for chains that need not outlive the process.

use std::{collections::BTreeMap, ops::Bound};

use parking_lot::RwLock;

use crate::{Batch, Column, Db, DbError, Entries, KeyValue, Op};

#[cfg(test)]
mod tests;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// Columns as ordered maps. Reads see whole batches only.
#[derive(Debug, Default)]
pub struct MemoryDb {
    columns: RwLock<[Map; Column::ALL.len()]>,
}

impl MemoryDb {
    /// An empty database.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Clone for MemoryDb {
    /// A copy of the contents: later writes to one are not seen in the other.
    fn clone(&self) -> Self {
        Self { columns: RwLock::new(self.columns.read().clone()) }
    }
}

fn entry((key, value): (&Vec<u8>, &Vec<u8>)) -> KeyValue {
    (key.clone(), value.clone())
}

impl Db for MemoryDb {
    fn bytes(&self, column: Column) -> u64 {
        let columns = self.columns.read();
        columns[column.index()].iter().map(|(key, value)| (key.len() + value.len()) as u64).sum()
    }

    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
        Ok(self.columns.read()[column.index()].get(key).cloned())
    }

    fn next(&self, column: Column, from: Bound<&[u8]>) -> Result<Option<KeyValue>, DbError> {
        Ok(self.columns.read()[column.index()].range::<[u8], _>((from, Bound::Unbounded)).next().map(entry))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>, DbError> {
        let range = (Bound::Unbounded, Bound::Included(key));
        Ok(self.columns.read()[column.index()].range::<[u8], _>(range).next_back().map(entry))
    }

    fn iter(&self, column: Column, from: &[u8]) -> Entries<'_> {
        let range = (Bound::Included(from), Bound::Unbounded);
        let entries: Vec<_> = self.columns.read()[column.index()].range::<[u8], _>(range).map(entry).collect();
        Box::new(entries.into_iter().map(Ok))
    }

    fn write(&self, batch: Batch) -> Result<(), DbError> {
        let mut columns = self.columns.write();
        for op in batch.ops() {
            match op {
                Op::Put(column, key, value) => columns[column.index()].insert(key.to_vec(), value.to_vec()),
                Op::Delete(column, key) => columns[column.index()].remove(key),
            };
        }
        Ok(())
    }
}
