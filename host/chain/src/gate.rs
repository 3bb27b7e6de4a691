//! Bounds how many readers run the runtime at once.
//!
//! The executor runs a limited number of calls, and those of the engine must never wait behind those of clients: so clients
//! get fewer turns than there are. Who finds none free waits, on the client's thread.

use parking_lot::{Condvar, Mutex};

pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Gate {
    pub fn new(turns: usize) -> Self {
        Gate { free: Mutex::new(turns), freed: Condvar::new() }
    }

    /// Waits for a turn, which lasts as long as the value returned.
    pub fn enter(&self) -> Turn<'_> {
        let mut free = self.free.lock();
        while *free == 0 {
            self.freed.wait(&mut free);
        }
        *free -= 1;
        Turn(self)
    }
}

pub(crate) struct Turn<'a>(&'a Gate);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
