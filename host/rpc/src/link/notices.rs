//! Telling the subscriptions, and what was told so far.
//!
//! A subscription that shows all blocks above the final one must begin with those that are there, and go on with each
//! change: nothing missing, nothing twice. The chain's own snapshot can't give that, because it is ahead of the
//! notices. So whoever sends a notice applies it to [`Told`] under the same lock, and a subscription takes a copy and a
//! receiver under that lock.
//!
//! The states of the final blocks that [`Told`] lists are held, so that a new subscription can still hold them, too.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;
use ziver_primitives::{BlockNumber, Hash, RuntimeVersion};

use super::{Head, NewBlock, NewlyFinal, Notice};
use crate::{
    chain_read::{BlockRef, ChainRead, ReadError, StateHold},
    limits::{FINAL_BLOCKS_TOLD_MAX, NOTICES_KEPT_MAX, READY_KEPT_MAX},
};

/// The chain near its head, as the notices so far make it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The last final blocks, lowest first; never empty.
    pub finalized: VecDeque<Head>,
    /// The runtime's version after the last final block; or why it can't be told.
    pub runtime: Result<Arc<RuntimeVersion>, String>,
    /// All blocks above the final ones, parents first.
    pub blocks: Vec<NewBlock>,
    /// The best block.
    pub best: Hash,
}

impl Told {
    /// What the chain shows now, when nothing has been told yet.
    pub fn of(chain: &dyn ChainRead) -> Result<Self, ReadError> {
        let snapshot = chain.snapshot();
        let mut finalized = VecDeque::new();
        let mut next = snapshot.finalized.hash;
        while finalized.len() < FINAL_BLOCKS_TOLD_MAX {
            // Blocks whose state is gone are of no use to a subscription.
            let is_gone = || chain.runtime_version(next).is_err_and(|why| why.is_gone());
            if !finalized.is_empty() && is_gone() {
                break;
            }
            let head = head(chain, next)?;
            let (number, parent) = (head.header.number, head.header.parent_hash);
            finalized.push_front(head);
            if number == 0 {
                break;
            }
            next = parent;
        }
        let version = |block| chain.runtime_version(block).map(Arc::new).map_err(|why| why.to_string());
        let mut blocks = Vec::with_capacity(snapshot.non_final.len());
        for BlockRef { hash, .. } in snapshot.non_final {
            let head = head(chain, hash)?;
            let (now, before) = (version(hash), version(head.header.parent_hash));
            let new_runtime = now.ok().filter(|now| before.as_ref() != Ok(now));
            blocks.push(NewBlock { head, new_runtime });
        }
        Ok(Self { finalized, runtime: version(snapshot.finalized.hash), blocks, best: snapshot.best.hash })
    }

    fn apply(&mut self, notice: &Notice) {
        match notice {
            Notice::Imported(block) => self.blocks.push(block.clone()),
            Notice::Best(head) => self.best = head.hash,
            Notice::Finalized(newly) => self.finalize(newly),
        }
    }

    fn finalize(&mut self, newly: &NewlyFinal) {
        let finalized: HashSet<Hash> = newly.blocks.iter().map(|head| head.hash).collect();
        let pruned: HashSet<Hash> = newly.pruned.iter().copied().collect();
        let runtime = &mut self.runtime;
        self.blocks.retain(|block| {
            let is_final = finalized.contains(&block.head.hash);
            if let (true, Some(version)) = (is_final, &block.new_runtime) {
                *runtime = Ok(version.clone());
            }
            !is_final && !pruned.contains(&block.head.hash)
        });
        self.finalized.extend(newly.blocks.iter().cloned());
        let surplus = self.finalized.len().saturating_sub(FINAL_BLOCKS_TOLD_MAX);
        self.finalized.drain(..surplus);
    }

    /// Height of the lowest final block that is listed.
    pub fn lowest(&self) -> BlockNumber {
        self.finalized.front().map_or(0, |head| head.header.number)
    }
}

fn head(chain: &dyn ChainRead, hash: Hash) -> Result<Head, ReadError> {
    let header = chain.header(hash)?.ok_or(ReadError::UnknownBlock(hash))?;
    Ok(Head { hash, header: Arc::new(header) })
}

/// Where the node sends notices and subscriptions receive them; clones share it.
#[derive(Clone)]
pub struct Notices {
    sender: broadcast::Sender<Notice>,
    /// SCALE of transactions, with their length prefixes.
    ready: broadcast::Sender<Arc<[u8]>>,
    present: Arc<Mutex<Option<Present>>>,
}

struct Present {
    told: Told,
    chain: Arc<dyn ChainRead>,
    hold: StateHold,
}

impl Default for Notices {
    fn default() -> Self {
        let (sender, ready) = (broadcast::channel(NOTICES_KEPT_MAX).0, broadcast::channel(READY_KEPT_MAX).0);
        Self { sender, ready, present: Arc::default() }
    }
}

impl Notices {
    /// Takes `chain` as it is now for what was told so far. To be called before the first notice is sent.
    pub fn begin(&self, chain: Arc<dyn ChainRead>) -> Result<(), ReadError> {
        let told = Told::of(&*chain)?;
        let hold = chain.hold_states(told.lowest());
        *self.present() = Some(Present { told, chain, hold });
        Ok(())
    }

    /// Tells all subscriptions.
    pub fn send(&self, notice: Notice) {
        let mut present = self.present();
        if let Some(Present { told, chain, hold }) = &mut *present {
            let lowest = told.lowest();
            told.apply(&notice);
            if told.lowest() != lowest {
                *hold = chain.hold_states(told.lowest());
            }
        }
        // Fails when nobody listens. Under the lock, so that nobody gets a copy between the two.
        let _ = self.sender.send(notice);
    }

    /// Tells those who listen that a transaction has become ready.
    pub fn send_ready(&self, transaction: &Arc<[u8]>) {
        // Fails when nobody listens.
        let _ = self.ready.send(transaction.clone());
    }

    /// Transactions that become ready from now on, as SCALE with their length prefixes.
    pub fn subscribe_ready(&self) -> broadcast::Receiver<Arc<[u8]>> {
        self.ready.subscribe()
    }

    /// All notices from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.sender.subscribe()
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }

    /// What was told so far, a hold of the states of the listed blocks, and all notices from then on. `None` when what
    /// was there in the beginning could not be read.
    pub fn follow(&self) -> Option<(Told, StateHold, broadcast::Receiver<Notice>)> {
        let present = self.present();
        let Present { told, chain, .. } = present.as_ref()?;
        Some((told.clone(), chain.hold_states(told.lowest()), self.sender.subscribe()))
    }

    fn present(&self) -> MutexGuard<'_, Option<Present>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Notices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}
