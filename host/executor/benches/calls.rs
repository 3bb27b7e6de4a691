//! What a call costs, and what storage costs within one: `cargo bench -p ziver-executor`.

use std::hint::black_box;
use std::time::Instant;

use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Overlay, RuntimeCode};

const RUNTIME: &str = r#"(module
    (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
    (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
    (import "env" "ext_allocator_free_version_1" (func $free (param i32)))
    (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096))
    (func (export "empty") (param i32 i32) (result i64) (i64.const 0))
    (func (export "write") (param i32 i32) (result i64) (local $n i32)
        (loop (i32.store (i32.const 0) (local.get $n))
            (call $set (i64.const 0x20_00000000) (i64.const 0x50_00000100))
            (local.set $n (i32.add (local.get $n) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $n) (i32.const 1000))))
        (i64.const 0))
    (func (export "read") (param i32 i32) (result i64) (local $n i32)
        (loop (i32.store (i32.const 0) (local.get $n))
            (call $free (i32.wrap_i64 (call $get (i64.const 0x20_00000000))))
            (local.set $n (i32.add (local.get $n) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $n) (i32.const 1000))))
        (i64.const 0)))"#;

/// A thread with room for the guest, as the node's own have: on a smaller stack each call gets another one first.
fn main() {
    let large = std::thread::Builder::new().stack_size(16 * 1024 * 1024).spawn(measure);
    large.expect("the thread starts").join().expect("the benchmark ends");
}

fn measure() {
    let code = RuntimeCode::new(wat::parse_str(RUNTIME).expect("the text is a module"));
    for strategy in [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly] {
        let config = ExecutorConfig { strategy, ..ExecutorConfig::default() };
        let executor = Executor::new(config).expect("the executor starts");
        let mut overlay = Overlay::default();
        for (method, rounds) in [("empty", 20_000), ("write", 500), ("read", 500)] {
            let mut call = || executor.call(&code, method, &[], &mut overlay).expect("the call succeeds");
            call();
            let start = Instant::now();
            for _ in 0..rounds {
                black_box(call());
            }
            let each = start.elapsed() / rounds;
            println!("executor::call/method={method},compiler={strategy:?} {each:?}");
        }
    }
}
