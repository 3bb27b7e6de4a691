//! What calls of this pallet and the block's own work take: benchmarks of this runtime. Time is in picoseconds.
//!
//! Made by a script from `host/chain/benches/weights/system.rs.in`: change that, not this.
//! Measured on AMD EPYC on 2026-11-23; 50000 accounts; `scripts/weights --write`.

use ziver_support::Weight;

/// A block with nothing in it but the time.
pub const BLOCK_BASE: Weight = Weight::from_parts(1_250_000_000, 0);
/// An extrinsic with an empty call: decoding, signature, nonce, fee, events.
pub const EXTRINSIC_BASE: Weight = Weight::from_parts(125_000_000, 0);
/// One read from storage.
pub const DB_READ: u64 = 5_000_000;
/// One write to storage, with its share of the trie and of finality.
pub const DB_WRITE: u64 = 20_000_000;
/// A byte of a remark, from its decoding to its place in the database.
const REMARK_BYTE: u64 = 40_000;
/// A remark with its event, without bytes.
const REMARK_WITH_EVENT: u64 = 0;
/// A byte of it.
const REMARK_WITH_EVENT_BYTE: u64 = 40_000;
/// Beside its write, which all such calls of a block share.
const SET_HEAP_PAGES: u64 = 0;
/// Beside its write, which all such calls of a block share.
const AUTHORIZE_UPGRADE: u64 = 6_300_000;
/// A new runtime: nearly all of it is finding out what the blob is.
const SET_CODE: u64 = 25_000_000_000;
/// A key that is removed.
const KILL_STORAGE_ITEM: u64 = 10_000_000;
/// A key that is found and removed.
const KILL_PREFIX_ITEM: u64 = 12_500_000;

/// A call, and something for each of many.
const fn linear(call: u64, each: u64, count: u32) -> Weight {
    // Widened by hand: constant functions can't call `u64::from`.
    Weight::from_parts(call.saturating_add(each.saturating_mul(count as u64)), 0)
}

/// `remark` of `bytes`. An empty one is the extrinsic itself.
pub const fn remark(bytes: u32) -> Weight {
    linear(0, REMARK_BYTE, bytes)
}

/// `set_heap_pages`.
pub const fn set_heap_pages() -> Weight {
    linear(SET_HEAP_PAGES, DB_WRITE, 1)
}

/// `set_code`, and the calls that do as much or less: `set_code_without_checks`, `apply_authorized_upgrade`.
pub const fn set_code() -> Weight {
    linear(SET_CODE, DB_READ.saturating_add(DB_WRITE), 2)
}

/// `set_storage` of `items`.
pub const fn set_storage(items: u32) -> Weight {
    linear(0, DB_WRITE, items)
}

/// `kill_storage` of `items`.
pub const fn kill_storage(items: u32) -> Weight {
    linear(0, KILL_STORAGE_ITEM, items)
}

/// `kill_prefix` of `items`.
pub const fn kill_prefix(items: u32) -> Weight {
    linear(0, KILL_PREFIX_ITEM, items)
}

/// `remark_with_event` of `bytes`.
pub const fn remark_with_event(bytes: u32) -> Weight {
    linear(REMARK_WITH_EVENT, REMARK_WITH_EVENT_BYTE, bytes)
}

/// `authorize_upgrade`.
pub const fn authorize_upgrade() -> Weight {
    linear(AUTHORIZE_UPGRADE, DB_WRITE, 1)
}
