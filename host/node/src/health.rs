//! Whether the node is alive, and whether it is fit to be asked: for load balancers and supervisors.
//!
//! Alive is a node whose process answers. Ready is one whose answers are worth something: it makes the blocks that are
//! due, its database works, and it has not begun to end. Where somebody stopped the making of blocks (`miner_stop`),
//! none is due.
//!
//! Out of scope: answering over HTTP, which the RPC server does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ziver_engine::Sealing;

use crate::engine_loop::now_ms;

/// Blocks that may be late before the node counts as stalled.
const BLOCKS_LATE_MAX: u64 = 10;
/// With short intervals, at least so many milliseconds.
const LATE_MS_MIN: u64 = 10_000;

/// What is known of the node's state.
#[derive(Debug)]
pub struct Health {
    /// After so many milliseconds without a block the node has stalled; `None` if nobody can tell when one is due.
    late_ms_max: Option<u64>,
    /// Unix time of the last block, or of the start.
    last_block_ms: AtomicU64,
    /// Nobody asked for blocks to be stopped.
    is_mining: AtomicBool,
    is_ending: AtomicBool,
}

impl Health {
    /// Of a node that starts now.
    pub fn new(sealing: Sealing, now_ms: u64) -> Self {
        let late_ms_max = match sealing {
            Sealing::Interval { interval_ms } => Some(interval_ms.saturating_mul(BLOCKS_LATE_MAX).max(LATE_MS_MIN)),
            Sealing::Instant | Sealing::Manual => None,
        };
        Self {
            late_ms_max,
            last_block_ms: AtomicU64::new(now_ms),
            is_mining: AtomicBool::new(true),
            is_ending: AtomicBool::new(false),
        }
    }

    /// A block was added.
    pub fn block(&self, now_ms: u64) {
        self.last_block_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Blocks were stopped on request, or go on. While they are stopped, none is late; then the next one has its time.
    pub fn mining(&self, is_mining: bool, now_ms: u64) {
        if self.is_mining.swap(is_mining, Ordering::Relaxed) != is_mining {
            self.block(now_ms);
        }
    }

    /// The node has begun to end, of itself or because it was asked to.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// Why the node is not ready at that time, if it isn't.
    fn fault_at(&self, now_ms: u64) -> Option<String> {
        if self.is_ending.load(Ordering::Relaxed) {
            return Some("the node is ending".to_owned());
        }
        let silent_ms = now_ms.saturating_sub(self.last_block_ms.load(Ordering::Relaxed));
        match self.late_ms_max {
            Some(max) if silent_ms > max && self.is_mining.load(Ordering::Relaxed) => {
                Some(format!("no block for {} s", silent_ms / 1_000))
            }
            _ => None,
        }
    }
}

impl ziver_rpc::Health for Health {
    fn fault(&self) -> Option<String> {
        self.fault_at(now_ms())
    }
}

#[cfg(test)]
mod tests;
