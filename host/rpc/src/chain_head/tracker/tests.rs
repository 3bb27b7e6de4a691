//! A client that replays the events arrives at the chain's own tree, heads and pins, whatever happens to the chain.

use std::collections::VecDeque;

use proptest::prelude::*;
use ziver_primitives::{Digest, RuntimeVersion, hashing::blake2_256};

use super::*;

/// What may happen; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    /// A block on one of the open blocks; whether it changes the runtime.
    Import(usize, bool),
    /// Another block above the final one is best.
    Best(usize),
    /// An open block becomes final.
    Finalize(usize),
    /// The client unpins one of its blocks.
    Unpin(usize),
    /// The client begins anew.
    Follow,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (any::<usize>(), proptest::bool::weighted(0.2)).prop_map(|(on, new)| Step::Import(on, new)),
        3 => any::<usize>().prop_map(Step::Best),
        2 => any::<usize>().prop_map(Step::Finalize),
        3 => any::<usize>().prop_map(Step::Unpin),
        1 => Just(Step::Follow),
    ];
    proptest::collection::vec(step, 0..120)
}

fn head(number: BlockNumber, parent_hash: Hash, salt: usize) -> Head {
    let state_root = Hash::from(blake2_256(&salt.to_le_bytes()));
    let header = Header { parent_hash, number, state_root, extrinsics_root: Hash::zero(), digest: Digest::default() };
    Head { hash: header.hash(), header: Arc::new(header) }
}

fn version(spec_version: u32) -> Arc<RuntimeVersion> {
    Arc::new(RuntimeVersion {
        spec_name: "ziver".into(),
        impl_name: "ziver".into(),
        authoring_version: 1,
        spec_version,
        impl_version: 1,
        apis: vec![([7; 8], 2)].into(),
        transaction_version: 1,
        system_version: 1,
    })
}

/// The chain: what is told of it is made by the code under test.
struct Chain {
    final_blocks: Vec<Head>,
    open: Vec<NewBlock>,
    best: Hash,
    versions: HashMap<Hash, u32>,
    made: usize,
}

impl Chain {
    fn new() -> Self {
        let genesis = head(0, Hash::zero(), 0);
        let (best, versions) = (genesis.hash, HashMap::from([(genesis.hash, 1)]));
        Self { final_blocks: vec![genesis], open: vec![], best, versions, made: 0 }
    }

    fn last_final(&self) -> &Head {
        self.final_blocks.last().unwrap()
    }

    fn told(&self) -> Told {
        let listed = self.final_blocks.len().saturating_sub(4);
        Told {
            finalized: VecDeque::from(self.final_blocks[listed..].to_vec()),
            runtime: Ok(version(self.versions[&self.last_final().hash])),
            blocks: self.open.clone(),
            best: self.best,
        }
    }

    /// The final block and those above it.
    fn heads(&self) -> Vec<Head> {
        [self.last_final().clone()].into_iter().chain(self.open.iter().map(|block| block.head.clone())).collect()
    }

    fn descends(&self, block: &Head, from: &Hash) -> bool {
        let mut at = block.clone();
        while at.hash != *from {
            let Some(parent) = self.heads().into_iter().find(|head| head.hash == at.header.parent_hash) else {
                return false;
            };
            at = parent;
        }
        true
    }

    fn import(&mut self, on: usize, changes_runtime: bool) -> Notice {
        let heads = self.heads();
        let parent = &heads[on % heads.len()];
        self.made += 1;
        let head = head(parent.header.number + 1, parent.hash, self.made);
        let before = self.versions[&parent.hash];
        let now = if changes_runtime { self.made as u32 + 1 } else { before };
        self.versions.insert(head.hash, now);
        let block = NewBlock { head, new_runtime: changes_runtime.then(|| version(now)) };
        self.open.push(block.clone());
        Notice::Imported(block)
    }

    fn best(&mut self, which: usize) -> Notice {
        let heads = self.heads();
        let head = heads[which % heads.len()].clone();
        self.best = head.hash;
        Notice::Best(head)
    }

    fn finalize(&mut self, which: usize) -> Vec<Notice> {
        let Some(target) = self.open.get(which.checked_rem(self.open.len()).unwrap_or(0)).cloned() else {
            return vec![];
        };
        let mut notices = vec![];
        let best = self.heads().into_iter().find(|head| head.hash == self.best).unwrap();
        if !self.descends(&best, &target.head.hash) {
            self.best = target.head.hash;
            notices.push(Notice::Best(target.head.clone()));
        }
        let (mut blocks, mut pruned, mut kept) = (vec![], vec![], vec![]);
        for block in &self.open {
            if self.descends(&target.head, &block.head.hash) {
                blocks.push(block.head.clone());
            } else if self.descends(&block.head, &target.head.hash) {
                kept.push(block.clone());
            } else {
                pruned.push(block.head.hash);
            }
        }
        self.open = kept;
        self.final_blocks.extend(blocks.iter().cloned());
        notices.push(Notice::Finalized(Arc::new(NewlyFinal { blocks, pruned })));
        notices
    }
}

/// A client that believes what it is told, and checks what the specification promises.
#[derive(Default)]
struct Client {
    pinned: HashSet<Hash>,
    open: HashMap<Hash, Hash>,
    finalized: Option<Hash>,
    best: Option<Hash>,
    runtimes: HashMap<Hash, Runtime>,
}

impl Client {
    fn hear(&mut self, event: FollowEvent) -> Result<(), TestCaseError> {
        match event {
            FollowEvent::Initialized { finalized_block_hashes, finalized_block_runtime } => {
                prop_assert!(self.finalized.is_none() && !finalized_block_hashes.is_empty());
                self.pinned.extend(finalized_block_hashes.iter().map(|Hex(hash)| hash));
                let Hex(last) = finalized_block_hashes[finalized_block_hashes.len() - 1];
                self.finalized = Some(last);
                self.runtimes.insert(last, finalized_block_runtime.unwrap());
            }
            FollowEvent::NewBlock { block_hash: Hex(hash), parent_block_hash: Hex(parent), new_runtime } => {
                prop_assert!(Some(parent) == self.finalized || self.open.contains_key(&parent));
                prop_assert_eq!(self.open.insert(hash, parent), None);
                prop_assert!(self.pinned.insert(hash));
                let runtime = new_runtime.unwrap().unwrap_or_else(|| self.runtimes[&parent].clone());
                self.runtimes.insert(hash, runtime);
            }
            FollowEvent::BestBlockChanged { best_block_hash: Hex(hash) } => {
                prop_assert!(Some(hash) == self.finalized || self.open.contains_key(&hash));
                self.best = Some(hash);
            }
            FollowEvent::Finalized { finalized_block_hashes, pruned_block_hashes } => {
                for Hex(hash) in &finalized_block_hashes {
                    prop_assert_eq!(self.open.remove(hash), self.finalized);
                    self.finalized = Some(*hash);
                }
                for Hex(hash) in &pruned_block_hashes {
                    prop_assert!(self.open.remove(hash).is_some());
                }
                prop_assert!(self.best == self.finalized || self.open.contains_key(&self.best.unwrap()));
            }
            other => prop_assert!(false, "{:?}", other),
        }
        Ok(())
    }

    fn check(&self, chain: &Chain, tracker: &Tracker) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.finalized, Some(chain.last_final().hash));
        prop_assert_eq!(self.best, Some(chain.best));
        let open: HashMap<_, _> =
            chain.open.iter().map(|block| (block.head.hash, block.head.header.parent_hash)).collect();
        prop_assert_eq!(&self.open, &open);
        for head in chain.heads() {
            prop_assert_eq!(&self.runtimes[&head.hash], &Runtime::valid(&version(chain.versions[&head.hash])));
        }
        prop_assert_eq!(&tracker.pins.keys().copied().collect::<HashSet<_>>(), &self.pinned);
        let numbers = |hash: &Hash| tracker.header(hash).map(|header| header.number);
        prop_assert_eq!(tracker.lowest(), self.pinned.iter().filter_map(numbers).min());
        let settled = self.pinned.iter().filter(|hash| !open.contains_key(*hash)).count();
        prop_assert_eq!(tracker.settled, settled);
        Ok(())
    }
}

fn begin(chain: &Chain) -> Result<(Tracker, Client), TestCaseError> {
    let (tracker, events) = Tracker::begin(&chain.told(), true);
    let mut client = Client::default();
    events.into_iter().try_for_each(|event| client.hear(event))?;
    Ok((tracker, client))
}

proptest! {
    #[test]
    fn replayed_events_give_the_chains_own_tree(steps in steps()) {
        let mut chain = Chain::new();
        let (mut tracker, mut client) = begin(&chain)?;
        for step in steps {
            let notices = match step {
                Step::Import(on, new) => vec![chain.import(on, new)],
                Step::Best(which) => vec![chain.best(which)],
                Step::Finalize(which) => chain.finalize(which),
                Step::Unpin(which) => {
                    let mut pinned: Vec<Hash> = client.pinned.iter().copied().collect();
                    pinned.sort_unstable();
                    if let Some(hash) = pinned.get(which.checked_rem(pinned.len()).unwrap_or(0)) {
                        prop_assert_eq!(tracker.unpin(&[*hash]), Ok(()));
                        prop_assert_eq!(tracker.unpin(&[*hash]), Err(UnpinError::NotPinned(*hash)));
                        client.pinned.remove(hash);
                    }
                    vec![]
                }
                Step::Follow => {
                    (tracker, client) = begin(&chain)?;
                    vec![]
                }
            };
            for notice in notices {
                client.hear(tracker.apply(&notice).unwrap())?;
            }
            client.check(&chain, &tracker)?;
        }
    }
}

#[test]
fn unpin_of_several_is_all_or_nothing() {
    let mut chain = Chain::new();
    let Notice::Imported(block) = chain.import(0, false) else { panic!("an import") };
    let (mut tracker, _) = Tracker::begin(&chain.told(), false);
    let (genesis, block) = (chain.last_final().hash, block.head.hash);
    assert_eq!(tracker.unpin(&[genesis, genesis]), Err(UnpinError::Duplicate(genesis)));
    assert_eq!(tracker.unpin(&[genesis, Hash::zero()]), Err(UnpinError::NotPinned(Hash::zero())));
    assert!(tracker.header(&genesis).is_some());
    assert_eq!(tracker.unpin(&[block, genesis]), Ok(()));
    assert_eq!((tracker.header(&genesis), tracker.lowest()), (None, None));
    assert_eq!(tracker.unpin(&[]), Ok(()));
}

#[test]
fn runtimes_are_left_out_unless_wanted() {
    let mut chain = Chain::new();
    chain.import(0, true);
    let json = |with_runtime| {
        let (_, events) = Tracker::begin(&chain.told(), with_runtime);
        serde_json::to_value(events).unwrap()
    };
    let without = json(false);
    assert!(without[0].get("finalizedBlockRuntime").is_none() && without[1].get("newRuntime").is_none());
    let with = json(true);
    assert_eq!(with[0]["finalizedBlockRuntime"]["spec"]["apis"], serde_json::json!({ "0x0707070707070707": 2 }));
    assert_eq!((&with[0]["event"], &with[2]["event"]), (&"initialized".into(), &"bestBlockChanged".into()));
    assert_eq!(with[1]["newRuntime"]["type"], "valid");
}

#[test]
fn block_pinned_too_deep_ends_the_follow_and_an_unpinned_one_does_not() {
    for unpins in [false, true] {
        let mut chain = Chain::new();
        let (mut tracker, _) = Tracker::begin(&chain.told(), false);
        let mut ended = None;
        for round in 0..=PINNED_DEPTH_BLOCKS_MAX {
            let last = chain.last_final().hash;
            tracker.apply(&chain.import(0, false)).unwrap();
            let [_, ref finalized] = chain.finalize(0)[..] else { panic!("best and final") };
            if unpins && round > 0 {
                tracker.unpin(&[last]).unwrap();
            }
            if tracker.apply(finalized).is_err() {
                ended = Some(round);
                break;
            }
        }
        let expected = PINNED_DEPTH_BLOCKS_MAX.min(PINNED_SETTLED_BLOCKS_MAX as u32 - 1);
        // The unpinning client keeps genesis alone, which gets too deep as well.
        assert_eq!(ended, Some(if unpins { PINNED_DEPTH_BLOCKS_MAX } else { expected }), "{unpins}");
    }
}

#[test]
fn many_open_blocks_may_be_pinned() {
    let mut chain = Chain::new();
    let (mut tracker, _) = Tracker::begin(&chain.told(), true);
    for _ in 0..3 * PINNED_SETTLED_BLOCKS_MAX {
        tracker.apply(&chain.import(0, false)).unwrap();
    }
    let [_, ref finalized] = chain.finalize(0)[..] else { panic!("best and final") };
    // All but one of them are discarded, and pinned still: now they are too many.
    assert_eq!(tracker.apply(finalized), Err(Overdue));
}
