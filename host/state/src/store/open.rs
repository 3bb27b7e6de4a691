//! From the records on disk to the state in memory.

use std::sync::Arc;

use ziver_db::{Column, Db};
use ziver_primitives::Hash;
use ziver_trie::hash_db::Hasher;

use super::{
    StateOptions,
    layer::Layer,
    records::{self, Base, Checkpoint, Journalled, META_BASE, META_CHECKPOINT},
    shared::Shared,
    tree::Tree,
};
use crate::{
    Pruning, StateError, TrieChanges,
    trie::{Records, Tries},
};

pub(super) fn open<H: Hasher<Out = Hash>>(db: Arc<dyn Db>, options: StateOptions) -> Result<Shared, StateError> {
    let mut tree = Tree::default();
    if let Some(record) = db.get(Column::Meta, META_BASE)? {
        let base: Base = records::decode(&record, "base")?;
        if base.archive && options.pruning != Pruning::Archive {
            return Err(StateError::WasArchive);
        }
        load::<H>(db.as_ref(), base, &mut tree)?;
    }
    Ok(Shared::new(db, options, tree))
}

/// The trie records as they are on disk.
struct OnDisk<'a>(&'a dyn Db);

impl Records for OnDisk<'_> {
    fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(Column::Trie, key)?)
    }
}

/// Makes the tries of every block above the checkpoint from the journal; those above the base become layers.
fn load<H: Hasher<Out = Hash>>(db: &dyn Db, base: Base, tree: &mut Tree) -> Result<(), StateError> {
    let checkpoint = db.get(Column::Meta, META_CHECKPOINT)?.ok_or_else(|| corrupt("the checkpoint is missing"))?;
    let checkpoint: Checkpoint = records::decode(&checkpoint, "checkpoint")?;
    let mut tries = Arc::new(Tries::saved(checkpoint.root));
    let mut journal = Vec::new();
    for entry in db.iter(Column::Journal, &[]) {
        let (key, value) = entry?;
        let hash = <[u8; 32]>::try_from(key).map_err(|_| corrupt("a journal record's key is not a block hash"))?;
        journal.push((Hash::from(hash), records::decode::<Journalled>(&value, "journal")?));
    }
    journal.sort_unstable_by_key(|(hash, record)| (record.number, *hash));
    let above = journal.split_off(journal.partition_point(|(_, record)| record.number <= base.number));
    let mut number = checkpoint.number;
    for (hash, record) in journal {
        number = number.saturating_add(1);
        if record.number != number {
            return Err(corrupt("the journal does not go on from the checkpoint"));
        }
        let trie = apply::<H>(db, hash, &record, &tries)?;
        tree.pending.add(hash, (record.changes.keys(), record.changes.bytes()), &trie.removed);
        tries = trie.tries.ok_or(StateError::Misuse("a root without its trie"))?;
    }
    if (number, tries.root()) != (base.number, base.root) {
        return Err(corrupt("checkpoint and journal do not lead to the last finalised block"));
    }
    tree.base = Some(base);
    tree.base_tries = Some(tries.clone());
    for (hash, record) in above {
        match tree.number_of_open(record.parent) {
            Some(below) if below.checked_add(1) == Some(record.number) && !tree.contains(hash) => {
                let parent = tree.layer(record.parent).map_or_else(|| Ok(tries.clone()), |layer| layer.tries())?;
                let trie = apply::<H>(db, hash, &record, &parent)?;
                tree.insert(Layer::new(hash, record.number, record.parent, record.changes, trie));
            }
            _ => return Err(corrupt("a journal record does not follow the last finalised block")),
        }
    }
    Ok(())
}

/// The tries after a journalled block.
fn apply<H: Hasher<Out = Hash>>(
    db: &dyn Db,
    hash: Hash,
    record: &Journalled,
    parent: &Tries,
) -> Result<TrieChanges, StateError> {
    let version = record.version()?;
    let after = parent.after::<H>(&OnDisk(db), &record.changes.delta(), version)?;
    if after.tries.root() != record.root {
        return Err(StateError::Corrupt(format!("block {hash:?}: its changes lead to another root")));
    }
    Ok(TrieChanges::new(after, version))
}

fn corrupt(what: &str) -> StateError {
    StateError::Corrupt(what.into())
}
