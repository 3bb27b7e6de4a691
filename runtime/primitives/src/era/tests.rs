//! Eras against the specification's rules.
use super::*;
use proptest::prelude::*;

#[test]
fn era_of_the_vectors_encodes_as_clients_do() {
    assert_eq!(Era::mortal(64, 100).encode(), [0x45, 0x02]);
    assert_eq!(Era::Immortal.encode(), [0]);
}

#[test]
fn phase_beyond_period_is_refused() {
    // Period 4, phase 4.
    assert!(Era::decode(&mut &[0x41, 0x00][..]).is_err());
    // Period 2 does not exist.
    assert!(Era::decode(&mut &[0x10, 0x00][..]).is_err());
}

#[test]
fn metadata_lists_every_variant() {
    let scale_info::TypeDef::Variant(variants) = Era::type_info().type_def else { unreachable!() };
    assert_eq!(variants.variants.len(), 256);
    assert_eq!(variants.variants[69].name, "Mortal69");
}

proptest! {
    #[test]
    fn encoding_round_trips(period in 0u64..100_000, current in 0u64..10_000_000) {
        let era = Era::mortal(period, current);
        prop_assert_eq!(Era::decode(&mut &era.encode()[..]).unwrap(), era);
    }

    #[test]
    fn current_block_lies_within_its_era(period in 4u64..4096, current in 0u64..10_000_000) {
        let era = Era::mortal(period, current);
        prop_assert!(era.birth(current) <= current);
        prop_assert!(current < era.death(current));
        let Era::Mortal { period, .. } = era else { unreachable!() };
        prop_assert_eq!(era.birth(current + period - 1 - (current - era.birth(current))), era.birth(current));
    }
}
