//! A bounded cache of byte strings, shared by threads.
//!
//! Each shard has two generations: entries go into the young one; when it is full it becomes the old one and the old one
//! is forgotten. An entry found in the old generation moves to the young one. So what is read at least once a generation
//! stays, without a list of what was read when.

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use foldhash::fast::RandomState;
use parking_lot::Mutex;

const SHARDS: usize = 16;
/// Bytes that an entry takes beside key and value, about.
const ENTRY_OVERHEAD_BYTES: usize = 96;

type Value = Option<Arc<[u8]>>;
type Map = HashMap<Vec<u8>, Value, RandomState>;

#[derive(Default)]
struct Shard {
    young: Map,
    old: Map,
    young_bytes: usize,
}

pub(super) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
    generation_bytes_max: usize,
    hasher: RandomState,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Cache {
    /// A cache of about `bytes` bytes; 0 caches nothing.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            shards: Default::default(),
            generation_bytes_max: bytes / SHARDS / 2,
            hasher: RandomState::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    fn shard(&self, key: &[u8]) -> &Mutex<Shard> {
        let hash = self.hasher.hash_one(key).to_le_bytes();
        &self.shards[usize::from(hash[0]) % SHARDS]
    }

    /// What is known of a key: nothing, that it has no value, or its value.
    pub(super) fn get(&self, key: &[u8]) -> Option<Value> {
        let mut shard = self.shard(key).lock();
        let found = match shard.young.get(key) {
            Some(value) => Some(value.clone()),
            None => shard.old.remove_entry(key).map(|(key, value)| {
                shard.put(key, value.clone(), self.generation_bytes_max);
                value
            }),
        };
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Stores if `still` holds, which is asked under the shard's lock.
    pub(super) fn put_if(&self, key: &[u8], value: Value, still: impl FnOnce() -> bool) {
        if self.generation_bytes_max < entry_bytes(key, &value) {
            return;
        }
        let mut shard = self.shard(key).lock();
        if still() {
            shard.old.remove(key);
            shard.put(key.to_vec(), value, self.generation_bytes_max);
        }
    }

    /// Stores the value if the key is in the cache; one that is too big is forgotten.
    pub(super) fn update(&self, key: &[u8], value: Option<&[u8]>) {
        let mut shard = self.shard(key).lock();
        let shard = &mut *shard;
        let of_same_size = |slot: &&mut Value| bytes_of_value(slot) == value.map_or(0, <[u8]>::len);
        // Most values keep their size, and most that change are young.
        if let Some(slot) = shard.young.get_mut(key).filter(of_same_size) {
            *slot = value.map(Arc::from);
            return;
        }
        let young = shard.young.remove_entry(key);
        if let Some((_, gone)) = &young {
            shard.young_bytes = shard.young_bytes.saturating_sub(entry_bytes(key, gone));
        }
        if let Some((key, _)) = young.or_else(|| shard.old.remove_entry(key)) {
            let value: Value = value.map(Arc::from);
            if entry_bytes(&key, &value) <= self.generation_bytes_max {
                shard.put(key, value, self.generation_bytes_max);
            }
        }
    }

    /// Hits and misses so far.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let bytes = |map: &Map| map.iter().map(|(key, value)| entry_bytes(key, value)).sum::<usize>();
        self.shards.iter().map(|shard| shard.lock()).map(|shard| bytes(&shard.young) + bytes(&shard.old)).sum()
    }
}

impl Shard {
    fn put(&mut self, key: Vec<u8>, value: Value, generation_bytes_max: usize) {
        let bytes = entry_bytes(&key, &value);
        if self.young_bytes.saturating_add(bytes) > generation_bytes_max {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes = self.young_bytes.saturating_add(bytes);
        let key_bytes = key.len();
        if let Some(before) = self.young.insert(key, value) {
            let before = ENTRY_OVERHEAD_BYTES.saturating_add(key_bytes).saturating_add(bytes_of_value(&before));
            self.young_bytes = self.young_bytes.saturating_sub(before);
        }
    }
}

fn bytes_of_value(value: &Value) -> usize {
    value.as_ref().map_or(0, |value| value.len())
}

fn entry_bytes(key: &[u8], value: &Value) -> usize {
    ENTRY_OVERHEAD_BYTES.saturating_add(key.len()).saturating_add(bytes_of_value(value))
}
