//! Where WebSocket messages begin and end in a client's byte stream (RFC 6455, section 5.2), and a [`Scan`] of each.
//!
//! jsonrpsee's reader shows a message when it is whole. To give a message a time limit and to count the bytes of those
//! that are not whole yet, the socket's owner must know where it stands: that is read here, and what jsonrpsee would not answer as
//! it should. What is wrong in
//! a frame is the reader's business; a client that sends nonsense only confuses the counting of its own connection.

use crate::scan::Scan;

/// The longest head of a frame: two bytes, eight of length, four of mask.
const HEAD_BYTES_MAX: usize = 14;

/// A place in the stream.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    head: [u8; HEAD_BYTES_MAX],
    head_bytes: usize,
    /// Payload that is still to come of the present frame.
    payload_bytes: u64,
    is_control: bool,
    is_final: bool,
    /// What the payload is masked with, turned so that the next byte's part comes first.
    mask: [u8; 4],
    scan: Scan,
    /// Entries that a batch may have.
    batch_entries_max: usize,
    /// Requests with odd ids in messages that are whole.
    odd_ids: usize,
    /// Bytes that have come of the present message's payload.
    message_bytes: usize,
    /// Whether a message has begun that is not whole.
    is_inside: bool,
}

impl Frames {
    /// At the beginning.
    pub fn new(batch_entries_max: usize) -> Self {
        Self { batch_entries_max, ..Self::default() }
    }

    /// How many requests with odd ids have come since this was last asked.
    pub fn take_odd_ids(&mut self) -> usize {
        std::mem::take(&mut self.odd_ids)
    }

    /// Bytes that have come of a message that is not whole yet; none between messages.
    pub fn unfinished(&self) -> Option<usize> {
        (self.is_inside || self.head_bytes > 0 || self.payload_bytes > 0).then_some(self.message_bytes)
    }

    /// Goes on by what has been read, and changes what is not to be read; whether a message became whole with it.
    pub fn feed(&mut self, mut bytes: &mut [u8]) -> bool {
        let mut is_whole = false;
        while !bytes.is_empty() {
            if self.payload_bytes > 0 {
                let taken = usize::try_from(self.payload_bytes).unwrap_or(usize::MAX).min(bytes.len());
                self.payload_bytes -= taken as u64;
                let (payload, rest) = bytes.split_at_mut(taken);
                if !self.is_control {
                    self.message_bytes = self.message_bytes.saturating_add(taken);
                    self.look_at(payload);
                }
                bytes = rest;
            } else {
                self.head[self.head_bytes] = bytes[0];
                self.head_bytes += 1;
                bytes = &mut bytes[1..];
                if self.head_bytes < self.head_length() {
                    continue;
                }
                self.begin_frame();
            }
            if self.payload_bytes == 0 && self.end_frame() {
                is_whole = true;
            }
        }
        is_whole
    }

    fn look_at(&mut self, payload: &mut [u8]) {
        let (mask, turn, entries_max) = (self.mask, payload.len() % 4, self.batch_entries_max);
        for (masked, mask) in payload.iter_mut().zip(mask.into_iter().cycle()) {
            *masked = self.scan.next(*masked ^ mask, entries_max) ^ mask;
        }
        self.mask.rotate_left(turn);
    }

    fn head_length(&self) -> usize {
        if self.head_bytes < 2 {
            return 2;
        }
        let length = match self.head[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + if self.head[1] & 0x80 == 0 { 0 } else { 4 }
    }

    fn begin_frame(&mut self) {
        let be = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        self.payload_bytes = match self.head[1] & 0x7f {
            126 => be(&self.head[2..4]),
            127 => be(&self.head[2..10]),
            short => u64::from(short),
        };
        self.mask = match self.head[1] & 0x80 {
            0 => [0; 4],
            _ => [4, 3, 2, 1].map(|from_end| self.head[self.head_bytes - from_end]),
        };
        self.is_final = self.head[0] & 0x80 != 0;
        self.is_control = self.head[0] & 0x08 != 0;
        self.is_inside |= !self.is_control;
        self.head_bytes = 0;
    }

    /// The frame is whole; whether the message is.
    fn end_frame(&mut self) -> bool {
        let is_whole = self.is_final && !self.is_control;
        if is_whole {
            self.is_inside = false;
            self.odd_ids += std::mem::take(&mut self.scan).odd_ids();
            self.message_bytes = 0;
        }
        is_whole
    }
}

#[cfg(test)]
mod tests;
