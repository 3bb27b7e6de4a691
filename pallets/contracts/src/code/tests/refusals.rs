//! What is refused, and for which reason.

use super::{accepted, contract, module, refused};
use crate::code::{CodeError as E, limits as l, prepare};

const ENTRIES: &str = r#"(func (export "call")) (func (export "deploy"))"#;

/// The module is refused by the validator, which says so.
fn invalid(module: &[u8], message: &str) {
    match refused(module) {
        E::Invalid { message: said, .. } => assert!(said.contains(message), "{said}"),
        other => panic!("{other:?} instead of {message}"),
    }
}

/// `make(max)` is accepted, one more is not.
fn limited(max: u32, error: &E, make: impl Fn(usize) -> Vec<u8>) {
    let max = max as usize;
    accepted(&make(max));
    assert_eq!(refused(&make(max + 1)), *error);
}

/// A module without memory and entries of its own.
fn bare(items: &str) -> Vec<u8> {
    module(&format!("{items} {ENTRIES}"))
}

#[test]
fn instructions_beyond_the_first_version_are_refused() {
    for (items, call) in [
        ("", "f64.const 1 drop"),
        ("", "i32.const 0 f32.load drop"),
        ("", "f32.const 0 i32.trunc_sat_f32_s drop"),
        ("", "ref.null func drop"),
        ("(table 1 funcref)", "i32.const 0 table.get drop"),
        ("(table 1 funcref)", "table.size drop"),
        ("(table 1 funcref)", "i32.const 0 i32.const 0 i32.const 0 table.copy"),
        ("", "i32.const 0 i32.const 0 i32.const 0 select (result i32) drop"),
        ("(data (i32.const 0) \"x\")", "i32.const 0 i32.const 0 i32.const 0 memory.init 0"),
        ("(data (i32.const 0) \"x\")", "data.drop 0"),
        ("(func $f)", "return_call $f"),
        ("", "atomic.fence"),
        ("", "i64.const 1 i64.const 1 i64.mul_wide_s drop drop"),
    ] {
        assert!(matches!(refused(&contract(items, call)), E::Instruction { .. }), "{call}");
    }
    invalid(&contract("", "v128.const i64x2 0 0 drop"), "SIMD");
}

#[test]
fn types_and_sections_beyond_the_first_version_are_refused() {
    for (items, call, message) in [
        ("(func (param f32))", "", "floating-point support is disabled"),
        ("(global f64 (f64.const 0))", "", "floating-point support is disabled"),
        ("(func (local f32))", "", "floating-point support is disabled"),
        ("(func (result i32 i32) i32.const 1 i32.const 2)", "", "multi-value"),
        ("", "i32.const 0 i32.const 0 block (param i32 i32) drop drop end", "multi-value"),
        ("(func $f) (elem declare func $f)", "", "bulk memory must be enabled"),
        ("(table 1 externref)", "", "reference types"),
        ("(table 1 funcref) (table 1 funcref)", "", "multiple tables"),
        ("(data \"x\")", "", "bulk-memory"),
        ("(table 1 funcref) (func $f) (elem func $f)", "", "bulk memory"),
        ("(memory 1)", "", "multiple memories"),
        ("(global i32 (i32.add (i32.const 1) (i32.const 2)))", "", "constant expression required"),
        ("(tag)", "", "exceptions proposal not enabled"),
        ("(type (struct))", "", "gc"),
    ] {
        invalid(&contract(items, call), message);
    }
    invalid(&bare("(memory i64 1)"), "memory64");
    invalid(&bare("(memory 1 2 shared)"), "threads");
    invalid(&bare("(memory 1 (pagesize 1))"), "custom page size");
}

#[test]
fn malformed_and_ill_typed_modules_are_refused() {
    invalid(b"", "unexpected end");
    invalid(b"no module", "magic header");
    invalid(b"\0asm\x0d\0\x01\0", "component");
    invalid(&contract("", "i32.add"), "type mismatch");
    invalid(&contract("", "call 9"), "unknown function");
    invalid(&contract("", "br 1"), "unknown label");
    let whole = contract("", "nop");
    for length in 0..whole.len() {
        assert!(matches!(refused(&whole[..length]), E::Invalid { .. } | E::NoEntry { .. } | E::NoMemory), "{length}");
    }
    let mut more = whole.clone();
    more.push(0);
    invalid(&more, "unexpected end");
}

#[test]
fn sections_in_another_order_or_twice_are_refused() {
    let items = r#"(import "seal0" "input" (func (param i32 i32))) (table 1 funcref) (global i32 (i32.const 0))
        (elem (i32.const 0) 1) (data (i32.const 0) "x")"#;
    let whole = contract(items, "");
    let sections =
        wasmparser::Parser::new(0).parse_all(&whole).filter_map(|payload| payload.expect("valid").as_section());
    let sections = sections.map(|(id, range)| (id, &whole[range])).collect::<Vec<_>>();
    let build = |order: &[usize]| {
        let mut module = wasm_encoder::Module::new();
        for (id, data) in order.iter().map(|index| sections[*index]) {
            module.section(&wasm_encoder::RawSection { id, data });
        }
        module.finish()
    };
    let order = (0..sections.len()).collect::<Vec<_>>();
    assert_eq!(order.len(), 10, "all sections but start, and no custom ones");
    accepted(&build(&order));
    for first in 0..order.len() {
        for second in 0..first {
            let mut swapped = order.clone();
            swapped.swap(first, second);
            assert!(matches!(refused(&build(&swapped)), E::Invalid { .. }));
        }
        let mut twice = order.clone();
        twice.insert(first, first);
        assert!(matches!(refused(&build(&twice)), E::Invalid { .. }), "{first}");
    }
}

#[test]
fn the_module_has_a_size_limit() {
    // A custom section fills what is left.
    let make = |bytes: usize| {
        let mut module = contract("", "");
        let section = bytes - module.len() - 4;
        let low = |bits: usize| (section >> bits) as u8 & 0x7f;
        module.extend([0, low(0) | 0x80, low(7) | 0x80, low(14), 0]);
        module.resize(bytes, 0);
        module
    };
    limited(l::MODULE_BYTES_MAX as u32, &E::TooLarge, make);
}

#[test]
fn each_section_has_a_limit() {
    let contract = |items: String| contract(&items, "");
    // The entries' type is one, too.
    limited(l::TYPES_MAX, &E::TooManyTypes, |n| contract("(type (func))".repeat(n)));
    limited(l::IMPORTS_MAX, &E::TooManyImports, |n| {
        contract(r#"(import "seal0" "caller_is_origin" (func (result i32)))"#.repeat(n))
    });
    limited(l::FUNCTIONS_MAX, &E::TooManyFunctions, |n| contract("(func)".repeat(n - 2)));
    limited(l::GLOBALS_MAX, &E::TooManyGlobals, |n| contract("(global i32 (i32.const 0))".repeat(n)));
    limited(l::EXPORTS_MAX, &E::TooManyExports, |n| {
        contract((2..n).map(|i| format!(r#"(func (export "{i}"))"#)).collect())
    });
    limited(l::ELEMENT_SEGMENTS_MAX, &E::TooManyElementSegments, |n| {
        contract(format!("(table 1 funcref) (func $f) {}", "(elem (i32.const 0) $f)".repeat(n)))
    });
    limited(l::ELEMENTS_MAX, &E::TooManyElements, |n| {
        let halves = [n / 2, n - n / 2].map(|n| format!("(elem (i32.const 0) {})", "$f ".repeat(n)));
        contract(format!("(table 4096 funcref) (func $f) {}", halves.concat()))
    });
    limited(l::DATA_SEGMENTS_MAX, &E::TooManyDataSegments, |n| contract("(data (i32.const 0) \"\")".repeat(n)));
    limited(l::TABLE_ENTRIES_MAX, &E::TableTooLarge, |n| contract(format!("(table {n} funcref)")));
}

#[test]
fn each_function_has_limits() {
    limited(l::PARAMS_MAX as u32, &E::TooManyParams, |n| contract(&format!("(func (param {}))", "i32 ".repeat(n)), ""));
    limited(l::LOCALS_MAX, &E::TooManyLocals, |n| contract("", &format!("(local {})", "i64 ".repeat(n))));
    limited(l::MODULE_LOCALS_MAX, &E::TooManyModuleLocals, |n| {
        let function = |locals: usize| format!("(func (param i64) (local {}))", "i64 ".repeat(locals));
        contract(&(function(1_000).repeat(n / 1_000) + &function(n % 1_000)), "")
    });
    limited(l::OPERANDS_MAX, &E::TooManyOperands, |n| {
        contract("", &format!("{} {}", "i32.const 0 ".repeat(n), "drop ".repeat(n)))
    });
    limited(l::OPERANDS_MAX, &E::TooManyOperands, |n| {
        contract("", &format!("return {} {}", "i32.const 0 ".repeat(n), "drop ".repeat(n)))
    });
    limited(l::NESTING_MAX, &E::NestingTooDeep, |n| {
        contract("", &format!("{} {}", "block ".repeat(n), "end ".repeat(n)))
    });
    limited(l::BR_TABLE_TARGETS_MAX, &E::TooManyTargets, |n| {
        contract("", &format!("i32.const 0 br_table {} 0", "0 ".repeat(n)))
    });
    // No declaration of locals, instructions, an end.
    limited(l::BODY_BYTES_MAX as u32, &E::BodyTooLarge, |n| contract("", &"nop ".repeat(n - 2)));
}

#[test]
fn code_that_grows_too_much_is_refused() {
    // 4 bytes that become more than 20.
    let branches = |n: usize| "i32.const 0 br_if 0 ".repeat(n);
    accepted(&contract("", &branches(10_000)));
    assert_eq!(refused(&contract("", &branches(15_000))), E::PreparedBodyTooLarge);
    let functions = |n: usize| format!("(func {})", branches(10_000)).repeat(n);
    accepted(&contract(&functions(2), ""));
    assert_eq!(refused(&contract(&functions(3), "")), E::PreparedTooLarge);
}

#[test]
fn long_names_are_refused() {
    let name = |n: usize| "n".repeat(n);
    limited(l::NAME_BYTES_MAX as u32, &E::NameTooLong, |n| contract(&format!(r#"(func (export "{}"))"#, name(n)), ""));
    let import = |n: usize, m: usize| contract(&format!(r#"(import "{}" "{}" (func))"#, name(n), name(m)), "");
    assert_eq!(refused(&import(257, 1)), E::NameTooLong);
    assert_eq!(refused(&import(1, 257)), E::NameTooLong);
    assert!(matches!(refused(&import(256, 256)), E::UnknownImport { .. }));
}

#[test]
fn a_start_function_is_refused() {
    assert_eq!(refused(&contract("(func $f) (start $f)", "")), E::StartFunction);
}

#[test]
fn only_known_functions_and_a_memory_are_imported() {
    let import = |what: &str| refused(&contract(&format!("(import {what})"), ""));
    let unknown = |module: &str, name: &str| E::UnknownImport { module: module.into(), name: name.into() };
    let other_type = |module: &str, name: &str| E::ImportType { module: module.into(), name: name.into() };
    assert_eq!(import(r#""env" "g" (global i32)"#), E::ImportedGlobal);
    assert_eq!(import(r#""env" "t" (table 1 funcref)"#), E::ImportedTable);
    assert_eq!(import(r#""seal0" "nothing" (func)"#), unknown("seal0", "nothing"));
    assert_eq!(import(r#""seal9" "input" (func (param i32 i32))"#), unknown("seal9", "input"));
    assert_eq!(import(r#""zx" "seal_origin" (func (param i32 i32))"#), unknown("zx", "seal_origin"));
    assert_eq!(import(r#""ziver" "0" (func (param i32))"#), unknown("ziver", "0"));
    assert_eq!(import(r#""seal0" "input" (func (param i32))"#), other_type("seal0", "input"));
    assert_eq!(import(r#""seal0" "input" (func (param i32 i64))"#), other_type("seal0", "input"));
    assert_eq!(import(r#""seal0" "input" (func (param i32 i32) (result i32))"#), other_type("seal0", "input"));
    assert_eq!(import(r#""zx" "gas_left" (func (result i32))"#), other_type("zx", "gas_left"));
    assert_eq!(import(r#""zx" "gas_left" (func)"#), other_type("zx", "gas_left"));
    let memory = |name: &str| module(&format!(r#"(import "env" "{name}" (memory 1)) {ENTRIES}"#));
    accepted(&memory("memory"));
    assert_eq!(refused(&memory("other")), E::ImportedMemoryName);
    invalid(&contract(r#"(import "env" "memory" (memory 1))"#, ""), "multiple memories");
}

#[test]
fn the_memory_is_one_of_at_most_sixteen_pages() {
    assert_eq!(refused(&bare("")), E::NoMemory);
    for (memory, pages) in [("0", (0, 16)), ("16", (16, 16)), ("3 5", (3, 5)), ("0 0", (0, 0))] {
        for text in [format!("(memory {memory})"), format!(r#"(import "env" "memory" (memory {memory}))"#)] {
            let prepared = accepted(&bare(&text));
            assert_eq!((prepared.memory_pages_min, prepared.memory_pages_max), pages);
        }
    }
    for memory in ["17", "1 17", "0 65536", "65536"] {
        assert_eq!(refused(&bare(&format!("(memory {memory})"))), E::MemoryTooLarge);
        assert_eq!(refused(&bare(&format!(r#"(import "env" "memory" (memory {memory}))"#))), E::MemoryTooLarge);
    }
}

#[test]
fn segments_lie_within_memory_and_table() {
    accepted(&contract(r#"(data (i32.const 65535) "x") (data (i32.const 65536) "")"#, ""));
    for data in [r#"(i32.const 65535) "xy""#, r#"(i32.const 65537) """#, r#"(i32.const -1) "x""#] {
        assert_eq!(refused(&contract(&format!("(data {data})"), "")), E::DataOutOfBounds);
    }
    accepted(&contract("(table 3 funcref) (func $f) (elem (i32.const 2) $f) (elem (i32.const 3))", ""));
    for elements in ["(i32.const 2) $f $f", "(i32.const 4)", "(i32.const -1) $f"] {
        let items = format!("(table 3 funcref) (func $f) (elem {elements})");
        assert_eq!(refused(&contract(&items, "")), E::ElementsOutOfBounds);
    }
    invalid(&contract("(func $f) (elem (i32.const 0) $f)", ""), "unknown table");
}

#[test]
fn both_entries_are_own_functions_without_parameters_and_results() {
    let text =
        |call: &str| module(&format!(r#"(memory 1) (global $g i32 (i32.const 0)) {call} (func (export "deploy"))"#));
    assert_eq!(refused(&text("")), E::NoEntry { name: "call" });
    assert_eq!(refused(&text(r#"(export "call" (global $g))"#)), E::NoEntry { name: "call" });
    let entry_type = E::EntryType { name: "call" };
    assert_eq!(refused(&text(r#"(func (export "call") (param i32))"#)), entry_type);
    assert_eq!(refused(&text(r#"(func (export "call") (result i32) i32.const 0)"#)), entry_type);
    let import =
        r#"(import "zx" "start_transaction" (func $f)) (memory 1) (export "call" (func $f)) (func (export "deploy"))"#;
    assert_eq!(refused(&module(import)), entry_type);
    assert_eq!(refused(&module(r#"(memory 1) (func (export "call"))"#)), E::NoEntry { name: "deploy" });
    // One function may be both.
    accepted(&module(r#"(memory 1) (func (export "call") (export "deploy"))"#));
}

#[test]
fn a_prepared_module_is_refused() {
    let prepared = accepted(&contract("", "")).code;
    assert_eq!(refused(&prepared), E::UnknownImport { module: "ziver".into(), name: "0".into() });
}

#[test]
fn every_reason_can_be_read() {
    assert_eq!(refused(&bare("")).to_string(), "the module has no memory");
    let error = prepare(b"\0asm").expect_err("too short");
    assert_eq!(error.to_string(), "at byte 4: unexpected end-of-file");
}
