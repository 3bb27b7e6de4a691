//! Storage transactions within a call.

use ziver_contracts::{Error, deposit, limits::TRANSACTIONS_MAX, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};

use crate::{
    puppet::{self, Script, log},
    world::{BALTATHAR, World},
};

fn two() -> (World, AccountId20, AccountId20) {
    let mut world = World::new();
    let one = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"one");
    let other = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"other");
    (world, one, other)
}

fn acts(name: &[u8]) -> Script {
    Script::new().set(name, b"value").emit(name).transfer(&BALTATHAR, UNIT)
}

#[test]
fn rollback_undoes_storage_money_events_and_calls() {
    let (mut world, one, other) = two();
    let hash = code_hash(&puppet::code());
    let before = (world.free(&BALTATHAR), world.info(&other), world.held(&one));
    let script = Script::new().start().then(acts(b"gone").call(&other, &acts(b"other").build()).expect(0));
    let script = script.instantiate(&hash, 0, b"", b"").expect(0).rollback().emit(b"end").get(b"gone");
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(outcome.emitted(), [(one, b"end".to_vec())]);
    assert_eq!(log(&outcome.executed().output).last(), Some(&3));
    assert_eq!((world.free(&BALTATHAR), world.info(&other), world.held(&one)), before);
    let info = world.info(&one).unwrap();
    assert_eq!((info.nonce, info.storage_items), (0, 0));
}

#[test]
fn commit_keeps_all_of_it() {
    let (mut world, one, other) = two();
    let before = world.free(&BALTATHAR);
    let script = Script::new().start().then(acts(b"kept").call(&other, &acts(b"other").build()).expect(0)).commit();
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(outcome.emitted(), [(one, b"kept".to_vec()), (other, b"other".to_vec())]);
    assert_eq!(world.free(&BALTATHAR), before + 2 * UNIT);
    assert_eq!((world.info(&one).unwrap().storage_items, world.info(&other).unwrap().storage_items), (1, 1));
}

#[test]
fn transactions_nest() {
    let (mut world, one, _) = two();
    let write = |script: Script, key: &[u8]| script.set(key, key);
    // 1 ( 2 ( 3 ) undone, 4 ( 5 ) kept ) kept, 6 ( 7 ( 8 ) kept ) undone, 9
    let script = write(Script::new(), b"1").start();
    let script = write(write(script, b"2").start(), b"3").rollback();
    let script = write(write(script, b"4").start(), b"5").commit().commit();
    let script = write(write(write(script.start(), b"6").start(), b"7").start(), b"8").commit().commit().rollback();
    let _ = world.call(&one, 0, write(script, b"9")).ok();
    let kept: Vec<bool> =
        [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9"].map(|key| world.cell(&one, key).is_some()).into();
    assert_eq!(kept, [true, true, false, true, true, false, false, false, true]);
    let info = world.info(&one).unwrap();
    assert_eq!((info.storage_items, info.storage_bytes), (5, 5));
    assert_eq!(world.held(&one), info.storage_base_deposit + deposit::price(5, 5));
}

#[test]
fn writes_to_one_cell_are_undone_step_by_step() {
    let (mut world, one, _) = two();
    let script = Script::new().set(b"key", b"1").start().set(b"key", b"22").start().set(b"key", b"333").rollback();
    let script = script.start().clear(b"key").commit().rollback().set(b"key", b"4444");
    let output = log(&world.answer(&one, script));
    assert_eq!(output, [u64::from(u32::MAX), 1, 2, 2, 1]);
    assert_eq!(world.info(&one).unwrap().storage_bytes, 4);
}

#[test]
fn transaction_that_is_open_at_the_end_is_kept() {
    let (mut world, one, _) = two();
    let _ = world.call(&one, 0, Script::new().start().start().then(acts(b"kept"))).ok();
    assert_eq!(world.cell(&one, b"kept"), Some(b"value".to_vec()));
    assert_eq!(world.info(&one).unwrap().storage_items, 1);
}

#[test]
fn open_transactions_of_a_frame_that_fails_go_with_it() {
    let (mut world, one, other) = two();
    for ending in [Script::revert, Script::trap, Script::burn] {
        let before = world.state();
        let inner = ending(acts(b"a").start().then(acts(b"b")).start().then(acts(b"c"))).build();
        let how = puppet::Callee { gas: 1_000_000, ..puppet::Callee::default() };
        let script = Script::new().start().call_with(&other, &inner, how).rollback();
        let outcome = world.call(&one, 0, script).ok();
        assert_eq!(outcome.emitted(), []);
        world.assert_state(&before);
    }
}

#[test]
fn transactions_of_a_callee_do_not_disturb_the_callers() {
    let (mut world, one, other) = two();
    let inner = Script::new().start().then(acts(b"inner")).build();
    let script = Script::new().start().then(acts(b"outer")).call(&other, &inner).expect(0);
    let kept = world.call(&one, 0, script.clone().commit()).ok();
    assert_eq!(kept.emitted(), [(one, b"outer".to_vec()), (other, b"inner".to_vec())]);
    let undone = world.call(&one, 0, script.rollback()).ok();
    assert_eq!(undone.emitted(), []);
    assert_eq!((world.info(&one).unwrap().storage_items, world.info(&other).unwrap().storage_items), (1, 1));
}

#[test]
fn what_is_not_open_can_not_be_closed() {
    let (mut world, one, other) = two();
    for close in [Script::commit, Script::rollback] {
        world.fails(&one, close(Script::new()), Error::InvalidTransaction);
        world.fails(&one, close(Script::new().start().commit()), Error::InvalidTransaction);
        // Not even where the caller has one open.
        let script = Script::new().set(b"key", b"").start().call(&other, &close(Script::new()).build());
        assert_eq!(log(&world.answer(&one, script.expect(1).rollback())).last(), Some(&1));
    }
}

#[test]
fn transactions_are_bounded_over_all_frames() {
    let (mut world, one, other) = two();
    let open = |script: Script, times| (0..times).fold(script, |script, _| script.start());
    let _ = world.call(&one, 0, open(Script::new(), TRANSACTIONS_MAX)).ok();
    world.fails(&one, open(Script::new(), TRANSACTIONS_MAX + 1), Error::InvalidTransaction);
    let nested = |inner| open(Script::new(), 10).call(&other, &open(Script::new(), inner).build());
    assert_eq!(log(&world.answer(&one, nested(TRANSACTIONS_MAX - 10))), [0]);
    assert_eq!(log(&world.answer(&one, nested(TRANSACTIONS_MAX - 9))), [1]);
    // Those that were closed do not count, nor do those of a callee that has returned.
    let closed = (0..100).fold(Script::new(), |script, _| script.start().commit());
    let _ = world.call(&one, 0, closed).ok();
    let again = nested(TRANSACTIONS_MAX - 10);
    let again = again.then(Script::new().call(&other, &open(Script::new(), TRANSACTIONS_MAX - 10).build()));
    assert_eq!(log(&world.answer(&one, again)), [0, 0]);
}

#[test]
fn gas_of_what_was_rolled_back_stays_used() {
    let (mut world, one, _) = two();
    let script = |end: fn(Script) -> Script| end(Script::new().start().then(acts(b"key")));
    let gas = |world: &mut World, script| world.call(&one, 0, script).ok().gas_used();
    let rolled = gas(&mut world, script(Script::rollback));
    assert_eq!(gas(&mut world, script(Script::commit)), rolled);
}
