//! `ziver-state`, as the chain uses it.

use std::{any::Any, collections::BTreeMap, path::Path, sync::Arc};

use ziver_db::{Batch, Db, RocksDb, RocksOptions};
use ziver_state::{Changes, Hash, KeccakHasher, Overlay, Pruning, StateDb, StateVersion};

use crate::{
    load::{self, Update},
    subject::{Head, Subject, WINDOW_BLOCKS},
};

/// Which block becomes final with a new one: this many below it, as on a development chain.
const FINALITY_LAG: u32 = 2;

struct Ziver {
    db: Arc<dyn Db>,
    state: StateDb,
    number: u32,
}

/// The hash of block `number`.
fn hash(number: u32) -> Hash {
    Hash::from_low_u64_be(u64::from(number) + 1)
}

fn start(folder: &Path) -> (Arc<dyn Db>, StateDb) {
    let db: Arc<dyn Db> = Arc::new(RocksDb::open(folder, &RocksOptions::default()).expect("a database"));
    let state = StateDb::<KeccakHasher>::open(db.clone(), Pruning::Keep(WINDOW_BLOCKS - FINALITY_LAG));
    (db, state.expect("a state"))
}

/// Makes the state in `folder`.
pub fn create(folder: &Path, keys: u32) -> [u8; 32] {
    let (db, state) = start(folder);
    let main = load::genesis(keys).map(|(key, value)| (key, Some(value))).collect();
    let genesis = Changes { main, child: BTreeMap::new() };
    let (root, trie) = StateDb::<KeccakHasher>::empty_view().compute_root(&genesis, StateVersion::V1).expect("a root");
    let mut batch = Batch::new();
    state.insert_genesis(hash(0), genesis, trie, &mut batch).expect("a genesis");
    db.write(batch).expect("a write");
    state.written();
    root.0
}

/// Opens the state in `folder`.
pub fn open(folder: &Path, head: Head) -> impl Subject + use<> {
    let (db, state) = start(folder);
    Ziver { db, state, number: head.number }
}

impl Subject for Ziver {
    fn block(&mut self, updates: Vec<Update>) -> [u8; 32] {
        let parent = hash(self.number);
        self.number += 1;
        let mut overlay = Overlay::new(self.state.view_at(parent).expect("a view"));
        for (key, value) in updates {
            overlay.set(None, &key, value);
        }
        let finished = overlay.finish(StateVersion::V1).expect("a root");
        let (mut batch, state) = (Batch::new(), &self.state);
        let inserted =
            state.insert_block(hash(self.number), self.number, parent, finished.changes, finished.trie, &mut batch);
        inserted.expect("a block");
        state.finalize(hash(self.number.saturating_sub(FINALITY_LAG)), &mut batch).expect("finality");
        self.db.write(batch).expect("a write");
        self.state.written();
        finished.root.0
    }

    fn store(self: Box<Self>) -> Box<dyn Any> {
        // Each batch was synced.
        Box::new((self.db, self.state))
    }
}
