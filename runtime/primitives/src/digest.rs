//! The digest of a header: items that consensus and the runtime leave for others to read.
//!
//! Encoding: Polkadot specification, "Header digest"; the discriminants 0, 4, 5, 6 and 8 are part of it.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::ConsensusEngineId;

/// One item of a [`Digest`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_primitives", "sp_runtime"), replace_segment("digest", "generic"))]
pub enum DigestItem {
    /// Written by the author before execution, read by the runtime while it executes.
    #[codec(index = 6)]
    PreRuntime(ConsensusEngineId, Vec<u8>),
    /// From the runtime to the consensus engine.
    #[codec(index = 4)]
    Consensus(ConsensusEngineId, Vec<u8>),
    /// The author's seal; the last item, added after execution.
    #[codec(index = 5)]
    Seal(ConsensusEngineId, Vec<u8>),
    /// Anything else.
    #[codec(index = 0)]
    Other(Vec<u8>),
    /// The block changed the runtime's code: its children are executed by the new one.
    #[codec(index = 8)]
    RuntimeEnvironmentUpdated,
}

/// The items of a header's digest, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_primitives", "sp_runtime"), replace_segment("digest", "generic"))]
pub struct Digest {
    /// The items.
    pub logs: Vec<DigestItem>,
}

impl Digest {
    /// The payload of the first pre-runtime item of `engine`.
    pub fn pre_runtime(&self, engine: ConsensusEngineId) -> Option<&[u8]> {
        self.logs.iter().find_map(|item| match item {
            DigestItem::PreRuntime(id, data) if *id == engine => Some(data.as_slice()),
            _ => None,
        })
    }

    /// Whether the block replaced the runtime's code.
    pub fn runtime_updated(&self) -> bool {
        self.logs.contains(&DigestItem::RuntimeEnvironmentUpdated)
    }
}
