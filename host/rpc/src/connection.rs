//! One client's connection: its socket, what it has in work, and how to get rid of it.
//!
//! jsonrpsee starts each WebSocket message as a task of its own and never stops reading, so a client could pile up
//! requests in memory. [`Throttled`] stands between the socket and jsonrpsee: while the connection has too much in
//! work, it reads nothing, and TCP makes the client wait. [`Counted`] counts what is in work.
//!
//! A handle to the [`Connection`] travels in each request's extensions, so that a subscription whose client does not
//! read can close the whole connection.

use std::{
    io,
    net::Shutdown,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use jsonrpsee::{
    MethodResponse,
    core::middleware::{Batch, BatchEntry, Notification, Request, RpcServiceT},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};

use crate::limits::{REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX, REQUESTS_IN_WORK_PER_CONNECTION_MAX};

/// A handle to a client's connection.
#[derive(Debug, Clone)]
pub struct Connection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// A second handle to the socket, for closing it from outside.
    socket: std::net::TcpStream,
    in_work: Mutex<InWork>,
}

#[derive(Debug, Default)]
struct InWork {
    requests: usize,
    bytes: usize,
    reader: Option<Waker>,
}

impl Connection {
    /// Takes over a socket; what jsonrpsee gets to serve is the [`Throttled`] part.
    pub fn accept(socket: TcpStream, place: OwnedSemaphorePermit) -> io::Result<(Self, Throttled)> {
        socket.set_nodelay(true)?;
        let socket = socket.into_std()?;
        let connection = Self(Arc::new(Inner { socket: socket.try_clone()?, in_work: Mutex::default() }));
        let stream = TcpStream::from_std(socket)?;
        Ok((connection.clone(), Throttled { stream, connection, _place: place }))
    }

    /// Closes the connection at once, whatever waits in it.
    pub fn close(&self) {
        // Fails when it is closed already.
        let _ = self.0.socket.shutdown(Shutdown::Both);
    }

    fn in_work(&self) -> std::sync::MutexGuard<'_, InWork> {
        self.0.in_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, requests: usize, bytes: usize) -> Work {
        let mut in_work = self.in_work();
        in_work.requests += requests;
        in_work.bytes += bytes;
        Work { connection: self.clone(), requests, bytes }
    }

    /// Whether more may be read now; if not, the reader is woken later.
    fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        let mut in_work = self.in_work();
        if in_work.requests < REQUESTS_IN_WORK_PER_CONNECTION_MAX
            && in_work.bytes < REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX
        {
            return Poll::Ready(());
        }
        in_work.reader = Some(cx.waker().clone());
        Poll::Pending
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
        let mut in_work = self.connection.in_work();
        in_work.requests -= self.requests;
        in_work.bytes -= self.bytes;
        if let Some(reader) = in_work.reader.take() {
            reader.wake();
        }
    }
}

/// A socket that reads only while the connection has room for more work.
#[derive(Debug)]
pub struct Throttled {
    stream: TcpStream,
    connection: Connection,
    /// One of the server's places for connections, held as long as the socket.
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Throttled {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.connection.poll_room(cx));
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Throttled {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// jsonrpsee middleware that counts a connection's requests in work.
#[derive(Debug, Clone)]
pub struct Counted<S> {
    /// The next service.
    pub service: S,
    /// Whose requests they are.
    pub connection: Connection,
}

impl<S> RpcServiceT for Counted<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse> + Send + Sync + Clone + 'static,
{
    type MethodResponse = S::MethodResponse;
    type NotificationResponse = S::NotificationResponse;
    type BatchResponse = S::BatchResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = Self::MethodResponse> + Send + 'a {
        let work = self.connection.begin(1, params_bytes(&request));
        let answer = self.service.call(request);
        async move {
            let _work = work;
            answer.await
        }
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = Self::BatchResponse> + Send + 'a {
        let bytes = batch.iter().map(|entry| match entry {
            Ok(BatchEntry::Call(request)) => params_bytes(request),
            _ => 0,
        });
        let work = self.connection.begin(batch.len(), bytes.sum());
        let answer = self.service.batch(batch);
        async move {
            let _work = work;
            answer.await
        }
    }

    fn notification<'a>(&self, note: Notification<'a>) -> impl Future<Output = Self::NotificationResponse> + Send + 'a {
        self.service.notification(note)
    }
}

fn params_bytes(request: &Request<'_>) -> usize {
    request.params.as_ref().map_or(0, |params| params.get().len())
}
