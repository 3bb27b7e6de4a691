//! What becomes final: on the development chain a block a few blocks later, elsewhere what a finality gadget says.

use ziver_chain::FinalizeError;
use ziver_primitives::Hash;

use crate::engine::Engine;
use crate::event::Action;

impl Engine {
    /// Makes a block final and tells of it.
    pub(crate) fn finalize(&mut self, now_ms: u64, hash: &Hash) -> Result<(), FinalizeError> {
        let finalized = match self.chain.finalize(hash) {
            Ok(finalized) => finalized,
            Err(error) => {
                if error.is_fatal() {
                    self.die(error.to_string());
                }
                return Err(error);
            }
        };
        self.actions.extend(finalized.events.iter().cloned().map(Action::Chain));
        if let Some(route) = &finalized.route {
            self.follow_route(now_ms, route, None, finalized.orphans);
            if route.is_reorg() {
                self.revalidate_all(now_ms);
            }
        }
        for block in &finalized.blocks {
            self.pool.finalize(block.hash);
        }
        self.flush_statuses();
        Ok(())
    }

    /// Lets finality follow the best block at its distance.
    pub(crate) fn finalize_behind(&mut self, now_ms: u64) {
        let Some(lag) = self.config.finality_lag else { return };
        let Some(block) = self.chain.best_ancestor(lag) else { return };
        if let Err(error) = self.finalize(now_ms, &block.hash) {
            tracing::error!("block {} can't be made final: {error}", block.number);
        }
    }
}
