//! The state at one block.

use std::sync::Arc;

use ziver_primitives::Hash;
use ziver_trie::StateVersion;

use crate::{Changes, Delta, RuntimeCode, StateError, TrieChanges};

/// The state at one block. `child` names a child trie (without `:child_storage:default:`), `None` is the main trie.
pub trait View: Send + Sync {
    /// The root of the main trie.
    fn root(&self) -> Hash;

    /// The root of a trie without a key.
    fn empty_root(&self) -> Hash;

    /// The value at `key`.
    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;

    /// The first key greater than `after`.
    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError>;

    /// The first key that is `from` or greater.
    fn seek(&self, child: Option<&[u8]>, from: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        if self.get(child, from)?.is_some() { Ok(Some(from.to_vec())) } else { self.next_key(child, from) }
    }

    /// At most `count` keys that begin with `prefix` and are greater than `after` (if given), in ascending order.
    fn keys(
        &self,
        child: Option<&[u8]>,
        prefix: &[u8],
        after: Option<&[u8]>,
        count: usize,
    ) -> Result<Vec<Vec<u8>>, StateError> {
        let mut next = match after {
            Some(after) if after >= prefix => self.next_key(child, after)?,
            _ => self.seek(child, prefix)?,
        };
        let mut keys = Vec::new();
        while let Some(key) = next.take_if(|key| keys.len() < count && key.starts_with(prefix)) {
            next = self.next_key(child, &key)?;
            keys.push(key);
        }
        Ok(keys)
    }

    /// The root that the state has after these changes, and what they do to the trie.
    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError>;

    /// [`View::root_after`] of owned changes.
    fn compute_root(&self, changes: &Changes, version: StateVersion) -> Result<(Hash, TrieChanges), StateError> {
        let trie = self.root_after(&changes.delta(), version)?;
        Ok((trie.root, trie))
    }

    /// The runtime's code. Cheap when it was asked for before.
    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError>;

    /// The trie nodes from which anyone who knows [`View::root`] can read `keys`; of a child trie with the way to it.
    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError>;

    /// What stands in the trie for all that lies at `key` and below: the Merkle value of the node at `key`, or of the
    /// closest one below it. `None` if there is nothing. It changes whenever a value there does. A node small enough to lie
    /// inside its parent is answered with the bytes of the node that holds it.
    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;
}
