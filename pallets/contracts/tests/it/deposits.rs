//! Storage deposits: who pays, who is paid, what is announced.

use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{Error, Event, deposit::price, upload::code_hash};
use ziver_primitives::{AccountId20, Balance, UNIT};
use ziver_support::Origin;

use crate::{
    nesting::ALLOW_REENTRY,
    puppet::{self, Callee, Script, log},
    world::{ALITH, BALTATHAR, GAS, Outcome, World, call, call_with},
};

fn two() -> (World, AccountId20, AccountId20) {
    let mut world = World::new();
    let one = world.deploy_with(&puppet::code(), 0, &[], b"one");
    let other = world.deploy_with(&puppet::code(), 0, &[], b"other");
    (world, one, other)
}

/// Deposits that were announced: paid (positive) and given back, with the contract.
fn moved(outcome: &Outcome) -> Vec<(AccountId20, i128)> {
    let moved = |event| match event {
        Event::StorageDepositTransferredAndHeld { from: ALITH, to, amount } => Some((to, amount as i128)),
        Event::StorageDepositTransferredAndReleased { from, to: ALITH, amount } => Some((from, -(amount as i128))),
        _ => None,
    };
    outcome.contracts().into_iter().filter_map(moved).collect()
}

#[test]
fn writer_pays_and_who_removes_is_paid() {
    let (mut world, one, _) = two();
    let (alith, baltathar, held) = (world.free(&ALITH), world.free(&BALTATHAR), world.held(&one));
    let deposit = price(5, 1);
    let outcome = world.call(&one, 0, Script::new().set(b"key", b"value")).ok();
    assert_eq!(moved(&outcome), [(one, deposit as i128)]);
    assert_eq!((world.free(&ALITH), world.held(&one)), (alith - deposit, held + deposit));
    let clear = call(&one, 0, Script::new().clear(b"key"));
    let _ = world.dispatch(Origin::Signed(BALTATHAR), clear).ok();
    assert_eq!((world.free(&BALTATHAR), world.held(&one)), (baltathar + deposit, held));
    assert_eq!(world.free(&one), EXISTENTIAL_DEPOSIT);
    world.issuance();
}

#[test]
fn only_the_difference_moves() {
    let (mut world, one, _) = two();
    let mut moves = |script: Script| moved(&world.call(&one, 0, script).ok());
    let byte = price(1, 0) as i128;
    assert_eq!(moves(Script::new().set(b"key", b"value").clear(b"key")), []);
    assert_eq!(moves(Script::new().set(b"key", b"a").set(b"key", b"value")), [(one, price(5, 1) as i128)]);
    assert_eq!(moves(Script::new().set(b"key", b"other")), []);
    assert_eq!(moves(Script::new().set(b"key", b"longer value")), [(one, 7 * byte)]);
    assert_eq!(moves(Script::new().set(b"key", b"")), [(one, -12 * byte)]);
    assert_eq!(moves(Script::new().clear(b"key").set(b"more", b"12")), [(one, 2 * byte)]);
    assert_eq!(moves(Script::new().clear(b"more")), [(one, -(price(2, 1) as i128))]);
    assert_eq!(moves(Script::new().clear(b"more")), []);
}

#[test]
fn each_contract_is_settled_once() {
    let (mut world, one, other) = two();
    let write = |key: &[u8]| Script::new().set(key, b"value").build();
    let clear = |key: &[u8]| Script::new().clear(key).build();
    let _ = world.call(&other, 0, write(b"old")).ok();
    let script = Script::new()
        .set(b"1", b"")
        .call(&other, &write(b"1"))
        .set(b"2", b"")
        .call(&other, &clear(b"old"))
        .clear(b"1")
        .call(&other, &clear(b"1"));
    let outcome = world.call(&one, 0, script).ok();
    let mut expected = [(one, price(0, 1) as i128), (other, -(price(5, 1) as i128))];
    expected.sort_by_key(|(_, amount)| *amount);
    assert_eq!(moved(&outcome), expected);
}

#[test]
fn what_is_given_back_pays_for_what_is_written() {
    let (mut world, one, other) = two();
    let _ = world.call(&other, 0, Script::new().set(b"key", &[0; 100])).ok();
    let all = world.free(&ALITH) - EXISTENTIAL_DEPOSIT;
    let keep = ziver_balances::Existence::Preserve;
    ziver_balances::transfer(&mut world.ctx(), &ALITH, &BALTATHAR, all, keep).unwrap();
    let clear = Script::new().clear(b"key").build();
    let swap = |len: usize| Script::new().set(b"key", &vec![0; len]).call(&other, &clear);
    world.fails(&one, swap(101), Error::StorageDepositNotEnoughFunds);
    let _ = world.call(&one, 0, swap(100)).ok();
    assert_eq!(world.free(&ALITH), EXISTENTIAL_DEPOSIT);
}

#[test]
fn deposit_limit_is_on_the_difference() {
    let (mut world, one, other) = two();
    let _ = world.call(&other, 0, Script::new().set(b"key", &[0; 100])).ok();
    let script = Script::new().set(b"key", &[0; 150]).call(&other, &Script::new().clear(b"key").build());
    let with = |limit: Balance| call_with(&one, 0, script.clone(), GAS, Some(limit));
    world.refused(Origin::Signed(ALITH), with(price(50, 0) - 1), Error::StorageDepositLimitExhausted);
    let _ = world.dispatch(Origin::Signed(ALITH), with(price(50, 0))).ok();
}

#[test]
fn deposit_limit_of_zero_allows_what_costs_nothing() {
    let (mut world, one, _) = two();
    let with = |script: Script| call_with(&one, 0, script, GAS, Some(0));
    let set = |value: &[u8]| Script::new().set(b"key", value);
    world.refused(Origin::Signed(ALITH), with(set(b"value")), Error::StorageDepositLimitExhausted);
    let _ = world.call(&one, 0, set(b"value")).ok();
    for free in [Script::new(), set(b"other"), set(b"less").clear(b"key")] {
        let _ = world.dispatch(Origin::Signed(ALITH), with(free)).ok();
    }
    assert_eq!(world.info(&one).unwrap().storage_items, 0);
}

#[test]
fn storage_that_a_delegate_writes_is_held_on_the_contract_that_has_it() {
    let (mut world, one, _) = two();
    let library = world.upload(&puppet::other_code());
    let held = world.held(&one);
    let delegate = |input: Script| Script::new().delegate(0, &library, &input.build()).expect(0);
    let outcome = world.call(&one, 0, delegate(Script::new().set(b"key", b"value"))).ok();
    assert_eq!(moved(&outcome), [(one, price(5, 1) as i128)]);
    assert_eq!(world.held(&one), held + price(5, 1));
    let baltathar = world.free(&BALTATHAR);
    let clear = call(&one, 0, delegate(Script::new().clear(b"key")));
    let _ = world.dispatch(Origin::Signed(BALTATHAR), clear).ok();
    assert_eq!((world.held(&one), world.free(&BALTATHAR)), (held, baltathar + price(5, 1)));
    world.issuance();
}

#[test]
fn deposits_of_new_contracts_count_against_the_limit() {
    let (mut world, one, _) = two();
    let hash = code_hash(&puppet::code());
    let input = Script::new().set(b"key", b"value").build();
    let script = Script::new().instantiate(&hash, 0, &input, b"").expect(0);
    let base = world.info(&one).unwrap().storage_base_deposit;
    let exact = base + price(5, 1) + EXISTENTIAL_DEPOSIT;
    let with = |limit: Balance| call_with(&one, 0, script.clone(), GAS, Some(limit));
    world.refused(Origin::Signed(ALITH), with(exact - 1), Error::StorageDepositLimitExhausted);
    let free = world.free(&ALITH);
    let _ = world.dispatch(Origin::Signed(ALITH), with(exact)).ok();
    assert_eq!(world.free(&ALITH), free - exact);
}

#[test]
fn signer_pays_and_not_the_contract() {
    let (mut world, one, other) = two();
    let _ = world.call(&one, 5 * UNIT, []).ok();
    let before = (world.free(&one), world.free(&other));
    let input = Script::new().set(b"key", b"value").build();
    let _ = world.call(&one, 0, Script::new().call(&other, &input)).ok();
    assert_eq!((world.free(&one), world.free(&other)), before);
}

#[test]
fn deposits_on_hold_can_not_be_spent() {
    let (mut world, one, _) = two();
    let _ = world.call(&one, UNIT, Script::new().set(b"key", &[0; 10_000])).ok();
    assert!(world.held(&one) > UNIT / 10);
    let script = Script::new().transfer(&BALTATHAR, UNIT + 1).transfer(&BALTATHAR, UNIT);
    assert_eq!(log(&world.answer(&one, script)), [5, 0]);
}

#[test]
fn writes_around_a_reverted_call_are_counted_alone() {
    let (mut world, one, other) = two();
    let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
    // one writes, is re-entered and writes again, which is undone; then it writes once more.
    let again = Script::new().set(b"2", &[0; 50]).clear(b"1").build();
    let inner = Script::new().call(&one, &again).expect(0).revert().build();
    let script = Script::new().set(b"1", b"1").call_with(&other, &inner, how).expect(2).set(b"3", b"333");
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(moved(&outcome), [(one, price(4, 2) as i128)]);
    assert_eq!(world.info(&one).unwrap().storage_items, 2);
}

#[test]
fn deposits_of_contracts_with_many_cells_come_back_to_the_last_unit() {
    let (mut world, one, _) = two();
    let (free, held) = (world.free(&ALITH), world.held(&one));
    for len in 1..40 {
        let _ = world.call(&one, 0, Script::new().set(&[len], &vec![len; usize::from(len)])).ok();
    }
    for len in (1..40).rev() {
        let _ = world.call(&one, 0, Script::new().clear(&[len])).ok();
    }
    assert_eq!((world.free(&ALITH), world.held(&one)), (free, held));
    let info = world.info(&one).unwrap();
    assert_eq!((info.storage_byte_deposit, info.storage_item_deposit), (0, 0));
}
