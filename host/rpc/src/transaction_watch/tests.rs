//! Which events follow from which statuses.

use serde_json::json;
use ziver_primitives::Hash;

use super::*;

fn hear(statuses: impl IntoIterator<Item = TransactionStatus>) -> Value {
    let mut watch = Watch::default();
    serde_json::to_value(statuses.into_iter().filter_map(|status| watch.hear(status)).collect::<Vec<_>>()).unwrap()
}

#[test]
fn usual_way_is_validated_included_final() {
    let place = Inclusion { block: Hash::repeat_byte(1), index: 3 };
    let block = json!({ "hash": format!("{:?}", place.block), "index": 3 });
    let events = hear([
        TransactionStatus::Future,
        TransactionStatus::Ready,
        TransactionStatus::Broadcast(vec!["peer".into()]),
        TransactionStatus::InBlock(place),
        TransactionStatus::Finalized(place),
    ]);
    let expected = json!([
        { "event": "validated" },
        { "event": "bestChainBlockIncluded", "block": block },
        { "event": "finalized", "block": block },
    ]);
    assert_eq!(events, expected);
}

#[test]
fn retracted_transaction_is_in_no_block_and_validated_anew() {
    let place = Inclusion { block: Hash::repeat_byte(1), index: 3 };
    let events = hear([
        TransactionStatus::Ready,
        TransactionStatus::InBlock(place),
        TransactionStatus::Retracted(place.block),
        TransactionStatus::Ready,
    ]);
    assert_eq!(events[2], json!({ "event": "bestChainBlockIncluded", "block": null }));
    assert_eq!(events[3], json!({ "event": "validated" }));
}

#[test]
fn every_end_of_a_transaction_is_a_last_event_with_a_reason() {
    let block = Hash::repeat_byte(1);
    for (status, name) in [
        (TransactionStatus::FinalityTimeout(block), "dropped"),
        (TransactionStatus::Usurped(block), "invalid"),
        (TransactionStatus::Dropped, "dropped"),
        (TransactionStatus::Invalid, "invalid"),
    ] {
        let event = Watch::default().hear(status).unwrap();
        assert!(event.is_last());
        let event = serde_json::to_value(event).unwrap();
        assert_eq!(event["event"], name);
        assert!(event["error"].is_string());
    }
}
