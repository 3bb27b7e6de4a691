//! What storage subscriptions make the node read for each block: bounded per connection, and over all connections.
//!
//! A subscription keeps hashes only, but its values are read again for each head, and sent when they change. So each
//! takes a [`Share`] as large as its keys and values, which follows them as they grow.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jsonrpsee::{ConnectionId, types::ErrorObjectOwned};

use crate::{
    error::{self, RpcResult},
    limits::{WATCHED_BYTES_MAX, WATCHED_BYTES_PER_CONNECTION_MAX, WATCHED_KEY_BYTES},
};

/// The budget; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Watched(Arc<Mutex<Sums>>);

#[derive(Debug, Default)]
struct Sums {
    all: usize,
    /// None of a connection without shares.
    by_connection: HashMap<ConnectionId, usize>,
}

impl Watched {
    /// A share for `keys` keys that have `bytes` bytes with their values; given back when dropped.
    pub fn take(&self, connection: ConnectionId, keys: usize, bytes: usize) -> RpcResult<Share> {
        let mut share = Share { watched: self.clone(), connection, bytes: 0 };
        share.resize(keys, bytes)?;
        Ok(share)
    }

    fn sums(&self) -> MutexGuard<'_, Sums> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subscription's part of the budget.
#[derive(Debug)]
pub struct Share {
    watched: Watched,
    connection: ConnectionId,
    bytes: usize,
}

impl Share {
    /// Makes it fit what the keys and values have become. When there is no room, it stays as it is.
    pub fn resize(&mut self, keys: usize, bytes: usize) -> Result<(), ErrorObjectOwned> {
        let bytes = bytes.saturating_add(keys.saturating_mul(WATCHED_KEY_BYTES));
        let mut sums = self.watched.sums();
        let all = (sums.all - self.bytes).saturating_add(bytes);
        let before = sums.by_connection.get(&self.connection).copied().unwrap_or_default();
        let here = (before - self.bytes).saturating_add(bytes);
        if here > WATCHED_BYTES_PER_CONNECTION_MAX {
            let what = "size of the connection's subscribed values in bytes";
            return Err(error::too_much(what, here, WATCHED_BYTES_PER_CONNECTION_MAX));
        }
        if all > WATCHED_BYTES_MAX {
            return Err(error::busy());
        }
        sums.all = all;
        sums.by_connection.insert(self.connection, here);
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut sums = self.watched.sums();
        sums.all -= self.bytes;
        if let Some(here) = sums.by_connection.get_mut(&self.connection) {
            *here -= self.bytes;
            if *here == 0 {
                sums.by_connection.remove(&self.connection);
            }
        }
    }
}

#[cfg(test)]
mod tests;
