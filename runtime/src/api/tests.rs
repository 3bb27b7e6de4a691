use alloc::vec;
use codec::Decode;
use proptest::prelude::*;
use ziver_primitives::{Era, validity::TransactionValidityError};
use ziver_support::MemoryExternalities;

use super::*;
use crate::harness::{Alith, Chain, transfer};

#[test]
fn unknown_entry_points_are_not_there() {
    let mut ext = MemoryExternalities::default();
    assert_eq!(call(&mut Ctx::new(&mut ext), "Core_nothing", &[]), None);
}

#[test]
fn arguments_that_do_not_decode_are_an_error() {
    let mut ext = MemoryExternalities::default();
    let without_arguments = [
        "Core_version",
        "Metadata_metadata",
        "Metadata_metadata_versions",
        "BlockBuilder_finalize_block",
        "GenesisBuilder_preset_names",
    ];
    for name in ENTRY_POINTS.iter().filter(|name| !without_arguments.contains(name)) {
        assert_eq!(call(&mut Ctx::new(&mut ext), name, &[0xff; 3]), Some(Err(ApiError::Input)), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_for_any_entry_point_are_answered(index in 0..ENTRY_POINTS.len(), input: Vec<u8>) {
        let mut chain = Chain::new();
        prop_assert!(call(&mut chain.ctx(), ENTRY_POINTS[index], &input).is_some());
    }
}

#[test]
fn block_is_built_and_executed_through_the_table() {
    let mut chain = Chain::new();
    let mut parent = chain.fork();
    let header = chain.next_header();
    let mut ask = |name: &str, input: &[u8]| call(&mut Ctx::new(&mut chain.ext), name, input).unwrap().unwrap();
    assert_eq!(ask("Core_initialize_block", &header.encode()), [0]);
    let inherents = ask("BlockBuilder_inherent_extrinsics", &InherentData::with_timestamp(9).encode());
    let extrinsics = Vec::<OpaqueExtrinsic>::decode(&mut inherents.as_slice()).unwrap();
    for extrinsic in &extrinsics {
        assert_eq!(ask("BlockBuilder_apply_extrinsic", &extrinsic.encode()), [0, 0]);
    }
    let header = Header::decode(&mut ask("BlockBuilder_finalize_block", &[]).as_slice()).unwrap();
    let block = Block { header, extrinsics };
    let checked = ask("BlockBuilder_check_inherents", &(&block, InherentData::with_timestamp(9)).encode());
    assert!(!CheckInherentsResult::decode(&mut checked.as_slice()).unwrap().okay, "its time is no news any more");
    let mut on_parent = |name: &str, input: &[u8]| call(&mut Ctx::new(&mut parent), name, input).unwrap();
    let checked = on_parent("BlockBuilder_check_inherents", &(&block, InherentData::with_timestamp(9)).encode());
    assert!(CheckInherentsResult::decode(&mut checked.unwrap().as_slice()).unwrap().okay);
    assert_eq!(on_parent("Core_execute_block", &block.encode()), Ok(vec![]));
}

#[test]
fn fee_that_is_asked_for_is_the_fee_that_is_paid() {
    let mut chain = Chain::new();
    chain.begin();
    let before = chain.free(&Alith.account());
    let extrinsic = chain.sign(Alith, transfer([9; 20].into(), 1_000_000_000_000));
    let input = (&extrinsic, prefixed_len(&extrinsic.0)).encode();
    let answer = call(&mut chain.ctx(), "TransactionPaymentApi_query_info", &input).unwrap().unwrap();
    let (_weight, _class, fee) = <(Weight, u8, u128)>::decode(&mut answer.as_slice()).unwrap();
    assert_eq!(chain.apply(extrinsic), Ok(Ok(())));
    assert_eq!(before - chain.free(&Alith.account()), fee + 1_000_000_000_000);
    let answer = call(&mut chain.ctx(), "TransactionPaymentApi_query_fee_details", &input).unwrap().unwrap();
    let (parts, tip) = <(Option<(u128, u128, u128)>, u128)>::decode(&mut answer.as_slice()).unwrap();
    let (base, len, weight) = parts.unwrap();
    assert_eq!((base + len + weight, tip), (fee, 0));
}

#[test]
fn versions_presets_and_nonces_have_the_encodings_that_clients_expect() {
    let mut chain = Chain::new();
    let mut ask = |name: &str, input: &[u8]| call(&mut Ctx::new(&mut chain.ext), name, input).unwrap().unwrap();
    assert_eq!(ask("Metadata_metadata_versions", &[]), vec![14u32, 15, 16].encode());
    assert_eq!(ask("GenesisBuilder_preset_names", &[]), vec!["development"].encode());
    assert_eq!(ask("AccountNonceApi_account_nonce", &Alith.account().encode()), [0; 4]);
    assert_eq!(ask("Metadata_metadata_at_version", &13u32.encode()), [0]);
    assert_eq!(ask("Metadata_metadata", &[]), metadata::at_version(14).unwrap().encode());
}

#[test]
fn validation_tells_what_a_transaction_needs_and_gives() {
    let mut chain = Chain::new();
    chain.begin();
    let parent = chain.end().header.hash();
    let mut validate = |extrinsic: &OpaqueExtrinsic| {
        let before = chain.ext.pairs().clone();
        let input = (TransactionSource::External, extrinsic, parent).encode();
        let ctx = &mut Ctx::new(&mut chain.ext);
        let answer = call(ctx, "TaggedTransactionQueue_validate_transaction", &input).unwrap().unwrap();
        assert_eq!(&before, chain.ext.pairs(), "validation writes nothing");
        TransactionValidity::decode(&mut answer.as_slice()).unwrap()
    };
    let mut unsigned = Chain::new().unsigned(0, transfer([9; 20].into(), 1 << 50));
    let tag = |nonce: u32| (Alith.account(), nonce).encode();
    let ready = validate(&unsigned.sign(&Alith.key())).unwrap();
    assert_eq!((ready.requires, ready.provides), (vec![], vec![tag(0)]));
    assert_eq!(ready.longevity, u64::MAX - 2);

    unsigned.nonce = 3;
    let future = validate(&unsigned.sign(&Alith.key())).unwrap();
    assert_eq!((future.requires, future.provides), (vec![tag(2)], vec![tag(3)]));

    // Born in the best block, which only the question names.
    (unsigned.era, unsigned.birth_hash, unsigned.tip) = (Era::mortal(64, 1), parent, 1 << 60);
    let mortal = validate(&unsigned.sign(&Alith.key())).unwrap();
    assert_eq!(mortal.longevity, 63);
    assert!(mortal.priority > future.priority, "a tip goes first");

    let malformed = OpaqueExtrinsic(vec![0x84, 1, 2, 3]);
    assert_eq!(validate(&malformed), Err(TransactionValidityError::Invalid(InvalidTransaction::Call)));
    assert_eq!(
        validate(&Chain::inherent(1)),
        Err(TransactionValidityError::Invalid(InvalidTransaction::MandatoryValidation))
    );
}
