//! The seam between the server and the engine: commands go one way, notices and statuses the other.
//!
//! The server knows no engine. It puts [`Command`]s on a bounded channel that the node drains, and listens to
//! [`Notice`]s that the node broadcasts after the chain's snapshot shows what they tell. Whoever drains the commands
//! answers each `reply` once; dropping it means that the node is going down.
//!
//! Sources of contracts go another way, to a compiler that the node has somewhere: [`Compile`].

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use ziver_primitives::{
    AccountId20, BlockNumber, Hash, Header, Nonce, RuntimeVersion,
    validity::{InvalidTransaction, UnknownTransaction},
};

use crate::limits::{COMPILATIONS_WAITING_MAX, ENGINE_COMMANDS_MAX};

mod compile;
mod notices;

pub use compile::{Compile, CompileError, Compiled};
pub use notices::{Notices, Told};

/// A wish for the engine.
#[derive(Debug)]
pub enum Command {
    /// Take a transaction into the pool.
    Submit {
        /// SCALE encoding of the extrinsic, with its length prefix.
        bytes: Vec<u8>,
        /// Where the transaction's statuses go; dropped receivers are forgotten by the sender.
        watch: Option<mpsc::Sender<TransactionStatus>>,
        /// Whether `watch` is for a transaction that the pool knows already, too, rather than
        /// [`SubmitError::AlreadyImported`].
        join: bool,
        /// Whether it must take the place of one with the same tags, else [`SubmitError::NothingToReplace`].
        replace: bool,
        /// Its hash, or why not.
        reply: oneshot::Sender<Result<Hash, SubmitError>>,
    },
    /// List the pool's ready transactions, in the order of their execution.
    Pending {
        /// SCALE encodings with their length prefixes.
        reply: oneshot::Sender<Vec<Arc<[u8]>>>,
    },
    /// How full the pool is.
    PoolStatus {
        /// Counts and limits.
        reply: oneshot::Sender<PoolStatus>,
    },
    /// What the pool holds.
    PoolContent {
        /// Transactions at most, the ready ones first.
        limit: usize,
        /// Only those of this account.
        account: Option<AccountId20>,
        /// The transactions.
        reply: oneshot::Sender<PoolContent>,
    },
    /// Look for a transaction in the pool.
    PoolTransaction {
        /// Its hash.
        hash: Hash,
        /// The transaction, if it is there.
        reply: oneshot::Sender<Option<PoolTransaction>>,
    },
    /// The nonce that a new transaction of this account needs.
    NextIndex {
        /// Whose.
        account: AccountId20,
        /// The chain's nonce, past those of the pool's ready transactions; or why it is not known.
        reply: oneshot::Sender<Result<Nonce, String>>,
    },
    /// Make a block now.
    CreateBlock {
        /// Make it even when there is no transaction.
        create_empty: bool,
        /// Finalise it at once.
        finalize: bool,
        /// On this block instead of the best.
        parent: Option<Hash>,
        /// Its hash, or why not.
        reply: oneshot::Sender<Result<Hash, SealError>>,
    },
    /// Finalise a block and its ancestors.
    FinalizeBlock {
        /// Which.
        hash: Hash,
        /// Whether it is final now.
        reply: oneshot::Sender<Result<(), SealError>>,
    },
    /// Start or stop making blocks by oneself, or say for whom.
    Mining {
        /// What to change.
        change: MiningChange,
        /// What holds from now on.
        reply: oneshot::Sender<MiningStatus>,
    },
}

/// How full the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolStatus {
    /// Transactions for the next blocks.
    pub ready_count: usize,
    /// Their bytes.
    pub ready_bytes: usize,
    /// Transactions that wait for others.
    pub future_count: usize,
    /// Their bytes.
    pub future_bytes: usize,
    /// Transactions that the pool holds at most.
    pub count_max: usize,
    /// Bytes that the pool holds at most.
    pub bytes_max: usize,
}

/// What the pool holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PoolContent {
    /// For the next blocks, in the order of their execution.
    pub ready: Vec<PoolTransaction>,
    /// Waiting for others.
    pub future: Vec<PoolTransaction>,
}

/// A transaction in the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolTransaction {
    /// Its hash.
    pub hash: Hash,
    /// SCALE encoding of the extrinsic, with its length prefix.
    pub bytes: Arc<[u8]>,
    /// Who has more goes first.
    pub priority: u64,
    /// The last block that may hold it; none if there is no such.
    pub valid_till: Option<BlockNumber>,
    /// Whether it was submitted here.
    pub local: bool,
    /// Who sent it, and its number among those of the sender; none if the runtime does not tell.
    pub sender: Option<(AccountId20, Nonce)>,
}

/// A change of how blocks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MiningChange {
    /// None: just tell.
    Nothing,
    /// Make blocks as the sealing mode says.
    Start,
    /// Make none but those asked for one by one.
    Stop,
    /// Make them for this account from now on.
    SetAuthor(AccountId20),
}

/// How blocks are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MiningStatus {
    /// Whether blocks are made without being asked for one by one.
    pub mining: bool,
    /// Who gets the fees.
    pub author: AccountId20,
    /// The sealing mode in words: `interval=2000`, `instant`, `manual`.
    pub sealing: String,
}

/// Why the pool refused a transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The runtime says that it is or has become invalid.
    #[error("invalid transaction: {0:?}")]
    Invalid(InvalidTransaction),
    /// The runtime can't tell.
    #[error("unknown validity: {0:?}")]
    Unknown(UnknownTransaction),
    /// The bytes are no extrinsic.
    #[error("{0}")]
    BadFormat(String),
    /// Validation itself failed.
    #[error("{0}")]
    Verification(String),
    /// It was found invalid a short while ago.
    #[error("temporarily banned")]
    Banned,
    /// It is in the pool already.
    #[error("already imported")]
    AlreadyImported(Hash),
    /// Another with the same tags is there and pays as much or more.
    #[error("priority {new} is too low against {old}")]
    TooLowPriority {
        /// Priority of the one in the pool.
        old: u64,
        /// Priority of this one.
        new: u64,
    },
    /// Another with the same tags is there, and this one pays more but not enough more.
    #[error("priority {new} is too low to replace {old}, at least {needed} is needed")]
    ReplacementUnderpriced {
        /// Priority of the one in the pool.
        old: u64,
        /// Priority of this one.
        new: u64,
        /// The least priority that replaces the old one.
        needed: u64,
    },
    /// It was to replace another, and there is none with the same tags.
    #[error("there is no transaction to replace")]
    NothingToReplace,
    /// The sender has as much in the pool as one account may have.
    #[error("the account has reached its limit of {count_max} transactions or {bytes_max} bytes in the pool")]
    AccountFull {
        /// Most transactions of one account.
        count_max: usize,
        /// Most bytes of one account's transactions.
        bytes_max: usize,
    },
    /// The pool is full of better ones.
    #[error("no room in the pool")]
    ImmediatelyDropped,
}

/// Why a manual seal or finalisation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No transaction is ready and an empty block was not asked for.
    #[error("Transaction pool is empty, set create_empty to true, if you want to create empty blocks")]
    EmptyPool,
    /// The named block is unknown.
    #[error("No such block in chain: {0:?}")]
    BlockNotFound(Hash),
    /// The block can't be made or made final.
    #[error("{0}")]
    Failed(String),
}

/// Where in the chain a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inclusion {
    /// The block's hash.
    pub block: Hash,
    /// The transaction's place in the block's body, counted from 0.
    pub index: u32,
}

/// What has become of a watched transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Waits for another transaction.
    Future,
    /// May be put into the next block.
    Ready,
    /// Was sent to these peers.
    Broadcast(Vec<String>),
    /// Is in a block of the best chain.
    InBlock(Inclusion),
    /// The block is no longer part of the best chain.
    Retracted(Hash),
    /// The block did not become final in time.
    FinalityTimeout(Hash),
    /// The block is final. Last status.
    Finalized(Inclusion),
    /// Another transaction took its place. Last status.
    Usurped(Hash),
    /// Left the pool for lack of room. Last status.
    Dropped,
    /// Is no longer valid. Last status.
    Invalid,
}

impl TransactionStatus {
    /// Whether no other status can follow.
    pub fn is_last(&self) -> bool {
        use TransactionStatus::{Dropped, FinalityTimeout, Finalized, Invalid, Usurped};
        matches!(self, Finalized(_) | FinalityTimeout(_) | Usurped(_) | Dropped | Invalid)
    }
}

/// A block's header with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Blake2-256 of the header.
    pub hash: Hash,
    /// The header.
    pub header: Arc<Header>,
}

/// A block that was added above the final one.
#[derive(Debug, Clone)]
pub struct NewBlock {
    /// The block.
    pub head: Head,
    /// The runtime's version after this block, if the block changed the runtime.
    pub new_runtime: Option<Arc<RuntimeVersion>>,
}

/// Blocks that became final at once.
#[derive(Debug, Clone)]
pub struct NewlyFinal {
    /// They, lowest first; never empty.
    pub blocks: Vec<Head>,
    /// Blocks of the forks that were discarded for them.
    pub pruned: Vec<Hash>,
}

/// A change of the chain, broadcast to the subscriptions.
///
/// They come in the order in which things happened: a block after its parent and before it is best or final, and a best
/// block above the final one before the old best block is discarded. So whoever applies them one by one has a whole
/// tree.
#[derive(Debug, Clone)]
pub enum Notice {
    /// A block was added, on any branch.
    Imported(NewBlock),
    /// The head of the best chain moved to this block.
    Best(Head),
    /// Blocks became final.
    Finalized(Arc<NewlyFinal>),
}

/// The server's ends of the seam.
#[derive(Debug, Clone)]
pub struct Link {
    /// To the engine.
    pub commands: mpsc::Sender<Command>,
    /// To the compiler.
    pub compilations: mpsc::Sender<Compile>,
    /// From the engine; each subscription listens on its own.
    pub notices: Notices,
}

/// The node's ends of the seam.
#[derive(Debug)]
pub struct LinkPeer {
    /// What the clients want.
    pub commands: mpsc::Receiver<Command>,
    /// Sources that clients want compiled.
    pub compilations: mpsc::Receiver<Compile>,
    /// Where the node tells what happened.
    pub notices: Notices,
}

/// Makes both ends.
pub fn link() -> (Link, LinkPeer) {
    let (to_engine, commands) = mpsc::channel(ENGINE_COMMANDS_MAX);
    let (to_compiler, compilations) = mpsc::channel(COMPILATIONS_WAITING_MAX);
    let notices = Notices::default();
    let link = Link { commands: to_engine, compilations: to_compiler, notices: notices.clone() };
    (link, LinkPeer { commands, compilations, notices })
}
