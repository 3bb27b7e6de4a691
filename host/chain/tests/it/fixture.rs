//! Development chains in memory, blocks with transfers, and a look at everything a database holds.

use std::sync::{Arc, LazyLock};

use codec::{Compact, Decode, Encode};
use ziver_chain::{
    BlockId, BuildRequest, Built, Chain, ChainConfig, ChainSpec, ExtrinsicSource, GenesisSource, Imported, Offer,
    Outcome,
};
use ziver_db::{Column, Db, MemoryDb};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{
    AccountId20, Block, Hash, OpaqueExtrinsic,
    hashing::blake2_128,
    inherents::InherentData,
    storage_keys::item_prefix,
    transaction::{DevelopmentAccount, UnsignedTransaction},
};

pub use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar, Charleth};

const DEV_SPEC: &str = include_str!("../../../../chain-specs/dev.json");
/// Time of the first block in milliseconds.
pub const START_MS: u64 = 1_700_000_000_000;

/// One executor for all tests: compiling the runtime once is enough.
pub static EXECUTOR: LazyLock<Arc<Executor>> = LazyLock::new(|| Arc::new(executor()));

/// Another one, that has seen nothing.
pub fn executor() -> Executor {
    let config = ExecutorConfig { strategy: CompileStrategy::WinchOnly, ..ExecutorConfig::default() };
    Executor::new(config).expect("an executor starts")
}

pub fn dev_source() -> GenesisSource {
    let spec = ChainSpec::parse(DEV_SPEC.as_bytes()).expect("dev.json parses");
    GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) }
}

pub fn open(db: Arc<dyn Db>) -> Chain {
    Chain::open(db, EXECUTOR.clone(), dev_source(), ChainConfig::default()).expect("the chain opens")
}

/// A chain in memory.
pub struct World {
    pub db: Arc<MemoryDb>,
    pub chain: Chain,
}

impl World {
    pub fn new() -> Self {
        let db = Arc::new(MemoryDb::new());
        World { chain: open(db.clone()), db }
    }

    /// The same chain from a copy of the database.
    pub fn reopened(&self) -> Self {
        let db = Arc::new((*self.db).clone());
        World { chain: open(db.clone()), db }
    }

    pub fn genesis(&self) -> Hash {
        self.chain.reader().genesis_hash()
    }

    pub fn build(&self, parent: Hash, extrinsics: Vec<OpaqueExtrinsic>) -> (Built, Vec<Outcome>) {
        self.build_by(parent, Alith, extrinsics)
    }

    pub fn build_by(
        &self,
        parent: Hash,
        author: DevelopmentAccount,
        extrinsics: Vec<OpaqueExtrinsic>,
    ) -> (Built, Vec<Outcome>) {
        let number = self.chain.reader().header(&parent).unwrap().expect("the parent is known").number;
        let mut source = List::new(extrinsics);
        let request = request(parent, author.account(), u64::from(number) + 1);
        let built = self.chain.build(&request, &mut source).expect("a block can be built");
        (built, source.outcomes)
    }

    /// Builds on a block and inserts.
    pub fn grow(&mut self, parent: Hash, extrinsics: Vec<OpaqueExtrinsic>) -> Imported {
        let (built, _) = self.build(parent, extrinsics);
        self.chain.insert(built).expect("an own block fits")
    }

    /// A branch of so many empty blocks by `author`; returns them from the lowest.
    pub fn branch(&mut self, parent: Hash, author: DevelopmentAccount, count: usize) -> Vec<BlockId> {
        let mut blocks = Vec::new();
        let mut parent = parent;
        for _ in 0..count {
            let (built, _) = self.build_by(parent, author, Vec::new());
            let block = self.chain.insert(built).expect("an own block fits").block;
            parent = block.hash;
            blocks.push(block);
        }
        blocks
    }

    pub fn block(&self, hash: &Hash) -> Block {
        let reader = self.chain.reader();
        let header = reader.header(hash).unwrap().expect("the block is known");
        Block { header, extrinsics: reader.body(hash).unwrap().expect("the block is known") }
    }

    pub fn free(&self, at: &Hash, who: DevelopmentAccount) -> u128 {
        self.account(at, who).map_or(0, |(_, free)| free)
    }

    pub fn nonce(&self, at: &Hash, who: DevelopmentAccount) -> u32 {
        self.account(at, who).map_or(0, |(nonce, _)| nonce)
    }

    fn account(&self, at: &Hash, who: DevelopmentAccount) -> Option<(u32, u128)> {
        let id = who.account().encode();
        let key = [item_prefix("System", "Account"), blake2_128(&id).to_vec(), id].concat();
        let view = self.chain.reader().view_at(at).unwrap().expect("the state is kept");
        let value = view.get(None, &key).unwrap()?;
        let (nonce, _, _, _, free) = <(u32, u32, u32, u32, u128)>::decode(&mut &value[..]).expect("an account");
        Some((nonce, free))
    }

    /// A signed call, valid for ever.
    pub fn signed(&self, who: DevelopmentAccount, nonce: u32, call: Vec<u8>) -> OpaqueExtrinsic {
        let genesis_hash = self.genesis();
        let transaction =
            UnsignedTransaction { call, nonce, genesis_hash, birth_hash: genesis_hash, ..Default::default() };
        transaction.sign(&who.key())
    }

    pub fn transfer(&self, from: DevelopmentAccount, nonce: u32, to: AccountId20, value: u128) -> OpaqueExtrinsic {
        self.signed(from, nonce, transfer_call(to, value))
    }
}

pub fn request(parent: Hash, author: AccountId20, slot: u64) -> BuildRequest {
    let inherents = InherentData::with_timestamp(START_MS + slot * 2_000);
    BuildRequest { parent, author, inherents, body_bytes_max: usize::MAX }
}

/// `Balances.transfer_allow_death`.
pub fn transfer_call(to: AccountId20, value: u128) -> Vec<u8> {
    (5u8, 0u8, to, Compact(value)).encode()
}

/// `Sudo.sudo(System.set_code(code))`.
pub fn upgrade_call(code: &[u8]) -> Vec<u8> {
    (7u8, 0u8, 0u8, 2u8, code).encode()
}

/// Transactions to be offered one after the other.
pub struct List {
    pub offers: std::vec::IntoIter<Offer>,
    /// How many are given at once.
    pub ahead: usize,
    pub outcomes: Vec<Outcome>,
}

impl List {
    pub fn new(extrinsics: Vec<OpaqueExtrinsic>) -> Self {
        let offer = |extrinsic: OpaqueExtrinsic| Offer { hash: extrinsic.hash(), bytes: extrinsic.encode().into() };
        let offers = extrinsics.into_iter().map(offer).collect::<Vec<_>>().into_iter();
        List { offers, ahead: 1, outcomes: Vec::new() }
    }
}

impl ExtrinsicSource for List {
    fn next(&mut self) -> Option<Offer> {
        self.offers.next()
    }

    fn ahead(&self) -> usize {
        self.ahead
    }

    fn report(&mut self, _: &Hash, outcome: Outcome) {
        self.outcomes.push(outcome);
    }
}

/// Every record of a database.
pub fn dump(db: &dyn Db) -> Vec<(Column, Vec<u8>, Vec<u8>)> {
    let column = |column: Column| db.iter(column, &[]).map(move |entry| entry.map(|(key, value)| (column, key, value)));
    Column::ALL.into_iter().flat_map(column).collect::<Result<_, _>>().expect("the database reads")
}

/// Every key and value of a state.
pub fn state(chain: &Chain, at: &Hash) -> Vec<(Vec<u8>, Vec<u8>)> {
    let view = chain.reader().view_at(at).unwrap().expect("the state is kept");
    let keys = view.keys(None, &[], None, usize::MAX).unwrap();
    keys.into_iter().map(|key| (key.clone(), view.get(None, &key).unwrap().expect("listed"))).collect()
}
