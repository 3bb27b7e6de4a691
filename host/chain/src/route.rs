//! Names of blocks and ways between them.

use codec::{Decode, Encode};
use ziver_primitives::{BlockNumber, Hash};

/// A block by hash and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct BlockId {
    /// Height above genesis.
    pub number: BlockNumber,
    /// blake2-256 of the SCALE header.
    pub hash: Hash,
}

/// The way from one best block to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRoute {
    /// Highest block that both chains have.
    pub common: BlockId,
    /// Blocks that leave the best chain, highest (the old best) first. Empty when the chain only grew.
    pub retracted: Vec<BlockId>,
    /// Blocks that join it, lowest first; the last is the new best.
    pub enacted: Vec<BlockId>,
}

impl TreeRoute {
    /// Whether blocks left the best chain.
    pub fn is_reorg(&self) -> bool {
        !self.retracted.is_empty()
    }
}
