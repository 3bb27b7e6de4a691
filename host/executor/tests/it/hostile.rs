//! What the hostile try, in the native sandbox and through the chain's own runtime, with both compilers. After each attempt
//! the chain still works, in the same block.
//!
//! What the rules are, and what each costs, the pallet's own tests say (`pallets/contracts/tests/it`, in an interpreter); here
//! it is about the host: its stack, its instances, its memory.

use std::thread;

use ziver_contracts::{
    Error,
    api::StorageDeposit,
    call::{gas_of, weight_of},
    deposit,
    limits::{CALL_BYTES_MAX, CALL_DEPTH_MAX, EVENT_BYTES_MAX},
};
use ziver_executor::CompileStrategy;
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::DispatchError;

use crate::{
    bank::{BANK, ROBBER},
    development::{Chain, GAS},
    puppet::{self, Callee, NONE, OUT, ROOM, Script, log, step},
    world::wat,
};

const ALLOW_REENTRY: u32 = 8;
/// In place of a call's result: the callee trapped.
const CALLEE_TRAPPED: u64 = 1;

/// A contract that does nothing.
const IDLE: &str = r#"(module (memory 1) (func (export "deploy")) (func (export "call")))"#;

struct Victim {
    chain: Chain,
    /// Two contracts that do what their input says, and one that the attempts do not touch.
    one: AccountId20,
    other: AccountId20,
    witness: AccountId20,
}

impl Victim {
    fn new(strategy: CompileStrategy) -> Self {
        let mut chain = Chain::new(strategy);
        let code = puppet::code();
        let [one, other, witness] = [(); 3].map(|()| chain.deploy(&code, &[]));
        for puppet in [one, other] {
            assert!(chain.call_with(&puppet, 10 * UNIT, GAS, &[]).result.is_ok());
        }
        Self { chain, one, other, witness }
    }

    /// What comes of a script of the first contract, with its gas; the chain works afterwards.
    fn attempt(&mut self, script: Script, gas: u64) -> (Result<Vec<u8>, DispatchError>, u64) {
        let answer = self.chain.call_with(&self.one, 0, gas, &script.build());
        let used = gas_of(answer.gas_consumed);
        assert!(used <= gas, "no more than was offered");
        self.still_works();
        (answer.result.map(|output| output.data), used)
    }

    #[track_caller]
    fn fails(&mut self, script: Script, error: Error) -> u64 {
        let (result, used) = self.attempt(script, GAS);
        assert_eq!(result, Err(error.into()));
        used
    }

    #[track_caller]
    fn answers(&mut self, script: Script) -> Vec<u64> {
        log(&self.attempt(script, GAS).0.unwrap_or_else(|error| panic!("{error:?}")))
    }

    fn still_works(&mut self) {
        self.chain.begin();
        let script = Script::new().set(b"alive", b"yes").call(&self.other, b"").expect(0).get(b"alive").give(0, OUT, 3);
        let answer = self.chain.call(&self.witness, &script.build());
        assert_eq!(answer.result.map(|output| output.data), Ok(b"yes".to_vec()));
        self.chain.undo();
    }
}

/// Runs an attempt with both compilers; they must answer the same.
fn with_both<R: PartialEq + std::fmt::Debug>(attempt: impl Fn(&mut Victim) -> R) {
    let [winch, cranelift] = [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly].map(|strategy| {
        let mut victim = Victim::new(strategy);
        let seen = attempt(&mut victim);
        (seen, victim.chain.events(), victim.chain.root())
    });
    assert_eq!(winch, cranelift);
}

/// A script inside of calls, as deep as they go.
fn nested(innermost: Script, puppet: &AccountId20, outer: impl Fn(Script) -> Script) -> Script {
    let how = Callee { flags: ALLOW_REENTRY, output: true, ..Callee::default() };
    (0..CALL_DEPTH_MAX).fold(innermost, |inner, _| outer(Script::new().call_with(puppet, &inner.build(), how)))
}

#[test]
fn recursion_in_the_deepest_frame_ends_at_the_counted_stack() {
    with_both(|victim| {
        let recurse = || Script::new().step(step::RECURSE, &[]);
        let alone = victim.fails(recurse(), Error::MaxCallDepthReached);
        let one = victim.one;
        (alone, victim.answers(nested(recurse(), &one, |script| script)))
    });
}

/// Functions `$f` that call themselves without end and keep much meanwhile: constants of a loop, common parts, operands.
fn heavy_frames() -> Vec<String> {
    let times = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    let kept =
        times(2_000, &|at| format!("i32.const {} local.get 1 local.get 0 i32.mul local.tee 1 i32.store ", at * 4));
    let kept = format!("local.get 0 local.set 1 {kept}");
    let invariant =
        times(4_000, &|_| "local.get 1 i32.clz local.tee 1 i32.load local.get 2 i32.add local.set 2 ".into());
    let loads = times(900, &|at| format!("i32.const {} i32.load ", at * 4));
    vec![
        "(func $f (param i32) local.get 0 call $f)".into(),
        format!("(func $f (param i32) (local {}) local.get 0 call $f)", "i64 ".repeat(1_024)),
        format!("(func $f (param i32) {loads} local.get 0 call $f {} drop)", "i32.xor ".repeat(899)),
        format!("(func $f (param i32) (local i32) {kept} local.get 0 call $f {kept})"),
        format!(
            "(func $f (param i32) (local i32 i32) loop i32.const 0 local.get 2 i32.add call $f local.get 0 local.set 1
             {invariant} local.get 2 br_if 0 end)"
        ),
    ]
}

#[test]
fn recursion_with_heavy_frames_ends_at_the_counted_stack_too() {
    with_both(|victim| {
        let module = |function: &str| wat(&IDLE.replace(r#"(func (export "call"))"#, function));
        let deep: Vec<_> = heavy_frames()
            .iter()
            .map(|function| format!(r#"{function} (func (export "call") i32.const 0 call $f)"#))
            .collect();
        let mut seen = Vec::new();
        for function in deep {
            let contract = victim.chain.deploy(&module(&function), &[]);
            let answer = victim.chain.call(&contract, &[]);
            assert_eq!(answer.result, Err(Error::MaxCallDepthReached.into()));
            let one = victim.one;
            let call = Script::new().call(&contract, b"");
            seen.push((answer.gas_consumed, victim.answers(nested(call, &one, |script| script))));
        }
        seen
    });
}

#[test]
fn call_from_the_end_of_the_stack_is_answered() {
    // Recurses, and asks the chain for something at each depth: the runtime answers on what native stack is left.
    let asking =
        wat(r#"(module (import "seal0" "caller" (func $caller (param i32 i32))) (memory 1) (func (export "deploy"))
        (func $f (i32.store (i32.const 0) (i32.const 20)) (call $caller (i32.const 16) (i32.const 0)) (call $f))
        (func (export "call") (call $f)))"#);
    with_both(|victim| {
        let contract = victim.chain.deploy(&asking, &[]);
        let one = victim.one;
        let call = Script::new().call(&contract, b"");
        let seen = victim.answers(nested(call, &one, |script| script));
        assert_eq!(victim.chain.call(&contract, &[]).result, Err(Error::MaxCallDepthReached.into()));
        seen
    });
}

#[test]
fn instances_are_never_short_however_calls_nest() {
    with_both(|victim| {
        let one = victim.one;
        let count = Script::new().import("seal0", "reentrance_count", &[]);
        let deepest = nested(count, &one, |script| script.expect(0).give(0, OUT, 8));
        assert_eq!(victim.answers(deepest.clone()), [CALL_DEPTH_MAX as u64]);
        // One frame more; then often, each time with all frames: instances that were not given back would run out.
        let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
        assert_eq!(victim.answers(Script::new().call_with(&one, &deepest.build(), how)), [CALLEE_TRAPPED]);
        (0..20).map(|_| victim.answers(deepest.clone())).collect::<Vec<_>>()
    });
}

#[test]
fn instances_suffice_for_all_calls_at_once() {
    let Victim { mut chain, one, .. } = Victim::new(CompileStrategy::WinchOnly);
    let count = Script::new().import("seal0", "reentrance_count", &[]);
    let deepest = nested(count, &one, |script| script.expect(0).give(0, OUT, 8)).build();
    let expected = chain.call(&one, &deepest).result;
    assert!(expected.is_ok());
    let chains = chain.split(4);
    thread::scope(|scope| {
        for mut chain in chains {
            let (deepest, expected) = (&deepest, &expected);
            scope.spawn(move || (0..50).for_each(|_| assert_eq!(chain.call(&one, deepest).result, *expected)));
        }
    });
}

#[test]
fn traps_at_every_depth_end_their_frames_alone() {
    with_both(|victim| {
        let one = victim.one;
        let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
        let mut seen = Vec::new();
        for depth in 0..=CALL_DEPTH_MAX {
            // From the trap outwards each frame notes what it saw, and traps too if it is odd.
            let mut script = Script::new().set(b"key", b"gone").trap();
            for frame in 1..depth {
                script = Script::new().call_with(&one, &script.build(), how).get(b"key");
                script = if frame % 2 == 1 { script.trap() } else { script };
            }
            let script = Script::new().call_with(&one, &script.build(), how).expect(1).get(b"key");
            seen.push(victim.attempt(script, GAS));
        }
        // Traps are many; each unwinds natively.
        let begin = Script::new().poke(OUT, 500);
        let at = begin.here();
        let trap = Script::new().trap().build();
        let many = begin.call_with(&one, &trap, how).step(step::REPEAT, &[OUT.into(), at.into()]);
        seen.push(victim.attempt(many, GAS));
        seen
    });
}

#[test]
fn memory_grows_to_its_end_in_every_frame() {
    with_both(|victim| {
        let one = victim.one;
        let grow = |script: Script| {
            let script = script.step(step::GROW, &[14u32.into()]).expect(2).step(step::GROW, &[1u32.into()]);
            script.expect(u32::MAX).step(step::GROW, &[u32::MAX.into()]).expect(u32::MAX)
        };
        victim.attempt(nested(grow(Script::new()), &one, |script| grow(script.expect(0))), GAS)
    });
}

/// Does something over and over: `import` with its arguments.
fn flood(times: u64, module: &str, name: &str, args: &[puppet::Arg]) -> Script {
    let begin = Script::new().poke(OUT, times);
    let at = begin.here();
    begin.import(module, name, args).step(step::REPEAT, &[OUT.into(), at.into()])
}

#[test]
fn storage_bomb_ends_with_gas_or_deposit() {
    with_both(|victim| {
        let write =
            |times| flood(times, "seal2", "set_storage", &[OUT.into(), 8u32.into(), 0u32.into(), 16_000u32.into()]);
        let root = victim.chain.root();
        victim.fails(write(u64::MAX), Error::OutOfGas);
        assert_eq!(victim.chain.root(), root, "nothing of it is left");
        let answer = victim.chain.call(&victim.one.clone(), &write(10).build());
        assert_eq!(answer.storage_deposit, StorageDeposit::Charge(deposit::price(10 * 16_000, 10)));
        answer.gas_consumed
    });
}

#[test]
fn event_flood_is_paid_for_and_undone() {
    with_both(|victim| {
        let emit = |times| {
            flood(
                times,
                "seal0",
                "deposit_event",
                &[0u32.into(), 0u32.into(), 0x2000u32.into(), EVENT_BYTES_MAX.into()],
            )
        };
        let before = victim.chain.events();
        let used = victim.fails(emit(u64::MAX), Error::OutOfGas);
        assert_eq!((used, victim.chain.events()), (GAS, before.clone()));
        let (result, used) = victim.attempt(emit(50), GAS);
        assert!(result.is_ok() && victim.chain.events().len() > before.len() + 50 * EVENT_BYTES_MAX as usize);
        used
    });
}

#[test]
fn callee_that_burns_its_gas_does_not_take_its_callers() {
    with_both(|victim| {
        let burn = Script::new().burn().build();
        let recurse = Script::new().step(step::RECURSE, &[]).build();
        let other = victim.other;
        let limited = |gas| Callee { gas, ..Callee::default() };
        let (result, used) = victim.attempt(
            Script::new()
                .call_with(&other, &burn, limited(100_000))
                .expect(1)
                .call_with(&other, &recurse, limited(500_000))
                .expect(1)
                .set(b"key", b"value")
                .get(b"key")
                .give(0, OUT, 5),
            GAS,
        );
        assert_eq!(result, Ok(b"value".to_vec()));
        assert!(used < 1_000_000, "{used}");
        // Who offers all of it may lose all of it, and no more.
        let offered = 3_000_000;
        (used, victim.attempt(Script::new().call(&other, &burn), offered))
    });
}

#[test]
fn output_bomb_costs_its_thrower() {
    let bomb = wat(&format!(
        r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 5)
        (func (export "deploy"))
        (func (export "call") (call $return (i32.const 0) (i32.const 0) (i32.const {CALL_BYTES_MAX}))))"#
    ));
    with_both(|victim| {
        let bomb = victim.chain.deploy(&bomb, &[]);
        assert_eq!(victim.chain.call(&bomb, &[]).result.map(|output| output.data.len()), Ok(CALL_BYTES_MAX as usize));
        assert_eq!(victim.answers(Script::new().call(&bomb, b"")), [0]);
        let wants = Script::new().call_with(&bomb, b"", Callee { output: true, ..Callee::default() });
        victim.fails(wants, Error::OutputBufferTooSmall);
        let how = Callee { gas: 50_000, ..Callee::default() };
        victim.answers(Script::new().call_with(&bomb, b"", how))
    });
}

#[test]
fn bank_loses_only_what_it_lets_be_taken() {
    with_both(|victim| {
        let (bank, robber) = (victim.chain.deploy(&wat(BANK), &[]), victim.chain.deploy(&wat(ROBBER), &[]));
        let plan = |word, flags, times| {
            let mut plan = [0; 35];
            plan[..20].copy_from_slice(&bank.0);
            plan[32..].copy_from_slice(&[word, flags, times]);
            plan
        };
        assert!(victim.chain.call_with(&bank, 10 * UNIT, GAS, b"d").result.is_ok());
        assert!(victim.chain.call_with(&robber, UNIT, GAS, &plan(b'd', 0, 0)).result.is_ok());
        let mut seen = Vec::new();
        // What the robber can have withdrawn: it pays that back into the bank, which fails where it has less.
        for (flags, times, stolen) in [(0, 3, 1), (ALLOW_REENTRY as u8, 3, 4), (ALLOW_REENTRY as u8, 200, 5)] {
            victim.chain.begin();
            let robbed = victim.chain.call(&robber, &plan(b'w', flags, times));
            victim.still_works();
            let balance = |chain: &mut Chain, who: &AccountId20| chain.free(who) / UNIT;
            let money = (balance(&mut victim.chain, &bank), balance(&mut victim.chain, &robber));
            assert_eq!(money, (11 - stolen, stolen), "{flags} {times}: {:?}", robbed.result);
            seen.push(robbed.gas_consumed);
            victim.chain.undo();
        }
        seen
    });
}

#[test]
fn debug_messages_and_cheap_calls_end_with_the_gas() {
    with_both(|victim| {
        let talk = flood(u64::MAX, "seal0", "debug_message", &[0x2000u32.into(), 1_000u32.into()]);
        let mut seen = vec![victim.fails(talk, Error::OutOfGas)];
        let mut script = Script::new().poke(OUT, u64::MAX);
        let (nobody, value) = (script.data(&[9; 20]), script.data(&[0; 16]));
        let at = script.here();
        let args = [0u32.into(), nobody, 0u32.into(), value, 0u32.into(), 0u32.into(), NONE.into(), ROOM.into()];
        let calls = script.import("seal1", "call", &args).step(step::REPEAT, &[OUT.into(), at.into()]);
        seen.push(victim.fails(calls, Error::OutOfGas));
        seen
    });
}

#[test]
fn too_little_gas_at_any_point_leaves_no_trace() {
    with_both(|victim| {
        let inner = Script::new().set(b"key", b"value").emit(b"event").build();
        let other = victim.other;
        let script = || Script::new().set(b"a", b"b").call(&other, &inner).expect(0);
        victim.chain.begin();
        let needed = victim.attempt(script(), GAS).1;
        victim.chain.undo();
        let root = victim.chain.root();
        let mut ends = Vec::new();
        for gas in (0..needed).step_by((needed / 60) as usize).chain([needed - 1]) {
            let (result, used) = victim.attempt(script(), gas);
            assert!(result.is_err() && victim.chain.root() == root, "{gas}");
            ends.push((result, used));
        }
        assert!(victim.attempt(script(), needed).0.is_ok());
        assert_eq!(gas_of(weight_of(needed)), needed);
        ends
    });
}
