#![allow(dead_code, reason = "each benchmark uses its part")]
//! What the benchmarks of this crate share: a chain of many accounts, blocks of given extrinsics, processor time.
//!
//! One chain, in memory, makes blocks; another, on RocksDB with every block synced, imports them. Each has an executor of its
//! own, so that the importer finds no signature recovered already. Cranelift from the first call: what is measured is the
//! steady state. Processor time is of the whole process, so it counts RocksDB's threads too.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use codec::Encode;
use nix::sys::resource::{UsageWho, getrusage};
use ziver_chain::{
    BuildRequest, Chain, ChainConfig, ChainSpec, ExtrinsicSource, GenesisSource, GenesisSpec, HexBytes, Offer, Outcome,
};
use ziver_db::{Db, RocksDb, RocksOptions};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, RuntimeCode};
use ziver_primitives::{
    AccountId20, Balance, Block, EthereumSignature, Hash, RuntimeVersion, UNIT,
    hashing::{blake2_128, keccak_256},
    inherents::InherentData,
    storage_keys::item_prefix,
    transaction::UnsignedTransaction,
};

/// The allocator of the node.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What each account has at genesis, in the smallest unit.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// Where time begins, in milliseconds since the Unix epoch.
const EPOCH_MS: u64 = 1_700_000_000_000;
/// Time between blocks, in milliseconds.
const BLOCK_MS: u64 = 2_000;

/// A key of libsecp256k1, which signs many times as fast as the crate that the node signs with: there may be millions.
#[derive(Clone)]
pub struct Key {
    secret: secp256k1::SecretKey,
    account: AccountId20,
}

impl Key {
    /// The account that it controls.
    pub fn account(&self) -> AccountId20 {
        self.account
    }

    /// Signs keccak-256 of `message`.
    pub fn sign(&self, message: &[u8]) -> EthereumSignature {
        let message = secp256k1::Message::from_digest(keccak_256(message));
        let signature = secp256k1::ecdsa::RecoverableSignature::sign_ecdsa_recoverable(message, &self.secret);
        let (id, rs) = signature.serialize_compact();
        let mut out = [id.to_u8(); 65];
        out[..64].copy_from_slice(&rs);
        EthereumSignature(out)
    }
}

/// Key number `index`.
pub fn key(index: u64) -> Key {
    let secret = keccak_256(&("bench", index).encode());
    let secret = secp256k1::SecretKey::from_secret_bytes(secret).expect("almost every hash is a key");
    let public = secp256k1::PublicKey::from_secret_key(&secret).serialize_uncompressed();
    let account = AccountId20(*keccak_256(&public[1..]).last_chunk().expect("32 bytes"));
    Key { secret, account }
}

/// The first keys, made on all processors.
pub fn keys(count: usize) -> Vec<Key> {
    let mut keys = vec![key(0); count];
    let each = count.div_ceil(std::thread::available_parallelism().map_or(1, usize::from));
    std::thread::scope(|scope| {
        for (part, chunk) in keys.chunks_mut(each.max(1)).enumerate() {
            scope.spawn(move || {
                (0..).zip(chunk).for_each(|(at, slot)| *slot = key((part * each) as u64 + at));
            });
        }
    });
    keys
}

/// A genesis where every account has [`ENDOWMENT`], written out key by key: the runtime's own way takes JSON, which ends at some
/// hundred thousand accounts.
pub fn genesis_of(keys: &[Key]) -> GenesisSource {
    let few = genesis(&[key(0)]);
    let executor = Executor::new(ExecutorConfig::default()).expect("the executor starts");
    let mut spec = few.to_raw(&executor).expect("a genesis");
    let GenesisSpec::Raw(raw) = &mut spec.genesis else { unreachable!("it was asked for") };
    let storage_key = |account: &AccountId20| {
        let hash = blake2_128(&account.0);
        HexBytes([&item_prefix("System", "Account")[..], &hash, &account.0].concat())
    };
    let record = raw.top.get(&storage_key(&key(0).account())).expect("the one account").clone();
    raw.top.extend(keys.iter().map(|key| (storage_key(&key.account), record.clone())));
    let issuance = ENDOWMENT.saturating_mul(keys.len() as Balance);
    raw.top.insert(HexBytes(item_prefix("Balances", "TotalIssuance").to_vec()), HexBytes(issuance.encode()));
    GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) }
}

/// A database in `folder`, with the settings of a node.
pub fn rocks(folder: &Path) -> Arc<RocksDb> {
    Arc::new(RocksDb::open(folder, &RocksOptions::default()).expect("a new database"))
}

/// A genesis where every key has [`ENDOWMENT`], and the first one is sudo's.
pub fn genesis(keys: &[Key]) -> GenesisSource {
    let balances: Vec<_> = keys.iter().map(|key| serde_json::json!([key.account(), ENDOWMENT.to_string()])).collect();
    let patch = serde_json::json!({
        "balances": { "balances": balances },
        "sudo": { "key": keys.first().map(Key::account) },
    });
    let spec = serde_json::json!({
        "name": "Bench", "id": "bench", "chainType": "Development",
        "genesis": { "runtimeGenesis": { "patch": patch } },
    });
    let spec = ChainSpec::parse(spec.to_string().as_bytes()).expect("a good specification");
    GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) }
}

/// A new chain, and the executor that it runs on.
pub fn open(db: Arc<dyn Db>, genesis: &GenesisSource) -> (Chain, Arc<Executor>) {
    open_with(db, genesis, None)
}

/// [`open`], with a folder for compiled runtimes.
pub fn open_with(db: Arc<dyn Db>, genesis: &GenesisSource, cache_dir: Option<PathBuf>) -> (Chain, Arc<Executor>) {
    let config = ExecutorConfig { strategy: CompileStrategy::CraneliftOnly, cache_dir, ..Default::default() };
    let executor = Arc::new(Executor::new(config).expect("the executor starts"));
    executor.optimise(&RuntimeCode::new(genesis.code())).expect("the runtime compiles");
    let chain = Chain::open(db, executor.clone(), genesis.clone(), ChainConfig::default()).expect("genesis");
    (chain, executor)
}

/// What signatures on a chain cover beside the call.
#[derive(Clone)]
pub struct Signing {
    version: Arc<RuntimeVersion>,
    genesis: Hash,
}

impl Signing {
    /// For transactions on `chain`, which is at its genesis.
    pub fn of(chain: &Chain) -> Self {
        let genesis = chain.best().hash;
        let version = chain.reader().runtime_version_at(&genesis).expect("a state").expect("a runtime");
        Self { version, genesis }
    }

    /// A signed transaction.
    pub fn offer(&self, from: &Key, nonce: u32, call: Vec<u8>) -> Offer {
        let transaction = UnsignedTransaction {
            call,
            nonce,
            spec_version: self.version.spec_version,
            transaction_version: self.version.transaction_version,
            genesis_hash: self.genesis,
            birth_hash: self.genesis,
            ..Default::default()
        };
        let extrinsic = transaction.with_signature(from.account(), &from.sign(&transaction.payload()));
        Offer { hash: extrinsic.hash(), bytes: extrinsic.encode().into() }
    }
}

/// Gives what it has and insists that each is included.
struct Given(std::vec::IntoIter<Offer>);

impl ExtrinsicSource for Given {
    fn next(&mut self) -> Option<Offer> {
        self.0.next()
    }

    fn report(&mut self, _: &Hash, outcome: Outcome) {
        assert_eq!(outcome, Outcome::Included);
    }
}

/// Gives what is made for it until a block is full.
struct Endless<'a> {
    make: &'a mut dyn FnMut() -> Offer,
    /// What did not fit: the next block has it first.
    left: &'a mut Option<Offer>,
    last: Option<Offer>,
    is_full: bool,
    /// How many more.
    more: usize,
}

impl ExtrinsicSource for Endless<'_> {
    fn next(&mut self) -> Option<Offer> {
        if self.is_full {
            return None;
        }
        self.more = self.more.checked_sub(1)?;
        self.last = Some(self.left.take().unwrap_or_else(|| (self.make)()));
        self.last.clone()
    }

    fn report(&mut self, _: &Hash, outcome: Outcome) {
        if outcome != Outcome::Included {
            assert_eq!(outcome, Outcome::Exhausted);
            self.is_full = true;
            *self.left = self.last.take();
        }
    }
}

/// The next block of `chain`, full of what `make` makes, but at most `count_max`, after what was `left` by the block before. It
/// is inserted.
pub fn fill(chain: &mut Chain, make: &mut dyn FnMut() -> Offer, left: &mut Option<Offer>, count_max: usize) -> Block {
    let parent = chain.best();
    let request = BuildRequest {
        parent: parent.hash,
        author: AccountId20([1; 20]),
        inherents: InherentData::with_timestamp(EPOCH_MS + (u64::from(parent.number) + 1) * BLOCK_MS),
        body_bytes_max: usize::MAX,
    };
    let built = chain
        .build(&request, &mut Endless { make, left, last: None, is_full: false, more: count_max })
        .expect("a block");
    let block = built.block();
    chain.insert(built).expect("the author's own block");
    block
}

/// The next block of `chain`, with all of `offers`. It is inserted where `insert` says so.
pub fn build(chain: &mut Chain, offers: Vec<Offer>, insert: bool) -> Block {
    let (parent, count) = (chain.best(), offers.len());
    let request = BuildRequest {
        parent: parent.hash,
        author: AccountId20([1; 20]),
        inherents: InherentData::with_timestamp(EPOCH_MS + (u64::from(parent.number) + 1) * BLOCK_MS),
        body_bytes_max: usize::MAX,
    };
    let built = chain.build(&request, &mut Given(offers.into_iter())).expect("a block");
    let block = built.block();
    assert_eq!(block.extrinsics.len(), count + 1, "one inherent and all that was offered");
    if insert {
        chain.insert(built).expect("the author's own block");
    }
    block
}

/// Processor time so far.
pub fn cpu_time(of: UsageWho) -> Duration {
    let usage = getrusage(of).expect("the system counts processor time");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
    };
    of(usage.user_time()) + of(usage.system_time())
}
