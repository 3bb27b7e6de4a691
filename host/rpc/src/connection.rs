//! One client's connection: its socket, what it has in work, and how to get rid of it.
//!
//! jsonrpsee starts each WebSocket message as a task of its own and never stops reading, so a client could pile up
//! requests in memory. [`Throttled`] stands between the socket and jsonrpsee: while the connection has too much in
//! work, it reads nothing, and TCP makes the client wait. [`Counted`] counts what is in work, and refuses what is too
//! much for the whole server ([`Budget`]).
//!
//! A handle to the [`Connection`] travels in each request's extensions, so that a subscription whose client does not
//! read can close the whole connection. It does not keep the socket open: a connection costs one file descriptor, for
//! as long as it is served.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use jsonrpsee::{
    MethodResponse,
    core::middleware::{Batch, BatchEntry, Notification, Request, RpcServiceT},
    types::Id,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};

use crate::{
    budget::Budget,
    error,
    limits::{REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX, REQUESTS_IN_WORK_PER_CONNECTION_MAX},
};

/// A handle to a client's connection.
#[derive(Debug, Clone, Default)]
pub struct Connection(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Requests in work, and the bytes of their parameters.
    requests: usize,
    bytes: usize,
    closed: bool,
    /// Who waits for room or for the socket.
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Connection {
    /// Takes over a socket; what jsonrpsee gets to serve is the [`Throttled`] part.
    pub fn accept(socket: TcpStream, place: OwnedSemaphorePermit) -> io::Result<(Self, Throttled)> {
        socket.set_nodelay(true)?;
        let connection = Self::default();
        Ok((connection.clone(), Throttled { socket, connection, _place: place }))
    }

    /// Closes the connection at once, whatever waits in it.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let wakers = [state.reader.take(), state.writer.take()];
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, requests: usize, bytes: usize) -> Work {
        let mut state = self.state();
        state.requests += requests;
        state.bytes += bytes;
        Work { connection: self.clone(), requests, bytes }
    }

    /// Whether more may be read now; if not, or if nothing has come, the reader is woken later.
    fn poll_read_allowed(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.closed {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        state.reader = Some(cx.waker().clone());
        let room = state.requests < REQUESTS_IN_WORK_PER_CONNECTION_MAX
            && state.bytes < REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX;
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
}

/// Requests in work, until dropped.
struct Work {
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

/// A socket that reads only while the connection has room for more work, and fails once the connection is to close.
#[derive(Debug)]
pub struct Throttled {
    socket: TcpStream,
    connection: Connection,
    /// One of the server's places for connections, held as long as the socket.
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Throttled {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Err(closed) = ready!(self.connection.poll_read_allowed(cx)) {
            // The client shall see the end now, not when the last request in work is done. Fails when it has left.
            let _ = Pin::new(&mut self.socket).poll_shutdown(cx);
            return Poll::Ready(Err(closed));
        }
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Throttled {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.connection.write_allowed(cx)?;
        Pin::new(&mut self.socket).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.connection.write_allowed(cx)?;
        Pin::new(&mut self.socket).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

/// jsonrpsee middleware that counts a connection's requests in work.
#[derive(Debug, Clone)]
pub struct Counted<S> {
    /// The next service.
    pub service: S,
    /// Whose requests they are.
    pub connection: Connection,
    /// What all connections together may have in work.
    pub budget: Budget,
}

impl<S> RpcServiceT for Counted<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse, BatchResponse = MethodResponse> + Send + Sync + Clone + 'static,
{
    type MethodResponse = S::MethodResponse;
    type NotificationResponse = S::NotificationResponse;
    type BatchResponse = S::BatchResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = Self::MethodResponse> + Send + 'a {
        let bytes = params_bytes(&request);
        let share = self.budget.take(bytes);
        let work = self.connection.begin(1, bytes);
        let service = self.service.clone();
        async move {
            let _work = work;
            let Some(_share) = share else { return MethodResponse::error(request.id, error::busy()) };
            service.call(request).await
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = Self::BatchResponse> + Send + 'a {
        let bytes = batch.iter().map(|entry| match entry {
            Ok(BatchEntry::Call(request)) => params_bytes(request),
            _ => 0,
        });
        let bytes = bytes.sum();
        let share = self.budget.take(bytes);
        let work = self.connection.begin(batch.len(), bytes);
        let service = self.service.clone();
        async move {
            let _work = work;
            let Some(_share) = share else { return MethodResponse::error(Id::Null, error::busy()) };
            service.batch(batch).await
        }
    }

    fn notification<'a>(&self, note: Notification<'a>) -> impl Future<Output = Self::NotificationResponse> + Send + 'a {
        self.service.notification(note)
    }
}

fn params_bytes(request: &Request<'_>) -> usize {
    request.params.as_ref().map_or(0, |params| params.get().len())
}

#[cfg(test)]
mod tests;
