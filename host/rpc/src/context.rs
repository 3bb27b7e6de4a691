//! What every method gets: the chain's snapshot, the way to the engine, and turns for blocking work.
//!
//! Database reads and runtime calls run on tokio's blocking threads, never on the threads that serve sockets. Each kind
//! has a number of turns, so that a crowd of clients can't take all processors from the engine; who finds too many
//! waiting is told that the server is busy.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc::error::TrySendError, oneshot};
use ziver_primitives::BlockNumber;

use crate::{
    chain_read::ChainRead,
    error::{self, RpcResult},
    limits::{BLOCKING_WAITERS_MAX, DECODES_AT_ONCE_MAX, PENDING_AT_ONCE_MAX, READS_AT_ONCE_MAX},
    link::{Command, Compile, Compiled, Link},
    state::answer::Answers,
};

/// The id of development chains that name none.
pub const DEVELOPMENT_CHAIN_ID: u64 = 806;

/// What the chain spec and the build say about themselves.
#[derive(Debug, Clone)]
pub struct ChainInfo {
    /// Name of the chain, for people.
    pub chain_name: String,
    /// `Development`, `Local`, `Live` or `{"Custom": name}`, as in the chain spec.
    pub chain_type: Value,
    /// Properties for wallets, as in the chain spec.
    pub properties: Map<String, Value>,
    /// Name of the node's software.
    pub node_name: String,
    /// Version of the node's software.
    pub node_version: String,
    /// Whether blocks are made on request: lists the `engine_*` methods.
    pub manual_seal: bool,
}

impl ChainInfo {
    /// Whether the chain is for development: its money is worth nothing, and everybody knows the keys of its accounts.
    pub fn is_development(&self) -> bool {
        self.chain_type == "Development"
    }
}

/// What every method gets.
pub struct Context {
    chain: Arc<dyn ChainRead>,
    /// To and from the engine.
    pub link: Link,
    /// Names and properties.
    pub info: ChainInfo,
    /// The best block when the node started.
    pub starting_block: BlockNumber,
    reads: Turns,
    calls: Turns,
    pending: Turns,
    decodes: Turns,
    /// Turns for large answers about storage.
    pub(crate) answers: Answers,
    /// Held while a transaction is signed here and handed in.
    pub(crate) signing: Mutex<()>,
}

impl Context {
    /// Reads go to `chain`, commands over `link`. To be called before the first notice is sent.
    pub fn new(chain: Arc<dyn ChainRead>, link: Link, info: ChainInfo) -> Self {
        if let Err(why) = link.notices.begin(chain.clone()) {
            // The rest can be served.
            tracing::error!("the head of the chain can't be followed: {why}");
        }
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            starting_block: chain.best().number,
            chain,
            link,
            info,
            reads: Turns::new(READS_AT_ONCE_MAX),
            calls: Turns::new(processors.saturating_sub(1).max(1)),
            pending: Turns::new(PENDING_AT_ONCE_MAX),
            decodes: Turns::new(DECODES_AT_ONCE_MAX),
            answers: Answers::new(),
            signing: Mutex::new(()),
        }
    }

    /// The chain, for what is answered from memory: heads and genesis.
    pub fn chain(&self) -> &dyn ChainRead {
        &*self.chain
    }

    /// A number that tells chains apart, for Ethereum's tools: the property `chainId` of the chain specification; else
    /// [`DEVELOPMENT_CHAIN_ID`] on development chains; else the first four bytes of the genesis hash as a big-endian
    /// number. Transactions don't carry it: they sign the genesis hash itself.
    pub fn chain_id(&self) -> u64 {
        let unnamed = || {
            let [a, b, c, d, ..] = self.chain.genesis().0;
            if self.info.is_development() { DEVELOPMENT_CHAIN_ID } else { u32::from_be_bytes([a, b, c, d]).into() }
        };
        let given = self.info.properties.get("chainId");
        given.and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok())).unwrap_or_else(unnamed)
    }

    /// Runs `work`, which may read the disk, on a blocking thread.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn ChainRead) -> T + Send + 'static,
    ) -> RpcResult<T> {
        let (turn, chain) = (self.reads.next().await?, self.chain.clone());
        turn.run(move || work(&*chain)).await
    }

    /// Runs `work`, which may run the runtime, on a blocking thread.
    pub async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn ChainRead) -> T + Send + 'static,
    ) -> RpcResult<T> {
        let (turn, chain) = (self.calls.next().await?, self.chain.clone());
        turn.run(move || work(&*chain)).await
    }

    /// Runs `work`, which takes blocks apart into JSON many times their size, on a blocking thread.
    pub async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn ChainRead) -> T + Send + 'static,
    ) -> RpcResult<T> {
        let (turn, chain) = (self.decodes.next().await?, self.chain.clone());
        turn.run(move || work(&*chain)).await
    }

    /// A turn for a list of pending transactions.
    pub(crate) async fn pending_turn(&self) -> RpcResult<Turn> {
        self.pending.next().await
    }

    /// Sends the engine a command and awaits its reply.
    pub async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> RpcResult<T> {
        let (reply, answer) = oneshot::channel();
        self.link.commands.try_send(command(reply)).map_err(|refused| match refused {
            TrySendError::Full(Command::Submit { .. }) => error::submit_queue_full(),
            TrySendError::Full(_) => error::busy(),
            TrySendError::Closed(_) => error::shutting_down(),
        })?;
        answer.await.map_err(|_| error::shutting_down())
    }
}

impl Context {
    /// Has a contract's source compiled.
    pub async fn compile(&self, source: String, contract: Option<String>) -> RpcResult<Compiled> {
        let (reply, answer) = oneshot::channel();
        let wish = Compile { source, contract, reply };
        self.link.compilations.try_send(wish).map_err(|refused| match refused {
            TrySendError::Full(_) => error::busy(),
            TrySendError::Closed(_) => error::shutting_down(),
        })?;
        answer.await.map_err(|_| error::shutting_down())?.map_err(error::compile)
    }
}

/// A bounded number of blocking works at a time, and a bounded number of waiters.
struct Turns {
    free: Arc<Semaphore>,
    waiters: Semaphore,
}

impl Turns {
    fn new(at_once: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(at_once)), waiters: Semaphore::new(BLOCKING_WAITERS_MAX) }
    }

    async fn next(&self) -> RpcResult<Turn> {
        let _waiter = self.waiters.try_acquire().map_err(|_| error::busy())?;
        let free = self.free.clone().acquire_owned().await.map_err(error::internal)?;
        Ok(Turn { _free: free })
    }
}

/// A turn for one work.
pub struct Turn {
    _free: OwnedSemaphorePermit,
}

impl Turn {
    /// Runs `work` on a blocking thread.
    pub async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> RpcResult<T> {
        // The turn goes with the work: a client that hangs up does not make room before its work has ended.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = self;
            work()
        });
        done.await.map_err(error::internal)
    }
}
