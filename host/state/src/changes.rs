//! What a block changes: in the state, and in the trie.

use std::{collections::BTreeMap, sync::Arc};

use codec::{Decode, Encode};
use ziver_primitives::Hash;
use ziver_trie::StateVersion;

use crate::trie::{After, Tries};

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
    fn sets(&self) -> impl Iterator<Item = &ChangeSet> {
        std::iter::once(&self.main).chain(self.child.values())
    }

    /// How many keys change.
    pub(crate) fn keys(&self) -> usize {
        self.sets().map(ChangeSet::len).sum()
    }

    /// Bytes of all changed keys and their new values.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| key.len() + value.as_ref().map_or(0, Vec::len);
        self.sets().flatten().map(bytes).sum()
    }

    /// The same, borrowed.
    pub fn delta(&self) -> Delta<'_> {
        Delta {
            main: borrowed(&self.main),
            child: self.child.iter().map(|(name, set)| (name.as_slice(), borrowed(set))).collect(),
        }
    }

    /// The changes of one trie, to add to.
    pub(crate) fn set_mut(&mut self, child: Option<&[u8]>) -> &mut ChangeSet {
        match child {
            None => &mut self.main,
            Some(name) => self.child.entry(name.to_vec()).or_default(),
        }
    }
}

/// Changes of one trie, which are in the order of the keys, borrowed.
pub(crate) fn borrowed<'a>(set: impl IntoIterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>) -> DeltaSet<'a> {
    set.into_iter().map(|(key, value)| (key.as_slice(), value.as_deref())).collect()
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

/// The tries after [`Changes`]. It goes with the block that made them into the state database.
#[derive(Clone, Default)]
pub struct TrieChanges {
    /// The root of the main trie afterwards.
    pub root: Hash,
    /// Roots of the changed child tries by name; `None` for one that has no key left.
    pub child_roots: Vec<(Vec<u8>, Option<Hash>)>,
    /// How values were put into the tries.
    pub(crate) version: StateVersion,
    /// The tries themselves; none where nothing was computed.
    pub(crate) tries: Option<Arc<Tries>>,
    /// Keys of records whose nodes are gone.
    pub(crate) removed: Vec<Vec<u8>>,
}

impl TrieChanges {
    pub(crate) fn new(after: After, version: StateVersion) -> Self {
        let After { tries, child_roots, removed } = after;
        Self { root: tries.root(), child_roots, version, tries: Some(Arc::new(tries)), removed }
    }
}

/// Equal roots stand for equal tries.
impl PartialEq for TrieChanges {
    fn eq(&self, other: &Self) -> bool {
        (self.root, &self.child_roots) == (other.root, &other.child_roots)
    }
}

impl Eq for TrieChanges {}

impl std::fmt::Debug for TrieChanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { root, child_roots, .. } = self;
        f.debug_struct("TrieChanges").field("root", root).field("child_roots", child_roots).finish_non_exhaustive()
    }
}
