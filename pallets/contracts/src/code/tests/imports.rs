//! The table of imports.

use super::{accepted, contract, machine::Machine};
use crate::code::imports::{IMPORTS, Import, Val};

/// FNV-1a, 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn name(val: &Val) -> &'static str {
    match val {
        Val::I32 => "i32",
        Val::I64 => "i64",
    }
}

fn signature(import: &Import) -> String {
    let params = import.params.iter().map(name).collect::<Vec<_>>().join(" ");
    let result = import.result.iter().map(|result| format!("(result {})", name(result))).collect::<String>();
    format!("(func (param {params}) {result})")
}

#[test]
fn ids_count_up_from_one() {
    for (index, import) in IMPORTS.iter().enumerate() {
        assert_eq!(usize::from(import.id), index + 1);
        assert_eq!(Import::by_id(import.id), Some(import));
    }
    assert_eq!(Import::by_id(0), None);
    assert_eq!(Import::by_id(IMPORTS.len() as u16 + 1), None);
}

#[test]
fn no_line_of_the_table_ever_changes() {
    // Prepared code that is in state holds the ids. Append lines, with a hash of their own here.
    let lines =
        IMPORTS[..62].iter().map(|i| format!("{} {} {} {} {}\n", i.id, i.module, i.name, i.prefixed, signature(i)));
    assert_eq!(hash(&lines.collect::<String>()), 13_522_172_243_915_030_136);
}

#[test]
fn each_name_means_one_function() {
    let mut names = Vec::new();
    for import in IMPORTS {
        names.push((import.module, import.name.to_string()));
        if import.prefixed {
            names.push((import.module, format!("seal_{}", import.name)));
        }
    }
    for (module, name) in &names {
        assert_eq!(names.iter().filter(|other| **other == (*module, name.clone())).count(), 1, "{module}.{name}");
    }
}

#[test]
fn every_function_can_be_imported_by_each_of_its_names() {
    for import in IMPORTS {
        let mut names = vec![import.name.to_string()];
        if import.prefixed {
            names.push(format!("seal_{}", import.name));
        }
        for name in names {
            let item = format!(r#"(import "{}" "{name}" {})"#, import.module, signature(import));
            let prepared = accepted(&contract(&item, ""));
            assert_eq!(prepared.imports, [import.id]);
            Machine::new(&prepared.code);
        }
    }
    let other = Import::by_name("seal0", "seal_caller_is_root");
    assert_eq!(other, None, "this one has no alias");
}

#[test]
fn the_imports_in_use_are_told_once_and_in_order() {
    let items = r#"
        (import "zx" "gas_left" (func (result i64)))
        (import "seal0" "input" (func (param i32 i32)))
        (import "seal0" "seal_input" (func (param i32 i32)))
        (import "seal0" "caller" (func (param i32 i32)))"#;
    assert_eq!(accepted(&contract(items, "")).imports, [21, 23, 54]);
}
