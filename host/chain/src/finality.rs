//! Finalising blocks: what is final never changes, what contradicts it is forgotten.

use ziver_db::Batch;
use ziver_primitives::{BlockNumber, Hash, OpaqueExtrinsic};

use crate::Chain;
use crate::events::ChainEvent;
use crate::index;
use crate::insert::{InsertError, put_route};
use crate::limits::FINALIZE_COUNT_MAX;
use crate::records;
use crate::route::{BlockId, TreeRoute};

/// Why a block can't be made final.
#[derive(Debug, thiserror::Error)]
pub enum FinalizeError {
    /// It is not known, or it is on a fork that was discarded.
    #[error("block {0:?} is not above the finalised block")]
    Unknown(Hash),
    /// Storing failed; the process must end.
    #[error(transparent)]
    Insert(#[from] InsertError),
}

impl FinalizeError {
    /// Whether the process must end.
    pub fn is_fatal(&self) -> bool {
        matches!(self, FinalizeError::Insert(_))
    }
}

/// What finalising did.
#[derive(Clone, Debug, Default)]
pub struct Finalized {
    /// Blocks that are final now, lowest first. Empty if the block was final before.
    pub blocks: Vec<BlockId>,
    /// Blocks that are gone.
    pub pruned: Vec<BlockId>,
    /// The way to another best block, if the old one is gone.
    pub route: Option<TreeRoute>,
    /// Extrinsics of the blocks that left the best chain, lowest block first; they are gone from the database.
    pub orphans: Vec<OpaqueExtrinsic>,
    /// What to tell others, in order.
    pub events: Vec<ChainEvent>,
}

impl Chain {
    /// Makes a block and all below it final. Discards every fork without it; if the best block goes with them, the best
    /// block above this one takes its place.
    pub fn finalize(&mut self, hash: &Hash) -> Result<Finalized, FinalizeError> {
        self.check_alive()?;
        if *hash == self.tree.finalized().hash {
            return Ok(Finalized::default());
        }
        if self.tree.node(hash).is_none() {
            return Err(FinalizeError::Unknown(*hash));
        }
        let crate::tree::Finalized { blocks, pruned, route } =
            self.tree.finalize(hash).ok_or(FinalizeError::Unknown(*hash))?;
        debug_assert!(blocks.len() <= FINALIZE_COUNT_MAX);
        // The tree has changed: whatever fails from here on leaves it ahead of the database.
        self.failed = true;
        let mut batch = Batch::new();
        self.reader.shared.state.finalize(*hash, &mut batch).map_err(InsertError::from)?;
        for block in &blocks {
            records::delete_node(&mut batch, &block.hash);
        }
        for block in &pruned {
            let body = records::body(&*self.reader.shared.db, &block.hash).map_err(InsertError::from)?;
            index::delete(&mut batch, block, &body.unwrap_or_default());
            records::delete_node(&mut batch, &block.hash);
            records::delete_block(&mut batch, &block.hash);
        }
        let mut orphans = Vec::new();
        if let Some(route) = &route {
            put_route(&mut batch, route);
            for block in route.retracted.iter().rev() {
                let body = records::body(&*self.reader.shared.db, &block.hash).map_err(InsertError::from)?;
                orphans.extend(body.unwrap_or_default());
            }
        }
        records::put_heads(&mut batch, &self.heads());
        self.write(batch)?;
        self.failed = false;

        let mut events = Vec::new();
        if let Some(route) = &route {
            events.push(ChainEvent::BestChanged { best: self.tree.best(), route: route.clone() });
        }
        let hashes = pruned.iter().map(|block| block.hash).collect();
        events.push(ChainEvent::Finalized { blocks: blocks.clone(), pruned: hashes });
        Ok(Finalized { blocks, pruned, route, orphans, events })
    }

    /// The block of the best chain so far below the best one, if it is not final yet.
    pub fn best_ancestor(&self, lag: BlockNumber) -> Option<BlockId> {
        self.tree.best_ancestor(lag)
    }
}
