//! A client's WebSocket frames (RFC 6455, section 5), and what jsonrpsee reads instead of them.
//!
//! jsonrpsee's reader takes memory for a frame as soon as its head says how long it is, reads a message that is too
//! long to its last byte, loses its way in one that is too long and in several frames, and closes with "normal"
//! whatever was wrong. So it never sees the client's frames: [`Frames`] unpacks them, with a [`Scan`] of each message,
//! and packs what has come into frames of its own. It knows where messages begin and end, so that the socket's owner
//! can give them a time limit and count what is in memory of those that are not whole.
//!
//! - A message that gets too long is refused at the head of the frame that makes it so: the reader gets a frame that is
//!   too long, which it answers. Of the client's message the rest is thrown away as it comes.
//! - JSON that is no request and has no id, such as `null`, becomes something that jsonrpsee knows as no request.
//! - What breaks the protocol becomes a frame that closes the connection, with the code that says why.
//!
//! Out of scope: extensions, for none is agreed on.

use std::str;

use tokio::io::ReadBuf;

use crate::{arrival, scan::Scan};

/// The longest head of a frame: two bytes, eight of length, four of mask.
const HEAD_BYTES_MAX: usize = 14;
/// Bytes that a control frame may hold.
const CONTROL_BYTES_MAX: u64 = 125;
/// The beginning of a message that is kept back, so that a short one is judged whole however it is cut on its way.
const HELD_BYTES_MAX: usize = 4 * 1024;

/// What jsonrpsee answers with "invalid request"; what has no id it would take for no JSON, or leave unanswered.
const NO_REQUEST: &[u8] = br#"{"id":null}"#;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Why a connection is closed (section 7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
enum Wrong {
    Protocol = 1002,
    Text = 1007,
}

/// The frame that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    opcode: u8,
    is_final: bool,
    /// What the payload is masked with, turned so that the next byte's part comes first.
    mask: [u8; 4],
    /// Payload that is still to come.
    left_bytes: u64,
}

/// The message that is not whole.
#[derive(Debug, Clone, Default)]
struct Message {
    opcode: u8,
    /// Payload of the frames whose heads have come.
    bytes: u64,
    /// What of it the reader has got, and whether it has got a frame.
    passed_bytes: usize,
    is_passed: bool,
    is_refused: bool,
    scan: Scan,
    /// The beginning of a character that is not whole.
    character: Vec<u8>,
    /// The message's beginning, as long as the reader has got nothing.
    held: Vec<u8>,
}

/// A place in the stream, and what the reader is to get next.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    bytes_max: u32,
    batch_entries_max: usize,
    head: [u8; HEAD_BYTES_MAX],
    head_bytes: usize,
    frame: Option<Frame>,
    message: Option<Message>,
    /// What has come of a control frame.
    control: Vec<u8>,
    /// The last pong that came within a message: the reader loses its way in a message with one.
    late_pong: Option<Vec<u8>>,
    /// For the reader, and how many zeros after it.
    out: Vec<u8>,
    given_bytes: usize,
    zeros: u64,
    /// Whether the reader has been told to close.
    is_over: bool,
    has_become_whole: bool,
    /// Requests with odd ids in messages that are whole.
    odd_ids: usize,
}

impl Frames {
    /// At the beginning; messages may have so many bytes, batches so many entries.
    pub fn new(bytes_max: u32, batch_entries_max: usize) -> Self {
        Self { bytes_max, batch_entries_max, ..Self::default() }
    }

    /// How many requests with odd ids have come since this was last asked.
    pub fn take_odd_ids(&mut self) -> usize {
        std::mem::take(&mut self.odd_ids)
    }

    /// Whether a message has become whole since this was last asked.
    pub fn take_whole(&mut self) -> bool {
        std::mem::take(&mut self.has_become_whole)
    }

    /// Bytes in memory of a message that is not whole yet; none between messages.
    pub fn unfinished(&self) -> Option<usize> {
        let is_inside = self.message.is_some() || self.frame.is_some() || self.head_bytes > 0;
        let kept = |message: &Message| if message.is_refused { 0 } else { message.passed_bytes + message.held.len() };
        is_inside.then(|| self.message.as_ref().map_or(0, kept))
    }

    /// Whether nothing more is to be read.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Gives the reader what fits; whether there was anything.
    pub fn give(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let before = buffer.filled().len();
        let rest = &self.out[self.given_bytes..];
        let given = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..given]);
        self.given_bytes += given;
        if self.given_bytes == self.out.len() {
            self.out.clear();
            self.given_bytes = 0;
            let zeros = usize::try_from(self.zeros).unwrap_or(usize::MAX).min(buffer.remaining());
            buffer.initialize_unfilled_to(zeros).fill(0);
            buffer.advance(zeros);
            self.zeros -= zeros as u64;
        }
        buffer.filled().len() > before
    }

    /// Goes on by what the client has sent; returns how much of it was taken. The rest waits until the reader has got
    /// what there is for it.
    pub fn feed(&mut self, input: &[u8]) -> usize {
        let mut at = 0;
        while at < input.len() && self.zeros == 0 && !self.is_over {
            let step = match self.frame {
                None => {
                    self.head[self.head_bytes] = input[at];
                    self.head_bytes += 1;
                    at += 1;
                    if self.head_bytes < self.head_length() { Ok(()) } else { self.begin_frame() }
                }
                Some(frame) => {
                    let left = usize::try_from(frame.left_bytes).unwrap_or(usize::MAX);
                    let part = &input[at..][..left.min(input.len() - at)];
                    at += part.len();
                    self.take_payload(frame, part)
                }
            };
            if let Err(wrong) = step {
                self.close(wrong);
            }
        }
        at
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

    fn begin_frame(&mut self) -> Result<(), Wrong> {
        let be = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        let length = match self.head[1] & 0x7f {
            126 => be(&self.head[2..4]),
            127 => be(&self.head[2..10]),
            short => u64::from(short),
        };
        let (has_reserved_bits, is_masked) = (self.head[0] & 0x70 != 0, self.head[1] & 0x80 != 0);
        if has_reserved_bits || !is_masked || length > i64::MAX as u64 {
            return Err(Wrong::Protocol);
        }
        let mask = [4, 3, 2, 1].map(|from_end| self.head[self.head_bytes - from_end]);
        self.head_bytes = 0;
        let frame = Frame { opcode: self.head[0] & 0x0f, is_final: self.head[0] & 0x80 != 0, mask, left_bytes: length };
        match (frame.opcode, &mut self.message) {
            (CLOSE | PING | PONG, _) if frame.is_final && length <= CONTROL_BYTES_MAX => {}
            (TEXT | BINARY, message @ None) => *message = Some(Message { opcode: frame.opcode, ..Message::default() }),
            (CONTINUATION, Some(_)) => {}
            _ => return Err(Wrong::Protocol),
        }
        self.frame = Some(frame);
        if !is_control(frame.opcode) {
            self.admit(length);
        }
        if length == 0 { self.take_payload(frame, &[]) } else { Ok(()) }
    }

    /// Counts what the frame will add to its message, and refuses the message when it is too much.
    fn admit(&mut self, length: u64) {
        let Some(message) = &mut self.message else { return };
        message.bytes = message.bytes.saturating_add(length);
        if message.is_refused || message.bytes <= u64::from(self.bytes_max) {
            return;
        }
        message.is_refused = true;
        message.held = Vec::new();
        // The reader passes over as many bytes as it thinks the message has.
        let claimed = u64::from(self.bytes_max) + 1;
        let opcode = if message.is_passed { CONTINUATION } else { message.opcode };
        push_head(&mut self.out, opcode, true, claimed - message.passed_bytes as u64);
        self.zeros = claimed;
    }

    fn take_payload(&mut self, frame: Frame, part: &[u8]) -> Result<(), Wrong> {
        let left_bytes = frame.left_bytes - part.len() as u64;
        let mask = frame.mask;
        let mut turned = mask;
        turned.rotate_left(part.len() % mask.len());
        self.frame = (left_bytes > 0).then_some(Frame { mask: turned, left_bytes, ..frame });
        let plain = part.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        if is_control(frame.opcode) {
            self.control.extend(plain);
            return if left_bytes == 0 { self.end_control(frame.opcode) } else { Ok(()) };
        }
        let Some(message) = &mut self.message else { return Ok(()) };
        let is_end = frame.is_final && left_bytes == 0;
        if !message.is_refused {
            let mut plain: Vec<u8> = plain.collect();
            if message.opcode == TEXT {
                check_text(&mut message.character, &plain, is_end)?;
            }
            if !message.is_passed {
                message.held.extend_from_slice(&plain);
                if !is_end && message.held.len() <= HELD_BYTES_MAX {
                    return Ok(());
                }
                plain = std::mem::take(&mut message.held);
                // What is longer than that is no such slip.
                if is_end && plain.len() <= HELD_BYTES_MAX && arrival::is_no_request(&plain) {
                    plain = NO_REQUEST.to_vec();
                }
            }
            for byte in &mut plain {
                *byte = message.scan.next(*byte, self.batch_entries_max);
            }
            pass(&mut self.out, message, &plain, is_end);
        }
        if is_end {
            if let Some(pong) = self.late_pong.take() {
                push_head(&mut self.out, PONG, true, pong.len() as u64);
                self.out.extend(pong);
            }
            self.odd_ids += if message.is_refused { 0 } else { message.scan.odd_ids() };
            self.message = None;
            self.has_become_whole = true;
        }
        Ok(())
    }

    fn end_control(&mut self, opcode: u8) -> Result<(), Wrong> {
        let payload = std::mem::take(&mut self.control);
        if opcode == CLOSE {
            match payload.get(2..) {
                None if payload.is_empty() => {}
                None => return Err(Wrong::Protocol),
                Some(reason) => {
                    str::from_utf8(reason).map_err(|_| Wrong::Text)?;
                }
            }
        }
        // No matter when it is read: it only tells that the client is there. Of several the last one counts.
        if opcode == PONG && self.message.as_ref().is_some_and(|message| message.is_passed || message.is_refused) {
            self.late_pong = Some(payload);
            return Ok(());
        }
        push_head(&mut self.out, opcode, true, payload.len() as u64);
        self.out.extend(payload);
        Ok(())
    }

    /// Has the reader close the connection: it repeats the code that a client closes with.
    fn close(&mut self, wrong: Wrong) {
        self.is_over = true;
        push_head(&mut self.out, CLOSE, true, 2);
        self.out.extend((wrong as u16).to_be_bytes());
    }
}

fn is_control(opcode: u8) -> bool {
    opcode >= CLOSE
}

/// Passes on a part of a message.
fn pass(out: &mut Vec<u8>, message: &mut Message, mut plain: &[u8], is_end: bool) {
    if message.passed_bytes == 0 {
        // jsonrpsee looks for the first byte among few.
        plain = plain.trim_ascii_start();
    }
    if plain.is_empty() && !is_end {
        return;
    }
    let opcode = if message.is_passed { CONTINUATION } else { message.opcode };
    push_head(out, opcode, is_end, plain.len() as u64);
    out.extend_from_slice(plain);
    message.passed_bytes += plain.len();
    message.is_passed = true;
}

/// Adds the head of a frame without a mask, which the reader need not take off.
fn push_head(out: &mut Vec<u8>, opcode: u8, is_final: bool, length: u64) {
    out.push(opcode | if is_final { 0x80 } else { 0 });
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => out.push(short),
        (_, Ok(length)) => {
            out.push(126);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend(length.to_be_bytes());
        }
    }
}

/// Whether text goes on well after the beginning of a character, of which the next beginning takes the place.
fn check_text(character: &mut Vec<u8>, mut text: &[u8], is_end: bool) -> Result<(), Wrong> {
    while !character.is_empty()
        && let [first, rest @ ..] = text
    {
        character.push(*first);
        text = rest;
        match str::from_utf8(character) {
            Ok(_) => character.clear(),
            Err(error) if error.error_len().is_some() => return Err(Wrong::Text),
            Err(_) => {}
        }
    }
    if let Err(error) = str::from_utf8(text) {
        if error.error_len().is_some() {
            return Err(Wrong::Text);
        }
        character.extend_from_slice(&text[error.valid_up_to()..]);
    }
    if is_end && !character.is_empty() { Err(Wrong::Text) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
