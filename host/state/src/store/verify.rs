//! Proving that the stored states are what their roots say.
//!
//! The tries of the last final state are walked from their roots, every node held against what stands for it in its parent,
//! and their keys and values in their order against the flat state. So whatever is damaged of either shows, and memory holds
//! no more than one path of what is not in it anyway. Of a block above it the changes are applied once more to its parent's
//! state. The journal between checkpoint and final block was applied when the database was opened.

use ziver_db::{Column, Db, Entries};
use ziver_primitives::Hash;
use ziver_trie::{CHILD_STORAGE_PREFIX, StateVersion, hash_db::Hasher};

use super::{StateDb, shared::Shared};
use crate::{
    StateError,
    trie::{Tries, child_id},
};

type Pair = (Vec<u8>, Vec<u8>);
/// What is done with a key and its value.
type Each<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StateError> + 'a;

impl<H: Hasher<Out = Hash> + 'static> StateDb<H> {
    /// Compares the flat state of the last final block with its trie, and that with its root, child tries too; then
    /// what the blocks above it change with their roots. Returns the number of keys of the final state. To be called
    /// while nobody writes.
    pub fn verify(&self) -> Result<u64, StateError> {
        let Some(tries) = self.shared.tree.read().base_tries.clone() else { return Ok(0) };
        let (db, shared) = (self.shared.db.as_ref(), self.shared.as_ref());
        let mut child_keys = 0u64;
        let keys = verify_trie::<H>(shared, &tries, None, &mut |key, _| {
            if let Some(name) = key.strip_prefix(CHILD_STORAGE_PREFIX) {
                child_keys += verify_trie::<H>(shared, &tries, Some(name), &mut |_, _| Ok(()))?;
            }
            Ok(())
        })?;
        let mut found = 0u64;
        for entry in db.iter(Column::ChildState, &[]) {
            entry?;
            found += 1;
        }
        if found != child_keys {
            return Err(StateError::Corrupt(format!("{found} keys are in child states, {child_keys} in child tries")));
        }
        self.verify_layers()?;
        Ok(keys + child_keys)
    }

    fn verify_layers(&self) -> Result<(), StateError> {
        let layers = self.shared.tree.read().open_layers();
        for layer in layers {
            let corrupt = |what: &str| StateError::Corrupt(format!("block {:?}: {what}", layer.hash));
            let (parent, delta) = (self.view_at(layer.parent)?, layer.delta());
            // The runtime of the block said which version; only one gives the root.
            let is_right = [StateVersion::V1, StateVersion::V0].into_iter().try_fold(false, |is_right, version| {
                Ok::<_, StateError>(is_right || parent.root_after(&delta, version)?.root == layer.root)
            });
            if !is_right? {
                return Err(corrupt("its changes lead to another root"));
            }
        }
        Ok(())
    }
}

/// Compares a trie with the flat state and calls `each` for every key and value. Returns their number.
fn verify_trie<H: Hasher<Out = Hash>>(
    shared: &Shared,
    tries: &Tries,
    child: Option<&[u8]>,
    each: &mut Each<'_>,
) -> Result<u64, StateError> {
    let mut flat = Flat::new(shared.db.as_ref(), child);
    let mut count = 0;
    let damaged = |key: &[u8], what: &str| {
        let place = child.map_or_else(String::new, |name| format!(" of the child state 0x{}", hex::encode(name)));
        StateError::Corrupt(format!("key 0x{}{place} {what}", hex::encode(key)))
    };
    tries.for_each::<H>(shared, child, &mut |key, in_trie| match flat.next().transpose()? {
        Some((ours, value)) if ours == key && in_trie.is::<H>(&value) => {
            count += 1;
            each(key, &value)
        }
        Some((ours, _)) if ours == key => Err(damaged(key, "has another value than the trie")),
        Some((ours, _)) if *ours < *key => Err(damaged(&ours, "is not in the trie")),
        _ => Err(damaged(key, "is in the trie alone")),
    })?;
    match flat.next().transpose()? {
        None => Ok(count),
        Some((ours, _)) => Err(damaged(&ours, "is not in the trie")),
    }
}

/// Keys and values of the flat state, or of one child's.
struct Flat<'a> {
    entries: Entries<'a>,
    prefix: Vec<u8>,
}

impl<'a> Flat<'a> {
    fn new(db: &'a dyn Db, child: Option<&[u8]>) -> Self {
        match child {
            None => Self { entries: db.iter(Column::State, &[]), prefix: Vec::new() },
            Some(name) => {
                let prefix = child_id(name).to_vec();
                Self { entries: db.iter(Column::ChildState, &prefix), prefix }
            }
        }
    }

    fn next(&mut self) -> Option<Result<Pair, StateError>> {
        match self.entries.next()? {
            Ok((key, value)) => key.strip_prefix(&*self.prefix).map(|key| Ok((key.to_vec(), value))),
            Err(error) => Some(Err(error.into())),
        }
    }
}
