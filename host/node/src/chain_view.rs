//! The chain as the RPC methods see it: [`ziver_rpc::ChainRead`] for the chain's reader.
//!
//! A read that finds the database damaged ends the node, as one of the engine does: who knows what else is wrong.

use std::{num::NonZeroUsize, sync::Arc};

use codec::{Decode, Encode};
use lru::LruCache;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use ziver_chain::{BlockId, BuildError, BuildRequest, ChainReader, Place, ReadError as ChainError};
use ziver_engine::{EngineConfig, inherents};
use ziver_executor::CallError;
use ziver_metadata::Metadata;
use ziver_primitives::{
    AccountId20, Block, BlockNumber, DigestItem, Hash, Header, RuntimeVersion, ZIVER_ENGINE_ID, bloom::Bloom,
};
use ziver_rpc::{BlockRef, BlockStats, ChainRead, DryRun, ReadError, Snapshot, StateHold, TransactionPlace};
use ziver_state::{RuntimeCode, StateError, View};

use crate::engine_loop::now_ms;

/// Runtimes whose metadata is kept decoded.
const METADATA_COUNT_MAX: NonZeroUsize = NonZeroUsize::new(4).unwrap();
/// The version of the metadata's format that is asked for first: the first one that lists runtime APIs.
const METADATA_VERSION: u32 = 15;

/// Reads a chain for RPC.
pub struct ChainView {
    reader: ChainReader,
    /// By hash of the runtime's code.
    metadata: Mutex<LruCache<[u8; 32], Metadata>>,
    /// Who ends the node when the database fails or is damaged.
    damage: mpsc::Sender<String>,
}

impl ChainView {
    /// Reads this chain. `damage` is told why the process must end, if a read finds the database failed or damaged.
    pub fn new(reader: ChainReader, damage: mpsc::Sender<String>) -> Self {
        Self { reader, metadata: Mutex::new(LruCache::new(METADATA_COUNT_MAX)), damage }
    }

    /// What a runtime says of itself.
    fn describe(&self, code: &RuntimeCode) -> Result<Metadata, ReadError> {
        let newest = self.reader.call_code(code, "Metadata_metadata_at_version", &METADATA_VERSION.encode());
        if let Ok(metadata) =
            newest.map_err(|error| self.failed(error)).and_then(|answer| Metadata::decode(&answer).map_err(backend))
        {
            return Ok(metadata);
        }
        let answer = self.reader.call_code(code, "Metadata_metadata", &[]).map_err(|error| self.failed(error))?;
        Metadata::decode(&answer).map_err(|why| ReadError::Execution(why.to_string()))
    }

    /// The next block on `parent`, as the author would begin it now.
    fn next_block(&self, parent: Hash) -> Result<BuildRequest, ReadError> {
        let header = self.header(parent)?.ok_or(ReadError::UnknownBlock(parent))?;
        let author = header.digest.logs.iter().find_map(|item| match item {
            DigestItem::PreRuntime(ZIVER_ENGINE_ID, author) => AccountId20::decode(&mut author.as_slice()).ok(),
            _ => None,
        });
        let inherents = inherents(&self.reader, &parent, now_ms(), EngineConfig::default().timestamp_step_ms);
        Ok(BuildRequest { parent, author: author.unwrap_or_default(), inherents, body_bytes_max: usize::MAX })
    }

    /// A read that failed; if that is the database's fault, the node's end begins.
    fn failed(&self, error: ChainError) -> ReadError {
        if error.is_fatal() { self.damaged(error) } else { read_error(error) }
    }

    /// A view that was made in time can lose its state while it is read.
    fn state_failed(&self, error: StateError) -> ReadError {
        match error {
            StateError::Pruned(block) => ReadError::Pruned(block),
            error => self.failed(ChainError::State(error)),
        }
    }

    fn damaged(&self, error: impl std::fmt::Display) -> ReadError {
        let reason = error.to_string();
        // One is enough, and at the end nobody listens.
        let _ = self.damage.try_send(format!("a client's read failed: {reason}"));
        ReadError::Backend(reason)
    }

    fn view(&self, block: Hash) -> Result<Arc<dyn View>, ReadError> {
        self.reader.view_at(&block).map_err(|error| self.failed(error))?.ok_or(ReadError::UnknownBlock(block))
    }
}

fn block_ref(block: BlockId) -> BlockRef {
    BlockRef { hash: block.hash, number: block.number }
}

fn backend(error: impl std::fmt::Display) -> ReadError {
    ReadError::Backend(error.to_string())
}

fn read_error(error: ChainError) -> ReadError {
    match error {
        ChainError::StatePruned(hash) => ReadError::Pruned(hash),
        ChainError::Call(CallError::MethodNotFound { name }) => ReadError::MethodNotFound(name),
        ChainError::Call(error) => ReadError::Execution(error.to_string()),
        error => backend(error),
    }
}

impl ChainRead for ChainView {
    fn genesis(&self) -> Hash {
        self.reader.genesis_hash()
    }

    fn best(&self) -> BlockRef {
        block_ref(self.reader.best())
    }

    fn finalized(&self) -> BlockRef {
        block_ref(self.reader.finalized())
    }

    fn snapshot(&self) -> Snapshot {
        let snapshot = self.reader.snapshot();
        Snapshot {
            best: block_ref(snapshot.best),
            finalized: block_ref(snapshot.finalized),
            non_final: snapshot.non_final.iter().map(|above| block_ref(above.block)).collect(),
        }
    }

    fn hold_states(&self, from: BlockNumber) -> StateHold {
        Box::new(self.reader.hold_states(from))
    }

    fn hash_at(&self, number: BlockNumber) -> Result<Option<Hash>, ReadError> {
        self.reader.hash_by_number(number).map_err(|error| self.failed(error))
    }

    fn header(&self, block: Hash) -> Result<Option<Header>, ReadError> {
        self.reader.header(&block).map_err(|error| self.failed(error))
    }

    fn block(&self, block: Hash) -> Result<Option<Block>, ReadError> {
        let Some(header) = self.header(block)? else { return Ok(None) };
        let body = self.reader.body(&block).map_err(|error| self.failed(error))?;
        Ok(body.map(|extrinsics| Block { header, extrinsics }))
    }

    fn storage(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.view(block)?.get(child, key).map_err(|error| self.state_failed(error))
    }

    fn keys(
        &self,
        block: Hash,
        child: Option<&[u8]>,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, ReadError> {
        self.view(block)?.keys(child, prefix, after, limit).map_err(|error| self.state_failed(error))
    }

    fn prove(&self, block: Hash, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ReadError> {
        self.view(block)?.prove(child, keys).map_err(|error| self.state_failed(error))
    }

    fn merkle_value(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.view(block)?.merkle_value(child, key).map_err(|error| self.state_failed(error))
    }

    fn call(&self, block: Hash, method: &str, input: &[u8]) -> Result<Vec<u8>, ReadError> {
        self.reader
            .call_at(&block, method, input)
            .map_err(|error| self.failed(error))?
            .ok_or(ReadError::UnknownBlock(block))
    }

    fn runtime_version(&self, block: Hash) -> Result<RuntimeVersion, ReadError> {
        let version = self.reader.runtime_version_at(&block).map_err(|error| self.failed(error))?;
        version.map(|version| (*version).clone()).ok_or(ReadError::UnknownBlock(block))
    }

    fn transaction(&self, extrinsic: Hash) -> Result<Option<TransactionPlace>, ReadError> {
        let place = self.reader.transaction(&extrinsic).map_err(|error| self.failed(error))?;
        Ok(place.map(|Place { block, index }| TransactionPlace {
            block: BlockRef { hash: block.hash, number: block.number },
            index,
        }))
    }

    fn events(&self, block: Hash) -> Result<Option<Vec<u8>>, ReadError> {
        self.reader.events(&block).map_err(|error| self.failed(error))
    }

    fn logs_bloom(&self, block: Hash) -> Result<Option<Bloom>, ReadError> {
        self.reader.logs_bloom(&block).map_err(|error| self.failed(error))
    }

    fn metadata(&self, block: Hash) -> Result<Metadata, ReadError> {
        let code = self.reader.code_at(&block).map_err(|error| self.failed(error))?;
        let code = match (code, self.header(block)?) {
            (Some(code), _) => code,
            (None, Some(_)) => return Err(ReadError::Pruned(block)),
            (None, None) => return Err(ReadError::UnknownBlock(block)),
        };
        if let Some(metadata) = self.metadata.lock().get(&code.hash) {
            return Ok(metadata.clone());
        }
        // Two may do this at once, which costs time and nothing else.
        let metadata = self.describe(&code)?;
        self.metadata.lock().put(code.hash, metadata.clone());
        Ok(metadata)
    }

    fn dry_run(&self, block: Hash, extrinsic: &[u8]) -> Result<DryRun, ReadError> {
        let request = self.next_block(block)?;
        let run = self.reader.dry_run(&request, extrinsic).map_err(|error| match error {
            error if error.is_fatal() => self.damaged(error),
            BuildError::UnknownParent(hash) => ReadError::UnknownBlock(hash),
            BuildError::Read(error) => self.failed(error),
            error => ReadError::Execution(error.to_string()),
        })?;
        Ok(DryRun { answer: run.answer, index: run.index, events: run.events })
    }

    fn block_stats(&self, block: Hash) -> Result<Option<BlockStats>, ReadError> {
        let stats = self.reader.block_stats(&block).map_err(|error| self.failed(error))?;
        Ok(stats.map(|stats| BlockStats {
            witness_bytes: stats.witness_bytes,
            witness_compact_bytes: stats.witness_compact_bytes,
            block_bytes: stats.block_bytes,
            extrinsics_count: stats.extrinsics_count,
        }))
    }

    fn extrinsics_root(&self, block: &Block) -> Result<Hash, ReadError> {
        let parent = block.header.parent_hash;
        let root = self.reader.extrinsics_root(&parent, &block.extrinsics).map_err(|error| self.failed(error))?;
        root.ok_or(ReadError::UnknownBlock(parent))
    }
}
