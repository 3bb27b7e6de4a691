//! The flat state of the last finalised block, with a cache.
//!
//! A reader that missed the cache may hold an old value while the base moves and the cache is updated; it must not put
//! that value there afterwards. So the epoch is raised when a new base is announced and again before the cache is
//! updated, and a value is cached only if the epoch is still the one in which it was read.

use std::{
    ops::Bound,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use ziver_db::{Column, Db};

use super::{
    cache::Cache,
    layer::{Layer, key_hash},
};
use crate::{CODE_KEY, RuntimeCode, StateError, trie::child_id};

pub(super) struct Flat {
    db: Arc<dyn Db>,
    main: Cache,
    child: Cache,
    epoch: AtomicU64,
    /// The code and the epoch it was read in.
    code: Mutex<Option<(u64, Option<Arc<RuntimeCode>>)>>,
}

impl Flat {
    pub(super) fn new(db: Arc<dyn Db>, cache_bytes: usize) -> Self {
        let child_bytes = cache_bytes / 4;
        Self {
            db,
            main: Cache::new(cache_bytes.saturating_sub(child_bytes)),
            child: Cache::new(child_bytes),
            epoch: AtomicU64::new(0),
            code: Mutex::new(None),
        }
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// To be called before a new base can be written.
    pub(super) fn announce(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// To be called when the changes of this layer are written.
    pub(super) fn update(&self, layer: &Layer) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for (key, value) in layer.main() {
            self.main.update(key, value.as_deref());
        }
        for (name, set) in &layer.child {
            let id = child_id(name);
            for (key, value) in set {
                self.child.update(&[&id, key.as_slice()].concat(), value.as_deref());
            }
        }
        let mut code = self.code.lock();
        match &mut *code {
            Some((epoch, _)) if layer.change(None, CODE_KEY, key_hash(CODE_KEY)).is_none() => *epoch = self.epoch(),
            slot => *slot = None,
        }
    }

    pub(super) fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.shared(child, key)?.map(|value| value.to_vec()))
    }

    /// [`Self::get`], without a copy of what the cache has.
    pub(super) fn shared(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Arc<[u8]>>, StateError> {
        match child {
            None => self.cached(Column::State, &self.main, key),
            Some(name) => self.cached(Column::ChildState, &self.child, &[&child_id(name), key].concat()),
        }
    }

    fn cached(&self, column: Column, cache: &Cache, key: &[u8]) -> Result<Option<Arc<[u8]>>, StateError> {
        if let Some(value) = cache.get(key) {
            return Ok(value);
        }
        let epoch = self.epoch();
        let value: Option<Arc<[u8]>> = self.db.get(column, key)?.map(Arc::from);
        cache.put_if(key, value.clone(), || epoch == self.epoch());
        Ok(value)
    }

    pub(super) fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let Some(name) = child else {
            return Ok(self.db.next(Column::State, Bound::Excluded(after))?.map(|(key, _)| key));
        };
        let id = child_id(name);
        let found = self.db.next(Column::ChildState, Bound::Excluded(&[&id, after].concat()))?;
        Ok(found.and_then(|(key, _)| key.strip_prefix(&id).map(<[u8]>::to_vec)))
    }

    /// The runtime's code.
    pub(super) fn code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        let epoch = self.epoch();
        if let Some((_, code)) = self.code.lock().as_ref().filter(|(of, _)| *of == epoch) {
            return Ok(code.clone());
        }
        let code = self.db.get(Column::State, CODE_KEY)?.map(|bytes| Arc::new(RuntimeCode::new(bytes)));
        let mut slot = self.code.lock();
        if epoch == self.epoch() {
            *slot = Some((epoch, code.clone()));
        }
        Ok(code)
    }

    /// Hits and misses so far.
    pub(super) fn counts(&self) -> (u64, u64) {
        let ((hits, misses), (child_hits, child_misses)) = (self.main.counts(), self.child.counts());
        (hits.saturating_add(child_hits), misses.saturating_add(child_misses))
    }
}
