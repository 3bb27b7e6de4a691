//! What a state database and its views share.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use ziver_db::{Column, Db};
use ziver_primitives::Hash;

use super::{StateFigures, StateOptions, cache::Cache, flat::Flat, holds::Holds, tree::Tree};
use crate::{RuntimeCode, StateError, limits::RUNTIME_CODES_MAX, nodes::NodeSource};

pub(super) struct Shared {
    pub(super) db: Arc<dyn Db>,
    pub(super) options: StateOptions,
    pub(super) tree: RwLock<Tree>,
    pub(super) flat: Flat,
    pub(super) node_cache: Cache,
    pub(super) holds: Arc<Holds>,
    /// Number of the last finalised block; raised before the flat state can change.
    base_number: AtomicU32,
    /// Number of the oldest kept state; raised before a node of an older one can go.
    oldest: AtomicU32,
    /// Codes of old states, by the hash of the value in the trie; the last used one is last.
    old_codes: Mutex<VecDeque<(Hash, Arc<RuntimeCode>)>>,
}

impl Shared {
    pub(super) fn new(db: Arc<dyn Db>, options: StateOptions, tree: Tree) -> Self {
        let (base_number, oldest) = tree.base.as_ref().map_or((0, 0), |base| (base.number, base.oldest));
        Self {
            flat: Flat::new(db.clone(), options.value_cache_bytes),
            node_cache: Cache::new(options.node_cache_bytes),
            holds: Arc::default(),
            db,
            options,
            tree: RwLock::new(tree),
            base_number: AtomicU32::new(base_number),
            oldest: AtomicU32::new(oldest),
            old_codes: Mutex::new(VecDeque::new()),
        }
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

    /// The code whose value has this hash in the trie; `read` gets it when it is not remembered.
    pub(super) fn old_code(
        &self,
        hash: Hash,
        read: impl FnOnce() -> Result<Option<Vec<u8>>, StateError>,
    ) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        let mut codes = self.old_codes.lock();
        if let Some(at) = codes.iter().position(|(of, _)| *of == hash) {
            let found = codes.remove(at);
            codes.extend(found.clone());
            return Ok(found.map(|(_, code)| code));
        }
        drop(codes);
        let Some(code) = read()?.map(|bytes| Arc::new(RuntimeCode::new(bytes))) else { return Ok(None) };
        let mut codes = self.old_codes.lock();
        codes.push_back((hash, code.clone()));
        if codes.len() > RUNTIME_CODES_MAX {
            codes.pop_front();
        }
        Ok(Some(code))
    }

    pub(super) fn figures(&self) -> StateFigures {
        let tree = self.tree.read();
        let ((value_hits, value_misses), (node_hits, node_misses)) = (self.flat.counts(), self.node_cache.counts());
        StateFigures {
            layers: tree.layer_count(),
            layer_nodes: tree.node_count(),
            dying_nodes: tree.deaths.len(),
            value_hits,
            value_misses,
            node_hits,
            node_misses,
        }
    }
}

impl NodeSource for Shared {
    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        if let Some(bytes) = self.tree.read().node(key) {
            return Ok(Some(bytes.to_vec()));
        }
        if let Some(Some(bytes)) = self.node_cache.get(key) {
            return Ok(Some(bytes.to_vec()));
        }
        let bytes = self.db.get(Column::Trie, key)?;
        if let Some(bytes) = &bytes {
            self.node_cache.put(key, Some(bytes.as_slice().into()));
        }
        Ok(bytes)
    }
}
