//! Every state that is kept, in one database.
//!
//! # How it lies there
//! The last finalised block is the *base*: its state is flat in [`Column::State`] and [`Column::ChildState`]. A block
//! above it is a *layer*: what it changes, in memory and as one record in [`Column::Journal`]. When a block becomes final
//! its layer goes into the flat state and into the trie ([`Column::Trie`]), and layers that do not descend from it are
//! dropped. Older states are read from the trie: a node that a block replaced stays until the states before that block
//! leave the pruning window ([`Column::Pruning`] says which nodes those are).
//!
//! # What keeps a view exact
//! A view looks through the layers it was made with, then into the flat state, and only then checks that the base has not
//! moved past its block: [`StateDb::finalize`] announces a new base before anyone can write it. If the base has moved, the
//! answer is thrown away and read from the trie. Trie nodes are found by position and hash, so they can't be wrong, only
//! missing; then the state was pruned and the reader is told so.
//!
//! # Usage
//! One writer calls [`StateDb::insert_block`] and [`StateDb::finalize`], writes the batch, and then calls
//! [`StateDb::written`]. Any number of readers hold views meanwhile.

use std::{marker::PhantomData, sync::Arc};

use codec::Encode;
use ziver_db::{Batch, Column, Db};
use ziver_primitives::Hash;
use ziver_trie::{KeccakHasher, hash_db::Hasher};

use crate::{Changes, MemoryView, Pruning, StateError, TrieChanges, View, nodes::child_id};

mod cache;
mod deaths;
mod flat;
mod holds;
mod open;
mod records;
mod shared;
mod tree;
mod verify;
mod view;

#[cfg(test)]
mod tests;

pub use holds::StateHold;
use records::{Base, Journalled, KeptBlock, META_BASE};
use shared::Shared;
use tree::Layer;
use view::LayeredView;

/// What a [`StateDb`] may keep and cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateOptions {
    /// Which old states are kept.
    pub pruning: Pruning,
    /// Cache of values of the last finalised state, in bytes.
    pub value_cache_bytes: usize,
    /// Cache of trie nodes, in bytes.
    pub node_cache_bytes: usize,
}

impl Default for StateOptions {
    fn default() -> Self {
        let mebibyte = 1024 * 1024;
        Self { pruning: Pruning::default(), value_cache_bytes: 64 * mebibyte, node_cache_bytes: 128 * mebibyte }
    }
}

impl From<Pruning> for StateOptions {
    fn from(pruning: Pruning) -> Self {
        Self { pruning, ..Self::default() }
    }
}

/// Figures for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateFigures {
    /// Blocks above the last finalised one.
    pub layers: usize,
    /// Their new trie nodes.
    pub layer_nodes: usize,
    /// Trie nodes waiting to be pruned.
    pub dying_nodes: usize,
    /// Reads of the flat state answered by the cache, and not.
    pub value_hits: u64,
    /// See `value_hits`.
    pub value_misses: u64,
    /// Reads of trie nodes answered by the cache, and not.
    pub node_hits: u64,
    /// See `node_hits`.
    pub node_misses: u64,
}

/// Every state that is kept. Clones share everything.
pub struct StateDb<H = KeccakHasher> {
    shared: Arc<Shared>,
    hasher: PhantomData<H>,
}

impl<H> Clone for StateDb<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), hasher: PhantomData }
    }
}

impl<H: Hasher<Out = Hash> + 'static> StateDb<H> {
    /// Opens the states in `db`, or none when it is empty.
    pub fn open(db: Arc<dyn Db>, options: impl Into<StateOptions>) -> Result<Self, StateError> {
        Ok(Self { shared: Arc::new(open::open(db, options.into())?), hasher: PhantomData })
    }

    /// The state without a key, on which the genesis state is built.
    pub fn empty_view() -> Arc<dyn View> {
        Arc::new(MemoryView::<H>::new())
    }

    /// Hash and number of the last finalised block; `None` before the genesis block is inserted.
    pub fn finalized(&self) -> Option<(Hash, u32)> {
        self.shared.tree.read().base.as_ref().map(|base| (base.hash, base.number))
    }

    /// Number of the oldest finalised block whose state is kept.
    pub fn oldest(&self) -> u32 {
        self.shared.oldest()
    }

    /// Keeps the states from block `number` on, if they are there, until the hold is dropped: beyond the pruning window,
    /// but no more than [`HELD_BLOCKS_MAX`](crate::limits::HELD_BLOCKS_MAX) blocks beyond. States of discarded forks go.
    pub fn hold(&self, number: u32) -> StateHold {
        StateHold::new(&self.shared.holds, number)
    }

    /// The state at a block.
    pub fn view_at(&self, block: Hash) -> Result<Arc<dyn View>, StateError> {
        let tree = self.shared.tree.read();
        let layers = tree.chain(block);
        let top = layers.first().map(|layer| (layer.number, layer.root));
        let base = tree.base.as_ref().filter(|base| base.hash == block).map(|base| (base.number, base.root));
        drop(tree);
        let (number, root) = match top.or(base) {
            Some(found) => found,
            None => {
                let record = self.shared.db.get(Column::StateBlock, block.as_bytes())?;
                let kept: KeptBlock = records::decode(&record.ok_or(StateError::Pruned(block))?, "kept block")?;
                (kept.number, kept.root)
            }
        };
        let view = LayeredView::<H>::new(self.shared.clone(), block, number, root, layers);
        view.check()?;
        Ok(Arc::new(view))
    }

    /// Whether the state at a block is kept.
    pub fn contains(&self, block: Hash) -> Result<bool, StateError> {
        match self.view_at(block) {
            Ok(_) => Ok(true),
            Err(StateError::Pruned(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Adds the genesis block, which is final at once. `trie` is what `changes` do to the empty state.
    pub fn insert_genesis(
        &self,
        hash: Hash,
        changes: Changes,
        trie: TrieChanges,
        batch: &mut Batch,
    ) -> Result<(), StateError> {
        let mut tree = self.shared.tree.write();
        if tree.base.is_some() {
            return Err(StateError::Misuse("there is a genesis state already"));
        }
        let layer = Layer::new(hash, 0, Hash::zero(), changes, &trie);
        tree.insert(layer, trie.inserted);
        drop(tree);
        self.finalize(hash, batch).map(drop)
    }

    /// Adds a block above the last finalised one: its record goes into `batch`, and from now on views of it can be had.
    pub fn insert_block(
        &self,
        hash: Hash,
        number: u32,
        parent: Hash,
        changes: Changes,
        trie: TrieChanges,
        batch: &mut Batch,
    ) -> Result<(), StateError> {
        let mut tree = self.shared.tree.write();
        if tree.contains(hash) {
            return Err(StateError::Misuse("the block is there already"));
        }
        match tree.number_of_open(parent) {
            None => return Err(StateError::Misuse("the parent is neither the last finalised block nor above it")),
            Some(parent) if parent.checked_add(1) != Some(number) => {
                return Err(StateError::Misuse("the block's number does not follow its parent's"));
            }
            Some(_) => {}
        }
        let record = Journalled { number, parent, changes, trie };
        batch.put(Column::Journal, hash.as_bytes(), record.encode());
        let Journalled { changes, trie, .. } = record;
        let layer = Layer::new(hash, number, parent, changes, &trie);
        tree.insert(layer, trie.inserted);
        Ok(())
    }

    /// Makes a block and its ancestors final: they become the flat state, blocks that do not descend from it are dropped
    /// (their hashes are returned), states that left the pruning window are pruned. Readers see the new base at once; the
    /// caller writes `batch` next. An error here is to be treated as a failed write.
    pub fn finalize(&self, block: Hash, batch: &mut Batch) -> Result<Vec<Hash>, StateError> {
        let shared = &self.shared;
        let mut tree = shared.tree.write();
        if tree.base.as_ref().is_some_and(|base| base.hash == block) {
            return Ok(Vec::new());
        }
        let path =
            tree.path_to_finalize(block).ok_or(StateError::Misuse("the block is not above the finalised one"))?;
        let discarded = tree.discard_all_but(block, &path);
        for layer in &discarded {
            batch.delete(Column::Journal, layer.hash.as_bytes());
        }
        let archive = shared.options.pruning == Pruning::Archive;
        for layer in &path {
            put_layer(layer, &tree.nodes_of(layer), batch);
            if !archive {
                tree.deaths.add(layer, batch);
            }
        }
        let top = path.last().ok_or(StateError::Misuse("nothing to finalise"))?;
        let window = match shared.options.pruning {
            Pruning::Archive => 0,
            Pruning::Keep(blocks) => shared.holds.window(top.number.saturating_sub(blocks)),
        };
        let oldest = tree.deaths.prune(shared.db.as_ref(), shared.oldest(), window, path.len(), batch)?;
        let base = Base { number: top.number, hash: top.hash, root: top.root, oldest, archive };
        batch.put(Column::Meta, META_BASE, base.encode());
        tree.settle(base, path);
        shared.announce(base.number, oldest);
        Ok(discarded.into_iter().map(|layer| layer.hash).collect())
    }

    /// Drops blocks above the last finalised one, all that descends from them among them: their records go with `batch`,
    /// views of them answer from now on that they are pruned.
    pub fn discard(&self, blocks: &[Hash], batch: &mut Batch) -> Result<(), StateError> {
        let mut tree = self.shared.tree.write();
        let refused = StateError::Misuse("a block is not above the finalised one, or another one descends from it");
        for layer in tree.discard(blocks).ok_or(refused)? {
            batch.delete(Column::Journal, layer.hash.as_bytes());
        }
        Ok(())
    }

    /// Tells that the batches handed out so far are in the database, so that what they hold need not be kept in memory.
    pub fn written(&self) {
        let mut tree = self.shared.tree.write();
        let settled = tree.take_settled();
        tree.deaths.written();
        for layer in &settled {
            self.shared.flat.update(&layer.changes);
        }
        for (key, bytes) in tree.forget(&settled) {
            self.shared.node_cache.put(&key, Some(bytes));
        }
    }

    /// Figures for metrics.
    pub fn figures(&self) -> StateFigures {
        self.shared.figures()
    }
}

/// Writes of a layer that becomes final.
fn put_layer(layer: &Layer, nodes: &[(Vec<u8>, Arc<[u8]>)], batch: &mut Batch) {
    for (key, value) in &layer.changes.main {
        put_or_delete(batch, Column::State, key.clone(), value.as_deref());
    }
    for (name, set) in &layer.changes.child {
        let id = child_id(name);
        for (key, value) in set {
            put_or_delete(batch, Column::ChildState, [&id, key.as_slice()].concat(), value.as_deref());
        }
    }
    for (key, bytes) in nodes {
        batch.put(Column::Trie, key.as_slice(), &bytes[..]);
    }
    batch.delete(Column::Journal, layer.hash.as_bytes());
    let kept = KeptBlock { number: layer.number, root: layer.root };
    batch.put(Column::StateBlock, layer.hash.as_bytes(), kept.encode());
}

fn put_or_delete(batch: &mut Batch, column: Column, key: Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => batch.put(column, key, value),
        None => batch.delete(column, key),
    }
}
