//! What a state database and its views share.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use ziver_db::{Column, Db};
use ziver_primitives::Hash;

use super::{StateFigures, StateOptions, flat::Flat, holds::Holds, tree::Tree};
use crate::{
    RuntimeCode, StateError,
    limits::{OLD_TRIES_MAX, RUNTIME_CODES_MAX},
    trie::{Records, Tries},
};

pub(super) struct Shared {
    pub(super) db: Arc<dyn Db>,
    pub(super) options: StateOptions,
    pub(super) tree: RwLock<Tree>,
    pub(super) flat: Flat,
    pub(super) holds: Arc<Holds>,
    /// Number of the last finalised block; raised before the flat state can change.
    base_number: AtomicU32,
    /// Number of the oldest kept state; raised before a node of an older one can go.
    oldest: AtomicU32,
    /// Codes of old states; the last used one is last.
    old_codes: Mutex<VecDeque<Arc<RuntimeCode>>>,
    /// Tries of old states, by block; the last used one is last.
    old_tries: Mutex<VecDeque<(Hash, Arc<Tries>)>>,
    /// One undoes at a time: it takes long, and the next one may want the same.
    pub(super) undo_turn: Mutex<()>,
    /// Checkpoints begun; raised before a record of the tries can change.
    checkpoints: AtomicU64,
    /// Trie records read.
    record_reads: AtomicU64,
}

impl Shared {
    pub(super) fn new(db: Arc<dyn Db>, options: StateOptions, tree: Tree) -> Self {
        let (base_number, oldest) = tree.base.as_ref().map_or((0, 0), |base| (base.number, base.oldest));
        Self {
            flat: Flat::new(db.clone(), options.value_cache_bytes),
            holds: Arc::default(),
            db,
            options,
            tree: RwLock::new(tree),
            base_number: AtomicU32::new(base_number),
            oldest: AtomicU32::new(oldest),
            old_codes: Mutex::new(VecDeque::new()),
            old_tries: Mutex::new(VecDeque::new()),
            undo_turn: Mutex::new(()),
            checkpoints: AtomicU64::new(0),
            record_reads: AtomicU64::new(0),
        }
    }

    /// Checkpoints begun so far.
    pub(super) fn checkpoints(&self) -> u64 {
        self.checkpoints.load(Ordering::SeqCst)
    }

    /// To be called before a checkpoint can be written.
    pub(super) fn announce_checkpoint(&self) {
        self.checkpoints.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn base_number(&self) -> u32 {
        self.base_number.load(Ordering::SeqCst)
    }

    pub(super) fn oldest(&self) -> u32 {
        self.oldest.load(Ordering::SeqCst)
    }

    /// Tells the readers of a new base before it can be written.
    pub(super) fn announce(&self, base_number: u32, oldest: u32) {
        self.oldest.store(oldest, Ordering::SeqCst);
        self.base_number.store(base_number, Ordering::SeqCst);
        self.flat.announce();
    }

    /// The code of an old state.
    pub(super) fn old_code(&self, bytes: Vec<u8>) -> Arc<RuntimeCode> {
        let mut codes = self.old_codes.lock();
        if let Some(at) = codes.iter().position(|code| *code.bytes == *bytes) {
            let code = codes.remove(at).unwrap_or_else(|| Arc::new(RuntimeCode::new(bytes)));
            codes.push_back(code.clone());
            return code;
        }
        drop(codes);
        // Outside of the lock: the code is hashed.
        let code = Arc::new(RuntimeCode::new(bytes));
        let mut codes = self.old_codes.lock();
        codes.push_back(code.clone());
        if codes.len() > RUNTIME_CODES_MAX {
            codes.pop_front();
        }
        code
    }

    /// The tries of an old state, if they are remembered.
    pub(super) fn old_tries(&self, block: Hash) -> Option<Arc<Tries>> {
        self.old_tries.lock().iter().find(|(of, _)| *of == block).map(|(_, tries)| tries.clone())
    }

    /// Remembers the tries of an old state, in place of others of the same.
    pub(super) fn put_old_tries(&self, block: Hash, tries: &Arc<Tries>) {
        let mut known = self.old_tries.lock();
        known.retain(|(of, _)| *of != block);
        known.push_back((block, tries.clone()));
        if known.len() > OLD_TRIES_MAX {
            known.pop_front();
        }
    }

    pub(super) fn figures(&self) -> StateFigures {
        let tree = self.tree.read();
        let (value_hits, value_misses) = self.flat.counts();
        StateFigures {
            layers: tree.layer_count(),
            pending_keys: tree.pending.keys,
            value_hits,
            value_misses,
            node_misses: self.record_reads.load(Ordering::Relaxed),
        }
    }
}

impl Records for Shared {
    fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.record_reads.fetch_add(1, Ordering::Relaxed);
        Ok(self.db.get(Column::Trie, key)?)
    }
}
