//! Blocks of signed transfers, or of other calls, made by a chain in memory.
//!
//! Senders and receivers are drawn at random from all accounts. All blocks that one [`Author`] makes stand on its head, side by
//! side: any of them can be executed on the head's state, in any order. The head is genesis until a block is appended.
//!
//! Out of scope: importing them.

use std::{collections::HashMap, sync::Arc};

use codec::{Compact, Encode};
use ziver_chain::{
    BuildRequest, Built, Chain, ChainConfig, ChainReader, ChainSpec, ExtrinsicSource, GenesisSource, Offer, Outcome,
};
use ziver_db::MemoryDb;
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{
    AccountId20, Block, Hash, RuntimeVersion, UNIT,
    hashing::keccak_256,
    inherents::InherentData,
    transaction::{SecretKey, UnsignedTransaction},
};

use crate::generator::Generator;

/// Pallet Balances, call `transfer_keep_alive`.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
/// Where time begins, in milliseconds since the Unix epoch.
const EPOCH_MS: u64 = 1_700_000_000_000;
/// How far blocks are apart, in milliseconds.
const BLOCK_MS: u64 = 2_000;

/// Key number `index`.
pub fn key(index: u32) -> SecretKey {
    SecretKey::from_bytes(&keccak_256(&("bench", index).encode())).expect("almost every hash is a key")
}

/// A chain with many accounts that have money.
pub struct Author {
    chain: Chain,
    keys: Vec<SecretKey>,
    /// As they are in the block that is built on.
    nonces: Vec<u32>,
    generator: Generator,
    version: Arc<RuntimeVersion>,
    genesis: Hash,
}

impl Author {
    /// A new chain with `accounts` accounts.
    pub fn new(accounts: u32) -> Self {
        let keys: Vec<_> = (0..accounts).map(key).collect();
        let config = ExecutorConfig { strategy: CompileStrategy::CraneliftOnly, ..ExecutorConfig::default() };
        let executor = Arc::new(Executor::new(config).expect("the executor starts"));
        let db = Arc::new(MemoryDb::default());
        let chain = Chain::open(db, executor, genesis(&keys), ChainConfig::default()).expect("a genesis");
        let genesis = chain.best().hash;
        let version = chain.reader().runtime_version_at(&genesis).expect("a state").expect("a runtime");
        let nonces = vec![0; keys.len()];
        Self { chain, keys, nonces, generator: Generator::new(1), version, genesis }
    }

    /// The hash of the genesis block.
    pub fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The block that is built on: genesis, until something is appended.
    pub fn head(&self) -> Hash {
        self.chain.best().hash
    }

    /// What reads of the chain.
    pub fn reader(&self) -> ChainReader {
        self.chain.reader().clone()
    }

    /// The account with the key number `index`.
    pub fn account(&self, index: usize) -> AccountId20 {
        self.keys[index].account()
    }

    /// The number of an account, drawn at random.
    pub fn draw(&mut self) -> usize {
        self.generator.below(u32::try_from(self.keys.len()).expect("it came from a u32")) as usize
    }

    /// A block of `transfers` transfers, beside the one inherent, on the head.
    pub fn block(&mut self, transfers: usize) -> Block {
        let calls: Vec<_> = (0..transfers).map(|_| self.transfer()).collect();
        self.block_of(&calls)
    }

    /// A block of these calls, each with the number of who signs it, beside the one inherent, on the head.
    pub fn block_of(&self, calls: &[(usize, Vec<u8>)]) -> Block {
        self.build(calls).block()
    }

    /// Makes a block of these calls the head.
    pub fn append(&mut self, calls: &[(usize, Vec<u8>)]) {
        let built = self.build(calls);
        self.chain.insert(built).expect("it is stored");
        calls.iter().for_each(|(from, _)| self.nonces[*from] += 1);
    }

    fn build(&self, calls: &[(usize, Vec<u8>)]) -> Built {
        let mut sent = HashMap::new();
        let offers: Vec<_> = calls.iter().map(|(from, call)| self.offer(*from, call, &mut sent)).collect();
        let head = self.chain.best();
        let request = BuildRequest {
            parent: head.hash,
            author: AccountId20([1; 20]),
            inherents: InherentData::with_timestamp(EPOCH_MS + u64::from(head.number) * BLOCK_MS),
            body_bytes_max: usize::MAX,
        };
        let built = self.chain.build(&request, &mut Given(offers.into_iter())).expect("a block");
        assert_eq!(built.block().extrinsics.len(), calls.len() + 1, "one inherent and all that was offered");
        built
    }

    fn offer(&self, from: usize, call: &[u8], sent: &mut HashMap<usize, u32>) -> Offer {
        let nonce = sent.entry(from).or_insert(self.nonces[from]);
        let transaction = UnsignedTransaction {
            call: call.to_vec(),
            nonce: *nonce,
            spec_version: self.version.spec_version,
            transaction_version: self.version.transaction_version,
            genesis_hash: self.genesis,
            birth_hash: self.genesis,
            ..UnsignedTransaction::default()
        };
        *nonce += 1;
        let extrinsic = transaction.sign(&self.keys[from]);
        Offer { hash: extrinsic.hash(), bytes: extrinsic.encode().into() }
    }

    fn transfer(&mut self) -> (usize, Vec<u8>) {
        let (from, to) = (self.draw(), self.draw());
        (from, (TRANSFER_KEEP_ALIVE, self.keys[to].account(), Compact(UNIT / 1_000)).encode())
    }
}

fn genesis(keys: &[SecretKey]) -> GenesisSource {
    let endowment = (1_000_000 * UNIT).to_string();
    let balances: Vec<_> = keys.iter().map(|key| serde_json::json!([key.account(), endowment])).collect();
    let patch = serde_json::json!({
        "balances": { "balances": balances },
        "sudo": { "key": keys.first().map(SecretKey::account) },
    });
    let spec = serde_json::json!({
        "name": "Bench", "id": "bench", "chainType": "Development",
        "genesis": { "runtimeGenesis": { "patch": patch } },
    });
    let spec = ChainSpec::parse(spec.to_string().as_bytes()).expect("a good specification");
    GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) }
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
