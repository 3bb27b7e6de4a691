//! Every state that is kept, in one database.
//!
//! # How it lies there
//! The last finalised block is the *base*: its state is flat in [`Column::State`] and [`Column::ChildState`]. A block
//! above it is a *layer*: what it changes and the tries after it, in memory, and the changes as one record in
//! [`Column::Journal`]. When a block becomes final its changes go into the flat state, what stood there before into
//! [`Column::History`], and layers that do not descend from it are dropped. Older states are read from the flat state and
//! the history, which goes when they leave the pruning window ([`Column::Pruning`] says which keys a block changed).
//!
//! Tries are in memory where they changed ([`crate::trie`]). [`Column::Trie`] has those of the last *checkpoint*, a final
//! block; from time to time [`StateDb::finalize`] makes a new one. Until then the journal keeps the changes of final
//! blocks, too, and the tries are made from it when the database is opened.
//!
//! # What keeps a view exact
//! A view looks through the layers it was made with, then into the flat state, and only then checks that the base has not
//! moved past its block: [`StateDb::finalize`] announces a new base before anyone can write it. If the base has moved, the
//! history is asked, too, after the flat state was read: whoever changed a key meanwhile has left there what stood before.
//! Tries belong to their layer. Those of older blocks are made from the base's by undoing what changed since. A trie record
//! says which node it is, so one of another state is never taken for the right one.
//!
//! # Usage
//! One writer calls [`StateDb::insert_block`] and [`StateDb::finalize`], writes the batch, and then calls
//! [`StateDb::written`]. Any number of readers hold views meanwhile.

use std::{marker::PhantomData, sync::Arc};

use codec::Encode;
use ziver_db::{Batch, Column, Db};
use ziver_primitives::Hash;
use ziver_trie::{KeccakHasher, hash_db::Hasher};

use crate::{
    Changes, MemoryView, Pruning, StateError, TrieChanges, View,
    limits::{CHECKPOINT_BLOCKS_MAX, CHECKPOINT_JOURNAL_BYTES_MAX},
    trie::child_id,
};

mod cache;
mod flat;
mod history;
mod holds;
mod layer;
mod open;
mod records;
mod shared;
mod tree;
mod verify;
mod view;

#[cfg(test)]
mod tests;

pub use holds::StateHold;
use layer::Layer;
use records::{Base, ChangedKeys, Checkpoint, Journalled, KeptBlock, META_BASE, META_CHECKPOINT};
use shared::Shared;
use tree::Tree;
use view::LayeredView;

/// What a [`StateDb`] may keep and cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateOptions {
    /// Which old states are kept.
    pub pruning: Pruning,
    /// Cache of values of the last finalised state, in bytes.
    pub value_cache_bytes: usize,
    /// Trie nodes that stay in memory though they are on disk, in bytes.
    pub node_cache_bytes: usize,
    /// Keys that final blocks change between two checkpoints of the tries. A node that was killed applies that many again
    /// when it starts, at some microseconds each.
    pub checkpoint_keys: usize,
}

impl Default for StateOptions {
    fn default() -> Self {
        let mebibyte = 1024 * 1024;
        Self {
            pruning: Pruning::default(),
            value_cache_bytes: 64 * mebibyte,
            node_cache_bytes: 128 * mebibyte,
            checkpoint_keys: 256 * 1024,
        }
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
    /// Keys that final blocks changed since the last checkpoint.
    pub pending_keys: usize,
    /// Reads of the flat state answered by the cache, and not.
    pub value_hits: u64,
    /// See `value_hits`.
    pub value_misses: u64,
    /// Trie nodes read from the disk.
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
        Ok(Self { shared: Arc::new(open::open::<H>(db, options.into())?), hasher: PhantomData })
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
        tree.insert(Layer::new(hash, 0, Hash::zero(), changes, trie));
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
        let record = Journalled::new(number, parent, trie.root, trie.version, changes);
        batch.reserve(1, record.size_hint());
        batch.put_with(Column::Journal, |out| out.extend_from_slice(hash.as_bytes()), |out| record.encode_to(out));
        tree.insert(Layer::new(hash, number, parent, record.changes, trie));
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
        let top = path.last().ok_or(StateError::Misuse("nothing to finalise"))?.clone();
        let tries = top.tries()?;
        for (index, layer) in path.iter().enumerate() {
            let changed = self.put_layer(&tree, &path[..index], layer, batch)?;
            tree.history.add(layer.number, changed, batch);
            tree.pending.add(layer.hash, layer.size, &layer.removed);
        }
        let window = match shared.options.pruning {
            Pruning::Archive => 0,
            Pruning::Keep(blocks) => shared.holds.window(top.number.saturating_sub(blocks)),
        };
        let oldest = tree.history.prune(shared.db.as_ref(), shared.oldest(), window, path.len(), batch)?;
        let base = Base { number: top.number, hash: top.hash, root: top.root, oldest, archive };
        batch.put(Column::Meta, META_BASE, base.encode());
        tree.settle(base, tries, path);
        if self.is_checkpoint_due(&tree, &base) {
            shared.announce_checkpoint();
            checkpoint(&mut tree, batch)?;
        }
        shared.announce(base.number, oldest);
        Ok(discarded.into_iter().map(|layer| layer.hash).collect())
    }

    fn is_checkpoint_due(&self, tree: &Tree, base: &Base) -> bool {
        let pending = &tree.pending;
        base.number == 0
            || pending.keys >= self.shared.options.checkpoint_keys
            || pending.bytes >= CHECKPOINT_JOURNAL_BYTES_MAX
            || pending.journalled.len() >= CHECKPOINT_BLOCKS_MAX
    }

    /// Makes a checkpoint of the last final block, so that opening the database next has nothing to do again. To be written
    /// like [`StateDb::finalize`]'s.
    pub fn checkpoint(&self, batch: &mut Batch) -> Result<(), StateError> {
        let mut tree = self.shared.tree.write();
        if tree.pending.journalled.is_empty() {
            return Ok(());
        }
        self.shared.announce_checkpoint();
        checkpoint(&mut tree, batch)
    }

    /// Writes of a layer that becomes final on top of `below` and the base. What changed.
    fn put_layer(
        &self,
        tree: &Tree,
        below: &[Arc<Layer>],
        layer: &Layer,
        batch: &mut Batch,
    ) -> Result<ChangedKeys, StateError> {
        // Key and value once as state, the key and what stood there once as history.
        batch.reserve(layer.main().len().saturating_mul(2), layer.size.1.saturating_mul(3));
        let mut put = |child: Option<&[u8]>, key: &[u8], value: &Option<Vec<u8>>| {
            let hash = layer::key_hash(key);
            let pending = below.iter().rev().find_map(|layer| layer.change(child, key, hash));
            let flat;
            let before = match pending.or_else(|| tree.settled_change(child, key, hash)) {
                Some(before) => before.as_deref(),
                None => {
                    flat = self.shared.flat.shared(child, key)?;
                    flat.as_deref()
                }
            };
            if before == value.as_deref() {
                return Ok(false);
            }
            // Nobody asks for the state before the first block.
            if layer.number > 0 {
                let entry = |out: &mut Vec<u8>| history::push_entry_key(child, key, layer.number, out);
                batch.put_with(Column::History, entry, |out| before.encode_to(out));
            }
            let column = if child.is_some() { Column::ChildState } else { Column::State };
            let flat_key = |out: &mut Vec<u8>| {
                child.iter().for_each(|name| out.extend(child_id(name)));
                out.extend_from_slice(key);
            };
            match value {
                Some(value) => batch.put_with(column, flat_key, |out| out.extend_from_slice(value)),
                None => batch.delete_with(column, flat_key),
            }
            Ok::<bool, StateError>(true)
        };
        let mut changed =
            ChangedKeys { hash: layer.hash, main: Vec::with_capacity(layer.main().len()), child: Vec::new() };
        for (key, value) in layer.main() {
            if put(None, key, value)? {
                changed.main.push(key.clone());
            }
        }
        for (name, set) in &layer.child {
            let mut keys = Vec::new();
            for (key, value) in set {
                if put(Some(name), key, value)? {
                    keys.push(key.clone());
                }
            }
            changed.child.push((name.clone(), keys));
        }
        let kept = KeptBlock { number: layer.number, root: layer.root };
        batch.put(Column::StateBlock, layer.hash.as_bytes(), kept.encode());
        Ok(changed)
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
        tree.history.written();
        for layer in &settled {
            self.shared.flat.update(layer);
        }
        tree.remove(&settled);
        if std::mem::take(&mut tree.is_saving)
            && let Some(tries) = &tree.base_tries
        {
            tries.evict(self.shared.options.node_cache_bytes);
        }
    }

    /// Figures for metrics.
    pub fn figures(&self) -> StateFigures {
        self.shared.figures()
    }
}

/// Puts the trie records of the base, and takes away what they make superfluous.
fn checkpoint(tree: &mut Tree, batch: &mut Batch) -> Result<(), StateError> {
    let (Some(base), Some(tries)) = (tree.base, tree.base_tries.clone()) else {
        return Err(StateError::Misuse("a checkpoint of nothing"));
    };
    let pending = std::mem::take(&mut tree.pending);
    tree.is_saving = true;
    for key in pending.removed {
        batch.delete(Column::Trie, key);
    }
    tries.save(batch);
    for hash in pending.journalled {
        batch.delete(Column::Journal, hash.as_bytes());
    }
    batch.put(Column::Meta, META_CHECKPOINT, Checkpoint { number: base.number, root: base.root }.encode());
    Ok(())
}
