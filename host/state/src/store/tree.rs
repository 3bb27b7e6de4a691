//! The blocks above the last finalised one, and finalised ones that are not known to be on the disk yet.

use std::{
    collections::{HashMap, HashSet, hash_map},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use ziver_primitives::Hash;
use ziver_trie::child_root_key;

use super::{deaths::Deaths, records::Base};
use crate::{Changes, RuntimeCode, TrieChanges};

/// What one block changes.
pub(super) struct Layer {
    pub(super) hash: Hash,
    pub(super) number: u32,
    pub(super) parent: Hash,
    pub(super) root: Hash,
    /// Changed keys, those that hold roots of child tries included.
    pub(super) changes: Changes,
    /// Keys of the new nodes; the nodes are in the tree.
    pub(super) inserted: Vec<Vec<u8>>,
    pub(super) deleted: Vec<Vec<u8>>,
    /// The code that this block stored, once someone asked for it.
    pub(super) code: OnceLock<Arc<RuntimeCode>>,
    /// Set when another block became final instead, or when it was dropped.
    discarded: AtomicBool,
}

impl Layer {
    pub(super) fn new(hash: Hash, number: u32, parent: Hash, mut changes: Changes, trie: &TrieChanges) -> Self {
        changes.main.retain(|key, _| !key.starts_with(ziver_trie::CHILD_STORAGE_PREFIX));
        for (name, root) in &trie.child_roots {
            changes.main.insert(child_root_key(name), root.map(|root| root.as_bytes().to_vec()));
        }
        Self {
            hash,
            number,
            parent,
            root: trie.root,
            changes,
            inserted: trie.inserted.iter().map(|(key, _)| key.clone()).collect(),
            deleted: trie.deleted.clone(),
            code: OnceLock::new(),
            discarded: AtomicBool::new(false),
        }
    }

    pub(super) fn is_discarded(&self) -> bool {
        self.discarded.load(Ordering::SeqCst)
    }
}

/// A node that layers inserted, and how many of them did.
struct CountedNode {
    bytes: Arc<[u8]>,
    layers: u32,
}

/// The layers, their nodes, the base, and what is to be pruned.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) base: Option<Base>,
    layers: HashMap<Hash, Arc<Layer>>,
    nodes: HashMap<Vec<u8>, CountedNode>,
    /// Final layers whose batch may not be written yet; still in `layers`.
    settled: Vec<Arc<Layer>>,
    pub(super) deaths: Deaths,
}

impl Tree {
    pub(super) fn contains(&self, block: Hash) -> bool {
        self.layers.contains_key(&block) || self.base.as_ref().is_some_and(|base| base.hash == block)
    }

    pub(super) fn layer_count(&self) -> usize {
        self.layers.len()
    }

    pub(super) fn node_count(&self) -> usize {
        self.nodes.len()
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

    pub(super) fn node(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.nodes.get(key).map(|node| node.bytes.clone())
    }

    pub(super) fn insert(&mut self, layer: Layer, nodes: Vec<(Vec<u8>, Vec<u8>)>) {
        for (key, bytes) in nodes {
            let fresh = || CountedNode { bytes: bytes.into(), layers: 0 };
            let node = self.nodes.entry(key).or_insert_with(fresh);
            node.layers = node.layers.saturating_add(1);
        }
        self.layers.insert(layer.hash, Arc::new(layer));
    }

    /// The new nodes of a layer.
    pub(super) fn nodes_of(&self, layer: &Layer) -> Vec<(Vec<u8>, Arc<[u8]>)> {
        layer.inserted.iter().filter_map(|key| Some((key.clone(), self.node(key)?))).collect()
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
    pub(super) fn settle(&mut self, base: Base, path: Vec<Arc<Layer>>) {
        self.base = Some(base);
        self.settled.extend(path);
    }

    pub(super) fn take_settled(&mut self) -> Vec<Arc<Layer>> {
        std::mem::take(&mut self.settled)
    }

    /// Removes layers and returns the nodes that no other layer has.
    pub(super) fn forget(&mut self, layers: &[Arc<Layer>]) -> Vec<(Vec<u8>, Arc<[u8]>)> {
        self.remove(layers)
    }

    fn remove(&mut self, layers: &[Arc<Layer>]) -> Vec<(Vec<u8>, Arc<[u8]>)> {
        let mut gone = Vec::new();
        for layer in layers {
            self.layers.remove(&layer.hash);
            for key in &layer.inserted {
                if let hash_map::Entry::Occupied(mut node) = self.nodes.entry(key.clone()) {
                    node.get_mut().layers = node.get().layers.saturating_sub(1);
                    if node.get().layers == 0 {
                        let (key, node) = node.remove_entry();
                        gone.push((key, node.bytes));
                    }
                }
            }
        }
        gone
    }
}
