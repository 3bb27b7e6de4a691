//! What a contract's call costs with each compiler, in processor time (Linux): `cargo bench -p ziver-executor --bench contracts`.
//!
//! Behind `--`: a contract of one's own as `FILE.wasm DEPLOY CALL`, the last two its inputs in hexadecimal digits.

use std::hint::black_box;
use std::time::Duration;

use ziver_executor::CompileStrategy;

#[path = "../tests/it/development.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod development;
use development::{Chain, GAS};

/// Arithmetic in registers.
const MIX: &str = r#"(func (export "call") (local $i i32) (local $a i64) (local $b i64)
    (loop $next
        (local.set $a (i64.add (i64.mul (i64.xor (local.get $a) (i64.extend_i32_u (local.get $i))) (i64.const 0x5bd1e995)) (local.get $b)))
        (local.set $b (i64.rotl (i64.xor (local.get $a) (i64.shr_u (local.get $b) (i64.const 7))) (i64.const 13)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (i32.const 1000000))))
    (i64.store (i32.const 0) (local.get $b)))"#;

/// A sieve: loads and stores.
const SIEVE: &str = r#"(func (export "call") (local $i i32) (local $j i32) (local $count i32)
    (local.set $i (i32.const 2))
    (loop $outer
        (if (i32.eqz (i32.load8_u (local.get $i))) (then
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $j (i32.shl (local.get $i) (i32.const 1)))
            (block $done (loop $inner
                (br_if $done (i32.ge_u (local.get $j) (i32.const 200000)))
                (i32.store8 (local.get $j) (i32.const 1))
                (local.set $j (i32.add (local.get $j) (local.get $i)))
                (br $inner)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $outer (i32.lt_u (local.get $i) (i32.const 200000))))
    (i32.store (i32.const 0) (local.get $count)))"#;

/// Calls: the Fibonacci numbers.
const FIBONACCI: &str = r#"(func $f (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0)) (else
            (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "call") (i32.store (i32.const 0) (call $f (i32.const 25))))"#;

struct Contract {
    name: String,
    module: Vec<u8>,
    deploy: Vec<u8>,
    call: Vec<u8>,
    rounds: u32,
}

fn contracts() -> Vec<Contract> {
    let own = [
        ("idle", r#"(func (export "call"))"#, 5_000),
        ("mix", MIX, 20),
        ("sieve", SIEVE, 20),
        ("fibonacci", FIBONACCI, 20),
    ];
    let own = own.map(|(name, call, rounds)| {
        let text = format!(r#"(module (memory 4) (func (export "deploy")) {call})"#);
        let module = wat::parse_str(text).expect("the text is a module");
        Contract { name: name.to_owned(), module, deploy: vec![], call: vec![], rounds }
    });
    let mut all = Vec::from(own);
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for given in arguments.chunks_exact(3) {
        let bytes = |at: usize| hex::decode(given[at].trim_start_matches("0x")).expect("hexadecimal digits");
        let module = std::fs::read(&given[0]).expect("the file can be read");
        all.push(Contract { name: given[0].clone(), module, deploy: bytes(1), call: bytes(2), rounds: 2_000 });
    }
    all
}

/// A thread with room for the guest, as the node's own have: on a smaller stack each call gets another one first.
fn main() {
    let large = std::thread::Builder::new().stack_size(16 * 1024 * 1024).spawn(measure);
    large.expect("the thread starts").join().expect("the benchmark ends");
}

/// What this thread has had of a processor: other processes do not show in it.
fn processor_time() -> Duration {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the system is Linux");
    let nanoseconds = figures.split_whitespace().next().and_then(|figure| figure.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first figure is nanoseconds"))
}

fn measure() {
    let compilers = [("winch", CompileStrategy::WinchOnly), ("cranelift", CompileStrategy::CraneliftOnly)];
    for Contract { name, module, deploy, call, rounds } in contracts() {
        let mut hosts = compilers.map(|(compiler, strategy)| {
            let mut chain = Chain::new(strategy);
            let address = chain.deploy(&module, &deploy);
            (compiler, chain, address, Vec::new())
        });
        for _ in 0..5 {
            for (_, chain, address, times) in &mut hosts {
                let input = development::call_input(address, 0, GAS, &call);
                let start = processor_time();
                for _ in 0..rounds {
                    chain.begin();
                    black_box(chain.bytes("ContractsApi_call", &input));
                    chain.undo();
                }
                times.push((processor_time() - start) / rounds);
            }
        }
        for (compiler, chain, address, times) in &mut hosts {
            times.sort();
            let answer = chain.call(address, &call);
            let (gas, end) = (answer.gas_consumed.ref_time / 1_000, answer.result.map(|answer| answer.data.len()));
            println!("executor::contract/name={name},compiler={compiler} {:?} gas={gas} {end:?}", times[2]);
        }
    }
}
