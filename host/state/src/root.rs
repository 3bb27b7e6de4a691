//! Walks of the trie: the root after changes, reads of old states, proofs.

use std::{cell::Cell, collections::BTreeSet};

use codec::DecodeAll;
use ziver_primitives::Hash;
use ziver_trie::{
    CHILD_STORAGE_PREFIX, LayoutV0, LayoutV1, StateVersion, child_root_key, empty_root,
    hash_db::Hasher,
    trie_db::{MerkleValue, Trie, TrieDBBuilder, TrieDBKeyIterator, TrieDBMutBuilder, TrieLayout, TrieMut},
};

use crate::{
    Delta, StateError, TrieChanges,
    changes::DeltaSet,
    nodes::{NodeSource, Nodes, TrieId},
};

/// The root of a child trie as stored under its key in the main trie.
pub(crate) fn decode_child_root(bytes: &[u8]) -> Result<Hash, StateError> {
    let root = <[u8; 32]>::decode_all(&mut &*bytes);
    root.map(Hash::from).map_err(|_| StateError::Corrupt("the root of a child trie is not 32 bytes".into()))
}

/// Reads the state before the changes.
pub(crate) type Reader<'a> = dyn Fn(Option<&[u8]>, &[u8]) -> Result<Option<Vec<u8>>, StateError> + 'a;

/// The root after `delta` of the state at `root`. `before` reads that state.
pub(crate) fn root_after<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    root: Hash,
    delta: &Delta<'_>,
    version: StateVersion,
    before: &Reader<'_>,
) -> Result<TrieChanges, StateError> {
    let mut changes = TrieChanges::default();
    for (name, set) in delta.child.iter().filter(|(_, set)| !set.is_empty()) {
        let stored = before(None, &child_root_key(name))?;
        let root = stored.map_or_else(|| Ok(empty_root::<H>()), |root| decode_child_root(&root))?;
        let set = effective(Some(name), set, before)?;
        let after = walk::<H>(source, Some(name), root, &set, version, &mut changes)?;
        changes.child_roots.push((name.to_vec(), (after != empty_root::<H>()).then_some(after)));
    }
    let roots: Vec<_> = changes.child_roots.iter().map(|(name, root)| (child_root_key(name), *root)).collect();
    let mut main: DeltaSet<'_> =
        delta.main.iter().filter(|(key, _)| !key.starts_with(CHILD_STORAGE_PREFIX)).copied().collect();
    main.extend(roots.iter().map(|(key, root)| (key.as_slice(), root.as_ref().map(Hash::as_bytes))));
    let main = effective(None, &main, before)?;
    changes.root = walk::<H>(source, None, root, &main, version, &mut changes)?;
    Ok(changes)
}

/// The changes without removals of keys that are not there. `trie-db` must not see those: asked to remove a key that ends
/// where a branch begins, it removes the branch's value, though that belongs to a longer key.
fn effective<'a>(child: Option<&[u8]>, set: &DeltaSet<'a>, before: &Reader<'_>) -> Result<DeltaSet<'a>, StateError> {
    let mut effective = DeltaSet::with_capacity(set.len());
    for (key, value) in set {
        if value.is_some() || before(child, key)?.is_some() {
            effective.push((key, *value));
        }
    }
    Ok(effective)
}

fn walk<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    child: Option<&[u8]>,
    root: Hash,
    set: &DeltaSet<'_>,
    version: StateVersion,
    changes: &mut TrieChanges,
) -> Result<Hash, StateError> {
    match version {
        StateVersion::V0 => walk_layout::<LayoutV0<H>>(source, child, root, set, changes),
        StateVersion::V1 => walk_layout::<LayoutV1<H>>(source, child, root, set, changes),
    }
}

fn walk_layout<L: TrieLayout>(
    source: &dyn NodeSource,
    child: Option<&[u8]>,
    mut root: Hash,
    set: &DeltaSet<'_>,
    changes: &mut TrieChanges,
) -> Result<Hash, StateError>
where
    L::Hash: Hasher<Out = Hash>,
{
    let mut nodes = Nodes::new(TrieId::new(child), source);
    let done = {
        let mut trie = TrieDBMutBuilder::<L>::from_existing(&mut nodes, &mut root).disable_commit_on_drop().build();
        let mut apply = || {
            for (key, value) in set {
                match value {
                    Some(value) => trie.insert(key, value)?,
                    None => trie.remove(key)?,
                };
            }
            Ok(())
        };
        let done: Result<(), Box<ziver_trie::trie_db::TrieError<Hash, _>>> = apply();
        done.map(|()| trie.commit()).map_err(|error| error.to_string())
    };
    done.map_err(|reported| nodes.error(reported))?;
    nodes.drain_into(changes);
    Ok(root)
}

/// The value at `key` of the trie at `root`.
pub(crate) fn get<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    child: Option<&[u8]>,
    root: Hash,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StateError> {
    if root == empty_root::<H>() {
        return Ok(None);
    }
    let nodes = Nodes::new(TrieId::new(child), source);
    let trie = TrieDBBuilder::<LayoutV1<H>>::new(&nodes, &root).build();
    trie.get(key).map_err(|error| nodes.error(error))
}

/// The hash of the value at `key` of the main trie at `root`, without reading the value if it is a node of its own.
pub(crate) fn value_hash<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    root: Hash,
    key: &[u8],
) -> Result<Option<Hash>, StateError> {
    if root == empty_root::<H>() {
        return Ok(None);
    }
    let nodes = Nodes::new(TrieId::new(None), source);
    let trie = TrieDBBuilder::<LayoutV1<H>>::new(&nodes, &root).build();
    trie.get_hash(key).map_err(|error| nodes.error(error))
}

/// The root of the trie that `child` names in the state at `root`; `None` if there is no such child trie.
pub(crate) fn trie_root<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    root: Hash,
    child: Option<&[u8]>,
) -> Result<Option<Hash>, StateError> {
    let Some(name) = child else { return Ok(Some(root)) };
    let bytes = get::<H>(source, None, root, &child_root_key(name))?;
    bytes.map(|bytes| decode_child_root(&bytes)).transpose()
}

/// The Merkle value of the node at `key` of the trie at `root`, or of the closest one below.
pub(crate) fn merkle_value<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    child: Option<&[u8]>,
    root: Hash,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StateError> {
    if root == empty_root::<H>() {
        return Ok(None);
    }
    let nodes = Nodes::new(TrieId::new(child), source);
    let trie = TrieDBBuilder::<LayoutV1<H>>::new(&nodes, &root).build();
    let found = trie.lookup_first_descendant(key).map_err(|error| nodes.error(error))?;
    Ok(found.map(|value| match value {
        MerkleValue::Node(bytes) => bytes,
        MerkleValue::Hash(hash) => hash.as_bytes().to_vec(),
    }))
}

/// The first key of the trie at `root` that is greater than `after`.
pub(crate) fn next_key<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    child: Option<&[u8]>,
    root: Hash,
    after: &[u8],
) -> Result<Option<Vec<u8>>, StateError> {
    if root == empty_root::<H>() {
        return Ok(None);
    }
    let nodes = Nodes::new(TrieId::new(child), source);
    let trie = TrieDBBuilder::<LayoutV1<H>>::new(&nodes, &root).build();
    let found = || {
        // Yields the keys that are `after` or greater.
        let keys = TrieDBKeyIterator::new_prefixed_then_seek(&trie, &[], after)?;
        for key in keys {
            let key = key?;
            if key.as_slice() > after {
                return Ok(Some(key));
            }
        }
        Ok(None)
    };
    let found: Result<_, Box<ziver_trie::trie_db::TrieError<Hash, _>>> = found();
    found.map_err(|error| nodes.error(error))
}

/// The nodes of the main trie, and if asked for of a child trie, that show the values of `keys`.
pub(crate) fn prove<H: Hasher<Out = Hash>>(
    source: &dyn NodeSource,
    root: Hash,
    child: Option<&[u8]>,
    keys: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, StateError> {
    let part = |child: Option<&[u8]>, root: Hash, keys: &[Vec<u8>]| -> Result<BTreeSet<Vec<u8>>, StateError> {
        let nodes = Nodes::new(TrieId::new(child), source);
        ziver_trie::prove::<H>(&nodes, &root, keys).map_err(|reported| nodes.error(reported))
    };
    let Some(name) = child else { return Ok(part(None, root, keys)?.into_iter().collect()) };
    let key = child_root_key(name);
    let child_root = Cell::new(None);
    if let Some(bytes) = get::<H>(source, None, root, &key)? {
        child_root.set(Some(decode_child_root(&bytes)?));
    }
    let mut proof = part(None, root, &[key])?;
    if let Some(child_root) = child_root.get() {
        proof.append(&mut part(child, child_root, keys)?);
    }
    Ok(proof.into_iter().collect())
}
