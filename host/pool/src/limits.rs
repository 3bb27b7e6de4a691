//! Every bound of the pool, with its unit in its name.

/// Bounds of a [`Pool`](crate::Pool). All of them are inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Ready transactions.
    pub ready_count_max: usize,
    /// Encoded bytes of all ready transactions.
    pub ready_bytes_max: usize,
    /// Future transactions.
    pub future_count_max: usize,
    /// Encoded bytes of all future transactions.
    pub future_bytes_max: usize,
    /// Encoded bytes of one transaction.
    pub transaction_bytes_max: usize,
    /// Required and provided tags of one transaction together.
    pub tags_max: usize,
    /// Bytes of one tag.
    pub tag_bytes_max: usize,
    /// Hashes remembered as banned; the oldest ban is forgotten first.
    pub banned_count_max: usize,
    /// How long an invalid transaction is refused without asking the runtime again, in milliseconds.
    pub ban_ms: u64,
    /// Transactions whose status somebody follows, from submission until they are final.
    pub watched_count_max: usize,
    /// Blocks after its inclusion after which a watched transaction that is still not final is given up.
    pub finality_timeout_blocks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            ready_count_max: 65_536,
            ready_bytes_max: 64 << 20,
            future_count_max: 8_192,
            future_bytes_max: 16 << 20,
            transaction_bytes_max: 4 << 20,
            tags_max: 64,
            tag_bytes_max: 256,
            banned_count_max: 8_192,
            ban_ms: 60_000,
            watched_count_max: 32_768,
            finality_timeout_blocks: 512,
        }
    }
}
