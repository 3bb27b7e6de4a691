//! Keys against published ones, items against a map.
use super::*;
use crate::MemoryExternalities;
use ziver_primitives::{AccountId20, storage_keys::item_prefix};

static VALUE: StorageValue<Vec<u32>> = StorageValue::new("Test", "Value");
static MAP: StorageMap<Blake2_128Concat, AccountId20, u64> = StorageMap::new("Test", "Map");
static DOUBLE: StorageDoubleMap<Twox64Concat, u32, Identity, u8, u8> = StorageDoubleMap::new("Test", "Double");

#[test]
fn compiled_prefix_equals_the_hashed_one() {
    assert_eq!(prefix("System", "Account").to_vec(), item_prefix("System", "Account"));
    assert_eq!(prefix("", "a name of more than thirty-two bytes").to_vec(), {
        item_prefix("", "a name of more than thirty-two bytes")
    });
}

#[test]
fn value_round_trips_and_appends() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    assert_eq!(VALUE.get(&ctx), None);
    VALUE.append(&mut ctx, &7);
    VALUE.append(&mut ctx, &8);
    assert_eq!(VALUE.take(&mut ctx), Some(vec![7, 8]));
    assert!(!VALUE.exists(&ctx));
}

#[test]
fn garbage_reads_as_missing_and_is_logged() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    ctx.ext_mut().set(VALUE.key(), &[255]);
    assert_eq!(VALUE.get_or_default(&ctx), Vec::<u32>::new());
    assert_eq!(ext.lines().len(), 1);
}

#[test]
fn map_iterates_over_its_own_pairs_alone() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    VALUE.append(&mut ctx, &7);
    for byte in 0..10u8 {
        MAP.insert(&mut ctx, &AccountId20([byte; 20]), &u64::from(byte));
    }
    DOUBLE.insert(&mut ctx, &1, &2, &3);
    let mut pairs: Vec<_> = MAP.iter(&ctx).collect();
    pairs.sort();
    assert_eq!(pairs, (0..10u8).map(|byte| (AccountId20([byte; 20]), u64::from(byte))).collect::<Vec<_>>());
}

#[test]
fn double_map_clears_one_first_key() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    for (first, second) in [(1, 1), (1, 2), (2, 1)] {
        DOUBLE.insert(&mut ctx, &first, &second, &9);
    }
    assert_eq!(DOUBLE.clear_prefix(&mut ctx, &1, None).removed, 2);
    assert_eq!((DOUBLE.get(&ctx, &1, &1), DOUBLE.get(&ctx, &2, &1)), (None, Some(9)));
}
