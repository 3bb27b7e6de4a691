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
    /// Transactions of one account, ready and future together.
    pub account_count_max: usize,
    /// Encoded bytes of one account's transactions.
    pub account_bytes_max: usize,
    /// Encoded bytes of one transaction.
    pub transaction_bytes_max: usize,
    /// By how much the priority of a transaction must be higher than that of one with the same tags to replace it, in
    /// percent of the latter's. At least 1 higher it must be in any case.
    pub replace_percent: u32,
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
            account_count_max: 4_096,
            account_bytes_max: 32 << 20,
            transaction_bytes_max: 4 << 20,
            replace_percent: 10,
            tags_max: 64,
            tag_bytes_max: 256,
            banned_count_max: 8_192,
            ban_ms: 60_000,
            watched_count_max: 40_960,
            finality_timeout_blocks: 512,
        }
    }
}
