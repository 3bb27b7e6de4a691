//! What the hostile try: endless recursion, too much memory, storage, output, events.

use codec::Encode;
use ziver_contracts::{
    Error, deposit,
    limits::{CALL_BYTES_MAX, CALL_DEPTH_MAX, DEBUG_BYTES_MAX, EVENT_BYTES_MAX},
    prices,
};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::Origin;

use crate::{
    nesting::ALLOW_REENTRY,
    puppet::{self, Callee, NONE, OUT, ROOM, Script, log, step},
    world::{ALITH, BALTATHAR, GAS, Outcome, Seen, World, call_with, wat},
};

fn world() -> (World, AccountId20) {
    let mut world = World::new();
    let puppet = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"");
    (world, puppet)
}

/// A contract that calls itself as often as each gas unit allows, `times` in each frame, and goes on whatever becomes of it.
fn recursive(times: usize) -> Vec<u8> {
    let call = "(drop (call $call (i32.const 8) (i32.const 0) (i64.const 0) (i32.const 32) (i32.const 0) (i32.const 0)
        (i32.const -1) (i32.const 0)))";
    wat(&format!(
        r#"(module (import "seal0" "address" (func $address (param i32 i32)))
        (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
        (memory 1) (func (export "deploy"))
        (func (export "call") (i32.store (i32.const 64) (i32.const 20)) (call $address (i32.const 0) (i32.const 64)) {}))"#,
        call.repeat(times)
    ))
}

#[test]
fn calls_nest_to_the_limit_and_no_further() {
    let (mut world, puppet) = world();
    let how = Callee { flags: ALLOW_REENTRY, output: true, ..Callee::default() };
    let nest = |depth: usize| {
        let innermost = Script::new().import("seal0", "reentrance_count", &[]);
        (0..depth)
            .fold(innermost, |inner, _| Script::new().call_with(&puppet, &inner.build(), how).expect(0).give(0, OUT, 8))
    };
    let deepest = CALL_DEPTH_MAX as u64;
    assert_eq!(log(&world.answer(&puppet, nest(CALL_DEPTH_MAX))), [deepest]);
    // One more fails in the frame that is one too many; the one beneath expects otherwise and traps, and so on.
    world.fails(&puppet, nest(CALL_DEPTH_MAX + 1), Error::ContractTrapped);
    let again = nest(CALL_DEPTH_MAX);
    let end = Script::new().call_with(&puppet, &again.build(), how);
    assert_eq!(log(&world.answer(&puppet, end)), [1]);
}

#[test]
fn code_and_constructors_count_as_calls() {
    let (mut world, puppet) = world();
    let hash = world.upload(&puppet::code());
    let delegates =
        (0..CALL_DEPTH_MAX).fold(Script::new(), |inner, _| Script::new().delegate(0, &hash, &inner.build()).expect(0));
    let _ = world.call(&puppet, 0, delegates.clone()).ok();
    world.fails(&puppet, Script::new().delegate(0, &hash, &delegates.build()).expect(0), Error::ContractTrapped);
    let makes = (0..CALL_DEPTH_MAX)
        .fold(Script::new(), |inner, _| Script::new().instantiate(&hash, 0, &inner.build(), b"").expect(0));
    let _ = world.call(&puppet, 0, makes.clone()).ok();
    world.fails(&puppet, Script::new().instantiate(&hash, 0, &makes.build(), b"").expect(0), Error::ContractTrapped);
}

#[test]
fn endless_recursion_over_calls_ends_at_the_limit() {
    let mut world = World::new();
    let contract = world.deploy(&recursive(1));
    let outcome = world.call(&contract, 0, []).ok();
    assert!(outcome.gas_used() < 100_000, "{}", outcome.gas_used());
    // Where each frame calls many times, the gas ends it.
    let many = world.deploy(&recursive(50));
    let outcome = world.fails(&many, [], Error::OutOfGas);
    assert_eq!(outcome.gas_used(), GAS);
}

#[test]
fn endless_recursion_in_code_ends_at_the_limit_of_the_stack() {
    let (mut world, puppet) = world();
    let recurse = Script::new().set(b"key", b"").step(step::RECURSE, &[]);
    let outcome = world.fails(&puppet, recurse.clone(), Error::MaxCallDepthReached);
    assert!(outcome.gas_used() < 200_000, "{}", outcome.gas_used());
    // However deep it happens, the callers go on.
    let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
    let nested = (0..CALL_DEPTH_MAX).fold(recurse, |inner, _| Script::new().call_with(&puppet, &inner.build(), how));
    assert_eq!(log(&world.answer(&puppet, nested)), [0]);
}

#[test]
fn deep_stack_leaves_less_for_those_that_are_called_from_there() {
    // Goes as deep as its input's first word says, then calls the contract behind it, and answers how that ended.
    let diver = wat(r#"(module (import "seal0" "input" (func $input (param i32 i32)))
        (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
        (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
        (memory 1) (func (export "deploy"))
        (func $dive (param i32)
            (if (local.get 0)
                (then (call $dive (i32.sub (local.get 0) (i32.const 1))))
                (else (i32.store (i32.const 0) (call $call (i32.const 8) (i32.const 20) (i64.const 0) (i32.const 128)
                    (i32.const 40) (i32.sub (i32.load (i32.const 0)) (i32.const 24)) (i32.const -1) (i32.const 0))))))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 64)) (call $input (i32.const 16) (i32.const 0))
            (call $dive (i32.load (i32.const 16))) (call $return (i32.const 0) (i32.const 0) (i32.const 4))))"#);
    let mut world = World::new();
    let (one, other) = (world.deploy_with(&diver, 0, &[], b"1"), world.deploy_with(&diver, 0, &[], b"2"));
    let plan = |depth: u32, then: &[u8]| [&depth.to_le_bytes()[..], &other.0, then].concat();
    let idle = world.deploy(&wat(crate::world::IDLE));
    let last = |depth: u32| [&depth.to_le_bytes()[..], &idle.0].concat();
    let mut ends = |depth: u32, then: u32| world.answer(&one, plan(depth, &last(then)))[0];
    assert_eq!((ends(0, 0), ends(700, 700), ends(0, 1_500), ends(1_500, 0)), (0, 0, 0, 0));
    assert_eq!(ends(1_500, 1_500), 1, "all instances of a call share one stack");
}

#[test]
fn memory_grows_to_its_limit_in_every_frame() {
    let (mut world, puppet) = world();
    let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
    let grow = |script: Script| script.step(step::GROW, &[14u32.into()]).expect(2).step(step::GROW, &[1u32.into()]);
    let nested = (0..CALL_DEPTH_MAX)
        .fold(grow(Script::new()), |inner, _| grow(Script::new()).call_with(&puppet, &inner.build(), how).expect(0));
    let outcome = world.call(&puppet, 0, nested).ok();
    assert!(outcome.gas_used() > 11 * 15 * prices::PAGE);
}

#[test]
fn output_bomb_costs_its_thrower() {
    let (mut world, puppet) = world();
    let bomb = wat(&format!(
        r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 5)
        (func (export "deploy")) (func (export "call") (call $return (i32.const 0) (i32.const 0) (i32.const {CALL_BYTES_MAX}))))"#
    ));
    let bomb = world.deploy(&bomb);
    let alone = world.call(&bomb, 0, []).ok().gas_used();
    assert!(alone > u64::from(CALL_BYTES_MAX) / prices::BYTES_PER_COPY_GAS);
    // Who does not want the output goes on, and pays for nothing but the call.
    let idle = world.deploy(&wat(crate::world::IDLE));
    let nothing = world.call(&idle, 0, []).ok().gas_used();
    let mut around =
        |callee, gas| world.call(&puppet, 0, Script::new().call(callee, b"").expect(0)).ok().gas_used() - gas;
    assert_eq!(around(&bomb, alone), around(&idle, nothing));
    // With limited gas the bomb does not even go off.
    let how = Callee { gas: 50_000, ..Callee::default() };
    assert_eq!(log(&world.answer(&puppet, Script::new().call_with(&bomb, b"", how))), [1]);
    // Who wants it must have the room.
    let wants = Script::new().call_with(&bomb, b"", Callee { output: true, ..Callee::default() });
    world.fails(&puppet, wants, Error::OutputBufferTooSmall);
}

#[test]
fn input_of_a_call_is_bounded() {
    let (mut world, puppet) = world();
    let mut script = Script::new();
    let (callee, value) = (script.data(&puppet.0), script.data(&[0; 16]));
    let args = |len: u32| [0u32.into(), callee, 0u32.into(), value, 0u32.into(), len.into(), NONE.into(), 0u32.into()];
    for (len, error) in [(CALL_BYTES_MAX + 1, Error::ValueTooLarge), (CALL_BYTES_MAX, Error::OutOfBounds)] {
        world.fails(&puppet, script.clone().import("seal1", "call", &args(len)), error);
    }
    let mut script = Script::new();
    let code = script.data(&[0; 48]);
    let salted = [
        code,
        0u64.into(),
        code,
        code,
        0u32.into(),
        OUT.into(),
        ROOM.into(),
        NONE.into(),
        0u32.into(),
        code,
        1025u32.into(),
    ];
    world.fails(&puppet, script.import("seal1", "instantiate", &salted), Error::ValueTooLarge);
}

#[test]
fn long_input_of_a_transaction_does_no_harm() {
    let mut world = World::new();
    let idle = world.deploy(&wat(crate::world::IDLE));
    let outcome = world.call(&idle, 0, vec![7; 4 << 20]).ok();
    assert!(outcome.weight.ref_time > 4_000_000_000);
    let puppet = world.deploy(&puppet::code());
    world.fails(&puppet, vec![7; 4 << 20], Error::OutputBufferTooSmall);
}

/// Writes cells with keys that count up, until the gas is gone or `times` times.
fn flood(times: u64, value_len: u32) -> Script {
    let begin = Script::new().poke(OUT, times);
    let at = begin.here();
    let args = [OUT.into(), 8u32.into(), 0u32.into(), value_len.into()];
    begin.import("seal2", "set_storage", &args).step(step::REPEAT, &[OUT.into(), at.into()])
}

#[test]
fn storage_bomb_is_stopped_by_the_deposit_limit() {
    let (mut world, puppet) = world();
    let deposit = deposit::price(100 * 10, 10);
    let with = |limit| call_with(&puppet, 0, flood(10, 100), GAS, Some(limit));
    world.refused(Origin::Signed(ALITH), with(deposit - 1), Error::StorageDepositLimitExhausted);
    let free = world.free(&ALITH);
    let _ = world.dispatch(Origin::Signed(ALITH), with(deposit)).ok();
    assert_eq!(world.free(&ALITH), free - deposit);
    assert_eq!(world.info(&puppet).unwrap().storage_items, 10);
}

#[test]
fn storage_bomb_is_stopped_by_the_gas() {
    let (mut world, puppet) = world();
    let outcome = world.fails(&puppet, flood(1_000_000, 100), Error::OutOfGas);
    assert_eq!(outcome.gas_used(), GAS);
}

#[test]
fn storage_bomb_is_stopped_by_the_signers_money() {
    let (mut world, puppet) = world();
    let keep = ziver_balances::Existence::Preserve;
    let most = world.free(&ALITH) - UNIT;
    ziver_balances::transfer(&mut world.ctx(), &ALITH, &BALTATHAR, most, keep).unwrap();
    let call = call_with(&puppet, 0, flood(1_000, 100), GAS, None);
    world.refused(Origin::Signed(ALITH), call, Error::StorageDepositNotEnoughFunds);
}

/// Emits the same event over and over.
fn event_flood(times: u64, len: u32, topics: u32) -> Script {
    let mut begin = Script::new().poke(OUT, times);
    let topics = vec![[7u8; 32]; topics as usize].encode();
    let topics_len = topics.len() as u32;
    let topics = begin.data(&topics);
    let at = begin.here();
    let args = [topics, topics_len.into(), 0x2000u32.into(), len.into()];
    begin.import("seal0", "deposit_event", &args).step(step::REPEAT, &[OUT.into(), at.into()])
}

#[test]
fn event_flood_is_paid_for() {
    let (mut world, puppet) = world();
    let endless = call_with(&puppet, 0, event_flood(u64::MAX, 0, 0), 300_000, None);
    world.refused(Origin::Signed(ALITH), endless, Error::OutOfGas);
    for (len, topics) in [(0, 0), (0, 4), (100, 0), (EVENT_BYTES_MAX, 4)] {
        let outcome: Outcome = world.call(&puppet, 0, event_flood(50, len, topics)).ok();
        assert_eq!(outcome.emitted().len(), 50);
        let more = outcome.gas_used() - world.call(&puppet, 0, event_flood(1, len, topics)).ok().gas_used();
        let least = prices::EVENT * u64::from(1 + topics) + prices::EVENT_BYTE * u64::from(len);
        assert!(more > 49 * least, "{len} {topics}: {more}");
    }
}

#[test]
fn events_have_their_limits() {
    let (mut world, puppet) = world();
    let emit = |topics: &[u8], len: u32| {
        let mut script = Script::new();
        let (at, topics_len) = (script.data(topics), topics.len() as u32);
        script.import("seal0", "deposit_event", &[at, topics_len.into(), 0x2000u32.into(), len.into()])
    };
    let topics = |count: usize| (0..count).map(|topic| [topic as u8; 32]).collect::<Vec<_>>();
    let outcome = world.call(&puppet, 0, emit(&topics(4).encode(), EVENT_BYTES_MAX)).ok();
    let (Seen::Contracts(_), found) = &outcome.events[0] else { panic!("the contract's event comes first") };
    assert_eq!(found.iter().map(|topic| topic.0).collect::<Vec<_>>(), topics(4));
    world.fails(&puppet, emit(&topics(5).encode(), 0), Error::TooManyTopics);
    world.fails(&puppet, emit(&topics(31).encode(), 0), Error::TooManyTopics);
    world.fails(&puppet, emit(&[0; 1025], 0), Error::ValueTooLarge);
    world.fails(&puppet, emit(&[], EVENT_BYTES_MAX + 1), Error::ValueTooLarge);
    // A list that is too short, or followed by something.
    for bad in [&topics(2).encode()[..64], &[&topics(2).encode()[..], &[0]].concat(), &[0xff; 10], &[4]] {
        world.fails(&puppet, emit(bad, 0), Error::DecodingFailed);
    }
    // No topics, in both ways to say it.
    for none in [&[][..], &[0]] {
        let outcome = world.call(&puppet, 0, emit(none, 3)).ok();
        assert_eq!(outcome.emitted(), [(puppet, vec![0; 3])]);
    }
}

#[test]
fn debug_flood_is_bounded() {
    let (mut world, puppet) = world();
    let begin = Script::new().poke(OUT, 1_000);
    let at = begin.here();
    let script = begin
        .import("seal0", "debug_message", &[0x2000u32.into(), 1_000u32.into()])
        .step(step::REPEAT, &[OUT.into(), at.into()]);
    let result = world.dry_call(&puppet, 0, script);
    assert!(result.result.is_ok());
    assert_eq!(result.debug_message.len(), DEBUG_BYTES_MAX / 1_000 * 1_000);
}

#[test]
fn many_cheap_calls_do_not_exceed_the_gas() {
    let (mut world, puppet) = world();
    let mut begin = Script::new().poke(OUT, u64::MAX);
    let (nobody, value) = (begin.data(&[9; 20]), begin.data(&[0; 16]));
    let at = begin.here();
    let args = [0u32.into(), nobody, 0u32.into(), value, 0u32.into(), 0u32.into(), NONE.into(), 0u32.into()];
    let script = begin.import("seal1", "call", &args).step(step::REPEAT, &[OUT.into(), at.into()]);
    let outcome = world.fails(&puppet, script, Error::OutOfGas);
    assert_eq!(outcome.gas_used(), GAS);
}
