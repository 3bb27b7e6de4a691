//! An engine on a development chain in memory, and words for what it answers.

use std::sync::{Arc, LazyLock};

use codec::{Compact, Encode};
use ziver_chain::{BlockId, Chain, ChainConfig, ChainEvent, ChainSpec, GenesisSource, ImportError};
use ziver_db::{Db, MemoryDb};
use ziver_engine::{
    Action, Engine, EngineConfig, Event, JournalChange, MiningChange, MiningStatus, Reply, SealError, Sealing, Status,
    Submission, SubmitError, Unlimited,
};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{
    Block, Hash, OpaqueExtrinsic,
    transaction::{DevelopmentAccount, UnsignedTransaction},
};

pub use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar, Charleth};

const DEV_SPEC: &str = include_str!("../../../../chain-specs/dev.json");
pub const START_MS: u64 = 1_700_000_000_000;

static EXECUTOR: LazyLock<Arc<Executor>> = LazyLock::new(|| {
    let config = ExecutorConfig { strategy: CompileStrategy::WinchOnly, ..ExecutorConfig::default() };
    Arc::new(Executor::new(config).expect("an executor starts"))
});

pub fn chain(db: Arc<dyn Db>) -> Chain {
    let spec = Arc::new(ChainSpec::parse(DEV_SPEC.as_bytes()).expect("dev.json parses"));
    let source = GenesisSource { spec, default_code: Arc::from(ziver_wasm::RUNTIME) };
    Chain::open(db, EXECUTOR.clone(), source, ChainConfig::default()).expect("the chain opens")
}

pub fn config(sealing: Sealing) -> EngineConfig {
    EngineConfig { sealing, author: Alith.account(), ..EngineConfig::default() }
}

pub struct Bed {
    pub engine: Engine,
    pub now_ms: u64,
    /// All that was answered so far.
    pub actions: Vec<Action>,
}

impl Bed {
    pub fn new(config: EngineConfig) -> Self {
        Self::on(Arc::new(MemoryDb::new()), config)
    }

    pub fn manual() -> Self {
        Self::new(config(Sealing::Manual))
    }

    pub fn on(db: Arc<dyn Db>, config: EngineConfig) -> Self {
        let mut engine = Engine::new(chain(db), config, Box::new(Unlimited));
        let actions = engine.start(START_MS);
        Bed { engine, now_ms: START_MS, actions }
    }

    /// One event; returns the actions as text too long to keep otherwise.
    pub fn handle(&mut self, event: Event) -> usize {
        let first = self.actions.len();
        self.actions.extend(self.engine.handle(self.now_ms, event));
        first
    }

    fn reply(&mut self, event: Event) -> Reply {
        let first = self.handle(event);
        let place = self.actions[first..].iter().position(|action| matches!(action, Action::Reply { .. }));
        match self.actions.remove(first + place.expect("a reply")) {
            Action::Reply { id: 7, reply } => reply,
            other => panic!("another request's reply: {other:?}"),
        }
    }

    pub fn submit(&mut self, extrinsic: &OpaqueExtrinsic) -> Result<Hash, SubmitError> {
        self.submit_bytes(extrinsic.encode())
    }

    pub fn submit_bytes(&mut self, bytes: Vec<u8>) -> Result<Hash, SubmitError> {
        match self.reply(Event::Submit { id: 7, submission: Submission { watch: true, ..Submission::local(bytes) } }) {
            Reply::Submitted(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// Handed in by a client who does not follow it, or not by a client at all.
    pub fn submit_as(&mut self, extrinsic: &OpaqueExtrinsic, local: bool, replace: bool) -> Result<Hash, SubmitError> {
        let submission = Submission { local, replace, ..Submission::local(extrinsic.encode()) };
        match self.reply(Event::Submit { id: 7, submission }) {
            Reply::Submitted(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// Handed in by a client who watches it, even if it is known already: its present status then.
    pub fn watch(&mut self, extrinsic: &OpaqueExtrinsic) -> Option<Status> {
        let submission = Submission { watch: true, join: true, ..Submission::local(extrinsic.encode()) };
        match self.reply(Event::Submit { id: 7, submission }) {
            Reply::Submitted(result) => result.map(|_| None).unwrap(),
            Reply::Joined { hash, status } => {
                assert_eq!(hash, extrinsic.hash());
                Some(status)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Transactions that were told of as ready since the last call.
    pub fn newly_ready(&mut self) -> Vec<Hash> {
        let mut told = Vec::new();
        self.actions.retain(|action| match action {
            Action::Ready(transaction) => {
                told.push(transaction.hash);
                false
            }
            _ => true,
        });
        told
    }

    pub fn finalize(&mut self, hash: Hash) {
        match self.reply(Event::Finalize { id: 7, hash }) {
            Reply::Finalized(result) => result.expect("it can be final"),
            other => panic!("{other:?}"),
        }
    }

    /// What the journal would hold if every action was performed, in the order of its being written.
    pub fn journal(&self) -> Vec<Hash> {
        let mut held = Vec::new();
        for action in &self.actions {
            match action {
                Action::Journal(JournalChange::Put { hash, bytes }) => {
                    assert_eq!(*hash, Hash::from(ziver_primitives::hashing::blake2_256(bytes)));
                    held.push(*hash);
                }
                Action::Journal(JournalChange::Remove { hash }) => held.retain(|other| other != hash),
                _ => {}
            }
        }
        held
    }

    pub fn seal_on(&mut self, parent: Option<Hash>, create_empty: bool) -> Result<BlockId, SealError> {
        self.now_ms += 2_000;
        match self.reply(Event::Seal { id: 7, create_empty, finalize: false, parent }) {
            Reply::Sealed(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub fn seal(&mut self) -> BlockId {
        self.seal_on(None, true).expect("a block")
    }

    pub fn import(&mut self, block: Block) -> Result<BlockId, ImportError> {
        match self.reply(Event::Import { id: 7, block: Box::new(block) }) {
            Reply::Imported(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub fn next_index(&mut self, who: DevelopmentAccount) -> u32 {
        match self.reply(Event::NextIndex { id: 7, account: who.account() }) {
            Reply::NextIndex(result) => result.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    pub fn mining(&mut self, change: MiningChange) -> MiningStatus {
        match self.reply(Event::Mining { id: 7, change }) {
            Reply::Mining(status) => status,
            other => panic!("{other:?}"),
        }
    }

    pub fn pending(&mut self) -> Vec<Hash> {
        match self.reply(Event::Pending { id: 7 }) {
            Reply::Pending(bytes) => {
                bytes.iter().map(|bytes| Hash::from(ziver_primitives::hashing::blake2_256(bytes))).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    pub fn best(&self) -> BlockId {
        self.engine.reader().best()
    }

    pub fn block(&self, hash: &Hash) -> Block {
        let reader = self.engine.reader();
        let header = reader.header(hash).unwrap().expect("the block is known");
        Block { header, extrinsics: reader.body(hash).unwrap().expect("the block is known") }
    }

    /// Hashes of the transactions in a block, without its inherent.
    pub fn transactions(&self, hash: &Hash) -> Vec<Hash> {
        self.block(hash).extrinsics[1..].iter().map(OpaqueExtrinsic::hash).collect()
    }

    /// All statuses of a transaction so far.
    pub fn statuses(&self, hash: &Hash) -> Vec<Status> {
        let status = |action: &Action| match action {
            Action::Status(event) if event.hash == *hash => Some(event.status.clone()),
            _ => None,
        };
        self.actions.iter().filter_map(status).collect()
    }

    pub fn chain_events(&self) -> impl Iterator<Item = &ChainEvent> {
        self.actions.iter().filter_map(|action| match action {
            Action::Chain(event) => Some(event),
            _ => None,
        })
    }

    pub fn signed(&self, who: DevelopmentAccount, nonce: u32, tip: u128, call: Vec<u8>) -> OpaqueExtrinsic {
        let genesis_hash = self.engine.reader().genesis_hash();
        let transaction =
            UnsignedTransaction { call, nonce, tip, genesis_hash, birth_hash: genesis_hash, ..Default::default() };
        transaction.sign(&who.key())
    }

    pub fn transfer(&self, from: DevelopmentAccount, nonce: u32) -> OpaqueExtrinsic {
        self.signed(from, nonce, 0, transfer_call(1_000))
    }
}

/// `Balances.transfer_allow_death` to Charleth.
pub fn transfer_call(value: u128) -> Vec<u8> {
    (5u8, 0u8, Charleth.account(), Compact(value)).encode()
}
