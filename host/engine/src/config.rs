//! What an engine is told at its start, limits included.

use ziver_primitives::{AccountId20, BlockNumber};

use crate::sealing::Sealing;

/// How an engine behaves.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// When blocks are built.
    pub sealing: Sealing,
    /// Who gets the fees of built blocks.
    pub author: AccountId20,
    /// The best chain's block so far below the best one is made final at once. `None`: only [`Event::Finalize`] finalises.
    ///
    /// [`Event::Finalize`]: crate::Event::Finalize
    pub finality_lag: Option<BlockNumber>,
    /// Bytes of extrinsics in a built block.
    pub body_bytes_max: usize,
    /// Wall time for applying transactions while building, in milliseconds; measured by the [`Budget`].
    pub build_ms_max: u64,
    /// Pending transactions validated again after each block, and at each tick while some are due.
    pub revalidate_count_max: usize,
    /// Smallest difference between timestamps of parent and child, in milliseconds.
    pub timestamp_step_ms: u64,
    /// Bounds of the pool.
    pub pool: ziver_pool::Limits,
}

impl Default for EngineConfig {
    fn default() -> Self {
        EngineConfig {
            sealing: Sealing::Interval { interval_ms: 2_000 },
            author: AccountId20::default(),
            finality_lag: Some(2),
            body_bytes_max: ziver_chain::limits::BODY_BYTES_MAX,
            build_ms_max: 1_000,
            revalidate_count_max: 32,
            timestamp_step_ms: 1,
            pool: ziver_pool::Limits::default(),
        }
    }
}

/// Measures wall time while a block is built. The engine has no clock: a node passes one that has, a simulation one that
/// never ends.
pub trait Budget: Send {
    /// Building starts now and may take so long.
    fn start(&mut self, limit_ms: u64);
    /// Whether the time is over.
    fn is_spent(&mut self) -> bool;
}

/// A budget that never ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn start(&mut self, _: u64) {}

    fn is_spent(&mut self) -> bool {
        false
    }
}
