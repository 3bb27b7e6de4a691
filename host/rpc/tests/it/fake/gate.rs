//! A door that holds back the reads and calls of a test.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A door that is closed until somebody opens it.
#[derive(Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    is_open: bool,
    waiting: usize,
    /// How many have waited at the same time.
    most: usize,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn open(&self) {
        self.state().is_open = true;
        self.changed.notify_all();
    }

    /// Returns when so many wait before the door.
    pub fn await_waiting(&self, count: usize) {
        drop(
            self.changed
                .wait_while(self.state(), |state| state.waiting < count)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    pub fn most_waiting(&self) -> usize {
        self.state().most
    }

    pub fn pass(&self) {
        let mut state = self.state();
        state.waiting += 1;
        state.most = state.most.max(state.waiting);
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |state| !state.is_open).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
    }
}
