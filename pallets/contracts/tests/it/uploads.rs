//! `upload_code` and `remove_code`.

use codec::Compact;
use ziver_balances::held_by;
use ziver_contracts::{
    Call, Error, Event,
    call::{Determinism, weight_of},
    code::{self, limits::prepared_bytes_max},
    deposit::{CODE_UPLOAD, price},
    storage::{CodeInfo, PREPARED_CODE, PRISTINE_CODE},
    upload::code_hash,
    weights,
};
use ziver_primitives::{
    AccountId20, Balance, Hash,
    hashing::{blake2_256, keccak_256},
};
use ziver_support::{DispatchError, Dispatchable, Origin, Weight};

use crate::sandbox::Interpreter;
use crate::world::{ALITH, BALTATHAR, GAS, IDLE, POOR, World, instantiate, upload, wat};

fn held(world: &mut World, who: &AccountId20) -> Balance {
    held_by(&world.ctx(), CODE_UPLOAD, who)
}

fn deposit(code: &[u8]) -> Balance {
    price((code.len() + code::prepare(code).unwrap().code.len()) as u64, 3)
}

fn remove(code_hash: Hash) -> Call {
    Call::remove_code { code_hash }
}

#[test]
fn upload_stores_the_code_and_holds_a_deposit() {
    let mut world = World::new();
    let code = wat(IDLE);
    let prepared = code::prepare(&code).unwrap().code;
    let outcome = world.dispatch(Origin::Signed(ALITH), upload(&code, None)).ok();
    let hash = Hash::from(blake2_256(&code));
    let held_now = held(&mut world, &ALITH);
    assert_eq!(held_now, deposit(&code));
    let stored = Event::CodeStored { code_hash: hash, deposit_held: held_now, uploader: ALITH };
    assert_eq!(outcome.contracts(), [stored]);
    let info = CodeInfo {
        owner: ALITH,
        deposit: held_now,
        refcount: 0,
        code_len: code.len() as u32,
        prepared_hash: Hash::from(keccak_256(&prepared)),
        prepared_len: prepared.len() as u32,
        memory_pages: 1,
    };
    assert_eq!(world.code_info(&hash), Some(info));
    assert_eq!(PRISTINE_CODE.get(&world.ctx(), &hash), Some(code));
    assert_eq!(PREPARED_CODE.get(&world.ctx(), &hash), Some(prepared));
    world.issuance();
}

#[test]
fn upload_of_known_code_changes_nothing() {
    let mut world = World::new();
    let code = wat(IDLE);
    world.upload(&code);
    let before = world.state();
    for who in [ALITH, BALTATHAR] {
        let outcome = world.dispatch(Origin::Signed(who), upload(&code, Some(0))).ok();
        assert_eq!(outcome.events, []);
    }
    world.assert_state(&before);
}

#[test]
fn upload_beyond_the_deposit_limit_is_refused() {
    let mut world = World::new();
    let code = wat(IDLE);
    let exact = deposit(&code);
    let limit = |limit| upload(&code, Some(limit));
    world.refused(Origin::Signed(ALITH), limit(exact - 1), Error::StorageDepositLimitExhausted);
    let _ = world.dispatch(Origin::Signed(ALITH), limit(exact)).ok();
}

#[test]
fn upload_without_money_for_the_deposit_is_refused() {
    let mut world = World::new();
    world.refused(Origin::Signed(POOR), upload(&wat(IDLE), None), Error::StorageDepositNotEnoughFunds);
}

#[test]
fn nothing_is_compiled_before_the_deposit_is_certain() {
    let sandbox: &'static Interpreter = Box::leak(Box::new(Interpreter::new()));
    let mut world = World::with_sandbox(sandbox);
    let prepared = keccak_256(&code::prepare(&wat(IDLE)).unwrap().code);
    world.refused(Origin::Signed(POOR), upload(&wat(IDLE), None), Error::StorageDepositNotEnoughFunds);
    world.refused(Origin::Signed(ALITH), upload(&wat(IDLE), Some(0)), Error::StorageDepositLimitExhausted);
    assert!(!sandbox.knows(&prepared));
    world.upload(&wat(IDLE));
    assert!(sandbox.knows(&prepared));
}

#[test]
fn upload_by_nobody_is_refused() {
    let mut world = World::new();
    for origin in [Origin::Root, Origin::None] {
        world.refused(origin, upload(&wat(IDLE), None), DispatchError::BadOrigin);
    }
}

#[test]
fn upload_as_indeterministic_is_refused() {
    let mut world = World::new();
    let call = Call::upload_code {
        code: wat(IDLE),
        storage_deposit_limit: Some(Compact(0)),
        determinism: Determinism::Relaxed,
    };
    world.refused(Origin::Signed(ALITH), call, Error::Indeterministic);
}

#[test]
fn modules_that_are_no_contracts_are_refused() {
    let entries = r#"(func (export "call")) (func (export "deploy"))"#;
    let refused = [
        ("data outside of memory", format!(r#"(module (memory 1) {entries} (data (i32.const 65536) "x"))"#)),
        ("data far outside of memory", format!(r#"(module (memory 1) {entries} (data (i32.const -1) "x"))"#)),
        ("no memory", format!("(module {entries})")),
        ("too much memory", format!("(module (memory 17) {entries})")),
        ("floats", format!("(module (memory 1) {entries} (func (param f64)))")),
        ("a float constant", format!("(module (memory 1) {entries} (func (drop (f32.const 1))))")),
        ("a start function", format!("(module (memory 1) {entries} (func $s) (start $s))")),
        ("no call", r#"(module (memory 1) (func (export "deploy")))"#.into()),
        ("no deploy", r#"(module (memory 1) (func (export "call")))"#.into()),
        ("a call with a result", {
            r#"(module (memory 1) (func (export "call") (result i32) i32.const 0) (func (export "deploy")))"#.into()
        }),
        ("an unknown import", format!(r#"(module (import "seal0" "random" (func)) (memory 1) {entries})"#)),
        ("the metering's import", format!(r#"(module (import "ziver" "0" (func (param i32))) (memory 1) {entries})"#)),
        ("an import of another type", {
            format!(r#"(module (import "seal0" "caller" (func (param i64 i32))) (memory 1) {entries})"#)
        }),
    ];
    let mut world = World::new();
    for (what, text) in refused {
        println!("{what}");
        world.refused(Origin::Signed(ALITH), upload(&wat(&text), None), Error::CodeRejected);
    }
    for bytes in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0", &[0; 1 << 18]] {
        world.refused(Origin::Signed(ALITH), upload(bytes, None), Error::CodeRejected);
    }
}

/// What an upload takes, by what it depends on.
fn took(len: usize, prepared_len: usize, functions: usize) -> Weight {
    weights::UPLOAD_CODE
        .saturating_add(weights::UPLOAD_BYTE.saturating_mul(len as u64))
        .saturating_add(weights::PREPARED_BYTE.saturating_mul(prepared_len as u64))
        .saturating_add(weights::UPLOAD_FUNCTION.saturating_mul(functions as u64))
}

#[test]
fn upload_takes_what_the_prepared_module_says() {
    let mut world = World::new();
    // Calls grow most when they are metered.
    let text = |body: &str| format!("{} (func {}))", &IDLE[..IDLE.len() - 1], body.repeat(500));
    for code in [wat(IDLE), wat(&text("nop ")), wat(&text("(drop (i32.const 1)) call 0 "))] {
        let prepared = code::prepare(&code).unwrap().code.len();
        assert!(prepared <= prepared_bytes_max(code.len()));
        let functions = if code == wat(IDLE) { 2 } else { 3 };
        let outcome = world.dispatch(Origin::Signed(ALITH), upload(&code, None)).ok();
        assert_eq!(outcome.weight, took(code.len(), prepared, functions));
        // What is there already is not compiled again.
        let again = world.dispatch(Origin::Signed(BALTATHAR), upload(&code, None)).ok();
        assert_eq!(again.weight, took(code.len(), 0, 0));
    }
    // The same with a deployment, whether or not its constructor fails.
    for text in [text("(drop (i32.const 2)) call 0 "), text("nop ").replace("\"deploy\")", "\"deploy\") unreachable")] {
        let code = wat(&text);
        let prepared = code::prepare(&code).unwrap().code.len();
        let call = Call::instantiate_with_code {
            value: 0,
            gas_limit: weight_of(GAS),
            storage_deposit_limit: None,
            code: code.clone(),
            data: vec![],
            salt: vec![],
        };
        let outcome = world.dispatch(Origin::Signed(ALITH), call);
        let beside_gas = took(code.len(), prepared, 3).saturating_add(weights::INSTANTIATE);
        assert_eq!(outcome.weight, beside_gas.saturating_add(weight_of(outcome.gas_used())));
    }
}

#[test]
fn modules_that_grow_too_much_are_refused() {
    let mut world = World::new();
    // 6 bytes that become about 50: a frame, and a check of gas behind the call.
    let code = wat(&format!("{} {})", &IDLE[..IDLE.len() - 1], "(func call 0)".repeat(2_000)));
    world.refused(Origin::Signed(ALITH), upload(&code, None), Error::CodeRejected);
    assert_eq!(code::prepare(&code).map(|prepared| prepared.code.len()), Err(code::CodeError::PreparedTooLarge));
}

#[test]
fn upload_weighs_by_the_byte_and_by_the_function() {
    let weight = |code: &[u8]| upload(code, None).dispatch_info().weight;
    assert_eq!(weight(&[]), weights::UPLOAD_CODE);
    let bytes = |len: usize| took(len, prepared_bytes_max(len), 0);
    assert_eq!(weight(&[0; 1000]), bytes(1000));
    // Compilers take their time for each function, however small.
    for functions in [0, 1, 100, 1_998] {
        let code = wat(&format!("{} {})", &IDLE[..IDLE.len() - 1], "(func)".repeat(functions)));
        let all = weights::UPLOAD_FUNCTION.saturating_mul(functions as u64 + 2);
        assert_eq!(weight(&code), bytes(code.len()).saturating_add(all));
        // What surrounds the section of functions does not hide it.
        let custom = [&code[..8], &[0, 3, 1, b'x', 9], &code[8..]].concat();
        assert_eq!(weight(&custom), bytes(custom.len()).saturating_add(all));
    }
}

#[test]
fn weight_of_a_broken_module_is_bounded() {
    let weight = |code: &[u8]| upload(code, None).dispatch_info().weight;
    let code = wat(IDLE);
    let most = weights::UPLOAD_FUNCTION.saturating_mul(2);
    for len in 0..code.len() {
        assert!(!weight(&code[..len]).any_gt(took(len, prepared_bytes_max(len), 0).saturating_add(most)));
    }
    // More functions than allowed are refused before anything is compiled.
    let claims = [&b"\0asm\x01\0\0\0"[..], &[3, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    assert_eq!(weight(&claims), took(15, prepared_bytes_max(15), code::limits::FUNCTIONS_MAX as usize));
}

#[test]
fn removal_gives_the_deposit_back_and_leaves_nothing() {
    let mut world = World::new();
    let before = world.state();
    let code = wat(IDLE);
    let hash = world.upload(&code);
    let deposit_released = held(&mut world, &ALITH);
    let outcome = world.dispatch(Origin::Signed(ALITH), remove(hash)).ok();
    assert_eq!(outcome.contracts(), [Event::CodeRemoved { code_hash: hash, deposit_released, remover: ALITH }]);
    world.assert_state(&before);
}

#[test]
fn removal_of_unknown_code_is_refused() {
    let mut world = World::new();
    world.refused(Origin::Signed(ALITH), remove(code_hash(b"?")), Error::CodeNotFound);
}

#[test]
fn removal_by_another_than_the_owner_is_refused() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    for origin in [Origin::Signed(BALTATHAR), Origin::Root, Origin::None] {
        world.refused(origin, remove(hash), DispatchError::BadOrigin);
    }
}

#[test]
fn removal_of_code_in_use_is_refused() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    let _ = world.dispatch(Origin::Signed(BALTATHAR), instantiate(&hash, 0, [], b"salt")).ok();
    assert_eq!(world.code_info(&hash).unwrap().refcount, 1);
    world.refused(Origin::Signed(ALITH), remove(hash), Error::CodeInUse);
}

#[test]
fn code_can_be_uploaded_again_after_its_removal_by_somebody_else() {
    let mut world = World::new();
    let code = wat(IDLE);
    let hash = world.upload(&code);
    let _ = world.dispatch(Origin::Signed(ALITH), remove(hash)).ok();
    let _ = world.dispatch(Origin::Signed(BALTATHAR), upload(&code, None)).ok();
    assert_eq!(world.code_info(&hash).unwrap().owner, BALTATHAR);
    assert_eq!((held(&mut world, &ALITH), held(&mut world, &BALTATHAR)), (0, deposit(&code)));
}
