//! How fast code is prepared: `cargo bench -p ziver-contracts`.

use std::{hint::black_box, time::Instant};
use ziver_contracts::code::prepare;

fn main() {
    let arithmetic = "local.get 0 i32.const 3 i32.add local.set 0 ".repeat(9_000);
    let branches = "i32.const 0 br_if 0 ".repeat(500);
    for (name, functions) in [
        ("arithmetic", format!("(func (local i32) {arithmetic})").repeat(2)),
        ("branches", format!("(func {branches})").repeat(50)),
        ("functions", "(func call 0)".repeat(2_000)),
    ] {
        let text = format!(r#"(module (memory 1) {functions} (func (export "call")) (func (export "deploy")))"#);
        let module = wat::parse_str(text).expect("the text is a module");
        let prepared = prepare(&module).expect("the module is accepted").code.len();
        let rounds = 50u32;
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(prepare(&module).is_ok());
        }
        let each = start.elapsed() / rounds;
        let speed = module.len() as f64 / each.as_secs_f64() / 1e6;
        println!("contracts::prepare/module={name} {each:?} {speed:.1} MB/s, {} bytes become {prepared}", module.len());
    }
}
