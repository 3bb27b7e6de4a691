//! A state in memory that blocks are executed on, and who makes the blocks.

use std::collections::HashMap;

use codec::Encode;
use frame_support::traits::BuildGenesisConfig;
use sp_core::{Blake2Hasher, H160, H256};
use sp_io::TestExternalities;
use sp_runtime::{Digest, generic::SignedPayload, traits::Header as _};
use sp_state_machine::{InMemoryBackend, TrieBackendBuilder};
use sp_trie::cache::{CacheSize, SharedTrieCache};
use ziver_benchmarks::{blocks, generator::Generator};
use ziver_primitives::transaction::SecretKey;

use crate::runtime::{
    Balance, BalancesConfig, Block, EthereumSignature, Executive, Extrinsic, Header, LazyBlock, Runtime, RuntimeCall,
    RuntimeGenesisConfig, extension,
};

/// One token.
const UNIT: Balance = 1_000_000_000_000_000_000;
/// What each account has at genesis.
const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// The cache of decoded nodes and of values, as large as Substrate's nodes have it by default.
const CACHE_BYTES: usize = 1024 * 1024 * 1024;

/// A state, with all nodes in memory and the cache that a node keeps over them.
pub struct Chain {
    externalities: TestExternalities,
    cache: SharedTrieCache<Blake2Hasher>,
}

impl Chain {
    /// On the state of `genesis`.
    pub fn new(genesis: &InMemoryBackend<Blake2Hasher>) -> Self {
        let mut externalities = TestExternalities::default();
        externalities.backend = genesis.clone();
        Self { externalities, cache: SharedTrieCache::new(CacheSize::new(CACHE_BYTES), None) }
    }

    /// Runs what belongs to one block, and commits what it changed.
    fn commit<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let backend = std::mem::take(&mut self.externalities.backend);
        let root = *backend.root();
        let cache = self.cache.local_cache_trusted();
        self.externalities.backend = TrieBackendBuilder::new_with_cache(backend.into_storage(), root, cache).build();
        let answer = self.externalities.execute_with(run);
        // The root was computed at the end of the block; here its nodes go to the others, and what was cached to the shared cache.
        self.externalities.commit_all().expect("a block leaves no transaction open");
        answer
    }

    /// Executes a block, which must come to the root in its header: if not, FRAME panics.
    pub fn execute(&mut self, block: LazyBlock) {
        self.commit(|| Executive::execute_block(block));
    }

    /// The root of the state.
    pub fn root(&self) -> H256 {
        *self.externalities.backend.root()
    }
}

/// Makes blocks of transfers between accounts drawn at random.
pub struct Author {
    chain: Chain,
    keys: Vec<(SecretKey, H160)>,
    nonces: HashMap<usize, u32>,
    generator: Generator,
    /// Of the last block.
    hash: H256,
    number: u32,
}

impl Author {
    /// A new chain with `accounts` accounts, and the state that it begins with.
    pub fn new(accounts: u32) -> (Self, InMemoryBackend<Blake2Hasher>) {
        let keys: Vec<_> = (0..accounts).map(blocks::key).map(|key| (key.clone(), H160(key.account().0))).collect();
        let balances = keys.iter().map(|(_, account)| (*account, ENDOWMENT)).collect();
        let config = RuntimeGenesisConfig {
            balances: BalancesConfig { balances, dev_accounts: None },
            ..RuntimeGenesisConfig::default()
        };
        let mut externalities = TestExternalities::default();
        let hash = externalities.execute_with(|| {
            config.build();
            frame_system::Pallet::<Runtime>::block_hash(0)
        });
        externalities.commit_all().expect("genesis leaves no transaction open");
        let genesis = std::mem::take(&mut externalities.backend);
        let (nonces, generator) = (HashMap::new(), Generator::new(1));
        (Self { chain: Chain::new(&genesis), keys, nonces, generator, hash, number: 0 }, genesis)
    }

    /// The next block, of `transfers` transfers.
    pub fn block(&mut self, transfers: usize) -> Block {
        let extrinsics: Vec<_> = (0..transfers).map(|_| self.transfer()).collect();
        self.number += 1;
        let header = Header::new(self.number, H256::zero(), H256::zero(), self.hash, Digest::default());
        let header = self.chain.commit(|| {
            Executive::initialize_block(&header);
            for extrinsic in &extrinsics {
                Executive::apply_extrinsic(extrinsic.clone()).expect("a valid transfer").expect("it succeeds");
            }
            Executive::finalize_block()
        });
        self.hash = header.hash();
        Block { header, extrinsics }
    }

    /// The root of the state after the last block.
    pub fn root(&self) -> H256 {
        self.chain.root()
    }

    fn transfer(&mut self) -> Extrinsic {
        let accounts = u32::try_from(self.keys.len()).expect("it came from a u32");
        let [from, to] = [(); 2].map(|()| self.generator.below(accounts) as usize);
        let nonce = self.nonces.entry(from).or_default();
        let extension = extension(*nonce);
        *nonce += 1;
        let call = pallet_balances::Call::transfer_keep_alive { dest: self.keys[to].1, value: UNIT / 1_000 };
        let (key, account) = &self.keys[from];
        // What is signed beside the call (the first block's hash, versions) is read from the state.
        self.chain.externalities.execute_with(|| {
            let payload = SignedPayload::new(RuntimeCall::Balances(call), extension).expect("the state has it");
            let signature = EthereumSignature(payload.using_encoded(|bytes| key.sign(bytes)).0);
            let (call, extension, _) = payload.deconstruct();
            Extrinsic::new_signed(call, *account, signature, extension)
        })
    }
}
