//! A state that answers reads from a hash map and computes no root.

use std::{collections::HashMap, sync::Arc};

use ziver_state::{Changes, Delta, Hash, RuntimeCode, StateError, StateVersion, TrieChanges, View};

/// The main trie's pairs of another view, flat. What is not a read of those is asked of the other view, but for roots: the
/// state is said to keep its root whatever changes.
pub struct FlatView {
    values: HashMap<Vec<u8>, Vec<u8>>,
    below: Arc<dyn View>,
}

impl FlatView {
    /// The state of `below`.
    pub fn of(below: Arc<dyn View>) -> Self {
        let keys = below.keys(None, &[], None, usize::MAX).expect("keys of a state in memory");
        let value = |key: &[u8]| below.get(None, key).expect("a state in memory").expect("a key that was just read");
        let values = keys.into_iter().map(|key| (key.clone(), value(&key))).collect();
        Self { values, below }
    }

    /// The same state with another value under `key`.
    #[allow(dead_code, reason = "not every benchmark wants another state")]
    pub fn with(&self, key: Vec<u8>, value: Vec<u8>) -> Self {
        let mut values = self.values.clone();
        values.insert(key, value);
        Self { values, below: self.below.clone() }
    }
}

impl View for FlatView {
    fn root(&self) -> Hash {
        self.below.root()
    }

    fn empty_root(&self) -> Hash {
        self.below.empty_root()
    }

    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        match child {
            None => Ok(self.values.get(key).cloned()),
            Some(_) => self.below.get(child, key),
        }
    }

    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.below.next_key(child, after)
    }

    fn root_after(&self, _: &Delta<'_>, _: StateVersion) -> Result<TrieChanges, StateError> {
        let mut unchanged = TrieChanges::default();
        unchanged.root = self.root();
        Ok(unchanged)
    }

    fn compute_root(&self, _: &Changes, _: StateVersion) -> Result<(Hash, TrieChanges), StateError> {
        Ok((self.root(), TrieChanges::default()))
    }

    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        self.below.runtime_code()
    }

    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        self.below.prove(child, keys)
    }

    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.below.merkle_value(child, key)
    }
}
