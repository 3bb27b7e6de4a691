//! Own blocks: on time, on demand, or as soon as transactions are ready.

use ziver_chain::{BlockId, BuildRequest, Built, ExtrinsicSource, NoExtrinsics, Offer, Outcome};
use ziver_pool::Ready;
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

/// What the author learnt about the transactions it tried.
#[derive(Default)]
struct Tried {
    included: usize,
    exhausted: Vec<Hash>,
    /// Not their turn yet: what they depend on is missing, which the pool did not know.
    early: Vec<Hash>,
    invalid: Vec<Hash>,
}

/// Offers ready transactions until there is no more or the time is over.
struct FromPool<'a> {
    ready: Ready<'a>,
    budget: &'a mut dyn Budget,
    tried: Tried,
}

impl ExtrinsicSource for FromPool<'_> {
    fn next(&mut self) -> Option<Offer> {
        if self.budget.is_spent() {
            return None;
        }
        let transaction = self.ready.next()?;
        Some(Offer { hash: transaction.hash, bytes: transaction.bytes.clone() })
    }

    fn report(&mut self, hash: &Hash, outcome: Outcome) {
        match outcome {
            Outcome::Included => {
                self.tried.included += 1;
                return;
            }
            Outcome::Exhausted => self.tried.exhausted.push(*hash),
            Outcome::Invalid(TransactionValidityError::Invalid(InvalidTransaction::Future)) => {
                self.tried.early.push(*hash)
            }
            Outcome::Invalid(_) | Outcome::Failed(_) => self.tried.invalid.push(*hash),
        }
        self.ready.skip_dependents();
    }
}

impl Engine {
    /// The block of a slot, empty or not. Should building with transactions fail, the slot gets an empty block: the chain
    /// goes on whatever waits in the pool.
    pub(crate) fn author_slot(&mut self, now_ms: u64) {
        let mut result = self.seal(now_ms, true, false, None);
        if let Err(SealError::Build(error)) = &result
            && self.pool.size().ready_count > 0
        {
            tracing::error!("building with transactions failed: {error}");
            let built = self.build(now_ms, self.chain.best().hash, false);
            result = built.and_then(|(built, _)| self.store(now_ms, built));
        }
        if let Err(error) = result {
            tracing::error!("no block in this slot: {error}");
        }
    }

    /// One block of everything that is ready; none if nothing is.
    pub(crate) fn author_instant(&mut self, now_ms: u64) {
        match self.seal(now_ms, false, false, None) {
            Ok(_) => self.ask_for_instant_block(now_ms),
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
        let (built, tried) = self.build(now_ms, parent, true)?;
        let is_on_best = parent == self.chain.best().hash;
        if !create_empty && tried.included == 0 {
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

    fn build(&mut self, now_ms: u64, parent: Hash, with_pool: bool) -> Result<(Built, Tried), SealError> {
        let timestamp_ms = now_ms.max(self.timestamp_ms(&parent).saturating_add(self.config.timestamp_step_ms));
        let request = BuildRequest {
            parent,
            author: self.config.author,
            inherents: InherentData::with_timestamp(timestamp_ms),
            body_bytes_max: self.config.body_bytes_max,
        };
        if !with_pool {
            return Ok((self.chain.build(&request, &mut NoExtrinsics)?, Tried::default()));
        }
        self.budget.start(self.config.build_ms_max);
        let mut source = FromPool { ready: self.pool.ready(), budget: &mut *self.budget, tried: Tried::default() };
        let built = self.chain.build(&request, &mut source)?;
        Ok((built, source.tried))
    }

    /// Takes out of the pool what the runtime refused, and what does not even fit into a block of its own. What came too early
    /// is validated again, which makes it wait for what it depends on.
    fn forget_refused(&mut self, now_ms: u64, is_on_best: bool, tried: &Tried) {
        if !is_on_best {
            return;
        }
        for hash in &tried.invalid {
            self.pool.remove_invalid(hash, now_ms);
        }
        if tried.included == 0 {
            for hash in &tried.exhausted {
                self.pool.remove_invalid(hash, now_ms);
            }
        }
        if !tried.early.is_empty() {
            for hash in tried.early.iter().rev() {
                self.revalidation.push_front(*hash);
            }
            self.revalidate_some(now_ms);
        }
    }

    /// Time of a block in milliseconds, as its state tells it under the well-known key of `Timestamp.Now`.
    fn timestamp_ms(&self, block: &Hash) -> u64 {
        let view = self.chain.reader().view_at(block).ok().flatten();
        let value = view.and_then(|view| view.get(None, &item_prefix("Timestamp", "Now")).ok().flatten());
        value.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    }
}
