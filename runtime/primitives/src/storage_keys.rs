//! Keys of the state that host and runtime agree on.
//!
//! Source: Polkadot specification, "Storage keys"; `sp_core::storage::well_known_keys`.

use alloc::vec::Vec;

use crate::hashing::twox_128;

/// The runtime's Wasm blob.
pub const CODE: &[u8] = b":code";
/// The number of pages of the Wasm heap; informative.
pub const HEAP_PAGES: &[u8] = b":heappages";
/// Index of the extrinsic that is being executed, a `u32`.
pub const EXTRINSIC_INDEX: &[u8] = b":extrinsic_index";
/// Entropy within the block; deleted at its end.
pub const INTRABLOCK_ENTROPY: &[u8] = b":intrablock_entropy";
/// Roots of child tries lie under this prefix.
pub const CHILD_STORAGE: &[u8] = b":child_storage:";
/// Roots of default child tries lie under this prefix, followed by the child's key.
pub const DEFAULT_CHILD_STORAGE: &[u8] = b":child_storage:default:";

/// Whether `key` lies where only the host may write: roots of child tries.
pub fn is_child_storage_key(key: &[u8]) -> bool {
    key.starts_with(CHILD_STORAGE)
}

/// `twox128(pallet) ++ twox128(item)`: the prefix of a storage item.
pub fn item_prefix(pallet: &str, item: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(32);
    key.extend_from_slice(&twox_128(pallet.as_bytes()));
    key.extend_from_slice(&twox_128(item.as_bytes()));
    key
}
