//! When a block is due.

/// What makes the engine build blocks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// One block in each slot, empty or not. Slot number = time / interval, so blocks do not drift.
    Interval {
        /// Length of a slot in milliseconds, at least 1.
        interval_ms: u64,
    },
    /// A block as soon as transactions are ready, and none without.
    Instant,
    /// Only on demand.
    Manual,
}

impl std::fmt::Display for Sealing {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Sealing::Interval { interval_ms } => write!(text, "interval={interval_ms}"),
            Sealing::Instant => text.write_str("instant"),
            Sealing::Manual => text.write_str("manual"),
        }
    }
}

/// Remembers the slot of the last block.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    last: Option<u64>,
}

impl Slots {
    /// Whether a block is due in the slot of `now_ms`. A clock that was set back begins anew instead of waiting.
    pub fn is_due(&self, now_ms: u64, interval_ms: u64) -> bool {
        self.last != Some(now_ms / interval_ms.max(1))
    }

    /// The slot of `now_ms` has its block (or its chance).
    pub fn used(&mut self, now_ms: u64, interval_ms: u64) {
        self.last = Some(now_ms / interval_ms.max(1));
    }

    /// When the next slot begins.
    pub fn next_ms(now_ms: u64, interval_ms: u64) -> u64 {
        let interval_ms = interval_ms.max(1);
        (now_ms / interval_ms).saturating_add(1).saturating_mul(interval_ms)
    }
}

#[cfg(test)]
mod tests;
