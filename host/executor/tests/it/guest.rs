//! Small runtimes to call.

use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits, RuntimeCode};

/// Both compilers, alone.
pub const STRATEGIES: [CompileStrategy; 2] = [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly];

/// An executor with small limits.
pub fn executor(strategy: CompileStrategy) -> Executor {
    let limits = Limits { memory_pages_max: 64, calls_at_once_max: 4, call_time_ms_max: 30_000, ..Limits::default() };
    Executor::new(ExecutorConfig { strategy, limits, ..ExecutorConfig::default() }).unwrap()
}

/// A module with a memory of two pages, a heap at 4096, and this besides. `imports` come first.
pub fn module(imports: &str, body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module {imports} (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 4096)) {body})"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// [`module`] as runtime code.
pub fn code(imports: &str, body: &str) -> RuntimeCode {
    RuntimeCode::new(module(imports, body))
}

/// An entry point with this body, which leaves an `i64` (a pointer-size) on the stack.
pub fn entry(name: &str, body: &str) -> String {
    format!(r#"(func (export "{name}") (param $pointer i32) (param $len i32) (result i64) {body})"#)
}

/// The pointer-size of the input.
pub const INPUT: &str = "(i64.or (i64.shl (i64.extend_i32_u (local.get $len)) (i64.const 32)) \
                         (i64.extend_i32_u (local.get $pointer)))";
