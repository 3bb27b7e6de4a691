//! `transaction_v1_*`: keeping a transaction before the pool until the client says stop.
//!
//! The pool sends what it holds to the peers. So to broadcast is to have it in the pool: when it is refused, or leaves
//! the pool without having become final, it is handed in again at a later best block, after a pause that doubles. The
//! client learns nothing of that; it stops the broadcast when it has seen the transaction in a block, or hangs up.
//!
//! Out of scope: telling the client what becomes of the transaction.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jsonrpsee::{ConnectionId, Extensions, RpcModule, core::RegisterMethodError};
use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast::error::RecvError, mpsc},
    task::AbortHandle,
};

use crate::{
    Context, author,
    connection::Connection,
    error::{self, RpcResult},
    limits::{
        BROADCAST_BYTES_MAX, BROADCAST_RETRY_BLOCKS_MAX, BROADCASTS_MAX, BROADCASTS_PER_CONNECTION_MAX,
        STATUSES_PER_WATCH_MAX, TRANSACTION_BYTES_MAX,
    },
    link::{Notice, Notices, TransactionStatus},
    params::{Arguments, Bytes},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    let broadcasts = Broadcasts::default();
    let all = broadcasts.clone();
    module.register_async_method("transaction_v1_broadcast", move |params, context, extensions| {
        let begun = Arguments::new(&params).and_then(|mut arguments| arguments.required());
        let begun = begun.map(|Bytes(bytes)| all.begin(bytes, context, &extensions));
        async move { begun }
    })?;
    module.register_method("transaction_v1_stop", move |params, _, extensions| {
        let id: String = Arguments::new(&params)?.required()?;
        match broadcasts.stop(connection_id(extensions), &id) {
            true => RpcResult::Ok(Value::Null),
            false => Err(error::invalid_params("no such operation")),
        }
    })?;
    Ok(())
}

fn connection_id(extensions: &Extensions) -> ConnectionId {
    extensions.get::<ConnectionId>().copied().unwrap_or_default()
}

/// The broadcasts of all connections; clones share them.
#[derive(Clone)]
struct Broadcasts {
    list: Arc<Mutex<List>>,
    bytes: Arc<Semaphore>,
}

#[derive(Default)]
struct List {
    tasks: HashMap<String, AbortHandle>,
    by_connection: HashMap<ConnectionId, HashSet<String>>,
    started: u64,
}

impl Default for Broadcasts {
    fn default() -> Self {
        Self { list: Arc::default(), bytes: Arc::new(Semaphore::new(BROADCAST_BYTES_MAX)) }
    }
}

impl Broadcasts {
    /// Starts one; `None` when there are too many.
    fn begin(&self, bytes: Vec<u8>, context: Arc<Context>, extensions: &Extensions) -> Option<String> {
        let owner = connection_id(extensions);
        let connection = extensions.get::<Connection>().cloned();
        // One that no pool takes is kept in name only, as the specification wants it.
        let bytes = if bytes.len() > TRANSACTION_BYTES_MAX { Vec::new() } else { bytes };
        let share = self.bytes.clone().try_acquire_many_owned(u32::try_from(bytes.len()).ok()?).ok()?;
        let mut list = self.list();
        if list.tasks.len() >= BROADCASTS_MAX {
            return None;
        }
        let id = format!("{}", list.started);
        let own = list.by_connection.entry(owner).or_default();
        if own.len() >= BROADCASTS_PER_CONNECTION_MAX {
            return None;
        }
        own.insert(id.clone());
        list.started += 1;
        let entry = Entry { all: self.clone(), owner, id: id.clone(), _share: share };
        // The list is locked until the task is on it, so that it can't end before.
        let task = tokio::spawn(async move {
            let _entry = entry;
            let ended = async {
                match connection {
                    Some(connection) => connection.ended().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = keep_in_pool(&context, bytes) => {}
                () = ended => {}
            }
        });
        list.tasks.insert(id.clone(), task.abort_handle());
        Some(id)
    }

    /// Stops one of a connection's own. Says whether there was one.
    fn stop(&self, owner: ConnectionId, id: &str) -> bool {
        let mut list = self.list();
        let Some(task) = list.remove(owner, id) else { return false };
        task.abort();
        true
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn remove(&mut self, owner: ConnectionId, id: &str) -> Option<AbortHandle> {
        let own = self.by_connection.get_mut(&owner)?;
        if !own.remove(id) {
            return None;
        }
        if own.is_empty() {
            self.by_connection.remove(&owner);
        }
        self.tasks.remove(id)
    }
}

/// Takes a broadcast off the list when it ends.
struct Entry {
    all: Broadcasts,
    owner: ConnectionId,
    id: String,
    _share: OwnedSemaphorePermit,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let _ = self.all.list().remove(self.owner, &self.id);
    }
}

/// Hands the transaction in again and again. Never ends by itself: the broadcast counts until it is stopped.
async fn keep_in_pool(context: &Context, bytes: Vec<u8>) {
    let mut pause_blocks = 1;
    let mut notices = context.link.notices.subscribe();
    loop {
        let (watch, mut statuses) = mpsc::channel(STATUSES_PER_WATCH_MAX);
        let taken = author::submit(context, bytes.clone(), Some(watch)).await.is_ok();
        if taken {
            pause_blocks = 1;
            while let Some(status) = statuses.recv().await {
                if let TransactionStatus::Finalized(_) = status {
                    return std::future::pending().await;
                }
            }
        } else {
            drop(statuses);
        }
        for _ in 0..pause_blocks {
            if !next_best(&context.link.notices, &mut notices).await {
                return std::future::pending().await;
            }
        }
        pause_blocks = (2 * pause_blocks).min(BROADCAST_RETRY_BLOCKS_MAX);
    }
}

/// Waits for a new best block. `false` when there will be none.
async fn next_best(all: &Notices, notices: &mut tokio::sync::broadcast::Receiver<Notice>) -> bool {
    loop {
        match notices.recv().await {
            Ok(Notice::Best(_)) => return true,
            Ok(_) => {}
            // Which ones were missed does not matter.
            Err(RecvError::Lagged(_)) => {
                *notices = all.subscribe();
                return true;
            }
            Err(RecvError::Closed) => return false,
        }
    }
}
