//! The life of a block as far as it concerns this pallet: number, parent, digest, hashes of ancestors, extrinsics.
//!
//! The runtime's executive calls [`initialize`], [`begin_extrinsics`], for each extrinsic [`reserve`], [`note_extrinsic`]
//! and [`note_applied`], then [`begin_finalization`] and [`finalize`]. Out of scope: who may apply what, and the checks of an imported block (`runtime/executive`).

use alloc::vec::Vec;
use codec::Encode;
use ziver_primitives::{BlockNumber, Digest, DigestItem, Hash, Header};
use ziver_support::{
    Ctx, DispatchClass, DispatchInfo, Weight, pallets,
    storage::{StorageMap, StorageValue, Twox64Concat},
};

use crate::{
    Phase, event,
    limits::{BLOCK_HASH_COUNT, BLOCK_LENGTH, BLOCK_WEIGHTS, PerDispatchClass},
};

/// The block's number.
pub static NUMBER: StorageValue<BlockNumber> = StorageValue::new(pallets::SYSTEM.name, "Number");
/// The hash of its parent.
pub static PARENT_HASH: StorageValue<Hash> = StorageValue::new(pallets::SYSTEM.name, "ParentHash");
/// Hashes of ancestors: the last [`BLOCK_HASH_COUNT`], and genesis.
pub static BLOCK_HASH: StorageMap<Twox64Concat, BlockNumber, Hash> = StorageMap::new(pallets::SYSTEM.name, "BlockHash");
/// The digest so far.
pub static DIGEST: StorageValue<Digest> = StorageValue::new(pallets::SYSTEM.name, "Digest");
/// The extrinsics so far, with their length prefixes; only while a block is being built.
pub static EXTRINSIC_DATA: StorageValue<Vec<Vec<u8>>> = StorageValue::new(pallets::SYSTEM.name, "ExtrinsicData");
/// How many bytes of extrinsics there are so far; only within a block.
pub static ALL_EXTRINSICS_LEN: StorageValue<u32> = StorageValue::new(pallets::SYSTEM.name, "AllExtrinsicsLen");
/// What the block has taken so far.
pub static BLOCK_WEIGHT: StorageValue<PerDispatchClass<Weight>> =
    StorageValue::new(pallets::SYSTEM.name, "BlockWeight");

/// Begins the block `number` on the block `parent_hash`, with the author's `digest`.
pub fn initialize(ctx: &mut Ctx, number: BlockNumber, parent_hash: &Hash, digest: &Digest) {
    NUMBER.set(ctx, &number);
    PARENT_HASH.set(ctx, parent_hash);
    DIGEST.set(ctx, digest);
    BLOCK_HASH.insert(ctx, &number.saturating_sub(1), parent_hash);
    let consumed = PerDispatchClass { mandatory: BLOCK_WEIGHTS.base_block, ..PerDispatchClass::default() };
    BLOCK_WEIGHT.set(ctx, &consumed);
    event::reset(ctx);
}

/// The hash of block `number`, seen from block `current` whose parent is `parent_hash`; `None` where it is unknown by
/// now, or not an ancestor.
pub fn ancestor_hash(ctx: &Ctx, number: BlockNumber, current: BlockNumber, parent_hash: &Hash) -> Option<Hash> {
    if number.checked_add(1) == Some(current) { Some(*parent_hash) } else { BLOCK_HASH.get(ctx, &number) }
}

/// Adds an item to the digest.
pub fn deposit_log(ctx: &mut Ctx, item: DigestItem) {
    let mut digest = DIGEST.get_or_default(ctx);
    digest.logs.push(item);
    DIGEST.set(ctx, &digest);
}

/// Whether an extrinsic of `bytes` and `info` would fit if the block were otherwise empty.
pub fn fits_alone(info: &DispatchInfo, bytes: u32) -> bool {
    let limits = BLOCK_WEIGHTS.per_class.get(info.class);
    bytes <= *BLOCK_LENGTH.max.get(info.class) && !limits.max_extrinsic.is_some_and(|max| info.weight.any_gt(max))
}

/// What the block will have taken with one more extrinsic.
#[derive(Clone, Copy, Debug)]
pub struct Reservation {
    weight: PerDispatchClass<Weight>,
    bytes: u32,
}

/// Whether the block has room for an extrinsic of `bytes` and `info`. Reads only.
pub fn reserve(ctx: &Ctx, info: &DispatchInfo, bytes: u32) -> Option<Reservation> {
    if !fits_alone(info, bytes) {
        return None;
    }
    let bytes = ALL_EXTRINSICS_LEN.get_or_default(ctx).checked_add(bytes)?;
    let limits = BLOCK_WEIGHTS.per_class.get(info.class);
    let mut weight = BLOCK_WEIGHT.get_or_default(ctx);
    let of_class = weight.get_mut(info.class);
    *of_class = of_class.saturating_add(info.weight).saturating_add(limits.base_extrinsic);
    let of_class = *of_class;
    let too_long = bytes > *BLOCK_LENGTH.max.get(info.class);
    let too_heavy = limits.max_total.is_some_and(|max| of_class.any_gt(max));
    let full = weight.total().any_gt(BLOCK_WEIGHTS.max_block);
    let beyond_reserve = full && limits.reserved.is_some_and(|reserved| of_class.any_gt(reserved));
    (info.class == DispatchClass::Mandatory || !(too_long || too_heavy || beyond_reserve))
        .then_some(Reservation { weight, bytes })
}

/// The block has begun: what follows is its first extrinsic.
pub fn begin_extrinsics(ctx: &mut Ctx) {
    event::set_phase(ctx, Phase::ApplyExtrinsic(0));
}

/// Takes the room of an extrinsic that is about to be dispatched.
pub fn note_extrinsic(ctx: &mut Ctx, reservation: &Reservation) {
    BLOCK_WEIGHT.set(ctx, &reservation.weight);
    ALL_EXTRINSICS_LEN.set(ctx, &reservation.bytes);
}

/// Keeps an extrinsic's bytes, length prefix included, for the extrinsics root at the end.
pub fn keep_extrinsic(ctx: &mut Ctx, encoded: &[u8]) {
    encoded.using_encoded(|item| ctx.ext_mut().append(EXTRINSIC_DATA.key(), item));
}

/// An extrinsic was applied, the next one follows; `reservation` is corrected where it took less than announced.
pub fn note_applied(ctx: &mut Ctx, reservation: Reservation, info: &DispatchInfo, actual: Weight) {
    let unspent = info.weight.saturating_sub(actual);
    if unspent != Weight::ZERO {
        let mut weight = reservation.weight;
        let of_class = weight.get_mut(info.class);
        *of_class = of_class.saturating_sub(unspent);
        BLOCK_WEIGHT.set(ctx, &weight);
    }
    event::next_extrinsic(ctx);
}

/// Counts work that the chain does by itself, which is never refused.
pub fn note_mandatory(ctx: &mut Ctx, took: Weight) {
    let mut weight = BLOCK_WEIGHT.get_or_default(ctx);
    weight.mandatory = weight.mandatory.saturating_add(took);
    BLOCK_WEIGHT.set(ctx, &weight);
}

/// The extrinsics are all there: what follows is the block's end.
pub fn begin_finalization(ctx: &mut Ctx) {
    event::set_phase(ctx, Phase::Finalization);
}

/// Ends the block. `extrinsics_root`: where it is known already; else it is computed from what [`keep_extrinsic`] kept.
pub fn finalize(ctx: &mut Ctx, extrinsics_root: Option<Hash>) -> Header {
    event::close(ctx);
    ALL_EXTRINSICS_LEN.clear(ctx);
    let extrinsics_root = extrinsics_root.unwrap_or_else(|| {
        let kept = EXTRINSIC_DATA.take(ctx).unwrap_or_default();
        Hash::from(ctx.ext().ordered_root(&kept))
    });
    let number = NUMBER.get_or_default(ctx);
    // Genesis stays: its hash is signed into every transaction.
    if let Some(old) = number.checked_sub(BLOCK_HASH_COUNT.saturating_add(1)).filter(|old| *old > 0) {
        BLOCK_HASH.remove(ctx, &old);
    }
    Header {
        parent_hash: PARENT_HASH.get_or_default(ctx),
        number,
        extrinsics_root,
        digest: DIGEST.get_or_default(ctx),
        // Last: it covers everything above.
        state_root: Hash::from(ctx.ext_mut().storage_root()),
    }
}

#[cfg(test)]
mod tests;
