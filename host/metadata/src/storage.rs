//! Items of state: keys and values.

use serde::Serialize;
use serde_json::Value;
use ziver_primitives::{
    hashing::{blake2_128, blake2_256, twox_64, twox_128, twox_256},
    storage_keys::item_prefix,
};

use crate::describe::{StorageHasher, StorageItem};
use crate::error::{DecodeError, EncodeError};
use crate::read::{self, Budget};
use crate::{Metadata, write};

/// Pallet and item of the list of a block's events: the one item that every Substrate client knows by name.
pub(crate) const EVENTS: (&str, &str) = ("System", "Events");

/// A storage entry that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StorageEntry {
    /// The parts of a map's key; `null` where only a hash of the part is in the key. Empty for a single value.
    pub keys: Vec<Value>,
    /// The value.
    pub value: Value,
}

impl StorageHasher {
    fn hash(self, key: &[u8]) -> Vec<u8> {
        match self {
            Self::Blake2_128 => blake2_128(key).to_vec(),
            Self::Blake2_256 => blake2_256(key).to_vec(),
            Self::Blake2_128Concat => [&blake2_128(key)[..], key].concat(),
            Self::Twox128 => twox_128(key).to_vec(),
            Self::Twox256 => twox_256(key).to_vec(),
            Self::Twox64Concat => [&twox_64(key)[..], key].concat(),
            Self::Identity => key.to_vec(),
        }
    }

    /// Bytes of the hash, and whether the key itself follows.
    fn layout(self) -> (usize, bool) {
        match self {
            Self::Blake2_128 | Self::Twox128 => (16, false),
            Self::Blake2_256 | Self::Twox256 => (32, false),
            Self::Blake2_128Concat => (16, true),
            Self::Twox64Concat => (8, true),
            Self::Identity => (0, true),
        }
    }
}

impl Metadata {
    fn storage_item(&self, pallet: &str, item: &str) -> Option<(Vec<u8>, &StorageItem)> {
        let found = self.pallet(pallet)?;
        Some((item_prefix(&found.storage_prefix, item), found.storage.iter().find(|one| one.name == item)?))
    }

    /// The storage key of an item. A map takes the parts of its key; with fewer parts the answer is the prefix of all
    /// keys that begin with them.
    pub fn storage_key(&self, pallet: &str, item: &str, keys: &[Value]) -> Result<Vec<u8>, EncodeError> {
        let (mut out, found) = self.storage_item(pallet, item).ok_or_else(|| self.unknown_storage(pallet, item))?;
        if keys.len() > found.keys.len() {
            let wanted: Vec<_> = found.keys.iter().map(|(_, key)| key.type_name.as_str()).collect();
            let expected = if wanted.is_empty() { "no key".to_owned() } else { wanted.join(", ") };
            return Err(EncodeError::Surplus { name: format!("key {}", found.keys.len()), expected });
        }
        for (position, ((hasher, key), value)) in found.keys.iter().zip(keys).enumerate() {
            let mut encoded = Vec::new();
            write::value(&self.0.types, key.type_id, value, &format!("key {position}"), &mut encoded)?;
            out.extend(hasher.hash(&encoded));
        }
        Ok(out)
    }

    fn unknown_storage(&self, pallet: &str, item: &str) -> EncodeError {
        let (what, known): (_, Vec<_>) = match self.pallet(pallet) {
            Some(found) => {
                (format!("storage item `{pallet}.{item}`"), found.storage.iter().map(|one| one.name.as_str()).collect())
            }
            None => (format!("pallet `{pallet}`"), self.pallets().iter().map(|one| one.name.as_str()).collect()),
        };
        EncodeError::Unknown { what, known: known.join(", ") }
    }

    /// Reads an entry of an item by its whole key and its value.
    pub fn decode_storage(
        &self,
        pallet: &str,
        item: &str,
        key: &[u8],
        value: &[u8],
    ) -> Result<StorageEntry, DecodeError> {
        let keys = self.decode_storage_key(pallet, item, key)?;
        Ok(StorageEntry { keys, value: self.decode_storage_value(pallet, item, value)? })
    }

    /// Reads the parts of a map's key; `null` where only a hash of the part is there.
    pub fn decode_storage_key(&self, pallet: &str, item: &str, key: &[u8]) -> Result<Vec<Value>, DecodeError> {
        let unknown = || DecodeError::Unknown(format!("storage item {pallet}.{item}"));
        let (prefix, found) = self.storage_item(pallet, item).ok_or_else(unknown)?;
        let strange = || DecodeError::Bytes(format!("not a key of {pallet}.{item}"));
        let mut input = key.strip_prefix(prefix.as_slice()).ok_or_else(strange)?;
        let budget = Budget::new();
        let mut parts = Vec::new();
        for (hasher, part) in &found.keys {
            let (hash_bytes, is_whole) = hasher.layout();
            read::take(&mut input, hash_bytes)?;
            parts.push(match is_whole {
                true => read::next(&self.0.types, part.type_id, &mut input, &budget)?,
                false => Value::Null,
            });
        }
        read::finished(input)?;
        Ok(parts)
    }

    /// Reads a value of an item.
    pub fn decode_storage_value(&self, pallet: &str, item: &str, value: &[u8]) -> Result<Value, DecodeError> {
        let found = self.storage(pallet, item);
        let found = found.ok_or_else(|| DecodeError::Unknown(format!("storage item {pallet}.{item}")))?;
        self.decode_value(found.value_id, value)
    }

    /// What an absent value of an item means; `None` where it means none.
    pub fn storage_default(&self, pallet: &str, item: &str) -> Result<Option<Value>, DecodeError> {
        let found = self.storage(pallet, item);
        let found = found.ok_or_else(|| DecodeError::Unknown(format!("storage item {pallet}.{item}")))?;
        if !found.has_default {
            return Ok(None);
        }
        self.decode_value(found.value_id, &found.default).map(Some)
    }

    /// Pallet and item that a storage key belongs to, by its first 32 bytes.
    pub fn storage_of_key(&self, key: &[u8]) -> Option<(&str, &str)> {
        self.pallets().iter().find_map(|pallet| {
            let begins = |item: &&StorageItem| key.starts_with(&item_prefix(&pallet.storage_prefix, &item.name));
            pallet.storage.iter().find(begins).map(|item| (pallet.name.as_str(), item.name.as_str()))
        })
    }
}
