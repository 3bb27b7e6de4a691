//! Substrate's trie on ParityDB, as its client keeps states: nodes by hash, counted by the database, and a cache of decoded nodes
//! that blocks share. Nodes that a block replaces are removed when it leaves the window.

use std::{any::Any, collections::VecDeque, path::Path};

use parity_db::{ColumnOptions, Db, Operation, Options};
use sp_trie::{
    LayoutV1, MemoryDB,
    cache::{CacheSize, SharedTrieCache},
    delta_trie_root,
};
use ziver_state::{Hash, KeccakHasher};
use ziver_trie::hash_db::{AsHashDB, HashDB, Prefix};

use crate::{
    load::{self, Update},
    subject::{Head, Subject, WINDOW_BLOCKS},
};

/// The cache of decoded nodes: more than this project's default of 192 MiB for nodes and values.
const CACHE_BYTES: usize = 256 * 1024 * 1024;
const NODES: u8 = 0;
/// Keys that are written at once while the state is made.
const CHUNK_KEYS: usize = 50_000;

type Nodes = MemoryDB<KeccakHasher>;
type Commit = Vec<(u8, Operation<Vec<u8>, Vec<u8>>)>;

struct Parity {
    db: Db,
    cache: SharedTrieCache<KeccakHasher>,
    root: Hash,
    /// Of each block in the window, what it replaced.
    replaced: VecDeque<Commit>,
}

fn start(folder: &Path) -> Db {
    let mut options = Options::with_columns(&folder.join("nodes"), 1);
    options.columns[0] = ColumnOptions { ref_counted: true, preimage: true, uniform: true, ..ColumnOptions::default() };
    Db::open_or_create(&options).expect("a database")
}

fn subject(folder: &Path, root: Hash) -> Parity {
    let cache = SharedTrieCache::new(CacheSize::new(CACHE_BYTES), None);
    Parity { db: start(folder), cache, root, replaced: VecDeque::new() }
}

/// Makes the state in `folder`.
pub fn create(folder: &Path, keys: u32) -> [u8; 32] {
    let mut subject = subject(folder, ziver_trie::empty_root::<KeccakHasher>());
    let all: Vec<_> = load::genesis(keys).collect();
    for chunk in all.chunks(CHUNK_KEYS) {
        subject.block(chunk.to_vec());
    }
    // What the chunks replaced is of no use to anybody.
    for replaced in subject.replaced.drain(..) {
        subject.db.commit_changes(replaced).expect("a commit");
    }
    subject.root.0
}

/// Opens the state in `folder`.
pub fn open(folder: &Path, head: Head) -> impl Subject + use<> {
    subject(folder, Hash::from(head.root))
}

impl Subject for Parity {
    fn block(&mut self, updates: Vec<Update>) -> [u8; 32] {
        let mut changed = Changed { nodes: Nodes::default(), db: &self.db };
        let local = self.cache.local_cache_trusted();
        let mut cache = local.as_trie_db_mut_cache();
        let delta = updates.into_iter().map(|(key, value)| (key, Some(value)));
        let root = delta_trie_root::<LayoutV1<KeccakHasher>, _, _, _, _, _>(
            &mut changed,
            self.root,
            delta,
            None,
            Some(&mut cache),
        );
        self.root = root.expect("all nodes are there");
        cache.merge_into(&local, self.root);
        let (mut commit, mut replaced) = (Commit::new(), Commit::new());
        for (hash, (node, count)) in changed.nodes.drain() {
            let key = || hash.as_bytes().to_vec();
            match count {
                1.. => {
                    let again = (1..count).map(|_| (NODES, Operation::Reference(key())));
                    commit.push((NODES, Operation::Set(key(), node)));
                    commit.extend(again);
                }
                0 => {}
                _ => replaced.extend((count..0).map(|_| (NODES, Operation::Dereference(key())))),
            }
        }
        self.replaced.push_back(replaced);
        if self.replaced.len() > WINDOW_BLOCKS as usize {
            commit.extend(self.replaced.pop_front().into_iter().flatten());
        }
        self.db.commit_changes(commit).expect("a commit");
        self.root.0
    }

    fn store(self: Box<Self>) -> Box<dyn Any> {
        let Self { db, cache, .. } = *self;
        // ParityDB takes a commit to its log and its tables behind; closing waits for it.
        drop(db);
        Box::new(cache)
    }
}

/// The nodes of the database and what a block changes of them.
struct Changed<'a> {
    nodes: Nodes,
    db: &'a Db,
}

impl HashDB<KeccakHasher, Vec<u8>> for Changed<'_> {
    fn get(&self, key: &Hash, prefix: Prefix<'_>) -> Option<Vec<u8>> {
        HashDB::get(&self.nodes, key, prefix)
            .or_else(|| self.db.get(NODES, key.as_bytes()).expect("the database reads"))
    }

    fn contains(&self, key: &Hash, prefix: Prefix<'_>) -> bool {
        HashDB::get(self, key, prefix).is_some()
    }

    fn insert(&mut self, prefix: Prefix<'_>, value: &[u8]) -> Hash {
        HashDB::insert(&mut self.nodes, prefix, value)
    }

    fn emplace(&mut self, key: Hash, prefix: Prefix<'_>, value: Vec<u8>) {
        HashDB::emplace(&mut self.nodes, key, prefix, value);
    }

    fn remove(&mut self, key: &Hash, prefix: Prefix<'_>) {
        HashDB::remove(&mut self.nodes, key, prefix);
    }
}

impl AsHashDB<KeccakHasher, Vec<u8>> for Changed<'_> {
    fn as_hash_db(&self) -> &dyn HashDB<KeccakHasher, Vec<u8>> {
        self
    }

    fn as_hash_db_mut<'a>(&'a mut self) -> &'a mut (dyn HashDB<KeccakHasher, Vec<u8>> + 'a) {
        self
    }
}
