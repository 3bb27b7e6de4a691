//! Taking the best chain back: for an operator whose last blocks must go.
//!
//! Only blocks above the finalised one can go. What is final is the flat state of the database, and nobody keeps what was there
//! before it; so a final block is left only by starting anew (from blocks exported before, say).

use ziver_db::Batch;
use ziver_primitives::BlockNumber;

use crate::Chain;
use crate::events::ChainEvent;
use crate::index;
use crate::insert::{InsertError, put_route};
use crate::records;
use crate::route::BlockId;

/// What reverting did.
#[derive(Clone, Debug, PartialEq)]
pub struct Reverted {
    /// Blocks that are gone, highest first: those of the best chain, and of forks that were as high as the new best block.
    pub blocks: Vec<BlockId>,
    /// The best block now.
    pub best: BlockId,
    /// What to tell others, in order.
    pub events: Vec<ChainEvent>,
}

impl Chain {
    /// Takes the best chain back by `count` blocks, down to the finalised block at most, in one batch.
    pub fn revert(&mut self, count: BlockNumber) -> Result<Reverted, InsertError> {
        self.check_alive()?;
        let crate::tree::Reverted { gone, route } = self.tree.revert(count);
        let best = route.common;
        if gone.is_empty() {
            return Ok(Reverted { blocks: gone, best, events: Vec::new() });
        }
        // The tree has changed: whatever fails from here on leaves it ahead of the database.
        self.failed = true;
        let mut batch = Batch::new();
        let hashes: Vec<_> = gone.iter().map(|block| block.hash).collect();
        self.reader.shared.state.discard(&hashes, &mut batch)?;
        for block in &gone {
            let body = records::body(&*self.reader.shared.db, &block.hash)?;
            index::delete(&mut batch, block, &body.unwrap_or_default());
            records::delete_node(&mut batch, &block.hash);
            records::delete_block(&mut batch, &block.hash);
        }
        put_route(&mut batch, &route);
        records::put_heads(&mut batch, &self.heads());
        self.write(batch)?;
        self.failed = false;
        Ok(Reverted { blocks: gone, best, events: vec![ChainEvent::BestChanged { best, route }] })
    }
}
