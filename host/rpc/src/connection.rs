//! One client's connection: its socket, what it has in work, what waits to be read, and how to get rid of it.
//!
//! jsonrpsee starts each WebSocket message as a task of its own and never stops reading, so a client could pile up
//! requests in memory. [`Throttled`] stands between the socket and jsonrpsee: while the connection has too much in
//! work, or too many bytes of answers that its client has not read, it reads nothing, and TCP makes the client wait. A
//! client that takes nothing of what waits for it, or does not finish a message that it has begun, loses its
//! connection. Messages to a WebSocket's client are sent together where they come close together (`coalesce`).
//! [`crate::guard`] counts what is in work and what is answered.
//!
//! A handle to the [`Connection`] travels in each request's extensions, so that a subscription whose client does not
//! read can close the whole connection. It does not keep the socket open: a connection costs one file descriptor, for
//! as long as it is served.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, watch},
};

use crate::{
    addresses::Place,
    arrival::Bounds,
    budget::Budget,
    limits::{
        ANSWER_BYTES_PER_CONNECTION_MAX, ANSWER_BYTES_PER_CONNECTION_TO_READ_ON,
        REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX, REQUESTS_IN_WORK_PER_CONNECTION_MAX,
    },
};

mod coalesce;
mod frames;
mod throttled;

pub use throttled::Throttled;

/// A handle to a client's connection.
#[derive(Debug, Clone)]
pub struct Connection {
    state: Arc<Mutex<State>>,
    budget: Budget,
}

#[derive(Debug, Default)]
struct State {
    /// Requests in work, and the bytes of their parameters.
    requests: usize,
    bytes: usize,
    /// Bytes of answers and notifications that are not written to the socket yet.
    answer_bytes: usize,
    /// Bytes of a WebSocket message of which more is to come.
    arriving_bytes: usize,
    is_websocket: bool,
    /// Requests with ids that no answer can carry, not answered yet.
    odd_ids: usize,
    /// By which it counts as one of its client's.
    places: Vec<Place>,
    closed: bool,
    /// Whether the socket is gone, and who wants to know.
    ended: watch::Sender<bool>,
    /// Who waits for room or for the socket.
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Connection {
    /// Takes over a socket; what jsonrpsee gets to serve is the [`Throttled`] part. The bounds hold for WebSocket
    /// messages.
    pub fn accept(
        socket: TcpStream,
        place: OwnedSemaphorePermit,
        budget: Budget,
        bounds: Bounds,
    ) -> io::Result<(Self, Throttled)> {
        socket.set_nodelay(true)?;
        let connection = Self { state: Arc::default(), budget };
        Ok((connection.clone(), Throttled::new(socket, connection, place, bounds)))
    }

    /// Closes the connection at once, whatever waits in it.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let wakers = [state.reader.take(), state.writer.take()];
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Resolves when the connection's socket is gone.
    pub async fn ended(&self) {
        let mut ended = self.state().ended.subscribe();
        // Fails when nobody can tell any more, which is the end as well.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// From here on the client sends WebSocket frames.
    pub fn upgrade(&self) {
        self.state().is_websocket = true;
    }

    /// Keeps a place until the socket is gone.
    pub fn keep(&self, place: Place) {
        let mut state = self.state();
        if !state.closed {
            state.places.push(place);
        }
    }

    /// Whether a WebSocket message had an id that no answer can carry, and was taken for a notification; each counts
    /// once. Which one it was can't be told, nor need it: all get the same answer.
    pub fn take_odd_id(&self) -> bool {
        let mut state = self.state();
        let has_come = state.odd_ids > 0;
        state.odd_ids = state.odd_ids.saturating_sub(1);
        has_come
    }

    /// Notes an answer that is going to be written; whether there is room for it.
    #[must_use]
    pub fn promise(&self, bytes: usize) -> bool {
        let mut state = self.state();
        if state.closed {
            // Nobody will read it, and nobody would settle it.
            return true;
        }
        let is_full = state.answer_bytes > 0 && state.answer_bytes + bytes > ANSWER_BYTES_PER_CONNECTION_MAX;
        if is_full || !self.budget.answers.add(bytes) {
            return false;
        }
        state.answer_bytes += bytes;
        true
    }

    /// Takes back a promise, or notes that it is kept.
    pub fn settle(&self, bytes: usize) {
        let mut state = self.state();
        let settled = bytes.min(state.answer_bytes);
        state.answer_bytes -= settled;
        self.budget.answers.take(settled);
        if let Some(reader) = state.reader.take_if(|_| settled > 0) {
            reader.wake();
        }
    }

    /// Requests are in work until what is returned is dropped.
    pub fn begin(&self, requests: usize, bytes: usize) -> Work {
        let mut state = self.state();
        state.requests += requests;
        state.bytes += bytes;
        Work { connection: self.clone(), requests, bytes }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether requests are in work, whose answers are going to follow.
    fn is_in_work(&self) -> bool {
        self.state().requests > 0
    }

    fn is_websocket(&self) -> bool {
        self.state().is_websocket
    }

    /// Whether more may be read now; if not, or if nothing has come, the reader is woken later.
    fn poll_read_allowed(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.closed {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        state.reader = Some(cx.waker().clone());
        let room = state.requests < REQUESTS_IN_WORK_PER_CONNECTION_MAX
            && state.bytes < REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX
            && state.answer_bytes < ANSWER_BYTES_PER_CONNECTION_TO_READ_ON;
        if room { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    /// Whether the connection is still to be written to; the writer is woken when it is no longer.
    fn write_allowed(&self, cx: &Context<'_>) -> io::Result<()> {
        let mut state = self.state();
        if state.closed {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        state.writer = Some(cx.waker().clone());
        Ok(())
    }

    fn written(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(bytes)) = written {
            self.settle(*bytes);
        }
    }

    /// Whether the server has room for more of a message that is not whole.
    fn may_arrive(&self) -> bool {
        self.budget.arriving.has_room(self.state().arriving_bytes)
    }

    /// So many bytes of a message that is not whole are in memory.
    fn arriving(&self, bytes: usize) {
        let mut state = self.state();
        self.budget.arriving.replace(state.arriving_bytes, bytes);
        state.arriving_bytes = bytes;
    }

    /// So many messages with such ids have come.
    fn odd_ids(&self, count: usize) {
        if count > 0 {
            self.state().odd_ids += count;
        }
    }

    /// The socket has gone, and with it all that waited.
    fn forget(&self) {
        let mut state = self.state();
        state.closed = true;
        state.places.clear();
        state.ended.send_replace(true);
        self.budget.answers.take(std::mem::take(&mut state.answer_bytes));
        self.budget.arriving.take(std::mem::take(&mut state.arriving_bytes));
    }
}

/// Requests in work, until dropped.
pub struct Work {
    connection: Connection,
    requests: usize,
    bytes: usize,
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut state = self.connection.state();
        state.requests -= self.requests;
        state.bytes -= self.bytes;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests;
