//! Blobs that want to be runtimes, and what a runtime does to its heap.

use std::sync::LazyLock;

use ziver_executor::{CallError, CompileStrategy, Executor, ExecutorConfig, Limits, Overlay, RuntimeCode};

use ziver_fuzz::damage::fuzz;

static EXECUTOR: LazyLock<Executor> = LazyLock::new(|| {
    let limits = Limits { memory_pages_max: 64, calls_at_once_max: 2, call_time_ms_max: 10_000, ..Limits::default() };
    Executor::new(ExecutorConfig { strategy: CompileStrategy::WinchOnly, limits, ..ExecutorConfig::default() })
        .expect("it starts")
});

/// Asked for its version, this one answers what lies in its data.
const ASKED: &str = r#"(module
    (import "env" "ext_logging_max_level_version_1" (func (result i32)))
    (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096))
    (data (i32.const 64) "\04a\04b\01\00\00\00\02\00\00\00\03\00\00\00\00")
    (func (export "Core_version") (param i32 i32) (result i64) (i64.const 0x1100000040)))"#;

/// This one has the section.
const TOLD: &str = r#"(module (@custom "runtime_version" "\04a\04b\01\00\00\00\02\00\00\00\03\00\00\00\00")
    (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096)))"#;

#[test]
fn blob() {
    let plain = [ASKED, TOLD].map(|text| wat::parse_str(text).expect("a module"));
    // The packed form: its magic number, then zstd, here a frame with one raw block.
    let [asked, told] = plain;
    let packed = |wasm: &[u8]| {
        let len = u32::try_from(wasm.len()).expect("small");
        let block = (len << 3 | 1).to_le_bytes();
        let magic = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
        [&magic[..], &[0x28, 0xb5, 0x2f, 0xfd, 0xa0], &len.to_le_bytes(), &block[..3], wasm].concat()
    };
    for seed in [&asked, &told] {
        let versions = [seed.clone(), packed(seed)].map(|code| EXECUTOR.runtime_version(&RuntimeCode::new(code)));
        assert!(versions[0].is_ok() && versions[0] == versions[1], "{versions:?}");
    }
    let seeds = [asked.clone(), told.clone(), packed(&asked), packed(&told)];
    fuzz(&seeds, |bytes| {
        let code = RuntimeCode::new(bytes);
        let _ = EXECUTOR.runtime_version(&code);
        let _ = EXECUTOR.validate(bytes);
    });
}

/// Each 8 bytes of the input are one step: allocate, release, or scribble; the blocks so far are remembered at 0.
const HEAP: &str = r#"(module
    (import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
    (import "env" "ext_allocator_free_version_1" (func $free (param i32)))
    (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096))
    (func (export "run") (param $at i32) (param $len i32) (result i64)
        (local $end i32) (local $count i32) (local $number i32) (local $kind i32)
        (local.set $end (i32.add (local.get $at) (i32.and (local.get $len) (i32.const -8))))
        (loop $next
            (if (i32.lt_u (local.get $at) (local.get $end)) (then
                (local.set $kind (i32.load (local.get $at)))
                (local.set $number (i32.load offset=4 (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 8)))
                (if (i32.eqz (i32.rem_u (local.get $kind) (i32.const 4))) (then
                    (call $free (i32.load (i32.shl (i32.rem_u (local.get $number) (i32.add (local.get $count) (i32.const 1))) (i32.const 2)))))
                (else (if (i32.eq (i32.const 3) (i32.rem_u (local.get $kind) (i32.const 16))) (then
                    (i32.store (i32.and (local.get $number) (i32.const 0x1fffc)) (local.get $kind)))
                (else
                    (i32.store (i32.shl (local.get $count) (i32.const 2)) (call $malloc (local.get $number)))
                    (local.set $count (i32.rem_u (i32.add (local.get $count) (i32.const 1)) (i32.const 1000)))))))
                (br $next))))
        (i64.const 0)))"#;

#[test]
fn heap() {
    let code = RuntimeCode::new(wat::parse_str(HEAP).expect("a module"));
    let step = |kind: u32, number: u32| [kind.to_le_bytes(), number.to_le_bytes()].concat();
    let tidy = [step(1, 10), step(1, 2_000), step(0, 0), step(1, 9), step(1, 70_000), step(0, 1)].concat();
    let many: Vec<_> = (0..40).flat_map(|number| step(1, 1 << (number % 20))).collect();
    let rude = [step(1, 10), step(3, 4_096), step(1, 10), step(0, 0), step(0, 0), step(1, u32::MAX)].concat();
    fuzz(&[tidy, many, rude], |input| match EXECUTOR.call(&code, "run", input, &mut Overlay::default()) {
        Ok(_) | Err(CallError::Trap { .. } | CallError::MemoryLimit { .. }) => {}
        Err(error) => panic!("{error:?}"),
    });
}
