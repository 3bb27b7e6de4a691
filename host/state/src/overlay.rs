//! What an execution changes on top of a view.
//!
//! Transactions nest without a copy of the changes: each write notes in a log what stood there before, once for each key
//! and transaction. Rolling back undoes the log down to the transaction's start; committing just forgets the start.
//! Appending to a list ([`Overlay::append`]) notes only the length before, so a list of thousands of events is neither
//! copied for each event nor for each transaction.

use std::{borrow::Cow, collections::BTreeMap, mem, ops::Bound, sync::Arc, sync::LazyLock};

use ziver_primitives::Hash;
use ziver_trie::{CHILD_STORAGE_PREFIX, StateVersion, child_root_key};

use crate::{Changes, Delta, KeccakHasher, MemoryView, RuntimeCode, StateError, TrieChanges, View};

mod list;
mod log;
mod removal;
#[cfg(test)]
mod tests;

use log::{Entry, Log, Map, Undo};
pub use removal::Removal;

/// There is no open transaction to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no storage transaction is open")]
pub struct NoTransaction;

/// The outcome of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The root after the changes.
    pub root: Hash,
    /// The changed keys.
    pub changes: Changes,
    /// The changed nodes.
    pub trie: TrieChanges,
}

/// A view and changes on top of it. `child` names a child trie (without `:child_storage:default:`).
pub struct Overlay {
    view: Arc<dyn View>,
    main: Map,
    child: BTreeMap<Vec<u8>, Map>,
    log: Log,
    /// The root of what is here now, if it was asked for.
    root: Option<(StateVersion, Arc<TrieChanges>)>,
}

static EMPTY_VIEW: LazyLock<Arc<dyn View>> = LazyLock::new(|| Arc::new(MemoryView::<KeccakHasher>::new()));

impl Default for Overlay {
    /// An overlay on the empty state: a cheap stand-in while the real one is lent out.
    fn default() -> Self {
        Self::new(EMPTY_VIEW.clone())
    }
}

impl Overlay {
    /// An overlay without changes.
    pub fn new(view: Arc<dyn View>) -> Self {
        Self { view, main: Map::new(), child: BTreeMap::new(), log: Log::default(), root: None }
    }

    /// The state below.
    pub fn view(&self) -> &Arc<dyn View> {
        &self.view
    }

    /// The code of the state below (a new one that an execution stores counts from the next block on).
    pub fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        self.view.runtime_code()
    }

    fn map(&self, child: Option<&[u8]>) -> Option<&Map> {
        match child {
            None => Some(&self.main),
            Some(name) => self.child.get(name),
        }
    }

    fn entry(&self, child: Option<&[u8]>, key: &[u8]) -> Option<&Entry> {
        self.map(child).and_then(|map| map.get(key))
    }

    /// The value at `key`.
    pub fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        match self.entry(child, key) {
            Some(entry) => Ok(entry.value.as_deref().map(Cow::Borrowed)),
            None => Ok(self.view.get(child, key)?.map(Cow::Owned)),
        }
    }

    /// Whether there is a value at `key`.
    pub fn exists(&self, child: Option<&[u8]>, key: &[u8]) -> Result<bool, StateError> {
        Ok(self.get(child, key)?.is_some())
    }

    /// Stores the value. A key of the main trie that holds a child trie's root is left alone.
    pub fn set(&mut self, child: Option<&[u8]>, key: &[u8], value: Vec<u8>) {
        self.put(child, key, Some(value));
    }

    /// Removes the key, with the same exception.
    pub fn clear(&mut self, child: Option<&[u8]>, key: &[u8]) {
        self.put(child, key, None);
    }

    fn put(&mut self, child: Option<&[u8]>, key: &[u8], value: Option<Vec<u8>>) {
        if child.is_some() || !key.starts_with(CHILD_STORAGE_PREFIX) {
            self.put_unchecked(child, key, value);
        }
    }

    fn put_unchecked(&mut self, child: Option<&[u8]>, key: &[u8], value: Option<Vec<u8>>) {
        self.root = None;
        let map = map_of(&mut self.main, &mut self.child, child);
        self.log.put(map, child, key, value);
    }

    /// Appends one SCALE-encoded item to the list at `key`. A value that is no list is replaced by a list of this item.
    pub fn append(&mut self, child: Option<&[u8]>, key: &[u8], item: &[u8]) -> Result<(), StateError> {
        if child.is_none() && key.starts_with(CHILD_STORAGE_PREFIX) {
            return Ok(());
        }
        match self.entry(child, key) {
            Some(Entry { value: Some(_), .. }) => {
                self.root = None;
                let map = map_of(&mut self.main, &mut self.child, child);
                self.log.append(map, child, key, item);
            }
            Some(Entry { value: None, .. }) => self.put(child, key, Some(list::of_one(item))),
            None => {
                let mut list = self.view.get(child, key)?.unwrap_or_default();
                list::push(&mut list, item);
                self.put(child, key, Some(list));
            }
        }
        Ok(())
    }

    /// The first key greater than `after`.
    pub fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let mut below = self.view.next_key(child, after)?;
        let Some(map) = self.map(child) else { return Ok(below) };
        let mut above = map.range::<[u8], _>((Bound::Excluded(after), Bound::Unbounded)).peekable();
        loop {
            // Removed keys that come before anything below have no bearing on it.
            match (above.peek(), &below) {
                (None, _) => return Ok(below),
                (Some((key, _)), Some(found)) if key.as_slice() > found.as_slice() => {
                    return Ok(below);
                }
                (Some((key, entry)), found) => {
                    if entry.value.is_some() {
                        return Ok(Some((*key).clone()));
                    }
                    if found.as_ref() == Some(*key) {
                        below = self.view.next_key(child, key)?;
                    }
                    above.next();
                }
            }
        }
    }

    /// Removes the keys that begin with `prefix`: all of those set here, and of those in the view at most `limit`
    /// (keys of the view that were removed here before count as well). Prefixes that would reach the roots of child
    /// tries are left alone.
    pub fn clear_prefix(
        &mut self,
        child: Option<&[u8]>,
        prefix: &[u8],
        limit: Option<u32>,
    ) -> Result<Removal, StateError> {
        if child.is_none() && (prefix.starts_with(CHILD_STORAGE_PREFIX) || CHILD_STORAGE_PREFIX.starts_with(prefix)) {
            return Ok(Removal::default());
        }
        removal::remove(self, child, prefix, limit)
    }

    /// Removes the keys of a child trie, like [`Overlay::clear_prefix`]. A child trie without keys is gone.
    pub fn kill_child(&mut self, child: &[u8], limit: Option<u32>) -> Result<Removal, StateError> {
        removal::remove(self, Some(child), &[], limit)
    }

    /// Opens a transaction within the open ones.
    pub fn start_transaction(&mut self) {
        self.log.start();
    }

    /// Ends the innermost transaction and keeps its writes.
    pub fn commit_transaction(&mut self) -> Result<(), NoTransaction> {
        self.log.commit()
    }

    /// Ends the innermost transaction and undoes its writes.
    pub fn rollback_transaction(&mut self) -> Result<(), NoTransaction> {
        for undo in self.log.rollback()? {
            self.root = None;
            let Undo { child, key, before } = undo;
            let map = map_of(&mut self.main, &mut self.child, child.as_deref());
            log::undo(map, key, before);
        }
        Ok(())
    }

    /// How many transactions are open.
    pub fn transaction_depth(&self) -> usize {
        self.log.depth()
    }

    fn delta(&self) -> Delta<'_> {
        fn refs(map: &Map) -> Vec<(&[u8], Option<&[u8]>)> {
            map.iter().map(|(key, entry)| (key.as_slice(), entry.value.as_deref())).collect()
        }
        let child = self.child.iter().filter(|(_, map)| !map.is_empty());
        Delta { main: refs(&self.main), child: child.map(|(name, map)| (name.as_slice(), refs(map))).collect() }
    }

    fn trie_changes(&mut self, version: StateVersion) -> Result<Arc<TrieChanges>, StateError> {
        match &self.root {
            Some((of, changes)) if *of == version => Ok(changes.clone()),
            _ => {
                let changes = Arc::new(self.view.root_after(&self.delta(), version)?);
                self.root = Some((version, changes.clone()));
                Ok(changes)
            }
        }
    }

    /// The root of the state with the changes, those of open transactions too. Computed once between two writes.
    pub fn storage_root(&mut self, version: StateVersion) -> Result<Hash, StateError> {
        Ok(self.trie_changes(version)?.root)
    }

    /// The root of a child trie with the changes, which the main trie holds from now on; of an empty trie if it has no
    /// key.
    pub fn child_root(&mut self, child: &[u8], version: StateVersion) -> Result<Hash, StateError> {
        let key = child_root_key(child);
        if self.child.get(child).is_none_or(Map::is_empty) {
            let root = self.view.get(None, &key)?;
            return root.map_or_else(|| Ok(self.view.empty_root()), |root| crate::trie::decode_child_root(&root));
        }
        let changes = self.trie_changes(version)?;
        let root = changes.child_roots.iter().find(|(name, _)| name == child).and_then(|(_, root)| *root);
        let (cached, value) = (self.root.take(), root.map(|root| root.as_bytes().to_vec()));
        self.put_unchecked(None, &key, value);
        // The computed root holds that of the child already.
        self.root = cached;
        Ok(root.unwrap_or_else(|| self.view.empty_root()))
    }

    /// The changed keys. Writes of open transactions are kept.
    pub fn into_changes(self) -> Changes {
        fn owned(map: Map) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
            map.into_iter().map(|(key, entry)| (key, entry.value)).collect()
        }
        let child = self.child.into_iter().filter(|(_, map)| !map.is_empty());
        let child = child.map(|(name, map)| (name, owned(map))).collect();
        let mut main = owned(self.main);
        main.retain(|key, _| !key.starts_with(CHILD_STORAGE_PREFIX));
        Changes { main, child }
    }

    /// Ends the execution: root, changed keys and changed nodes. Does not walk the trie when
    /// [`Overlay::storage_root`] was asked for after the last write.
    pub fn finish(mut self, version: StateVersion) -> Result<Finished, StateError> {
        let trie = self.trie_changes(version)?;
        self.root = None;
        let trie = Arc::unwrap_or_clone(trie);
        Ok(Finished { root: trie.root, changes: self.into_changes(), trie })
    }

    /// Takes the overlay out of its place and leaves an empty one.
    pub fn take(&mut self) -> Self {
        mem::take(self)
    }
}

fn map_of<'a>(main: &'a mut Map, children: &'a mut BTreeMap<Vec<u8>, Map>, child: Option<&[u8]>) -> &'a mut Map {
    let Some(name) = child else { return main };
    if !children.contains_key(name) {
        children.insert(name.to_vec(), Map::new());
    }
    children.entry(name.to_vec()).or_default()
}
