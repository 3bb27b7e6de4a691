//! What the calls of the pallet `Contracts` take beside the gas: uploads by their bytes and functions, deploying, calling.
//!
//! Uploads are measured with modules that take longest by the one and by the other: bodies that grow fourfold when they are
//! metered, and very many small functions. Each module is new to the importer, which compiles it.

use codec::{Compact, Encode};
use ziver_chain::Offer;
use ziver_primitives::{
    AccountId20, Hash,
    hashing::{blake2_256, keccak_256},
    storage_keys::item_prefix,
};

use crate::{Bench, CALLS, Prices, ROUNDS, call, price};

/// The pallet's number in calls and events.
const PALLET: u8 = 8;
/// Gas for whatever is called.
const GAS: u64 = 1_000_000_000;
/// Uploads in a block.
const UPLOADS: usize = 8;
/// The event that ends a call.
const EXECUTED: u8 = 64;

/// A contract.
#[derive(Clone, Copy)]
pub struct Deployed {
    pub address: AccountId20,
    pub code_hash: [u8; 32],
}

fn weight(gas: u64) -> impl Encode {
    (Compact(gas * 1_000), Compact(0u64))
}

fn upload(module: &[u8]) -> Vec<u8> {
    call(PALLET, 3, (module, None::<Compact<u128>>, 0u8))
}

fn calling(contract: &AccountId20, value: u128, input: &[u8], gas: u64) -> Vec<u8> {
    call(PALLET, 6, (contract, Compact(value), weight(gas), None::<Compact<u128>>, input))
}

fn deploying(module: &[u8], input: &[u8]) -> Vec<u8> {
    call(PALLET, 7, (Compact(0u128), weight(GAS), None::<Compact<u128>>, module, input, Vec::<u8>::new()))
}

fn instantiating(code_hash: &[u8; 32]) -> Vec<u8> {
    call(
        PALLET,
        8,
        (Compact(0u128), weight(10_000_000), None::<Compact<u128>>, code_hash, Vec::<u8>::new(), Vec::<u8>::new()),
    )
}

/// Where the first transaction of `deployer` puts a contract.
fn address(deployer: &AccountId20) -> AccountId20 {
    let hash = keccak_256(&[&[0xd6, 0x94], &deployer.0[..], &[0x80]].concat());
    AccountId20(*hash.last_chunk().expect("32 bytes"))
}

/// Deploys a module.
pub fn deploy(bench: &mut Bench, module: &[u8], input: &[u8]) -> Deployed {
    let from = bench.key();
    let offer = bench.signing.offer(&from, 0, deploying(module, input));
    bench.run(vec![offer]);
    Deployed { address: address(&from.account()), code_hash: blake2_256(module) }
}

/// Picoseconds that a call takes beyond the empty block, and the gas that it used.
pub fn called(bench: &mut Bench, contract: &Deployed, value: u128, input: &[u8]) -> (f64, u64) {
    let offer = bench.signed(calling(&contract.address, value, input, GAS));
    let took = bench.run(vec![offer]).saturating_sub(bench.empty);
    let events = bench.storage(&item_prefix("System", "Events")).expect("each block has events");
    let wanted = [&[PALLET, EXECUTED], &contract.address.0[..], &[0]].concat();
    let at = events.windows(wanted.len()).rposition(|window| window == wanted).expect("the call's last event");
    let gas = events[at + wanted.len()..].first_chunk().expect("gas behind it");
    (took.as_nanos() as f64 * 1e3, u64::from_le_bytes(*gas))
}

/// A module with `functions` of `body`, each different.
fn module(seed: u64, functions: usize, body: &str) -> Vec<u8> {
    let functions: String =
        (0..functions).map(|at| format!("(func (result i32) (local i64) i32.const {at} {body})")).collect();
    let text = format!(
        r#"(module (memory 1) (data (i32.const 0) "{seed:016x}") (func (export "deploy")) (func (export "call")) {functions})"#
    );
    wat::parse_str(text).expect("the text is a module")
}

/// Bytes of a code as it is run.
fn prepared_len(bench: &Bench, code_hash: &[u8; 32]) -> f64 {
    let key = [&item_prefix("Contracts", "CodeInfoOf")[..], code_hash].concat();
    let info = bench.storage(&key).expect("the code is there");
    // The record ends with this length and the pages of memory.
    let (len, _) = info[info.len() - 8..].split_at(4);
    f64::from(u32::from_le_bytes(len.try_into().expect("4 bytes")))
}

/// What uploads of a kind take, and their lengths before and after they are prepared.
struct Uploads {
    took: f64,
    len: f64,
    prepared: f64,
}

impl Uploads {
    fn of(bench: &mut Bench, name: &str, seed: &mut u64, make: impl Fn(u64) -> Vec<u8>) -> Self {
        let mut last = Vec::new();
        let took = bench.each(name, UPLOADS, |bench| {
            *seed += 1;
            last = make(*seed);
            bench.signed(upload(&last))
        });
        let prepared = prepared_len(bench, &blake2_256(&last));
        println!("    {} bytes, {prepared} prepared", last.len());
        Self { took, len: last.len() as f64, prepared }
    }
}

/// What uploads take: by themselves, for a byte as it comes, for a byte as it is run, for a function.
fn uploads(bench: &mut Bench, prices: &mut Prices, base: f64) {
    let mut seed = 0;
    let small = Uploads::of(bench, "contracts::upload_code", &mut seed, |seed| module(seed, 0, ""));
    // Data is neither instrumented nor compiled.
    let data = Uploads::of(bench, "contracts::upload_code,data=120000", &mut seed, |seed| {
        let text = format!(
            r#"(module (memory 2) (data (i32.const 0) "{seed:016x}{}") (func (export "deploy")) (func (export "call")))"#,
            "x".repeat(120_000)
        );
        wat::parse_str(text).expect("the text is a module")
    });
    let byte = (data.took - small.took) / (data.len - small.len);
    let bodies = [
        ("contracts::upload_code,body=branches", "(block (br_if 0 (i32.const 1))) i32.const 1 i32.add ".repeat(3_000)),
        ("contracts::upload_code,body=constants", "i32.const 1 i32.add ".repeat(12_000)),
        ("contracts::upload_code,body=negations", "i32.eqz ".repeat(40_000)),
        ("contracts::upload_code,body=loads", "i32.load ".repeat(12_000)),
        ("contracts::upload_code,body=divisions", "i32.const 7 i32.div_u ".repeat(12_000)),
        ("contracts::upload_code,body=locals", "local.get 0 i64.popcnt local.set 0 ".repeat(7_000)),
        ("contracts::upload_code,body=calls", "call 0 i32.const 7 i32.add i32.const 7 i32.add i32.eqz ".repeat(4_000)),
    ];
    let mut worst = 0.0f64;
    for (name, body) in &bodies {
        let made = Uploads::of(bench, name, &mut seed, |seed| module(seed, 3, body));
        worst = worst.max((made.took - small.took - byte * (made.len - small.len)) / (made.prepared - small.prepared));
    }
    let many = Uploads::of(bench, "contracts::upload_code,functions=2000", &mut seed, |seed| module(seed, 2_000, ""));
    let bytes = byte * (many.len - small.len) + worst * (many.prepared - small.prepared);
    prices.insert("UPLOAD_CODE", price(small.took - base));
    prices.insert("UPLOAD_BYTE", price(byte));
    prices.insert("PREPARED_BYTE", price(worst));
    prices.insert("UPLOAD_FUNCTION", price((many.took - small.took - bytes) / 2_000.0));
}

/// All calls of the pallet. `base` is what a bare extrinsic takes.
pub fn measure(bench: &mut Bench, prices: &mut Prices, base: f64) {
    uploads(bench, prices, base);
    let idle = module(u64::MAX, 0, "");
    let contract = deploy(bench, &idle, &[]);
    let call =
        bench.each("contracts::call", CALLS, |bench| bench.signed(calling(&contract.address, 1, &[], 1_000_000)));
    prices.insert("CONTRACT_CALL", price(call - base));
    let long = bench.each("contracts::call,bytes=10000", CALLS / 5, |bench| {
        bench.signed(calling(&contract.address, 1, &[0; 10_000], 1_000_000))
    });
    prices.insert("INPUT_BYTE", price((long - call) / 10_000.0));
    let mut deployers = Vec::new();
    let made = bench.each("contracts::instantiate", CALLS, |bench| {
        let from = bench.key();
        let offer = bench.signing.offer(&from, 0, instantiating(&contract.code_hash));
        deployers.push(from);
        offer
    });
    prices.insert("INSTANTIATE", price(made - base));
    let owners = deployers.clone();
    let mut owner = owners.iter();
    let own =
        |bench: &mut Bench, from: Option<&crate::load::Key>, nonce, of: &dyn Fn(AccountId20) -> Vec<u8>| -> Offer {
            let from = from.expect("as many as were made");
            bench.signing.offer(from, nonce, of(address(&from.account())))
        };
    let other = deploy(bench, &module(u64::MAX - 1, 0, ""), &[]);
    let set_code = bench.each("contracts::set_code", CALLS, |bench| {
        own(bench, owner.next(), 1, &|contract| self::call(PALLET, 5, (contract, Hash::from(other.code_hash))))
    });
    prices.insert("CONTRACT_SET_CODE", price(set_code - base));
    let mut owner = owners.iter();
    let set_owner = bench.each("contracts::set_owner", CALLS, |bench| {
        own(bench, owner.next(), 2, &|contract| self::call(PALLET, 64, (contract, None::<AccountId20>)))
    });
    prices.insert("SET_OWNER", price(set_owner - base));
    removals(bench, prices, base);
}

/// Removing code of the largest size.
fn removals(bench: &mut Bench, prices: &mut Prices, base: f64) {
    let body = "(block (br_if 0 (i32.const 1)))".repeat(7_000);
    let mut stored = Vec::new();
    for seed in 0..UPLOADS * ROUNDS {
        let code = module(1 << 40 | seed as u64, 1, &body);
        let from = bench.key();
        let offer = bench.signing.offer(&from, 0, upload(&code));
        bench.run(vec![offer]);
        stored.push((from, blake2_256(&code)));
    }
    let mut next = stored.iter();
    let remove = bench.each("contracts::remove_code", UPLOADS, |bench| {
        let (from, hash) = next.next().expect("as many as were uploaded");
        bench.signing.offer(from, 1, call(PALLET, 4, hash))
    });
    prices.insert("REMOVE_CODE", price(remove - base));
}
