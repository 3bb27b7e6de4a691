//! Block headers and their hash.

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{BlockNumber, Digest, Hash, hashing::blake2_256};

/// What a block commits to. SCALE: parent, compact number, state root, extrinsics root, digest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_primitives", "sp_runtime"), replace_segment("header", "generic"))]
pub struct Header {
    /// Hash of the parent's header; zero for genesis.
    pub parent_hash: Hash,
    /// Height.
    #[codec(compact)]
    pub number: BlockNumber,
    /// Root of the state trie after the block (keccak-256).
    pub state_root: Hash,
    /// Root of the trie of the block's extrinsics, keyed by compact index (keccak-256).
    pub extrinsics_root: Hash,
    /// Items from consensus and runtime.
    pub digest: Digest,
}

impl Header {
    /// Blake2-256 of the encoding: what every client of the ecosystem computes.
    pub fn hash(&self) -> Hash {
        Hash::from(blake2_256(&self.encode()))
    }
}

#[cfg(test)]
mod tests;
