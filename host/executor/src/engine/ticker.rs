//! The clock behind the time limit: a thread that advances the engines' epoch.
//!
//! Compiled code compares the epoch with its deadline at each loop and function entry. The thread ends with the
//! [`Ticker`] that owns it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use wasmtime::EngineWeak;

use super::TICK_MS;

#[derive(Default)]
struct Stop {
    asked: Mutex<bool>,
    signal: Condvar,
}

/// Ticks until it is dropped.
pub(crate) struct Ticker {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Starts the clock of `engines`.
    pub fn start(engines: Vec<EngineWeak>) -> std::io::Result<Self> {
        let stop = Arc::new(Stop::default());
        let seen = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("ziver-wasm-clock".into()).spawn(move || {
            let mut asked = seen.asked.lock();
            while !*asked {
                seen.signal.wait_for(&mut asked, Duration::from_millis(TICK_MS));
                engines.iter().filter_map(EngineWeak::upgrade).for_each(|engine| engine.increment_epoch());
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        *self.stop.asked.lock() = true;
        self.stop.signal.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic of the clock's thread has been printed; there is nothing to add to it while dropping.
            let _ = thread.join();
        }
    }
}
