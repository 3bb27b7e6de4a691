//! After the best block changed: the pool follows, finality follows, some transactions are validated again.

use ziver_chain::{ChainEvent, Imported, TreeRoute};
use ziver_pool::{Candidate, Included, Status};
use ziver_primitives::{Hash, OpaqueExtrinsic, validity::TransactionSource};

use crate::engine::Engine;
use crate::event::{Action, SubmitError};
use crate::submit::sender;

/// A block that joined the tree, with the hashes of its extrinsics.
pub(crate) struct Adopted {
    pub imported: Imported,
    pub hashes: Vec<Hash>,
}

impl Engine {
    /// Tells of a stored block and lets everything follow.
    pub(crate) fn adopt(&mut self, now_ms: u64, adopted: Adopted) {
        let Adopted { imported, hashes } = adopted;
        let Imported { block, route, events, .. } = imported;
        let changes_runtime =
            events.iter().any(|event| matches!(event, ChainEvent::Imported { new_runtime: Some(_), .. }));
        self.actions.extend(events.into_iter().map(Action::Chain));
        let Some(route) = route else { return };
        let orphans = route.retracted.iter().rev().flat_map(|block| self.body(&block.hash)).collect();
        self.follow_route(now_ms, &route, Some((block.hash, hashes)), orphans);
        if changes_runtime || route.is_reorg() {
            self.revalidate_all(now_ms);
        } else {
            if self.revalidation.is_empty() {
                self.choose_for_revalidation();
            }
            self.revalidate_some(now_ms);
        }
        self.finalize_behind(now_ms);
        self.ask_for_instant_block(now_ms);
    }

    /// The pool follows the best chain along `route`. `known`: a block whose extrinsic hashes are at hand.
    /// `orphans`: extrinsics of the retracted blocks, lowest block first.
    pub(crate) fn follow_route(
        &mut self,
        now_ms: u64,
        route: &TreeRoute,
        known: Option<(Hash, Vec<Hash>)>,
        orphans: Vec<OpaqueExtrinsic>,
    ) {
        for block in &route.retracted {
            self.pool.retract(block.hash);
        }
        for block in &route.enacted {
            let hashes = match &known {
                Some((hash, hashes)) if *hash == block.hash => hashes.clone(),
                _ => self.body(&block.hash).iter().map(OpaqueExtrinsic::hash).collect(),
            };
            let included: Vec<Included> =
                hashes.into_iter().map(|hash| Included { hash, provides: Vec::new() }).collect();
            self.pool.enact(block.hash, block.number, &included);
        }
        for extrinsic in orphans {
            self.resubmit(now_ms, &extrinsic);
        }
        let best = self.chain.best().number;
        self.pool.expire(best, now_ms);
        self.flush_statuses();
    }

    /// A transaction of a retracted block comes back, unless the new best chain has it too or it is not valid there.
    fn resubmit(&mut self, now_ms: u64, extrinsic: &OpaqueExtrinsic) {
        let bytes = codec::Encode::encode(extrinsic);
        let hash = extrinsic.hash();
        match self.validate(&bytes, TransactionSource::External) {
            Ok((valid, validated_at)) => {
                let (sender, local) = (sender(&valid), self.journal.contains(&hash));
                let bytes = bytes.into();
                let candidate =
                    Candidate { hash, bytes, valid, validated_at, sender, watch: false, local, replace: false };
                if self.pool.submit(candidate, now_ms).is_err() {
                    self.pool.give_up(&hash, Status::Dropped);
                }
            }
            Err(_) => self.pool.give_up(&hash, Status::Invalid),
        }
    }

    /// Every transaction is due for validation: the state is not a child of the one it was validated on, or the runtime is
    /// another.
    pub(crate) fn revalidate_all(&mut self, now_ms: u64) {
        self.revalidation = self.pool.all().map(|transaction| transaction.hash).collect();
        self.revalidate_some(now_ms);
    }

    /// Begins with what is due for validation, before all else what came back at the start; a tick goes on with the rest. At most
    /// [`revalidate_count_max`](crate::EngineConfig::revalidate_count_max) calls of the runtime, however full the pool is.
    pub(crate) fn revalidate_some(&mut self, now_ms: u64) {
        if self.journal.is_restoring() {
            self.restore_some(now_ms, self.config.revalidate_count_max);
        } else {
            self.revalidate(now_ms);
        }
        if !self.revalidation.is_empty() || self.journal.is_restoring() {
            self.set_timer(now_ms);
        }
    }

    /// Validates some of the transactions that are due for it.
    fn revalidate(&mut self, now_ms: u64) {
        for _ in 0..self.config.revalidate_count_max {
            let Some(hash) = self.revalidation.pop_front() else { break };
            let Some(transaction) = self.pool.transaction(&hash).cloned() else { continue };
            match self.validate(&transaction.bytes, TransactionSource::External) {
                Ok((valid, validated_at)) => self.pool.update(&hash, valid, validated_at),
                Err(SubmitError::Invalid(_) | SubmitError::Unknown(_)) => self.pool.remove_invalid(&hash, now_ms),
                Err(error) => {
                    tracing::warn!("transaction {hash:?} is dropped, it could not be validated again: {error}");
                    self.pool.remove(&hash, Status::Dropped);
                }
            }
        }
        self.flush_statuses();
    }

    /// The next few in the order of arrival, going round.
    fn choose_for_revalidation(&mut self) {
        let count = self.config.revalidate_count_max;
        let chosen: Vec<_> = self.pool.from_arrival(self.revalidation_from).take(count).collect();
        self.revalidation_from = match chosen.last() {
            Some((arrival, _)) if chosen.len() == count => arrival.saturating_add(1),
            _ => 0,
        };
        self.revalidation.extend(chosen.into_iter().map(|(_, hash)| hash));
    }

    fn body(&mut self, hash: &Hash) -> Vec<OpaqueExtrinsic> {
        match self.chain.reader().body(hash) {
            Ok(body) => body.unwrap_or_default(),
            Err(error) => {
                self.die(format!("the body of block {hash:?} can't be read: {error}"));
                Vec::new()
            }
        }
    }
}
