//! The machine: its parts and the dispatch of events.

use std::collections::VecDeque;
use std::sync::Arc;

use ziver_chain::{Chain, ChainReader};
use ziver_pool::Pool;
use ziver_primitives::Hash;

use crate::config::{Budget, EngineConfig};
use crate::event::{Action, Event, Reply, RequestId};
use crate::limits::{PENDING_BYTES_MAX, PENDING_COUNT_MAX};
use crate::sealing::{Sealing, Slots};

/// The engine. See the crate's documentation.
pub struct Engine {
    pub(crate) config: EngineConfig,
    pub(crate) chain: Chain,
    pub(crate) pool: Pool,
    pub(crate) budget: Box<dyn Budget>,
    pub(crate) slots: Slots,
    /// Transactions to be validated again, first the most urgent.
    pub(crate) revalidation: VecDeque<Hash>,
    /// Arrival number at which the next round of revalidation goes on.
    pub(crate) revalidation_from: u64,
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
            revalidation: VecDeque::new(),
            revalidation_from: 0,
            actions: Vec::new(),
            timer_ms: None,
            is_dead: false,
        }
    }

    /// The read side of the chain.
    pub fn reader(&self) -> ChainReader {
        self.chain.reader().clone()
    }

    /// The transactions that wait.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// To be called once, before the first event.
    pub fn start(&mut self, now_ms: u64) -> Vec<Action> {
        if let Sealing::Interval { interval_ms } = self.config.sealing {
            // The first block comes with the next slot, even if a tick comes before.
            self.slots.used(now_ms, interval_ms);
            self.set_timer(Slots::next_ms(now_ms, interval_ms));
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
            Event::Submit { id, bytes, source, watch } => {
                let result = self.submit(now_ms, bytes, source, watch);
                self.reply(id, Reply::Submitted(result));
                self.ask_for_instant_block(now_ms);
            }
            Event::Unwatch { hash } => self.pool.unwatch(&hash),
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
                    self.author_slot(now_ms);
                }
                self.set_timer(Slots::next_ms(now_ms, interval_ms));
            }
            Sealing::Instant => self.author_instant(now_ms),
            Sealing::Manual => {}
        }
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
        let fits = |bytes: &Arc<[u8]>| match bytes_left.checked_sub(bytes.len()) {
            Some(left) => {
                bytes_left = left;
                true
            }
            None => false,
        };
        let ready = self.pool.ready().map(|transaction| transaction.bytes.clone());
        ready.take(PENDING_COUNT_MAX).take_while(fits).collect()
    }

    pub(crate) fn ask_for_instant_block(&mut self, now_ms: u64) {
        if self.config.sealing == Sealing::Instant && self.pool.size().ready_count > 0 {
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
        self.actions.extend(self.pool.take_events().into_iter().map(Action::Status));
    }

    pub(crate) fn die(&mut self, reason: String) {
        if !self.is_dead {
            self.is_dead = true;
            self.actions.push(Action::Fatal(reason));
        }
    }

    fn take_actions(&mut self) -> Vec<Action> {
        self.flush_statuses();
        let mut actions = std::mem::take(&mut self.actions);
        if let Some(end) = actions.iter().position(|action| matches!(action, Action::Fatal(_))) {
            actions.truncate(end + 1);
        }
        actions
    }
}
