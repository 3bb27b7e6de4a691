//! Bytes that the requests in work may have together, over all connections.
//!
//! A request costs a few times its own size while it is in work: as text, decoded, and as what it is turned into. A
//! limit per connection alone would let many connections add up, so each request takes a share of the server's budget
//! and is refused when there is none. Large requests have a budget of their own, so that they can't keep the small ones
//! out. Out of scope: bytes of messages of which a part has not arrived yet.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{REQUEST_BYTES_IN_WORK_MAX, REQUEST_BYTES_SMALL_MAX};

/// The server's budget; clones share it.
#[derive(Debug, Clone)]
pub struct Budget {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Budget {
    /// Nothing is in work yet.
    pub fn new() -> Self {
        let full = || Arc::new(Semaphore::new(REQUEST_BYTES_IN_WORK_MAX));
        Self { small: full(), large: full() }
    }

    /// A share of so many bytes, given back when dropped; `None` when too much is in work.
    pub fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let budget = if bytes <= REQUEST_BYTES_SMALL_MAX { &self.small } else { &self.large };
        budget.clone().try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

#[cfg(test)]
mod tests;
