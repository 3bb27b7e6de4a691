//! The Merkle-Patricia trie as the host keeps it: nodes in memory that never change and share what is alike, records on
//! disk of one version alone.
//!
//! # Why not by hash
//! A trie whose nodes lie on disk under their hashes costs a read and a write for each node on each changed path, in each
//! block. Values are read from the flat state, so the trie is needed for roots and proofs only. Here a block makes new
//! nodes along the changed paths and shares the rest with its parent's trie: forks are exact and a discarded block costs
//! nothing. On disk are the records of one final state, the last *checkpoint*; what changed since is in memory, and can be
//! had again from the journal.
//!
//! # The pieces
//! [`Tries`] are all tries of one state: [`Trie`] main and children. [`Tries::after`] makes those of the next state, whose
//! roots follow ([`update`]). `record_key` says where a node's record lies: a branch together with its leaves is one record,
//! under its position. [`walk`] reads: proofs, Merkle values, every key.
//!
//! # Invariants
//! A node that is not in memory has a record, and the record says what stands for the node: one of another version is
//! recognised. Roots equal those of `sp-trie` on every change.
//!
//! Out of scope: values longer than 32 bytes (the flat state has them), when a checkpoint is due (`store`).

use std::{collections::BTreeMap, sync::Arc};

use ziver_primitives::{Hash, hashing};
use ziver_trie::{CHILD_STORAGE_PREFIX, StateVersion, child_root_key, empty_root, hash_db::Hasher};

use crate::{Delta, StateError, changes::DeltaSet};

mod checkpoint;
mod node;
mod partial;
mod update;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use node::Value;
use node::{Child, Merkle, Node, Slot};
use update::Update;

/// Child tries that stay in memory though they are saved, at most.
const SAVED_CHILD_TRIES_MAX: usize = 256;

/// Where records are read from.
pub(crate) trait Records: Send + Sync {
    /// The record under a key.
    fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
}

/// There are none: everything is in memory.
pub(crate) struct NoRecords;

impl Records for NoRecords {
    fn record(&self, _: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(None)
    }
}

/// What stands for a child trie's name in database keys: of one length, so that no name is the beginning of another.
pub(crate) fn child_id(name: &[u8]) -> [u8; 32] {
    hashing::blake2_256(name)
}

/// Which trie a record belongs to: the first bytes of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrieId(Vec<u8>);

impl TrieId {
    /// The main trie, or the child trie of that name.
    pub(crate) fn new(child: Option<&[u8]>) -> Self {
        match child {
            None => Self(vec![0]),
            Some(name) => Self([&[1], child_id(name).as_slice()].concat()),
        }
    }

    /// The key of the record of the node at the first `depth` nibbles of `path`.
    fn record_key(&self, path: &[u8], depth: usize) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.0.len() + depth / 2 + 2);
        key.extend_from_slice(&self.0);
        key.extend_from_slice(&path[..depth / 2]);
        if depth % 2 == 1 {
            key.push(path[depth / 2] & 0xf0);
        }
        // An odd path and an even one that ends in 0 are not the same.
        key.push((depth % 2) as u8);
        key
    }
}

/// A trie and its records.
#[derive(Clone, Copy)]
struct Source<'a> {
    id: &'a TrieId,
    records: &'a dyn Records,
}

impl Source<'_> {
    /// The node of a child at a position; read nodes stay in memory.
    fn load(&self, child: &Child, path: &[u8], depth: usize) -> Result<Arc<Node>, StateError> {
        if let Some(node) = child.slot.get() {
            node.set_met();
            return Ok(node);
        }
        let node = self.read(&child.merkle, path, depth)?;
        child.slot.set(&node);
        Ok(node)
    }

    fn read(&self, merkle: &Merkle, path: &[u8], depth: usize) -> Result<Arc<Node>, StateError> {
        let key = self.id.record_key(path, depth);
        let damaged = |what: &str| StateError::Corrupt(format!("the trie record 0x{} {what}", hex::encode(&key)));
        let record = self.records.record(&key)?.ok_or_else(|| damaged("is missing"))?;
        let (found, node) = node::decode_record(&record)?;
        if found != *merkle {
            return Err(damaged("is of another state"));
        }
        Ok(Arc::new(node))
    }
}

/// One trie.
#[derive(Clone)]
pub(crate) struct Trie {
    root: Hash,
    /// The root's node, unless the trie is empty.
    node: Slot,
}

impl Trie {
    /// The trie with this root, whose nodes have records.
    pub(crate) fn saved(root: Hash) -> Self {
        Self { root, node: Slot::default() }
    }

    pub(crate) fn empty<H: Hasher<Out = Hash>>() -> Self {
        Self::saved(empty_root::<H>())
    }

    fn of<H: Hasher<Out = Hash>>(node: Option<Arc<Node>>) -> Self {
        let Some(node) = node else { return Self::empty::<H>() };
        let mut encoding = Vec::new();
        node.encode_node(&mut encoding);
        Self { root: H::hash(&encoding), node: Slot::of(node) }
    }

    /// The root's node, unless the trie is empty.
    fn load<H: Hasher<Out = Hash>>(&self, source: Source<'_>) -> Result<Option<Arc<Node>>, StateError> {
        if self.root == empty_root::<H>() {
            return Ok(None);
        }
        if let Some(node) = self.node.get() {
            return Ok(Some(node));
        }
        let node = source.read(&Merkle::hashed(self.root), &[], 0)?;
        self.node.set(&node);
        Ok(Some(node))
    }

    fn is_saved(&self) -> bool {
        self.node.get().is_none_or(|node| node.is_saved())
    }
}

/// All tries of one state.
#[derive(Clone)]
pub(crate) struct Tries {
    main: Trie,
    /// Child tries by name: those that differ from their records, and some that don't.
    children: BTreeMap<Vec<u8>, Trie>,
}

/// The tries of the next state.
pub(crate) struct After {
    pub(crate) tries: Tries,
    /// Roots of the changed child tries by name; `None` for one that has no key left.
    pub(crate) child_roots: Vec<(Vec<u8>, Option<Hash>)>,
    /// Keys of records whose nodes are gone; there may be new ones under them.
    pub(crate) removed: Vec<Vec<u8>>,
}

impl Tries {
    /// Those of the state with this root, which has records.
    pub(crate) fn saved(root: Hash) -> Self {
        Self { main: Trie::saved(root), children: BTreeMap::new() }
    }

    pub(crate) fn empty<H: Hasher<Out = Hash>>() -> Self {
        Self::saved(empty_root::<H>())
    }

    /// The root of the main trie.
    pub(crate) fn root(&self) -> Hash {
        self.main.root
    }

    /// A child trie; `None` if there is none of that name.
    fn child<H: Hasher<Out = Hash>>(&self, records: &dyn Records, name: &[u8]) -> Result<Option<Trie>, StateError> {
        if let Some(trie) = self.children.get(name) {
            return Ok(Some(trie.clone()));
        }
        let source = Source { id: &TrieId::new(None), records };
        let value = walk::value::<H>(&self.main, source, &child_root_key(name))?;
        let Some(value) = value else { return Ok(None) };
        // 32 bytes are never too many to be inline.
        let Value::Inline(root) = value else { return Err(damaged_child_root()) };
        Ok(Some(Trie::saved(decode_child_root(&root)?)))
    }

    /// The tries after `delta`. Removals of keys that are not there change nothing.
    pub(crate) fn after<H: Hasher<Out = Hash>>(
        &self,
        records: &dyn Records,
        delta: &Delta<'_>,
        version: StateVersion,
    ) -> Result<After, StateError> {
        let (mut children, mut child_roots, mut removed) = (self.children.clone(), Vec::new(), Vec::new());
        if children.len() > SAVED_CHILD_TRIES_MAX {
            children.retain(|_, trie| !trie.is_saved());
        }
        for (name, set) in delta.child.iter().filter(|(_, set)| !set.is_empty()) {
            let before = self.child::<H>(records, name)?.unwrap_or_else(Trie::empty::<H>);
            let id = TrieId::new(Some(name));
            let after = apply::<H>(&before, Source { id: &id, records }, set, version, &mut removed)?;
            let root = (after.root != empty_root::<H>()).then_some(after.root);
            child_roots.push((name.to_vec(), root));
            match root {
                Some(_) => children.insert(name.to_vec(), after),
                None => children.remove(*name),
            };
        }
        let roots: Vec<_> = child_roots.iter().map(|(name, root)| (child_root_key(name), *root)).collect();
        let mut main: DeltaSet<'_> =
            delta.main.iter().filter(|(key, _)| !key.starts_with(CHILD_STORAGE_PREFIX)).copied().collect();
        if !roots.is_empty() {
            main.extend(roots.iter().map(|(key, root)| (key.as_slice(), root.as_ref().map(Hash::as_bytes))));
            main.sort_unstable();
        }
        let id = TrieId::new(None);
        let main = apply::<H>(&self.main, Source { id: &id, records }, &main, version, &mut removed)?;
        Ok(After { tries: Self { main, children }, child_roots, removed })
    }
}

fn apply<H: Hasher<Out = Hash>>(
    trie: &Trie,
    source: Source<'_>,
    set: &DeltaSet<'_>,
    version: StateVersion,
    removed: &mut Vec<Vec<u8>>,
) -> Result<Trie, StateError> {
    if set.is_empty() {
        return Ok(trie.clone());
    }
    let before = trie.load::<H>(source)?;
    let mut update = Update::<H>::new(source, version);
    let after = update.update(before.as_ref(), 0, set)?;
    removed.append(&mut update.removed);
    if after.is_none() {
        removed.push(source.id.record_key(&[], 0));
    }
    Ok(Trie::of::<H>(after))
}

/// The root of a child trie as stored under its key in the main trie.
pub(crate) fn decode_child_root(bytes: &[u8]) -> Result<Hash, StateError> {
    <[u8; 32]>::try_from(bytes).map(Hash::from).map_err(|_| damaged_child_root())
}

fn damaged_child_root() -> StateError {
    StateError::Corrupt("the root of a child trie is not 32 bytes".into())
}
