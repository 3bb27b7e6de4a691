//! How a pallet describes itself to clients, independent of the metadata version.
//!
//! The runtime turns these into V14, V15 and V16 (`runtime/metadata`).

use alloc::vec::Vec;
use codec::Encode;
use scale_info::{MetaType, TypeInfo, meta_type};

/// A pallet: everything that clients learn of it.
#[derive(Clone, Debug)]
pub struct PalletMetadata {
    /// Its place.
    pub pallet: crate::Pallet,
    /// The enum of its calls.
    pub calls: Option<MetaType>,
    /// The enum of its events.
    pub event: Option<MetaType>,
    /// The enum of its errors.
    pub error: Option<MetaType>,
    /// Its storage items.
    pub storage: Vec<StorageEntryMetadata>,
    /// Its constants.
    pub constants: Vec<ConstantMetadata>,
    /// What it is for.
    pub docs: &'static [&'static str],
}

/// A storage item.
#[derive(Clone, Debug)]
pub struct StorageEntryMetadata {
    /// Name and second part of the key.
    pub name: &'static str,
    /// The encoded default where a missing value means one; `None` where it means nothing.
    pub default: Option<Vec<u8>>,
    /// Value or map.
    pub ty: StorageEntryType,
    /// What it is for.
    pub docs: &'static [&'static str],
}

/// The shape of a storage item.
#[derive(Clone, Debug)]
pub enum StorageEntryType {
    /// One value.
    Plain(MetaType),
    /// A map; several hashers go with a tuple as key.
    Map {
        /// One per part of the key.
        hashers: Vec<StorageHasher>,
        /// The key.
        key: MetaType,
        /// The value.
        value: MetaType,
    },
}

/// How a part of a map's key is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageHasher {
    /// Blake2-128 and the key itself.
    Blake2_128Concat,
    /// XxHash64 and the key itself.
    Twox64Concat,
    /// The key itself.
    Identity,
}

/// A constant.
#[derive(Clone, Debug)]
pub struct ConstantMetadata {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub ty: MetaType,
    /// Encoded value.
    pub value: Vec<u8>,
    /// What it is for.
    pub docs: &'static [&'static str],
}

impl ConstantMetadata {
    /// A constant with its value.
    pub fn new<T: Encode + TypeInfo + 'static>(name: &'static str, value: &T, docs: &'static [&'static str]) -> Self {
        Self { name, ty: meta_type::<T>(), value: value.encode(), docs }
    }
}
