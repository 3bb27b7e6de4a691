//! The read side of the chain: what RPC and validation use.
//!
//! A [`ChainReader`] is cheap to clone and never waits for the engine's writes: heads are an atomic pointer, blocks are read
//! from the database, states through views that stay exact while the chain moves on.
//!
//! An unknown block is `Ok(None)`. A known block whose state was pruned is [`ReadError::StatePruned`].

use std::sync::Arc;

use arc_swap::ArcSwap;
use ziver_db::Db;
use ziver_executor::{CallError, Executor, InvalidCode};
use ziver_primitives::{BlockNumber, Hash, Header, OpaqueExtrinsic, RuntimeVersion, bloom::Bloom};
use ziver_state::{Overlay, RuntimeCode, StateDb, StateError, StateHold, View};

use crate::build::{self, BuildError, BuildRequest, DryRun};
use crate::gate::Gate;
use crate::import;
use crate::index::{self, Place};
use crate::limits::READER_CALL_MS_MAX;
use crate::records::{self, RecordError};
use crate::route::BlockId;
use crate::spec::ChainSpec;
use crate::tree::Tree;

/// Why something known could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database failed or holds a damaged record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The state of this block is not kept any more.
    #[error("state of block {0:?} has been pruned")]
    StatePruned(Hash),
    /// The state could not be read.
    #[error(transparent)]
    State(StateError),
    /// The state holds no runtime.
    #[error("state of block {0:?} has no runtime")]
    NoCode(Hash),
    /// The runtime refused or failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The runtime's answer is not what its entry point promises.
    #[error("{method} answers malformed bytes")]
    Answer {
        /// The entry point.
        method: &'static str,
    },
}

impl ReadError {
    /// Whether the database failed or is damaged: nothing may go on from what it holds.
    pub fn is_fatal(&self) -> bool {
        match self {
            ReadError::Record(_) => true,
            ReadError::State(error) | ReadError::Call(CallError::State(error)) => is_database_fault(error),
            ReadError::StatePruned(_) | ReadError::NoCode(_) | ReadError::Call(_) | ReadError::Answer { .. } => false,
        }
    }
}

/// Whether it is the database's fault, rather than the asker's.
pub(crate) fn is_database_fault(error: &StateError) -> bool {
    matches!(error, StateError::Db(_) | StateError::Corrupt(_))
}

impl From<InvalidCode> for ReadError {
    fn from(error: InvalidCode) -> Self {
        ReadError::Call(error.into())
    }
}

/// A block above the finalised one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonFinalBlock {
    /// The block.
    pub block: BlockId,
    /// Its parent.
    pub parent: Hash,
}

/// The heads and the blocks between them, as they were at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The best block.
    pub best: BlockId,
    /// The finalised block.
    pub finalized: BlockId,
    /// All blocks above the finalised one, in the order of their insertion: parents first.
    pub non_final: Vec<NonFinalBlock>,
}

impl Snapshot {
    pub(crate) fn of(tree: &Tree) -> Self {
        let non_final = tree
            .in_order()
            .into_iter()
            .map(|(hash, node)| NonFinalBlock { block: BlockId { number: node.number, hash }, parent: node.parent });
        Snapshot { best: tree.best(), finalized: tree.finalized(), non_final: non_final.collect() }
    }
}

pub(crate) struct Shared {
    pub db: Arc<dyn Db>,
    pub state: Arc<StateDb>,
    pub executor: Arc<Executor>,
    pub spec: Arc<ChainSpec>,
    pub genesis: Hash,
    pub snapshot: ArcSwap<Snapshot>,
    pub gate: Gate,
}

/// Reads the chain. See the module's documentation.
#[derive(Clone)]
pub struct ChainReader {
    pub(crate) shared: Arc<Shared>,
}

impl ChainReader {
    /// The best block.
    pub fn best(&self) -> BlockId {
        self.shared.snapshot.load().best
    }

    /// The finalised block.
    pub fn finalized(&self) -> BlockId {
        self.shared.snapshot.load().finalized
    }

    /// Heads and non-final blocks, consistent with each other.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// Hash of block 0.
    pub fn genesis_hash(&self) -> Hash {
        self.shared.genesis
    }

    /// The chain specification: name, type, properties.
    pub fn spec(&self) -> &ChainSpec {
        &self.shared.spec
    }

    /// The database, for what a node keeps in it beside the chain.
    pub fn db(&self) -> Arc<dyn Db> {
        Arc::clone(&self.shared.db)
    }

    /// Header of a block.
    pub fn header(&self, hash: &Hash) -> Result<Option<Header>, ReadError> {
        Ok(records::header(&*self.shared.db, hash)?)
    }

    /// Extrinsics of a block.
    pub fn body(&self, hash: &Hash) -> Result<Option<Vec<OpaqueExtrinsic>>, ReadError> {
        Ok(records::body(&*self.shared.db, hash)?)
    }

    /// The best chain's block of a height.
    pub fn hash_by_number(&self, number: BlockNumber) -> Result<Option<Hash>, ReadError> {
        Ok(records::hash_by_number(&*self.shared.db, number)?)
    }

    /// State after a block.
    pub fn view_at(&self, hash: &Hash) -> Result<Option<Arc<dyn View>>, ReadError> {
        match self.shared.state.view_at(*hash) {
            Ok(view) => Ok(Some(view)),
            Err(StateError::Pruned(_)) if self.header(hash)?.is_some() => Err(ReadError::StatePruned(*hash)),
            Err(StateError::Pruned(_)) => Ok(None),
            Err(error) => Err(ReadError::State(error)),
        }
    }

    /// Keeps the states from a height on, where they are there still, until the hold is dropped; up to a limit of blocks
    /// ([`ziver_state::limits::HELD_BLOCKS_MAX`]) beyond the pruning window.
    pub fn hold_states(&self, from: BlockNumber) -> StateHold {
        self.shared.state.hold(from)
    }

    /// Runs a method of the runtime on the state after a block. Whatever it writes is thrown away. At most
    /// [`READER_CALLS_COUNT_MAX`](crate::limits::READER_CALLS_COUNT_MAX) such calls run at once, each for at most [`READER_CALL_MS_MAX`].
    pub fn call_at(&self, hash: &Hash, method: &str, input: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let Some((code, mut overlay)) = self.call_site(hash)? else { return Ok(None) };
        let _turn = self.shared.gate.enter();
        let executor = &self.shared.executor;
        Ok(Some(executor.call_within(READER_CALL_MS_MAX, &code, method, input, &mut overlay)?))
    }

    /// What a call on the state after a block needs.
    pub(crate) fn call_site(&self, hash: &Hash) -> Result<Option<(Arc<RuntimeCode>, Overlay)>, ReadError> {
        let Some(view) = self.view_at(hash)? else { return Ok(None) };
        let code = view.runtime_code().map_err(ReadError::State)?.ok_or(ReadError::NoCode(*hash))?;
        Ok(Some((code, Overlay::new(view))))
    }

    /// Version of the runtime in the state after a block.
    pub fn runtime_version_at(&self, hash: &Hash) -> Result<Option<Arc<RuntimeVersion>>, ReadError> {
        let Some(view) = self.view_at(hash)? else { return Ok(None) };
        let code = view.runtime_code().map_err(ReadError::State)?.ok_or(ReadError::NoCode(*hash))?;
        Ok(Some(Arc::new(self.shared.executor.runtime_version(&code)?)))
    }

    /// The block of the best chain that holds an extrinsic, and where. `None` also for extrinsics that blocks held before
    /// this index was kept.
    pub fn transaction(&self, extrinsic: &Hash) -> Result<Option<Place>, ReadError> {
        Ok(index::transaction(&*self.shared.db, extrinsic)?)
    }

    /// The Bloom filter of a block's logs; `None` where it has none. Blocks whose runtime keeps none have none either.
    pub fn logs_bloom(&self, block: &Hash) -> Result<Option<Bloom>, ReadError> {
        Ok(index::logs_bloom(&*self.shared.db, block)?)
    }

    /// The list of events that a block left in state, SCALE-encoded. It stays readable when the state is pruned.
    pub fn events(&self, block: &Hash) -> Result<Option<Vec<u8>>, ReadError> {
        if let Some(events) = index::events(&*self.shared.db, block)? {
            return Ok(Some(events));
        }
        // A block without events, or one from before they were kept.
        let Some(view) = self.view_at(block)? else { return Ok(None) };
        let events = view.get(None, &index::EVENTS_KEY).map_err(ReadError::State)?;
        Ok(Some(events.unwrap_or_else(|| vec![0])))
    }

    /// The runtime in the state after a block, also where that state is pruned: what its children ran with.
    pub fn code_at(&self, block: &Hash) -> Result<Option<Arc<RuntimeCode>>, ReadError> {
        match self.view_at(block) {
            Ok(Some(view)) => view.runtime_code().map_err(ReadError::State),
            Ok(None) => Ok(None),
            Err(ReadError::StatePruned(_)) => {
                let Some(header) = self.header(block)? else { return Ok(None) };
                let code = index::runtime(&*self.shared.db, header.number)?;
                Ok(code.map(|code| Arc::new(RuntimeCode::new(code))))
            }
            Err(error) => Err(error),
        }
    }

    /// Runs a method of a runtime that needs no state, such as the one that describes the runtime.
    pub fn call_code(&self, code: &RuntimeCode, method: &str, input: &[u8]) -> Result<Vec<u8>, ReadError> {
        let _turn = self.shared.gate.enter();
        let mut nothing = Overlay::default();
        Ok(self.shared.executor.call_within(READER_CALL_MS_MAX, code, method, input, &mut nothing)?)
    }

    /// What an extrinsic would do as the first transaction of the block that `request` describes. Nothing is stored.
    pub fn dry_run(&self, request: &BuildRequest, extrinsic: &[u8]) -> Result<DryRun, BuildError> {
        let _turn = self.shared.gate.enter();
        build::dry_run(self, request, extrinsic)
    }

    /// The extrinsics root that a block on `parent` with this body must have. Needs no state but the parent's code.
    pub fn extrinsics_root(&self, parent: &Hash, extrinsics: &[OpaqueExtrinsic]) -> Result<Option<Hash>, ReadError> {
        let Some(code) = self.code_at(parent)? else { return Ok(None) };
        let version = self.shared.executor.runtime_version(&code)?;
        Ok(Some(import::extrinsics_root(extrinsics, import::extrinsics_layout(&version))))
    }
}
