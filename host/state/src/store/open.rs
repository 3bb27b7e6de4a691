//! From the records on disk to the state in memory.

use std::sync::Arc;

use ziver_db::{Column, Db};
use ziver_primitives::Hash;

use super::{
    StateOptions,
    records::{self, Base, DeathRecord, Journalled, META_BASE, number_key},
    shared::Shared,
    tree::{Layer, Tree},
};
use crate::{Pruning, StateError};

pub(super) fn open(db: Arc<dyn Db>, options: StateOptions) -> Result<Shared, StateError> {
    let mut tree = Tree::default();
    if let Some(record) = db.get(Column::Meta, META_BASE)? {
        let base: Base = records::decode(&record, "base")?;
        if base.archive && options.pruning != Pruning::Archive {
            return Err(StateError::WasArchive);
        }
        tree.base = Some(base);
        load_layers(db.as_ref(), &mut tree)?;
        if options.pruning != Pruning::Archive {
            load_deaths(db.as_ref(), &mut tree, &base)?;
        }
    }
    Ok(Shared::new(db, options, tree))
}

fn load_layers(db: &dyn Db, tree: &mut Tree) -> Result<(), StateError> {
    let mut records = Vec::new();
    for entry in db.iter(Column::Journal, &[]) {
        let (key, value) = entry?;
        let hash = <[u8; 32]>::try_from(key).map_err(|_| corrupt("a journal record's key is not a block hash"))?;
        records.push((Hash::from(hash), records::decode::<Journalled>(&value, "journal")?));
    }
    records.sort_unstable_by_key(|(hash, record)| (record.number, *hash));
    for (hash, Journalled { number, parent, changes, trie }) in records {
        match tree.number_of_open(parent) {
            Some(below) if below.checked_add(1) == Some(number) && !tree.contains(hash) => {
                let layer = Layer::new(hash, number, parent, changes, &trie);
                tree.insert(layer, trie.inserted);
            }
            _ => return Err(corrupt("a journal record does not follow the last finalised block")),
        }
    }
    Ok(())
}

fn load_deaths(db: &dyn Db, tree: &mut Tree, base: &Base) -> Result<(), StateError> {
    for number in base.oldest..=base.number {
        let missing = || StateError::Corrupt(format!("the pruning record of block {number} is missing"));
        let record = db.get(Column::Pruning, &number_key(number))?.ok_or_else(missing)?;
        let record: DeathRecord = records::decode(&record, "pruning")?;
        tree.deaths.load(number, &record);
    }
    Ok(())
}

fn corrupt(what: &str) -> StateError {
    StateError::Corrupt(what.into())
}
