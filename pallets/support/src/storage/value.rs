//! One value.

use codec::{Decode, Encode};
use core::marker::PhantomData;
use scale_info::{TypeInfo, meta_type};

use super::{prefix, read};
use crate::{
    Ctx,
    metadata::{StorageEntryMetadata, StorageEntryType},
};

/// One value under a fixed key.
pub struct StorageValue<T> {
    item: &'static str,
    key: [u8; 32],
    marker: PhantomData<fn() -> T>,
}

impl<T> StorageValue<T> {
    /// The item `item` of the pallet named `pallet`.
    pub const fn new(pallet: &'static str, item: &'static str) -> Self {
        Self { item, key: prefix(pallet, item), marker: PhantomData }
    }

    /// The key in state.
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Whether there is a value.
    pub fn exists(&self, ctx: &Ctx) -> bool {
        ctx.ext().exists(&self.key)
    }

    /// Removes the value.
    pub fn clear(&self, ctx: &mut Ctx) {
        ctx.ext_mut().clear(&self.key);
    }

    /// Appends one item to the value, which must be a list, without reading it.
    pub fn append<Item: Encode>(&self, ctx: &mut Ctx, item: &Item)
    where
        T: AsRef<[Item]>,
    {
        item.using_encoded(|bytes| ctx.ext_mut().append(&self.key, bytes));
    }
}

impl<T: Encode + Decode> StorageValue<T> {
    /// The value, if there is one.
    pub fn get(&self, ctx: &Ctx) -> Option<T> {
        read(ctx, &self.key)
    }

    /// The value, or the type's default.
    pub fn get_or_default(&self, ctx: &Ctx) -> T
    where
        T: Default,
    {
        self.get(ctx).unwrap_or_default()
    }

    /// Sets the value.
    pub fn set(&self, ctx: &mut Ctx, value: &T) {
        value.using_encoded(|bytes| ctx.ext_mut().set(&self.key, bytes));
    }

    /// The value, which is removed.
    pub fn take(&self, ctx: &mut Ctx) -> Option<T> {
        let value = self.get(ctx);
        self.clear(ctx);
        value
    }
}

impl<T: Encode + Decode + TypeInfo + 'static> StorageValue<T> {
    /// Its description, where a missing value means nothing.
    pub fn metadata(&self, docs: &'static [&'static str]) -> StorageEntryMetadata {
        let ty = StorageEntryType::Plain(meta_type::<T>());
        StorageEntryMetadata { name: self.item, default: None, ty, docs }
    }

    /// Its description, where a missing value means the type's default.
    pub fn metadata_with_default(&self, docs: &'static [&'static str]) -> StorageEntryMetadata
    where
        T: Default,
    {
        StorageEntryMetadata { default: Some(T::default().encode()), ..self.metadata(docs) }
    }
}
