//! A database with a long history of empty blocks, made with the library and without a node's pace: blocks are built, stored and
//! made final one after the other, and nothing waits for the disk.

use std::{path::Path, sync::Arc};

use ziver_chain::{BuildRequest, Chain, ChainConfig, ChainSpec, ExtrinsicSource, GenesisSource, Offer, Outcome};
use ziver_db::{RocksDb, RocksOptions};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{AccountId20, Hash, inherents::InherentData};

use crate::cpu;

/// The specification of the development chain, as the node has it.
const DEV_SPEC: &str = include_str!("../../../chain-specs/dev.json");
/// Where time begins, in milliseconds since the Unix epoch, and how long a block takes.
const EPOCH_MS: u64 = 1_700_000_000_000;
const BLOCK_MS: u64 = 2_000;
/// Blocks above the final one, as on a development chain.
const FINALITY_LAG: usize = 2;

/// Makes the development chain in `folder`, where a node with this base path finds it, with so many blocks above genesis.
pub fn make(folder: &Path, blocks: u32) {
    let spec = ChainSpec::parse(DEV_SPEC.as_bytes()).expect("a good specification");
    let folder = folder.join(&spec.id);
    let source = GenesisSource { spec: Arc::new(spec), default_code: Arc::from(ziver_wasm::RUNTIME) };
    let executor = Executor::new(ExecutorConfig {
        cache_dir: Some(folder.join("modules")),
        strategy: CompileStrategy::CraneliftOnly,
        ..ExecutorConfig::default()
    });
    let options = RocksOptions { sync_writes: false, ..RocksOptions::default() };
    let db = Arc::new(RocksDb::open(folder.join("db"), &options).expect("a new database"));
    let executor = Arc::new(executor.expect("the executor starts"));
    let mut chain = Chain::open(db, executor, source, ChainConfig::default()).expect("a genesis");
    let mut above = std::collections::VecDeque::new();
    for number in 1..=u64::from(blocks) {
        let request = BuildRequest {
            parent: chain.best().hash,
            author: AccountId20([1; 20]),
            inherents: InherentData::with_timestamp(EPOCH_MS + number * BLOCK_MS),
            body_bytes_max: usize::MAX,
        };
        let built = chain.build(&request, &mut Nothing).expect("a block");
        above.push_back(chain.insert(built).expect("it is stored").block.hash);
        if above.len() > FINALITY_LAG {
            chain.finalize(&above.pop_front().expect("it has some")).expect("it is final");
        }
    }
    chain.checkpoint().expect("it is stored");
    // RocksDB merges its files behind; nodes that are started for a moment would all have to go on with that.
    cpu::wait_until_idle();
}

/// No transactions.
struct Nothing;

impl ExtrinsicSource for Nothing {
    fn next(&mut self) -> Option<Offer> {
        None
    }

    fn report(&mut self, _: &Hash, _: Outcome) {}
}
