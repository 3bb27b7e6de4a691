//! What a frame that reverts or fails undoes: itself, what it called, nothing else.

use ziver_contracts::{Error, deposit, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};

use crate::{
    puppet::{self, Callee, Script, log},
    world::{BALTATHAR, NOBODY, World},
};

struct Three {
    world: World,
    contracts: [AccountId20; 3],
}

fn three() -> Three {
    let mut world = World::new();
    let contracts = [&b"1"[..], b"2", b"3"].map(|salt| world.deploy_with(&puppet::code(), 10 * UNIT, &[], salt));
    Three { world, contracts }
}

/// Writes, emits and pays, each in its own way.
fn acts(who: u8) -> Script {
    let name = [who];
    Script::new().set(&name, b"value").emit(&name).transfer(&BALTATHAR, UNIT * u128::from(who))
}

#[test]
fn nothing_of_a_frame_that_ends_badly_is_left() {
    let endings: [fn(Script) -> Script; 3] = [Script::revert, Script::trap, |script| script.give(2, 0u32, 0)];
    for ending in endings {
        let Three { mut world, contracts: [one, other, third] } = three();
        let before = (world.free(&BALTATHAR), world.info(&other), world.info(&third), world.free(&other));
        let innermost = acts(3).build();
        let inner = ending(acts(2).call(&third, &innermost)).build();
        let how = Callee { value: UNIT, ..Callee::default() };
        let outcome = world.call(&one, 0, acts(1).call_with(&other, &inner, how).set(b"end", b"")).ok();
        let results = log(&outcome.executed().output);
        assert!(matches!(results.as_slice(), [_, 0, 1 | 2, _]), "{results:?}");
        // Storage, money, events, deposits: those of the first frame alone.
        assert_eq!(world.cell(&one, &[1]), Some(b"value".to_vec()));
        assert_eq!((world.cell(&other, &[2]), world.cell(&third, &[3])), (None, None));
        assert_eq!(outcome.emitted(), [(one, vec![1])]);
        let after = (world.free(&BALTATHAR), world.info(&other), world.info(&third), world.free(&other));
        assert_eq!(after, (before.0 + UNIT, before.1, before.2, before.3));
        let held = world.info(&one).unwrap().storage_base_deposit + deposit::price(5, 2);
        assert_eq!(world.held(&one), held);
        world.issuance();
    }
}

#[test]
fn frame_beneath_one_that_ends_well_is_undone_too_if_it_fails() {
    let Three { mut world, contracts: [one, other, third] } = three();
    let before = world.state();
    let inner = acts(2).call(&third, &acts(3).build()).build();
    world.fails(&one, acts(1).call(&other, &inner).revert(), Error::ContractReverted);
    world.fails(&one, acts(1).call(&other, &inner).trap(), Error::ContractTrapped);
    world.assert_state(&before);
}

#[test]
fn frames_after_one_that_was_undone_go_on() {
    let Three { mut world, contracts: [one, other, third] } = three();
    let script = Script::new()
        .call(&other, &acts(2).revert().build())
        .call(&third, &acts(3).build())
        .call(&other, &acts(2).trap().build())
        .call(&third, &acts(4).build());
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(log(&outcome.executed().output), [2, 0, 1, 0]);
    assert_eq!(outcome.emitted(), [(third, vec![3]), (third, vec![4])]);
    assert_eq!((world.info(&other).unwrap().storage_items, world.info(&third).unwrap().storage_items), (0, 2));
}

#[test]
fn contract_that_is_made_and_undone_takes_its_nonce_along() {
    let Three { mut world, contracts: [one, other, _] } = three();
    let hash = code_hash(&puppet::code());
    let refcount = world.code_info(&hash).unwrap().refcount;
    let made = ziver_contracts::create::by_nonce(&one, 1);
    // The constructor fails, the contract around it fails, and then it goes well: always at the same address.
    let fails = Script::new().revert().build();
    let _ = world.call(&one, 0, Script::new().instantiate(&hash, UNIT, &fails, b"")).ok();
    let good = Script::new().set(b"key", b"value").build();
    let whole = Script::new().instantiate(&hash, UNIT, &good, b"").expect(0).trap().build();
    let back = Callee { flags: crate::nesting::ALLOW_REENTRY, ..Callee::default() };
    let outer = Script::new().call(&one, &whole).build();
    let _ = world.call(&other, 0, Script::new().call_with(&other, &outer, back)).ok();
    assert_eq!((world.info(&one).unwrap().nonce, world.info(&made)), (0, None));
    assert_eq!(world.code_info(&hash).unwrap().refcount, refcount);
    assert_eq!(world.free(&made), 0);
    let script = Script::new().instantiate(&hash, UNIT, &good, b"").give(0, puppet::OUT, 20);
    assert_eq!(world.answer(&one, script), made.0);
    assert_eq!(world.info(&one).unwrap().nonce, 1);
    assert_eq!(world.cell(&made, b"key"), Some(b"value".to_vec()));
    assert_eq!(world.code_info(&hash).unwrap().refcount, refcount + 1);
}

#[test]
fn exchange_of_code_is_undone() {
    let Three { mut world, contracts: [one, other, _] } = three();
    let new = world.upload(&puppet::other_code());
    let mut input = Script::new();
    let at = input.data(&new.0);
    let input = input.import("seal0", "set_code_hash", &[at]);
    let before = world.state();
    let _ = world.call(&one, 0, Script::new().call(&other, &input.clone().revert().build())).ok();
    world.assert_state(&before);
    let _ = world.call(&one, 0, Script::new().call(&other, &input.build())).ok();
    assert_eq!(world.info(&other).unwrap().code_hash, new);
    assert_eq!(world.code_info(&new).unwrap().refcount, 1);
}

#[test]
fn end_of_a_contract_is_undone() {
    let Three { mut world, contracts: [one, other, third] } = three();
    let _ = world.answer(&third, Script::new().set(b"key", b"value"));
    let before = world.state();
    let ends = Script::new().terminate(&NOBODY).build();
    let inner = Script::new().call(&third, &ends).expect(0).call(&third, b"").expect(8).revert().build();
    let outcome = world.call(&one, 0, Script::new().call(&other, &inner).call(&third, b"")).ok();
    assert_eq!(log(&outcome.executed().output), [2, 0]);
    world.assert_state(&before);
}

#[test]
fn account_that_was_made_by_a_transfer_is_undone() {
    let Three { mut world, contracts: [one, other, _] } = three();
    let input = Script::new().transfer(&NOBODY, UNIT).expect(0).revert().build();
    let _ = world.call(&one, 0, Script::new().call(&other, &input).expect(2)).ok();
    assert_eq!(world.free(&NOBODY), 0);
    world.issuance();
}

#[test]
fn money_that_came_along_goes_back() {
    let Three { mut world, contracts: [one, other, _] } = three();
    let before = (world.free(&one), world.free(&other));
    let how = Callee { value: 5 * UNIT, ..Callee::default() };
    let paid = Script::new().transfer(&BALTATHAR, 12 * UNIT).expect(0).revert().build();
    let _ = world.call(&one, 0, Script::new().call_with(&other, &paid, how).expect(2)).ok();
    assert_eq!((world.free(&one), world.free(&other)), before);
}
