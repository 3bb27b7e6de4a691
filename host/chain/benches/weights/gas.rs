//! Whether contracts pay for the time that they take: each import in a loop, at its dearest for the chain.
//!
//! A case is a contract of its own, which is called once in each of several blocks. Of the block's processor time that of the
//! empty block and of a bare extrinsic is subtracted; the rest is compared with the weight that the call took. A ratio of 1
//! means a nanosecond paid for each that it took: below, the block's limit holds.
//!
//! Out of scope: instructions (`pallets/contracts`, `code/cost.rs`), deploying (`super::contracts`).

use super::contracts::{Deployed, called, deploy};
use crate::{Bench, ROUNDS, load::key};

/// Where the length of the room for answers is.
const ROOM: u32 = 1024;
/// Where a case has its data.
const DATA: u32 = 2048;

/// The imports that cases use.
const IMPORTS: &str = r#"
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "clear_storage" (func $clear (param i32 i32) (result i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "contains_storage" (func $contains (param i32 i32) (result i32)))
    (import "seal0" "transfer" (func $transfer (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "seal_call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (import "seal0" "delegate_call" (func $delegate (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "seal1" "instantiate" (func $instantiate (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "seal1" "terminate" (func $terminate (param i32)))
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal0" "is_contract" (func $is_contract (param i32) (result i32)))
    (import "seal0" "code_hash" (func $code_hash (param i32 i32 i32) (result i32)))
    (import "seal0" "own_code_hash" (func $own_code_hash (param i32 i32)))
    (import "seal0" "address" (func $address (param i32 i32)))
    (import "seal0" "balance" (func $balance (param i32 i32)))
    (import "seal0" "now" (func $now (param i32 i32)))
    (import "seal0" "block_number" (func $block_number (param i32 i32)))
    (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
    (import "seal0" "debug_message" (func $debug (param i32 i32) (result i32)))
    (import "seal0" "hash_sha2_256" (func $sha2 (param i32 i32 i32)))
    (import "seal0" "hash_keccak_256" (func $keccak (param i32 i32 i32)))
    (import "seal0" "hash_blake2_256" (func $blake2 (param i32 i32 i32)))
    (import "seal0" "ecdsa_recover" (func $recover (param i32 i32 i32) (result i32)))
    (import "seal0" "ecdsa_to_eth_address" (func $decompress (param i32 i32) (result i32)))
    (import "seal0" "sr25519_verify" (func $sr25519 (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "set_code_hash" (func $set_code (param i32) (result i32)))
    (import "seal0" "instantiation_nonce" (func $nonce (result i64)))
    (import "zx" "gas_left" (func $gas_left (result i64)))
    (import "zx" "block_hash" (func $block_hash (param i32 i32) (result i32)))
    (import "zx" "hash_sha3_256" (func $sha3 (param i32 i32 i32)))
    (import "zx" "start_transaction" (func $start))
    (import "zx" "commit_transaction" (func $commit))
    (import "zx" "rollback_transaction" (func $rollback))"#;

/// A contract that does something `times` times. `#1` in its text is a constant; the first 8 bytes of memory differ each time.
struct Case {
    name: &'static str,
    times: u32,
    body: String,
    setup: String,
    data: Vec<u8>,
    input: usize,
    is_cold: bool,
    /// Money that each call brings, in the smallest unit.
    value: u128,
}

fn case(name: &'static str, times: u32, body: &str) -> Case {
    let (setup, data) = (String::new(), Vec::new());
    Case { name, times, body: body.to_string(), setup, data, input: 4, is_cold: false, value: 0 }
}

impl Case {
    /// With `bytes` at [`DATA`].
    fn data(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self { data: bytes.into(), ..self }
    }

    /// Called with so many bytes.
    fn input(self, input: usize) -> Self {
        Self { input, ..self }
    }

    /// With `count` cells of `len` bytes, by keys of 4 bytes.
    fn cells(self, count: u32, len: u32) -> Self {
        let set = format!("(drop (call $set #0 #4 #4096 #{len}))");
        Self { setup: repeat(count, &set), ..self }
    }

    /// Each round begins with empty caches of this program.
    fn cold(self) -> Self {
        Self { is_cold: true, ..self }
    }

    /// Has money to give away.
    fn rich(self) -> Self {
        Self { value: ziver_primitives::UNIT, ..self }
    }

    fn module(&self) -> Vec<u8> {
        let data: String = self.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let (setup, body) = (&self.setup, repeat(self.times, &self.body));
        let text = format!(
            r#"(module {IMPORTS} (memory 12) (data (i32.const {DATA}) "{data}")
                (func (export "deploy") (local $i i32) (local $j i32) {setup})
                (func (export "call") (local $i i32) (local $j i32)
                    (i32.store #{ROOM} #400000) (call $input #4096 #{ROOM}) (i32.store #4 (i32.load #4096)) {body}))"#
        );
        wat::parse_str(constants(&text)).expect("the text is a module")
    }
}

fn repeat(times: u32, body: &str) -> String {
    format!(
        "(loop $again (i32.store #0 (local.get $i)) (i32.store #{ROOM} #400000) {body}
            (local.set $i (i32.add (local.get $i) #1)) (br_if $again (i32.lt_u (local.get $i) #{times})))"
    )
}

/// Replaces `#1` by `(i32.const 1)`.
fn constants(text: &str) -> String {
    let mut parts = text.split('#');
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (number, rest) = part.split_at(part.find(|next: char| !next.is_ascii_digit()).unwrap_or(part.len()));
        out += &format!("(i32.const {number}){rest}");
    }
    out
}

/// Runs all cases, and prints what share of its time each pays for, the worst first.
pub fn measure(bench: &mut Bench, base: f64, filter: &str) {
    let cases: Vec<_> = cases(bench).into_iter().filter(|case| case.name.contains(filter)).collect();
    let mut rows: Vec<(f64, String)> = cases.iter().map(|case| row(bench, base, case)).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("\ntime taken for each nanosecond paid, the worst first:");
    rows.iter().for_each(|(_, line)| println!("{line}"));
}

fn row(bench: &mut Bench, base: f64, case: &Case) -> (f64, String) {
    let contract = deploy(bench, &case.module(), &[]);
    let (mut least, mut gas) = (f64::MAX, 0);
    for round in 0..ROUNDS as u32 {
        let mut input = round.to_le_bytes().to_vec();
        input.resize(case.input, 7);
        if case.is_cold {
            bench.reopen();
        }
        let (took, used) = called(bench, &contract, case.value, &input);
        least = least.min(took - base);
        gas = used;
    }
    let (each_ns, paid) = (least / 1e3 / f64::from(case.times), gas as f64 / f64::from(case.times));
    let ratio = each_ns / paid;
    let line = format!("{:<50} {each_ns:>12.0} ns {paid:>12.0} gas {ratio:>8.2}", case.name);
    println!("{line}");
    (ratio, line)
}

fn cases(bench: &mut Bench) -> Vec<Case> {
    let mut cases = plain();
    cases.extend(storage());
    cases.extend(crypto());
    cases.extend(calls(bench));
    cases
}

fn plain() -> Vec<Case> {
    vec![
        case("zx::gas_left", 20_000, "(drop (call $gas_left))"),
        case("address", 20_000, "(call $address #64 #1024)"),
        case("now", 20_000, "(call $now #64 #1024)"),
        case("block_number", 20_000, "(call $block_number #64 #1024)"),
        case("instantiation_nonce", 20_000, "(drop (call $nonce))"),
        case("balance", 10_000, "(call $balance #64 #1024)"),
        case("is_contract,account=new", 10_000, "(drop (call $is_contract #0))"),
        case("code_hash,account=new", 10_000, "(drop (call $code_hash #0 #64 #1024))"),
        case("zx::block_hash", 10_000, "(drop (call $block_hash #1 #64))"),
        case("input,bytes=4", 10_000, "(call $input #4096 #1024)"),
        case("input,bytes=200000", 1_000, "(call $input #4096 #1024)").input(200_000),
        case("debug_message,bytes=0", 20_000, "(drop (call $debug #0 #0))"),
        case("debug_message,bytes=65536", 2_000, "(drop (call $debug #0 #65536))"),
        case("deposit_event", 5_000, "(call $event #0 #0 #0 #0)"),
        case(
            "deposit_event,topics=4",
            5_000,
            "(i32.store8 #63 #16) (i32.store #64 (local.get $i)) (i32.store #100 (local.get $i))
             (i32.store #130 (local.get $i)) (i32.store #170 (local.get $i)) (call $event #63 #129 #0 #0)",
        ),
        case("deposit_event,bytes=16384", 1_000, "(call $event #0 #0 #4096 #16384)"),
        // More than the runtime has memory.
        case("deposit_event,bytes=16384,times=7000", 7_000, "(call $event #0 #0 #4096 #16384)"),
        case(
            "transfer,receiver=self",
            5_000,
            "(call $address #64 #1024) (i64.store #96 (i64.const 1))
             (drop (call $transfer #64 #20 #96 #16))",
        ),
        case("transfer,refused", 5_000, "(i64.store #104 (i64.const 1)) (drop (call $transfer #0 #20 #96 #16))"),
        case("zx::start_transaction,commit", 10_000, "(call $start) (call $commit)"),
        case("zx::start_transaction,rollback", 10_000, "(call $start) (call $rollback)"),
        case(
            "zx::start_transaction,16 around a write",
            500,
            "(local.set $j #0) (loop $open (call $start) (local.set $j (i32.add (local.get $j) #1))
                (br_if $open (i32.lt_u (local.get $j) #16))) (drop (call $set #0 #8 #4096 #0)) (local.set $j #0)
             (loop $close (call $commit) (local.set $j (i32.add (local.get $j) #1))
                (br_if $close (i32.lt_u (local.get $j) #16)))",
        ),
    ]
}

fn storage() -> Vec<Case> {
    let get = "(drop (call $get #0 #4 #4096 #1024))";
    let one = "(i32.store #0 #0) (drop (call $get #0 #4 #4096 #1024))";
    vec![
        case("get_storage,cell=none", 5_000, "(drop (call $get #0 #8 #4096 #1024))"),
        case("get_storage,cell=none,key=128", 5_000, "(drop (call $get #0 #128 #4096 #1024))"),
        case("get_storage,cell=none,cold", 5_000, "(drop (call $get #0 #8 #4096 #1024))").cold(),
        case("get_storage,bytes=32,cell=one", 5_000, one).cells(1, 32),
        case("get_storage,bytes=32", 5_000, get).cells(5_000, 32),
        case("get_storage,bytes=32,cold", 5_000, get).cells(5_000, 32).cold(),
        case("get_storage,bytes=16384,cell=one", 5_000, one).cells(1, 16_384),
        case("get_storage,bytes=16384", 1_000, get).cells(1_000, 16_384),
        case("get_storage,bytes=16384,cold", 1_000, get).cells(1_000, 16_384).cold(),
        case("contains_storage,bytes=16384", 1_000, "(drop (call $contains #0 #4))").cells(1_000, 16_384),
        case("contains_storage,bytes=16384,cold", 1_000, "(drop (call $contains #0 #4))").cells(1_000, 16_384).cold(),
        case("clear_storage,cell=none", 2_000, "(drop (call $clear #0 #8))"),
        case("set_storage,bytes=0,cell=new", 2_000, "(drop (call $set #0 #8 #4096 #0))"),
        case("set_storage,bytes=32,cell=new", 2_000, "(drop (call $set #0 #8 #4096 #32))"),
        case("set_storage,bytes=16384,cell=new", 500, "(drop (call $set #0 #8 #4096 #16384))"),
        case("set_storage,bytes=16384,cell=one", 1_000, "(i32.store #0 #0) (drop (call $set #0 #4 #4096 #16384))"),
        case(
            "set_storage and clear_storage,cell=new",
            1_000,
            "(drop (call $set #0 #8 #4096 #32)) (drop (call $clear #0 #8))",
        ),
    ]
}

fn crypto() -> Vec<Case> {
    let signer = key(0);
    let signature = signer.sign(b"message");
    let hash = ziver_primitives::hashing::keccak_256(b"message");
    // Any point of ristretto255 and any small number are a signature that has to be verified to be refused.
    let point = hex::decode("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d").expect("hex");
    let number: Vec<u8> = (0..32u8).map(|at| if at == 31 { 0x80 } else { at }).collect();
    let sr25519 = [&point[..], &number, &point].concat();
    let generator = hex::decode("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798").expect("hex");
    let mut cases = vec![
        case("ecdsa_recover", 500, "(i64.store #2113 (i64.load #0)) (drop (call $recover #2048 #2113 #64))")
            .data([&signature.0[..], &hash].concat()),
        case("ecdsa_to_eth_address", 500, "(i64.store #2050 (i64.load #0)) (drop (call $decompress #2048 #64))")
            .data(generator),
        case("sr25519_verify", 500, "(drop (call $sr25519 #2048 #2112 #4 #0))").data(sr25519.clone()),
        case("sr25519_verify,bytes=262144", 50, "(drop (call $sr25519 #2048 #2112 #262144 #0))").data(sr25519),
    ];
    let hashes = [
        ("$sha2", "hash_sha2_256,bytes=0", "hash_sha2_256,bytes=500000"),
        ("$keccak", "hash_keccak_256,bytes=0", "hash_keccak_256,bytes=500000"),
        ("$blake2", "hash_blake2_256,bytes=0", "hash_blake2_256,bytes=500000"),
        ("$sha3", "zx::hash_sha3_256,bytes=0", "zx::hash_sha3_256,bytes=500000"),
    ];
    for (function, short, long) in hashes {
        cases.push(case(short, 10_000, &format!("(call {function} #0 #0 #64)")));
        cases.push(case(long, 50, &format!("(call {function} #0 #500000 #64)")));
    }
    cases
}

/// Code whose constructor writes a cell.
fn keeping(bench: &mut Bench) -> [u8; 32] {
    let text = format!(
        r#"(module {IMPORTS} (memory 1) (func (export "call"))
            (func (export "deploy") (drop (call $set #0 #8 #0 #32))))"#
    );
    deploy(bench, &wat::parse_str(constants(&text)).expect("the text is a module"), &[]).code_hash
}

/// A contract that does nothing, with something in it many times; `{at}` counts.
fn with_many(bench: &mut Bench, before: &str, each: &str, times: usize, after: &str) -> Deployed {
    let many: String = (0..times).map(|at| each.replace("{at}", &format!("{at:04}"))).collect();
    let text = format!(r#"(module {before}{many}{after} (func (export "deploy")) (func (export "call")))"#);
    deploy(bench, &wat::parse_str(text).expect("the text is a module"), &[])
}

/// Cases that call other contracts.
fn calls(bench: &mut Bench) -> Vec<Case> {
    let mut other = |memory: u32, body: &str| {
        let text =
            format!(r#"(module {IMPORTS} (memory {memory}) (func (export "deploy")) (func (export "call") {body}))"#);
        deploy(bench, &wat::parse_str(constants(&text)).expect("the text is a module"), &[])
    };
    let Deployed { address: idle, code_hash } = other(1, "");
    let dirty = other(3, "(memory.fill #0 #1 #196608)");
    let wide = other(16, "(memory.fill #0 #1 #1048576)");
    let reverts = other(1, "(call $return #1 #0 #0)");
    let writes_and_reverts = other(1, "(drop (call $set #0 #8 #0 #32)) (call $return #1 #0 #0)");
    let answers = other(3, "(call $return #0 #0 #196608)");
    let ends = other(1, "(call $terminate #2048)");
    let keeps = keeping(bench);
    let tables = with_many(bench, "(memory 1) (table 4096 funcref) (func $f) (elem (i32.const 0) ", "$f ", 4_096, ")");
    let segments = with_many(bench, "(memory 3) ", r#"(data (i32.const 1{at}) "{at}") "#, 1_000, "");
    let known: Vec<u8> = (0..1_000).flat_map(|_| bench.account().0).collect();
    let call = |input: u32| format!("(drop (call $call #0 #2048 (i64.const 0) #96 #4096 #{input} #300000 #1024))");
    let instantiate = "(drop (call $instantiate #2048 (i64.const 0) #96 #0 #0 #64 #1024 #300000 #1028 #0 #8))";
    let room = "(i32.store #1028 #400000)";
    vec![
        case("call,account=new", 5_000, "(drop (call $call #0 #0 (i64.const 0) #96 #4096 #0 #300000 #1024))"),
        case("call,gas=1", 5_000, "(drop (call $call #0 #2048 (i64.const 1) #96 #4096 #0 #300000 #1024))").data(idle.0),
        case("call", 2_000, &call(0)).data(idle.0),
        case("call,bytes=200000", 500, &call(200_000)).data(idle.0),
        case("call,pages=3", 500, &call(0)).data(dirty.address.0),
        case("call,pages=16", 200, &call(0)).data(wide.address.0),
        case("call,reverts", 2_000, &call(0)).data(reverts.address.0),
        case("call,writes and reverts", 1_000, &call(0)).data(writes_and_reverts.address.0),
        case("call,answer=196608", 500, &call(0)).data(answers.address.0),
        case("delegate_call", 2_000, "(drop (call $delegate #0 #2048 #0 #0 #300000 #1024))").data(code_hash),
        case("instantiate", 500, &[room, instantiate].concat()).data(code_hash),
        case(
            "instantiate and terminate",
            300,
            &[room, instantiate, "(drop (call $call #0 #64 (i64.const 0) #96 #0 #0 #300000 #1024))"].concat(),
        )
        .data(ends.code_hash),
        case("set_code_hash", 500, "(call $own_code_hash #2048 #1024) (drop (call $set_code #2048))"),
        case("call,value=1", 2_000, &format!("(i64.store #96 (i64.const 1)) {}", call(0))).data(idle.0).rich(),
        case("call,table=4096", 1_000, &call(0)).data(tables.address.0),
        case("call,segments=1000", 1_000, &call(0)).data(segments.address.0),
        case("instantiate,writes", 300, &[room, instantiate].concat()).data(keeps),
        case(
            "transfer,receiver=known",
            1_000,
            "(i64.store #96 (i64.const 1)) (drop (call $transfer
             (i32.add #2048 (i32.mul (local.get $i) #20)) #20 #96 #16))",
        )
        .data(known)
        .rich(),
    ]
}
