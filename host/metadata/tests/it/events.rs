//! Events, and the reasons of failures in them.

use codec::{Compact, Encode};
use serde_json::json;
use ziver_metadata::{DecodeError, Event, Metadata, Phase, limits::VALUES_COUNT_MAX};

use crate::runtime::{all, metadata};

/// `Balances.Transfer` in extrinsic 1 with a topic, `System.ExtrinsicFailed` with a pallet's error,
/// `System.CodeUpdated`.
fn events() -> Vec<u8> {
    let transfer = (0u8, 1u32, [5u8, transfer_index()], [1u8; 20], [2u8; 20], u128::MAX, vec![[7u8; 32]]).encode();
    let module = (3u8, 5u8, [insufficient_balance(), 0, 0, 0]);
    let weight = (codec::Compact(11u64), codec::Compact(12u64));
    let failed = (0u8, 1u32, [0u8, 1], module, (weight, 0u8, 0u8), Vec::<[u8; 32]>::new()).encode();
    let updated = (1u8, [0u8, 2], Vec::<[u8; 32]>::new()).encode();
    [vec![3 << 2], transfer, failed, updated].concat()
}

fn read(metadata: &Metadata, bytes: &[u8]) -> Result<Vec<Event>, DecodeError> {
    metadata.events(bytes)?.collect()
}

fn transfer_index() -> u8 {
    let metadata = metadata();
    let events = &metadata.pallet("Balances").unwrap().events;
    events.iter().find(|event| event.name == "Transfer").unwrap().index
}

fn insufficient_balance() -> u8 {
    let metadata = metadata();
    let errors = &metadata.pallet("Balances").unwrap().errors;
    errors.iter().find(|error| error.name == "InsufficientBalance").unwrap().index
}

#[test]
fn events_are_told_with_phase_names_fields_and_topics() {
    for metadata in all() {
        let read = read(metadata, &events()).unwrap();
        let told: Vec<_> = read.iter().map(|event| (event.phase, event.pallet.as_str(), event.name.as_str())).collect();
        assert_eq!(
            told,
            [
                (Phase::ApplyExtrinsic(1), "Balances", "Transfer"),
                (Phase::ApplyExtrinsic(1), "System", "ExtrinsicFailed"),
                (Phase::Finalization, "System", "CodeUpdated"),
            ]
        );
        let account = |digits: &str| format!("0x{}", digits.repeat(20));
        let fields = json!({"from": account("01"), "to": account("02"), "amount": u128::MAX.to_string()});
        assert_eq!(read[0].fields, fields);
        assert_eq!(read[0].topics, [json!(format!("0x{}", "07".repeat(32)))]);
        assert_eq!(read[2].fields, json!({}));
        assert_eq!(read[1].fields["dispatch_info"]["weight"], json!({"ref_time": 11, "proof_size": 12}));
    }
}

#[test]
fn reasons_of_failures_are_told_in_words() {
    for metadata in all() {
        let read = read(metadata, &events()).unwrap();
        let told = metadata.describe_dispatch_error(&read[1].fields["dispatch_error"]);
        assert!(told.starts_with("Balances.InsufficientBalance: "), "{told}");
        let token = metadata.describe_dispatch_error_bytes(&[7, 0]).unwrap();
        assert!(token.starts_with("Token.FundsUnavailable"), "{token}");
        assert!(metadata.describe_dispatch_error_bytes(&[2]).unwrap().starts_with("BadOrigin"));
        assert_eq!(metadata.describe_dispatch_error(&json!({"Odd": 1})), r#"{"Odd":1}"#);
        let unknown = json!({"Module": {"index": 200, "error": "0x00000000"}});
        assert_eq!(metadata.describe_dispatch_error(&unknown), unknown.to_string());
        assert!(metadata.describe_dispatch_error_bytes(&[200]).is_err());
    }
}

#[test]
fn no_events_are_an_empty_list_and_cut_ones_an_error() {
    let metadata = metadata();
    assert_eq!(read(&metadata, &[0]), Ok(vec![]));
    let bytes = events();
    for length in 0..bytes.len() {
        assert!(read(&metadata, &bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn events_before_a_fault_are_told_and_the_fault_once() {
    let metadata = metadata();
    let cut = events();
    let told: Vec<_> = metadata.events(&cut[..cut.len() - 1]).unwrap().map(|event| event.is_ok()).collect();
    assert_eq!(told, [true, true, false]);
    let surplus = [events(), vec![0]].concat();
    let told: Vec<_> = metadata.events(&surplus).unwrap().collect();
    assert!(told[..3].iter().all(Result::is_ok));
    assert_eq!(told[3..], [Err(DecodeError::LeftOver(1))]);
}

#[test]
fn block_full_of_small_events_is_read_to_its_end() {
    // `System.CodeUpdated` has five values in four bytes.
    let count = VALUES_COUNT_MAX / 4;
    let bytes = [Compact(count as u32).encode(), [1u8, 0, 2, 0].repeat(count)].concat();
    let metadata = metadata();
    assert_eq!(metadata.events(&bytes).unwrap().filter(|event| event.is_ok()).count(), count);
}
