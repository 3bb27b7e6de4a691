//! Who follows which transaction: the pool tells each status once, this fans it out to the clients' subscriptions.

use std::collections::HashMap;

use tokio::sync::mpsc::Sender;
use ziver_engine::Status;
use ziver_primitives::Hash;
use ziver_rpc::link::{Inclusion, TransactionStatus};

/// Followers by transaction.
#[derive(Debug, Default)]
pub struct Watchers(HashMap<Hash, Vec<Sender<TransactionStatus>>>);

impl Watchers {
    /// From now on `follower` gets the statuses of `transaction`.
    pub fn add(&mut self, transaction: Hash, follower: Sender<TransactionStatus>) {
        self.0.entry(transaction).or_default().push(follower);
    }

    /// Like [`Watchers::add`], for a transaction that others follow already; tells its present status to this follower alone.
    pub fn join(&mut self, transaction: Hash, follower: Sender<TransactionStatus>, status: &Status) {
        // What is in a block was ready before. Fails when the client has hung up: the next status finds out.
        if matches!(status, Status::InBlock { .. }) {
            let _ = follower.try_send(TransactionStatus::Ready);
        }
        let _ = follower.try_send(for_clients(status));
        self.add(transaction, follower);
    }

    /// Tells the followers; forgets those that hung up or fell behind, and all after a last status. Says whether anybody
    /// still follows.
    pub fn tell(&mut self, transaction: Hash, status: &Status) -> bool {
        let Some(followers) = self.0.get_mut(&transaction) else { return false };
        let status = for_clients(status);
        followers.retain(|follower| follower.try_send(status.clone()).is_ok());
        let goes_on = !followers.is_empty() && !status.is_last();
        if !goes_on {
            self.0.remove(&transaction);
        }
        goes_on
    }

    /// Forgets followers that hung up; returns the transactions that nobody follows any more.
    pub fn sweep(&mut self) -> Vec<Hash> {
        let mut lonely = Vec::new();
        self.0.retain(|transaction, followers| {
            followers.retain(|follower| !follower.is_closed());
            if followers.is_empty() {
                lonely.push(*transaction);
            }
            !followers.is_empty()
        });
        lonely
    }
}

fn for_clients(status: &Status) -> TransactionStatus {
    match status {
        Status::Future => TransactionStatus::Future,
        Status::Ready => TransactionStatus::Ready,
        Status::Broadcast(peers) => TransactionStatus::Broadcast(peers.clone()),
        Status::InBlock { block, index } => TransactionStatus::InBlock(Inclusion { block: *block, index: *index }),
        Status::Retracted { block } => TransactionStatus::Retracted(*block),
        Status::FinalityTimeout { block } => TransactionStatus::FinalityTimeout(*block),
        Status::Finalized { block, index } => TransactionStatus::Finalized(Inclusion { block: *block, index: *index }),
        Status::Usurped { by } => TransactionStatus::Usurped(*by),
        Status::Dropped => TransactionStatus::Dropped,
        Status::Invalid => TransactionStatus::Invalid,
    }
}

#[cfg(test)]
mod tests;
