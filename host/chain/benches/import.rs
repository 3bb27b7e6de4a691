//! How fast blocks of signed transfers are imported, beside what their signatures alone cost.
//!
//! One chain, in memory, makes full blocks; another, on RocksDB with every block synced, imports them: the cheap checks,
//! execution in the Wasm runtime, state root, one batch. Senders and receivers are drawn from all accounts. Processor time
//! is of the whole process, so it counts RocksDB's threads too.
//!
//! ```text
//! cargo bench -p ziver-chain --bench import [-- ACCOUNTS BLOCKS TRANSFERS]      10000 20 1000 by default
//! ```

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use codec::{Compact, Encode};
use nix::sys::resource::{UsageWho, getrusage};
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use ziver_chain::{BuildRequest, Chain, ChainConfig, ChainSpec, ExtrinsicSource, GenesisSource, Offer, Outcome};
use ziver_db::{Db, MemoryDb, RocksDb, RocksOptions};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{
    AccountId20, Block, Hash, RuntimeVersion, UNIT,
    hashing::keccak_256,
    inherents::InherentData,
    transaction::{SecretKey, UnsignedTransaction},
};

/// Pallet Balances, call `transfer_keep_alive`.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
/// Where time begins, in milliseconds since the Unix epoch.
const EPOCH_MS: u64 = 1_700_000_000_000;
/// Time between blocks, in milliseconds.
const BLOCK_MS: u64 = 2_000;
/// Which blocks are final: this many below the best, as on a development chain.
const FINALITY_LAG: usize = 2;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let [accounts, blocks, transfers] = match numbers[..] {
        [] => [10_000, 20, 1_000],
        [accounts, blocks, transfers] => [accounts, blocks, transfers],
        _ => return eprintln!("usage: import [ACCOUNTS BLOCKS TRANSFERS]"),
    };
    let keys: Vec<SecretKey> = (0..accounts as u64).map(key).collect();
    let genesis = genesis(&keys);
    // Each chain has an executor of its own, so that the importer finds no signature recovered already. Cranelift from the
    // first call: what is measured is the steady state.
    let open = |db: Arc<dyn Db>| {
        let config = ExecutorConfig { strategy: CompileStrategy::CraneliftOnly, ..Default::default() };
        let executor = Arc::new(Executor::new(config).expect("the executor starts"));
        Chain::open(db, executor, genesis.clone(), ChainConfig::default()).expect("genesis")
    };

    let mut author = open(Arc::new(MemoryDb::default()));
    let version = author.reader().runtime_version_at(&author.best().hash).expect("a state").expect("a runtime");
    let mut load = Load { keys: &keys, nonces: vec![0; accounts], seed: 1, version, genesis: author.best().hash };
    let made: Vec<Block> = (1..=blocks as u64).map(|number| build(&mut author, &mut load, number, transfers)).collect();

    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut importer = open(rocks(folder.path()));
    let (import, recovery) = (measure(|| import(&mut importer, &made)), recoveries(blocks * transfers));
    assert_eq!(importer.best(), author.best(), "both chains end with the same block");
    let parameters = format!("accounts={accounts},blocks={blocks},transfers={transfers}");
    let count = (blocks * transfers) as f64;
    println!("{:<72} {:>12} {:>12}", "benchmark", "/ CPU-second", "/ second");
    import.print(&format!("ziver-chain::import/{parameters}"), count);
    recovery.print("secp256k1::recover", count);
    let ratio = recovery.cpu.as_secs_f64() / import.cpu.as_secs_f64();
    println!("importing reaches {:.1} % of bare signature recovery, per CPU-second", ratio * 100.0);
}

/// What something took.
struct Cost {
    cpu: Duration,
    wall: Duration,
}

impl Cost {
    fn print(&self, name: &str, count: f64) {
        println!("{name:<72} {:>12.0} {:>12.0}", count / self.cpu.as_secs_f64(), count / self.wall.as_secs_f64());
    }
}

fn cpu_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system counts processor time");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
    };
    of(usage.user_time()) + of(usage.system_time())
}

fn measure(run: impl FnOnce()) -> Cost {
    let (cpu, wall) = (cpu_time(), Instant::now());
    run();
    Cost { cpu: cpu_time() - cpu, wall: wall.elapsed() }
}

fn key(index: u64) -> SecretKey {
    SecretKey::from_bytes(&keccak_256(&("bench", index).encode())).expect("almost every hash is a key")
}

fn rocks(folder: &Path) -> Arc<dyn Db> {
    Arc::new(RocksDb::open(folder, &RocksOptions::default()).expect("a new database"))
}

fn genesis(keys: &[SecretKey]) -> GenesisSource {
    let balances: Vec<_> =
        keys.iter().map(|key| serde_json::json!([key.account(), (1_000_000 * UNIT).to_string()])).collect();
    let patch = serde_json::json!({ "balances": { "balances": balances } });
    let spec = serde_json::json!({
        "name": "Bench", "id": "bench", "chainType": "Development",
        "genesis": { "runtimeGenesis": { "patch": patch } },
    });
    let spec = ChainSpec::parse(spec.to_string().as_bytes()).expect("a good specification");
    GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) }
}

/// Transfers between accounts drawn by a small generator: the same in each run.
struct Load<'a> {
    keys: &'a [SecretKey],
    nonces: Vec<u32>,
    seed: u64,
    version: Arc<RuntimeVersion>,
    genesis: Hash,
}

impl Load<'_> {
    fn draw(&mut self) -> usize {
        // Multiplier and increment of PCG's underlying generator (O'Neill 2014).
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % self.keys.len()
    }

    fn transfer(&mut self) -> Offer {
        let (from, to) = (self.draw(), self.draw());
        let transaction = UnsignedTransaction {
            call: (TRANSFER_KEEP_ALIVE, self.keys[to].account(), Compact(UNIT / 1_000)).encode(),
            nonce: self.nonces[from],
            spec_version: self.version.spec_version,
            transaction_version: self.version.transaction_version,
            genesis_hash: self.genesis,
            birth_hash: self.genesis,
            ..Default::default()
        };
        self.nonces[from] += 1;
        let extrinsic = transaction.sign(&self.keys[from]);
        Offer { hash: extrinsic.hash(), bytes: extrinsic.encode().into() }
    }
}

/// Gives a fixed number of transfers and insists that each is included.
struct Fixed<'a, 'b> {
    load: &'a mut Load<'b>,
    left: usize,
}

impl ExtrinsicSource for Fixed<'_, '_> {
    fn next(&mut self) -> Option<Offer> {
        self.left = self.left.checked_sub(1)?;
        Some(self.load.transfer())
    }

    fn report(&mut self, _: &Hash, outcome: Outcome) {
        assert_eq!(outcome, Outcome::Included);
    }
}

fn build(chain: &mut Chain, load: &mut Load, number: u64, transfers: usize) -> Block {
    let request = BuildRequest {
        parent: chain.best().hash,
        author: AccountId20([1; 20]),
        inherents: InherentData::with_timestamp(EPOCH_MS + number * BLOCK_MS),
        body_bytes_max: usize::MAX,
    };
    let built = chain.build(&request, &mut Fixed { load, left: transfers }).expect("a block");
    let block = built.block();
    assert_eq!(block.extrinsics.len(), transfers + 1, "one inherent and all transfers");
    chain.insert(built).expect("the author's own block");
    block
}

fn import(chain: &mut Chain, blocks: &[Block]) {
    for (index, block) in blocks.iter().enumerate() {
        chain.import(block.clone(), None).expect("a good block");
        if let Some(last) = index.checked_sub(FINALITY_LAG) {
            chain.finalize(&blocks[last].header.hash()).expect("a block of the best chain");
        }
    }
}

/// As many recoveries as there were transfers, with the library that the host uses.
fn recoveries(count: usize) -> Cost {
    let key = key(0);
    let signed: Vec<_> =
        (0..count as u64).map(|index| (keccak_256(&index.encode()), key.sign(&index.encode()).0)).collect();
    measure(|| {
        for (hash, signature) in &signed {
            let id = RecoveryId::try_from(i32::from(signature[64])).expect("0 or 1");
            let signature = RecoverableSignature::from_compact(&signature[..64], id).expect("just made");
            let recovered = signature.recover(Message::from_digest(*hash)).expect("just made");
            std::hint::black_box(recovered);
        }
    })
}
