//! Where WebSocket messages begin and end in a client's byte stream (RFC 6455, section 5.2), without looking into them.
//!
//! jsonrpsee's reader shows a message when it is whole. To give a message a time limit and to count the bytes of those
//! that are not whole yet, the socket's owner must know where it stands: that is all that is read here. What is wrong in
//! a frame is the reader's business; a client that sends nonsense only confuses the counting of its own connection.

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
    /// Bytes that have come of the present message's payload.
    message_bytes: usize,
    /// Whether a message has begun that is not whole.
    is_inside: bool,
}

impl Frames {
    /// Bytes that have come of a message that is not whole yet; none between messages.
    pub fn unfinished(&self) -> Option<usize> {
        (self.is_inside || self.head_bytes > 0 || self.payload_bytes > 0).then_some(self.message_bytes)
    }

    /// Goes on by what has been read; whether a message became whole with it.
    pub fn feed(&mut self, mut bytes: &[u8]) -> bool {
        let mut is_whole = false;
        while !bytes.is_empty() {
            if self.payload_bytes > 0 {
                let taken = usize::try_from(self.payload_bytes).unwrap_or(usize::MAX).min(bytes.len());
                self.payload_bytes -= taken as u64;
                if !self.is_control {
                    self.message_bytes = self.message_bytes.saturating_add(taken);
                }
                bytes = &bytes[taken..];
            } else {
                self.head[self.head_bytes] = bytes[0];
                self.head_bytes += 1;
                bytes = &bytes[1..];
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
            self.message_bytes = 0;
        }
        is_whole
    }
}

#[cfg(test)]
mod tests;
