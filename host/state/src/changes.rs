//! What a block changes: in the state, and in the trie.

use std::collections::BTreeMap;

use codec::{Decode, Encode};
use ziver_primitives::Hash;

/// Changed keys of one trie; `None` for a removed one.
pub type ChangeSet = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Changed keys of the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Changes {
    /// Of the main trie. Keys that hold roots of child tries are ignored: those follow from `child`.
    pub main: ChangeSet,
    /// Of the child tries, by name (without `:child_storage:default:`).
    pub child: BTreeMap<Vec<u8>, ChangeSet>,
}

impl Changes {
    /// The same, borrowed.
    pub fn delta(&self) -> Delta<'_> {
        fn refs(set: &ChangeSet) -> Vec<(&[u8], Option<&[u8]>)> {
            set.iter().map(|(key, value)| (key.as_slice(), value.as_deref())).collect()
        }
        Delta {
            main: refs(&self.main),
            child: self.child.iter().map(|(name, set)| (name.as_slice(), refs(set))).collect(),
        }
    }

    /// The changes of one trie.
    pub(crate) fn set(&self, child: Option<&[u8]>) -> Option<&ChangeSet> {
        match child {
            None => Some(&self.main),
            Some(name) => self.child.get(name),
        }
    }
}

/// Changed keys of one trie in ascending order, borrowed.
pub type DeltaSet<'a> = Vec<(&'a [u8], Option<&'a [u8]>)>;

/// [`Changes`], borrowed: what a root is computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta<'a> {
    /// Of the main trie.
    pub main: DeltaSet<'a>,
    /// Of the child tries, by name.
    pub child: Vec<(&'a [u8], DeltaSet<'a>)>,
}

/// What [`Changes`] do to the trie's nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct TrieChanges {
    /// The root of the main trie afterwards.
    pub root: Hash,
    /// Roots of the changed child tries by name; `None` for one that has no key left.
    pub child_roots: Vec<(Vec<u8>, Option<Hash>)>,
    /// Nodes that are new, by node key.
    pub inserted: Vec<(Vec<u8>, Vec<u8>)>,
    /// Node keys that the new state does not need.
    pub deleted: Vec<Vec<u8>>,
}
