//! What the chain tells others after a change: enough for RPC subscriptions without asking back.

use std::sync::Arc;

use ziver_primitives::{Hash, Header, RuntimeVersion};

use crate::route::{BlockId, TreeRoute};

/// A change of the chain. They come in the order in which things happened: a block before it becomes best, a best block
/// before it is final, and every block above the finalised one before its descendants.
#[derive(Clone, Debug, PartialEq)]
pub enum ChainEvent {
    /// A block is in the tree.
    Imported {
        /// The block.
        block: BlockId,
        /// Its header.
        header: Arc<Header>,
        /// Whether it is the new best block; `BestChanged` follows then.
        is_new_best: bool,
        /// The version in force after this block, if this block changed the runtime.
        new_runtime: Option<Arc<RuntimeVersion>>,
    },
    /// Another block is best.
    BestChanged {
        /// The best block.
        best: BlockId,
        /// The way from the old one.
        route: TreeRoute,
    },
    /// Blocks are final.
    Finalized {
        /// They, lowest first; never empty.
        blocks: Vec<BlockId>,
        /// Blocks of forks that can never be final; they are gone.
        pruned: Vec<Hash>,
    },
}
