//! Which trie nodes no state needs once the oldest states are pruned.
//!
//! Each finalised block has a [`DeathRecord`]: the nodes that its state no longer needs. When the state before it is
//! pruned, those nodes are deleted, except the ones that a later block *revived* by inserting the same node at the same
//! position again.

use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

use codec::Encode;
use ziver_db::{Batch, Column, Db};

use super::{
    records::{self, DeathRecord, number_key},
    tree::Layer,
};
use crate::{StateError, limits::EXTRA_PRUNED_BLOCKS_MAX};

/// The nodes of pending death records.
#[derive(Default)]
pub(super) struct Deaths {
    /// Fingerprint of a dying node -> the block that deleted it. 128 bits under random keys stand for the whole key, so
    /// that many blocks' nodes fit in memory.
    index: HashMap<u128, u32>,
    /// Nodes to be spared, by the block that deleted them.
    revived: HashMap<u32, HashSet<Vec<u8>>>,
    /// Records of blocks whose batch may not be written yet.
    fresh: HashMap<u32, DeathRecord>,
    keys: (RandomState, RandomState),
}

impl Deaths {
    fn fingerprint(&self, key: &[u8]) -> u128 {
        u128::from(self.keys.0.hash_one(key)) << 64 | u128::from(self.keys.1.hash_one(key))
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Notes what a block that becomes final does.
    pub(super) fn add(&mut self, layer: &Layer, batch: &mut Batch) {
        let mut revived = Vec::new();
        for key in &layer.inserted {
            if let Some(number) = self.index.remove(&self.fingerprint(key)) {
                revived.push((number, key.clone()));
            }
        }
        let record = DeathRecord { hash: layer.hash, deleted: layer.deleted.clone(), revived };
        batch.put(Column::Pruning, number_key(layer.number), record.encode());
        self.load(layer.number, &record);
        self.fresh.insert(layer.number, record);
    }

    /// Takes up a record, in the order of numbers.
    pub(super) fn load(&mut self, number: u32, record: &DeathRecord) {
        for (deleted_by, key) in &record.revived {
            let fingerprint = self.fingerprint(key);
            self.index.remove(&fingerprint);
            self.revived.entry(*deleted_by).or_default().insert(key.clone());
        }
        for key in &record.deleted {
            let fingerprint = self.fingerprint(key);
            self.index.insert(fingerprint, number);
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
            let pruned = self.record(db, oldest)?;
            let next = oldest.saturating_add(1);
            let dying = self.record(db, next)?;
            let spared = self.revived.remove(&next).unwrap_or_default();
            for key in dying.deleted.into_iter().filter(|key| !spared.contains(key)) {
                let fingerprint = self.fingerprint(&key);
                self.index.remove(&fingerprint);
                batch.delete(Column::Trie, key);
            }
            batch.delete(Column::StateBlock, pruned.hash.as_bytes());
            batch.delete(Column::Pruning, number_key(oldest));
            self.fresh.remove(&oldest);
            oldest = next;
            left = left.saturating_sub(1);
        }
        Ok(oldest)
    }

    /// Forgets the copies of records that are on the disk.
    pub(super) fn written(&mut self) {
        self.fresh.clear();
    }

    fn record(&self, db: &dyn Db, number: u32) -> Result<DeathRecord, StateError> {
        if let Some(record) = self.fresh.get(&number) {
            return Ok(record.clone());
        }
        let missing = || StateError::Corrupt(format!("the pruning record of block {number} is missing"));
        records::decode(&db.get(Column::Pruning, &number_key(number))?.ok_or_else(missing)?, "pruning")
    }
}
