//! What calls of this pallet and the block's own work take, on the reference machine.
//!
//! The numbers are a script's: it measures and writes them. Time is in picoseconds.

use ziver_support::Weight;

/// A block with nothing in it.
pub const BLOCK_BASE: Weight = Weight::from_parts(400_000_000, 0);
/// An extrinsic with an empty call: decoding, signature, nonce, fee, events.
pub const EXTRINSIC_BASE: Weight = Weight::from_parts(80_000_000, 0);
/// One read from storage.
pub const DB_READ: u64 = 5_000_000;
/// One write to storage, with its share of the trie.
pub const DB_WRITE: u64 = 25_000_000;

/// `remark` of `bytes`.
pub const fn remark(bytes: u32) -> Weight {
    Weight::from_parts(1_000_000u64.saturating_add((bytes as u64).saturating_mul(400)), 0)
}

/// `set_heap_pages`.
pub const fn set_heap_pages() -> Weight {
    Weight::from_parts(30_000_000, 0)
}

/// `set_code` and `apply_authorized_upgrade`; most of it is reading the version of the new code.
pub const fn set_code() -> Weight {
    Weight::from_parts(50_000_000_000, 0)
}

/// `set_storage` of `items`.
pub const fn set_storage(items: u32) -> Weight {
    Weight::from_parts(2_000_000u64.saturating_add((items as u64).saturating_mul(DB_WRITE)), 0)
}

/// `kill_storage` of `items`.
pub const fn kill_storage(items: u32) -> Weight {
    set_storage(items)
}

/// `kill_prefix` of `items`.
pub const fn kill_prefix(items: u32) -> Weight {
    Weight::from_parts(2_000_000u64.saturating_add((items as u64).saturating_mul(DB_READ.saturating_add(DB_WRITE))), 0)
}

/// `remark_with_event` of `bytes`.
pub const fn remark_with_event(bytes: u32) -> Weight {
    Weight::from_parts(5_000_000u64.saturating_add((bytes as u64).saturating_mul(1_400)), 0)
}

/// `authorize_upgrade`.
pub const fn authorize_upgrade() -> Weight {
    Weight::from_parts(DB_READ.saturating_add(DB_WRITE), 0)
}
