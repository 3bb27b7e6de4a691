//! How fast full blocks of signed transfers are imported, beside what their signatures alone cost.
//!
//! One chain, in memory, makes full blocks; another, on RocksDB with every block synced, imports them: the cheap checks,
//! execution in the Wasm runtime, state root, one batch, finality two blocks later. Senders and receivers are drawn from all
//! accounts. Everything is made and signed before the clock starts, and the database has come to rest: writing a large genesis
//! is not what is measured. Processor time is of the whole process, so it counts RocksDB's threads, too.
//!
//! Each run prints what importing and bare recovery of as many keys reach; with `ZIVER_BENCH_RECORDS=FILE` it appends a line of
//! JSON to that file as well (`scripts/benchmarks` reads it).
//!
//! ```text
//! cargo bench --workspace --bench import [-- ACCOUNTS BLOCKS RUNS [TRANSFERS]]      100000 10 3 by default
//! ```
//!
//! TRANSFERS bounds those of a block. `scripts/instructions` counts the instructions of [`import`] with it.

mod load;

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use codec::{Compact, Encode};
use load::{Signing, cpu_time, fill, genesis_of, key, open_with, rocks};
use nix::sys::resource::UsageWho;
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use ziver_chain::{Chain, GenesisSource, Offer};
use ziver_db::MemoryDb;
use ziver_primitives::{Block, UNIT, hashing::keccak_256};

/// Pallet Balances, call `transfer_keep_alive`.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
/// Which blocks are final: this many below the best, as on a development chain.
const FINALITY_LAG: usize = 2;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let [accounts, blocks, runs, transfers_max] = match numbers[..] {
        [] => [100_000, 10, 3, usize::MAX],
        [accounts, blocks, runs] => [accounts, blocks, runs, usize::MAX],
        [accounts, blocks, runs, transfers_max] => [accounts, blocks, runs, transfers_max],
        _ => return eprintln!("usage: import [ACCOUNTS BLOCKS RUNS [TRANSFERS]]"),
    };
    // Compiled once; executors have nothing else in common.
    let cache = tempfile::tempdir().expect("a temporary folder");
    let open = |db, genesis: &GenesisSource| open_with(db, genesis, Some(cache.path().to_path_buf())).0;
    let mut load = Load::new(accounts);
    let genesis = genesis_of(&load.keys);
    let mut author = open(Arc::new(MemoryDb::default()), &genesis);
    let signing = Signing::of(&author);
    let mut left = None;
    let made: Vec<Block> =
        (0..blocks).map(|_| fill(&mut author, &mut || load.transfer(&signing), &mut left, transfers_max)).collect();
    let best = author.best();
    drop(author);
    let transfers: usize = made.iter().map(|block| block.extrinsics.len() - 1).sum();
    let signed: Vec<_> = (0..transfers as u64).map(signed).collect();
    println!("{accounts} accounts, {blocks} full blocks, {transfers} transfers");
    for run in 1..=runs {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = rocks(folder.path());
        let mut importer = open(db.clone(), &genesis);
        db.rest().expect("genesis is written");
        let recovery = measure(|| recover(&signed));
        let import = measure(|| import(&mut importer, &made));
        assert_eq!(importer.best(), best, "both chains end with the same block");
        recovery.tell("recover", "libsecp256k1", run, accounts, transfers);
        import.tell("import", "ziver", run, accounts, transfers);
        let ratio = recovery.cpu.as_secs_f64() / import.cpu.as_secs_f64();
        println!("importing reaches {:.1} % of bare signature recovery, per CPU-second", ratio * 100.0);
    }
}

/// What something took.
struct Cost {
    cpu: Duration,
    wall: Duration,
}

impl Cost {
    fn tell(&self, benchmark: &str, subject: &str, run: usize, accounts: usize, count: usize) {
        let per = |time: Duration| count as f64 / time.as_secs_f64();
        let (cpu, wall) = (per(self.cpu), per(self.wall));
        println!("{benchmark}/accounts={accounts} {subject} #{run}: {cpu:>9.0} / CPU-second {wall:>9.0} / second");
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let record = serde_json::json!({
            "benchmark": benchmark, "subject": subject, "run": run,
            "parameters": { "accounts": accounts, "processors": processors },
            "figures": { "per_cpu_second": cpu, "per_second": wall },
        });
        if let Some(path) = std::env::var_os("ZIVER_BENCH_RECORDS") {
            let mut file = File::options().create(true).append(true).open(path).expect("the file of records opens");
            writeln!(file, "{record}").expect("the record is written");
        }
    }
}

fn measure(run: impl FnOnce()) -> Cost {
    let (cpu, wall) = (cpu_time(UsageWho::RUSAGE_SELF), Instant::now());
    run();
    Cost { cpu: cpu_time(UsageWho::RUSAGE_SELF) - cpu, wall: wall.elapsed() }
}

/// Transfers between accounts drawn by a small generator: the same in each run.
struct Load {
    keys: Vec<load::Key>,
    nonces: BTreeMap<usize, u32>,
    seed: u64,
}

impl Load {
    fn new(accounts: usize) -> Self {
        Self { keys: load::keys(accounts), nonces: BTreeMap::new(), seed: 1 }
    }

    fn draw(&mut self) -> usize {
        // Multiplier and increment of PCG's underlying generator (O'Neill 2014).
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % self.keys.len()
    }

    fn transfer(&mut self, signing: &Signing) -> Offer {
        let (from, to) = (self.draw(), self.draw());
        let call = (TRANSFER_KEEP_ALIVE, self.keys[to].account(), Compact(UNIT / 1_000)).encode();
        let nonce = self.nonces.entry(from).or_default();
        let offer = signing.offer(&self.keys[from], *nonce, call);
        *nonce += 1;
        offer
    }
}

// One function in the binary, by whose name instructions are counted.
#[inline(never)]
fn import(chain: &mut Chain, blocks: &[Block]) {
    for (index, block) in blocks.iter().enumerate() {
        // As a node that has received more than it has imported: one block ahead.
        blocks[index..].iter().take(2).for_each(|next| chain.prepare(next));
        chain.import(block.clone(), None).expect("a good block");
        if let Some(last) = index.checked_sub(FINALITY_LAG) {
            chain.finalize(&blocks[last].header.hash()).expect("a block of the best chain");
        }
    }
}

/// A hash and a signature of it.
fn signed(index: u64) -> ([u8; 32], [u8; 65]) {
    (keccak_256(&index.encode()), key(0).sign(&index.encode()).0)
}

/// As many recoveries as there are transfers, with the library that the host uses.
fn recover(signed: &[([u8; 32], [u8; 65])]) {
    for (hash, signature) in signed {
        let id = RecoveryId::try_from(i32::from(signature[64])).expect("0 or 1");
        let signature = RecoverableSignature::from_compact(&signature[..64], id).expect("just made");
        std::hint::black_box(signature.recover_ecdsa(Message::from_digest(*hash)).expect("just made"));
    }
}
