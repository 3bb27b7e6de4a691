//! A checkpoint in the middle of what a reader does.

use std::{ops::Bound, sync::Arc};

use parking_lot::Mutex;
use ziver_db::{Batch, Column, Db, DbError, Entries, KeyValue, MemoryDb};
use ziver_trie::{KeccakHasher, StateVersion};

use super::{Plain, hash};
use crate::{Changes, MemoryView, Pruning, StateDb, StateOptions, View};

type Hook = Box<dyn FnOnce() + Send>;

/// Does something else before it first answers what stood where a block changed something.
#[derive(Default)]
struct Hooked {
    db: MemoryDb,
    hook: Mutex<Option<Hook>>,
}

impl Db for Hooked {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
        self.db.get(column, key)
    }

    fn next(&self, column: Column, from: Bound<&[u8]>) -> Result<Option<KeyValue>, DbError> {
        let hook = if column == Column::History { self.hook.lock().take() } else { None };
        if let Some(hook) = hook {
            hook();
        }
        self.db.next(column, from)
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>, DbError> {
        self.db.last_until(column, key)
    }

    fn iter(&self, column: Column, from: &[u8]) -> Entries<'_> {
        self.db.iter(column, from)
    }

    fn bytes(&self, column: Column) -> u64 {
        self.db.bytes(column)
    }

    fn write(&self, batch: Batch) -> Result<(), DbError> {
        self.db.write(batch)
    }
}

/// Keys that lie all over the trie.
fn keys() -> impl Iterator<Item = Vec<u8>> {
    (0u64..64).map(|number| ziver_primitives::hashing::keccak_256(&number.to_le_bytes()).to_vec())
}

/// A final block that gives every key this value, with a checkpoint.
fn grow(state: &StateDb<KeccakHasher>, db: &dyn Db, number: u32) {
    let (block, parent) = (hash(u64::from(number)), hash(u64::from(number.saturating_sub(1))));
    let main = keys().map(|key| (key, Some(value(number)))).collect();
    let changes = Changes { main, ..Changes::default() };
    let mut batch = Batch::new();
    if number == 0 {
        let (_, trie) = StateDb::<KeccakHasher>::empty_view().compute_root(&changes, StateVersion::V1).unwrap();
        state.insert_genesis(block, changes, trie, &mut batch).unwrap();
    } else {
        let (_, trie) = state.view_at(parent).unwrap().compute_root(&changes, StateVersion::V1).unwrap();
        state.insert_block(block, number, parent, changes, trie, &mut batch).unwrap();
        state.finalize(block, &mut batch).unwrap();
        state.checkpoint(&mut batch).unwrap();
    }
    db.write(batch).unwrap();
    state.written();
}

fn value(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(12)
}

#[test]
fn checkpoint_while_a_proof_of_an_old_state_is_made_is_no_damage() {
    let db = Arc::new(Hooked::default());
    // No node stays in memory after a checkpoint.
    let options = StateOptions {
        pruning: Pruning::Keep(8),
        value_cache_bytes: 0,
        node_cache_bytes: 0,
        ..StateOptions::default()
    };
    let state = StateDb::<KeccakHasher>::open(db.clone(), options).unwrap();
    (0..3).for_each(|number| grow(&state, &*db, number));
    let old = state.view_at(hash(1)).unwrap();
    let (other, others) = (state.clone(), db.clone());
    *db.hook.lock() = Some(Box::new(move || grow(&other, &*others, 3)));

    let wanted: Vec<Vec<u8>> = keys().take(3).collect();
    let proof = old.prove(None, &wanted).unwrap();
    assert!(db.hook.lock().is_none(), "the checkpoint came in between");
    let plain: Plain = keys().map(|key| (key, value(1))).collect();
    let plain = MemoryView::<KeccakHasher>::from_pairs(plain, StateVersion::V1).unwrap();
    assert_eq!(old.root(), plain.root());
    let sorted = |mut proof: Vec<Vec<u8>>| {
        proof.sort();
        proof
    };
    assert_eq!(sorted(proof), sorted(plain.prove(None, &wanted).unwrap()));
}
