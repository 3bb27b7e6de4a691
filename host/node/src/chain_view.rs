//! The chain as the RPC methods see it: [`ziver_rpc::ChainRead`] for the chain's reader.

use std::sync::Arc;

use ziver_chain::{BlockId, ChainReader, ReadError as ChainError};
use ziver_executor::CallError;
use ziver_primitives::{Block, BlockNumber, Hash, Header, RuntimeVersion};
use ziver_rpc::{BlockRef, ChainRead, ReadError, Snapshot, StateHold};
use ziver_state::{StateError, View};

/// Reads a chain for RPC.
pub struct ChainView(pub ChainReader);

impl ChainView {
    fn view(&self, block: Hash) -> Result<Arc<dyn View>, ReadError> {
        self.0.view_at(&block).map_err(read_error)?.ok_or(ReadError::UnknownBlock(block))
    }
}

fn block_ref(block: BlockId) -> BlockRef {
    BlockRef { hash: block.hash, number: block.number }
}

fn backend(error: impl std::fmt::Display) -> ReadError {
    ReadError::Backend(error.to_string())
}

/// A view that was made in time can lose its state while it is read.
fn state_error(error: StateError) -> ReadError {
    match error {
        StateError::Pruned(block) => ReadError::Pruned(block),
        error => backend(error),
    }
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
        self.0.genesis_hash()
    }

    fn best(&self) -> BlockRef {
        block_ref(self.0.best())
    }

    fn finalized(&self) -> BlockRef {
        block_ref(self.0.finalized())
    }

    fn snapshot(&self) -> Snapshot {
        let snapshot = self.0.snapshot();
        Snapshot {
            best: block_ref(snapshot.best),
            finalized: block_ref(snapshot.finalized),
            non_final: snapshot.non_final.iter().map(|above| block_ref(above.block)).collect(),
        }
    }

    fn hold_states(&self, from: BlockNumber) -> StateHold {
        Box::new(self.0.hold_states(from))
    }

    fn hash_at(&self, number: BlockNumber) -> Result<Option<Hash>, ReadError> {
        self.0.hash_by_number(number).map_err(read_error)
    }

    fn header(&self, block: Hash) -> Result<Option<Header>, ReadError> {
        self.0.header(&block).map_err(read_error)
    }

    fn block(&self, block: Hash) -> Result<Option<Block>, ReadError> {
        let Some(header) = self.header(block)? else { return Ok(None) };
        let body = self.0.body(&block).map_err(read_error)?;
        Ok(body.map(|extrinsics| Block { header, extrinsics }))
    }

    fn storage(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.view(block)?.get(child, key).map_err(state_error)
    }

    fn keys(
        &self,
        block: Hash,
        child: Option<&[u8]>,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, ReadError> {
        self.view(block)?.keys(child, prefix, after, limit).map_err(state_error)
    }

    fn prove(&self, block: Hash, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ReadError> {
        self.view(block)?.prove(child, keys).map_err(state_error)
    }

    fn merkle_value(&self, block: Hash, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.view(block)?.merkle_value(child, key).map_err(state_error)
    }

    fn call(&self, block: Hash, method: &str, input: &[u8]) -> Result<Vec<u8>, ReadError> {
        self.0.call_at(&block, method, input).map_err(read_error)?.ok_or(ReadError::UnknownBlock(block))
    }

    fn runtime_version(&self, block: Hash) -> Result<RuntimeVersion, ReadError> {
        let version = self.0.runtime_version_at(&block).map_err(read_error)?;
        version.map(|version| (*version).clone()).ok_or(ReadError::UnknownBlock(block))
    }
}
