//! Reading a trie: a key's value, what stands for all below a key, proofs, every key.

use std::{collections::BTreeSet, sync::Arc};

use ziver_primitives::Hash;
use ziver_trie::hash_db::Hasher;

use super::{
    Records, Source, Trie, TrieId, Tries,
    node::{Merkle, Node, Value},
    partial::nibble,
    update::pack,
};
use crate::StateError;

/// Reads a key's value from the flat state.
type FlatValue<'a> = dyn Fn(&[u8]) -> Result<Option<Vec<u8>>, StateError> + 'a;
/// What is done with a key and its value as the node carries it.
type Each<'a> = dyn FnMut(&[u8], &Value) -> Result<(), StateError> + 'a;

/// The encoding of the trie without a key.
const EMPTY_NODE: [u8; 1] = [0];

/// Calls `each` for the nodes on the way to `key`, with what stands for them, until it is reached or known to be absent. The
/// node at the key, if there is one.
fn descend<H: Hasher<Out = Hash>>(
    trie: &Trie,
    source: Source<'_>,
    key: &[u8],
    each: &mut dyn FnMut(&Merkle, &Node),
) -> Result<Option<Arc<Node>>, StateError> {
    let Some(mut node) = trie.load::<H>(source)? else { return Ok(None) };
    each(&Merkle::hashed(trie.root), &node);
    let mut at = 0;
    loop {
        if node.partial.common_with(key, at) < node.partial.len() {
            return Ok(None);
        }
        at += node.partial.len();
        if key.len() * 2 == at {
            return Ok(Some(node));
        }
        let Some(child) = node.children.as_ref().and_then(|children| children.get(nibble(key, at))) else {
            return Ok(None);
        };
        let next = source.load(child, key, at + 1)?;
        each(&child.merkle, &next);
        at += 1;
        node = next;
    }
}

/// The value at `key` as its node carries it.
pub(super) fn value<H: Hasher<Out = Hash>>(
    trie: &Trie,
    source: Source<'_>,
    key: &[u8],
) -> Result<Option<Value>, StateError> {
    let node = descend::<H>(trie, source, key, &mut |_, _| ())?;
    Ok(node.and_then(|node| node.value.clone()))
}

/// Adds the nodes that reading `key` visits. `value` reads the flat state.
fn prove_key<H: Hasher<Out = Hash>>(
    trie: &Trie,
    source: Source<'_>,
    key: &[u8],
    value: &FlatValue<'_>,
    proof: &mut BTreeSet<Vec<u8>>,
) -> Result<(), StateError> {
    let found = descend::<H>(trie, source, key, &mut |merkle, node| {
        if merkle.hash().is_some() {
            let mut encoding = Vec::new();
            node.encode_node(&mut encoding);
            proof.insert(encoding);
        }
    })?;
    if let Some(Value::Hashed(_)) = found.and_then(|node| node.value.clone()) {
        let missing = || StateError::Corrupt(format!("key 0x{} is in the trie alone", hex::encode(key)));
        proof.insert(value(key)?.ok_or_else(missing)?);
    }
    Ok(())
}

/// Reads the values of the state that the tries are of.
pub(crate) type Values<'a> = dyn Fn(Option<&[u8]>, &[u8]) -> Result<Option<Vec<u8>>, StateError> + 'a;

impl Tries {
    /// The nodes of the main trie, and if asked for of a child trie, that show the values of `keys`.
    pub(crate) fn prove<H: Hasher<Out = Hash>>(
        &self,
        records: &dyn Records,
        child: Option<&[u8]>,
        keys: &[Vec<u8>],
        values: &Values<'_>,
    ) -> Result<Vec<Vec<u8>>, StateError> {
        let mut proof = BTreeSet::new();
        let mut part = |child: Option<&[u8]>, trie: &Trie, keys: &[Vec<u8>]| {
            let id = TrieId::new(child);
            let source = Source { id: &id, records };
            if trie.load::<H>(source)?.is_none() {
                proof.insert(EMPTY_NODE.to_vec());
            }
            keys.iter().try_for_each(|key| prove_key::<H>(trie, source, key, &|key| values(child, key), &mut proof))
        };
        match child {
            None => part(None, &self.main, keys)?,
            Some(name) => {
                part(None, &self.main, &[ziver_trie::child_root_key(name)])?;
                if let Some(trie) = self.child::<H>(records, name)? {
                    part(child, &trie, keys)?;
                }
            }
        }
        Ok(proof.into_iter().collect())
    }

    /// What stands for the node at `key`, or for the closest one below: its hash. For a node small enough to lie inside its
    /// parent it is the encoding of the node with a hash that holds it.
    pub(crate) fn merkle_value<H: Hasher<Out = Hash>>(
        &self,
        records: &dyn Records,
        child: Option<&[u8]>,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StateError> {
        let trie = match child {
            None => self.main.clone(),
            Some(name) => match self.child::<H>(records, name)? {
                Some(trie) => trie,
                None => return Ok(None),
            },
        };
        let id = TrieId::new(child);
        let source = Source { id: &id, records };
        let Some(mut node) = trie.load::<H>(source)? else { return Ok(None) };
        let (mut merkle, mut holder, mut at) = (Merkle::hashed(trie.root), node.clone(), 0);
        loop {
            let (common, left) = (node.partial.common_with(key, at), key.len() * 2 - at);
            if common == left {
                break;
            }
            if common < node.partial.len() {
                return Ok(None);
            }
            at += common;
            let child = node.children.as_ref().and_then(|children| children.get(nibble(key, at)));
            let Some(child) = child else { return Ok(None) };
            let next = source.load(child, key, at + 1)?;
            merkle = child.merkle;
            if merkle.hash().is_some() {
                holder = next.clone();
            }
            at += 1;
            node = next;
        }
        Ok(Some(match merkle.hash() {
            Some(hash) => hash.as_bytes().to_vec(),
            None => {
                let mut encoding = Vec::new();
                holder.encode_node(&mut encoding);
                encoding
            }
        }))
    }

    /// Calls `each` for every key of a trie, in ascending order, with the value as its node carries it. Every node is held
    /// against what stands for it, what has a record as the record says; nodes read on the way don't stay in memory.
    pub(crate) fn for_each<H: Hasher<Out = Hash>>(
        &self,
        records: &dyn Records,
        child: Option<&[u8]>,
        each: &mut Each<'_>,
    ) -> Result<(), StateError> {
        let trie = match child {
            None => Some(self.main.clone()),
            Some(name) => self.child::<H>(records, name)?,
        };
        let id = TrieId::new(child);
        let source = Source { id: &id, records };
        let Some(trie) = trie.filter(|trie| trie.root != ziver_trie::empty_root::<H>()) else { return Ok(()) };
        let node = match trie.node.get().filter(|node| !node.is_saved()) {
            Some(node) => node,
            None => source.read(&Merkle::hashed(trie.root), &[], 0)?,
        };
        let mut encoding = Vec::new();
        node.encode_node(&mut encoding);
        if H::hash(&encoding) != trie.root {
            return Err(another_hash(&id, &[], 0));
        }
        visit::<H>(&node, source, &mut Vec::new(), each)
    }
}

fn another_hash(id: &TrieId, path: &[u8], depth: usize) -> StateError {
    let key = hex::encode(id.record_key(path, depth));
    StateError::Corrupt(format!("the trie node of the record 0x{key} has another hash"))
}

fn visit<H: Hasher<Out = Hash>>(
    node: &Node,
    source: Source<'_>,
    position: &mut Vec<u8>,
    each: &mut Each<'_>,
) -> Result<(), StateError> {
    let len = position.len();
    position.extend(node.partial.iter());
    if let Some(value) = &node.value {
        if position.len() % 2 == 1 {
            return Err(StateError::Corrupt("a key of the trie ends within a byte".into()));
        }
        each(&pack(position), value)?;
    }
    for (index, child) in node.children.iter().flat_map(|children| children.iter()) {
        position.push(index);
        let path = pack(position);
        let below = match child.slot.get().filter(|below| below.children.is_none() || !below.is_saved()) {
            Some(below) => below,
            None => source.read(&child.merkle, &path, position.len())?,
        };
        let mut encoding = Vec::new();
        below.encode_node(&mut encoding);
        if Merkle::of::<H>(&encoding) != child.merkle {
            return Err(another_hash(source.id, &path, position.len()));
        }
        visit::<H>(&below, source, position, each)?;
        position.pop();
    }
    position.truncate(len);
    Ok(())
}
