//! A look at a message on its way in, byte by byte: what jsonrpsee would leave unanswered, and batches that are too
//! long.
//!
//! jsonrpsee takes a request with an id like `-1` or `true` for a notification, which gets no answer; [`Scan`] counts
//! such requests, so that [`crate::guard`] can answer them. And it answers a batch of too many requests with a code
//! that means something else here. So in a batch all that is too much is replaced by one `0` and blanks: what is left
//! is a batch that is one longer than it may be, which the guard refuses. No memory is taken for what is blanked.
//!
//! What is no JSON is for jsonrpsee to find out.
//!
//! # Out of scope
//! Names of members that are written with escapes, such as `"\u0069d"`: such a request stays a notification. Texts that
//! are no Unicode, which [`crate::connection`] refuses before.

/// What a message is, as its first byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Unknown,
    Request,
    Batch,
    Other,
}

/// Where in a request the scan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    /// Outside of one.
    #[default]
    Outside,
    /// Before the name of a member.
    Name,
    /// Inside the name.
    InName,
    /// After the name.
    Colon,
    /// Before the value of the member `id`.
    Id,
    /// In the digits of that value.
    Digits(u128),
    /// Somewhere else in a value.
    Value,
}

/// The state of the look.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    kind: Kind,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    at: At,
    /// The first bytes of a member's name, and how many it has.
    name: [u8; 7],
    name_bytes: usize,
    /// Members called `id` of the present request, and whether one is odd.
    ids: usize,
    is_odd: bool,
    /// Whether it has the members without which it is no notification either, and jsonrpsee answers it itself.
    has_method: bool,
    has_version: bool,
    /// Requests with odd ids so far.
    odd: usize,
    /// Entries of the batch so far.
    entries: usize,
    is_entry_awaited: bool,
    is_blanking: bool,
}

impl Scan {
    /// Looks at the next byte; returns what is to be read in its place. Batches may have `entries_max` entries.
    pub fn next(&mut self, byte: u8, entries_max: usize) -> u8 {
        if self.in_string {
            // Most bytes of large messages are in long strings.
            if self.at == At::InName || self.is_escaped || matches!(byte, b'"' | b'\\') {
                self.next_in_string(byte);
            }
            return if self.is_blanking { b' ' } else { byte };
        }
        if byte.is_ascii_whitespace() {
            self.end_digits();
            return if self.is_blanking { b' ' } else { byte };
        }
        let begins_entry = self.depth == 1 && self.is_entry_awaited && byte != b']';
        self.structure(byte);
        if begins_entry {
            self.is_entry_awaited = false;
            self.entries += 1;
            if self.entries > entries_max && !self.is_blanking {
                self.is_blanking = true;
                return b'0';
            }
        }
        let is_end = self.depth == 0;
        if self.is_blanking && !is_end { b' ' } else { byte }
    }

    /// How many requests had an id that no answer can carry, if the message is whole. Of a batch that is too long,
    /// which gets one answer, none.
    pub fn odd_ids(&self) -> usize {
        if self.depth == 0 && !self.is_blanking { self.odd } else { 0 }
    }

    /// The depth at which the members of requests are.
    fn level(&self) -> usize {
        match self.kind {
            Kind::Request => 1,
            Kind::Batch => 2,
            Kind::Unknown | Kind::Other => usize::MAX,
        }
    }

    fn next_in_string(&mut self, byte: u8) {
        if self.at == At::InName && (byte != b'"' || self.is_escaped) {
            if let Some(place) = self.name.get_mut(self.name_bytes) {
                *place = byte;
            }
            self.name_bytes += 1;
        }
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => {
                self.in_string = false;
                if self.at == At::InName {
                    self.at = At::Colon;
                }
            }
            _ => {}
        }
    }

    /// A byte outside of strings.
    fn structure(&mut self, byte: u8) {
        if self.kind == Kind::Unknown {
            self.kind = match byte {
                b'{' => Kind::Request,
                b'[' => Kind::Batch,
                _ => Kind::Other,
            };
        }
        let is_member = self.depth == self.level() && self.at != At::Outside;
        match byte {
            b'{' | b'[' => self.open(byte, is_member),
            b'}' | b']' => self.close(is_member),
            b'"' => {
                self.in_string = true;
                self.at = match self.at {
                    At::Name if is_member => At::InName,
                    At::Id if is_member => At::Value,
                    at => at,
                };
                self.name_bytes = 0;
            }
            b',' => {
                if is_member {
                    self.end_digits();
                    self.at = At::Name;
                }
                self.is_entry_awaited |= self.depth == 1 && self.kind == Kind::Batch;
            }
            b':' if is_member && self.at == At::Colon => {
                let name = self.name.get(..self.name_bytes).unwrap_or_default();
                let is_id = name == b"id";
                self.ids += usize::from(is_id);
                self.has_method |= name == b"method";
                self.has_version |= name == b"jsonrpc";
                self.at = if is_id { At::Id } else { At::Value };
            }
            byte if is_member => self.scalar(byte),
            _ => {}
        }
    }

    fn open(&mut self, byte: u8, is_member: bool) {
        if is_member && matches!(self.at, At::Id | At::Digits(_)) {
            self.is_odd = true;
            self.at = At::Value;
        }
        self.depth += 1;
        if self.depth == 1 && self.kind == Kind::Batch {
            self.is_entry_awaited = true;
        }
        if self.depth == self.level() && byte == b'{' {
            (self.at, self.ids, self.is_odd) = (At::Name, 0, false);
            (self.has_method, self.has_version) = (false, false);
        }
    }

    fn close(&mut self, is_member: bool) {
        if is_member {
            self.end_digits();
            let is_odd = self.is_odd || self.ids > 1;
            self.odd += usize::from(is_odd && self.has_method && self.has_version);
            self.at = At::Outside;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// A byte of a number, `true`, `false` or `null`, at the level of members.
    fn scalar(&mut self, byte: u8) {
        self.at = match (self.at, byte) {
            (At::Id, b'n') => At::Value,
            (At::Id, b'0'..=b'9') => At::Digits(u128::from(byte - b'0')),
            (At::Digits(value), b'0'..=b'9') => {
                At::Digits(value.saturating_mul(10).saturating_add(u128::from(byte - b'0')))
            }
            (At::Id | At::Digits(_), _) => {
                self.is_odd = true;
                At::Value
            }
            (at, _) => at,
        };
    }

    fn end_digits(&mut self) {
        if let At::Digits(value) = self.at {
            self.is_odd |= value > u128::from(u64::MAX);
            self.at = At::Value;
        }
    }
}

/// Whether a whole message is a batch of more than so many entries.
pub fn is_long_batch(message: &[u8], entries_max: usize) -> bool {
    let mut scan = Scan::default();
    message.iter().any(|byte| {
        scan.next(*byte, entries_max);
        scan.is_blanking
    })
}

#[cfg(test)]
mod tests;
