//! Storing an executed block: the one batch, then the heads.
//!
//! Own and foreign blocks come together here. The batch holds header, body, index, tree record, state and heads, so that after a crash
//! either all of the block is there or nothing.

use std::sync::Arc;

use ziver_db::{Batch, DbError};
use ziver_primitives::{Hash, Header};
use ziver_state::{CODE_KEY, Finished, StateError};

use crate::Chain;
use crate::events::ChainEvent;
use crate::index;
use crate::reader::Snapshot;
use crate::records::{self, Heads, RecordError};
use crate::route::{BlockId, TreeRoute};
use crate::tree::PlaceError;

/// Why an executed block could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum InsertError {
    /// It has no place in the tree: the finalised block moved on since it was built, or it was inserted before.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The write failed. The process must end; the database still holds the last whole block.
    #[error("the database did not take the block: {0}")]
    Db(#[from] DbError),
    /// The state database refused.
    #[error(transparent)]
    State(#[from] StateError),
    /// A record that a change relies on could not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl InsertError {
    /// Whether the process must end.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, InsertError::Place(_))
    }
}

/// A stored block.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The block.
    pub block: BlockId,
    /// Its header.
    pub header: Arc<Header>,
    /// The way to it from the old best block, if it is best now.
    pub route: Option<TreeRoute>,
    /// What to tell others, in order.
    pub events: Vec<ChainEvent>,
}

impl Imported {
    /// Whether it is the best block now.
    pub fn is_new_best(&self) -> bool {
        self.route.is_some()
    }
}

/// A block that was executed.
pub(crate) struct Executed {
    pub hash: Hash,
    pub header: Header,
    pub body: Vec<u8>,
    /// Hashes of its extrinsics, in order.
    pub hashes: Vec<Hash>,
    pub finished: Finished,
}

impl Chain {
    pub(crate) fn insert_executed(&mut self, executed: Executed) -> Result<Imported, InsertError> {
        let Executed { hash, header, body, hashes, finished } = executed;
        let (parent, number) = (header.parent_hash, header.number);
        self.check_alive()?;
        self.tree.place(hash, parent, number)?;
        let changes_code = finished.changes.main.contains_key(CODE_KEY);

        let mut batch = Batch::new();
        records::put_block(&mut batch, &hash, &header, body);
        let block = BlockId { number, hash };
        index::put(&mut batch, &block, &hashes, &finished.changes);
        let Finished { changes, trie, .. } = finished;
        self.reader.shared.state.insert_block(hash, number, parent, changes, trie, &mut batch)?;
        let (node, route) = self.tree.insert(hash, parent, number);
        records::put_node(&mut batch, &hash, &node);
        if let Some(route) = &route {
            put_route(&mut batch, route);
            records::put_heads(&mut batch, &self.heads());
        }
        self.write(batch)?;

        let header = Arc::new(header);
        let new_runtime = if changes_code { self.prepare_runtime(&hash) } else { None };
        let is_new_best = route.is_some();
        let mut events = vec![ChainEvent::Imported { block, header: Arc::clone(&header), is_new_best, new_runtime }];
        if let Some(route) = &route {
            events.push(ChainEvent::BestChanged { best: block, route: route.clone() });
        }
        Ok(Imported { block, header, route, events })
    }

    /// Starts compiling the runtime that a block brought. A failure shows when it is called.
    fn prepare_runtime(&self, hash: &Hash) -> Option<Arc<ziver_primitives::RuntimeVersion>> {
        let view = self.reader.view_at(hash).ok().flatten()?;
        let code = view.runtime_code().ok().flatten()?;
        self.reader.shared.executor.prepare(&code);
        self.reader.shared.executor.runtime_version(&code).ok().map(Arc::new)
    }

    /// Makes a checkpoint of the last final state, so that opening the database next has nothing to make up for. For the end of
    /// a process; a chain that is killed loses nothing, it only takes longer to open.
    pub fn checkpoint(&mut self) -> Result<(), InsertError> {
        self.check_alive()?;
        let mut batch = Batch::new();
        self.reader.shared.state.checkpoint(&mut batch)?;
        if !batch.is_empty() {
            self.write(batch)?;
        }
        Ok(self.reader.shared.db.settle()?)
    }

    /// Writes the batch and shows the new heads to readers. After a failure the chain takes no more changes.
    pub(crate) fn write(&mut self, batch: Batch) -> Result<(), InsertError> {
        if let Err(error) = self.reader.shared.db.write(batch) {
            self.failed = true;
            return Err(error.into());
        }
        self.reader.shared.state.written();
        self.reader.shared.snapshot.store(Arc::new(Snapshot::of(&self.tree)));
        Ok(())
    }

    pub(crate) fn check_alive(&self) -> Result<(), InsertError> {
        if self.failed { Err(InsertError::Db(DbError::Stopped)) } else { Ok(()) }
    }

    pub(crate) fn heads(&self) -> Heads {
        Heads { best: self.tree.best(), finalized: self.tree.finalized() }
    }
}

/// Numbers of the best chain after it went along `route`.
pub(crate) fn put_route(batch: &mut Batch, route: &TreeRoute) {
    let top = route.enacted.last().unwrap_or(&route.common).number;
    for block in route.retracted.iter().filter(|block| block.number > top) {
        records::delete_number(batch, block.number);
    }
    for block in &route.enacted {
        records::put_number(batch, block);
    }
}
