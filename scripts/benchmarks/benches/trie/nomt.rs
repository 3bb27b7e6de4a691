//! NOMT, with its own hasher and its own store.

use std::{any::Any, path::Path};

use ::nomt::{KeyReadWrite, Nomt, Options, SessionParams, hasher::Blake3Hasher};
use ziver_primitives::hashing::blake2_256;

use crate::{
    load::{self, Update},
    subject::Subject,
};

/// Pages in its hash table, of 4 KiB: ample for a million keys.
const BUCKETS: u32 = 512 * 1024;
/// Keys that are written at once while the state is made.
const CHUNK_KEYS: usize = 50_000;

struct Store(Nomt<Blake3Hasher>);

fn start(folder: &Path) -> Store {
    let mut options = Options::new();
    options.path(folder.join("nomt"));
    options.hashtable_buckets(BUCKETS);
    options.preallocate_ht(false);
    Store(Nomt::open(options).expect("a database"))
}

/// Makes the state in `folder`.
pub fn create(folder: &Path, keys: u32) -> [u8; 32] {
    let mut store = start(folder);
    let all: Vec<_> = load::genesis(keys).collect();
    for chunk in all.chunks(CHUNK_KEYS) {
        store.block(chunk.to_vec());
    }
    store.0.root().into_inner()
}

/// Opens the state in `folder`.
pub fn open(folder: &Path) -> impl Subject + use<> {
    start(folder)
}

impl Subject for Store {
    fn block(&mut self, updates: Vec<Update>) -> [u8; 32] {
        let session = self.0.begin_session(SessionParams::default());
        // Its paths must be spread evenly: an application hashes its keys.
        let path = |(key, value): Update| (blake2_256(&key), KeyReadWrite::Write(Some(value)));
        let mut writes: Vec<_> = updates.into_iter().map(path).collect();
        writes.sort_unstable_by_key(|(path, _)| *path);
        let finished = session.finish(writes).expect("a root");
        let root = finished.root().into_inner();
        finished.commit(&self.0).expect("a commit");
        root
    }

    fn store(self: Box<Self>) -> Box<dyn Any> {
        // Each commit was synced.
        Box::new(self.0)
    }
}
