//! The blocks above the last finalised one, and finalised ones that are not known to be on the disk yet.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, Hasher},
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use foldhash::fast::RandomState;
use ziver_primitives::Hash;
use ziver_trie::child_root_key;

use super::{history::History, records::Base};
use crate::{Changes, RuntimeCode, StateError, TrieChanges, trie::Tries};

/// Hashes of keys, so that most layers need not be searched. The seed is another one in each process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// The hash of a key of the main trie, for [`Layer::change`].
pub(super) fn key_hash(key: &[u8]) -> u64 {
    HASHER.hash_one(key)
}

/// Takes a hash for its own hash.
#[derive(Default)]
pub(super) struct Hashed(u64);

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

/// What one block changes.
pub(super) struct Layer {
    pub(super) hash: Hash,
    pub(super) number: u32,
    pub(super) parent: Hash,
    pub(super) root: Hash,
    /// Changed keys, those that hold roots of child tries included.
    pub(super) changes: Changes,
    /// Hashes of the changed keys of the main trie.
    hashes: HashSet<u64, BuildHasherDefault<Hashed>>,
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
        Self {
            hash,
            number,
            parent,
            root: trie.root,
            hashes: changes.main.keys().map(|key| key_hash(key)).collect(),
            changes,
            tries: trie.tries,
            removed: trie.removed,
            code: OnceLock::new(),
            discarded: AtomicBool::new(false),
        }
    }

    /// What the block does to a key. `hash` is its [`key_hash`].
    pub(super) fn change(&self, child: Option<&[u8]>, key: &[u8], hash: u64) -> Option<&Option<Vec<u8>>> {
        match child {
            None if self.hashes.contains(&hash) => self.changes.main.get(key),
            None => None,
            Some(name) => self.changes.child.get(name)?.get(key),
        }
    }

    /// The tries after it.
    pub(super) fn tries(&self) -> Result<Arc<Tries>, StateError> {
        self.tries.clone().ok_or(StateError::Misuse("a block without its trie"))
    }

    pub(super) fn is_discarded(&self) -> bool {
        self.discarded.load(Ordering::SeqCst)
    }
}

/// What is to be done at the next checkpoint, and when one is due.
#[derive(Default)]
pub(super) struct Pending {
    /// Final blocks whose journal records are still needed.
    pub(super) journalled: Vec<Hash>,
    /// Keys of trie records whose nodes are gone.
    pub(super) removed: Vec<Vec<u8>>,
    /// Keys that these blocks changed.
    pub(super) keys: usize,
    /// Bytes of their changes.
    pub(super) bytes: usize,
}

impl Pending {
    /// Counts a final block.
    pub(super) fn add(&mut self, hash: Hash, changes: &Changes, removed: &[Vec<u8>]) {
        self.journalled.push(hash);
        self.removed.extend_from_slice(removed);
        self.keys = self.keys.saturating_add(changes.keys());
        self.bytes = self.bytes.saturating_add(changes.bytes());
    }
}

/// The layers, the base, and what is to be pruned and saved.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) base: Option<Base>,
    layers: HashMap<Hash, Arc<Layer>>,
    /// Final layers whose batch may not be written yet; still in `layers`.
    settled: Vec<Arc<Layer>>,
    pub(super) history: History,
    pub(super) pending: Pending,
    /// Whether a checkpoint was made that may not be written yet.
    pub(super) is_saving: bool,
    /// The tries of the base.
    pub(super) base_tries: Option<Arc<Tries>>,
}

impl Tree {
    pub(super) fn contains(&self, block: Hash) -> bool {
        self.layers.contains_key(&block) || self.base.as_ref().is_some_and(|base| base.hash == block)
    }

    pub(super) fn layer(&self, block: Hash) -> Option<&Arc<Layer>> {
        self.layers.get(&block)
    }

    pub(super) fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// The layers above the base, parents first.
    pub(super) fn open_layers(&self) -> Vec<Arc<Layer>> {
        let base = self.base.as_ref().map_or(0, |base| base.number);
        let mut open: Vec<_> = self.layers.values().filter(|layer| layer.number > base).cloned().collect();
        open.sort_unstable_by_key(|layer| (layer.number, layer.hash));
        open
    }

    /// The layers of a block and its ancestors, the block's own first.
    pub(super) fn chain(&self, block: Hash) -> Vec<Arc<Layer>> {
        let mut chain = Vec::new();
        let mut next = block;
        while let Some(layer) = self.layers.get(&next) {
            chain.push(layer.clone());
            if layer.number == 0 {
                break;
            }
            next = layer.parent;
        }
        chain
    }

    /// The number of a block that may get children: the base or a layer above it.
    pub(super) fn number_of_open(&self, block: Hash) -> Option<u32> {
        let base = self.base.as_ref()?;
        if base.hash == block {
            return Some(base.number);
        }
        self.layers.get(&block).map(|layer| layer.number).filter(|number| *number > base.number)
    }

    pub(super) fn insert(&mut self, layer: Layer) {
        self.layers.insert(layer.hash, Arc::new(layer));
    }

    /// The change of a key by the last final blocks that are not known to be on the disk.
    pub(super) fn settled_change(&self, child: Option<&[u8]>, key: &[u8], hash: u64) -> Option<&Option<Vec<u8>>> {
        self.settled.iter().rev().find_map(|layer| layer.change(child, key, hash))
    }

    /// The layers from above the base up to `block`, in this order; `None` when it is not above the base.
    pub(super) fn path_to_finalize(&self, block: Hash) -> Option<Vec<Arc<Layer>>> {
        let mut path = self.chain(block);
        if let Some(base) = &self.base {
            path.retain(|layer| layer.number > base.number);
            if path.last()?.parent != base.hash {
                return None;
            }
        }
        path.reverse();
        (!path.is_empty()).then_some(path)
    }

    /// Drops the layers above the base that are neither on the path to the new final block nor descend from it.
    pub(super) fn discard_all_but(&mut self, block: Hash, path: &[Arc<Layer>]) -> Vec<Arc<Layer>> {
        let mut kept: HashSet<Hash> = path.iter().chain(&self.settled).map(|layer| layer.hash).collect();
        let mut by_number: Vec<_> = self.layers.values().cloned().collect();
        by_number.sort_unstable_by_key(|layer| (layer.number, layer.hash));
        let above: HashSet<Hash> = by_number.iter().fold(HashSet::from([block]), |mut above, layer| {
            if above.contains(&layer.parent) {
                above.insert(layer.hash);
            }
            above
        });
        kept.extend(above);
        by_number.retain(|layer| !kept.contains(&layer.hash));
        for layer in &by_number {
            layer.discarded.store(true, Ordering::SeqCst);
        }
        self.remove(&by_number);
        by_number
    }

    /// Drops these layers; `None`, and no change, when one is not above the base or another layer descends from one.
    pub(super) fn discard(&mut self, blocks: &[Hash]) -> Option<Vec<Arc<Layer>>> {
        let base = self.base.as_ref()?.number;
        let gone: HashSet<Hash> = blocks.iter().copied().collect();
        let open = |hash| self.layers.get(hash).filter(|layer| layer.number > base).cloned();
        let layers: Vec<_> = gone.iter().map(open).collect::<Option<_>>()?;
        if self.layers.values().any(|layer| gone.contains(&layer.parent) && !gone.contains(&layer.hash)) {
            return None;
        }
        for layer in &layers {
            layer.discarded.store(true, Ordering::SeqCst);
        }
        self.remove(&layers);
        Some(layers)
    }

    /// Makes the layers of `path` final.
    pub(super) fn settle(&mut self, base: Base, tries: Arc<Tries>, path: Vec<Arc<Layer>>) {
        self.base = Some(base);
        self.base_tries = Some(tries);
        self.settled.extend(path);
    }

    pub(super) fn take_settled(&mut self) -> Vec<Arc<Layer>> {
        std::mem::take(&mut self.settled)
    }

    pub(super) fn remove(&mut self, layers: &[Arc<Layer>]) {
        for layer in layers {
            self.layers.remove(&layer.hash);
        }
    }
}
