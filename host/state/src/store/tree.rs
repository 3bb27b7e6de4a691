//! The blocks above the last finalised one, and finalised ones that are not known to be on the disk yet.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use ziver_primitives::Hash;

use super::{history::History, layer::Layer, records::Base};
use crate::trie::Tries;

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
    /// Counts a final block that changes so many keys, of so many bytes with their values.
    pub(super) fn add(&mut self, hash: Hash, (keys, bytes): (usize, usize), removed: &[Vec<u8>]) {
        self.journalled.push(hash);
        self.removed.extend_from_slice(removed);
        self.keys = self.keys.saturating_add(keys);
        self.bytes = self.bytes.saturating_add(bytes);
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
            layer.discard();
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
            layer.discard();
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
