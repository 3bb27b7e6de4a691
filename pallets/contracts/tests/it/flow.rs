//! Input, output, and the ways in which a contract ends.

use ziver_contracts::{Error, limits::CALL_BYTES_MAX, prices};

use crate::{
    puppet::{self, MEMORY_BYTES, OUT, Script, log},
    world::{GAS, IDLE, World, wat},
};

/// Answers its input, by way of memory that it grows to hold it.
pub const ECHO: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (memory 6)
    (func $run
        (i32.store (i32.const 0) (i32.const 0x5fff0))
        (call $input (i32.const 16) (i32.const 0))
        (call $return (i32.const 0) (i32.const 16) (i32.load (i32.const 0))))
    (export "call" (func $run)) (export "deploy" (func $run)))"#;

#[test]
fn input_comes_as_it_was_sent() {
    let mut world = World::new();
    let echo = world.deploy(&wat(ECHO));
    for input in [&b""[..], b"x", &[7; 1000]] {
        assert_eq!(world.answer(&echo, input), input);
    }
    let long: Vec<u8> = (0..200_000u32).map(|number| number as u8).collect();
    assert_eq!(world.dry_call(&echo, 0, long.clone()).result.unwrap().data, long);
}

#[test]
fn input_can_be_read_again() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    // The puppet has read it once when its script begins.
    let script = Script::new().tell("seal0", "input", 88);
    assert_eq!(script.build().len(), 88);
    assert_eq!(world.answer(&puppet, script.clone()), script.build());
}

#[test]
fn output_is_at_most_as_long_as_allowed() {
    let mut world = World::new();
    let text = |len: u32| {
        let call = format!("(call $return (i32.const 0) (i32.const 0) (i32.const {len}))");
        format!(
            r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 5)
            (func (export "deploy")) (func (export "call") {call}))"#
        )
    };
    let longest = world.deploy(&wat(&text(CALL_BYTES_MAX)));
    assert_eq!(world.dry_call(&longest, 0, []).result.unwrap().data.len(), CALL_BYTES_MAX as usize);
    let longer = world.deploy(&wat(&text(CALL_BYTES_MAX + 1)));
    world.fails(&longer, [], Error::ValueTooLarge);
}

#[test]
fn unknown_flags_of_an_answer_are_refused() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    for flags in [2, 3, 1 << 31, u32::MAX] {
        world.fails(&puppet, Script::new().give(flags, OUT, 0), Error::DecodingFailed);
    }
}

#[test]
fn nothing_runs_behind_an_answer() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let outcome = world.call(&puppet, 0, Script::new().give(0, OUT, 0).set(b"key", b"value").trap()).ok();
    assert_eq!((world.cell(&puppet, b"key"), outcome.executed().output), (None, vec![]));
}

#[test]
fn every_trap_is_the_contracts_failure() {
    let traps = [
        "unreachable",
        "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "(drop (i64.rem_s (i64.const 1) (i64.const 0)))",
        "(drop (i32.load (i32.const 65536)))",
        "(i64.store (i32.const 65529) (i64.const 0))",
        "(i32.store offset=4294967295 (i32.const -1) (i32.const 0))",
        "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))",
        "(memory.copy (i32.const 0) (i32.const 65535) (i32.const 2))",
        "(call_indirect (i32.const 1))",
        "(call_indirect (i32.const 5))",
        "(drop (call_indirect (result i32) (i32.const 0)))",
    ];
    let mut world = World::new();
    for trap in traps {
        let contract = world.deploy_with(
            &wat(&format!(
                r#"(module (memory 1) (table 2 funcref) (elem (i32.const 0) $f) (func $f)
                (func (export "deploy")) (func (export "call") {trap}))"#
            )),
            0,
            &[],
            b"",
        );
        let outcome = world.fails(&contract, [], Error::ContractTrapped);
        assert!(outcome.gas_used() < 20_000, "{trap}");
    }
}

#[test]
fn memory_grows_up_to_its_maximum_and_is_fresh_in_each_call() {
    let mut world = World::new();
    let contract =
        world.deploy(&wat(r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 1 3)
        (func (export "deploy"))
        (func (export "call")
            (i32.store offset=16 (i32.const 0) (i32.load (i32.const 0)))
            (i32.store (i32.const 0) (memory.grow (i32.const 2)))
            (i32.store offset=4 (i32.const 0) (memory.grow (i32.const 1)))
            (i32.store offset=8 (i32.const 0) (memory.size))
            (call $return (i32.const 0) (i32.const 0) (i32.const 20))))"#));
    for _ in 0..2 {
        let outcome = world.call(&contract, 0, []).ok();
        let words: Vec<u32> =
            outcome.executed().output.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words, [1, u32::MAX, 3, 0, 0]);
        // Pages are paid for before they are there, granted or not.
        assert!(outcome.gas_used() > 3 * 20_000);
    }
}

#[test]
fn memory_larger_than_what_is_kept_ready_is_paid_for() {
    let mut world = World::new();
    let mut gas = |pages: u32| {
        let text = format!(r#"(module (memory {pages}) (func (export "call")) (func (export "deploy")))"#);
        let contract = world.deploy(&wat(&text));
        world.call(&contract, 0, []).ok().gas_used()
    };
    let small = gas(1);
    assert_eq!(gas(prices::FREE_PAGES), small);
    assert_eq!(gas(prices::FREE_PAGES + 1), small + prices::PAGE);
    assert_eq!(gas(16), small + u64::from(16 - prices::FREE_PAGES) * prices::PAGE);
}

#[test]
fn code_is_run_again_from_its_first_state() {
    let mut world = World::new();
    let contract =
        world.deploy(&wat(r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 1)
        (global $count (mut i32) (i32.const 5)) (data (i32.const 4) "data")
        (func (export "deploy"))
        (func (export "call")
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (i32.store (i32.const 0) (global.get $count))
            (i32.store8 offset=8 (i32.const 0) (i32.load8_u (i32.const 4)))
            (i32.store8 (i32.const 4) (i32.const 88))
            (call $return (i32.const 0) (i32.const 0) (i32.const 9))))"#));
    for _ in 0..2 {
        assert_eq!(world.answer(&contract, []), b"\x06\0\0\0Xatad");
    }
}

#[test]
fn what_the_sandbox_has_kept_is_not_observable() {
    // The first run of a module compiles it, the second finds it.
    let code = wat(&format!("{}{}", &ECHO[..ECHO.len() - 1], "(func (result i32) (i32.const 123456789)))"));
    let outcomes = [0, 1].map(|_| {
        let mut world = World::with_sandbox(Box::leak(Box::new(crate::sandbox::Interpreter::new())));
        let contract = world.deploy(&code);
        // Kept by the world before, but not by this one.
        [world.call(&contract, 0, *b"one"), world.call(&contract, 0, *b"one")]
    });
    let [[first, second], [third, fourth]] = outcomes;
    assert_eq!(first, second);
    assert_eq!([&first, &first], [&third, &fourth]);
    let mut world = World::new();
    let contract = world.deploy(&code);
    assert_eq!(world.call(&contract, 0, *b"one"), first);
}

#[test]
fn code_of_the_longest_kind_runs() {
    let mut world = World::new();
    let body = "(drop (i32.add (i32.const 1) (i32.const 2)))".repeat(8_000);
    let contract =
        world.deploy(&wat(&format!(r#"(module (memory 1) (func (export "deploy")) (func (export "call") {body}))"#)));
    assert!(world.call(&contract, 0, []).ok().gas_used() > 24_000);
}

#[test]
fn gas_is_charged_in_imports_and_in_code() {
    let mut world = World::new();
    let (puppet, idle) = (world.deploy(&puppet::code()), world.deploy(&wat(IDLE)));
    let base = world.call(&idle, 0, []).ok().gas_used();
    assert!((prices::INSTANCE + 1..prices::INSTANCE + 100).contains(&base), "{base}");
    let ask = |times: usize| (0..times).fold(Script::new(), |script, _| script.import("zx", "gas_left", &[]));
    let answers = log(&world.answer(&puppet, ask(5)));
    let spent: Vec<u64> = answers.windows(2).map(|pair| pair[0] - pair[1]).collect();
    assert!(
        spent.iter().all(|gas| *gas == spent[0] && (prices::IMPORT + 10..prices::IMPORT + 100).contains(gas)),
        "{spent:?}"
    );
    assert!(GAS > answers[0] && MEMORY_BYTES == 2 << 16);
}
