use ziver_support::MemoryExternalities;

use super::*;
use crate::{limits::BLOCK_BYTES_MAX, weights};

fn hash_of(number: BlockNumber) -> Hash {
    Hash::from_low_u64_be(u64::from(number))
}

#[test]
fn old_hashes_are_forgotten_but_genesis() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    let last = BLOCK_HASH_COUNT + 10;
    // Those in between are neither read nor forgotten.
    for number in (1..=20).chain(BLOCK_HASH_COUNT..=last) {
        initialize(&mut ctx, number, &hash_of(number - 1), &Digest::default());
        finalize(&mut ctx, Some(Hash::zero()));
    }
    assert_eq!(BLOCK_HASH.get(&ctx, &0), Some(hash_of(0)));
    assert_eq!(BLOCK_HASH.get(&ctx, &(last - BLOCK_HASH_COUNT - 1)), None);
    assert_eq!(BLOCK_HASH.get(&ctx, &(last - BLOCK_HASH_COUNT)), Some(hash_of(last - BLOCK_HASH_COUNT)));
    assert_eq!(ancestor_hash(&ctx, last, last + 1, &hash_of(99)), Some(hash_of(99)));
    assert_eq!(ancestor_hash(&ctx, last + 1, last + 1, &hash_of(99)), None);
}

fn begun(ext: &mut MemoryExternalities) -> Ctx<'_> {
    let mut ctx = Ctx::new(ext);
    initialize(&mut ctx, 1, &Hash::zero(), &Digest::default());
    begin_extrinsics(&mut ctx);
    ctx
}

/// Takes room as often as there is some; how often.
fn fill(ctx: &mut Ctx, info: &DispatchInfo, bytes: u32) -> u32 {
    let mut count = 0;
    while let Some(reservation) = reserve(ctx, info, bytes) {
        note_extrinsic(ctx, &reservation);
        note_applied(ctx, reservation, info, info.weight);
        count += 1;
        assert!(count < 10_000, "a block has limits");
    }
    count
}

#[test]
fn normal_extrinsics_leave_a_quarter_to_operational_ones() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = begun(&mut ext);
    let tenth = Weight::from_parts(BLOCK_WEIGHTS.max_block.ref_time / 10, 0).saturating_sub(weights::EXTRINSIC_BASE);
    assert_eq!(fill(&mut ctx, &DispatchInfo::normal(tenth), 100), 7);
    assert_eq!(fill(&mut ctx, &DispatchInfo::operational(tenth), 100), 2);
    let inherent = DispatchInfo::mandatory(BLOCK_WEIGHTS.max_block);
    assert!(reserve(&ctx, &inherent, 100).is_some(), "inherents are never refused for want of room");
}

#[test]
fn operational_extrinsics_have_their_reserve_in_a_full_block() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = begun(&mut ext);
    // An inherent that takes the whole block.
    let inherent = DispatchInfo::mandatory(BLOCK_WEIGHTS.max_block);
    let reservation = reserve(&ctx, &inherent, 100).unwrap();
    note_extrinsic(&mut ctx, &reservation);
    note_applied(&mut ctx, reservation, &inherent, inherent.weight);
    let small = Weight::from_parts(1, 0);
    assert!(reserve(&ctx, &DispatchInfo::normal(small), 100).is_none());
    assert!(reserve(&ctx, &DispatchInfo::operational(small), 100).is_some());
}

#[test]
fn length_is_limited_by_class() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = begun(&mut ext);
    let small = Weight::from_parts(1, 0);
    assert_eq!(fill(&mut ctx, &DispatchInfo::normal(small), BLOCK_BYTES_MAX / 10), 7);
    assert_eq!(fill(&mut ctx, &DispatchInfo::operational(small), BLOCK_BYTES_MAX / 10), 3);
    assert!(!fits_alone(&DispatchInfo::normal(small), BLOCK_BYTES_MAX));
    assert!(!fits_alone(&DispatchInfo::operational(small), BLOCK_BYTES_MAX + 1));
    assert!(!fits_alone(&DispatchInfo::normal(BLOCK_WEIGHTS.max_block), 1));
}

#[test]
fn what_was_not_used_is_given_back() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = begun(&mut ext);
    let info = DispatchInfo::normal(Weight::from_parts(1_000_000, 50));
    let reservation = reserve(&ctx, &info, 10).unwrap();
    note_extrinsic(&mut ctx, &reservation);
    note_applied(&mut ctx, reservation, &info, Weight::from_parts(400_000, 50));
    let used = BLOCK_WEIGHT.get_or_default(&ctx).normal;
    assert_eq!(used, weights::EXTRINSIC_BASE.saturating_add(Weight::from_parts(400_000, 50)));
    assert_eq!(ALL_EXTRINSICS_LEN.get(&ctx), Some(10));
    assert_eq!(crate::extrinsic_index(&ctx), Some(1));
}

#[test]
fn kept_extrinsics_make_the_root() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = begun(&mut ext);
    let extrinsics = [b"\x04a".to_vec(), b"\x08bc".to_vec()];
    for extrinsic in &extrinsics {
        keep_extrinsic(&mut ctx, extrinsic);
    }
    let header = finalize(&mut ctx, None);
    assert_eq!(header.extrinsics_root, Hash::from(ctx.ext().ordered_root(&extrinsics)));
    assert!(!EXTRINSIC_DATA.exists(&ctx));
}
