use alloc::string::String;
use ziver_primitives::transaction::DevelopmentAccount;
use ziver_support::MemoryExternalities;

use super::*;

fn build(json: &str) -> (Result<(), String>, MemoryExternalities) {
    let mut ext = MemoryExternalities::default();
    let result = build_state(&mut Ctx::new(&mut ext), json.as_bytes());
    (result, ext)
}

const ALITH: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";

#[test]
fn development_accounts_are_those_whose_keys_are_known() {
    assert_eq!(DEVELOPMENT_ACCOUNTS, DevelopmentAccount::ALL.map(DevelopmentAccount::account));
}

#[test]
fn presets_build_states() {
    for name in [None, Some(DEVELOPMENT)] {
        let json = String::from_utf8(preset(name).unwrap()).unwrap();
        assert_eq!(build(&json).0, Ok(()), "{json}");
    }
    assert_eq!(preset(Some("production")), None);
}

#[test]
fn development_preset_gives_each_account_its_money_and_alith_the_key() {
    let (_, mut ext) = build(&String::from_utf8(preset(Some(DEVELOPMENT)).unwrap()).unwrap());
    let ctx = Ctx::new(&mut ext);
    for who in DEVELOPMENT_ACCOUNTS {
        assert_eq!(ziver_balances::free_balance(&ctx, &who), DEVELOPMENT_BALANCE);
    }
    assert_eq!(ziver_balances::total_issuance(&ctx), 6 * DEVELOPMENT_BALANCE);
    assert_eq!(ziver_sudo::KEY.get(&ctx), Some(DevelopmentAccount::Alith.account()));
}

#[test]
fn amounts_are_numbers_or_texts_to_the_last_digit() {
    for amount in ["340282366920938463463374607431768211455", "\"340282366920938463463374607431768211455\""] {
        let (result, mut ext) = build(&alloc::format!(r#"{{"balances":{{"balances":[["{ALITH}",{amount}]]}}}}"#));
        assert_eq!(result, Ok(()));
        assert_eq!(ziver_balances::total_issuance(&Ctx::new(&mut ext)), u128::MAX);
    }
}

#[test]
fn wrong_amounts_are_refused() {
    for amount in ["1e18", "-1", "1.5", "\"\"", "\"0x10\"", "null", "340282366920938463463374607431768211456", "[]"] {
        let (result, ext) = build(&alloc::format!(r#"{{"balances":{{"balances":[["{ALITH}",{amount}]]}}}}"#));
        let error = result.unwrap_err();
        assert!(error.contains("an amount is a whole number of at most 128 bits"), "{amount}: {error}");
        assert!(ext.pairs().is_empty());
    }
}

#[test]
fn unknown_fields_and_malformed_json_are_refused_without_a_trace() {
    let cases = [
        (r#"{"balance":{}}"#, "unknown field `balance`"),
        (r#"{"balances":{"accounts":[]}}"#, "unknown field `accounts`"),
        (r#"{"sudo":{"key":"0x12"}}"#, "an address is 0x followed by 40 hexadecimal digits"),
        (r#"{"transactionPayment":{"burnShare":1000001}}"#, "burn share"),
        (r#"{"sudo":{"key":null}"#, "EOF"),
        ("", "EOF"),
    ];
    for (json, wanted) in cases {
        let error = build(json).0.unwrap_err();
        assert!(error.contains(wanted), "{json}: {error}");
    }
}

#[test]
fn deep_json_is_refused_without_a_stack_for_it() {
    let json = "[".repeat(1_000_000);
    assert!(build(&json).0.is_err());
}
