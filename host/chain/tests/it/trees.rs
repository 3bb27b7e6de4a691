//! Random trees of blocks, with forks, reorganisations, finality, restarts and blocks that are wrong: what makes imports fast changes
//! nothing.
//!
//! The plain path executes each block alone: on the whole state of its parent, built anew from keys and values, by an executor that is told
//! nothing ahead; and computes its root of all keys and values. The events are in the state, so they are compared with it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use codec::Encode;
use proptest::{prelude::*, sample::Index};
use ziver_chain::{Chain, ChainConfig, ImportError};
use ziver_db::MemoryDb;
use ziver_executor::Executor;
use ziver_primitives::{Block, Hash, transaction::DevelopmentAccount};
use ziver_state::{MemoryView, Overlay, StateVersion, View};
use ziver_trie::KeccakHasher;

use crate::batches::{Wanted, extrinsics, wanted};
use crate::fixture::{Alith, Baltathar, Charleth, List, World, dev_source, executor, request, state};

/// That of our runtime's states.
const VERSION: StateVersion = StateVersion::V1;
/// Blocks that may stand on one block: one of each author.
const AUTHORS: [DevelopmentAccount; 3] = [Alith, Baltathar, Charleth];

/// The plain path's own: it recovers each signature that it meets for the first time.
static PLAIN: LazyLock<Executor> = LazyLock::new(executor);
/// The importer's own: it knows nothing that the author has recovered.
static IMPORTER: LazyLock<Arc<Executor>> = LazyLock::new(|| Arc::new(executor()));

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Clone, Debug)]
enum Op {
    /// A block on one of the open ones, before which others may be prepared.
    Grow { on: Index, author: usize, wanted: Vec<Wanted>, ahead: usize, prepared: Vec<Index> },
    /// The same, but with a bit of an extrinsic changed, or of what the header says of the state.
    Wrong { on: Index, wanted: Vec<Wanted>, place: Option<(Index, Index)>, is_prepared: bool },
    /// What is so far below the best block becomes final.
    Finalize { lag: u32 },
    /// The importer is opened anew.
    Reopen,
}

fn op() -> impl Strategy<Value = Op> {
    let some = || prop::collection::vec(wanted(), 0..12);
    let prepared = prop::collection::vec(any::<Index>(), 0..3);
    let place = prop::option::of((any::<Index>(), any::<Index>()));
    prop_oneof![
        6 => (any::<Index>(), 0..AUTHORS.len(), some(), 1usize..20, prepared)
            .prop_map(|(on, author, wanted, ahead, prepared)| Op::Grow { on, author, wanted, ahead, prepared }),
        2 => (any::<Index>(), some(), place, any::<bool>())
            .prop_map(|(on, wanted, place, is_prepared)| Op::Wrong { on, wanted, place, is_prepared }),
        1 => (0u32..4).prop_map(|lag| Op::Finalize { lag }),
        1 => Just(Op::Reopen),
    ]
}

/// The state after a block, or why it is refused.
fn plain(parent: &Pairs, block: &Block) -> Result<Pairs, String> {
    let view = MemoryView::<KeccakHasher>::from_pairs(parent.clone(), VERSION).expect("a state in memory");
    let code = view.runtime_code().expect("a state in memory").expect("a runtime");
    let mut overlay = Overlay::new(Arc::new(view));
    PLAIN.call(&code, "Core_execute_block", &block.encode(), &mut overlay).map_err(|error| error.to_string())?;
    let mut pairs = parent.clone();
    for (key, value) in overlay.finish(VERSION).expect("a state in memory").changes.main {
        match value {
            Some(value) => pairs.insert(key, value),
            None => pairs.remove(&key),
        };
    }
    let root = ziver_trie::root::<KeccakHasher>(pairs.iter(), VERSION);
    assert_eq!(root, block.header.state_root, "execution has compared it with the overlay's");
    Ok(pairs)
}

struct Trees {
    author: World,
    db: Arc<MemoryDb>,
    importer: Chain,
    /// Blocks that may get another one, with their parents: the final block and what descends from it. Parents come first.
    open: Vec<(Hash, Hash)>,
    states: HashMap<Hash, Pairs>,
    blocks: HashMap<Hash, Block>,
}

fn open(db: &Arc<MemoryDb>) -> Chain {
    Chain::open(db.clone(), IMPORTER.clone(), dev_source(), ChainConfig::default()).expect("the chain opens")
}

impl Trees {
    fn new() -> Self {
        let author = World::new();
        let db = Arc::new(MemoryDb::new());
        let genesis = author.genesis();
        let states = HashMap::from([(genesis, state(&author.chain, &genesis).into_iter().collect())]);
        Self { importer: open(&db), db, author, open: vec![(genesis, genesis)], states, blocks: HashMap::new() }
    }

    fn build(&self, on: Index, author: usize, wanted: &[Wanted], ahead: usize) -> Option<(Hash, ziver_chain::Built)> {
        let (parent, _) = *on.get(&self.open);
        let number = self.author.chain.reader().header(&parent).unwrap().expect("it is open").number;
        let mut source = List { ahead, ..List::new(extrinsics(&self.author, &parent, wanted)) };
        let request = request(parent, AUTHORS[author].account(), u64::from(number) + 1);
        let built = self.author.chain.build(&request, &mut source).expect("a block can be built");
        let is_new = self.author.chain.reader().header(&built.block().header.hash()).unwrap().is_none();
        is_new.then_some((parent, built))
    }

    fn grow(&mut self, op: &Op) -> Result<(), TestCaseError> {
        let Op::Grow { on, author, wanted, ahead, prepared } = op else { return Ok(()) };
        let Some((parent, built)) = self.build(*on, *author, wanted, *ahead) else { return Ok(()) };
        // One block of each author on a parent.
        if self.open.iter().filter(|(_, of)| *of == parent).count() > AUTHORS.len() {
            return Ok(());
        }
        let block = built.block();
        let hash = block.header.hash();
        let mut order: Vec<&Block> =
            prepared.iter().filter_map(|index| self.blocks.get(&index.get(&self.open).0)).collect();
        order.insert(order.len() / 2, &block);
        if !prepared.is_empty() {
            order.into_iter().for_each(|block| self.importer.prepare(block));
        }
        let authored = self.author.chain.insert(built).expect("an own block fits");
        let imported = self.importer.import(block.clone(), None);
        prop_assert!(imported.is_ok(), "{:?}", imported.err().map(|error| error.to_string()));
        prop_assert_eq!(authored.route, imported.unwrap().route, "the same way to the same best block");
        let pairs = plain(&self.states[&parent], &block);
        prop_assert!(pairs.is_ok(), "{:?}", pairs.err());
        self.states.insert(hash, pairs.unwrap());
        self.blocks.insert(hash, block);
        self.open.push((hash, parent));
        self.compare(&hash)
    }

    fn compare(&self, hash: &Hash) -> Result<(), TestCaseError> {
        let pairs: Pairs = state(&self.importer, hash).into_iter().collect();
        prop_assert!(pairs == self.states[hash], "the state after {:?}", hash);
        Ok(())
    }

    fn refuse(&mut self, op: &Op) -> Result<(), TestCaseError> {
        let Op::Wrong { on, wanted, place, is_prepared } = op else { return Ok(()) };
        let Some((parent, built)) = self.build(*on, 0, wanted, 1) else { return Ok(()) };
        let mut block = built.block();
        match place {
            None => block.header.state_root.0[7] ^= 1,
            Some((extrinsic, bit)) => {
                let index = extrinsic.index(block.extrinsics.len());
                let bytes = &mut block.extrinsics[index].0;
                let bit = bit.index(bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
        }
        let bodies = block.extrinsics.iter().map(Encode::encode);
        block.header.extrinsics_root = ziver_trie::ordered_root::<KeccakHasher>(bodies, StateVersion::V0);
        if *is_prepared {
            self.importer.prepare(&block);
        }
        let plain = plain(&self.states[&parent], &block).expect_err("it is wrong");
        match self.importer.import(block, None) {
            Err(ImportError::Execution(error)) => prop_assert_eq!(error.to_string(), plain),
            Err(error) => prop_assert!(false, "another kind of error: {error}"),
            Ok(_) => prop_assert!(false, "it was imported, though {plain}"),
        }
        Ok(())
    }

    fn finalize(&mut self, lag: u32) {
        let Some(block) = self.importer.best_ancestor(lag) else { return };
        self.importer.finalize(&block.hash).expect("it is above the final block");
        self.author.chain.finalize(&block.hash).expect("it is above the final block");
        let mut left = vec![block.hash];
        for (hash, parent) in &self.open {
            if left.contains(parent) && *hash != block.hash {
                left.push(*hash);
            }
        }
        self.open.retain(|(hash, _)| left.contains(hash));
    }

    fn run(&mut self, op: &Op) -> Result<(), TestCaseError> {
        match op {
            Op::Grow { .. } => self.grow(op)?,
            Op::Wrong { .. } => self.refuse(op)?,
            Op::Finalize { lag } => self.finalize(*lag),
            Op::Reopen => self.importer = open(&self.db),
        }
        prop_assert_eq!(self.author.chain.best(), self.importer.best());
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_block_of_a_tree_does_what_the_plain_path_does(ops in prop::collection::vec(op(), 1..24)) {
        let mut trees = Trees::new();
        for op in &ops {
            trees.run(op)?;
        }
        let open: Vec<Hash> = trees.open.iter().map(|(hash, _)| *hash).collect();
        for hash in open {
            trees.compare(&hash)?;
        }
    }
}
