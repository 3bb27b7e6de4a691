//! Bytes that the requests in work may have together, over all connections.
//!
//! A request costs a few times its own size while it is in work: as text, decoded, and as what it is turned into. A
//! limit per connection alone would let many connections add up, so each request takes a share of the server's budget
//! and is refused when there is none. Large requests have a budget of their own, so that they can't keep the small ones
//! out. The same holds for answers that clients have not read, and for messages of which only a part has arrived.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{
    ANSWER_BYTES_MAX, ARRIVING_BYTES_LARGE_MAX, ARRIVING_BYTES_MAX, ARRIVING_BYTES_OF_MEDIUM_MAX,
    REQUEST_BYTES_IN_WORK_MAX, REQUEST_BYTES_SMALL_MAX,
};

/// The server's budget; clones share it.
#[derive(Debug, Clone)]
pub struct Budget {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    /// Answers and notifications that wait for their readers.
    pub answers: Total,
    /// Messages and bodies that are not whole.
    pub arriving: Total,
}

impl Budget {
    /// Nothing is in work yet.
    pub fn new() -> Self {
        let full = || Arc::new(Semaphore::new(REQUEST_BYTES_IN_WORK_MAX));
        Self {
            small: full(),
            large: full(),
            answers: Total::new(ANSWER_BYTES_MAX, ANSWER_BYTES_MAX),
            arriving: Total::new(ARRIVING_BYTES_MAX, ARRIVING_BYTES_LARGE_MAX),
        }
    }

    /// A share of so many bytes, given back when dropped; `None` when too much is in work.
    pub fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let budget = if bytes <= REQUEST_BYTES_SMALL_MAX { &self.small } else { &self.large };
        budget.clone().try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

/// A number of bytes over all connections, with a bound for what is large: small things always find room, for there is
/// a bound for the number of connections.
#[derive(Debug, Clone)]
pub struct Total {
    bytes: Arc<AtomicUsize>,
    max: usize,
    large_max: usize,
}

impl Total {
    fn new(max: usize, large_max: usize) -> Self {
        Self { bytes: Arc::default(), max, large_max }
    }

    /// Counts so many more, if there is room.
    #[must_use]
    pub fn add(&self, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = bytes <= REQUEST_BYTES_SMALL_MAX || before + bytes <= self.max;
        if !fits {
            self.take(bytes);
        }
        fits
    }

    /// Counts so many less.
    pub fn take(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts `new` instead of `old`.
    pub fn replace(&self, old: usize, new: usize) {
        self.bytes.fetch_add(new, Ordering::Relaxed);
        self.take(old);
    }

    /// Whether something that has so many bytes already may grow: while it has less than is free. So nobody gets all,
    /// and the large ones leave room for others.
    pub fn has_room(&self, own: usize) -> bool {
        let max = if own <= ARRIVING_BYTES_OF_MEDIUM_MAX { self.max } else { self.large_max };
        own <= REQUEST_BYTES_SMALL_MAX || own < max.saturating_sub(self.bytes.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
