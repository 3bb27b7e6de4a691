//! Recovery before anybody asks, on threads of its own.
//!
//! A block's signatures cost as much as the rest of it. Which they are is known before the block runs, so other threads begin
//! at the front while the runtime executes. When it comes to a signature that nobody has begun, its thread recovers it
//! itself; to one that another thread is at, it does a later one meanwhile: no thread waits while there is work, and
//! nothing is recovered twice.
//!
//! ```text
//! Ahead::start(find) -> a thread: find() the inputs -> all threads: recover one after another -> Ahead::ask by the guest
//! ```
//!
//! Out of scope: where the inputs come from (the chain asks the runtime).
//!
//! Invariant: an answer is what [`super::recover`] gives; threads and order change when it is there, nothing else.

use std::{
    collections::VecDeque,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parking_lot::{Condvar, Mutex};

use super::{RecoverCache, RecoverError, RecoverInput, RecoveredKey};
use crate::limits::{AHEAD_BATCHES_MAX, AHEAD_INPUTS_MAX, AHEAD_SKIPS_MAX, AHEAD_THREADS_MAX};

type Answer = Result<RecoveredKey, RecoverError>;
type Find = Box<dyn FnOnce() -> Vec<RecoverInput> + Send>;

/// Signatures that will be asked for, in this order.
struct Batch {
    find: Mutex<Option<Find>>,
    items: OnceLock<Vec<Item>>,
    /// The first that may still be to be done.
    next: AtomicUsize,
    recovered: Arc<RecoverCache>,
}

struct Item {
    input: RecoverInput,
    is_taken: AtomicBool,
    answer: OnceLock<Answer>,
}

impl Batch {
    /// Finds the inputs, if nobody has begun to.
    fn find(&self) {
        let find = self.find.lock().take();
        if let Some(find) = find {
            let _otherwise = NoItems(&self.items);
            let inputs = find().into_iter().take(AHEAD_INPUTS_MAX);
            let item = |input| Item { input, is_taken: AtomicBool::new(false), answer: OnceLock::new() };
            // Nobody else took `find`, so it is not set yet.
            let _ = self.items.set(inputs.map(item).collect());
        }
    }

    /// Recovers one that nobody has begun. Whether there was one.
    fn recover_next(&self) -> bool {
        let Some(items) = self.items.get() else { return false };
        while let Some(item) = items.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.recover(item) {
                return true;
            }
        }
        // It must not wrap around, however often it is asked.
        self.next.store(items.len(), Ordering::Relaxed);
        false
    }

    /// Recovers this one, unless somebody has begun.
    fn recover(&self, item: &Item) -> bool {
        let is_ours = !item.is_taken.swap(true, Ordering::Relaxed);
        if is_ours {
            let (signature, hash) = &item.input;
            // Nobody else took it, so it is not set yet.
            let _ = item.answer.set(self.recovered.recover(signature, hash));
        }
        is_ours
    }

    /// Nobody will ask any more: what nobody has begun is left alone. Who finds the inputs is waited for, so that what that
    /// needs (a view of the state) is no longer in use.
    fn cancel(&self) {
        self.next.store(AHEAD_INPUTS_MAX, Ordering::Relaxed);
        match self.find.lock().take() {
            Some(_) => drop(NoItems(&self.items)),
            None => {
                self.items.wait();
            }
        }
    }
}

/// Says at its end that there are no inputs, where nobody has said which there are: somebody may wait for them.
struct NoItems<'a>(&'a OnceLock<Vec<Item>>);

impl Drop for NoItems<'_> {
    fn drop(&mut self) {
        // Where it is set already, all is well.
        let _ = self.0.set(Vec::new());
    }
}

/// Signatures that are recovered ahead. Dropping it leaves alone what nobody has begun.
pub struct Ahead {
    batch: Arc<Batch>,
    /// Which will be asked for next.
    at: AtomicUsize,
}

impl Ahead {
    /// Waits until it is known which they are.
    pub(crate) fn wait(&self) {
        self.batch.find();
        self.batch.items.wait();
    }

    /// The key behind a signature, if it is among the next that were expected.
    pub(crate) fn ask(&self, signature: &[u8; 65], hash: &[u8; 32]) -> Option<Answer> {
        let items = self.batch.items.get()?;
        let at = self.at.load(Ordering::Relaxed);
        let expected = items.get(at..)?.iter().take(AHEAD_SKIPS_MAX);
        let skipped = expected.map(|item| &item.input).position(|(of, over)| of == signature && over == hash)?;
        self.at.store(at + skipped + 1, Ordering::Relaxed);
        let item = items.get(at + skipped)?;
        self.batch.recover(item);
        while item.answer.get().is_none() && self.batch.recover_next() {}
        Some(*item.answer.wait())
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.batch.cancel();
    }
}

impl std::fmt::Debug for Ahead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}

/// The threads, which begin with the first batch.
pub(crate) struct Recoverers {
    recovered: Arc<RecoverCache>,
    threads: usize,
    started: OnceLock<bool>,
    queue: Arc<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    batches: VecDeque<Arc<Batch>>,
    is_over: bool,
}

impl Recoverers {
    /// Threads beside the one that executes, as many as the machine has processors for.
    pub fn new(recovered: Arc<RecoverCache>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = processors.saturating_sub(1).min(AHEAD_THREADS_MAX);
        Self { recovered, threads, started: OnceLock::new(), queue: Arc::default() }
    }

    /// Begins with what `find` finds. `None` where there is no processor to spare, or too much is waiting.
    pub fn start(&self, find: Find) -> Option<Ahead> {
        if self.threads == 0 || !self.started.get_or_init(|| self.start_threads()) {
            return None;
        }
        let mut waiting = self.queue.waiting.lock();
        if waiting.batches.len() >= AHEAD_BATCHES_MAX {
            return None;
        }
        let batch = Arc::new(Batch {
            find: Mutex::new(Some(find)),
            items: OnceLock::new(),
            next: AtomicUsize::new(0),
            recovered: self.recovered.clone(),
        });
        waiting.batches.push_back(batch.clone());
        drop(waiting);
        self.queue.changed.notify_all();
        Some(Ahead { batch, at: AtomicUsize::new(0) })
    }

    /// Whether at least one runs.
    fn start_threads(&self) -> bool {
        let start = |index| {
            let queue = self.queue.clone();
            let thread = std::thread::Builder::new().name(format!("recover-{index}"));
            thread.stack_size(crate::limits::AHEAD_STACK_BYTES).spawn(move || queue.work())
        };
        (0..self.threads).filter(|index| start(*index).is_ok()).count() > 0
    }
}

impl Drop for Recoverers {
    fn drop(&mut self) {
        let mut waiting = self.queue.waiting.lock();
        waiting.is_over = true;
        waiting.batches.clear();
        drop(waiting);
        self.queue.changed.notify_all();
    }
}

impl Queue {
    /// The life of a thread.
    fn work(&self) {
        while let Some(batch) = self.first() {
            batch.find();
            // While another thread finds the inputs, this one takes a later batch or waits for them.
            batch.items.wait();
            while batch.recover_next() {}
            let mut waiting = self.waiting.lock();
            waiting.batches.retain(|other| !Arc::ptr_eq(other, &batch));
        }
    }

    /// The batch that came first; waits for one. `None` when all is over.
    fn first(&self) -> Option<Arc<Batch>> {
        let mut waiting = self.waiting.lock();
        loop {
            if waiting.is_over {
                return None;
            }
            if let Some(batch) = waiting.batches.front() {
                return Some(batch.clone());
            }
            self.changed.wait(&mut waiting);
        }
    }
}

#[cfg(test)]
mod tests;
