//! Blocks of very many small events, which cost their maker little: what is small of them can be read all the same.

use codec::Encode;
use serde_json::{Value, json};
use ziver_primitives::{AccountId20, Header, storage_keys::item_prefix};
use ziver_rpc::{
    ChainRead,
    limits::{EVENTS_PER_ANSWER_MAX, LOGS_PAGE_BYTES_MAX},
};

use crate::{
    client::{Ws, error, result},
    description::{BalancesEvent, Event, Phase, Record},
    fake::{ALITH, Node},
};

/// Appends a block whose first extrinsic made so many events; the amounts count them.
fn push_events(node: &Node, count: usize) -> Header {
    let account: AccountId20 = ALITH.parse().unwrap();
    let record = |amount| Record {
        phase: Phase::ApplyExtrinsic(0),
        event: Event::Balances(BalancesEvent::Transfer { from: account, to: account, amount }),
        topics: vec![],
    };
    let records: Vec<Record> = (0..count as u128).map(record).collect();
    node.push(&[(&item_prefix("System", "Events"), Some(&records.encode()))], 1)
}

#[test]
fn block_of_more_events_than_an_answer_holds_is_read_in_part() {
    let node = Node::start();
    // More than a million values.
    let count = 100_000;
    let hash = format!("{:?}", push_events(&node, count).hash());
    let last = result(node.address, "zx_getLogs", json!([{"skip": count - 1, "limit": 5}]));
    assert_eq!((last.as_array().unwrap().len(), &last[0]["fields"]["amount"]), (1, &json!("99999")));
    let block = result(node.address, "zx_getBlockByHash", json!([hash, false]));
    assert_eq!(block["transactionCount"], "0x1");
    let refused = error(node.address, "zx_getBlockByHash", json!([hash, true]));
    assert_eq!(refused, (-32008, "Response is too big".to_owned()));
    let transaction = &block["transactions"][0];
    assert_eq!(error(node.address, "zx_getTransactionReceipt", json!([transaction])).0, -32008);
    push_events(&node, EVENTS_PER_ANSWER_MAX);
    let full = result(node.address, "zx_getBlockByNumber", json!(["latest", true]));
    assert_eq!(full["transactions"][0]["events"].as_array().unwrap().len(), EVENTS_PER_ANSWER_MAX);
}

#[test]
fn subscriber_hears_of_all_events_of_a_block_and_backwards_when_it_is_gone() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let logs = ws.subscribe("zx_subscribe", json!(["logs"]));
    // Some pages.
    let count = LOGS_PAGE_BYTES_MAX / 200;
    let header = push_events(&node, count);
    let mut next = || {
        let log: Value = ws.notification("zx_subscription", &logs);
        (log["fields"]["amount"].as_str().unwrap().parse::<usize>().unwrap(), log["removed"] == true)
    };
    for number in 0..count {
        assert_eq!(next(), (number, false));
    }
    let other = node.import(header.parent_hash, &[(b"a", Some(b"other"))], 1, 9);
    node.best(other);
    for number in (0..count).rev() {
        assert_eq!(next(), (number, true));
    }
    assert_eq!(node.chain.best().hash, other);
}
