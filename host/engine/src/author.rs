//! Own blocks: on time, on demand, or as soon as transactions are ready.

use std::collections::{HashSet, VecDeque};

use ziver_chain::{BlockId, BuildError, BuildRequest, Built, ChainReader, ExtrinsicSource, Offer, Outcome};
use ziver_pool::{Ready, Tag, Transaction};
use ziver_primitives::{
    Hash,
    inherents::InherentData,
    storage_keys::item_prefix,
    validity::{InvalidTransaction, TransactionValidityError},
};

use crate::config::Budget;
use crate::engine::Engine;
use crate::event::SealError;
use crate::maintain::Adopted;

/// Transactions that the builder gets at once.
const OFFERS_AHEAD_MAX: usize = 64;

/// What the author learnt about the transactions it tried.
#[derive(Default)]
pub(crate) struct Tried {
    /// In the block, in its order. If the block failed: the one that was in work then is the last.
    pub included: Vec<Offer>,
    /// They do not even fit where there is nothing but inherents.
    unfit: Vec<Hash>,
    /// Not their turn yet: what they depend on is missing, which the pool did not know.
    early: Vec<Hash>,
    invalid: Vec<Hash>,
}

/// Offers ready transactions until there is no more or the time is over.
struct FromPool<'a> {
    ready: Ready<'a>,
    budget: &'a mut dyn Budget,
    left: usize,
    /// In work: the builder has not told what became of them.
    offered: VecDeque<&'a Transaction>,
    /// What the transactions give that are not in the block. Who needs one of these has to wait.
    missing: HashSet<&'a Tag>,
    withdrawn: HashSet<Hash>,
    tried: Tried,
}

impl<'a> FromPool<'a> {
    /// What was learnt.
    fn end(mut self, has_failed: bool) -> Tried {
        if has_failed {
            self.tried.included.extend(self.offered.pop_front().map(offer));
        }
        self.tried
    }

    /// Leaves out what depends on a transaction that is not in the block, also of what was given since.
    fn leave_out_dependents(&mut self, of: &'a Transaction) {
        self.missing.extend(&of.provides);
        // Whoever depends on another one was given after it.
        let (missing, withdrawn) = (&mut self.missing, &mut self.withdrawn);
        self.offered.retain(|later| {
            let is_left = !later.requires.iter().any(|tag| missing.contains(tag));
            if !is_left {
                missing.extend(&later.provides);
                withdrawn.insert(later.hash);
            }
            is_left
        });
    }
}

fn offer(transaction: &Transaction) -> Offer {
    Offer { hash: transaction.hash, bytes: transaction.bytes.clone() }
}

impl ExtrinsicSource for FromPool<'_> {
    fn next(&mut self) -> Option<Offer> {
        if self.budget.is_spent() {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        loop {
            let transaction = self.ready.next()?;
            if !transaction.requires.iter().any(|tag| self.missing.contains(tag)) {
                self.offered.push_back(transaction);
                return Some(offer(transaction));
            }
            // Nor what depends on it in turn.
            self.ready.skip_dependents();
        }
    }

    fn ahead(&self) -> usize {
        OFFERS_AHEAD_MAX
    }

    fn is_withdrawn(&self, hash: &Hash) -> bool {
        self.withdrawn.contains(hash)
    }

    fn report(&mut self, hash: &Hash, outcome: Outcome) {
        let Some(transaction) = self.offered.pop_front() else { return };
        match outcome {
            Outcome::Included => return self.tried.included.push(offer(transaction)),
            Outcome::Exhausted if self.tried.included.is_empty() => self.tried.unfit.push(*hash),
            Outcome::Exhausted => {}
            Outcome::Invalid(TransactionValidityError::Invalid(InvalidTransaction::Future)) => {
                self.tried.early.push(*hash)
            }
            Outcome::Invalid(_) | Outcome::Failed(_) => self.tried.invalid.push(*hash),
        }
        self.leave_out_dependents(transaction);
    }
}

impl Engine {
    /// The block of a slot, empty or not.
    pub(crate) fn author_slot(&mut self, now_ms: u64) {
        if let Err(error) = self.seal(now_ms, true, false, None) {
            tracing::error!("no block in this slot: {error}");
        }
    }

    /// One block of everything that is ready; none if nothing is.
    pub(crate) fn author_instant(&mut self, now_ms: u64) {
        match self.seal(now_ms, false, false, None) {
            Ok(_) => self.ask_for_instant_block(now_ms),
            // Something spoils blocks and was not found in time.
            Err(SealError::Empty) if self.offers_max.is_some() => self.ask_for_instant_block(now_ms),
            Err(SealError::Empty) => {}
            Err(error) => tracing::error!("no block: {error}"),
        }
    }

    /// Builds a block and makes it part of the chain.
    pub(crate) fn seal(
        &mut self,
        now_ms: u64,
        create_empty: bool,
        finalize: bool,
        parent: Option<Hash>,
    ) -> Result<BlockId, SealError> {
        if !create_empty && self.pool.size().ready_count == 0 {
            return Err(SealError::Empty);
        }
        let parent = parent.unwrap_or(self.chain.best().hash);
        let is_on_best = parent == self.chain.best().hash;
        let (built, tried) = self.build(now_ms, parent).inspect_err(|error| {
            if let SealError::Build(error) = error
                && error.is_fatal()
            {
                self.die(error.to_string());
            }
        })?;
        if !create_empty && tried.included.is_empty() {
            self.forget_refused(now_ms, is_on_best, &tried);
            return Err(SealError::Empty);
        }
        let block = self.store(now_ms, built)?;
        self.forget_refused(now_ms, is_on_best, &tried);
        if finalize {
            self.finalize(now_ms, &block.hash).map_err(|error| SealError::Store(error.to_string()))?;
        }
        Ok(block)
    }

    /// Makes a built block part of the chain and lets everything follow.
    fn store(&mut self, now_ms: u64, built: Built) -> Result<BlockId, SealError> {
        let hashes = built.extrinsic_hashes().to_vec();
        let imported = self.chain.insert(built).map_err(|error| {
            if error.is_fatal() {
                self.die(error.to_string());
            }
            SealError::Store(error.to_string())
        })?;
        let block = imported.block;
        self.adopt(now_ms, Adopted { imported, hashes });
        Ok(block)
    }

    /// A block with what the pool has. One that spoils it is left out if the block is on the best one; what the pool has is
    /// not meant for others.
    fn build(&mut self, now_ms: u64, parent: Hash) -> Result<(Built, Tried), SealError> {
        let request = BuildRequest {
            parent,
            author: self.config.author,
            inherents: inherents(self.chain.reader(), &parent, now_ms, self.config.timestamp_step_ms),
            body_bytes_max: self.config.body_bytes_max,
        };
        self.budget.start(self.config.build_ms_max);
        let (built, tried) = self.attempt(&request);
        match built {
            Ok(built) => {
                let is_all = self.offers_max.is_none_or(|max| tried.included.len() < max);
                self.offers_max = self.offers_max.filter(|_| !is_all).map(|max| max.saturating_mul(2));
                Ok((built, tried))
            }
            Err(error)
                if error.is_runtime_fault() && !tried.included.is_empty() && parent == self.chain.best().hash =>
            {
                tracing::error!("a block of {} transactions failed: {error}", tried.included.len());
                self.build_without_spoiler(now_ms, &request, tried)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Builds with what the pool has and the budget allows.
    pub(crate) fn attempt(&mut self, request: &BuildRequest) -> (Result<Built, BuildError>, Tried) {
        let left = self.offers_max.unwrap_or(usize::MAX);
        let mut source = FromPool {
            ready: self.pool.ready(),
            budget: &mut *self.budget,
            left,
            offered: VecDeque::new(),
            missing: HashSet::new(),
            withdrawn: HashSet::new(),
            tried: Tried::default(),
        };
        let built = self.chain.build(request, &mut source);
        let tried = source.end(built.is_err());
        (built, tried)
    }

    /// Takes out of the pool what the runtime refused, and what fits in no block. What came too early
    /// is validated again, which makes it wait for what it depends on.
    fn forget_refused(&mut self, now_ms: u64, is_on_best: bool, tried: &Tried) {
        if !is_on_best {
            return;
        }
        for hash in tried.invalid.iter().chain(&tried.unfit) {
            self.pool.remove_invalid(hash, now_ms);
        }
        if !tried.early.is_empty() {
            for hash in tried.early.iter().rev() {
                self.revalidation.push_front(*hash);
            }
            self.revalidate_some(now_ms);
        }
    }
}

/// What a block on `parent` is told: the time, in milliseconds, but at least `step_ms` after the parent's, whatever the clock
/// says. Where the parent's can't be read, building the block fails as well.
pub fn inherents(reader: &ChainReader, parent: &Hash, now_ms: u64, step_ms: u64) -> InherentData {
    let parent_ms = time_ms(reader, parent).unwrap_or(0);
    InherentData::with_timestamp(now_ms.max(parent_ms.saturating_add(step_ms)))
}

/// A block's time: what its state has under the well-known key of `Timestamp.Now`. Genesis has none.
pub(crate) fn time_ms(reader: &ChainReader, block: &Hash) -> Option<u64> {
    let view = reader.view_at(block).ok().flatten()?;
    let value = view.get(None, &item_prefix("Timestamp", "Now")).ok().flatten()?;
    value.try_into().ok().map(u64::from_le_bytes)
}
