//! A whole state in memory with its trie: for tests, and for a genesis before there is a database.

use std::{collections::BTreeMap, marker::PhantomData, ops::Bound, sync::Arc};

use parking_lot::Mutex;
use ziver_primitives::Hash;
use ziver_trie::{KeccakHasher, StateVersion, child_root_key, empty_root, hash_db::Hasher};

use crate::{
    CODE_KEY, Changes, Delta, RuntimeCode, StateError, TrieChanges, View,
    trie::{NoRecords, Tries},
};

#[cfg(test)]
mod tests;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// A state in memory.
pub struct MemoryView<H = KeccakHasher> {
    main: Map,
    child: BTreeMap<Vec<u8>, Map>,
    tries: Arc<Tries>,
    code: Mutex<Option<Arc<RuntimeCode>>>,
    hasher: PhantomData<H>,
}

impl<H: Hasher<Out = Hash>> Default for MemoryView<H> {
    fn default() -> Self {
        Self {
            main: Map::new(),
            child: BTreeMap::new(),
            tries: Arc::new(Tries::empty::<H>()),
            code: Mutex::new(None),
            hasher: PhantomData,
        }
    }
}

impl<H: Hasher<Out = Hash>> Clone for MemoryView<H> {
    fn clone(&self) -> Self {
        Self {
            main: self.main.clone(),
            child: self.child.clone(),
            tries: self.tries.clone(),
            code: Mutex::new(self.code.lock().clone()),
            hasher: PhantomData,
        }
    }
}

impl<H: Hasher<Out = Hash>> MemoryView<H> {
    /// The state without a key.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state with these pairs in the main trie.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
        version: StateVersion,
    ) -> Result<Self, StateError> {
        let main = pairs.into_iter().map(|(key, value)| (key, Some(value))).collect();
        let mut this = Self::new();
        this.apply(&Changes { main, child: BTreeMap::new() }, version)?;
        Ok(this)
    }

    /// Makes the changes and returns the root after them.
    pub fn apply(&mut self, changes: &Changes, version: StateVersion) -> Result<Hash, StateError> {
        let trie = self.root_after(&changes.delta(), version)?;
        self.tries = trie.tries.ok_or(StateError::Misuse("a root without its trie"))?;
        apply_set(&mut self.main, changes.main.iter().filter(|(key, _)| !is_child_root(key)));
        for (name, set) in &changes.child {
            apply_set(self.child.entry(name.clone()).or_default(), set);
        }
        self.child.retain(|_, map| !map.is_empty());
        for (name, root) in trie.child_roots {
            let value = root.map(|root| root.as_bytes().to_vec());
            apply_set(&mut self.main, [(&child_root_key(&name), &value)]);
        }
        if changes.main.contains_key(CODE_KEY) {
            *self.code.lock() = None;
        }
        Ok(trie.root)
    }

    /// The tries.
    #[cfg(test)]
    pub(crate) fn tries(&self) -> &Arc<Tries> {
        &self.tries
    }

    fn map(&self, child: Option<&[u8]>) -> Option<&Map> {
        match child {
            None => Some(&self.main),
            Some(name) => self.child.get(name),
        }
    }
}

fn is_child_root(key: &[u8]) -> bool {
    key.starts_with(ziver_trie::CHILD_STORAGE_PREFIX)
}

fn apply_set<'a>(map: &mut Map, set: impl IntoIterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>) {
    for (key, value) in set {
        match value {
            Some(value) => map.insert(key.clone(), value.clone()),
            None => map.remove(key),
        };
    }
}

impl<H: Hasher<Out = Hash>> View for MemoryView<H> {
    fn root(&self) -> Hash {
        self.tries.root()
    }

    fn empty_root(&self) -> Hash {
        empty_root::<H>()
    }

    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.map(child).and_then(|map| map.get(key)).cloned())
    }

    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let range = (Bound::Excluded(after), Bound::Unbounded);
        Ok(self.map(child).and_then(|map| map.range::<[u8], _>(range).next()).map(|(key, _)| key.clone()))
    }

    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError> {
        Ok(TrieChanges::new(self.tries.after::<H>(&NoRecords, delta, version)?, version))
    }

    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        let mut code = self.code.lock();
        if code.is_none() {
            *code = self.main.get(CODE_KEY).map(|bytes| Arc::new(RuntimeCode::new(bytes.as_slice())));
        }
        Ok(code.clone())
    }

    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        self.tries.prove::<H>(&NoRecords, child, keys, &|child, key| self.get(child, key))
    }

    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.tries.merkle_value::<H>(&NoRecords, child, key)
    }
}
