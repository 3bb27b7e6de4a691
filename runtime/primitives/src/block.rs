//! Blocks as the host sees them: a header and extrinsics that only the runtime can read.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Hash, Header, hashing::blake2_256};

/// An extrinsic's bytes without the length prefix; the SCALE encoding of this type carries the prefix, so it equals
/// the encoding of the extrinsic itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct OpaqueExtrinsic(pub Vec<u8>);

impl OpaqueExtrinsic {
    /// Blake2-256 of the encoding with its length prefix: the transaction hash that clients compute.
    pub fn hash(&self) -> Hash {
        Hash::from(blake2_256(&self.encode()))
    }
}

/// A header and the extrinsics that it commits to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The extrinsics in the order of their execution.
    pub extrinsics: Vec<OpaqueExtrinsic>,
}
