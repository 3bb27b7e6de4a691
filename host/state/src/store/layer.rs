//! What one block changes, kept in memory until the block is final and written.
//!
//! Every read of a recent state looks through some layers, so a key is found by its hash: in a tree of keys with long common
//! beginnings, each on the heap, a lookup waits for memory some twenty times.
//!
//! Out of scope: how layers lie on each other ([`super::tree`]).

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, BuildHasherDefault, Hasher},
    ops::Bound,
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use foldhash::fast::RandomState;
use ziver_primitives::Hash;
use ziver_trie::child_root_key;

use crate::{
    Changes, Delta, RuntimeCode, StateError, TrieChanges,
    changes::{ChangeSet, borrowed},
    trie::Tries,
};

/// The seed is another one in each process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// The hash of a key of the main trie, for [`Layer::change`].
pub(super) fn key_hash(key: &[u8]) -> u64 {
    HASHER.hash_one(key)
}

/// Takes a hash for its own hash.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The block's changes, and what follows from them.
pub(super) struct Layer {
    pub(super) hash: Hash,
    pub(super) number: u32,
    pub(super) parent: Hash,
    pub(super) root: Hash,
    /// Changes of the main trie, those of the keys that hold roots of child tries included, in the order of the keys.
    main: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Where each is, by its key's hash; of keys with the same hash one.
    places: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// Changes of child tries, by name.
    pub(super) child: BTreeMap<Vec<u8>, ChangeSet>,
    /// How many keys change, and how many bytes they have with their values.
    pub(super) size: (usize, usize),
    /// None where a caller computed no root.
    tries: Option<Arc<Tries>>,
    /// Keys of trie records whose nodes are gone.
    pub(super) removed: Vec<Vec<u8>>,
    /// The code that this block stored, once someone asked for it.
    pub(super) code: OnceLock<Arc<RuntimeCode>>,
    /// Set when another block became final instead, or when it was dropped.
    discarded: AtomicBool,
}

impl Layer {
    pub(super) fn new(hash: Hash, number: u32, parent: Hash, mut changes: Changes, trie: TrieChanges) -> Self {
        changes.main.retain(|key, _| !key.starts_with(ziver_trie::CHILD_STORAGE_PREFIX));
        for (name, root) in &trie.child_roots {
            changes.main.insert(child_root_key(name), root.map(|root| root.as_bytes().to_vec()));
        }
        let size = (changes.keys(), changes.bytes());
        let main: Vec<_> = changes.main.into_iter().collect();
        Self {
            hash,
            number,
            parent,
            root: trie.root,
            places: main.iter().zip(0..).map(|((key, _), place)| (key_hash(key), place)).collect(),
            main,
            child: changes.child,
            size,
            tries: trie.tries,
            removed: trie.removed,
            code: OnceLock::new(),
            discarded: AtomicBool::new(false),
        }
    }

    /// What the block does to a key. `hash` is its [`key_hash`].
    pub(super) fn change(&self, child: Option<&[u8]>, key: &[u8], hash: u64) -> Option<&Option<Vec<u8>>> {
        if let Some(name) = child {
            return self.child.get(name)?.get(key);
        }
        let place = *self.places.get(&hash)?;
        match self.main.get(usize::try_from(place).ok()?) {
            Some((found, value)) if found == key => Some(value),
            // Two keys with one hash.
            _ => {
                let place = self.main.binary_search_by(|(other, _)| other.as_slice().cmp(key)).ok()?;
                self.main.get(place).map(|(_, value)| value)
            }
        }
    }

    /// The first key behind `after` that the block changes.
    pub(super) fn next_change(&self, child: Option<&[u8]>, after: &[u8]) -> Option<&Vec<u8>> {
        match child {
            None => {
                let place = self.main.partition_point(|(key, _)| key.as_slice() <= after);
                self.main.get(place).map(|(key, _)| key)
            }
            Some(name) => {
                let range = (Bound::Excluded(after), Bound::Unbounded);
                self.child.get(name)?.range::<[u8], _>(range).next().map(|(key, _)| key)
            }
        }
    }

    /// The changes of the main trie in the order of the keys.
    pub(super) fn main(&self) -> impl ExactSizeIterator<Item = (&Vec<u8>, &Option<Vec<u8>>)> {
        self.main.iter().map(|(key, value)| (key, value))
    }

    /// All changes, borrowed.
    pub(super) fn delta(&self) -> Delta<'_> {
        Delta {
            main: borrowed(self.main()),
            child: self.child.iter().map(|(name, set)| (name.as_slice(), borrowed(set))).collect(),
        }
    }

    /// The tries after it.
    pub(super) fn tries(&self) -> Result<Arc<Tries>, StateError> {
        self.tries.clone().ok_or(StateError::Misuse("a block without its trie"))
    }

    /// The block can't become final any more.
    pub(super) fn discard(&self) {
        self.discarded.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_discarded(&self) -> bool {
        self.discarded.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests;
