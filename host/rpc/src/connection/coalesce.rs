//! Messages to a WebSocket's client that wait for each other, so that many leave in one system call.
//!
//! jsonrpsee flushes each answer. To a client that has many requests in work, they become ready one after the other, and a send
//! costs more than the rest of answering. So while more of its requests are in work, a flush leaves the bytes where they are and wakes
//! the task that waits for the client's next message; that task goes behind all others that are ready, and then sends what has
//! come together.
//!
//! A flush may leave bytes only while the reader waits and will come, and none longer than [`COALESCED_US_MAX`]. Otherwise
//! flushing sends as usual, as do the connection's end and more than [`COALESCED_BYTES_MAX`]. Whoever is told by the socket that there is room must be the one who
//! waits for it: while a writer does, the reader sends nothing.
//!
//! Out of scope: how long a slow client is waited for (`throttled`).

use std::{
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use crate::limits::{COALESCED_BYTES_MAX, COALESCED_US_MAX};

/// What waits to be sent, and who will do it.
#[derive(Debug, Default)]
pub struct Coalesce {
    bytes: Vec<u8>,
    /// When the first of them came.
    since: Option<Instant>,
    /// The reader's, while it waits.
    reader: Option<Waker>,
    /// Whether the reader has been woken, or lets others have their turn: it is going to send.
    is_reader_coming: bool,
    /// Whether it has let the others have their turn.
    had_others_turn: bool,
    /// Whether the socket tells a writer, not the reader, when it has room.
    is_writer_waiting: bool,
}

impl Coalesce {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is to be sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// So many bytes have been sent.
    pub fn sent(&mut self, bytes: usize) {
        self.bytes.drain(..bytes);
        if self.is_empty() {
            self.since = None;
        }
    }

    /// Takes `data` from a writer if there is room for all of it.
    pub fn take(&mut self, data: &[u8]) -> bool {
        let fits = self.bytes.len() + data.len() <= COALESCED_BYTES_MAX;
        if fits {
            self.since.get_or_insert_with(Instant::now);
            self.bytes.extend_from_slice(data);
            self.is_writer_waiting = false;
        }
        fits
    }

    /// A writer wants the bytes to be sent: whether the reader is going to do it.
    pub fn call_reader(&mut self) -> bool {
        self.is_writer_waiting = false;
        if self.since.is_some_and(|since| since.elapsed() > Duration::from_micros(COALESCED_US_MAX)) {
            return false;
        }
        if let Some(reader) = self.reader.take_if(|_| !self.is_reader_coming) {
            self.is_reader_coming = true;
            reader.wake();
        }
        self.is_reader_coming
    }

    /// The reader is here: whether it is to send now. If others are to have their turn first, it is woken after that.
    pub fn is_reader_to_send(&mut self, cx: &Context<'_>) -> bool {
        self.reader = None;
        if self.is_empty() || self.is_writer_waiting {
            self.reader_left();
            return false;
        }
        self.is_reader_coming = !self.had_others_turn;
        if self.is_reader_coming {
            // Woken while it runs, a task goes behind those that are ready.
            cx.waker().wake_by_ref();
        }
        self.had_others_turn = self.is_reader_coming;
        !self.is_reader_coming
    }

    /// The reader waits.
    pub fn reader_waits(&mut self, cx: &Context<'_>) {
        self.reader = Some(cx.waker().clone());
    }

    /// The reader will not come again.
    pub fn reader_left(&mut self) {
        self.had_others_turn = false;
        self.is_reader_coming = false;
    }

    /// A writer tried to send, and waits for the socket or does not.
    pub fn writer_tried<T>(&mut self, outcome: &Poll<T>) {
        self.is_writer_waiting = outcome.is_pending();
    }
}
