//! Roots of whole maps and lists.

use alloc::{collections::BTreeMap, vec::Vec};

use codec::{Compact, Encode};
use hash_db::Hasher;
use trie_db::{NodeCodec as _, TrieConfiguration};

use crate::{LayoutV0, LayoutV1, NodeCodec, StateVersion};

#[cfg(test)]
mod tests;

/// The root of the trie without a key.
pub fn empty_root<H: Hasher>() -> H::Out {
    NodeCodec::<H>::hashed_null_node()
}

/// The root of the trie with these pairs, given in any order; of two with the same key the later one counts.
pub fn root<H: Hasher>(
    pairs: impl IntoIterator<Item = (impl AsRef<[u8]> + Ord, impl AsRef<[u8]>)>,
    version: StateVersion,
) -> H::Out {
    let pairs: BTreeMap<_, _> = pairs.into_iter().collect();
    if pairs.is_empty() {
        return empty_root::<H>();
    }
    match version {
        StateVersion::V0 => LayoutV0::<H>::trie_root(pairs),
        StateVersion::V1 => LayoutV1::<H>::trie_root(pairs),
    }
}

/// The root of a list: of the trie whose keys are the SCALE compact indices.
pub fn ordered_root<H: Hasher>(values: impl IntoIterator<Item = impl AsRef<[u8]>>, version: StateVersion) -> H::Out {
    let pairs: Vec<_> = (0u32..).zip(values).map(|(index, value)| (Compact(index).encode(), value)).collect();
    root::<H>(pairs, version)
}
