//! What goes into the engine and what comes out.

use std::sync::Arc;

use ziver_chain::{BlockId, BuildError, ChainEvent, FinalizeError, ImportError};
use ziver_pool::{Status, Transaction};
use ziver_primitives::{
    AccountId20, Block, Hash, Nonce,
    validity::{InvalidTransaction, TransactionSource, UnknownTransaction},
};

use crate::journal::JournalChange;
use crate::sealing::Sealing;

/// Joins a reply to its request; chosen by whoever asks.
pub type RequestId = u64;

/// What happened outside.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody hands in a transaction. Answered by [`Reply::Submitted`].
    Submit {
        /// Names the request.
        id: RequestId,
        /// What is handed in.
        submission: Submission,
    },
    /// Several are handed in: as if each were handed in alone, in this order, which costs more. Each is answered.
    SubmitAll {
        /// What is handed in, with the names of the requests.
        submissions: Vec<(RequestId, Submission)>,
    },
    /// What [`Action::Journal`] wrote down before the node's restart comes back.
    Restore {
        /// SCALE with length prefixes, in the order in which they were written down.
        transactions: Vec<Vec<u8>>,
    },
    /// Nobody follows this transaction any more.
    Unwatch {
        /// Hash of the transaction.
        hash: Hash,
    },
    /// The time asked for by `Action::SetTimer` has come.
    Tick,
    /// A block is wanted now. Answered by [`Reply::Sealed`].
    Seal {
        /// Names the request.
        id: RequestId,
        /// Whether the block may be without transactions.
        create_empty: bool,
        /// Whether it shall be final at once.
        finalize: bool,
        /// The block to build on; the best one if `None`.
        parent: Option<Hash>,
    },
    /// A block shall be final. Answered by [`Reply::Finalized`].
    Finalize {
        /// Names the request.
        id: RequestId,
        /// Hash of the block.
        hash: Hash,
    },
    /// A block of somebody else. Answered by [`Reply::Imported`].
    Import {
        /// Names the request.
        id: RequestId,
        /// The block.
        block: Box<Block>,
    },
    /// Which transactions are ready? Answered by [`Reply::Pending`].
    Pending {
        /// Names the request.
        id: RequestId,
    },
    /// How full is the pool? Answered by [`Reply::PoolStatus`].
    PoolStatus {
        /// Names the request.
        id: RequestId,
    },
    /// What is in the pool? Answered by [`Reply::PoolContent`].
    PoolContent {
        /// Names the request.
        id: RequestId,
        /// At most so many, the ready ones first.
        limit: usize,
        /// Of this account alone.
        account: Option<AccountId20>,
    },
    /// Is there a transaction of this hash in the pool? Answered by [`Reply::PoolTransaction`].
    PoolTransaction {
        /// Names the request.
        id: RequestId,
        /// The transaction's hash.
        hash: Hash,
    },
    /// Begin or cease to build blocks unasked, or name another author. Answered by [`Reply::Mining`].
    Mining {
        /// Names the request.
        id: RequestId,
        /// What to change.
        change: MiningChange,
    },
    /// The nonce that follows the ready transactions of an account. Answered by [`Reply::NextIndex`].
    NextIndex {
        /// Names the request.
        id: RequestId,
        /// The account.
        account: AccountId20,
    },
}

/// A transaction that is handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// SCALE with its length prefix.
    pub bytes: Vec<u8>,
    /// Where it comes from, as the runtime is told.
    pub source: TransactionSource,
    /// Whether it was handed to this node by a client of its own, rather than heard of from a peer.
    pub local: bool,
    /// Whether `Action::Status` is wanted for it.
    pub watch: bool,
    /// Whether a watcher of a transaction that is known already joins those who watch it (see [`Reply::Joined`]), rather than
    /// being refused.
    pub join: bool,
    /// Whether it must replace one of the pool with the same tags.
    pub replace: bool,
}

impl Submission {
    /// From a client of this node, who does not follow its status. The runtime is told `External`, as Substrate's node does:
    /// `Local` would vouch for it.
    pub fn local(bytes: Vec<u8>) -> Self {
        Submission {
            bytes,
            source: TransactionSource::External,
            local: true,
            watch: false,
            join: false,
            replace: false,
        }
    }
}

/// What to change about building blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MiningChange {
    /// Nothing.
    Nothing,
    /// Build blocks as [`Sealing`] says.
    Start,
    /// Build none but those that [`Event::Seal`] asks for.
    Stop,
    /// Who gets the fees from now on.
    SetAuthor(AccountId20),
}

/// How blocks are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MiningStatus {
    /// Whether blocks are built unasked; never with manual sealing.
    pub mining: bool,
    /// Who gets the fees.
    pub author: AccountId20,
    /// When blocks are built.
    pub sealing: Sealing,
}

/// What is to be done outside, in order.
#[derive(Debug)]
pub enum Action {
    /// Answer a request.
    Reply {
        /// The request.
        id: RequestId,
        /// The answer.
        reply: Reply,
    },
    /// Tell whoever follows this transaction.
    Status(ziver_pool::Event),
    /// Tell whoever wants to know: this transaction has become ready.
    Ready(Arc<Transaction>),
    /// Tell whoever follows the chain.
    Chain(ChainEvent),
    /// Send `Event::Tick` at this time (milliseconds since the Unix epoch; may be now). Replaces the timer set before.
    SetTimer {
        /// When.
        at_ms: u64,
    },
    /// Write a transaction down, or forget it. May be done later and with others, but in order.
    Journal(JournalChange),
    /// The process must end: the database failed. Nothing follows.
    Fatal(String),
}

/// Answer to a request.
#[derive(Debug)]
pub enum Reply {
    /// To `Submit`: hash of the transaction.
    Submitted(Result<Hash, SubmitError>),
    /// To `Submit` by a watcher who may join: the transaction is known already. Its next statuses come as actions.
    Joined {
        /// Hash of the transaction.
        hash: Hash,
        /// What it is now; nobody else is told.
        status: Status,
    },
    /// To `Seal`.
    Sealed(Result<BlockId, SealError>),
    /// To `Finalize`.
    Finalized(Result<(), FinalizeError>),
    /// To `Import`.
    Imported(Result<BlockId, ImportError>),
    /// To `Pending`: SCALE of the ready transactions in the order of a block, with length prefixes. It ends before the
    /// first one that would exceed [`PENDING_BYTES_MAX`](crate::limits::PENDING_BYTES_MAX) or
    /// [`PENDING_COUNT_MAX`](crate::limits::PENDING_COUNT_MAX).
    Pending(Vec<Arc<[u8]>>),
    /// To `PoolStatus`: what is in the pool, and its bounds.
    PoolStatus(ziver_pool::PoolSize, ziver_pool::Limits),
    /// To `PoolContent`. Both lists together end where `Pending` does.
    PoolContent {
        /// In the order of a block.
        ready: Vec<Arc<Transaction>>,
        /// By priority.
        future: Vec<Arc<Transaction>>,
    },
    /// To `PoolTransaction`.
    PoolTransaction(Option<Arc<Transaction>>),
    /// To `Mining`.
    Mining(MiningStatus),
    /// To `NextIndex`.
    NextIndex(Result<Nonce, String>),
}

/// Why a transaction was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Not an extrinsic: the length prefix does not fit the bytes.
    #[error("bytes are not one SCALE-encoded extrinsic")]
    Malformed,
    /// The runtime says it is not valid.
    #[error("{0}")]
    Invalid(InvalidTransaction),
    /// The runtime can't tell whether it is valid.
    #[error("{0}")]
    Unknown(UnknownTransaction),
    /// The pool refuses it.
    #[error(transparent)]
    Pool(#[from] ziver_pool::SubmitError),
    /// Validation itself failed.
    #[error("the runtime could not validate the transaction: {0}")]
    Runtime(String),
}

/// Why no block was made on demand.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Nothing waits, and an empty block was not wanted.
    #[error("no transaction is ready; ask for an empty block if you want one")]
    Empty,
    /// Building failed.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Storing or finalising failed.
    #[error("{0}")]
    Store(String),
}
