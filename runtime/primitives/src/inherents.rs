//! Data that the author of a block hands to the runtime, which makes inherent extrinsics of it.
//!
//! Encoding as in Substrate: a map from an 8-byte identifier to SCALE bytes, ordered by identifier.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Names one piece of inherent data.
pub type InherentIdentifier = [u8; 8];

/// Milliseconds since the Unix epoch, a `u64`.
pub const TIMESTAMP: InherentIdentifier = *b"timstap0";

/// What the author knows and the runtime can't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct InherentData {
    /// SCALE bytes by identifier.
    pub data: BTreeMap<InherentIdentifier, Vec<u8>>,
}

impl InherentData {
    /// With the time alone.
    pub fn with_timestamp(now_ms: u64) -> Self {
        let mut data = Self::default();
        data.put(TIMESTAMP, &now_ms);
        data
    }

    /// Adds or replaces the value of `identifier`.
    pub fn put<T: Encode>(&mut self, identifier: InherentIdentifier, value: &T) {
        self.data.insert(identifier, value.encode());
    }

    /// The value of `identifier`; `None` where it is absent or does not decode.
    pub fn find<T: Decode>(&self, identifier: InherentIdentifier) -> Option<T> {
        self.data.get(&identifier).and_then(|bytes| T::decode(&mut bytes.as_slice()).ok())
    }
}

/// The runtime's answer to `BlockBuilder_check_inherents`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CheckInherentsResult {
    /// Whether all inherents are good.
    pub okay: bool,
    /// Whether one is so wrong that the block must be refused.
    pub fatal_error: bool,
    /// SCALE-encoded errors by identifier.
    pub errors: InherentData,
}

impl Default for CheckInherentsResult {
    fn default() -> Self {
        Self { okay: true, fatal_error: false, errors: InherentData::default() }
    }
}
