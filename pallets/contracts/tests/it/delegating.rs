//! Delegate calls: another's code on one's own storage.

use ziver_contracts::{Error, Event, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};

use crate::{
    nesting::{ALLOW_REENTRY, TAIL_CALL},
    puppet::{self, Callee, OUT, Script, log},
    world::{ALITH, BALTATHAR, World},
};

fn world() -> (World, AccountId20, AccountId20) {
    let mut world = World::new();
    let one = world.deploy(&puppet::code());
    let library = world.deploy(&puppet::other_code());
    (world, one, library)
}

fn library() -> ziver_primitives::Hash {
    code_hash(&puppet::other_code())
}

#[test]
fn delegate_writes_the_callers_storage() {
    let (mut world, one, other) = world();
    let input = Script::new().set(b"key", b"value").emit(b"event").build();
    let outcome = world.call(&one, 0, Script::new().delegate(0, &library(), &input)).ok();
    assert_eq!((world.cell(&one, b"key"), world.cell(&other, b"key")), (Some(b"value".to_vec()), None));
    assert_eq!(outcome.emitted(), [(one, b"event".to_vec())]);
    assert!(outcome.contracts().contains(&Event::DelegateCalled { contract: one, code_hash: library() }));
    assert_eq!((world.info(&one).unwrap().storage_items, world.info(&other).unwrap().storage_items), (1, 0));
}

#[test]
fn delegate_sees_the_callers_caller_value_and_address() {
    let (mut world, one, _) = world();
    let mut told = |name: &str, len: u32| {
        let input = Script::new().tell("seal0", name, len).build();
        let script = Script::new().delegate(0, &library(), &input).expect(0).give(0, OUT, len);
        world.call(&one, 3 * UNIT, script).ok().executed().output
    };
    assert_eq!(told("caller", 20), ALITH.0);
    assert_eq!(told("value_transferred", 16), (3 * UNIT).to_le_bytes());
    assert_eq!(told("address", 20), one.0);
    assert_eq!(told("own_code_hash", 32), library().0);
    // The money moved once.
    assert_eq!(told("balance", 16), (15 * UNIT).to_le_bytes());
}

#[test]
fn delegate_spends_the_callers_money() {
    let (mut world, one, _) = world();
    let before = (world.free(&one), world.free(&BALTATHAR));
    let input = Script::new().transfer(&BALTATHAR, UNIT).build();
    let _ = world.call(&one, 3 * UNIT, Script::new().delegate(0, &library(), &input).expect(0)).ok();
    assert_eq!((world.free(&one), world.free(&BALTATHAR)), (before.0 + 2 * UNIT, before.1 + UNIT));
}

#[test]
fn delegate_that_reverts_is_undone_alone() {
    let (mut world, one, _) = world();
    let input = Script::new().set(b"key", b"other").set(b"more", b"").emit(b"gone").revert().build();
    let script = Script::new().set(b"key", b"value").delegate(0, &library(), &input).emit(b"kept");
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(log(&outcome.executed().output), [u64::from(u32::MAX), 2]);
    assert_eq!((world.cell(&one, b"key"), world.cell(&one, b"more")), (Some(b"value".to_vec()), None));
    assert_eq!(outcome.emitted(), [(one, b"kept".to_vec())]);
    assert_eq!(world.info(&one).unwrap().storage_items, 1);
}

#[test]
fn delegate_may_exchange_the_callers_code() {
    let (mut world, one, _) = world();
    let mut input = Script::new();
    let at = input.data(&library().0);
    let input = input.import("seal0", "set_code_hash", &[at]).build();
    let _ = world.answer(&one, Script::new().delegate(0, &library(), &input));
    assert_eq!(world.info(&one).unwrap().code_hash, library());
    assert_eq!(world.code_info(&library()).unwrap().refcount, 2);
}

#[test]
fn delegate_may_not_end_the_caller() {
    let (mut world, one, _) = world();
    let input = Script::new().terminate(&BALTATHAR).build();
    world.fails(&one, Script::new().delegate(TAIL_CALL, &library(), &input).expect(0), Error::ContractTrapped);
    assert_eq!(log(&world.answer(&one, Script::new().delegate(TAIL_CALL, &library(), &input))), [1]);
}

#[test]
fn contracts_made_by_a_delegate_are_the_callers() {
    let (mut world, one, _) = world();
    let input = Script::new().instantiate(&library(), 0, b"", b"").give(0, OUT, 20).build();
    let script = Script::new().delegate(0, &library(), &input).expect(0).give(0, OUT, 20);
    let made = world.answer(&one, script);
    assert_eq!(made, ziver_contracts::create::by_nonce(&one, 1).0);
    assert_eq!(world.info(&one).unwrap().nonce, 1);
}

#[test]
fn call_of_a_delegate_comes_from_the_contract() {
    let (mut world, one, other) = world();
    let innermost = Script::new().tell("seal0", "caller", 20).build();
    let how = Callee { output: true, ..Callee::default() };
    let input = Script::new().call_with(&other, &innermost, how).give(0, OUT, 20).build();
    let script = Script::new().delegate(0, &library(), &input).expect(0).give(0, OUT, 20);
    assert_eq!(world.answer(&one, script), one.0);
}

#[test]
fn delegate_decides_about_re_entry_by_itself() {
    let (mut world, one, other) = world();
    let back = Script::new().call(&one, b"").expect(0).build();
    for (flags, code) in [(0, 1), (ALLOW_REENTRY, 0)] {
        let how = Callee { flags, ..Callee::default() };
        let input = Script::new().call_with(&other, &back, how).give(0, puppet::LOG, 8).build();
        let script = Script::new().delegate(0, &library(), &input).expect(0).give(0, OUT, 8);
        assert_eq!(log(&world.answer(&one, script)), [code]);
    }
}
