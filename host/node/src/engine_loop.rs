//! The engine's thread: takes commands and time to it, performs its actions.
//!
//! ```text
//! rpc -> Command -> Event -> Engine::handle(now) -> Action -> replies, notices, statuses, the timer
//! ```
//!
//! One thread owns the engine, so nothing here needs a lock. A due timer waits for the commands that queue already, as the
//! engine asks for, but not for longer than [`TICK_LATE_MS_MAX`] and one command: a crowd of submissions can't stop blocks.
//!
//! Submissions come in crowds. Those that wait one behind the other are judged together: up to [`SUBMISSIONS_TOGETHER_MAX`], and no
//! more than fill one call of the runtime, because the clock waits for them. Waking the thread that serves a client costs a good
//! part of what a submission does, so their answers go out together, too: when no command is left, when
//! [`SUBMISSIONS_TOGETHER_MAX`] wait, and before each tick.
//!
//! Timers are times of the wall clock, which can be set back. So nobody sleeps for longer than [`SLEEP_MS_MAX`]; the engine
//! gets a tick then, and asks anew.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::{mpsc, oneshot, oneshot::error::TryRecvError};
use ziver_chain::{
    ChainEvent, ChainReader,
    limits::{BATCH_BYTES_MAX, BATCH_COUNT_MAX},
};
use ziver_engine::{
    Action, Engine, Event, MiningChange, MiningStatus, Reply, RequestId, SealError as EngineSealError, Submission,
    SubmitError as Refusal, Transaction,
};
use ziver_pool::{Limits, PoolSize, SubmitError as PoolRefusal};
use ziver_primitives::{BlockNumber, Hash, Header, Nonce};
use ziver_rpc::link::{
    self, Command, Head, NewBlock, NewlyFinal, Notice, Notices, SealError, SubmitError, TransactionStatus,
};

use crate::journal::{self, Journal};
use crate::{health::Health, metrics::Metrics, watchers::Watchers};

/// For how long commands go before a timer that is due, in milliseconds.
const TICK_LATE_MS_MAX: u64 = 20;
/// Submissions that are judged together, and whose answers go out together.
const SUBMISSIONS_TOGETHER_MAX: usize = BATCH_COUNT_MAX;
/// Longest sleep, in milliseconds.
const SLEEP_MS_MAX: u64 = 1_000;

/// Why the engine's thread ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// It was asked to.
    Stopped,
    /// The database failed: the process must end.
    Fatal(String),
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A block's wall time.
#[derive(Debug, Default)]
pub struct WallBudget(Option<std::time::Instant>);

impl ziver_engine::Budget for WallBudget {
    fn start(&mut self, limit_ms: u64) {
        self.0 = std::time::Instant::now().checked_add(Duration::from_millis(limit_ms));
    }

    fn is_spent(&mut self) -> bool {
        self.0.is_some_and(|end| std::time::Instant::now() >= end)
    }
}

/// Runs `engine` until `stop` fires or the database fails. To be called on a thread of its own.
pub fn run(
    engine: Engine,
    (commands, notices): (mpsc::Receiver<Command>, Notices),
    watched: Watched,
    stop: oneshot::Receiver<()>,
) -> End {
    let timers = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let timers = match timers {
        Ok(timers) => timers,
        Err(error) => return End::Fatal(format!("cannot start the engine's timers: {error}")),
    };
    let db = engine.reader().db();
    let restored = match journal::load(&*db) {
        Ok(restored) => restored,
        Err(error) => return End::Fatal(format!("cannot read the local transactions: {error}")),
    };
    let mut journal = match Journal::start(db, watched.metrics.journal()) {
        Ok(journal) => journal,
        Err(error) => return End::Fatal(format!("cannot start the journal's thread: {error}")),
    };
    let engine_loop = EngineLoop::new(engine, (notices, watched), &mut journal);
    let end = timers.block_on(engine_loop.run(commands, stop, restored));
    match journal.finish() {
        Err(reason) if end == End::Stopped => End::Fatal(reason),
        _ => end,
    }
}

/// Who is told how the engine does.
#[derive(Clone)]
pub struct Watched {
    /// For Prometheus and the log.
    pub metrics: Arc<Metrics>,
    /// For whoever asks whether the node is well.
    pub health: Arc<Health>,
}

/// A client's answer, and the way to it.
type Answer = (oneshot::Sender<Result<Hash, SubmitError>>, Result<Hash, SubmitError>);

/// Whom a reply of the engine goes to.
enum Waiting {
    Submit { watch: Option<mpsc::Sender<TransactionStatus>>, reply: oneshot::Sender<Result<Hash, SubmitError>> },
    Pending(oneshot::Sender<Vec<Arc<[u8]>>>),
    PoolStatus(oneshot::Sender<link::PoolStatus>),
    PoolContent(oneshot::Sender<link::PoolContent>),
    PoolTransaction(oneshot::Sender<Option<link::PoolTransaction>>),
    Mining(oneshot::Sender<link::MiningStatus>),
    NextIndex(oneshot::Sender<Result<Nonce, String>>),
    Seal { parent: Option<Hash>, reply: oneshot::Sender<Result<Hash, SealError>> },
    Finalize { hash: Hash, reply: oneshot::Sender<Result<(), SealError>> },
}

struct EngineLoop<'a> {
    engine: Engine,
    journal: &'a mut Journal,
    reader: ChainReader,
    notices: Notices,
    watchers: Watchers,
    watched: Watched,
    waiting: HashMap<RequestId, Waiting>,
    /// Submissions that are judged and not answered.
    answers: Vec<Answer>,
    /// A command that was found behind submissions.
    next: Option<Command>,
    next_id: RequestId,
    timer_ms: Option<u64>,
    /// Headers that the current actions brought.
    headers: HashMap<Hash, Arc<Header>>,
}

impl<'a> EngineLoop<'a> {
    fn new(engine: Engine, (notices, watched): (Notices, Watched), journal: &'a mut Journal) -> Self {
        let reader = engine.reader();
        Self {
            engine,
            journal,
            reader,
            notices,
            watchers: Watchers::default(),
            watched,
            waiting: HashMap::new(),
            answers: Vec::with_capacity(SUBMISSIONS_TOGETHER_MAX),
            next: None,
            next_id: 0,
            timer_ms: None,
            headers: HashMap::new(),
        }
    }

    /// What is left to do when the node was asked to end.
    fn finish(&mut self) -> End {
        self.engine.finish().map_or_else(|error| End::Fatal(error.to_string()), |()| End::Stopped)
    }

    async fn run(
        mut self,
        commands: mpsc::Receiver<Command>,
        stop: oneshot::Receiver<()>,
        restored: Vec<Vec<u8>>,
    ) -> End {
        let end = self.serve(commands, stop, restored).await;
        self.answer();
        end
    }

    async fn serve(
        &mut self,
        mut commands: mpsc::Receiver<Command>,
        mut stop: oneshot::Receiver<()>,
        restored: Vec<Vec<u8>>,
    ) -> End {
        let mut step = self.engine.start(now_ms());
        if !restored.is_empty() {
            tracing::info!("{} local transactions from before the restart", restored.len());
            step.extend(self.handle(Event::Restore { transactions: restored }));
        }
        loop {
            if let Err(reason) = self.perform(step) {
                return End::Fatal(reason);
            }
            // A timer that is always due must not keep the node from ending.
            if stop.try_recv() != Err(TryRecvError::Empty) {
                return self.finish();
            }
            let no_commands = self.next.is_none() && commands.is_empty();
            let is_tick = is_tick_next(self.timer_ms, now_ms(), no_commands);
            if is_tick || no_commands || self.answers.len() >= SUBMISSIONS_TOGETHER_MAX {
                self.answer();
            }
            let event = if is_tick {
                None
            } else if let Some(command) = self.next.take() {
                Some(command)
            } else {
                tokio::select! {
                    biased;
                    _ = &mut stop => return self.finish(),
                    command = commands.recv() => match command {
                        Some(command) => Some(command),
                        None => return self.finish(),
                    },
                    () = sleep_until(self.timer_ms) => None,
                }
            };
            step = match event {
                Some(command) => self.command(command, &mut commands),
                None => {
                    self.timer_ms = None;
                    self.handle(Event::Tick)
                }
            };
        }
    }

    fn name(&mut self) -> RequestId {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    /// Submissions that wait behind the first one go with it: judging many at once costs less.
    fn submit(&mut self, first: Command, commands: &mut mpsc::Receiver<Command>) -> Vec<Action> {
        let (mut submissions, mut bytes_together, mut next) = (Vec::new(), 0usize, Some(first));
        while let Some(command) = next.take() {
            let Command::Submit { bytes, watch, join, replace, reply } = command else {
                self.next = Some(command);
                break;
            };
            bytes_together = bytes_together.saturating_add(bytes.len());
            let submission = Submission { watch: watch.is_some(), join, replace, ..Submission::local(bytes) };
            let id = self.name();
            self.waiting.insert(id, Waiting::Submit { watch, reply });
            submissions.push((id, submission));
            if submissions.len() < SUBMISSIONS_TOGETHER_MAX && bytes_together < BATCH_BYTES_MAX {
                next = commands.try_recv().ok();
            }
        }
        self.handle(Event::SubmitAll { submissions })
    }

    fn command(&mut self, command: Command, commands: &mut mpsc::Receiver<Command>) -> Vec<Action> {
        let id = self.name();
        let (waiting, event) = match command {
            submit @ Command::Submit { .. } => return self.submit(submit, commands),
            Command::PoolStatus { reply } => (Waiting::PoolStatus(reply), Event::PoolStatus { id }),
            Command::PoolContent { limit, account, reply } => {
                (Waiting::PoolContent(reply), Event::PoolContent { id, limit, account })
            }
            Command::PoolTransaction { hash, reply } => {
                (Waiting::PoolTransaction(reply), Event::PoolTransaction { id, hash })
            }
            Command::Mining { change, reply } => {
                let change = match change {
                    link::MiningChange::Nothing => MiningChange::Nothing,
                    link::MiningChange::Start => MiningChange::Start,
                    link::MiningChange::Stop => MiningChange::Stop,
                    link::MiningChange::SetAuthor(author) => MiningChange::SetAuthor(author),
                };
                (Waiting::Mining(reply), Event::Mining { id, change })
            }
            Command::Pending { reply } => (Waiting::Pending(reply), Event::Pending { id }),
            Command::NextIndex { account, reply } => (Waiting::NextIndex(reply), Event::NextIndex { id, account }),
            Command::CreateBlock { create_empty, finalize, parent, reply } => {
                (Waiting::Seal { parent, reply }, Event::Seal { id, create_empty, finalize, parent })
            }
            Command::FinalizeBlock { hash, reply } => (Waiting::Finalize { hash, reply }, Event::Finalize { id, hash }),
        };
        self.waiting.insert(id, waiting);
        self.handle(event)
    }

    /// Gives an event to the engine and notes how that went.
    fn handle(&mut self, event: Event) -> Vec<Action> {
        let (begin, is_import) = (std::time::Instant::now(), matches!(event, Event::Import { .. }));
        let actions = self.engine.handle(now_ms(), event);
        self.watched.metrics.handled(begin.elapsed(), is_import, &actions, self.engine.pool().size());
        actions
    }

    /// Performs actions in their order. An error ends the process.
    fn perform(&mut self, actions: Vec<Action>) -> Result<(), String> {
        for action in actions {
            match action {
                Action::Reply { id, reply } => self.reply(id, reply),
                Action::Status(event) => {
                    let followed = self.watchers.tell(event.hash, &event.status);
                    if !followed && !event.status.is_last() {
                        let _ = self.engine.handle(now_ms(), Event::Unwatch { hash: event.hash });
                    }
                }
                Action::Ready(transaction) => self.notices.send_ready(&transaction.bytes),
                Action::Chain(event) => self.tell_chain(event)?,
                Action::SetTimer { at_ms } => self.timer_ms = Some(at_ms),
                Action::Journal(change) => self.journal.change(change)?,
                Action::Fatal(reason) => return Err(reason),
            }
        }
        self.headers.clear();
        Ok(())
    }

    /// Answers the submissions that are judged.
    fn answer(&mut self) {
        for (reply, answer) in self.answers.drain(..) {
            // Fails when the client has hung up.
            let _ = reply.send(answer);
        }
    }

    fn reply(&mut self, id: RequestId, reply: Reply) {
        // Sending fails when the client has hung up: nobody wants to know.
        match (self.waiting.remove(&id), reply) {
            (Some(Waiting::Submit { watch, reply }), Reply::Submitted(result)) => {
                if let (Ok(hash), Some(watch)) = (&result, watch) {
                    self.watchers.add(*hash, watch);
                }
                self.answers.push((reply, result.map_err(refusal)));
            }
            (Some(Waiting::Submit { watch: Some(watch), reply }), Reply::Joined { hash, status }) => {
                self.watchers.join(hash, watch, &status);
                let _ = reply.send(Ok(hash));
            }
            (Some(Waiting::Pending(reply)), Reply::Pending(pending)) => {
                let _ = reply.send(pending);
            }
            (Some(Waiting::PoolStatus(reply)), Reply::PoolStatus(size, limits)) => {
                let _ = reply.send(pool_status(size, &limits));
            }
            (Some(Waiting::PoolContent(reply)), Reply::PoolContent { ready, future }) => {
                let list = |transactions: Vec<_>| transactions.into_iter().map(pool_transaction).collect();
                let _ = reply.send(link::PoolContent { ready: list(ready), future: list(future) });
            }
            (Some(Waiting::PoolTransaction(reply)), Reply::PoolTransaction(found)) => {
                let _ = reply.send(found.map(pool_transaction));
            }
            (Some(Waiting::Mining(reply)), Reply::Mining(MiningStatus { mining, author, sealing })) => {
                self.watched.health.mining(mining, now_ms());
                let _ = reply.send(link::MiningStatus { mining, author, sealing: sealing.to_string() });
            }
            (Some(Waiting::NextIndex(reply)), Reply::NextIndex(next)) => {
                let _ = reply.send(next);
            }
            (Some(Waiting::Seal { parent, reply }), Reply::Sealed(result)) => {
                let known = parent.is_none_or(|parent| matches!(self.reader.header(&parent), Ok(Some(_))));
                let _ = reply.send(result.map(|block| block.hash).map_err(|error| match (error, parent) {
                    (EngineSealError::Empty, _) => SealError::EmptyPool,
                    (_, Some(parent)) if !known => SealError::BlockNotFound(parent),
                    (error, _) => SealError::Failed(error.to_string()),
                }));
            }
            (Some(Waiting::Finalize { hash, reply }), Reply::Finalized(result)) => {
                let known = matches!(self.reader.header(&hash), Ok(Some(_)));
                let _ = reply.send(result.map_err(|error| match known {
                    false => SealError::BlockNotFound(hash),
                    true => SealError::Failed(error.to_string()),
                }));
            }
            (_, reply) => tracing::error!("the engine answered what was not asked: {reply:?}"),
        }
    }

    fn tell_chain(&mut self, event: ChainEvent) -> Result<(), String> {
        match event {
            ChainEvent::Imported { block, header, new_runtime, .. } => {
                self.watched.health.block(now_ms());
                self.headers.insert(block.hash, header.clone());
                let head = Head { hash: block.hash, header };
                self.notices.send(Notice::Imported(NewBlock { head, new_runtime }));
            }
            ChainEvent::BestChanged { best, route } => {
                if route.is_reorg() {
                    tracing::info!(best = best.number, retracted = route.retracted.len(), "the best chain changed");
                }
                self.notices.send(Notice::Best(self.head(best.hash)?));
            }
            ChainEvent::Finalized { blocks, pruned } => {
                let blocks: Result<Vec<Head>, String> = blocks.iter().map(|block| self.head(block.hash)).collect();
                self.notices.send(Notice::Finalized(Arc::new(NewlyFinal { blocks: blocks?, pruned })));
                for hash in self.watchers.sweep() {
                    let _ = self.engine.handle(now_ms(), Event::Unwatch { hash });
                }
            }
        }
        Ok(())
    }

    fn head(&self, hash: Hash) -> Result<Head, String> {
        if let Some(header) = self.headers.get(&hash) {
            return Ok(Head { hash, header: header.clone() });
        }
        let header = self.reader.header(&hash).map_err(|error| format!("cannot read a new header: {error}"))?;
        let header = header.map(Arc::new).ok_or_else(|| format!("the new header {hash:?} is missing"))?;
        Ok(Head { hash, header })
    }
}

/// Whether a due tick goes before the commands that wait.
fn is_tick_next(timer_ms: Option<u64>, now_ms: u64, no_commands: bool) -> bool {
    let late_ms = timer_ms.and_then(|at| now_ms.checked_sub(at));
    late_ms.is_some_and(|late_ms| no_commands || late_ms >= TICK_LATE_MS_MAX)
}

/// Sleeps until that time, or for a while if it is far ahead.
async fn sleep_until(at_ms: Option<u64>) {
    match at_ms {
        Some(at) => tokio::time::sleep(Duration::from_millis(at.saturating_sub(now_ms()).min(SLEEP_MS_MAX))).await,
        None => std::future::pending().await,
    }
}

fn pool_status(size: PoolSize, limits: &Limits) -> link::PoolStatus {
    let PoolSize { ready_count, ready_bytes, future_count, future_bytes } = size;
    link::PoolStatus {
        ready_count,
        ready_bytes,
        future_count,
        future_bytes,
        count_max: limits.ready_count_max.saturating_add(limits.future_count_max),
        bytes_max: limits.ready_bytes_max.saturating_add(limits.future_bytes_max),
    }
}

fn pool_transaction(transaction: Arc<Transaction>) -> link::PoolTransaction {
    link::PoolTransaction {
        hash: transaction.hash,
        bytes: transaction.bytes.clone(),
        priority: transaction.priority,
        valid_till: (transaction.valid_till != BlockNumber::MAX).then_some(transaction.valid_till),
        local: transaction.local,
        sender: transaction.sender.map(|sender| (sender.account, sender.nonce)),
    }
}

fn refusal(error: Refusal) -> SubmitError {
    match error {
        Refusal::Malformed => SubmitError::BadFormat(error.to_string()),
        Refusal::Invalid(why) => SubmitError::Invalid(why),
        Refusal::Unknown(why) => SubmitError::Unknown(why),
        Refusal::Runtime(why) => SubmitError::Verification(why),
        Refusal::Pool(PoolRefusal::AlreadyImported(hash)) => SubmitError::AlreadyImported(hash),
        Refusal::Pool(PoolRefusal::TemporarilyBanned) => SubmitError::Banned,
        Refusal::Pool(PoolRefusal::TooLowPriority { old, new, .. }) if new <= old => {
            SubmitError::TooLowPriority { old, new }
        }
        Refusal::Pool(PoolRefusal::TooLowPriority { old, new, needed }) => {
            SubmitError::ReplacementUnderpriced { old, new, needed }
        }
        Refusal::Pool(PoolRefusal::NothingToReplace) => SubmitError::NothingToReplace,
        Refusal::Pool(PoolRefusal::ImmediatelyDropped) => SubmitError::ImmediatelyDropped,
        Refusal::Pool(PoolRefusal::AccountFull { count_max, bytes_max }) => {
            SubmitError::AccountFull { count_max, bytes_max }
        }
        Refusal::Pool(other) => SubmitError::Verification(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
