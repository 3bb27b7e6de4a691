//! The machine: its parts and the dispatch of events.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use ziver_chain::{Chain, ChainReader, InsertError};
use ziver_pool::{Pool, Transaction};
use ziver_primitives::{AccountId20, Hash};

use crate::author::time_ms;
use crate::config::{Budget, EngineConfig};
use crate::event::{Action, Event, MiningChange, MiningStatus, Reply, RequestId};
use crate::journal::Journal;
use crate::limits::{PENDING_BYTES_MAX, PENDING_COUNT_MAX};
use crate::sealing::{Sealing, Slots};

/// The engine. See the crate's documentation.
pub struct Engine {
    pub(crate) config: EngineConfig,
    pub(crate) chain: Chain,
    pub(crate) pool: Pool,
    pub(crate) budget: Box<dyn Budget>,
    pub(crate) slots: Slots,
    /// Whether blocks are built unasked.
    is_mining: bool,
    /// Transactions to be validated again, first the most urgent.
    pub(crate) revalidation: VecDeque<Hash>,
    /// Arrival number at which the next round of revalidation goes on.
    pub(crate) revalidation_from: u64,
    /// Transactions whose status somebody asked for.
    pub(crate) followed: BTreeSet<Hash>,
    pub(crate) journal: Journal,
    /// Most transactions offered to a block, while one that spoils blocks is being looked for.
    pub(crate) offers_max: Option<usize>,
    pub(crate) validations: u64,
    pub(crate) actions: Vec<Action>,
    pub(crate) timer_ms: Option<u64>,
    pub(crate) is_dead: bool,
}

impl Engine {
    /// An engine on an opened chain with an empty pool.
    pub fn new(chain: Chain, config: EngineConfig, budget: Box<dyn Budget>) -> Self {
        Engine {
            pool: Pool::new(config.pool.clone()),
            config,
            chain,
            budget,
            slots: Slots::default(),
            is_mining: true,
            revalidation: VecDeque::new(),
            revalidation_from: 0,
            followed: BTreeSet::new(),
            journal: Journal::default(),
            offers_max: None,
            validations: 0,
            actions: Vec::new(),
            timer_ms: None,
            is_dead: false,
        }
    }

    /// The read side of the chain.
    pub fn reader(&self) -> ChainReader {
        self.chain.reader().clone()
    }

    /// How often the runtime was asked to validate a transaction.
    pub fn validation_count(&self) -> u64 {
        self.validations
    }

    /// The transactions that wait.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// To be called once, before the first event.
    pub fn start(&mut self, now_ms: u64) -> Vec<Action> {
        if let Sealing::Interval { interval_ms } = self.config.sealing {
            // The first block comes at once, so that nobody waits for a new chain; but a slot has one block, also when the
            // process that made it has gone.
            if let Some(best_ms) = time_ms(self.chain.reader(), &self.chain.best().hash) {
                self.slots.used(best_ms, interval_ms);
            }
            let is_due = self.slots.is_due(now_ms, interval_ms);
            self.set_timer(if is_due { now_ms } else { Slots::next_ms(now_ms, interval_ms) });
        }
        self.take_actions()
    }

    /// Takes in one event and says what is to be done. `now_ms`: milliseconds since the Unix epoch.
    pub fn handle(&mut self, now_ms: u64, event: Event) -> Vec<Action> {
        if self.is_dead {
            return Vec::new();
        }
        self.follow_clock_back(now_ms);
        match event {
            Event::Submit { id, submission } => {
                self.take_in_all(now_ms, vec![(id, submission)]);
                self.ask_for_instant_block(now_ms);
            }
            Event::SubmitAll { submissions } => {
                self.take_in_all(now_ms, submissions);
                self.ask_for_instant_block(now_ms);
            }
            Event::Unwatch { hash } => {
                self.followed.remove(&hash);
                if !self.journal.contains(&hash) {
                    self.pool.unwatch(&hash);
                }
            }
            Event::Restore { transactions } => {
                self.restore(transactions);
                self.revalidate_some(now_ms);
                self.ask_for_instant_block(now_ms);
            }
            Event::Tick => self.tick(now_ms),
            Event::Seal { id, create_empty, finalize, parent } => {
                let result = self.seal(now_ms, create_empty, finalize, parent);
                self.reply(id, Reply::Sealed(result));
            }
            Event::Finalize { id, hash } => {
                let result = self.finalize(now_ms, &hash);
                self.reply(id, Reply::Finalized(result));
            }
            Event::Import { id, block } => {
                let result = self.import(now_ms, *block);
                self.reply(id, Reply::Imported(result));
            }
            Event::Pending { id } => {
                let pending = self.pending();
                self.reply(id, Reply::Pending(pending));
            }
            Event::PoolStatus { id } => {
                self.reply(id, Reply::PoolStatus(self.pool.size(), self.pool.limits().clone()));
            }
            Event::PoolContent { id, limit, account } => {
                let content = self.content(limit, account);
                self.reply(id, content);
            }
            Event::PoolTransaction { id, hash } => {
                let found = self.pool.transaction(&hash).cloned();
                self.reply(id, Reply::PoolTransaction(found));
            }
            Event::Mining { id, change } => {
                let status = self.mine(now_ms, change);
                self.reply(id, Reply::Mining(status));
            }
            Event::NextIndex { id, account } => {
                let result = self.next_index(account);
                self.reply(id, Reply::NextIndex(result));
            }
        }
        self.take_actions()
    }

    /// The timer has come: build what is due, go on with what was left over.
    fn tick(&mut self, now_ms: u64) {
        self.timer_ms = None;
        match self.config.sealing {
            Sealing::Interval { interval_ms } => {
                if self.slots.is_due(now_ms, interval_ms) {
                    self.slots.used(now_ms, interval_ms);
                    if self.is_mining {
                        self.author_slot(now_ms);
                    }
                }
                self.set_timer(Slots::next_ms(now_ms, interval_ms));
            }
            Sealing::Instant if self.is_mining => self.author_instant(now_ms),
            Sealing::Instant | Sealing::Manual => {}
        }
        // After the block, so that it never waits.
        self.revalidate_some(now_ms);
    }

    /// The timer is never more than a slot ahead, unless the clock was set back: then it begins anew.
    fn follow_clock_back(&mut self, now_ms: u64) {
        if let Sealing::Interval { interval_ms } = self.config.sealing
            && self.timer_ms.is_some_and(|at_ms| at_ms.saturating_sub(now_ms) > interval_ms)
        {
            self.timer_ms = None;
            self.set_timer(Slots::next_ms(now_ms, interval_ms));
        }
    }

    /// Ready transactions, as many as one answer may hold.
    fn pending(&self) -> Vec<Arc<[u8]>> {
        let mut bytes_left = PENDING_BYTES_MAX;
        let ready = take_that_fit(self.pool.ready(), PENDING_COUNT_MAX, &mut bytes_left);
        ready.into_iter().map(|transaction| transaction.bytes.clone()).collect()
    }

    /// Ready transactions, then future ones: so many together, and as many as one answer may hold.
    fn content(&self, limit: usize, account: Option<AccountId20>) -> Reply {
        let limit = limit.min(PENDING_COUNT_MAX);
        let mut bytes_left = PENDING_BYTES_MAX;
        let is_asked_for = |transaction: &&Arc<Transaction>| {
            account.is_none() || transaction.sender.map(|sender| sender.account) == account
        };
        let ready = take_that_fit(self.pool.ready().filter(is_asked_for), limit, &mut bytes_left);
        let future = take_that_fit(self.pool.future().filter(is_asked_for), limit - ready.len(), &mut bytes_left);
        Reply::PoolContent { ready, future }
    }

    /// To be called before the process ends, so that the database opens faster next time.
    pub fn finish(&mut self) -> Result<(), InsertError> {
        self.chain.checkpoint()
    }

    fn mine(&mut self, now_ms: u64, change: MiningChange) -> MiningStatus {
        match change {
            MiningChange::Nothing => {}
            MiningChange::Start => {
                self.is_mining = true;
                self.ask_for_instant_block(now_ms);
            }
            MiningChange::Stop => self.is_mining = false,
            MiningChange::SetAuthor(author) => self.config.author = author,
        }
        let sealing = self.config.sealing;
        MiningStatus { mining: self.is_mining && sealing != Sealing::Manual, author: self.config.author, sealing }
    }

    pub(crate) fn ask_for_instant_block(&mut self, now_ms: u64) {
        if self.is_mining && self.config.sealing == Sealing::Instant && self.pool.size().ready_count > 0 {
            self.set_timer(now_ms);
        }
    }

    /// Asks for a tick, unless an earlier one is asked for already.
    pub(crate) fn set_timer(&mut self, at_ms: u64) {
        if self.timer_ms.is_none_or(|earlier| at_ms < earlier) {
            self.timer_ms = Some(at_ms);
            self.actions.push(Action::SetTimer { at_ms });
        }
    }

    pub(crate) fn reply(&mut self, id: RequestId, reply: Reply) {
        self.actions.push(Action::Reply { id, reply });
    }

    /// Moves what the pool has to tell into the actions.
    pub(crate) fn flush_statuses(&mut self) {
        for event in self.pool.take_events() {
            let is_last = event.status.is_last();
            if is_last {
                self.strike_out(&event.hash);
            }
            if if is_last { self.followed.remove(&event.hash) } else { self.followed.contains(&event.hash) } {
                self.actions.push(Action::Status(event));
            }
        }
    }

    pub(crate) fn die(&mut self, reason: String) {
        if !self.is_dead {
            self.is_dead = true;
            self.actions.push(Action::Fatal(reason));
        }
    }

    fn take_actions(&mut self) -> Vec<Action> {
        self.flush_statuses();
        self.actions.extend(self.pool.take_newly_ready().into_iter().map(Action::Ready));
        let mut actions = std::mem::take(&mut self.actions);
        if let Some(end) = actions.iter().position(|action| matches!(action, Action::Fatal(_))) {
            actions.truncate(end + 1);
        }
        actions
    }
}

/// The first `count` of them, or fewer if they would be more than the bytes that are left.
fn take_that_fit<'a>(
    transactions: impl Iterator<Item = &'a Arc<Transaction>>,
    count: usize,
    bytes_left: &mut usize,
) -> Vec<Arc<Transaction>> {
    let fits = |transaction: &&Arc<Transaction>| match bytes_left.checked_sub(transaction.bytes.len()) {
        Some(left) => {
            *bytes_left = left;
            true
        }
        None => false,
    };
    transactions.take(count).take_while(fits).cloned().collect()
}
