//! A module of 100 KB that is new to the chain.
//!
//! | subject | what it is |
//! |---|---|
//! | `upload` | `upload_code`: checked, rewritten so that it counts its gas, hashed, stored |
//! | `first contract` | the same and its first contract; for that the host compiles it |
//!
//! Each run has a module of its own, as what was compiled once is kept.

use std::fmt::Write;

use ziver_benchmarks::{blocks::Author, contracts, cpu::Cost, record::Record};

use super::{Options, stage, stage::Stage};

/// Bytes of a module, about.
const MODULE_BYTES: usize = 100_000;
/// What one of its functions takes, about.
const FUNCTION_BYTES: usize = 93;

pub fn run(options: &Options) {
    let mut author = Author::new(10);
    author.append(&[(0, contracts::deploy(module(0), Vec::new()))]);
    let stage = Stage::of(&author, &[]);
    let header = author.block_of(&[]).header;
    // The first one has made a contract already, and nobody counts its nonce here.
    let signer = author.account(1);
    // The runtime is compiled before the clock runs.
    drop(stage.guest("bench_calls", &stage::calls(&header, &[])));
    for run in 1..=options.runs() {
        for (at, (subject, call)) in
            [("upload", contracts::upload as fn(_) -> _), ("first contract", deploy)].into_iter().enumerate()
        {
            if !options.wants(subject) {
                continue;
            }
            let code = module(2 * run + at as u32);
            let bytes = code.len();
            let input = stage::calls(&header, &[(signer, call(code))]);
            let (cost, _) = Cost::of(|| stage.guest("bench_calls", &input));
            Record::new("contract_upload", subject, run)
                .parameter("bytes", bytes)
                .figure("ms", cost.cpu.as_secs_f64() * 1e3)
                .tell();
        }
    }
}

fn deploy(code: Vec<u8>) -> Vec<u8> {
    contracts::deploy(code, Vec::new())
}

/// A module with many small functions that compute, branch, use memory and call each other.
fn module(seed: u32) -> Vec<u8> {
    let mut text = String::from(
        "(module (memory 1) (func (export \"deploy\")) (func (export \"call\") i32.const 7 call $f0 drop)",
    );
    let count = MODULE_BYTES / FUNCTION_BYTES;
    for number in 0..count {
        let constant = seed.wrapping_mul(7_919) + number as u32;
        let next = if number + 1 < count { format!("call $f{}", number + 1) } else { String::new() };
        write!(
            text,
            "(func $f{number} (param i32) (result i32) (local i32 i64)
                local.get 0 i32.const {constant} i32.xor local.set 1
                block loop
                    local.get 1 i32.eqz br_if 1
                    local.get 1 i32.const 1 i32.shr_u local.set 1
                    local.get 2 local.get 1 i64.extend_i32_u i64.const 0x5851f42d4c957f2d i64.mul i64.add local.set 2
                    br 0
                end end
                local.get 0 i32.const 0xfff8 i32.and local.get 2 i64.store
                local.get 0 i32.const 0xfff8 i32.and i64.load i32.wrap_i64 i32.const 3 i32.and
                if (result i32) i32.const {number} local.get 1 i32.add else local.get 0 {next} end)"
        )
        .expect("a string takes everything");
    }
    text.push(')');
    wat::parse_str(text).expect("the text is a module")
}
