//! A small contract's description, and what is wrong with others.

use serde_json::json;

use super::*;

const SENDER: &str = "0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0";

/// `new()`, `transfer(to: Address, amount: integer) -> Result<bool, String>` and the event `Sent`.
fn description() -> Value {
    let (address, integer) = (json!({"type": 1}), json!({"type": 3}));
    json!({
        "source": {"wasm": "0x0061736d"},
        "contract": {"name": "Token"},
        "version": 5,
        "spec": {
            "constructors": [{"label": "new", "selector": "0x9bae9d5e", "args": [], "returnType": null}],
            "messages": [{
                "label": "transfer", "selector": "0x84a15da1", "mutates": true, "returnType": {"type": 5},
                "args": [{"label": "to", "type": address}, {"label": "amount", "type": integer}],
            }],
            "events": [{
                "label": "Sent", "signature_topic": format!("0x{}", "07".repeat(32)),
                "args": [{"label": "to", "type": address, "indexed": true}, {"label": "amount", "type": integer}],
            }],
        },
        "types": [
            {"id": 0, "type": {"def": {"primitive": "u8"}}},
            {"id": 1, "type": {"path": ["AccountId20"], "def": {"composite": {"fields": [{"type": 2}]}}}},
            {"id": 2, "type": {"def": {"array": {"len": 20, "type": 0}}}},
            {"id": 3, "type": {"def": {"primitive": "i256"}}},
            {"id": 4, "type": {"def": {"primitive": "bool"}}},
            {"id": 5, "type": {"path": ["Result"], "def": {"variant": {"variants": [
                {"name": "Ok", "index": 0, "fields": [{"type": 4}]},
                {"name": "Err", "index": 1, "fields": [{"type": 6}]},
            ]}}}},
            {"id": 6, "type": {"def": {"primitive": "str"}}},
        ],
    })
}

fn contract() -> Contract {
    Contract::read(&description().to_string()).unwrap()
}

#[test]
fn arguments_by_name_and_by_position_are_the_same_input() {
    let contract = contract();
    let transfer = contract.message("transfer").unwrap();
    let named = contract.encode(transfer, &json!({"amount": "-2", "to": SENDER})).unwrap();
    assert_eq!(named, contract.encode(transfer, &json!([SENDER, -2])).unwrap());
    assert_eq!(named[..4], [0x84, 0xa1, 0x5d, 0xa1]);
    assert_eq!(named[4..24], hex::decode(&SENDER[2..]).unwrap());
    assert_eq!((named[24], &named[25..]), (0xfe, &[0xff; 31][..]));
    assert_eq!(contract.encode(contract.constructor(None).unwrap(), &Value::Null).unwrap(), [0x9b, 0xae, 0x9d, 0x5e]);
    assert_eq!((contract.name.as_str(), contract.wasm.as_deref()), ("Token", Some(&b"\0asm"[..])));
}

#[test]
fn wrong_arguments_are_named() {
    let contract = contract();
    let transfer = contract.message("transfer").unwrap();
    let why = |given| contract.encode(transfer, &given).unwrap_err().to_string();
    assert!(why(json!({"to": SENDER})).contains("amount"));
    assert!(why(json!({"to": SENDER, "amount": "much"})).contains("amount"));
    let beyond = format!("0x8{}", "0".repeat(63));
    assert!(why(json!([SENDER, beyond])).contains("amount"));
    assert!(contract.message("burn").unwrap_err().to_string().contains("transfer"));
    assert!(contract.constructor(Some("init")).unwrap_err().to_string().contains("new"));
}

#[test]
fn names_are_found_without_underscores_and_case_if_there_is_one() {
    let mut text = description();
    let message =
        |name: &str, selector: &str| json!({"label": name, "selector": selector, "mutates": true, "args": []});
    let names = [("token_uri", "0x00000001"), ("pay_out", "0x00000002"), ("payout", "0x00000003")];
    text["spec"]["messages"] = names.iter().map(|(name, selector)| message(name, selector)).collect();
    let contract = Contract::read(&text.to_string()).unwrap();
    let found = |name: &str| contract.message(name).ok().map(|one| one.name.clone());
    for name in ["token_uri", "tokenURI", "tokenUri", "TokenURI", "tokenuri"] {
        assert_eq!(found(name).as_deref(), Some("token_uri"), "{name}");
    }
    // Of two that it could be it is the one that is written like it, or none.
    assert_eq!(found("payout").as_deref(), Some("payout"));
    assert_eq!(found("pay_out").as_deref(), Some("pay_out"));
    assert_eq!(found("payOut"), None);
    assert_eq!(found("token"), None);
    assert_eq!(found(""), None);
    assert_eq!(contract.constructor(Some("New")).unwrap().name, "new");
}

#[test]
fn answers_and_events_are_read() {
    let contract = contract();
    let transfer = contract.message("transfer").unwrap();
    assert_eq!(contract.decode_answer(transfer, &[0, 1]).unwrap(), json!(true));
    assert_eq!(contract.decode_answer(transfer, &[1, 8, b'n', b'o']).unwrap(), json!({"Err": "no"}));
    assert!(contract.decode_answer(transfer, &[0, 1, 2]).is_err());
    let mut data = hex::decode(&SENDER[2..]).unwrap();
    data.extend([[0xff; 32].as_slice()].concat());
    let (name, fields) = contract.decode_event(Some(&[7; 32]), &data).unwrap();
    assert_eq!((name, &fields["amount"]), ("Sent", &json!("-1")));
    assert_eq!(contract.decode_event(Some(&[8; 32]), &data), None);
    data.push(0);
    assert_eq!(contract.decode_event(Some(&[7; 32]), &data), None);
}

#[test]
fn descriptions_that_are_none_are_refused() {
    let broken = |change: fn(&mut Value)| {
        let mut text = description();
        change(&mut text);
        Contract::read(&text.to_string()).unwrap_err()
    };
    assert_eq!(broken(|it| it["version"] = json!(3)), ContractError::Version("3".into()));
    assert!(matches!(broken(|it| it["types"][1]["id"] = json!(9)), ContractError::Format(_)));
    assert!(matches!(broken(|it| it["spec"]["messages"][0]["selector"] = json!("0x01")), ContractError::Format(_)));
    assert!(matches!(broken(|it| it["source"]["wasm"] = json!("0x1")), ContractError::Format(_)));
    let many = |what| assert!(matches!(what, ContractError::Format(why) if why.contains("more than")));
    many(broken(|it| {
        it["spec"]["messages"] = vec![it["spec"]["messages"][0].clone(); CONTRACT_ENTRIES_MAX + 1].into()
    }));
    many(broken(|it| {
        let args = &mut it["spec"]["events"][0]["args"];
        *args = vec![args[0].clone(); CONTRACT_ARGUMENTS_MAX + 1].into();
    }));
    many(broken(|it| {
        let variants = &mut it["types"][5]["type"]["def"]["variant"]["variants"];
        *variants = vec![variants[0].clone(); VARIANTS_MAX + 1].into();
    }));
    let long = " ".repeat(CONTRACT_TEXT_BYTES_MAX + 1);
    assert_eq!(Contract::read(&long).unwrap_err(), ContractError::TooLong(long.len()));
}

#[test]
fn name_of_a_type_with_very_many_fields_is_cut() {
    let mut text = description();
    text["types"][1]["type"] = json!({"def": {"tuple": vec![0; 100_000]}});
    let contract = Contract::read(&text.to_string()).unwrap();
    assert!(contract.messages[0].args[0].type_name.len() < 600);
}

#[test]
fn types_that_contain_themselves_end_with_an_error() {
    let mut text = description();
    text["types"][1]["type"] = json!({"def": {"composite": {"fields": [{"type": 1}]}}});
    let contract = Contract::read(&text.to_string()).unwrap();
    let transfer = contract.message("transfer").unwrap();
    assert_eq!(contract.encode(transfer, &json!([0, 0])).unwrap_err(), EncodeError::TooDeep);
    assert!(contract.decode_event(Some(&[7; 32]), &[0; 64]).is_none());
}
