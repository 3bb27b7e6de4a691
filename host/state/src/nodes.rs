//! Trie nodes between `trie-db` and wherever they are kept.
//!
//! A node's key is: the trie it is in, its position in that trie, its hash. So equal nodes at two positions are two
//! records, and a record is dead as soon as the node at its position goes: no reference counts.

use std::collections::HashMap;

use parking_lot::Mutex;
use ziver_primitives::hashing;
use ziver_trie::{
    hash_db::{AsHashDB, HashDB, HashDBRef, Hasher, Prefix},
    trie_db::{DBValue, NodeCodec as _},
};

use crate::{StateError, TrieChanges};

/// Which trie a node belongs to: the first bytes of its key.
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

    fn node_key(&self, hash: &[u8], (bytes, nibble): Prefix<'_>) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.0.len() + bytes.len() + 1 + hash.len());
        key.extend_from_slice(&self.0);
        key.extend_from_slice(bytes);
        key.extend(nibble);
        key.extend_from_slice(hash);
        key
    }
}

/// What stands for a child trie's name in database keys: of one length, so that no name is the beginning of another.
pub(crate) fn child_id(name: &[u8]) -> [u8; 32] {
    hashing::blake2_256(name)
}

/// Where nodes are read from.
pub(crate) trait NodeSource: Send + Sync {
    /// The node with this key.
    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
}

/// A node that a change touched: how often it was inserted less how often removed, and its bytes.
#[derive(Default)]
struct Touched {
    balance: i32,
    bytes: Option<Vec<u8>>,
}

/// A trie's nodes as `trie-db` sees them. Changes stay in here.
pub(crate) struct Nodes<'a> {
    trie: TrieId,
    source: &'a dyn NodeSource,
    touched: HashMap<Vec<u8>, Touched>,
    /// `trie-db` can't be told of a failed read; it sees a missing node, and the cause waits here.
    error: Mutex<Option<StateError>>,
}

impl<'a> Nodes<'a> {
    pub(crate) fn new(trie: TrieId, source: &'a dyn NodeSource) -> Self {
        Self { trie, source, touched: HashMap::new(), error: Mutex::new(None) }
    }

    /// The cause of a failure that `trie-db` reported.
    pub(crate) fn error(&self, reported: impl std::fmt::Display) -> StateError {
        self.error.lock().take().unwrap_or_else(|| StateError::Corrupt(reported.to_string()))
    }

    /// Adds what happened to the nodes, in the order of their keys.
    pub(crate) fn drain_into(self, changes: &mut TrieChanges) {
        let (inserted, deleted) = (changes.inserted.len(), changes.deleted.len());
        for (key, touched) in self.touched {
            match touched {
                Touched { balance: 1.., bytes: Some(bytes) } => changes.inserted.push((key, bytes)),
                Touched { balance: ..=-1, .. } => changes.deleted.push(key),
                _ => {}
            }
        }
        changes.inserted[inserted..].sort_unstable();
        changes.deleted[deleted..].sort_unstable();
    }

    fn read<H: Hasher>(&self, hash: &H::Out, prefix: Prefix<'_>) -> Option<DBValue> {
        if *hash == ziver_trie::NodeCodec::<H>::hashed_null_node() {
            return Some(ziver_trie::NodeCodec::<H>::empty_node().to_vec());
        }
        let key = self.trie.node_key(hash.as_ref(), prefix);
        if let Some(Touched { balance: 1.., bytes: Some(bytes) }) = self.touched.get(&key) {
            return Some(bytes.clone());
        }
        self.source.node(&key).unwrap_or_else(|error| {
            *self.error.lock() = Some(error);
            None
        })
    }
}

impl<H: Hasher> HashDBRef<H, DBValue> for Nodes<'_> {
    fn get(&self, hash: &H::Out, prefix: Prefix<'_>) -> Option<DBValue> {
        self.read::<H>(hash, prefix)
    }

    fn contains(&self, hash: &H::Out, prefix: Prefix<'_>) -> bool {
        self.read::<H>(hash, prefix).is_some()
    }
}

impl<H: Hasher> HashDB<H, DBValue> for Nodes<'_> {
    fn get(&self, hash: &H::Out, prefix: Prefix<'_>) -> Option<DBValue> {
        self.read::<H>(hash, prefix)
    }

    fn contains(&self, hash: &H::Out, prefix: Prefix<'_>) -> bool {
        self.read::<H>(hash, prefix).is_some()
    }

    fn insert(&mut self, prefix: Prefix<'_>, value: &[u8]) -> H::Out {
        let hash = H::hash(value);
        HashDB::<H, DBValue>::emplace(self, hash, prefix, value.to_vec());
        hash
    }

    fn emplace(&mut self, hash: H::Out, prefix: Prefix<'_>, value: DBValue) {
        if ziver_trie::NodeCodec::<H>::is_empty_node(&value) {
            return;
        }
        let touched = self.touched.entry(self.trie.node_key(hash.as_ref(), prefix)).or_default();
        touched.balance = touched.balance.saturating_add(1);
        touched.bytes = Some(value);
    }

    fn remove(&mut self, hash: &H::Out, prefix: Prefix<'_>) {
        if *hash == ziver_trie::NodeCodec::<H>::hashed_null_node() {
            return;
        }
        let touched = self.touched.entry(self.trie.node_key(hash.as_ref(), prefix)).or_default();
        touched.balance = touched.balance.saturating_sub(1);
    }
}

impl<H: Hasher> AsHashDB<H, DBValue> for Nodes<'_> {
    fn as_hash_db(&self) -> &dyn HashDB<H, DBValue> {
        self
    }

    fn as_hash_db_mut<'b>(&'b mut self) -> &'b mut (dyn HashDB<H, DBValue> + 'b) {
        self
    }
}
