//! The chain as the engine holds it: the one writer.

use std::{collections::VecDeque, sync::Arc};

use ziver_executor::{Ahead, Hints};
use ziver_primitives::{Block, Hash, OpaqueExtrinsic, inherents::InherentData};
use ziver_state::{Overlay, Pruning, StateOptions};

use crate::ahead;
use crate::build::{self, BuildError, BuildRequest, Built, ExtrinsicSource};
use crate::import::{self, Execution, ImportError};
use crate::insert::{Executed, Imported, InsertError};
use crate::limits::{EXTRINSICS_COUNT_MAX, PREPARED_BLOCKS_MAX, STATE_CACHE_BYTES};
use crate::reader::{ChainReader, ReadError};
use crate::route::BlockId;
use crate::tree::Tree;

/// How a chain is kept.
#[derive(Clone, Debug)]
pub struct ChainConfig {
    /// Which states of final blocks are kept.
    pub pruning: Pruning,
    /// Memory for what was read of the last final state, in bytes: a third for values, the rest for nodes of tries. It is taken as
    /// it fills.
    pub state_cache_bytes: usize,
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self { pruning: Pruning::default(), state_cache_bytes: STATE_CACHE_BYTES }
    }
}

impl ChainConfig {
    pub(crate) fn state_options(&self) -> StateOptions {
        let value_cache_bytes = self.state_cache_bytes / 3;
        let node_cache_bytes = self.state_cache_bytes.saturating_sub(value_cache_bytes);
        StateOptions { pruning: self.pruning, value_cache_bytes, node_cache_bytes, ..StateOptions::default() }
    }
}

/// The chain: block tree, states, heads. Reads go through [`Chain::reader`].
pub struct Chain {
    pub(crate) reader: ChainReader,
    pub(crate) tree: Tree,
    /// Blocks whose signatures are being recovered, the oldest first.
    pub(crate) prepared: VecDeque<(Hash, Ahead)>,
    /// A write failed: memory may be ahead of the database.
    pub(crate) failed: bool,
}

impl Chain {
    /// The read side, to clone and pass on.
    pub fn reader(&self) -> &ChainReader {
        &self.reader
    }

    /// The best block.
    pub fn best(&self) -> BlockId {
        self.tree.best()
    }

    /// The finalised block.
    pub fn finalized(&self) -> BlockId {
        self.tree.finalized()
    }

    /// Like [`ChainReader::call_at`], for the chain's owner: it never waits behind readers and has the executor's own limits.
    pub fn call_at(&self, hash: &Hash, method: &str, input: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let Some((code, mut overlay)) = self.reader.call_site(hash)? else { return Ok(None) };
        Ok(Some(self.reader.shared.executor.call(&code, method, input, &mut overlay)?))
    }

    /// Makes a block. Nothing is stored.
    pub fn build(&self, request: &BuildRequest, source: &mut dyn ExtrinsicSource) -> Result<Built, BuildError> {
        build::build(&self.reader, request, source)
    }

    /// Stores a block made by [`Chain::build`] without executing it again.
    pub fn insert(&mut self, built: Built) -> Result<Imported, InsertError> {
        let body = built.body();
        let Built { hash, header, hashes, finished, .. } = built;
        self.insert_executed(Executed { hash, header, body, hashes, finished })
    }

    /// Begins to recover the signatures of a block that is to be imported soon, on other threads. It may come while the blocks
    /// before it are not imported yet; the best block's state then says what was signed, and what it can't say is recovered
    /// later. Nothing is checked and nothing promised.
    pub fn prepare(&mut self, block: &Block) {
        let hash = block.header.hash();
        if block.extrinsics.len() > EXTRINSICS_COUNT_MAX || self.prepared.iter().any(|(of, _)| *of == hash) {
            return;
        }
        let ahead = ahead::begin(&self.reader, block).unwrap_or_default();
        if let Some(ahead) = ahead {
            if self.prepared.len() >= PREPARED_BLOCKS_MAX {
                self.prepared.pop_front();
            }
            self.prepared.push_back((hash, ahead));
        }
    }

    /// What [`Chain::prepare`] began for this block, or begins now.
    fn ahead_of(&mut self, hash: &Hash, block: &Block) -> Result<Option<Ahead>, ReadError> {
        match self.prepared.iter().position(|(of, _)| of == hash) {
            Some(index) => Ok(self.prepared.remove(index).map(|(_, ahead)| ahead)),
            None => ahead::begin(&self.reader, block),
        }
    }

    /// Checks, executes and stores a block of somebody else. `inherents`: what this node knows, to compare with.
    pub fn import(&mut self, block: Block, inherents: Option<&InherentData>) -> Result<Imported, ImportError> {
        self.check_alive()?;
        let hash = block.header.hash();
        self.tree.place(hash, block.header.parent_hash, block.header.number)?;
        let body = import::check_alone(&block)?;
        let parent = block.header.parent_hash;
        let view = self.reader.view_at(&parent)?.ok_or(ReadError::StatePruned(parent))?;
        let code = view.runtime_code()?.ok_or(ReadError::NoCode(parent))?;
        let executor = Arc::clone(&self.reader.shared.executor);
        let version = executor.runtime_version(&code).map_err(ReadError::from)?;
        let execution = Execution { executor: &executor, code: &code, version: &version };
        let list = execution.check_extrinsics_root(&block)?;
        let ahead = self.ahead_of(&hash, &block)?;
        let bytes = import::block_bytes(&block.header, &body);
        if let Some(inherents) = inherents {
            execution.check_inherents(&bytes, inherents, &mut Overlay::new(Arc::clone(&view)))?;
        }
        let mut overlay = Overlay::new(view);
        execution.execute(&block.header, &bytes, Hints { ahead, list: Some(list) }, &mut overlay)?;
        let finished = overlay.finish(import::state_version(&version))?;
        let hashes = block.extrinsics.iter().map(OpaqueExtrinsic::hash).collect();
        Ok(self.insert_executed(Executed { hash, header: block.header, body, hashes, finished })?)
    }
}
