//! What is kept, and what is refused.

use super::*;

fn sandbox(modules_max: usize, bytes_max: usize) -> Sandbox {
    let strategy = CompileStrategy::WinchOnly;
    let limits = Limits { calls_at_once_max: 1, ..Limits::default() };
    let mut started = Arc::into_inner(Sandbox::start(strategy, &limits, None).unwrap()).unwrap();
    (started.modules_max, started.bytes_max) = (modules_max, bytes_max);
    started
}

fn module(items: &str) -> Vec<u8> {
    let counters = r#"(global (export "gas_left") (mut i64) (i64.const 0)) (global (export "stack_left") (mut i32) (i32.const 0))"#;
    wat::parse_str(format!(r#"(module {items} (memory (export "memory") 1 16) {counters})"#)).unwrap()
}

fn numbered(number: u32) -> Vec<u8> {
    module(&format!("(func (result i32) i32.const {number})"))
}

#[test]
fn kept_modules_are_bounded_in_number_and_the_last_ones_stay() {
    let sandbox = sandbox(5, usize::MAX);
    (0..12).for_each(|number| drop(sandbox.compile(&numbered(number)).unwrap()));
    assert_eq!(sandbox.kept.lock().modules.len(), 5);
    let is_kept = |number| sandbox.find(&keccak_256(&numbered(number)), &mut false).is_some();
    assert_eq!((0..12).filter(|number| is_kept(*number)).collect::<Vec<_>>(), [7, 8, 9, 10, 11]);
}

#[test]
fn kept_modules_are_bounded_in_bytes() {
    let bytes = sandbox(1, usize::MAX).compile(&numbered(0)).unwrap().bytes;
    let sandbox = sandbox(usize::MAX, 3 * bytes);
    (0..12).for_each(|number| drop(sandbox.compile(&numbered(number)).unwrap()));
    let kept = sandbox.kept.lock();
    assert_eq!((kept.modules.len(), kept.bytes), (3, 3 * bytes));
}

#[test]
fn module_that_is_none_is_refused_for_what_it_is() {
    let sandbox = sandbox(5, usize::MAX);
    let import = |what: &str| module(&format!(r#"(import {what})"#));
    let without_memory = wat::parse_str("(module)").unwrap();
    let refused = [
        b"not a module".to_vec(),
        without_memory,
        import(r#""ziver" "01" (func)"#),
        import(r#""ziver" "65536" (func)"#),
        import(r#""other" "1" (func)"#),
        import(r#""ziver" "1" (func (param f32))"#),
        import(r#""ziver" "1" (global i32)"#),
        module("(func (result f64) f64.const nan) (func (param v128))"),
    ];
    for module in refused {
        assert!(matches!(sandbox.compile(&module), Err(CompileError::Module(_))));
    }
    assert!(sandbox.compile(&import(r#""ziver" "1" (func (param i32 i64) (result i64))"#)).is_ok());
}
