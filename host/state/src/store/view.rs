//! The state at one block of a [`super::StateDb`].

use std::{
    marker::PhantomData,
    sync::{Arc, OnceLock},
};

use ziver_primitives::Hash;
use ziver_trie::{StateVersion, empty_root, hash_db::Hasher};

use super::{
    history,
    layer::{Layer, key_hash},
    shared::Shared,
};
use crate::{
    CODE_KEY, Changes, Delta, RuntimeCode, StateError, TrieChanges, View,
    limits::{UNDO_ATTEMPTS_MAX, UNDONE_KEYS_MAX},
    trie::Tries,
};

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

    /// Answers from the tries; a failure of a state that was pruned meanwhile is told as such.
    ///
    /// Tries below the base are walked over records of the last checkpoint. If another one is begun meanwhile, what was not in
    /// memory can't be had any more, and it has to begin again.
    fn via_tries<T>(&self, read: impl Fn(&Tries) -> Result<T, StateError>) -> Result<T, StateError> {
        for _ in 0..UNDO_ATTEMPTS_MAX {
            self.check()?;
            let checkpoints = self.shared.checkpoints();
            let answer = self.tries().and_then(|tries| match read(&tries) {
                // Those that were remembered, or that a layer had, may be of an older checkpoint.
                Err(StateError::Corrupt(_)) if self.number < self.shared.base_number() => read(&*self.undo()?),
                answer => answer,
            });
            match answer {
                Err(StateError::Corrupt(_)) if self.shared.checkpoints() != checkpoints => {}
                answer => return answer.map_err(|error| self.check().err().unwrap_or(error)),
            }
        }
        Err(self.check().err().unwrap_or(StateError::TooFarBack(self.block)))
    }

    /// The tries of this block.
    fn tries(&self) -> Result<Arc<Tries>, StateError> {
        if let Some(layer) = self.layers.first() {
            return layer.tries();
        }
        let tree = self.shared.tree.read();
        if let (Some(base), Some(tries)) = (&tree.base, &tree.base_tries)
            && base.hash == self.block
        {
            return Ok(tries.clone());
        }
        drop(tree);
        if let Some(tries) = self.shared.old_tries(self.block) {
            return Ok(tries);
        }
        let _turn = self.shared.undo_turn.lock();
        // Whoever had the turn may have made them.
        self.shared.old_tries(self.block).map_or_else(|| self.undone(), Ok)
    }

    fn undo(&self) -> Result<Arc<Tries>, StateError> {
        let _turn = self.shared.undo_turn.lock();
        self.undone()
    }

    /// Makes the tries of this block, which is below the base, by undoing what changed since.
    fn undone(&self) -> Result<Arc<Tries>, StateError> {
        let first = self.number.saturating_add(1);
        // Whoever makes blocks waits for this lock, so nothing is read under it.
        let tree = self.shared.tree.read();
        let (Some(base), Some(tries)) = (tree.base, tree.base_tries.clone()) else {
            return Err(StateError::Pruned(self.block));
        };
        let fresh = tree.history.fresh_from(first);
        drop(tree);
        let (mut changed, mut count) = (Changes::default(), 0usize);
        for number in first..=base.number {
            self.check()?;
            let keys = match fresh.iter().find(|(of, _)| *of == number) {
                Some((_, keys)) => keys.clone(),
                None => history::stored_changes(self.shared.db.as_ref(), number)?,
            };
            count = count.saturating_add(keys.len());
            if count > UNDONE_KEYS_MAX {
                return Err(StateError::TooFarBack(self.block));
            }
            for (child, key) in keys.iter() {
                changed.set_mut(child).insert(key.to_vec(), None);
            }
        }
        for (key, value) in &mut changed.main {
            *value = self.get(None, key)?;
        }
        for (name, set) in &mut changed.child {
            for (key, value) in set {
                *value = self.get(Some(name), key)?;
            }
        }
        // The runtimes since then said which version; only one gives the root.
        for version in [StateVersion::V1, StateVersion::V0] {
            let after = tries.after::<H>(self.shared.as_ref(), &changed.delta(), version)?;
            if after.tries.root() == self.root {
                let tries = Arc::new(after.tries);
                self.shared.put_old_tries(self.block, &tries);
                return Ok(tries);
            }
        }
        Err(StateError::Corrupt(format!("undoing what changed since block {:?} leads to another root", self.block)))
    }

    /// The value of the block, which the base has moved past.
    fn get_old(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let flat = self.shared.flat.get(child, key)?;
        let before = history::value_at(self.shared.db.as_ref(), child, key, self.number)?;
        self.check()?;
        Ok(before.unwrap_or(flat))
    }

    /// The next key of the block, which the base has moved past.
    fn next_key_old(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let mut cursor = after.to_vec();
        loop {
            let flat = self.shared.flat.next_key(child, &cursor)?;
            let changed = history::next_key(self.shared.db.as_ref(), child, &cursor)?;
            self.check()?;
            let own = self.next_change(child, &cursor).cloned();
            let Some(next) = flat.into_iter().chain(changed).chain(own).min() else { return Ok(None) };
            if self.get(child, &next)?.is_some() {
                return Ok(Some(next));
            }
            cursor = next;
        }
    }

    /// The first key behind `after` that a layer changes.
    fn next_change(&self, child: Option<&[u8]>, after: &[u8]) -> Option<&Vec<u8>> {
        self.layers.iter().filter_map(|layer| layer.next_change(child, after)).min()
    }

    /// What the layers do to a key.
    fn change(&self, child: Option<&[u8]>, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        let hash = key_hash(key);
        self.layers.iter().find_map(|layer| layer.change(child, key, hash))
    }

    /// The next key by layers and flat state; only right if the flat state still holds afterwards.
    fn next_key_flat(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let mut cursor = after.to_vec();
        let mut below = self.shared.flat.next_key(child, &cursor)?;
        loop {
            let above = self.next_change(child, &cursor);
            let next = match (above, &below) {
                (None, None) => return Ok(None),
                (Some(key), None) => key,
                (None, Some(key)) => key,
                (Some(above), Some(below)) => above.min(below),
            };
            let change = self.change(child, next);
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
        let hash = key_hash(CODE_KEY);
        for layer in &self.layers {
            match layer.change(None, CODE_KEY, hash) {
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
        let Some(bytes) = self.get_old(None, CODE_KEY)? else { return Ok(None) };
        Ok(Some(self.shared.old_code(bytes)))
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
        if let Some(change) = self.change(child, key) {
            return Ok(change.clone());
        }
        if self.flat_holds() {
            let value = self.shared.flat.get(child, key)?;
            if self.flat_holds() {
                return Ok(value);
            }
        }
        self.get_old(child, key)
    }

    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.check()?;
        if self.flat_holds() {
            let key = self.next_key_flat(child, after)?;
            if self.flat_holds() {
                return Ok(key);
            }
        }
        self.next_key_old(child, after)
    }

    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError> {
        self.via_tries(|tries| Ok(TrieChanges::new(tries.after::<H>(self.shared.as_ref(), delta, version)?, version)))
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
        self.via_tries(|tries| tries.prove::<H>(self.shared.as_ref(), child, keys, &|child, key| self.get(child, key)))
    }

    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.via_tries(|tries| tries.merkle_value::<H>(self.shared.as_ref(), child, key))
    }
}
