//! The state at one block of a [`super::StateDb`].

use std::{
    marker::PhantomData,
    ops::Bound,
    sync::{Arc, OnceLock},
};

use ziver_primitives::Hash;
use ziver_trie::{StateVersion, empty_root, hash_db::Hasher};

use super::{shared::Shared, tree::Layer};
use crate::{CODE_KEY, Delta, RuntimeCode, StateError, TrieChanges, View, changes::ChangeSet, root};

pub(super) struct LayeredView<H> {
    shared: Arc<Shared>,
    block: Hash,
    number: u32,
    root: Hash,
    /// Of the block and its ancestors down to what the flat state held when the view was made, the block's own first.
    layers: Vec<Arc<Layer>>,
    code: OnceLock<Option<Arc<RuntimeCode>>>,
    hasher: PhantomData<H>,
}

impl<H: Hasher<Out = Hash>> LayeredView<H> {
    pub(super) fn new(shared: Arc<Shared>, block: Hash, number: u32, root: Hash, layers: Vec<Arc<Layer>>) -> Self {
        Self { shared, block, number, root, layers, code: OnceLock::new(), hasher: PhantomData }
    }

    /// Refuses when the state is not kept any more.
    pub(super) fn check(&self) -> Result<(), StateError> {
        let discarded = self.layers.first().is_some_and(|layer| layer.is_discarded());
        if discarded || self.number < self.shared.oldest() { Err(StateError::Pruned(self.block)) } else { Ok(()) }
    }

    /// Whether the flat state, with this view's layers on top, is still the state of this block.
    fn flat_holds(&self) -> bool {
        self.shared.base_number() <= self.number && self.layers.first().is_none_or(|layer| !layer.is_discarded())
    }

    /// What the trie says; a failure of a state that was pruned meanwhile is told as such.
    fn via_trie<T>(&self, read: impl FnOnce() -> Result<T, StateError>) -> Result<T, StateError> {
        self.check()?;
        read().map_err(|error| self.check().err().unwrap_or(error))
    }

    /// The root of the trie that `child` names, read from the trie; `None` if there is no such child trie.
    fn trie_root(&self, child: Option<&[u8]>) -> Result<Option<Hash>, StateError> {
        root::trie_root::<H>(self.shared.as_ref(), self.root, child)
    }

    fn sets<'a>(&'a self, child: Option<&'a [u8]>) -> impl Iterator<Item = &'a ChangeSet> + 'a {
        self.layers.iter().filter_map(move |layer| layer.changes.set(child))
    }

    /// The next key by layers and flat state; only right if the flat state still holds afterwards.
    fn next_key_flat(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let mut cursor = after.to_vec();
        let mut below = self.shared.flat.next_key(child, &cursor)?;
        loop {
            let range = (Bound::Excluded(cursor.as_slice()), Bound::Unbounded);
            let above = self.sets(child).filter_map(|set| set.range::<[u8], _>(range).next()).map(|(key, _)| key).min();
            let next = match (above, &below) {
                (None, None) => return Ok(None),
                (Some(key), None) => key,
                (None, Some(key)) => key,
                (Some(above), Some(below)) => above.min(below),
            };
            let change = self.sets(child).find_map(|set| set.get(next));
            if change.is_none_or(Option::is_some) {
                return Ok(Some(next.clone()));
            }
            cursor = next.clone();
            if below.as_ref() == Some(&cursor) {
                below = self.shared.flat.next_key(child, &cursor)?;
            }
        }
    }

    fn read_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        for layer in &self.layers {
            match layer.changes.main.get(CODE_KEY) {
                None => {}
                Some(None) => return Ok(None),
                Some(Some(bytes)) => {
                    return Ok(Some(layer.code.get_or_init(|| Arc::new(RuntimeCode::new(bytes.as_slice()))).clone()));
                }
            }
        }
        if self.flat_holds() {
            let code = self.shared.flat.code()?;
            if self.flat_holds() {
                return Ok(code);
            }
        }
        let shared = self.shared.as_ref();
        self.via_trie(|| {
            let Some(hash) = root::value_hash::<H>(shared, self.root, CODE_KEY)? else { return Ok(None) };
            shared.old_code(hash, || root::get::<H>(shared, None, self.root, CODE_KEY))
        })
    }
}

impl<H: Hasher<Out = Hash>> View for LayeredView<H> {
    fn root(&self) -> Hash {
        self.root
    }

    fn empty_root(&self) -> Hash {
        empty_root::<H>()
    }

    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.check()?;
        if let Some(change) = self.sets(child).find_map(|set| set.get(key)) {
            return Ok(change.clone());
        }
        if self.flat_holds() {
            let value = self.shared.flat.get(child, key)?;
            if self.flat_holds() {
                return Ok(value);
            }
        }
        self.via_trie(|| match self.trie_root(child)? {
            Some(root) => root::get::<H>(self.shared.as_ref(), child, root, key),
            None => Ok(None),
        })
    }

    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.check()?;
        if self.flat_holds() {
            let key = self.next_key_flat(child, after)?;
            if self.flat_holds() {
                return Ok(key);
            }
        }
        self.via_trie(|| match self.trie_root(child)? {
            Some(root) => root::next_key::<H>(self.shared.as_ref(), child, root, after),
            None => Ok(None),
        })
    }

    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError> {
        self.via_trie(|| {
            let shared = self.shared.as_ref();
            root::root_after::<H>(shared, self.root, delta, version, &|child, key| self.get(child, key))
        })
    }

    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        self.check()?;
        if let Some(code) = self.code.get() {
            return Ok(code.clone());
        }
        let code = self.read_code()?;
        Ok(self.code.get_or_init(|| code).clone())
    }

    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        self.via_trie(|| root::prove::<H>(self.shared.as_ref(), self.root, child, keys))
    }

    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.via_trie(|| match self.trie_root(child)? {
            Some(root) => root::merkle_value::<H>(self.shared.as_ref(), child, root, key),
            None => Ok(None),
        })
    }
}
