//! Programs built by hand, for the tests of all that works on the IR, and as examples of how to lower to it.

pub(crate) mod counter;
pub(crate) mod mock;
pub(crate) mod random;
pub(crate) mod token;

use super::{Integer, Shape, Type, Types, check};

#[test]
fn the_examples_are_well_typed() {
    assert_eq!(check(&counter::program()), Ok(()));
    assert_eq!(check(&token::program()), Ok(()));
}

#[test]
fn equal_shapes_are_one_type() {
    let mut types = Types::new();
    let list = types.list(Type::U32);
    assert_eq!(types.list(Type::U32), list);
    assert_ne!(types.list(Type::U64), list);
    assert_eq!(types.shape(list), Some(&Shape::List(Type::U32)));
    assert_ne!(types.record("A", &[("x", Type::U8)]), types.record("B", &[("x", Type::U8)]));
    assert_eq!(types.tuple(&[]), Type::Unit);
}

#[test]
fn the_limits_of_integers_are_those_of_twos_complement() {
    assert_eq!(Integer::U8.max(), 255.into());
    assert_eq!(Integer::U8.min(), 0.into());
    assert_eq!(Integer::I64.max(), i64::MAX.into());
    assert_eq!(Integer::I64.min(), i64::MIN.into());
    assert_eq!(Integer::I128.min(), i128::MIN.into());
    assert!(Integer::I64.fits(Integer::I256));
    assert!(!Integer::U64.fits(Integer::I64));
    assert!(Integer::ALL.into_iter().all(|width| width.fits(width)));
}

#[test]
fn keys_and_topics_are_the_hashes_that_clients_compute() {
    let program = token::program();
    assert_eq!(hex(&program.cells[0].root()), hex(&ziver_primitives::hashing::blake2_256(b"total")));
    // The topic that every ERC-20 has.
    let event = super::Event { signature: "Transfer(address,address,uint256)".into(), ..program.events[0].clone() };
    assert_eq!(hex(&event.topic()), "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    // ink!'s selector of `flip`.
    assert_eq!(super::program::selector("flip"), [0x63, 0x3a, 0xa5, 0x51]);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
