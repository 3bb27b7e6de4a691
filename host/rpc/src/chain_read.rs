//! What the RPC methods ask of the chain: reads of one consistent snapshot, never of the engine.
//!
//! [`ChainRead`] is implemented for the node's chain (`host/node/src/chain_view.rs`) and by a small made-up chain in
//! this crate's tests. All functions may block on the disk or run the runtime, so methods call them through
//! [`Context::read`](crate::Context::read) and [`Context::call`](crate::Context::call) only.

use std::any::Any;

use ziver_metadata::Metadata;
use ziver_primitives::{Block, BlockNumber, Hash, Header, RuntimeVersion, bloom::Bloom};

/// Why a read of the chain has no answer. Converted to a JSON-RPC error in [`crate::error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No such block is known.
    #[error("UnknownBlock: Header was not found in the database: {0:?}")]
    UnknownBlock(Hash),
    /// The block is known, its state was pruned.
    #[error("UnknownBlock: State already discarded for {0:?}")]
    Pruned(Hash),
    /// The runtime has no such entry point. Clients compare this text.
    #[error("Execution failed: Other: Exported method {0} is not found")]
    MethodNotFound(String),
    /// The runtime trapped, ran out of time or memory.
    #[error("Execution failed: {0}")]
    Execution(String),
    /// The database failed or held nonsense.
    #[error("Backend error: {0}")]
    Backend(String),
}

impl ReadError {
    /// Whether the block or its state is there no longer: the chain has moved on.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::UnknownBlock(_) | Self::Pruned(_))
    }
}

/// The hash and height of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRef {
    /// Blake2-256 of the header.
    pub hash: Hash,
    /// Height.
    pub number: BlockNumber,
}

/// The heads and the blocks between them, as they were at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The head of the best chain.
    pub best: BlockRef,
    /// The last final block.
    pub finalized: BlockRef,
    /// All blocks above the final one, on every branch, parents first.
    pub non_final: Vec<BlockRef>,
}

/// Keeps old states readable until it is dropped; see [`ChainRead::hold_states`].
pub type StateHold = Box<dyn Any + Send + Sync>;

/// Where an extrinsic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionPlace {
    /// The block.
    pub block: BlockRef,
    /// The position among its extrinsics.
    pub index: u32,
}

/// What an extrinsic would do in the next block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRun {
    /// SCALE of the runtime's `ApplyExtrinsicResult`.
    pub answer: Vec<u8>,
    /// The index that it has in the block.
    pub index: u32,
    /// SCALE of the list of events up to here.
    pub events: Vec<u8>,
}

/// Sizes of a block and of a proof of what its execution reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockStats {
    /// Bytes of the proof.
    pub witness_bytes: usize,
    /// Bytes of the proof without the hashes that follow from it.
    pub witness_compact_bytes: usize,
    /// Bytes of the block.
    pub block_bytes: usize,
    /// Extrinsics in it.
    pub extrinsics_count: usize,
}

/// A snapshot-reading view of the chain.
pub trait ChainRead: Send + Sync + 'static {
    /// The first block.
    fn genesis(&self) -> Hash;
    /// The head of the best chain.
    fn best(&self) -> BlockRef;
    /// The last final block.
    fn finalized(&self) -> BlockRef;
    /// Both heads and all blocks above the final one.
    fn snapshot(&self) -> Snapshot;
    /// Keeps the states of the final blocks from this height on, where they are there still, from being pruned. An
    /// implementation may bound how far back it honours that.
    fn hold_states(&self, from: BlockNumber) -> StateHold;
    /// The block of the best chain at a height.
    fn hash_at(&self, number: BlockNumber) -> Result<Option<Hash>, ReadError>;
    /// The header of a block on any branch.
    fn header(&self, block: Hash) -> Result<Option<Header>, ReadError>;
    /// A block on any branch.
    fn block(&self, block: Hash) -> Result<Option<Block>, ReadError>;
    /// A value in the state after `block`; `child` is a child trie's key without its prefix.
    fn storage(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError>;
    /// The next keys strictly after `after` (or from `prefix` itself) that begin with `prefix`, at most `limit`.
    fn keys(
        &self,
        block: Hash,
        child: Option<&[u8]>,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, ReadError>;
    /// The trie nodes that prove the values (or absence) of `keys`.
    fn prove(&self, block: Hash, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ReadError>;
    /// The Merkle value of the trie's node at `key`, or of the closest one below; `None` if there is nothing.
    fn merkle_value(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError>;
    /// Runs an entry point of the runtime on the state after `block` and throws the changes away.
    fn call(&self, block: Hash, method: &str, input: &[u8]) -> Result<Vec<u8>, ReadError>;
    /// The version of the runtime in the state after `block`.
    fn runtime_version(&self, block: Hash) -> Result<RuntimeVersion, ReadError>;
    /// The block of the best chain that holds an extrinsic, by the extrinsic's hash.
    fn transaction(&self, extrinsic: Hash) -> Result<Option<TransactionPlace>, ReadError>;
    /// SCALE of the list of events of a block; also of one whose state is pruned.
    fn events(&self, block: Hash) -> Result<Option<Vec<u8>>, ReadError>;
    /// The Bloom filter of the contracts and topics of a block's logs; `None` where it has no logs of contracts.
    fn logs_bloom(&self, block: Hash) -> Result<Option<Bloom>, ReadError>;
    /// What the runtime in the state after `block` says of itself, also where that state is pruned. It reads the blocks
    /// on top of `block`.
    fn metadata(&self, block: Hash) -> Result<Metadata, ReadError>;
    /// What an extrinsic (with the length before it) would do as the first transaction of the next block on `block`.
    fn dry_run(&self, block: Hash, extrinsic: &[u8]) -> Result<DryRun, ReadError>;
    /// Executes a block again on its parent's state to see what it reads; none for unknown blocks and the first one.
    fn block_stats(&self, block: Hash) -> Result<Option<BlockStats>, ReadError>;
    /// The root of a block's extrinsics, as its header should have it.
    fn extrinsics_root(&self, block: &Block) -> Result<Hash, ReadError>;
}
