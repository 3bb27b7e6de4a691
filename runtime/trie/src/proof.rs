//! Read proofs: the nodes on the way to some keys, from which anyone with the root reads the same values.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::fmt;

use codec::DecodeAll;
use hash_db::{HashDBRef, Hasher, Prefix};
use trie_db::{DBValue, NodeCodec as _, Recorder, Trie, TrieDBBuilder, TrieError};
use ziver_primitives::H256;

use crate::{CodecError, LayoutV1, NodeCodec, child_root_key, empty_root};

#[cfg(test)]
mod tests;

/// A proof can't be made or does not prove what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// A node on the way is missing.
    Incomplete,
    /// A node on the way is malformed.
    Malformed(CodecError),
    /// The trie is of a shape that no insertion makes, or a child root is no hash.
    Shape,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str("a trie node is missing"),
            Self::Malformed(error) => write!(f, "a trie node is malformed: {error}"),
            Self::Shape => f.write_str("the trie has an impossible shape"),
        }
    }
}

impl core::error::Error for ProofError {}

impl<T> From<alloc::boxed::Box<TrieError<T, CodecError>>> for ProofError {
    fn from(error: alloc::boxed::Box<TrieError<T, CodecError>>) -> Self {
        match *error {
            TrieError::InvalidStateRoot(_) | TrieError::IncompleteDatabase(_) => Self::Incomplete,
            TrieError::DecoderError(_, error) => Self::Malformed(error),
            TrieError::ValueAtIncompleteKey(..) | TrieError::InvalidHash(..) => Self::Shape,
        }
    }
}

/// The nodes of the trie at `root` that reading `keys` visits, each once.
pub fn prove<H: Hasher>(
    db: &dyn HashDBRef<H, DBValue>,
    root: &H::Out,
    keys: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<BTreeSet<Vec<u8>>, ProofError> {
    if *root == empty_root::<H>() {
        return Ok(BTreeSet::from([NodeCodec::<H>::empty_node().to_vec()]));
    }
    let mut recorder = Recorder::<LayoutV1<H>>::new();
    {
        let trie = TrieDBBuilder::<LayoutV1<H>>::new(db, root).with_recorder(&mut recorder).build();
        for key in keys {
            trie.get(key.as_ref())?;
        }
    }
    Ok(recorder.drain().into_iter().map(|record| record.data).collect())
}

/// Reads from the nodes of a proof. Nothing is trusted but the root.
pub struct ProofReader<H: Hasher> {
    root: H::Out,
    nodes: Nodes<H>,
}

struct Nodes<H: Hasher>(BTreeMap<H::Out, Vec<u8>>);

impl<H: Hasher> HashDBRef<H, DBValue> for Nodes<H> {
    fn get(&self, key: &H::Out, _: Prefix<'_>) -> Option<DBValue> {
        self.0.get(key).cloned()
    }

    fn contains(&self, key: &H::Out, _: Prefix<'_>) -> bool {
        self.0.contains_key(key)
    }
}

impl<H: Hasher<Out = H256>> ProofReader<H> {
    /// A reader of the state with this root.
    pub fn new(root: H256, nodes: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { root, nodes: Nodes(nodes.into_iter().map(|node| (H::hash(&node), node)).collect()) }
    }

    /// The value at `key`; `None` when the proof shows that there is none.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ProofError> {
        self.get_at(&self.root, key)
    }

    /// The value at `key` of the child trie `name`.
    pub fn child_get(&self, name: &[u8], key: &[u8]) -> Result<Option<Vec<u8>>, ProofError> {
        let Some(root) = self.get(&child_root_key(name))? else { return Ok(None) };
        let root = <[u8; 32]>::decode_all(&mut root.as_slice()).map_err(|_| ProofError::Shape)?;
        self.get_at(&H256(root), key)
    }

    fn get_at(&self, root: &H256, key: &[u8]) -> Result<Option<Vec<u8>>, ProofError> {
        if *root == empty_root::<H>() {
            return Ok(None);
        }
        Ok(TrieDBBuilder::<LayoutV1<H>>::new(&self.nodes, root).build().get(key)?)
    }
}
