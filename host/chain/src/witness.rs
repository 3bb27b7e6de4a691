//! What the execution of a block reads of the state before it, and how large a proof of that is: the witness with which the
//! block could be checked by somebody who has no state.
//!
//! Reads of this node do not go through the trie, so nothing can be recorded on the way. [`Noted`] notes the keys instead,
//! written ones among them, and the proof is made for these afterwards. A neighbour that is merged with its branch when a key
//! is removed is not in it, so the figures may be short of a few nodes; the runtime's code is not in it either, as
//! everybody who checks blocks has that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use codec::Encode;
use parking_lot::Mutex;
use ziver_primitives::{Block, Hash};
use ziver_state::{Delta, KeccakHasher, Overlay, RuntimeCode, StateError, StateVersion, TrieChanges, View};
use ziver_trie::{
    LayoutV1, child_root_key,
    hash_db::{HashDBRef, Hasher, Prefix},
    trie_db::{DBValue, TrieDBBuilder, encode_compact},
};

use crate::import;
use crate::limits::READER_CALL_MS_MAX;
use crate::reader::{ChainReader, ReadError};

/// Sizes of a block and of what its execution reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockStats {
    /// Bytes of the proof: SCALE of the list of trie nodes.
    pub witness_bytes: usize,
    /// Bytes of the proof without the hashes that follow from it.
    pub witness_compact_bytes: usize,
    /// Bytes of the block.
    pub block_bytes: usize,
    /// Extrinsics in it, inherents among them.
    pub extrinsics_count: usize,
}

impl ChainReader {
    /// Executes a block again on its parent's state. `None` if it is unknown or the first one.
    pub fn block_stats(&self, hash: &Hash) -> Result<Option<BlockStats>, ReadError> {
        let (Some(header), Some(extrinsics)) = (self.header(hash)?, self.body(hash)?) else { return Ok(None) };
        let block = Block { header, extrinsics };
        if block.header.number == 0 {
            return Ok(None);
        }
        let parent = block.header.parent_hash;
        let view = self.view_at(&parent)?.ok_or(ReadError::StatePruned(parent))?;
        let code = view.runtime_code().map_err(ReadError::State)?.ok_or(ReadError::NoCode(parent))?;
        let noted = Arc::new(Noted { view: Arc::clone(&view), keys: Mutex::default() });
        let bytes = block.encode();
        {
            let _turn = self.shared.gate.enter();
            let executor = &self.shared.executor;
            let version = executor.runtime_version(&code)?;
            let mut overlay = Overlay::new(noted.clone());
            executor.call_within(READER_CALL_MS_MAX, &code, "Core_execute_block", &bytes, &mut overlay)?;
            overlay.finish(import::state_version(&version)).map_err(ReadError::State)?;
        }
        let keys = std::mem::take(&mut *noted.keys.lock());
        let nodes = nodes(&*view, &keys).map_err(ReadError::State)?;
        let compact = compact(&*view, &keys, &nodes).map_err(ReadError::State)?;
        Ok(Some(BlockStats {
            witness_bytes: nodes.encoded_size(),
            witness_compact_bytes: compact.encoded_size(),
            block_bytes: bytes.len(),
            extrinsics_count: block.extrinsics.len(),
        }))
    }
}

/// Keys of the main trie (no name) and of child tries.
type Keys = BTreeMap<Option<Vec<u8>>, BTreeSet<Vec<u8>>>;

/// A view that notes which keys are asked for.
struct Noted {
    view: Arc<dyn View>,
    keys: Mutex<Keys>,
}

impl Noted {
    fn note(&self, child: Option<&[u8]>, key: &[u8]) {
        self.keys.lock().entry(child.map(<[u8]>::to_vec)).or_default().insert(key.to_vec());
    }
}

impl View for Noted {
    fn root(&self) -> Hash {
        self.view.root()
    }

    fn empty_root(&self) -> Hash {
        self.view.empty_root()
    }

    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.note(child, key);
        self.view.get(child, key)
    }

    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let next = self.view.next_key(child, after)?;
        self.note(child, after);
        if let Some(next) = &next {
            self.note(child, next);
        }
        Ok(next)
    }

    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError> {
        delta.main.iter().for_each(|(key, _)| self.note(None, key));
        for (name, set) in &delta.child {
            set.iter().for_each(|(key, _)| self.note(Some(name), key));
        }
        self.view.root_after(delta, version)
    }

    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        self.view.runtime_code()
    }

    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        self.view.prove(child, keys)
    }

    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.view.merkle_value(child, key)
    }
}

/// The trie nodes from which these keys can be read, each once.
fn nodes(view: &dyn View, keys: &Keys) -> Result<BTreeSet<Vec<u8>>, StateError> {
    let mut nodes = BTreeSet::new();
    for (child, keys) in keys {
        let keys: Vec<_> = keys.iter().cloned().collect();
        nodes.extend(view.prove(child.as_deref(), &keys)?);
    }
    Ok(nodes)
}

/// The nodes without the hashes of those that are among them, trie by trie.
fn compact(view: &dyn View, keys: &Keys, nodes: &BTreeSet<Vec<u8>>) -> Result<Vec<Vec<u8>>, StateError> {
    let known = Known(nodes.iter().map(|node| (KeccakHasher::hash(node), node.as_slice())).collect());
    let mut roots = vec![view.root()];
    for name in keys.keys().flatten() {
        let root = view.get(None, &child_root_key(name))?.and_then(|root| <[u8; 32]>::try_from(root).ok());
        roots.extend(root.map(Hash::from));
    }
    let mut compact = Vec::new();
    for root in roots.iter().filter(|root| known.0.contains_key(*root)) {
        let trie = TrieDBBuilder::<LayoutV1<KeccakHasher>>::new(&known, root).build();
        compact.extend(encode_compact(&trie).map_err(|error| StateError::Corrupt(format!("a proof: {error}")))?);
    }
    Ok(compact)
}

/// Nodes by their hashes.
struct Known<'a>(BTreeMap<Hash, &'a [u8]>);

impl HashDBRef<KeccakHasher, DBValue> for Known<'_> {
    fn get(&self, key: &Hash, _: Prefix<'_>) -> Option<DBValue> {
        self.0.get(key).map(|node| node.to_vec())
    }

    fn contains(&self, key: &Hash, _: Prefix<'_>) -> bool {
        self.0.contains_key(key)
    }
}
