//! Small modules that a compiler needs much time or memory for, without limits: what is above a limit of the runtime's validator
//! is refused, what is at it compiles to something in proportion.
//!
//! The measure is the length of the compiled module, as it lies in the cache on disk: it depends on neither the machine nor
//! what else runs. `-- --nocapture` prints times too.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits};

use crate::development::{Chain, GAS};

/// What a compiled module may have at most: 24 bytes for each of the longest module.
const COMPILED_BYTES_MAX: usize = 24 * (128 << 10);

fn module(items: &str) -> Vec<u8> {
    wat::parse_str(format!(r#"(module (memory 1) {items} (func (export "deploy")) (func (export "call")))"#)).unwrap()
}

fn times(count: usize, text: &str) -> String {
    text.repeat(count)
}

/// A body that fills what a body may have, of `text`, which `bytes` are made of.
fn body(head: &str, text: &str, bytes: usize, tail: &str) -> String {
    format!("(func {head} {} {tail})", times((60 << 10) / bytes, text))
}

/// Two bodies: as much as a module may have.
fn bodies(head: &str, text: &str, bytes: usize, tail: &str) -> String {
    times(2, &body(head, text, bytes, tail))
}

/// What is within the limits, or refused for what it becomes once it counts.
fn at_the_limits() -> Vec<(&'static str, String)> {
    let params = times(16, "i64 ");
    let values = times(16, "i64.const 1 ");
    let nest = |inner: &str| format!("{}{inner}{}", times(250, "block "), times(250, "end "));
    let loops = |inner: &str| format!("{}{inner}{}", times(250, "loop "), times(250, "end "));
    let table = format!("local.get 0 br_table {} ", times(257, "249 "));
    let heights = format!("{}{}", times(1_000, "local.get 0 "), times(1_000, "drop "));
    let types: String = (0..1_000).map(|at| format!("(type (func (param {})))", times(at % 17, "i64 "))).collect();
    let data: String = (0..1_000).map(|at| format!("(data (i32.const {at}) \"abc\")")).collect();
    let globals: String = (0..250).map(|at| format!("(global (mut i64) (i64.const {at}))")).collect();
    let elements = format!("(table 4096 funcref) (elem (i32.const 0) {})", times(4_000, "0 "));
    vec![
        ("plain arithmetic", bodies("(param i32) (result i32) local.get 0", "i32.const 7 i32.mul ", 3, "")),
        ("divisions", bodies("(param i32) (result i32) local.get 0", "local.get 0 i32.div_u ", 3, "")),
        ("empty functions", times(2_000, "(func)")),
        ("empty functions with parameters", times(2_000, &format!("(func (param {params}))"))),
        ("locals", times(16, &format!("(func (local {}))", times(1_000, "i64 ")))),
        (
            "locals that are used",
            format!(
                "{} (func $g)",
                times(
                    16,
                    &format!("(func (param i32) (result i64) (local {}) call $g local.get 1000)", times(1_000, "i64 "))
                )
            ),
        ),
        ("nesting", bodies("(param i32)", &nest("local.get 0 br_if 100 "), 250 * 3 + 4, "")),
        ("nested loops", bodies("(param i32)", &loops("local.get 0 br_if 100 "), 250 * 3 + 4, "")),
        ("br_table", body("(param i32)", &nest(&times(50, &format!("block {table} end "))), 60 << 10, "")),
        ("operands", bodies("(param i32)", &heights, 3_000, "")),
        (
            "operands over calls",
            format!(
                "(func $g) {}",
                bodies(
                    "(param i32)",
                    &format!("{}call $g {}", times(1_000, "local.get 0 "), times(1_000, "drop ")),
                    3_002,
                    ""
                )
            ),
        ),
        (
            "operands over branches",
            bodies(
                "(param i32)",
                &format!(
                    "{}{}{}",
                    times(1_000, "local.get 0 "),
                    times(500, "local.get 0 if end "),
                    times(1_000, "drop ")
                ),
                5_500,
                "",
            ),
        ),
        (
            "calls with parameters",
            format!("(func $g (param {params})) {}", bodies("", &format!("{values} call $g "), 34, "")),
        ),
        (
            "calls through the table",
            format!(
                "(type $t (func (param {params}))) {elements} {}",
                bodies("", &format!("{values} i32.const 1 call_indirect (type $t) "), 37, "")
            ),
        ),
        ("branches", bodies("(param i32)", "local.get 0 br_if 0 ", 4, "")),
        ("ifs", bodies("(param i32)", "local.get 0 if end ", 5, "")),
        (
            "locals over loops",
            bodies(
                &format!("(param i32) (local {})", times(1_000, "i64 ")),
                "loop local.get 5 i64.const 1 i64.add local.set 500 local.get 500 local.set 5 local.get 0 br_if 0 end ",
                20,
                "",
            ),
        ),
        (
            "locals over many branches",
            bodies(
                &format!("(param i32) (local {})", times(1_000, "i64 ")),
                &format!(
                    "block {} end ",
                    (1..60)
                        .map(|at| format!("local.get {at} local.set {} local.get 0 br_if 0 ", at + 60))
                        .collect::<String>()
                ),
                59 * 9 + 3,
                "",
            ),
        ),
        ("loads", bodies("(param i32)", "local.get 0 i64.load drop ", 6, "")),
        ("memory.fill", bodies("(param i32)", "local.get 0 local.get 0 local.get 0 memory.fill ", 9, "")),
        ("memory.grow", bodies("(param i32)", "local.get 0 memory.grow drop ", 5, "")),
        ("types", types),
        ("data segments", data),
        ("much data", format!("(data (i32.const 0) \"{}\") (data (i32.const 0) \"{0}\")", times(60 << 10, "x"))),
        ("globals", globals + &times(200, "(func global.get 249 global.set 249)")),
        ("elements", elements.clone()),
    ]
}

/// What is above one.
fn above_the_limits() -> Vec<(&'static str, String)> {
    let nest = |count: usize| format!("(func {}{})", times(count, "block "), times(count, "end "));
    vec![
        ("empty functions", times(30_000, "(func)")),
        ("a huge body", body("(param i32) (result i32) local.get 0", "i32.const 7 i32.mul ", 2, "")),
        ("locals", format!("(func (local {}))", times(40_000, "i64 "))),
        ("locals of many functions", times(2_000, &format!("(func (local {}))", times(1_000, "i64 ")))),
        ("nesting", nest(20_000)),
        ("br_table", format!("(func (param i32) block local.get 0 br_table {} end)", times(30_000, "0 "))),
        ("operands", format!("(func (param i32) {}{})", times(20_000, "local.get 0 "), times(20_000, "drop "))),
        ("parameters", format!("(func (param {}))", times(900, "i64 "))),
        ("types", (0..20_000).map(|_| "(type (func))".to_owned()).collect()),
        ("data segments", (0..20_000).map(|at| format!("(data (i32.const {at}) \"\")")).collect()),
        ("element segments", format!("(table 1 funcref) {}", times(20_000, "(elem (i32.const 0))"))),
        ("a long table", "(table 4000000 funcref)".to_owned()),
        ("globals", times(20_000, "(global i32 (i32.const 0))")),
        ("exports", (0..9_000).map(|at| format!("(export \"{at}\" (func 0))")).collect()),
        ("bytes", format!("(data (i32.const 0) \"{}\")", times(140_000, "x"))),
    ]
}

fn chain(folder: &Path, strategy: CompileStrategy) -> Chain {
    let limits = Limits { calls_at_once_max: 2, ..Limits::default() };
    let (cache_dir, contracts) = (Some(folder.to_owned()), Some(strategy));
    let config = ExecutorConfig { cache_dir, contracts, limits, ..ExecutorConfig::default() };
    Chain::on(Arc::new(Executor::new(config).unwrap()))
}

/// Bytes of the compiled contracts in a cache.
fn compiled_bytes(folder: &Path) -> usize {
    let entries = fs::read_dir(folder.join("contracts")).unwrap();
    entries.map(|entry| entry.unwrap().metadata().unwrap().len() as usize).sum()
}

fn compiles_in_proportion(strategy: CompileStrategy) {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = chain(folder.path(), strategy);
    let mut too_large = Vec::new();
    for (name, items) in at_the_limits() {
        let module = module(&items);
        let before = compiled_bytes(folder.path());
        let start = Instant::now();
        let result = chain.upload(&module);
        let (took, bytes) = (start.elapsed(), compiled_bytes(folder.path()) - before);
        println!("{name}: {} bytes -> {bytes}, {took:?}, {}", module.len(), result.is_ok());
        if bytes > COMPILED_BYTES_MAX {
            too_large.push((name, bytes));
        }
    }
    assert!(too_large.is_empty(), "{too_large:?}");
    // The host is as it was.
    let idle = chain.deploy(&module(""), &[]);
    assert!(chain.call_with(&idle, 0, GAS, &[]).result.is_ok());
}

#[test]
fn what_is_at_the_limits_compiles_in_proportion() {
    compiles_in_proportion(CompileStrategy::WinchOnly);
}

#[test]
fn what_is_at_the_limits_compiles_in_proportion_with_the_better_compiler() {
    compiles_in_proportion(CompileStrategy::CraneliftOnly);
}

#[test]
fn what_is_above_a_limit_is_refused_before_it_is_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = chain(folder.path(), CompileStrategy::WinchOnly);
    for (name, items) in above_the_limits() {
        let refused = chain.upload(&module(&items)).map_err(|error| format!("{error:?}"));
        assert!(refused.as_ref().is_err(), "{name}: {refused:?}");
    }
    assert_eq!(compiled_bytes(folder.path()), 0);
}
