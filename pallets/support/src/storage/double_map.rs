//! A map with a key of two parts; all values of one first part can be removed together.

use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use scale_info::{TypeInfo, meta_type};

use super::{Hasher, prefix, read};
use crate::{
    Ctx, RemovedPrefix,
    metadata::{StorageEntryMetadata, StorageEntryType},
};

/// Values by two keys; `H1` and `H2` hash them.
pub struct StorageDoubleMap<H1, K1, H2, K2, V> {
    item: &'static str,
    prefix: [u8; 32],
    #[allow(clippy::type_complexity, reason = "a list of the parameters, nothing more")]
    marker: PhantomData<fn() -> (H1, K1, H2, K2, V)>,
}

impl<H1: Hasher, K1: Encode, H2: Hasher, K2: Encode, V: Encode + Decode> StorageDoubleMap<H1, K1, H2, K2, V> {
    /// The item `item` of the pallet named `pallet`.
    pub const fn new(pallet: &'static str, item: &'static str) -> Self {
        Self { item, prefix: prefix(pallet, item), marker: PhantomData }
    }

    /// The prefix in state of all keys that begin with `first`.
    pub fn prefix_of(&self, first: &K1) -> Vec<u8> {
        let mut out = Vec::with_capacity(super::MAP_KEY_BYTES_USUAL);
        out.extend_from_slice(&self.prefix);
        first.using_encoded(|encoded| H1::hash_into(encoded, &mut out));
        out
    }

    /// The key in state.
    pub fn key(&self, first: &K1, second: &K2) -> Vec<u8> {
        let mut out = self.prefix_of(first);
        second.using_encoded(|encoded| H2::hash_into(encoded, &mut out));
        out
    }

    /// The value, if there is one.
    pub fn get(&self, ctx: &Ctx, first: &K1, second: &K2) -> Option<V> {
        read(ctx, &self.key(first, second))
    }

    /// Sets the value.
    pub fn insert(&self, ctx: &mut Ctx, first: &K1, second: &K2, value: &V) {
        let key = self.key(first, second);
        value.using_encoded(|bytes| ctx.ext_mut().set(&key, bytes));
    }

    /// Removes the value.
    pub fn remove(&self, ctx: &mut Ctx, first: &K1, second: &K2) {
        let key = self.key(first, second);
        ctx.ext_mut().clear(&key);
    }

    /// Removes at most `limit` (none: all) values under `first`.
    pub fn clear_prefix(&self, ctx: &mut Ctx, first: &K1, limit: Option<u32>) -> RemovedPrefix {
        let prefix = self.prefix_of(first);
        ctx.ext_mut().clear_prefix(&prefix, limit)
    }

    /// Its description, where a missing value means nothing.
    pub fn metadata(&self, docs: &'static [&'static str]) -> StorageEntryMetadata
    where
        K1: TypeInfo + 'static,
        K2: TypeInfo + 'static,
        V: TypeInfo + 'static,
    {
        let (hashers, key) = (vec![H1::KIND, H2::KIND], meta_type::<(K1, K2)>());
        let ty = StorageEntryType::Map { hashers, key, value: meta_type::<V>() };
        StorageEntryMetadata { name: self.item, default: None, ty, docs }
    }
}
