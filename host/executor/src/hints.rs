//! What a caller knows beforehand of what a call will ask the host for.
//!
//! Invariant: hints change how long a call takes, never what it gives. Each carries the whole question beside the answer,
//! and it is the host's own answer to it.

use codec::{Compact, Encode};
use ziver_primitives::Hash;
use ziver_trie::{KeccakHasher, StateVersion, ordered_root};

use crate::recover::Ahead;

/// For [`crate::Executor::call_with`].
#[derive(Debug, Default)]
pub struct Hints {
    /// Signatures, recovered on other threads.
    pub ahead: Option<Ahead>,
    /// A list whose root is known: the extrinsics of a block, which the runtime compares with the header's, too.
    pub list: Option<ListRoot>,
}

/// A list and its root, as `ext_trie_keccak_256_ordered_root` answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRoot {
    /// SCALE of the list of its items' encodings.
    list: Vec<u8>,
    version: StateVersion,
    root: Hash,
}

impl ListRoot {
    /// Of a list whose values are the encodings of these items.
    pub fn of<T: Encode>(items: &[T], version: StateVersion) -> Self {
        let bytes = items.iter().map(|item| item.size_hint().saturating_add(5)).sum::<usize>();
        let mut list = Vec::with_capacity(bytes.saturating_add(5));
        Compact(items.len() as u32).encode_to(&mut list);
        let mut ranges = Vec::with_capacity(items.len());
        for item in items {
            Compact(item.encoded_size() as u32).encode_to(&mut list);
            let start = list.len();
            item.encode_to(&mut list);
            ranges.push(start..list.len());
        }
        let root = ordered_root::<KeccakHasher>(ranges.into_iter().map(|range| &list[range]), version);
        Self { list, version, root }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The root of this list, SCALE-encoded, if it is the one that is known.
    pub(crate) fn answer(&self, list: &[u8], version: StateVersion) -> Option<Hash> {
        (version == self.version && list == self.list).then_some(self.root)
    }
}

#[cfg(test)]
mod tests;
