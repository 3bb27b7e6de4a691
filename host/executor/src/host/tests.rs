//! Every host function under arbitrary arguments: whatever pointers and lengths a runtime names, the call ends with an
//! answer or an error of the call. A panic of the host would fail the test.

use proptest::prelude::*;
use wasmparser::ValType;
use ziver_state::{Overlay, RuntimeCode};

use super::stubs::PUBLISHED;
use crate::engine::{Lane, LaneKind};
use crate::{CallError, CompileStrategy, Executor, ExecutorConfig, InvalidCode, Limits};

fn limits() -> Limits {
    Limits { memory_pages_max: 64, calls_at_once_max: 2, ..Limits::default() }
}

fn executor() -> Executor {
    let strategy = CompileStrategy::WinchOnly;
    Executor::new(ExecutorConfig { strategy, limits: limits(), ..ExecutorConfig::default() }).unwrap()
}

fn functions() -> Vec<(String, Vec<ValType>, Vec<ValType>)> {
    let lane = Lane::start(LaneKind::Fast, &limits()).unwrap();
    let mut all: Vec<_> = lane
        .signatures()
        .map(|(name, signature)| (name.clone(), signature.params.clone(), signature.results.clone()))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// A runtime whose entry point `run` calls the function with arguments from its input, twice.
fn caller(name: &str, params: &[ValType], results: &[ValType]) -> RuntimeCode {
    let list = |types: &[ValType]| types.iter().map(|ty| format!(" {ty}")).collect::<String>();
    let argument = |(index, ty): (usize, &ValType)| match ty {
        ValType::I32 => format!("(i32.load offset={} (local.get 0))", index * 8),
        _ => format!("(i64.load offset={} (local.get 0))", index * 8),
    };
    let call = format!("(call $f {})", params.iter().enumerate().map(argument).collect::<String>());
    let call = if results.is_empty() { call } else { format!("(drop {call})") };
    let text = format!(
        r#"(module (import "env" "{name}" (func $f (param{}) (result{})))
            (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096))
            (func (export "run") (param i32 i32) (result i64) {call} {call} (i64.const 0)))"#,
        list(params),
        list(results),
    );
    RuntimeCode::new(wat::parse_str(text).unwrap())
}

/// Words that are likely to lie at an edge when they are taken for a pointer, a length, or both.
fn word() -> impl Strategy<Value = u64> {
    let half = prop_oneof![
        Just(0u32),
        Just(1),
        0u32..256,
        4_000u32..4_300,
        Just(2 * 65_536 - 1),
        Just(2 * 65_536),
        Just(64 * 65_536),
        Just(i32::MAX as u32),
        Just(u32::MAX - 1),
        Just(u32::MAX),
        any::<u32>(),
    ];
    (half.clone(), half).prop_map(|(low, high)| u64::from(high) << 32 | u64::from(low))
}

#[test]
fn arbitrary_arguments_never_panic_the_host() {
    let executor = executor();
    for (name, params, results) in functions() {
        // A runner counts its cases over all that it runs, so each function has one of its own.
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
        let code = caller(&name, &params, &results);
        let words = prop::collection::vec(word(), 5);
        let outcome = runner.run(&words, |words| {
            let input: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let mut overlay = Overlay::default();
            match executor.call(&code, "run", &input, &mut overlay) {
                Ok(_) | Err(CallError::Trap { .. } | CallError::MemoryLimit { .. }) => {}
                Err(other) => return Err(TestCaseError::fail(format!("{name}: {other:?}"))),
            }
            prop_assert_eq!(overlay.transaction_depth(), 0);
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn pointer_beyond_the_memory_ends_the_call_of_every_function_that_takes_one() {
    let executor = executor();
    let no_pointer = ["ext_allocator_malloc_version_1", "ext_misc_print_num_version_1", "ext_storage_root_version_2"];
    for (name, params, results) in functions() {
        if params.is_empty() || no_pointer.contains(&name.as_str()) {
            continue;
        }
        let input = [0xff; 40];
        let result = executor.call(&caller(&name, &params, &results), "run", &input, &mut Overlay::default());
        assert!(matches!(result, Err(CallError::Trap { .. })), "{name}: {result:?}");
    }
}

#[test]
fn published_functions_are_sorted_and_none_of_them_exists() {
    assert!(PUBLISHED.is_sorted());
    let ours = functions();
    assert!(ours.iter().all(|(name, ..)| !PUBLISHED.contains(&name.as_str())));
    assert_eq!(ours.len(), 83, "a function came or went: say so in the architecture's list");
}

#[test]
fn unknown_function_ends_the_call_and_is_named() {
    let code = caller("ext_offchain_timestamp_version_1", &[], &[ValType::I64]);
    match executor().call(&code, "run", &[], &mut Overlay::default()) {
        Err(CallError::Trap { message, .. }) => {
            assert_eq!(message, "the host function env.ext_offchain_timestamp_version_1 is not implemented");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn function_with_another_signature_is_refused() {
    let code = caller("ext_storage_get_version_1", &[ValType::I32], &[ValType::I64]);
    let result = executor().call(&code, "run", &[], &mut Overlay::default());
    let (module, name) = ("env".to_owned(), "ext_storage_get_version_1".to_owned());
    assert!(
        matches!(&result, Err(CallError::InvalidCode(error)) if *error == InvalidCode::Import { module, name }),
        "{result:?}"
    );
}

#[test]
fn lines_beyond_the_limit_are_dropped_and_long_ones_cut() {
    use super::logging::{CallLog, text};
    use crate::limits::{LOG_LINE_BYTES_MAX, LOG_LINES_MAX};
    let mut log = CallLog::default();
    for line in 1..=LOG_LINES_MAX + 10 {
        log.line(1, "test", line.to_string().as_bytes());
    }
    assert_eq!(log.last_error, Some(LOG_LINES_MAX.to_string()));
    assert_eq!(text(&vec![b'x'; LOG_LINE_BYTES_MAX + 1], LOG_LINE_BYTES_MAX).len(), LOG_LINE_BYTES_MAX);
    assert_eq!(text(b"\xffabc", 2), "\u{fffd}a");
}
