//! What a prepared module shows to the host.

use super::{accepted, contract, machine::Machine, module};

#[test]
fn only_entries_memory_counters_and_mutable_globals_are_exported() {
    let items = r#"(global $own (export "gas_left") (mut i64) (i64.const 5)) (export "also" (global $own))
        (global i32 (i32.const 1)) (global (mut i32) (i32.const -6))"#;
    let machine = Machine::new(&accepted(&contract(items, "")).code);
    let mut exports = machine.exports();
    exports.sort_unstable();
    assert_eq!(exports, ["call", "deploy", "gas_left", "global_0", "global_2", "memory", "stack_left"]);
    assert_eq!(["gas_left", "global_0", "global_2"].map(|name| machine.read(name)), [0, 5, -6]);
}

#[test]
fn an_imported_memory_becomes_an_own_one() {
    let text = r#"(import "env" "memory" (memory 2)) (func (export "deploy"))
        (func (export "call") i32.const 0 memory.size i32.store i32.const 4 i32.const 15 memory.grow i32.store)"#;
    let prepared = accepted(&module(text));
    assert_eq!((prepared.memory_pages_min, prepared.memory_pages_max), (2, 16));
    let mut machine = Machine::new(&prepared.code);
    machine.set_gas(1_000_000);
    let seen = machine.call("call");
    assert_eq!(seen.memory.len(), 2 << 16);
    assert_eq!(seen.memory[..8], [2, 0, 0, 0, 255, 255, 255, 255]);
}

#[test]
fn custom_sections_are_dropped() {
    let plain = accepted(&contract("", ""));
    assert_eq!(accepted(&contract(r#"(@custom "producers" "somebody")"#, "")), plain);
}
