//! Who wants old states to stay beyond the pruning window, and from which block on.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;

use crate::limits::HELD_BLOCKS_MAX;

/// The holds, counted by block number.
#[derive(Default)]
pub(super) struct Holds(Mutex<BTreeMap<u32, usize>>);

impl Holds {
    /// The first block whose state stays, when pruning alone would let those below `window` go.
    pub(super) fn window(&self, window: u32) -> u32 {
        let lowest = self.0.lock().keys().next().copied();
        lowest.map_or(window, |lowest| lowest.clamp(window.saturating_sub(HELD_BLOCKS_MAX), window))
    }
}

/// Keeps states from being pruned until it is dropped; see [`StateDb::hold`](super::StateDb::hold).
pub struct StateHold {
    holds: Arc<Holds>,
    number: u32,
}

impl StateHold {
    pub(super) fn new(holds: &Arc<Holds>, number: u32) -> Self {
        *holds.0.lock().entry(number).or_default() += 1;
        Self { holds: holds.clone(), number }
    }
}

impl Drop for StateHold {
    fn drop(&mut self) {
        let mut counts = self.holds.0.lock();
        if let Some(count) = counts.get_mut(&self.number) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.number);
            }
        }
    }
}
