//! Calls: byte-exact against what the runtime takes, and clear errors.

use codec::{Compact, Encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use ziver_metadata::{DecodeError, EncodeError, parse_arguments};

use crate::runtime::{all, metadata};

const BALTATHAR: [u8; 20] = [
    0x3c, 0xd0, 0xa7, 0x05, 0xa2, 0xdc, 0x65, 0xe5, 0xb1, 0xe1, 0x20, 0x58, 0x96, 0xba, 0xa2, 0xbe, 0x8a, 0x07, 0xc6,
    0xe0,
];

fn error(pallet: &str, call: &str, arguments: Value) -> String {
    metadata().encode_call(pallet, call, &arguments).unwrap_err().to_string()
}

#[test]
fn transfer_is_the_runtimes_bytes_in_every_form_of_its_arguments() {
    let expected = ([5u8, 3], BALTATHAR, Compact(1_500_000_000_000_000_000u128)).encode();
    let texts = [
        r#"{"dest": "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0", "value": "1500000000000000000"}"#,
        r#"{"dest": "0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0", "value": 1500000000000000000}"#,
        r#"["0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0", "0x14d1120d7b160000"]"#,
        r#"["0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0", "1_500_000_000_000_000_000"]"#,
        "{ dest: 0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0, value: 1_500_000_000_000_000_000 }",
        "(0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0, 1500000000000000000)",
    ];
    for metadata in all() {
        for text in texts {
            let arguments = parse_arguments(text).unwrap();
            assert_eq!(
                metadata.encode_call("Balances", "transfer_keep_alive", &arguments),
                Ok(expected.clone()),
                "{text}"
            );
        }
    }
}

#[test]
fn nested_calls_are_written_and_read_back() {
    let arguments = json!({"calls": [
        {"System": {"remark": {"remark": "0x010203"}}},
        {"Utility": {"batch_all": {"calls": []}}},
        {"Balances": {"transfer_keep_alive": {"dest": format!("0x{}", hex::encode(BALTATHAR)), "value": "7"}}},
    ]});
    let expected = (
        [1u8, 0],
        Compact(3u32),
        ([0u8, 0], vec![1u8, 2, 3]),
        ([1u8, 2], Compact(0u32)),
        ([5u8, 3], BALTATHAR, Compact(7u128)),
    );
    for metadata in all() {
        let bytes = metadata.encode_call("Utility", "batch", &arguments).unwrap();
        assert_eq!(bytes, expected.encode());
        let call = metadata.decode_call(&bytes).unwrap();
        assert_eq!((call.pallet.as_str(), call.call.as_str()), ("Utility", "batch"));
        assert_eq!((call.pallet_index, call.call_index), (1, 0));
        assert_eq!(Value::Object(call.args), arguments);
    }
}

#[test]
fn calls_without_arguments_take_none_in_any_form() {
    let metadata = metadata();
    let call = metadata.pallets().iter().flat_map(|pallet| pallet.calls.iter().map(move |call| (pallet, call)));
    let (pallet, call) = call.into_iter().find(|(_, call)| call.args.is_empty()).expect("Sudo.remove_key");
    for arguments in [json!(null), json!([]), json!({}), parse_arguments("").unwrap(), parse_arguments("()").unwrap()] {
        assert_eq!(metadata.encode_call(&pallet.name, &call.name, &arguments), Ok(vec![pallet.index, call.index]));
    }
}

#[test]
fn errors_name_the_place_and_the_type() {
    let account = format!("0x{}", hex::encode(BALTATHAR));
    assert_eq!(
        error("Balances", "transfer_keep_alive", json!({ "dest": account })),
        "argument `value` (Compact<u128>) is missing"
    );
    assert_eq!(
        error("Balances", "transfer_keep_alive", json!({"dest": "0x12", "value": 1})),
        "argument `dest`: 20 bytes as 0x and 40 hexadecimal digits expected, \"0x12\" found"
    );
    assert_eq!(
        error("Balances", "transfer_keep_alive", json!({"dest": account, "value": -1})),
        "argument `value`: u128 expected, -1 found"
    );
    assert_eq!(
        error("Balances", "transfer_keep_alive", json!({"dest": account, "value": 1, "memo": 2})),
        "`memo` is not among the arguments; expected: dest: AccountId20, value: Compact<u128>"
    );
    assert_eq!(
        error("Utility", "batch", json!({"calls": [{"System": {"remark": {"remark": "hello"}}}]})),
        "argument `calls[0].System.remark.remark`: bytes as 0x and hexadecimal digits expected, \"hello\" found"
    );
    assert!(
        error("Balances", "transfer", json!([])).starts_with("the runtime has no call `Balances.transfer`; it has: ")
    );
    assert!(error("Money", "transfer", json!([])).starts_with("the runtime has no pallet `Money`; it has: System, "));
    assert!(error("Utility", "batch", json!([["Nothing"]])).contains("RuntimeCall (one of {\"System\": ..}, "));
    assert!(error("Balances", "transfer_keep_alive", json!([1])).contains("2 values expected, an array of 1 found"));
}

#[test]
fn text_that_is_neither_form_says_what_is_wrong_with_both() {
    let error = parse_arguments("{ dest: ").unwrap_err();
    assert!(matches!(error, EncodeError::Text { .. }), "{error}");
    assert_eq!(parse_arguments(&"(".repeat(100_000)), Err(EncodeError::TooDeep));
    assert!(parse_arguments(&"[".repeat(100_000)).is_err());
}

#[test]
fn arguments_nested_too_deep_are_refused() {
    let mut call = json!({"System": {"remark": {"remark": "0x"}}});
    for _ in 0..30 {
        call = json!({"Utility": {"batch": {"calls": [call]}}});
    }
    assert_eq!(metadata().encode_call("Utility", "batch", &json!({"calls": [call]})), Err(EncodeError::TooDeep));
}

#[test]
fn unknown_indices_and_rests_are_refused() {
    let metadata = metadata();
    assert_eq!(metadata.decode_call(&[99, 0]), Err(DecodeError::Unknown("pallet with index 99".into())));
    assert!(metadata.decode_call(&[5, 99]).is_err());
    assert!(metadata.decode_call(&[5]).is_err());
    assert_eq!(metadata.decode_call(&[0, 0, 0, 7]), Err(DecodeError::LeftOver(1)));
}

proptest! {
    #[test]
    fn any_remark_and_transfer_survive_both_ways(remark: Vec<u8>, dest: [u8; 20], value: u128) {
        let expected = (
            [1u8, 4], Compact(2u32), ([0u8, 0], &remark), ([5u8, 0], dest, Compact(value)),
        ).encode();
        let metadata = metadata();
        let call = metadata.decode_call(&expected).unwrap();
        let again = metadata.encode_call(&call.pallet, &call.call, &Value::Object(call.args));
        prop_assert_eq!(again, Ok(expected));
    }
}
