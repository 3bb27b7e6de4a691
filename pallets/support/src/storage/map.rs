//! A map.

use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use scale_info::{TypeInfo, meta_type};

use super::{Hasher, prefix, read};
use crate::{
    Ctx, RemovedPrefix,
    metadata::{StorageEntryMetadata, StorageEntryType},
};

/// Values by key; `H` hashes the key.
pub struct StorageMap<H, K, V> {
    item: &'static str,
    prefix: [u8; 32],
    #[allow(clippy::type_complexity, reason = "a list of the parameters, nothing more")]
    marker: PhantomData<fn() -> (H, K, V)>,
}

impl<H: Hasher, K: Encode, V> StorageMap<H, K, V> {
    /// The item `item` of the pallet named `pallet`.
    pub const fn new(pallet: &'static str, item: &'static str) -> Self {
        Self { item, prefix: prefix(pallet, item), marker: PhantomData }
    }

    /// The prefix of all its keys in state.
    pub const fn prefix(&self) -> &[u8; 32] {
        &self.prefix
    }

    /// The key in state of `key`.
    pub fn key(&self, key: &K) -> Vec<u8> {
        let mut out = Vec::with_capacity(super::MAP_KEY_BYTES_USUAL);
        out.extend_from_slice(&self.prefix);
        key.using_encoded(|encoded| H::hash_into(encoded, &mut out));
        out
    }

    /// [`StorageMap::key`] by hashes that the context may remember.
    fn key_in(&self, ctx: &Ctx, key: &K) -> Vec<u8> {
        let mut out = Vec::with_capacity(super::MAP_KEY_BYTES_USUAL);
        out.extend_from_slice(&self.prefix);
        key.using_encoded(|encoded| H::hash_in(ctx, encoded, &mut out));
        out
    }

    /// Whether there is a value under `key`.
    pub fn contains_key(&self, ctx: &Ctx, key: &K) -> bool {
        ctx.ext().exists(&self.key_in(ctx, key))
    }

    /// Removes the value under `key`.
    pub fn remove(&self, ctx: &mut Ctx, key: &K) {
        let key = self.key_in(ctx, key);
        ctx.ext_mut().clear(&key);
    }

    /// Removes at most `limit` values (none: all).
    pub fn clear(&self, ctx: &mut Ctx, limit: Option<u32>) -> RemovedPrefix {
        ctx.ext_mut().clear_prefix(&self.prefix, limit)
    }
}

impl<H: Hasher, K: Encode, V: Encode + Decode> StorageMap<H, K, V> {
    /// The value under `key`, if there is one.
    pub fn get(&self, ctx: &Ctx, key: &K) -> Option<V> {
        read(ctx, &self.key_in(ctx, key))
    }

    /// The value under `key`, or the type's default.
    pub fn get_or_default(&self, ctx: &Ctx, key: &K) -> V
    where
        V: Default,
    {
        self.get(ctx, key).unwrap_or_default()
    }

    /// Sets the value under `key`.
    pub fn insert(&self, ctx: &mut Ctx, key: &K, value: &V) {
        let key = self.key_in(ctx, key);
        value.using_encoded(|bytes| ctx.ext_mut().set(&key, bytes));
    }

    /// The value under `key`, which is removed.
    pub fn take(&self, ctx: &mut Ctx, key: &K) -> Option<V> {
        let value = self.get(ctx, key);
        self.remove(ctx, key);
        value
    }

    /// All pairs in the order of their hashed keys, for migrations, tests and runtime APIs; never in a call that a user
    /// pays for. Pairs that don't decode are left out.
    pub fn iter<'a>(&'a self, ctx: &'a Ctx) -> impl Iterator<Item = (K, V)> + 'a
    where
        K: Decode,
    {
        let mut last = self.prefix.to_vec();
        core::iter::from_fn(move || {
            let key = ctx.ext().next_key(&last).filter(|key| key.starts_with(&self.prefix))?;
            last.clone_from(&key);
            Some(key)
        })
        .filter_map(move |key| {
            let mut encoded = key.get(self.prefix.len().saturating_add(H::PREFIX_BYTES)..)?;
            Some((K::decode(&mut encoded).ok()?, read(ctx, &key)?))
        })
    }
}

impl<H: Hasher, K: Encode + TypeInfo + 'static, V: Encode + Decode + TypeInfo + 'static> StorageMap<H, K, V> {
    /// Its description, where a missing value means nothing.
    pub fn metadata(&self, docs: &'static [&'static str]) -> StorageEntryMetadata {
        let ty = StorageEntryType::Map { hashers: vec![H::KIND], key: meta_type::<K>(), value: meta_type::<V>() };
        StorageEntryMetadata { name: self.item, default: None, ty, docs }
    }

    /// Its description, where a missing value means the type's default.
    pub fn metadata_with_default(&self, docs: &'static [&'static str]) -> StorageEntryMetadata
    where
        V: Default,
    {
        StorageEntryMetadata { default: Some(V::default().encode()), ..self.metadata(docs) }
    }
}
