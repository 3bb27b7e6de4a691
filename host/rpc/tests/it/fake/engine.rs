//! The made-up engine: its pool, and what it says to commands.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use ziver_primitives::{AccountId20, Hash, hashing::blake2_256, validity::InvalidTransaction};
use ziver_rpc::link::{
    Command, Inclusion, LinkPeer, MiningChange, MiningStatus, PoolContent, PoolStatus, PoolTransaction, SealError,
    SubmitError, TransactionStatus,
};

use super::ALITH;

/// The ready transactions of the made-up pool.
pub type Kept = Arc<Mutex<Vec<Arc<[u8]>>>>;

/// In the pool; of short ones Alith is the sender, and the second byte the nonce.
fn pool_transaction(bytes: &Arc<[u8]>) -> PoolTransaction {
    PoolTransaction {
        hash: blake2_256(bytes).into(),
        bytes: bytes.clone(),
        priority: 7,
        valid_till: Some(64),
        local: true,
        sender: (bytes.len() < 4).then(|| (ALITH.parse().unwrap(), bytes[1].into())),
    }
}

/// Judges transactions by their first byte after the prefix. Those with 13 there are answered when one with 14 comes, the last one
/// first.
pub async fn engine(mut peer: LinkPeer, submitted: Arc<AtomicUsize>, kept: Kept) {
    let mut mining = MiningStatus { mining: true, author: ALITH.parse().unwrap(), sealing: "interval=2000".into() };
    let mut held = Vec::new();
    while let Some(command) = peer.commands.recv().await {
        let ready = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match command {
            Command::Submit { bytes, watch, join, replace, reply } => {
                submitted.fetch_add(1, Ordering::SeqCst);
                let hash = Hash::from(blake2_256(&bytes));
                let verdict = match bytes.get(1) {
                    _ if replace && bytes.get(1) == Some(&10) => Err(SubmitError::NothingToReplace),
                    Some(9) => Err(SubmitError::ReplacementUnderpriced { old: 100, new: 109, needed: 110 }),
                    Some(11) => Err(SubmitError::Invalid(InvalidTransaction::Payment)),
                    Some(12) => Err(SubmitError::Invalid(InvalidTransaction::ExhaustsResources)),
                    Some(1) => Err(SubmitError::Invalid(InvalidTransaction::Stale)),
                    Some(2) => Err(SubmitError::Banned),
                    Some(3) if !join => Err(SubmitError::AlreadyImported(hash)),
                    Some(4) => Err(SubmitError::TooLowPriority { old: 9, new: 8 }),
                    Some(5) => Err(SubmitError::ImmediatelyDropped),
                    Some(6) => Err(SubmitError::Verification("Runtime panicked".into())),
                    Some(7) => Err(SubmitError::Invalid(InvalidTransaction::Custom(42))),
                    None => Err(SubmitError::BadFormat("Not enough data".into())),
                    _ => Ok(hash),
                };
                if bytes.get(1) == Some(&13) {
                    held.push((reply, hash));
                    continue;
                }
                if bytes.get(1) == Some(&14) {
                    held.drain(..).rev().for_each(|(reply, hash)| drop(reply.send(Ok(hash))));
                }
                if verdict.is_ok() && bytes.len() > 1 << 20 {
                    // A large one is accepted by being listed ever after.
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.as_slice().into());
                }
                if verdict.is_ok() {
                    peer.notices.send_ready(&bytes.as_slice().into());
                }
                if let (Ok(_), Some(watch)) = (&verdict, watch) {
                    // Before the reply, to tempt the server into notifying first.
                    let block = Hash::from([9; 32]);
                    if bytes.get(1) == Some(&8) {
                        // As if the watcher had been too slow: the channel ends without a last status.
                        watch.send(TransactionStatus::Ready).await.unwrap();
                        let _ = reply.send(verdict);
                        continue;
                    }
                    for status in [
                        TransactionStatus::Ready,
                        TransactionStatus::InBlock(Inclusion { block, index: 1 }),
                        TransactionStatus::Finalized(Inclusion { block, index: 1 }),
                    ] {
                        watch.send(status).await.unwrap();
                    }
                }
                let _ = reply.send(verdict);
            }
            Command::Pending { reply } => {
                let _ = reply.send(ready);
            }
            Command::NextIndex { account, reply } => {
                let alith: AccountId20 = ALITH.parse().unwrap();
                let _ = reply.send(if account == alith { Ok(9) } else { Err("no nonce".into()) });
            }
            Command::CreateBlock { create_empty: false, reply, .. } => {
                let _ = reply.send(Err(SealError::EmptyPool));
            }
            Command::CreateBlock { parent, reply, .. } => {
                let _ = reply.send(parent.map_or(Ok([8; 32].into()), |parent| Err(SealError::BlockNotFound(parent))));
            }
            Command::FinalizeBlock { reply, .. } => {
                let _ = reply.send(Ok(()));
            }
            Command::PoolStatus { reply } => {
                let ready_bytes = ready.iter().map(|bytes| bytes.len()).sum();
                let _ = reply.send(PoolStatus {
                    ready_count: ready.len(),
                    ready_bytes,
                    future_count: 1,
                    future_bytes: 3,
                    count_max: 8_192,
                    bytes_max: 20 << 20,
                });
            }
            Command::PoolContent { limit, account, reply } => {
                let is_asked_for =
                    |one: &PoolTransaction| account.is_none() || one.sender.map(|(account, _)| account) == account;
                let listed: Vec<_> = ready.iter().map(pool_transaction).filter(is_asked_for).take(limit).collect();
                let room = limit - listed.len();
                let future = [PoolTransaction { valid_till: None, ..pool_transaction(&Arc::from([8, 9, 0])) }];
                let future = future.into_iter().filter(is_asked_for).take(room).collect();
                let _ = reply.send(PoolContent { ready: listed, future });
            }
            Command::PoolTransaction { hash, reply } => {
                let _ = reply.send(ready.iter().map(pool_transaction).find(|one| one.hash == hash));
            }
            Command::Mining { change, reply } => {
                match change {
                    MiningChange::Nothing => {}
                    MiningChange::Start => mining.mining = true,
                    MiningChange::Stop => mining.mining = false,
                    MiningChange::SetAuthor(author) => mining.author = author,
                }
                let _ = reply.send(mining.clone());
            }
        }
    }
}
