//! Finding the transaction that spoils a whole block.
//!
//! A transaction that fails leaves no trace, and the block goes on. But one that succeeds can leave a state in which the
//! block can't be ended: the runtime traps in `BlockBuilder_finalize_block`, or its header is not what importers would accept.
//! It takes root's power, or a faulty runtime. Without help the author would try the same again in each slot.
//!
//! The block is built anew from ever better prefixes of what was tried: the empty one works, the whole fails, so halving the
//! distance finds the first transaction with which it fails. That one is invalid and banned, and the others are tried
//! again. All of this has [half the time of a block](crate::EngineConfig::build_ms_max). If it ends before the culprit is
//! found, the best prefix so far is the block, and the next blocks offer fewer transactions until it is.

use ziver_chain::{BuildRequest, Built, ExtrinsicSource, NoExtrinsics, Offer, Outcome};
use ziver_primitives::Hash;

use crate::author::Tried;
use crate::engine::Engine;
use crate::event::SealError;

/// Offers what is in a list.
struct Listed<'a>(std::slice::Iter<'a, Offer>);

impl ExtrinsicSource for Listed<'_> {
    fn next(&mut self) -> Option<Offer> {
        self.0.next().cloned()
    }

    fn report(&mut self, _: &Hash, _: Outcome) {}
}

/// How far a search came.
struct Search {
    /// The largest block that could be built.
    good: Built,
    /// Transactions in it.
    good_count: usize,
    /// Transactions in the smallest block that failed.
    bad_count: usize,
}

impl Engine {
    /// A block on the best one, after building it with what `tried` says has failed by the runtime's fault.
    pub(crate) fn build_without_spoiler(
        &mut self,
        now_ms: u64,
        request: &BuildRequest,
        mut tried: Tried,
    ) -> Result<(Built, Tried), SealError> {
        self.budget.start(self.config.build_ms_max / 2);
        loop {
            let Search { good, good_count, bad_count } = self.search(request, &tried.included)?;
            if bad_count - good_count > 1 {
                // Out of time. The culprit is within the first `bad_count`.
                self.offers_max = Some((bad_count / 2).max(1));
                tried.included.truncate(good_count);
                return Ok((good, tried));
            }
            let Some(culprit) = tried.included.get(good_count).cloned() else { return Ok((good, tried)) };
            tracing::warn!("transaction {:?} spoils any block and is removed", culprit.hash);
            self.pool.remove_invalid(&culprit.hash, now_ms);
            if self.budget.is_spent() {
                tried.included.truncate(good_count);
                return Ok((good, tried));
            }
            let (built, again) = self.attempt(request);
            match built {
                Ok(built) => return Ok((built, again)),
                Err(error) if error.is_runtime_fault() && !again.included.is_empty() => tried = again,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Halves the distance between what works and what fails until they are neighbours or the time is over.
    fn search(&mut self, request: &BuildRequest, offers: &[Offer]) -> Result<Search, SealError> {
        // If even this fails, no transaction is to blame.
        let good = self.chain.build(request, &mut NoExtrinsics)?;
        let mut search = Search { good, good_count: 0, bad_count: offers.len() };
        while search.bad_count - search.good_count > 1 && !self.budget.is_spent() {
            let middle = search.good_count + (search.bad_count - search.good_count) / 2;
            match self.chain.build(request, &mut Listed(offers[..middle].iter())) {
                Ok(built) => (search.good, search.good_count) = (built, middle),
                Err(error) if error.is_runtime_fault() => search.bad_count = middle,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(search)
    }
}
