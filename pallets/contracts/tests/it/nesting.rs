//! Calls between contracts: input, output, money, flags, return codes.

use ziver_contracts::{Error, Event, event::Origin as By, prices, upload::code_hash};
use ziver_primitives::{AccountId20, UNIT};

use crate::{
    flow::ECHO,
    puppet::{self, Callee, NONE, OUT, ROOM, Script, log, step},
    world::{ALITH, BALTATHAR, NOBODY, World, wat},
};

pub const FORWARD_INPUT: u32 = 1;
pub const CLONE_INPUT: u32 = 2;
pub const TAIL_CALL: u32 = 4;
pub const ALLOW_REENTRY: u32 = 8;
pub const READ_ONLY: u32 = 16;

const CALLEE_TRAPPED: u64 = 1;
const CALLEE_REVERTED: u64 = 2;
const TRANSFER_FAILED: u64 = 5;
const CODE_NOT_FOUND: u64 = 7;
const NOT_CALLABLE: u64 = 8;

struct Three {
    world: World,
    one: AccountId20,
    other: AccountId20,
    echo: AccountId20,
}

fn three() -> Three {
    let mut world = World::new();
    let one = world.deploy(&puppet::code());
    let other = world.deploy_with(&puppet::code(), 0, &[], b"other");
    let echo = world.deploy(&wat(ECHO));
    Three { world, one, other, echo }
}

fn with(flags: u32) -> Callee {
    Callee { flags, output: true, ..Callee::default() }
}

#[test]
fn callee_gets_its_input_and_the_caller_its_output() {
    let Three { mut world, one, echo, .. } = three();
    let script = Script::new().call_with(&echo, b"hello", with(0)).expect(0).give(0, OUT, 5);
    let outcome = world.call(&one, 0, script).ok();
    assert_eq!(outcome.executed().output, b"hello");
    assert!(outcome.contracts().contains(&Event::Called { caller: By::Signed(one), contract: echo }));
    let room = Script::new().call_with(&echo, b"hello", with(0)).step(step::PEEK, &[ROOM.into()]);
    assert_eq!(log(&world.answer(&one, room))[1], 5);
}

#[test]
fn each_call_that_succeeds_is_announced() {
    let Three { mut world, one, other, .. } = three();
    let called = |outcome: crate::world::Outcome| -> Vec<_> {
        let called =
            |event| if let Event::Called { caller, contract } = event { Some((caller, contract)) } else { None };
        outcome.contracts().into_iter().filter_map(called).collect()
    };
    let by_alith = (By::Signed(ALITH), one);
    assert_eq!(called(world.call(&one, 0, []).ok()), [by_alith]);
    let to_other = |input: Script| Script::new().call(&other, &input.build());
    assert_eq!(called(world.call(&one, 0, to_other(Script::new())).ok()), [(By::Signed(one), other), by_alith]);
    assert_eq!(called(world.call(&one, 0, to_other(Script::new().revert())).ok()), [by_alith]);
    assert_eq!(called(world.call(&one, 0, Script::new().revert())), []);
}

#[test]
fn money_of_a_call_moves() {
    let Three { mut world, one, echo, .. } = three();
    let script = Script::new().call_with(&echo, b"", Callee { value: 2 * UNIT, ..Callee::default() }).expect(0);
    let before = (world.free(&one), world.free(&echo));
    let _ = world.call(&one, 5 * UNIT, script).ok();
    assert_eq!((world.free(&one), world.free(&echo)), (before.0 + 3 * UNIT, before.1 + 2 * UNIT));
}

#[test]
fn failures_of_a_call_are_told_apart() {
    let Three { mut world, one, other, .. } = three();
    let mut told = |script: Script| log(&world.answer(&one, script));
    let to = |input: Script| Script::new().call(&other, &input.build());
    assert_eq!(told(to(Script::new().trap())), [CALLEE_TRAPPED]);
    assert_eq!(told(to(Script::new().revert())), [CALLEE_REVERTED]);
    assert_eq!(told(Script::new().call(&NOBODY, b"")), [NOT_CALLABLE]);
    assert_eq!(told(Script::new().call(&ALITH, b"")), [NOT_CALLABLE]);
    let rich = Callee { value: 1_000_000 * UNIT, ..Callee::default() };
    assert_eq!(told(Script::new().call_with(&other, b"", rich)), [TRANSFER_FAILED]);
    assert_eq!(told(Script::new().transfer(&other, UNIT)), [TRANSFER_FAILED]);
    assert_eq!(told(Script::new().transfer(&NOBODY, 1)), [TRANSFER_FAILED]);
    assert_eq!(told(Script::new().delegate(0, &code_hash(b"?"), b"")), [CODE_NOT_FOUND]);
    assert_eq!(told(Script::new().instantiate(&code_hash(b"?"), 0, b"", b"")), [CODE_NOT_FOUND]);
    let hash = code_hash(&puppet::code());
    assert_eq!(told(Script::new().instantiate(&hash, UNIT, b"", b"")), [TRANSFER_FAILED]);
    let input = Script::new().revert().build();
    assert_eq!(told(Script::new().instantiate(&hash, 0, &input, b"")), [CALLEE_REVERTED]);
    let input = Script::new().trap().build();
    assert_eq!(told(Script::new().instantiate(&hash, 0, &input, b"")), [CALLEE_TRAPPED]);
    assert_eq!(told(Script::new().delegate(0, &hash, &input)), [CALLEE_TRAPPED]);
}

#[test]
fn transfer_moves_money() {
    let Three { mut world, one, .. } = three();
    let before = (world.free(&one), world.free(&BALTATHAR));
    let outcome = world.call(&one, 5 * UNIT, Script::new().transfer(&BALTATHAR, 2 * UNIT)).ok();
    assert_eq!(log(&outcome.executed().output), [0]);
    assert_eq!((world.free(&one), world.free(&BALTATHAR)), (before.0 + 3 * UNIT, before.1 + 2 * UNIT));
    // All but what keeps the contract alive.
    assert_eq!(log(&world.answer(&one, Script::new().transfer(&NOBODY, 3 * UNIT + 1))), [TRANSFER_FAILED]);
    assert_eq!(log(&world.answer(&one, Script::new().transfer(&NOBODY, 3 * UNIT))), [0]);
    assert_eq!(world.free(&NOBODY), 3 * UNIT);
    world.issuance();
}

#[test]
fn transfer_that_makes_an_account_pays_for_it() {
    let Three { mut world, one, .. } = three();
    let mut gas = |to, value| world.call(&one, UNIT, Script::new().transfer(to, value).expect(0)).ok().gas_used();
    let known = gas(&BALTATHAR, UNIT);
    assert!((prices::TRANSFER..prices::TRANSFER + 20_000).contains(&known));
    assert_eq!(gas(&NOBODY, 0), known, "nothing is made by nothing");
    assert_eq!(gas(&NOBODY, UNIT), known + prices::STORAGE_WRITE);
    assert_eq!(gas(&NOBODY, UNIT), known);
}

#[test]
fn output_of_a_reverted_call_is_given_too() {
    let Three { mut world, one, other, .. } = three();
    let mut input = Script::new();
    let message = input.data(b"because");
    let input = input.give(1, message, 7).build();
    let script = Script::new().call_with(&other, &input, with(0)).expect(2).give(0, OUT, 7);
    assert_eq!(world.answer(&one, script), b"because");
}

#[test]
fn forwarded_input_is_gone() {
    let Three { mut world, one, echo, .. } = three();
    let script = Script::new().call_with(&echo, b"unused", with(FORWARD_INPUT)).expect(0);
    let whole = script.clone().give(0, OUT, 8 * 20);
    assert_eq!(world.answer(&one, whole.clone()), whole.build()[..160]);
    world.fails(&one, script.clone().tell("seal0", "input", 1000), Error::InputForwarded);
    let again = script.clone().call_with(&echo, b"", with(FORWARD_INPUT));
    world.fails(&one, again, Error::InputForwarded);
    world.fails(&one, script.call_with(&echo, b"", with(CLONE_INPUT)), Error::InputForwarded);
}

#[test]
fn cloned_input_stays() {
    let Three { mut world, one, echo, .. } = three();
    let script = Script::new().call_with(&echo, b"unused", with(CLONE_INPUT)).expect(0);
    let again = script.call_with(&echo, b"", with(CLONE_INPUT)).expect(0).tell("seal0", "input", 390);
    assert_eq!(world.answer(&one, again.clone()), again.build());
}

#[test]
fn forwarded_input_is_gone_even_if_the_call_fails() {
    let Three { mut world, one, .. } = three();
    let script = Script::new().call_with(&NOBODY, b"", with(FORWARD_INPUT)).expect(8);
    world.fails(&one, script.tell("seal0", "input", 1000), Error::InputForwarded);
}

#[test]
fn tail_call_ends_the_caller_with_the_callees_answer() {
    let Three { mut world, one, other, echo } = three();
    let script = Script::new().call_with(&echo, b"hello", with(TAIL_CALL)).trap();
    assert_eq!(world.answer(&one, script), b"hello");
    // A revert of the callee is one of the caller.
    let mut input = Script::new();
    let message = input.data(b"because");
    let input = input.give(1, message, 7).build();
    let script = Script::new().set(b"key", b"value").call_with(&other, &input, with(TAIL_CALL)).trap();
    let outcome = world.fails(&one, script, Error::ContractReverted);
    assert_eq!(outcome.executed().output, b"because");
    // A callee that failed has no answer: the caller goes on.
    let script = Script::new().call_with(&NOBODY, b"", with(TAIL_CALL));
    assert_eq!(log(&world.answer(&one, script)), [NOT_CALLABLE]);
    let script = Script::new().call_with(&other, &Script::new().trap().build(), with(TAIL_CALL));
    assert_eq!(log(&world.answer(&one, script)), [CALLEE_TRAPPED]);
}

#[test]
fn forwarded_tail_call_is_a_proxy() {
    let Three { mut world, one, echo, .. } = three();
    let script = Script::new().call_with(&echo, b"", with(FORWARD_INPUT | TAIL_CALL)).trap();
    assert_eq!(world.answer(&one, script.clone()), script.build());
    let script = Script::new().delegate(FORWARD_INPUT | TAIL_CALL, &code_hash(&wat(ECHO)), b"").trap();
    assert_eq!(world.answer(&one, script.clone()), script.build());
}

#[test]
fn flags_that_nobody_knows_or_that_contradict_are_refused() {
    let Three { mut world, one, echo, .. } = three();
    for flags in [FORWARD_INPUT | CLONE_INPUT, FORWARD_INPUT | CLONE_INPUT | TAIL_CALL, 32, 1 << 31, u32::MAX] {
        world.fails(&one, Script::new().call_with(&echo, b"", with(flags)), Error::InvalidCallFlags);
        let delegate = Script::new().delegate(flags, &code_hash(&wat(ECHO)), b"");
        world.fails(&one, delegate, Error::InvalidCallFlags);
    }
}

#[test]
fn read_only_call_may_not_write() {
    let Three { mut world, one, other, .. } = three();
    let hash = code_hash(&puppet::code());
    let mut code = Script::new();
    let at = code.data(&hash.0);
    let mut fixed = Script::new();
    let key = fixed.data(&[0; 32]);
    let zero = 0u32.into();
    let take = Script::new().import("seal0", "take_storage", &[OUT.into(), 1u32.into(), zero, zero]);
    let writes = [
        Script::new().set(b"key", b"value"),
        Script::new().clear(b"key"),
        take,
        fixed.clone().import("seal0", "set_storage", &[key, zero, zero]),
        fixed.import("seal0", "clear_storage", &[key]),
        Script::new().emit(b"event"),
        Script::new().transfer(&BALTATHAR, 0),
        Script::new().instantiate(&hash, 0, b"", b""),
        Script::new().terminate(&BALTATHAR),
        code.import("seal0", "set_code_hash", &[at]),
    ];
    for write in writes {
        let direct = Script::new().call_with(&other, &write.build(), with(READ_ONLY));
        let before = world.state();
        assert_eq!(log(&world.answer(&one, direct)), [CALLEE_TRAPPED], "{write:?}");
        // However deep, by a call or by the code of another.
        let nested = Script::new().call(&other, &write.build()).expect(0);
        let nested = Script::new().call_with(&one, &nested.build(), with(READ_ONLY | ALLOW_REENTRY));
        assert_eq!(log(&world.answer(&other, nested)), [CALLEE_TRAPPED]);
        let delegate = Script::new().delegate(0, &hash, &write.build()).expect(0).build();
        let delegate = Script::new().call_with(&other, &delegate, with(READ_ONLY));
        assert_eq!(log(&world.answer(&one, delegate)), [CALLEE_TRAPPED]);
        let delegate = Script::new().delegate(READ_ONLY, &hash, &write.build());
        assert_eq!(log(&world.answer(&one, delegate)), [CALLEE_TRAPPED]);
        world.assert_state(&before);
    }
}

#[test]
fn read_only_call_reads_and_answers() {
    let Three { mut world, one, other, .. } = three();
    let _ = world.answer(&other, Script::new().set(b"key", b"value"));
    let read = Script::new().get(b"key").start().commit().give(0, OUT, 5).build();
    let script = Script::new().call_with(&other, &read, with(READ_ONLY)).expect(0).give(0, OUT, 5);
    assert_eq!(world.answer(&one, script), b"value");
    // The caller may write again afterwards.
    let script = Script::new().call_with(&other, &read, with(READ_ONLY)).set(b"key", b"");
    assert_eq!(log(&world.answer(&one, script)), [0, u64::from(u32::MAX)]);
}

#[test]
fn read_only_call_takes_no_money() {
    let Three { mut world, one, other, .. } = three();
    let how = Callee { value: 1, flags: READ_ONLY, ..Callee::default() };
    world.fails(&one, Script::new().call_with(&other, b"", how), Error::StateChangeDenied);
    let pays = Script::new().call_with(&other, b"", Callee { value: 1, ..Callee::default() }).build();
    let script = Script::new().call_with(&one, &pays, with(READ_ONLY));
    assert_eq!(log(&world.answer(&other, script)), [CALLEE_TRAPPED]);
}

#[test]
fn all_versions_of_call_mean_the_same() {
    let Three { mut world, one, echo, .. } = three();
    let mut script = Script::new();
    let (callee, value, input) = (script.data(&echo.0), script.data(&UNIT.to_le_bytes()), script.data(b"hello"));
    let (five, none, zero): (puppet::Arg, puppet::Arg, puppet::Arg) = (5u32.into(), NONE.into(), 0u32.into());
    let out = [OUT.into(), ROOM.into()];
    let versions = [
        ("seal0", vec![callee, 20u32.into(), zero, value, 16u32.into(), input, five, out[0], out[1]]),
        ("seal1", vec![zero, callee, zero, value, input, five, out[0], out[1]]),
        ("seal2", vec![zero, callee, zero, zero, none, value, input, five, out[0], out[1]]),
    ];
    for (module, args) in versions {
        let before = world.free(&echo);
        let script = script.clone().poke(ROOM, 5).import(module, "call", &args).expect(0).give(0, OUT, 5);
        assert_eq!(world.call(&one, UNIT, script).ok().executed().output, b"hello", "{module}");
        assert_eq!(world.free(&echo), before + UNIT);
    }
}

#[test]
fn all_versions_of_instantiate_mean_the_same() {
    let Three { mut world, one, .. } = three();
    let hash = code_hash(&wat(ECHO));
    let mut script = Script::new();
    let (code, value, input) = (script.data(&hash.0), script.data(&UNIT.to_le_bytes()), script.data(b"hello"));
    let salts = [script.data(b"seal0"), script.data(b"seal1"), script.data(b"seal2")];
    let (five, none, zero): (puppet::Arg, puppet::Arg, puppet::Arg) = (5u32.into(), NONE.into(), 0u32.into());
    let out = [OUT.into(), ROOM.into(), (OUT + 20).into(), (ROOM + 8).into()];
    let tail = |salt: usize| [&[input, five][..], &out, &[salts[salt], five]].concat();
    let versions = [
        ("seal0", [&[code, 32u32.into(), zero, value, 16u32.into()][..], &tail(0)].concat()),
        ("seal1", [&[code, zero, value][..], &tail(1)].concat()),
        ("seal2", [&[code, zero, zero, none, value][..], &tail(2)].concat()),
    ];
    for (module, args) in versions {
        let script = script.clone().poke(ROOM, 20).poke(ROOM + 8, 5);
        let script = script.import(module, "instantiate", &args).expect(0).give(0, OUT, 25);
        let output = world.call(&one, UNIT, script).ok().executed().output;
        let made = ziver_contracts::create::by_salt(&one, &hash, b"hello", module.as_bytes());
        assert_eq!(output, [&made.0[..], b"hello"].concat());
        assert_eq!(world.info(&made).unwrap().owner, Some(one));
    }
}

#[test]
fn deposit_limit_of_a_nested_call_is_kept() {
    let Three { mut world, one, other, .. } = three();
    let cell = ziver_contracts::deposit::price(5, 1);
    let input = Script::new().set(b"key", b"value").build();
    let script = |limit: u128| {
        let mut script = Script::new();
        let (callee, value, limit) = (script.data(&other.0), script.data(&[0; 16]), script.data(&limit.to_le_bytes()));
        let (len, input, zero) = (input.len() as u32, script.data(&input), 0u32.into());
        let args = [zero, callee, zero, zero, limit, value, input, len.into(), NONE.into(), zero];
        script.import("seal2", "call", &args)
    };
    assert_eq!(log(&world.answer(&one, script(cell - 1))), [CALLEE_TRAPPED]);
    assert_eq!(world.cell(&other, b"key"), None);
    assert_eq!(log(&world.answer(&one, script(cell))), [0]);
    assert_eq!(world.cell(&other, b"key"), Some(b"value".to_vec()));
}
