//! Starting: on an empty database with genesis, on any other with the last whole block.
//!
//! A block is one batch, so the heads record always names whole blocks. Opening still verifies what a damaged disk may have
//! done to the records it starts from: heads, their headers, the tree above the finalised block, the state of the best block.
//!
//! A specification without code starts from the runtime that the host embeds. A newer host embeds another one, and must go on
//! with the old chain: so the first runtime is kept in the database and takes the embedded one's place from then on.

use std::{collections::VecDeque, sync::Arc};

use arc_swap::ArcSwap;
use ziver_db::{Batch, Column, Db};
use ziver_executor::Executor;
use ziver_primitives::Hash;
use ziver_state::{StateDb, StateError};

use crate::chain::{Chain, ChainConfig};
use crate::gate::Gate;
use crate::genesis::{Genesis, GenesisError, GenesisSource};
use crate::index;
use crate::limits::READER_CALLS_COUNT_MAX;
use crate::reader::{ChainReader, ReadError, Shared, Snapshot};
use crate::records::{self, Heads, RecordError};
use crate::route::BlockId;
use crate::tree::Tree;

/// Why a chain could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no first state.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The database belongs to another chain or another version of this program.
    #[error(transparent)]
    Db(#[from] ziver_db::OpenError),
    /// A record can't be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The state can't be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The records contradict each other.
    #[error("the database is damaged: {0}. Restore a copy, or remove the folder and synchronise again")]
    Damaged(String),
}

impl From<ziver_db::DbError> for OpenError {
    fn from(error: ziver_db::DbError) -> Self {
        OpenError::Record(RecordError::Db(error))
    }
}

impl Chain {
    /// Opens the chain in a database; in an empty one makes genesis.
    pub fn open(
        db: Arc<dyn Db>,
        executor: Arc<Executor>,
        source: GenesisSource,
        config: ChainConfig,
    ) -> Result<Self, OpenError> {
        let state = Arc::new(StateDb::open(Arc::clone(&db), config.state_options())?);
        let (genesis, heads) = match records::heads(&*db)? {
            Some(heads) => (known_genesis(&*db, &executor, &source)?, heads),
            None => begin(&*db, &state, &executor, &source)?,
        };
        let tree = restore_tree(&*db, &heads)?;
        let shared = Shared {
            db,
            state,
            executor,
            spec: source.spec,
            genesis,
            snapshot: ArcSwap::new(Arc::new(Snapshot::of(&tree))),
            gate: Gate::new(READER_CALLS_COUNT_MAX),
        };
        let chain =
            Chain { reader: ChainReader { shared: Arc::new(shared) }, tree, prepared: VecDeque::new(), failed: false };
        chain.check_heads(&heads)?;
        Ok(chain)
    }

    /// The records of both heads are whole, and the best state is the one its header names.
    fn check_heads(&self, heads: &Heads) -> Result<(), OpenError> {
        let db = &*self.reader.shared.db;
        for block in [heads.best, heads.finalized] {
            let name = format!("block {} ({:?})", block.number, block.hash);
            let damaged = |what: &str| OpenError::Damaged(format!("{name}: {what}"));
            let header = records::header(db, &block.hash)?.ok_or_else(|| damaged("its header is missing"))?;
            if header.hash() != block.hash || header.number != block.number {
                return Err(damaged("its header is another block's"));
            }
            if records::body(db, &block.hash)?.is_none() {
                return Err(damaged("its body is missing"));
            }
            if records::hash_by_number(db, block.number)? != Some(block.hash) {
                return Err(damaged("the list of numbers names another block"));
            }
            let view = match self.reader.view_at(&block.hash) {
                Ok(Some(view)) => view,
                Ok(None) => return Err(damaged("its state is missing")),
                Err(ReadError::State(error)) => return Err(error.into()),
                Err(error) => return Err(damaged(&error.to_string())),
            };
            if view.root() != header.state_root {
                return Err(damaged("its state has another root than its header says"));
            }
        }
        Ok(())
    }
}

/// Block 0 of a chain that the database holds; refuses another chain's specification.
fn known_genesis(db: &dyn Db, executor: &Executor, source: &GenesisSource) -> Result<Hash, OpenError> {
    let missing = || OpenError::Damaged("block 0 is missing".to_owned());
    let genesis = records::hash_by_number(db, 0)?.ok_or_else(missing)?;
    let expected = match records::spec_identity(db)? {
        Some(identity) if identity == source.identity() => genesis,
        _ => with_first_code(db, source)?.build(executor)?.hash,
    };
    ziver_db::bind(db, expected.0)?;
    Ok(genesis)
}

/// The same source, with the runtime that the chain in the database began with in place of the embedded one.
pub(crate) fn with_first_code(db: &dyn Db, source: &GenesisSource) -> Result<GenesisSource, OpenError> {
    let mut source = source.clone();
    if let Some(code) = records::first_code(db)? {
        source.default_code = code.into();
    }
    Ok(source)
}

/// Makes genesis in an empty database.
fn begin(
    db: &dyn Db,
    state: &StateDb,
    executor: &Executor,
    source: &GenesisSource,
) -> Result<(Hash, Heads), OpenError> {
    if db.next(Column::Header, std::ops::Bound::Unbounded)?.is_some() {
        return Err(OpenError::Damaged("there are blocks, but no record of the heads".to_owned()));
    }
    let genesis = source.build(executor)?;
    let mut batch = Batch::new();
    ziver_db::bind_with(db, genesis.hash.0, &mut batch)?;
    let Genesis { hash, header, finished, code } = genesis;
    let block = BlockId { number: 0, hash };
    let heads = Heads { best: block, finalized: block };
    records::put_block(&mut batch, &hash, &header, codec::Encode::encode(&Vec::<()>::new()));
    records::put_number(&mut batch, &block);
    records::put_heads(&mut batch, &heads);
    records::put_spec_identity(&mut batch, &source.identity());
    index::put(&mut batch, &block, &[], &finished.changes);
    if source.uses_default_code() {
        records::put_first_code(&mut batch, &code);
    }
    state.insert_genesis(hash, finished.changes, finished.trie, &mut batch)?;
    db.write(batch)?;
    state.written();
    Ok((hash, heads))
}

fn restore_tree(db: &dyn Db, heads: &Heads) -> Result<Tree, OpenError> {
    let damaged = |what: &str| OpenError::Damaged(format!("the tree of blocks above the final one {what}"));
    let tree = Tree::restore(heads.finalized, records::nodes(db)?).ok_or_else(|| damaged("has a gap"))?;
    if tree.best() != heads.best {
        return Err(damaged("has another best block than the heads record"));
    }
    Ok(tree)
}
