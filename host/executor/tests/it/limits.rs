//! Runtimes that never end, recurse for ever or grab memory for ever: the call ends, the host goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ziver_executor::{CallError, CompileStrategy, Executor, ExecutorConfig, InvalidCode, Limits, Overlay, StartError};

use crate::guest::{INPUT, STRATEGIES, code, entry, executor};

/// A call that must fail, after which the executor must still work.
fn fails(executor: &Executor, imports: &str, body: &str) -> CallError {
    let error = executor.call(&code(imports, body), "run", &[], &mut Overlay::default()).unwrap_err();
    let echo = code("", &entry("echo", INPUT));
    assert_eq!(executor.call(&echo, "echo", b"alive", &mut Overlay::default()).unwrap(), b"alive");
    error
}

#[test]
fn endless_loop_is_ended_by_the_clock() {
    let endless = code("", &entry("run", "(loop (br 0)) (unreachable)"));
    for strategy in STRATEGIES {
        let executor = executor(strategy);
        let start = Instant::now();
        let error = executor.call_within(50, &endless, "run", &[], &mut Overlay::default()).unwrap_err();
        assert!(matches!(error, CallError::TimeLimit { limit_ms: 50 }), "{error:?}");
        assert!(!error.is_runtime_fault());
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn endless_loop_in_the_start_function_is_ended_by_the_clock() {
    let endless = code("", &format!("(func $start (loop (br 0))) (start $start) {}", entry("run", INPUT)));
    let executor = executor(CompileStrategy::WinchOnly);
    let error = executor.call_within(50, &endless, "run", &[], &mut Overlay::default()).unwrap_err();
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error:?}");
}

#[test]
fn endless_loop_of_host_calls_is_ended_by_the_clock() {
    let imports = r#"(import "env" "ext_hashing_twox_64_version_1" (func $hash (param i64) (result i32)))
        (import "env" "ext_allocator_free_version_1" (func $free (param i32)))"#;
    let endless = code(imports, &entry("run", "(loop (call $free (call $hash (i64.const 0))) (br 0)) (unreachable)"));
    let executor = executor(CompileStrategy::WinchOnly);
    let error = executor.call_within(50, &endless, "run", &[], &mut Overlay::default()).unwrap_err();
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error:?}");
}

#[test]
fn endless_recursion_is_ended_by_the_stack_on_any_thread() {
    let body = "(func $deeper (result i64) (i64.add (call $deeper) (i64.const 1)))";
    let body = format!("{body} {}", entry("run", "(call $deeper)"));
    for strategy in STRATEGIES {
        let executor = Arc::new(executor(strategy));
        assert!(matches!(fails(&executor, "", &body), CallError::StackLimit { .. }));
        // A thread with less stack than the guest may use.
        let (executor, body) = (Arc::clone(&executor), body.clone());
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let thread = small.spawn(move || assert!(matches!(fails(&executor, "", &body), CallError::StackLimit { .. })));
        thread.unwrap().join().unwrap();
    }
}

#[test]
fn endless_growth_is_ended_by_the_memory_limit() {
    let body = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable)";
    for strategy in STRATEGIES {
        let error = fails(&executor(strategy), "", &entry("run", body));
        assert!(matches!(error, CallError::MemoryLimit { pages: 64 }), "{error:?}");
    }
}

#[test]
fn endless_allocation_is_ended_by_the_memory_limit() {
    let imports = r#"(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))"#;
    let body = entry("run", "(loop (drop (call $malloc (i32.const 1000))) (br 0)) (unreachable)");
    let error = fails(&executor(CompileStrategy::WinchOnly), imports, &body);
    assert!(matches!(error, CallError::MemoryLimit { pages: 64 }), "{error:?}");
}

#[test]
fn allocation_uses_all_of_the_memory_and_released_blocks_again() {
    let imports = r#"(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
        (import "env" "ext_allocator_free_version_1" (func $free (param i32)))"#;
    let once =
        "(loop (call $free (call $malloc (i32.const 1000000))) (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $n) (i32.const 10000))))";
    let body = entry("run", &format!("(local $n i32) {once} (drop (call $malloc (i32.const 2000000))) (i64.const 0)"));
    let executor = executor(CompileStrategy::WinchOnly);
    executor.call(&code(imports, &body), "run", &[], &mut Overlay::default()).unwrap();
}

#[test]
fn allocation_larger_than_any_block_is_a_trap() {
    let imports = r#"(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))"#;
    let body = entry("run", "(i64.extend_i32_u (call $malloc (i32.const 0x2000001)))");
    let error = fails(&executor(CompileStrategy::WinchOnly), imports, &body);
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
}

#[test]
fn memory_larger_than_allowed_from_the_start_is_refused() {
    let large = ziver_executor::RuntimeCode::new(
        wat::parse_str(r#"(module (memory (export "memory") 65) (global (export "__heap_base") i32 (i32.const 0)))"#)
            .unwrap(),
    );
    let error = executor(CompileStrategy::WinchOnly).call(&large, "x", &[], &mut Overlay::default()).unwrap_err();
    assert!(matches!(error, CallError::InvalidCode(InvalidCode::MemoryTooLarge { pages: 65, max: 64 })), "{error:?}");
}

#[test]
fn endless_logging_is_cut_off_and_does_not_fail() {
    let imports = r#"(import "env" "ext_logging_log_version_1" (func $log (param i32 i64 i64)))"#;
    let body = "(local $n i32) (loop (call $log (i32.const 1) (i64.const 0) (i64.const 0x10000_00000000))
        (local.set $n (i32.add (local.get $n) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $n) (i32.const 100000))))
        (i64.const 0)";
    let executor = executor(CompileStrategy::WinchOnly);
    executor.call(&code(imports, &entry("run", body)), "run", &[], &mut Overlay::default()).unwrap();
}

#[test]
fn more_calls_than_instances_wait_for_their_turn() {
    let limits = Limits { calls_at_once_max: 2, memory_pages_max: 16, ..Limits::default() };
    let strategy = CompileStrategy::WinchOnly;
    let executor = Executor::new(ExecutorConfig { strategy, limits, ..ExecutorConfig::default() }).unwrap();
    let echo = code("", &entry("echo", INPUT));
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let (executor, echo) = (&executor, &echo);
            scope.spawn(move || {
                for _ in 0..50 {
                    assert_eq!(executor.call(echo, "echo", &[thread], &mut Overlay::default()).unwrap(), [thread]);
                }
            });
        }
    });
}

#[test]
fn limit_without_sense_is_refused() {
    let wrong = |limits| match Executor::new(ExecutorConfig { limits, ..ExecutorConfig::default() }) {
        Err(StartError::Limit(name)) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(Limits { memory_pages_max: 0, ..Limits::default() }), "memory_pages_max");
    assert_eq!(wrong(Limits { calls_at_once_max: 0, ..Limits::default() }), "calls_at_once_max");
    assert_eq!(wrong(Limits { native_stack_bytes_max: 1, ..Limits::default() }), "native_stack_bytes_max");
}
