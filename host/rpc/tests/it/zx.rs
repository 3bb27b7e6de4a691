//! `zx_*` on a made-up chain: shapes, limits, refusals, subscriptions.

use codec::Encode;
use serde_json::{Value, json};
use ziver_primitives::{AccountId20, Hash, storage_keys::item_prefix};
use ziver_rpc::limits::{KEYS_PER_PAGE_MAX, LOGS_BLOCKS_MAX, LOGS_COUNT_MAX, VALIDATION_PROBLEMS_MAX};

use crate::{
    client::{Ws, error, result},
    description::{BalancesEvent, Event, Phase, Record},
    fake::{ALITH, Node},
};

const BALTATHAR: &str = "0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0";

/// Appends a block whose extrinsic moved money between two accounts, with a topic.
fn push_transfer(node: &Node, amount: u128) {
    let account = |text: &str| text.parse::<AccountId20>().unwrap();
    let transfer = BalancesEvent::Transfer { from: account(ALITH), to: account(BALTATHAR), amount };
    let record = Record {
        phase: Phase::ApplyExtrinsic(0),
        event: Event::Balances(transfer),
        topics: vec![Hash::repeat_byte(7)],
    };
    node.push(&[(&item_prefix("System", "Events"), Some(&vec![record].encode()))], 1);
}

#[test]
fn block_is_shown_by_every_name_it_has() {
    let node = Node::start();
    let best = result(node.address, "zx_getBlockByNumber", json!(["latest"]));
    assert_eq!((&best["number"], &best["transactionCount"]), (&json!("0x2"), &json!("0x1")));
    for name in [json!("0x2"), json!(2), best["hash"].clone(), json!("pending"), Value::Null] {
        assert_eq!(result(node.address, "zx_getBlockByHash", json!([name])), best, "{name}");
    }
    assert_eq!(result(node.address, "zx_getBlockTransactionCount", json!(["earliest"])), "0x1");
    let hash = best["transactions"][0].clone();
    let shown = result(node.address, "zx_getTransactionByHash", json!([hash]));
    assert_eq!((&shown["blockHash"], &shown["transactionIndex"]), (&best["hash"], &json!("0x0")));
    assert!(shown["undecodable"].is_string(), "{shown}");
}

#[test]
fn unknown_blocks_and_transactions_are_null_and_unknown_states_an_error() {
    let node = Node::start();
    let unknown = format!("0x{}", "77".repeat(32));
    for (method, params) in [
        ("zx_getBlockByNumber", json!(["0x99", true])),
        ("zx_getBlockByHash", json!([unknown, false])),
        ("zx_getBlockTransactionCount", json!([unknown])),
        ("zx_getTransactionByHash", json!([unknown])),
        ("zx_getTransactionReceipt", json!([unknown])),
    ] {
        assert_eq!(result(node.address, method, params), Value::Null, "{method}");
    }
    for method in ["zx_getBalance", "zx_getTransactionCount", "zx_getAccount", "zx_getCode"] {
        let refused = error(node.address, method, json!([ALITH, "0x99"]));
        assert_eq!(refused, (-32001, "Not found: block 153".to_owned()), "{method}");
        assert_eq!(error(node.address, method, json!([ALITH, unknown])).0, -32001);
    }
    assert_eq!(result(node.address, "zx_getCode", json!([ALITH])), "0x");
}

#[test]
fn full_block_and_receipt_tell_events() {
    let node = Node::start();
    push_transfer(&node, 5);
    let full = result(node.address, "zx_getBlockByNumber", json!(["latest", true]));
    let event = &full["transactions"][0]["events"][0];
    assert_eq!(
        (&event["pallet"], &event["name"], &event["logIndex"]),
        (&json!("Balances"), &json!("Transfer"), &json!("0x0"))
    );
    assert_eq!(event["fields"], json!({"from": ALITH, "to": BALTATHAR, "amount": "5"}));
    let logs = result(node.address, "zx_getLogs", json!([]));
    assert_eq!(logs, json!([event]));
}

#[test]
fn filters_choose_by_place_name_account_and_topic() {
    let node = Node::start();
    push_transfer(&node, 5);
    push_transfer(&node, 6);
    let count = |filter: Value| result(node.address, "zx_getLogs", json!([filter])).as_array().unwrap().len();
    let all = |more: Value| {
        let mut filter = json!({"fromBlock": "earliest"});
        filter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        filter
    };
    let topic = format!("0x{}", "07".repeat(32));
    let other = format!("0x{}", "08".repeat(32));
    assert_eq!(count(json!({})), 1);
    assert_eq!(count(all(json!({}))), 2);
    assert_eq!(count(all(json!({"toBlock": "0x99"}))), 2);
    assert_eq!(count(json!({"fromBlock": 3, "toBlock": 3})), 1);
    assert_eq!(count(all(json!({"pallet": "Balances", "name": ["Transfer", "Deposit"], "address": BALTATHAR}))), 2);
    assert_eq!(count(all(json!({"pallet": "System"}))), 0);
    assert_eq!(count(all(json!({"address": ["0x0000000000000000000000000000000000000001"]}))), 0);
    assert_eq!(count(all(json!({"topics": [topic]}))), 2);
    assert_eq!(count(all(json!({"topics": [[other, topic]]}))), 2);
    assert_eq!(count(all(json!({"topics": [null, topic]}))), 0);
    // One of none fits nothing; no topics, and one that may be any, fit all.
    for name in ["pallet", "name", "address"] {
        assert_eq!(count(all(json!({name: []}))), 0, "{name}");
    }
    assert_eq!(count(all(json!({"topics": [[]]}))), 0);
    assert_eq!([count(all(json!({"topics": []}))), count(all(json!({"topics": [null]})))], [2, 2]);
    assert_eq!(count(all(json!({"limit": 0}))), 0);
    assert_eq!(count(all(json!({"limit": 1}))), 1);
    assert_eq!(count(all(json!({"skip": 1}))), 1);
}

#[test]
fn filters_that_ask_for_too_much_or_nonsense_are_refused() {
    let node = Node::start();
    for _ in 0..LOGS_BLOCKS_MAX {
        node.chain.push(&[], 1);
    }
    let refused = |filter: Value| error(node.address, "zx_getLogs", json!([filter]));
    let (code, why) = refused(json!({"fromBlock": "earliest", "toBlock": "latest"}));
    assert_eq!((code, why.contains("at most 1024")), (-32602, true), "{why}");
    assert_eq!(refused(json!({"limit": LOGS_COUNT_MAX + 1})).0, -32602);
    assert_eq!(refused(json!({"adress": ALITH})).0, -32602);
    assert_eq!(refused(json!({"address": vec![ALITH; 100]})).0, -32602);
    assert_eq!(refused(json!({"blockHash": format!("0x{}", "77".repeat(32))})).0, -32001);
    assert_eq!(refused(json!({"blockHash": format!("0x{}", "77".repeat(32)), "toBlock": 1})).0, -32602);
    let (code, why) = error(node.address, "zx_validateChain", json!(["earliest", "latest"]));
    assert_eq!((code, why.contains("at most 1024")), (-32602, true), "{why}");
}

#[test]
fn filters_that_find_too_many_bytes_are_told_to_narrow_the_range() {
    let node = Node::start();
    let refused = |filter: Value| error(node.address, "zx_getLogs", json!([filter]));
    let transfers = |count: usize| {
        let account = |text: &str| text.parse::<AccountId20>().unwrap();
        let record = || Record {
            phase: Phase::ApplyExtrinsic(0),
            event: Event::Balances(BalancesEvent::Transfer {
                from: account(ALITH),
                to: account(BALTATHAR),
                amount: u128::MAX,
            }),
            topics: vec![Hash::repeat_byte(7); 200],
        };
        std::iter::repeat_with(record).take(count).collect::<Vec<_>>().encode()
    };
    let key = item_prefix("System", "Events");
    // Topics are long as text: 1 500 events of 200 are more than an answer holds.
    node.push(&[(&key, Some(&transfers(1_500)))], 1);
    let (code, why) = refused(json!({}));
    assert_eq!((code, why.contains("take more than 16777216 bytes; ask for fewer blocks")), (-32602, true), "{why}");
    assert_eq!(result(node.address, "zx_getLogs", json!([{"limit": 3}])).as_array().unwrap().len(), 3);
    // Blocks in which nothing fits are read all the same. Each has these events until the next ones.
    for _ in 0..8 {
        node.push(&[], 1);
    }
    let (code, why) = refused(json!({"fromBlock": 3, "pallet": "System"}));
    assert_eq!((code, why.contains("narrow it: toBlock 0x8 would do")), (-32602, true), "{why}");
    assert_eq!(
        result(node.address, "zx_getLogs", json!([{"fromBlock": 3, "toBlock": 8, "pallet": "System"}])),
        json!([])
    );
}

#[test]
fn chain_tells_its_id_heads_and_whether_it_holds_together() {
    let node = Node::start();
    assert_eq!(result(node.address, "zx_chainId", json!([])), "0x326");
    let info = result(node.address, "zx_getChainInfo", json!([]));
    assert_eq!((&info["best"]["number"], &info["chainId"]), (&json!("0x2"), &json!("0x326")));
    let checked = result(node.address, "zx_validateChain", json!([]));
    assert_eq!((&checked["valid"], &checked["blocks"]), (&json!(true), &json!("0x3")));
    assert_eq!(error(node.address, "zx_validateChain", json!([2, 1])).0, -32602);
}

#[test]
fn check_of_the_chain_that_stops_says_how_far_it_came() {
    let node = Node::start();
    for _ in 0..40 {
        node.chain.push(&[], 1);
    }
    // Blocks 5 to 42 have other roots of extrinsics than their headers say.
    node.chain.wrong_roots.store(5, std::sync::atomic::Ordering::Relaxed);
    let checked = result(node.address, "zx_validateChain", json!(["earliest", "latest"]));
    let told = ["valid", "fromBlock", "toBlock", "blocks", "transactions"].map(|name| checked[name].clone());
    assert_eq!(json!(told), json!([false, "0x0", "0x14", "0x15", "0x15"]), "{checked}");
    assert_eq!(checked["problems"].as_array().unwrap().len(), VALIDATION_PROBLEMS_MAX);
}

#[test]
fn transactions_by_name_are_refused_with_the_place_of_the_fault() {
    let node = Node::start();
    let refused = |request: Value| error(node.address, "zx_sendTransaction", json!([request]));
    let stranger = "0x0000000000000000000000000000000000000001";
    assert_eq!(refused(json!({"from": stranger, "to": ALITH, "value": 1})).0, -32001);
    assert_eq!(refused(json!({"from": ALITH})).0, -32602);
    assert_eq!(refused(json!({"from": ALITH, "to": ALITH, "value": "much"})).0, -32602);
    assert_eq!(refused(json!({"from": ALITH, "to": ALITH, "data": "0x01"})).0, -32602);
    let (code, why) = refused(json!({"from": ALITH, "call": {"pallet": "Balances", "name": "transfer_allow_death",
        "args": {"dest": ALITH}}}));
    assert_eq!((code, why.contains("`value` (Compact<u128>) is missing")), (-32602, true), "{why}");
    // A whole one gets to the made-up engine, which judges by a byte of the length.
    assert_eq!(refused(json!({"from": ALITH, "to": BALTATHAR, "value": "0x0"})).0, -32012);
}

#[test]
fn refused_raw_transactions_have_codes_of_this_namespace() {
    let node = Node::start();
    let refused = |bytes: &str| error(node.address, "zx_sendRawTransaction", json!([bytes])).0;
    assert_eq!(
        [refused("0x0401"), refused("0x0402"), refused("0x04"), refused("0x")],
        [-32012, -32010, -32010, -32010]
    );
}

#[test]
fn subscribers_hear_of_transactions_blocks_and_logs() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let transactions = ws.subscribe("zx_subscribe", json!(["newTransactions"]));
    let hash = result(node.address, "zx_sendRawTransaction", json!(["0x0400"]));
    assert_eq!(ws.notification("zx_subscription", &transactions), hash);
    let mut ws = Ws::connect(node.address);
    let blocks = ws.subscribe("zx_subscribe", json!(["newBlocks"]));
    let mut listener = Ws::connect(node.address);
    let logs = listener.subscribe("zx_subscribe", json!(["logs", {"pallet": "Balances", "address": BALTATHAR}]));
    node.push(&[], 1);
    push_transfer(&node, 5);
    assert_eq!(ws.notification("zx_subscription", &blocks)["number"], "0x3");
    assert_eq!(ws.notification("zx_subscription", &blocks)["number"], "0x4");
    let log = listener.notification("zx_subscription", &logs);
    assert_eq!((&log["blockNumber"], &log["fields"]["amount"]), (&json!("0x4"), &json!("5")));
    for wrong in [json!([]), json!(["news"]), json!(["logs", {"adress": ALITH}])] {
        assert_eq!(ws.call("zx_subscribe", wrong)["error"]["code"], -32602);
    }
    // What says of which blocks, or which part, would be passed over.
    let hash = format!("0x{}", "77".repeat(32));
    for part in [
        json!({"fromBlock": 1}),
        json!({"toBlock": "latest"}),
        json!({"blockHash": hash}),
        json!({"skip": 0}),
        json!({"limit": 1}),
    ] {
        let refused = &ws.call("zx_subscribe", json!(["logs", part]))["error"];
        let why = refused["message"].as_str().unwrap();
        assert_eq!((&refused["code"], why.contains("are for zx_getLogs")), (&json!(-32602), true), "{part}: {why}");
    }
}

#[test]
fn children_are_named_with_their_prefix() {
    let node = Node::start();
    let child = format!("0x{}", hex::encode(b":child_storage:default:kid"));
    assert_eq!(result(node.address, "childstate_getStorage", json!([child, "0x61"])), "0x6368616e676564");
    assert_eq!(result(node.address, "childstate_getStorageSize", json!([child, "0x61"])), 7);
    assert_eq!(result(node.address, "childstate_getStorageHash", json!([child, "0x00"])), Value::Null);
    assert_eq!(
        result(node.address, "childstate_getStorageEntries", json!([child, ["0x61", "0x00"]])),
        json!(["0x6368616e676564", null])
    );
    assert_eq!(result(node.address, "childstate_getKeys", json!([child, "0x61"])), json!(["0x61", "0x6162", "0x6163"]));
    assert_eq!(result(node.address, "childstate_getKeysPaged", json!([child, "0x61", 1, "0x61"])), json!(["0x6162"]));
    assert_eq!(error(node.address, "childstate_getStorage", json!(["0x61", "0x61"])).0, 4003);
}

#[test]
fn more_keys_of_a_child_than_a_page_has_are_refused_without_pages() {
    let node = Node::start();
    let child = format!("0x{}", hex::encode(b":child_storage:default:kid"));
    let keys: Vec<_> = (0..=KEYS_PER_PAGE_MAX).map(|number| [&b"k"[..], &number.to_be_bytes()].concat()).collect();
    let changes: Vec<(&[u8], Option<&[u8]>)> = keys.iter().map(|key| (key.as_slice(), Some(&b"v"[..]))).collect();
    node.push(&changes[1..], 1);
    let all = result(node.address, "childstate_getKeys", json!([child, "0x6b"]));
    assert_eq!(all.as_array().unwrap().len(), KEYS_PER_PAGE_MAX as usize);
    node.push(&changes[..1], 1);
    let why = format!("count of keys exceeds maximum value. value: {}, max: {KEYS_PER_PAGE_MAX}", keys.len());
    assert_eq!(error(node.address, "childstate_getKeys", json!([child, "0x6b"])), (4002, why));
    let page = result(node.address, "childstate_getKeysPaged", json!([child, "0x6b", KEYS_PER_PAGE_MAX]));
    assert_eq!(page.as_array().unwrap().len(), KEYS_PER_PAGE_MAX as usize);
    assert_eq!(error(node.address, "childstate_getKeysPaged", json!([child, "0x6b", KEYS_PER_PAGE_MAX + 1])).0, 4002);
}

#[test]
fn parameters_that_do_not_fit_are_explained_in_words() {
    let node = Node::start();
    for (method, params, expected) in [
        ("zx_getLogs", json!([[1_192, 1_192]]), "invalid type: sequence, expected an object"),
        ("zx_getLogs", json!([{ "name": 5 }]), "invalid type: integer `5`, expected a string or a list of at most 32"),
        ("zx_getLogs", json!([{ "skip": -1 }]), "invalid value: integer `-1`, expected a whole number without sign"),
        ("zx_sendTransaction", json!([["0x00"]]), "invalid type: sequence, expected an object"),
        ("zx_sendTransaction", json!(["0x00"]), "invalid type: string \"0x00\", expected an object"),
    ] {
        let why = format!("Invalid params: parameter 0: {expected}");
        assert_eq!(error(node.address, method, params), (-32602, why));
    }
    let why = "Invalid params: invalid type: sequence, expected an object".to_owned();
    assert_eq!(error(node.address, "zx_estimateGas", json!([[1]])), (-32602, why));
}
