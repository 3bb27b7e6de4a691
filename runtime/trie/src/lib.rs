//! The Merkle-Patricia trie of Substrate chains: how nodes are encoded, roots computed, proofs made and checked.
//!
//! The trie is a radix-16 tree without extension nodes. A node's bytes are: a header that tells its kind and the length
//! of its partial key, the partial key, for a branch a bitmap of its children, the value, the children. A node of 32
//! bytes or more is referred to by its hash, a shorter one stands in its parent. In state version 1 a value longer than
//! 32 bytes is a node of its own and stands in its leaf or branch as a hash. (Polkadot specification, "State Trie".)
//!
//! # Usage
//! [`root`] and [`ordered_root`] compute roots of whole maps and lists; a host that keeps a trie on disk uses
//! `trie_db::TrieDBMut` with [`LayoutV0`] or [`LayoutV1`]; [`prove`] and [`ProofReader`] are the two ends of a read proof.
//!
//! # Out of scope
//! Where nodes are kept (`host/state`).
//!
//! Invariant: with equal hashers, roots, nodes and proofs equal those of Substrate's `sp-trie` byte for byte.
//! Invariant: no bytes given to the decoder panic or allocate more than they are long.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

extern crate alloc;

mod codec;
mod hasher;
mod header;
mod layout;
mod proof;
mod root;

pub use self::{
    codec::{CodecError, NodeCodec, NodeParts},
    hasher::{Blake2Hasher, KeccakHasher},
    layout::{LayoutV0, LayoutV1, StateVersion, UnknownStateVersion},
    proof::{ProofError, ProofReader, prove},
    root::{empty_root, ordered_root, root},
};
pub use hash_db;
pub use trie_db;

use alloc::vec::Vec;

/// Keys of the main trie that begin so hold the roots of child tries; the child's name follows.
pub const CHILD_STORAGE_PREFIX: &[u8] = b":child_storage:default:";

/// The key of the main trie that holds the root of the child trie with this name.
pub fn child_root_key(name: &[u8]) -> Vec<u8> {
    [CHILD_STORAGE_PREFIX, name].concat()
}
