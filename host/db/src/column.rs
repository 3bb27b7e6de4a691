//! The one list of columns.

/// A column: an own ordered key space of the database. In RocksDB each is a column family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Few single records, each under an ASCII name. Owners: this crate (`schema`, `genesis`), `state` (`state/*`),
    /// `chain` (`chain/*`: best and finalised heads).
    Meta,
    /// Block hash -> SCALE header. Owner: `chain`.
    Header,
    /// Block hash -> SCALE vector of extrinsics. Owner: `chain`.
    Body,
    /// Block number (`u32` big-endian) -> hash of the best chain's block at that height. Owner: `chain`.
    Number,
    /// Extrinsic hash ++ block hash -> where in which block. Owner: `chain`.
    Transaction,
    /// Block hash -> the list of events that the block left in state. Owner: `chain`.
    Events,
    /// Block hash -> Bloom filter of the contracts and topics of the block's logs, where it has logs. Owner: `chain`.
    LogsBloom,
    /// Block number (`u32` big-endian) ++ block hash -> the runtime that the block brought. Owner: `chain`.
    Runtime,
    /// Storage key -> value, of the last finalised block. Owner: `state`.
    State,
    /// Child trie id (32 bytes) ++ storage key -> value, of the last finalised block. Owner: `state`.
    ChildState,
    /// Trie id ++ position -> branch of the trie with its leaves, at the last checkpoint. Owner: `state`.
    Trie,
    /// Storage key, escaped ++ number of a finalised block (`u32` big-endian) -> the value before that block, in the pruning
    /// window. Owner: `state`.
    History,
    /// Block hash -> what a block above the last checkpoint changes. Owner: `state`.
    Journal,
    /// Number of a finalised block (`u32` big-endian) -> the keys that it changed. Owner: `state`.
    Pruning,
    /// Hash of a finalised block whose state is kept -> its number and state root. Owner: `state`.
    StateBlock,
    /// Hash of a transaction that a client of this node submitted -> its sequence number and bytes, until it is final or
    /// gone. Owner: `node`.
    LocalTransaction,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 16] = [
        Self::Meta,
        Self::Header,
        Self::Body,
        Self::Number,
        Self::Transaction,
        Self::Events,
        Self::LogsBloom,
        Self::Runtime,
        Self::State,
        Self::ChildState,
        Self::Trie,
        Self::History,
        Self::Journal,
        Self::Pruning,
        Self::StateBlock,
        Self::LocalTransaction,
    ];

    /// The name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Header => "header",
            Self::Body => "body",
            Self::Number => "number",
            Self::Transaction => "transaction",
            Self::Events => "events",
            Self::LogsBloom => "logs_bloom",
            Self::Runtime => "runtime",
            Self::State => "state",
            Self::ChildState => "child_state",
            Self::Trie => "trie",
            Self::History => "history",
            Self::Journal => "journal",
            Self::Pruning => "pruning",
            Self::StateBlock => "state_block",
            Self::LocalTransaction => "local_transaction",
        }
    }

    /// The position in [`Column::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}
