//! Proving that the stored states are what their roots say.
//!
//! The trie of the last final state is walked from the root, every node held against the hash by which it is referred
//! to, and its keys and values in their order against the flat state. So whatever is damaged of either shows, and
//! memory holds no more than one path of the trie. Of a block above it the changes are applied once more to its
//! parent's state.

use std::marker::PhantomData;

use ziver_db::{Column, Db, Entries};
use ziver_primitives::Hash;
use ziver_trie::{
    CHILD_STORAGE_PREFIX, LayoutV1, StateVersion,
    hash_db::Hasher,
    trie_db::{Trie, TrieDBBuilder},
};

use super::StateDb;
use crate::{
    StateError,
    nodes::{NodeSource, Nodes, TrieId, child_id},
    root::decode_child_root,
};

type Pair = (Vec<u8>, Vec<u8>);
/// What is done with a key and its value.
type Each<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StateError> + 'a;

impl<H: Hasher<Out = Hash> + 'static> StateDb<H> {
    /// Compares the flat state of the last final block with its trie, and that with its root, child tries too; then
    /// what the blocks above it change with their roots. Returns the number of keys of the final state. To be called
    /// while nobody writes.
    pub fn verify(&self) -> Result<u64, StateError> {
        let Some(base) = self.shared.tree.read().base else { return Ok(0) };
        let db = self.shared.db.as_ref();
        let mut child_keys = 0u64;
        let keys = verify_trie::<H>(db, None, base.root, &mut |key, value| {
            if let Some(name) = key.strip_prefix(CHILD_STORAGE_PREFIX) {
                child_keys += verify_trie::<H>(db, Some(name), decode_child_root(value)?, &mut |_, _| Ok(()))?;
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
            let nodes = self.shared.tree.read().nodes_of(&layer);
            if nodes.iter().any(|(key, bytes)| !key.ends_with(H::hash(bytes).as_bytes())) {
                return Err(corrupt("a new trie node has another hash"));
            }
            let (parent, delta) = (self.view_at(layer.parent)?, layer.changes.delta());
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

/// Calls `each` for every key and value. Returns their number.
fn verify_trie<H: Hasher<Out = Hash>>(
    db: &dyn Db,
    child: Option<&[u8]>,
    root: Hash,
    each: &mut Each<'_>,
) -> Result<u64, StateError> {
    let source = Checked::<H> { db, hasher: PhantomData };
    let nodes = Nodes::new(TrieId::new(child), &source);
    let trie = TrieDBBuilder::<LayoutV1<H>>::new(&nodes, &root).build();
    let mut in_trie = trie.iter().map_err(|error| nodes.error(error))?;
    let mut flat = Flat::new(db, child);
    let mut count = 0;
    loop {
        let theirs = in_trie.next().transpose().map_err(|error| nodes.error(error))?;
        let (key, what) = match (flat.next().transpose()?, theirs) {
            (None, None) => return Ok(count),
            (Some(ours), Some(theirs)) if ours == theirs => {
                each(&ours.0, &ours.1)?;
                count += 1;
                continue;
            }
            (Some((ours, _)), Some((theirs, _))) if ours == theirs => (ours, "has another value than the trie"),
            (Some((ours, _)), Some((theirs, _))) if ours > theirs => (theirs, "is in the trie alone"),
            (Some((ours, _)), _) => (ours, "is not in the trie"),
            (None, Some((theirs, _))) => (theirs, "is in the trie alone"),
        };
        let place = child.map_or_else(String::new, |name| format!(" of the child state 0x{}", hex::encode(name)));
        return Err(StateError::Corrupt(format!("key 0x{}{place} {what}", hex::encode(&key))));
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

/// The nodes on the disk, each held against the hash at the end of its key.
struct Checked<'a, H> {
    db: &'a dyn Db,
    hasher: PhantomData<H>,
}

impl<H: Hasher<Out = Hash>> NodeSource for Checked<'_, H> {
    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let bytes = self.db.get(Column::Trie, key)?;
        match bytes {
            Some(bytes) if !key.ends_with(H::hash(&bytes).as_bytes()) => {
                Err(StateError::Corrupt(format!("the trie node 0x{} has another hash", hex::encode(key))))
            }
            bytes => Ok(bytes),
        }
    }
}
