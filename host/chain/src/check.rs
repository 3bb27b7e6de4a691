//! Proving that the chain is what its blocks say: the stored states of the final block and of those above it compared with
//! the roots that their headers name, and every block executed again from genesis.
//!
//! Each block runs with the runtime in its parent's state, so old blocks run old code. The replay has a database of its
//! own, so it works on a node that pruned its states.
//!
//! Out of scope: the stored states of blocks below the final one, which an archive or the pruning window keeps.

use std::ops::ControlFlow;
use std::sync::Arc;

use ziver_db::Db;
use ziver_primitives::{Block, BlockNumber, Hash};
use ziver_state::{Pruning, StateError};

use crate::chain::{Chain, ChainConfig};
use crate::finality::FinalizeError;
use crate::genesis::GenesisSource;
use crate::import::ImportError;
use crate::open::{OpenError, with_first_code};
use crate::reader::{ChainReader, ReadError};

/// What a replay found wrong.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The scratch database could not be used, or genesis can't be made again.
    #[error("replay: {0}")]
    Open(#[from] OpenError),
    /// The specification makes another block 0 than the chain has.
    #[error("block 0 is {found:?}, the specification makes {made:?}")]
    Genesis {
        /// In the chain.
        found: Hash,
        /// Made now.
        made: Hash,
    },
    /// A block of the best chain is not there.
    #[error("block {0} is missing")]
    Missing(BlockNumber),
    /// A block can't be read.
    #[error("block {number}: {error}")]
    Read {
        /// Its number.
        number: BlockNumber,
        /// Why not.
        error: ReadError,
    },
    /// A block does not lead to what its header says.
    #[error("block {number}: {error}")]
    Block {
        /// Its number.
        number: BlockNumber,
        /// What is wrong.
        error: ImportError,
    },
    /// The stored state of the final block, or of one above it, is not the one that its header names.
    #[error("the stored states from block {number} on: {error}")]
    State {
        /// Number of the final block.
        number: BlockNumber,
        /// What is wrong.
        error: StateError,
    },
    /// The scratch database failed.
    #[error("replay: {0}")]
    Finalize(#[from] FinalizeError),
    /// The caller wished no more.
    #[error("ended after block {0}")]
    Stopped(BlockNumber),
}

/// What was found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Executed blocks.
    pub blocks: BlockNumber,
    /// Keys of the final block's state, those of child tries among them.
    pub keys: u64,
}

/// Compares the stored states of the final block, with its trie, and of those above it with their roots; then executes
/// blocks 1 to `last` of the best chain again, in `scratch`, an empty database. Calls `progress` after each block with
/// its number and `last`, and ends if it answers so. Nobody may write meanwhile.
pub fn check_chain(
    reader: &ChainReader,
    source: &GenesisSource,
    scratch: Arc<dyn Db>,
    last: Option<BlockNumber>,
    progress: &mut dyn FnMut(BlockNumber, BlockNumber) -> ControlFlow<()>,
) -> Result<Checked, CheckError> {
    let keys = verify_state(reader)?;
    let last = last.unwrap_or(reader.best().number).min(reader.best().number);
    let source = with_first_code(&*reader.shared.db, source)?;
    let config = ChainConfig { pruning: Pruning::Keep(1), ..ChainConfig::default() };
    let mut replay = Chain::open(scratch, Arc::clone(&reader.shared.executor), source, config)?;
    let (found, made) = (reader.genesis_hash(), replay.reader().genesis_hash());
    if found != made {
        return Err(CheckError::Genesis { found, made });
    }
    let mut blocks = (1..=last).map(|number| block(reader, number)).peekable();
    for number in 1..=last {
        let Some(block) = blocks.next().transpose()? else { break };
        replay.prepare(&block);
        if let Some(Ok(next)) = blocks.peek() {
            replay.prepare(next);
        }
        let hash = block.header.hash();
        replay.import(block, None).map_err(|error| CheckError::Block { number, error })?;
        replay.finalize(&hash)?;
        if progress(number, last).is_break() {
            return Err(CheckError::Stopped(number));
        }
    }
    Ok(Checked { blocks: last, keys })
}

/// That the root is the header's was verified when the chain was opened.
fn verify_state(reader: &ChainReader) -> Result<u64, CheckError> {
    let number = reader.finalized().number;
    reader.shared.state.verify().map_err(|error| CheckError::State { number, error })
}

fn block(reader: &ChainReader, number: BlockNumber) -> Result<Block, CheckError> {
    let missing = || CheckError::Missing(number);
    let read = |error| CheckError::Read { number, error };
    let hash = reader.hash_by_number(number).map_err(read)?.ok_or_else(missing)?;
    let header = reader.header(&hash).map_err(read)?.ok_or_else(missing)?;
    let extrinsics = reader.body(&hash).map_err(read)?.ok_or_else(missing)?;
    Ok(Block { header, extrinsics })
}
