//! What clients start on pinned blocks: bodies, runtime calls, storage. Each is a task that ends with one last event.
//!
//! The answer to the request that starts an operation goes out before its first event. A follow has a number of places
//! for operations; a few of them read at a time, so that what waits to be sent to a slow client is little.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use codec::Encode;
use jsonrpsee::{MethodResponseFuture, types::ErrorObjectOwned};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    task::AbortHandle,
};
use ziver_primitives::Hash;

use super::{events::FollowEvent, follow::Follow};
use crate::{
    Context,
    chain_read::ReadError,
    error::RpcResult,
    json,
    limits::{OPERATIONS_PER_FOLLOW_MAX, OPERATIONS_READING_PER_FOLLOW_MAX, RESPONSE_BYTES_MAX},
    storage_query::Queries,
    subscription::Ended,
};

/// A follow's operations.
pub struct Operations {
    places: Arc<Semaphore>,
    reading: Semaphore,
    running: Arc<Mutex<HashMap<String, Running>>>,
    started: AtomicU64,
}

struct Running {
    task: AbortHandle,
    resume: Arc<Resume>,
}

/// Lets an operation wait for `chainHead_v1_continue`.
#[derive(Debug, Default)]
pub struct Resume {
    is_waiting: AtomicBool,
    go: Notify,
}

/// The client said "continue" to an operation that does not wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWaiting;

impl Default for Operations {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(OPERATIONS_PER_FOLLOW_MAX)),
            reading: Semaphore::new(OPERATIONS_READING_PER_FOLLOW_MAX),
            running: Arc::default(),
            started: AtomicU64::new(0),
        }
    }
}

/// A place for one operation, and its name.
pub struct Ticket {
    /// Names the operation within its follow.
    pub id: String,
    /// To wait for the client.
    pub resume: Arc<Resume>,
    _place: OwnedSemaphorePermit,
}

impl Operations {
    /// A place for one more operation, if there is one.
    pub fn ticket(&self) -> Option<Ticket> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let id = self.started.fetch_add(1, Ordering::Relaxed).to_string();
        Some(Ticket { id, resume: Arc::default(), _place: place })
    }

    /// Runs an operation once the request that started it is answered.
    pub fn start<F: Future<Output = Result<(), Ended>> + Send + 'static>(
        &self,
        ticket: Ticket,
        answered: MethodResponseFuture,
        work: impl FnOnce(String, Arc<Resume>) -> F,
    ) {
        /// Takes the operation off the list when it ends, is stopped, or panics.
        struct Entry(Arc<Mutex<HashMap<String, Running>>>, String);
        impl Drop for Entry {
            fn drop(&mut self) {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
            }
        }
        let (id, resume) = (ticket.id.clone(), ticket.resume.clone());
        let work = work(id.clone(), resume.clone());
        let entry = Entry(self.running.clone(), id.clone());
        // Held until the task is listed, so that it can't end before.
        let mut running = self.running();
        let task = tokio::spawn(async move {
            let (_entry, _ticket) = (entry, ticket);
            // Fails when the client has gone; in batches operations are not started.
            let _ = answered.await;
            // A follow that is over has nobody to tell.
            let _ = work.await;
        });
        running.insert(id, Running { task: task.abort_handle(), resume });
    }

    /// Stops an operation; nothing happens if it has ended or never was.
    pub fn stop(&self, id: &str) {
        if let Some(operation) = self.running().get(id) {
            operation.task.abort();
        }
    }

    /// Stops all operations.
    pub fn stop_all(&self) {
        self.running().values().for_each(|operation| operation.task.abort());
    }

    /// Lets an operation go on; nothing happens if it has ended or never was.
    pub fn resume(&self, id: &str) -> Result<(), NotWaiting> {
        let running = self.running();
        let Some(Running { resume, .. }) = running.get(id) else { return Ok(()) };
        if !resume.is_waiting.swap(false, Ordering::SeqCst) {
            return Err(NotWaiting);
        }
        resume.go.notify_one();
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the turns at reading, when the client has read what was read for it before.
async fn turn(follow: &Follow) -> Result<SemaphorePermit<'_>, Ended> {
    let turn = follow.operations.reading.acquire().await.map_err(|_| Ended)?;
    follow.room().await?;
    Ok(turn)
}

/// The last event of an operation that could not be done.
fn failed(operation_id: String, why: RpcResult<ReadError>) -> FollowEvent {
    match why {
        Ok(why) if !why.is_gone() => FollowEvent::OperationError { operation_id, error: why.to_string() },
        // It is gone, or the node is busy: another time it may succeed.
        _ => FollowEvent::OperationInaccessible { operation_id },
    }
}

/// What a turn gave: the server's refusal of the turn, the chain's of the read, or the value.
fn outcome<T>(read: RpcResult<Result<T, ReadError>>) -> Result<T, RpcResult<ReadError>> {
    read.map_err(Err::<ReadError, ErrorObjectOwned>)?.map_err(Ok)
}

/// Hexadecimal digits of all that a notification tells.
fn fits(bytes: usize) -> bool {
    bytes < RESPONSE_BYTES_MAX as usize / 2
}

/// Reads a block's body.
pub async fn body(follow: Arc<Follow>, context: Arc<Context>, at: Hash, operation_id: String) -> Result<(), Ended> {
    let _turn = turn(&follow).await?;
    let read = context.read(move |chain| chain.block(at)?.ok_or(ReadError::UnknownBlock(at))).await;
    let event = match outcome(read) {
        Ok(block) => {
            let value = block.extrinsics.iter().map(|extrinsic| json::bytes(extrinsic.encode())).collect();
            FollowEvent::OperationBodyDone { operation_id, value }
        }
        Err(why) => failed(operation_id, why),
    };
    follow.emit(&event).await
}

/// Calls the runtime.
pub async fn call(
    follow: Arc<Follow>,
    context: Arc<Context>,
    at: Hash,
    (entry_point, input): (String, Vec<u8>),
    operation_id: String,
) -> Result<(), Ended> {
    let _turn = turn(&follow).await?;
    let read = context.call(move |chain| chain.call(at, &entry_point, &input)).await;
    let event = match outcome(read) {
        Ok(output) if fits(output.len()) => {
            FollowEvent::OperationCallDone { operation_id, output: json::bytes(output) }
        }
        Ok(_) => FollowEvent::OperationError { operation_id, error: "the answer is too large".into() },
        Err(why) => failed(operation_id, why),
    };
    follow.emit(&event).await
}

/// Reads storage page by page. When keys below another are among what is wanted, the client says when to go on.
pub async fn storage(
    follow: Arc<Follow>,
    context: Arc<Context>,
    (at, child): (Hash, Option<Vec<u8>>),
    mut queries: Queries,
    (operation_id, resume): (String, Arc<Resume>),
) -> Result<(), Ended> {
    loop {
        let turn = turn(&follow).await?;
        let child = child.clone();
        let read = context.read(move |chain| {
            let page = queries.page(chain, at, child.as_deref())?;
            Ok((queries, page))
        });
        let items;
        (queries, items) = match outcome(read.await) {
            Ok(read) => read,
            Err(why) => return follow.emit(&failed(operation_id, why)).await,
        };
        if !items.is_empty() {
            let operation_id = operation_id.clone();
            follow.emit(&FollowEvent::OperationStorageItems { operation_id, items }).await?;
        }
        drop(turn);
        if queries.is_done() {
            return follow.emit(&FollowEvent::OperationStorageDone { operation_id }).await;
        }
        if queries.has_descendants {
            resume.is_waiting.store(true, Ordering::SeqCst);
            let operation_id = operation_id.clone();
            follow.emit(&FollowEvent::OperationWaitingForContinue { operation_id }).await?;
            resume.go.notified().await;
        }
    }
}
