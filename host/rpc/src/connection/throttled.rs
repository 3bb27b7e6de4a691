//! The socket as jsonrpsee sees it: it reads while the connection has room, and loses patience with a slow client.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::Sleep,
};

use super::{Connection, coalesce::Coalesce, frames::Frames};
use crate::{
    arrival::Bounds,
    limits::{ARRIVING_RETRY_MS, FRAMES_READ_BYTES, SLOW_READER_BYTES_MIN, SLOW_READER_TIMEOUT_MS},
};

/// What ends the head of an HTTP request.
const HEAD_END: [u8; 4] = *b"\r\n\r\n";

/// A socket that reads only while the connection has room for more work, and fails once the connection is to close or
/// its client is too slow.
#[derive(Debug)]
pub struct Throttled {
    pub(super) socket: TcpStream,
    connection: Connection,
    /// One of the server's places for connections, held as long as the socket.
    _place: OwnedSemaphorePermit,
    reading: Reading,
    writing: Writing,
    /// What a WebSocket's client is to get.
    coalesce: Coalesce,
}

/// What comes in.
#[derive(Debug)]
struct Reading {
    /// How long one message may take, and how long it may be.
    bounds: Bounds,
    /// Where the stream stands once it is a WebSocket's.
    frames: Option<Frames>,
    /// Room for what is read of it, how much of that was read last, and how much of this the frames have taken.
    input: Vec<u8>,
    input_bytes: usize,
    taken_bytes: usize,
    /// The last bytes before.
    tail: [u8; 4],
    /// When the message that has begun must be whole.
    due: Option<Pin<Box<Sleep>>>,
    /// When to look again whether the server has room for more of a message that is not whole.
    nap: Option<Pin<Box<Sleep>>>,
    /// Whether nothing was read because so much is in work.
    was_held_up: bool,
}

/// What goes out.
#[derive(Debug, Default)]
struct Writing {
    /// When the client must have taken more of what waits.
    due: Option<Pin<Box<Sleep>>>,
    /// What it has taken since.
    taken_bytes: usize,
}

impl Throttled {
    pub(super) fn new(socket: TcpStream, connection: Connection, place: OwnedSemaphorePermit, bounds: Bounds) -> Self {
        let reading = Reading {
            bounds,
            frames: None,
            input: Vec::new(),
            input_bytes: 0,
            taken_bytes: 0,
            tail: [0; 4],
            due: None,
            nap: None,
            was_held_up: false,
        };
        Self { socket, connection, _place: place, reading, writing: Writing::default(), coalesce: Coalesce::default() }
    }
}

impl Reading {
    /// Fails when the message that has begun has taken too long.
    fn check_due(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let Some(due) = &mut self.due else { return Ok(()) };
        if self.was_held_up {
            due.as_mut().reset(tokio::time::Instant::now() + self.bounds.patience);
        }
        self.was_held_up = false;
        match due.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::TimedOut, "a message did not become whole in time")),
            Poll::Pending => Ok(()),
        }
    }

    /// Waits for a while. The message's time goes on: it may be those who wait that take all the room.
    fn hold_up(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let pause = Duration::from_millis(ARRIVING_RETRY_MS);
        let nap = self.nap.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
        if nap.as_mut().poll(cx).is_ready() {
            self.nap = None;
            // The caller's poll ends here; the next one looks again.
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// Keeps the last bytes of what has been read before the stream is a WebSocket's.
    fn note_tail(&mut self, bytes: &[u8]) {
        let from = bytes.len().saturating_sub(self.tail.len());
        self.tail.rotate_left(bytes.len() - from);
        let kept = self.tail.len() - (bytes.len() - from);
        self.tail[kept..].copy_from_slice(&bytes[from..]);
    }

    /// Reads what a WebSocket's client sends, and gives what jsonrpsee is to read.
    fn poll_frames(
        &mut self,
        cx: &mut Context<'_>,
        (socket, connection): (&mut TcpStream, &Connection),
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.frames.is_none() {
            // A client may send no frame before the handshake is answered: its beginning would have been missed.
            if self.tail != HEAD_END {
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "bytes between the handshake and its answer",
                )));
            }
            self.frames = Some(Frames::new(self.bounds.bytes_max, self.bounds.batch_requests_max));
        }
        loop {
            let Some(frames) = &mut self.frames else { return Poll::Ready(Ok(())) };
            if buffer.remaining() == 0 || frames.give(buffer) || frames.is_over() {
                return Poll::Ready(Ok(()));
            }
            if self.taken_bytes < self.input_bytes {
                self.taken_bytes += frames.feed(&self.input[self.taken_bytes..self.input_bytes]);
                self.note_progress(connection);
                continue;
            }
            self.check_due(cx)?;
            if !connection.may_arrive() {
                return self.hold_up(cx);
            }
            self.taken_bytes = 0;
            self.input.resize(FRAMES_READ_BYTES, 0);
            let mut input = ReadBuf::new(&mut self.input);
            let read = Pin::new(&mut *socket).poll_read(cx, &mut input);
            self.input_bytes = input.filled().len();
            ready!(read)?;
            if self.input_bytes == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn note_progress(&mut self, connection: &Connection) {
        let Some(frames) = &mut self.frames else { return };
        connection.odd_ids(frames.take_odd_ids());
        let unfinished = frames.unfinished();
        connection.arriving(unfinished.unwrap_or(0));
        let has_become_whole = frames.take_whole();
        if unfinished.is_none() {
            self.due = None;
        } else if has_become_whole || self.due.is_none() {
            self.due = Some(Box::pin(tokio::time::sleep(self.bounds.patience)));
        }
    }
}

impl Writing {
    /// Fails when the client has taken too little for too long; then nothing more is read either.
    fn note(&mut self, wanted: usize, written: &Poll<io::Result<usize>>, cx: &mut Context<'_>) -> io::Result<()> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.taken_bytes = self.taken_bytes.saturating_add(*bytes);
            if *bytes == wanted || self.taken_bytes >= SLOW_READER_BYTES_MIN {
                self.due = None;
            }
        }
        if written.is_pending() {
            let due = self.due.get_or_insert_with(|| {
                self.taken_bytes = 0;
                Box::pin(tokio::time::sleep(Duration::from_millis(SLOW_READER_TIMEOUT_MS)))
            });
            if due.as_mut().poll(cx).is_ready() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answers"));
            }
        }
        Ok(())
    }
}

impl Throttled {
    fn poll_read_socket(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let allowed = self.connection.poll_read_allowed(cx);
        if let Poll::Ready(Err(closed)) = allowed {
            self.send_what_fits();
            // The client shall see the end now, not when the last request in work is done. Fails when it has left.
            let _ = Pin::new(&mut self.socket).poll_shutdown(cx);
            return Poll::Ready(Err(closed));
        }
        if self.coalesce.is_reader_to_send(cx)
            && let Poll::Ready(sent) = self.poll_send(cx)
        {
            sent?;
        }
        if allowed.is_pending() {
            self.reading.was_held_up = true;
            return Poll::Pending;
        }
        if self.connection.is_websocket() {
            return self.reading.poll_frames(cx, (&mut self.socket, &self.connection), buffer);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        self.reading.note_tail(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }

    /// Takes `data` to be sent with others, if there is room; that is for messages.
    fn take(&mut self, data: &[u8]) -> bool {
        let is_taken = self.reading.frames.is_some() && self.coalesce.take(data);
        if is_taken {
            self.connection.settle(data.len());
        }
        is_taken
    }

    fn poll_write_socket(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, data);
        self.writing.note(data.len(), &written, cx).inspect_err(|_| self.connection.close())?;
        written
    }

    /// Sends all that is to be sent together.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.coalesce.is_empty() {
            let written = Pin::new(&mut self.socket).poll_write(cx, self.coalesce.bytes());
            let wanted = self.coalesce.bytes().len();
            self.writing.note(wanted, &written, cx).inspect_err(|_| self.connection.close())?;
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                bytes => self.coalesce.sent(bytes),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// [`Self::poll_send`] for a writer.
    fn poll_send_by_writer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.poll_send(cx);
        self.coalesce.writer_tried(&sent);
        sent
    }

    /// At the connection's end. What the socket has no room for is lost, like all that waits in it.
    fn send_what_fits(&mut self) {
        if !self.coalesce.is_empty() {
            let _ = self.socket.try_write(self.coalesce.bytes());
        }
    }
}

impl AsyncRead for Throttled {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.poll_read_socket(cx, buffer);
        match &read {
            Poll::Pending => self.coalesce.reader_waits(cx),
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
            Poll::Ready(_) => self.coalesce.reader_left(),
        }
        read
    }
}

impl AsyncWrite for Throttled {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.connection.write_allowed(cx)?;
        if this.take(data) {
            return Poll::Ready(Ok(data.len()));
        }
        ready!(this.poll_send_by_writer(cx))?;
        if this.take(data) {
            return Poll::Ready(Ok(data.len()));
        }
        let written = this.poll_write_socket(cx, data);
        this.coalesce.writer_tried(&written);
        this.connection.written(&written);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The last answer waits for nobody: its client may wait for it.
        if self.coalesce.is_empty() || (self.connection.is_in_work() && self.coalesce.call_reader()) {
            return Poll::Ready(Ok(()));
        }
        self.connection.write_allowed(cx)?;
        self.poll_send_by_writer(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.connection.write_allowed(cx) {
            Ok(()) => ready!(self.poll_send_by_writer(cx))?,
            Err(_) => self.send_what_fits(),
        }
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.connection.write_allowed(cx)?;
        ready!(this.poll_send_by_writer(cx))?;
        let written = Pin::new(&mut this.socket).poll_write_vectored(cx, data);
        let wanted = data.iter().map(|part| part.len()).sum();
        this.writing.note(wanted, &written, cx).inspect_err(|_| this.connection.close())?;
        this.coalesce.writer_tried(&written);
        this.connection.written(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

impl Drop for Throttled {
    fn drop(&mut self) {
        self.send_what_fits();
        self.connection.forget();
    }
}
