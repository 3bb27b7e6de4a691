use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use proptest::prelude::*;
use ziver_db::{DbError, Fault, FaultyDb, MemoryDb};
use ziver_trie::StateVersion;

use super::*;
use crate::{CODE_KEY, changes::ChangeSet};

mod interrupted;

type Plain = BTreeMap<Vec<u8>, Vec<u8>>;

const KID: &[u8] = b"kid";

/// A block and its whole state.
#[derive(Clone)]
struct Block {
    number: u32,
    parent: Hash,
    tries: [Plain; 2],
}

#[derive(Clone, Debug)]
struct Write {
    child: bool,
    key: u8,
    value: Option<u8>,
}

#[derive(Clone, Debug)]
enum Op {
    /// A block on the chosen one of the open blocks.
    Insert(usize, Vec<Write>),
    /// The chosen one of the open blocks becomes final; whether `written` is called.
    Finalize(usize, bool),
    /// The chosen one of the open blocks is dropped with all that descends from it.
    Discard(usize),
    /// A view that is kept for later.
    Hold(usize),
    /// The states from the chosen one of all blocks on are held; or nothing is any more.
    Keep(Option<usize>),
    Reopen(u32),
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let write = (any::<bool>(), 0u8..8, proptest::option::weighted(0.7, 0u8..4));
    proptest::collection::vec(write.prop_map(|(child, key, value)| Write { child, key, value }), 0..6)
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        8 => (any::<usize>(), writes()).prop_map(|(parent, writes)| Op::Insert(parent, writes)),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(block, told)| Op::Finalize(block, told)),
        1 => any::<usize>().prop_map(Op::Discard),
        2 => any::<usize>().prop_map(Op::Hold),
        1 => proptest::option::weighted(0.7, any::<usize>()).prop_map(Op::Keep),
        1 => (0u32..4).prop_map(Op::Reopen),
    ];
    proptest::collection::vec(op, 1..50)
}

/// Keys that lie on each other's way, so that nodes come and go and come again.
fn key(number: u8) -> Vec<u8> {
    [&b"1"[..], b"12", b"123", b"124", b"2", b"\x10", b"\x11", b"\x11\x00"][usize::from(number)].to_vec()
}

/// Few values, short and long.
fn value(number: u8) -> Vec<u8> {
    vec![number; if number.is_multiple_of(2) { 50 } else { 3 }]
}

fn name(trie: usize) -> Option<&'static [u8]> {
    (trie == 1).then_some(KID)
}

fn changes(writes: &[Write]) -> Changes {
    let set = |child: bool| -> ChangeSet {
        let own = writes.iter().filter(|write| write.child == child);
        own.map(|write| (key(write.key), write.value.map(value))).collect()
    };
    Changes { main: set(false), child: BTreeMap::from([(KID.to_vec(), set(true))]) }
}

fn memory(tries: &[Plain; 2]) -> MemoryView<KeccakHasher> {
    let all = |map: &Plain| map.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    let mut view = MemoryView::new();
    let child = BTreeMap::from([(KID.to_vec(), all(&tries[1]))]);
    view.apply(&Changes { main: all(&tries[0]), child }, StateVersion::V1).unwrap();
    view
}

fn hash(number: u64) -> Hash {
    Hash::from_low_u64_be(number + 1)
}

struct World {
    db: Arc<MemoryDb>,
    state: StateDb,
    keep: Option<u32>,
    blocks: BTreeMap<Hash, Block>,
    base: Hash,
    oldest: u32,
    held: Vec<(Hash, Arc<dyn View>)>,
    gone: BTreeSet<Hash>,
    kept: Option<(u32, StateHold)>,
}

impl World {
    fn new(keep: Option<u32>) -> Self {
        let db = Arc::new(MemoryDb::new());
        let pruning = keep.map_or(Pruning::Archive, Pruning::Keep);
        let state = StateDb::open(db.clone(), options(pruning)).unwrap();
        let genesis = Changes { main: BTreeMap::from([(b"0".to_vec(), Some(b"0".to_vec()))]), ..Changes::default() };
        let (_, trie) = StateDb::<KeccakHasher>::empty_view().compute_root(&genesis, StateVersion::V1).unwrap();
        let mut batch = Batch::new();
        state.insert_genesis(hash(0), genesis, trie, &mut batch).unwrap();
        db.write(batch).unwrap();
        state.written();
        let tries = [Plain::from([(b"0".to_vec(), b"0".to_vec())]), Plain::new()];
        let blocks = BTreeMap::from([(hash(0), Block { number: 0, parent: Hash::zero(), tries })]);
        Self { db, state, keep, blocks, base: hash(0), oldest: 0, held: Vec::new(), gone: BTreeSet::new(), kept: None }
    }

    fn descends(&self, mut block: Hash, from: Hash) -> bool {
        let target = self.blocks[&from].number;
        while self.blocks[&block].number > target {
            block = self.blocks[&block].parent;
        }
        block == from
    }

    /// The base and what descends from it, in a fixed order.
    fn open(&self) -> Vec<Hash> {
        let open = |block: &Hash| self.descends(*block, self.base) && !self.gone.contains(block);
        self.blocks.keys().copied().filter(open).collect()
    }

    fn is_kept(&self, block: Hash) -> bool {
        let number = self.blocks[&block].number;
        let is_open = self.descends(block, self.base) && !self.gone.contains(&block);
        is_open || (self.descends(self.base, block) && number >= self.oldest)
    }

    fn check_view(&self, block: Hash, view: &dyn View) -> Result<(), TestCaseError> {
        let expected = &self.blocks[&block];
        if !self.is_kept(block) {
            prop_assert_eq!(view.get(None, b"0"), Err(StateError::Pruned(block)));
            prop_assert_eq!(view.next_key(Some(KID), b""), Err(StateError::Pruned(block)));
            prop_assert_eq!(view.prove(None, &[]), Err(StateError::Pruned(block)));
            prop_assert_eq!(view.merkle_value(None, b""), Err(StateError::Pruned(block)));
            let root = view.compute_root(&Changes::default(), StateVersion::V1);
            prop_assert_eq!(root, Err(StateError::Pruned(block)));
            return Ok(());
        }
        for (trie, map) in expected.tries.iter().enumerate() {
            let mut after = Vec::new();
            for (key, value) in map {
                prop_assert_eq!(view.next_key(name(trie), &after).unwrap(), Some(key.clone()));
                prop_assert_eq!(view.get(name(trie), key).unwrap(), Some(value.clone()));
                after = key.clone();
            }
            for key in (0..8).map(key) {
                prop_assert_eq!(view.get(name(trie), &key).unwrap(), map.get(&key).cloned());
            }
        }
        let whole = memory(&expected.tries);
        prop_assert_eq!(view.root(), whole.root());
        for (trie, key) in [(0, &b""[..]), (0, b"0"), (0, &key(3)), (1, b""), (1, &key(2))] {
            prop_assert_eq!(view.merkle_value(name(trie), key), whole.merkle_value(name(trie), key));
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for block in self.blocks.keys().copied() {
            match self.state.view_at(block) {
                Ok(view) => self.check_view(block, view.as_ref())?,
                Err(error) => {
                    prop_assert_eq!(error, StateError::Pruned(block));
                    prop_assert!(!self.is_kept(block), "a kept state is refused");
                }
            }
        }
        self.held.iter().try_for_each(|(block, view)| self.check_view(*block, view.as_ref()))
    }

    /// The main trie's keys with that of the child's root.
    fn whole_main(tries: &[Plain; 2]) -> Plain {
        let root = memory(tries).get(None, &ziver_trie::child_root_key(KID)).unwrap();
        let root = root.map(|root| (ziver_trie::child_root_key(KID), root));
        tries[0].clone().into_iter().chain(root).collect()
    }

    /// Keys of the history of a block: of what differs from its parent.
    fn history(&self, block: &Block) -> Vec<Vec<u8>> {
        let parent = &self.blocks[&block.parent].tries;
        let maps = [
            (None, Self::whole_main(parent), Self::whole_main(&block.tries)),
            (name(1), parent[1].clone(), block.tries[1].clone()),
        ];
        let mut entries = Vec::new();
        for (child, before, after) in maps {
            let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
            entries.extend(changed.map(|key| history::entry_key(child, key, block.number)));
        }
        entries
    }

    /// The columns hold the base's state, the trie of the last checkpoint, what stood before in the kept final states, and
    /// nothing else.
    fn check_columns(&self) -> Result<(), TestCaseError> {
        let all = |column| -> Plain { self.db.iter(column, &[]).map(Result::unwrap).collect() };
        let keys = |column| -> BTreeSet<Vec<u8>> { all(column).into_keys().collect() };
        let is_final =
            |(hash, block): &(&Hash, &Block)| self.descends(self.base, **hash) && block.number >= self.oldest;
        let kept: Vec<_> = self.blocks.iter().filter(is_final).collect();
        prop_assert_eq!(keys(Column::StateBlock).len(), kept.len());
        prop_assert_eq!(keys(Column::Pruning).len(), kept.len());
        let changed = kept.iter().filter(|(_, block)| block.number > self.oldest);
        let history: BTreeSet<_> = changed.flat_map(|(_, block)| self.history(block)).collect();
        prop_assert_eq!(keys(Column::History), history);
        let checkpoint = self.db.get(Column::Meta, META_CHECKPOINT).unwrap().unwrap();
        let checkpoint: Checkpoint = records::decode(&checkpoint, "checkpoint").unwrap();
        let mut at = self.base;
        while self.blocks[&at].number > checkpoint.number {
            at = self.blocks[&at].parent;
        }
        let whole = memory(&self.blocks[&at].tries);
        prop_assert_eq!(checkpoint.root, whole.root());
        let mut batch = Batch::new();
        whole.tries().save(&mut batch);
        let saved = MemoryDb::new();
        saved.write(batch).unwrap();
        prop_assert_eq!(all(Column::Trie), saved.iter(Column::Trie, &[]).map(Result::unwrap).collect::<Plain>());
        let is_journalled = |block: &Hash| {
            let is_above = self.descends(*block, at) && *block != at && !self.gone.contains(block);
            is_above && (self.descends(self.base, *block) || self.descends(*block, self.base))
        };
        let journalled = self.blocks.keys().filter(|block| is_journalled(block));
        prop_assert_eq!(keys(Column::Journal), journalled.map(|block| block.as_bytes().to_vec()).collect());
        let base = &self.blocks[&self.base].tries;
        prop_assert_eq!(
            self.db.iter(Column::State, &[]).map(Result::unwrap).collect::<Plain>(),
            Self::whole_main(base)
        );
        let prefix = child_id(KID);
        let kid = self.db.iter(Column::ChildState, &[]).map(Result::unwrap);
        let kid: Plain = kid.map(|(key, value)| (key.strip_prefix(&prefix).unwrap().to_vec(), value)).collect();
        prop_assert_eq!(&kid, &base[1]);
        Ok(())
    }

    fn insert(&mut self, parent: Hash, writes: &[Write]) {
        let new = hash(u64::try_from(self.blocks.len()).unwrap());
        let changes = changes(writes);
        let mut block = self.blocks[&parent].clone();
        (block.number, block.parent) = (block.number + 1, parent);
        for (trie, set) in [(0, &changes.main), (1, &changes.child[KID])] {
            for (key, value) in set {
                match value {
                    Some(value) => block.tries[trie].insert(key.clone(), value.clone()),
                    None => block.tries[trie].remove(key),
                };
            }
        }
        let view = self.state.view_at(parent).unwrap();
        let (_, trie) = view.compute_root(&changes, StateVersion::V1).unwrap();
        let mut batch = Batch::new();
        self.state.insert_block(new, block.number, parent, changes, trie, &mut batch).unwrap();
        self.db.write(batch).unwrap();
        self.blocks.insert(new, block);
    }

    fn finalize(&mut self, block: Hash, told: bool) -> Result<(), TestCaseError> {
        let mut batch = Batch::new();
        let discarded: BTreeSet<_> = self.state.finalize(block, &mut batch).unwrap().into_iter().collect();
        let before = self.open();
        // Finalising the base once more does nothing, not even prune for a smaller window.
        if block == self.base {
            prop_assert!(batch.is_empty());
            return Ok(());
        }
        self.base = block;
        let window = self.keep.map_or(0, |keep| self.blocks[&block].number.saturating_sub(keep));
        let window = self.kept.as_ref().map_or(window, |(from, _)| window.min(*from));
        self.oldest = self.oldest.max(window);
        let lost = |hash: &Hash| !self.descends(*hash, block) && !self.descends(block, *hash);
        prop_assert_eq!(discarded, before.into_iter().filter(lost).collect::<BTreeSet<_>>());
        self.check()?;
        self.db.write(batch).unwrap();
        self.check()?;
        if told {
            self.state.written();
            self.check()?;
        }
        self.check_columns()
    }

    fn discard(&mut self, block: Hash) -> Result<(), TestCaseError> {
        let family: Vec<_> = self.open().into_iter().filter(|other| self.descends(*other, block)).collect();
        let mut batch = Batch::new();
        if block == self.base {
            let misuse = self.state.discard(&family, &mut batch);
            prop_assert!(matches!(misuse, Err(StateError::Misuse(_))));
            prop_assert!(batch.is_empty());
            return Ok(());
        }
        if let Some(child) = family.iter().find(|other| self.blocks[other].parent == block) {
            let others: Vec<_> = family.iter().copied().filter(|other| other != child).collect();
            prop_assert!(self.state.discard(&others, &mut batch).is_err(), "an orphan would be left");
            prop_assert!(batch.is_empty());
        }
        self.state.discard(&family, &mut batch).unwrap();
        self.gone.extend(family);
        self.check()?;
        self.db.write(batch).unwrap();
        self.state.written();
        self.check()?;
        self.check_columns()
    }

    fn run(&mut self, op: &Op) -> Result<(), TestCaseError> {
        let open = self.open();
        let pick = |index: usize| open[index % open.len()];
        match op {
            Op::Insert(parent, writes) => self.insert(pick(*parent), writes),
            Op::Finalize(block, told) => self.finalize(pick(*block), *told)?,
            Op::Discard(block) => self.discard(pick(*block))?,
            Op::Hold(block) => {
                let block = pick(*block);
                self.held.push((block, self.state.view_at(block).unwrap()));
            }
            Op::Keep(block) => {
                let numbers: Vec<u32> = self.blocks.values().map(|block| block.number).collect();
                // The new hold comes before the old one goes.
                self.kept = block.map(|block| numbers[block % numbers.len()]).map(|from| (from, self.state.hold(from)));
            }
            Op::Reopen(keep) => {
                self.held.clear();
                self.kept = None;
                self.keep = self.keep.map(|_| *keep);
                let pruning = self.keep.map_or(Pruning::Archive, Pruning::Keep);
                self.state = StateDb::open(self.db.clone(), options(pruning)).unwrap();
                self.check_columns()?;
            }
        }
        self.check()
    }
}

/// Small caches, so that entries leave them; frequent checkpoints.
fn options(pruning: Pruning) -> StateOptions {
    StateOptions { pruning, value_cache_bytes: 20_000, node_cache_bytes: 1_000, checkpoint_keys: 12 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn every_kept_state_equals_the_oracle_and_every_other_is_refused(
        keep in proptest::option::weighted(0.8, 0u32..4), ops in ops(),
    ) {
        let mut world = World::new(keep);
        for op in ops {
            world.run(&op)?;
        }
    }
}

#[test]
fn node_deleted_and_inserted_again_survives_the_pruning_of_its_death() {
    let mut world = World::new(Some(1));
    let write = |value| [Write { child: false, key: 2, value: Some(value) }];
    for (number, value) in [0u8, 2, 0, 0, 0, 0, 2, 2, 2].into_iter().enumerate() {
        let parent = hash(u64::try_from(number).unwrap());
        world.insert(parent, &write(value));
        world.finalize(hash(u64::try_from(number).unwrap() + 1), true).unwrap();
    }
}

#[test]
fn held_state_stays_until_the_hold_goes_but_no_further_back_than_the_limit() {
    let mut world = World::new(Some(1));
    let first = world.state.hold(0);
    let second = world.state.hold(2);
    let finalize = |world: &mut World, number: u64| {
        let mut batch = Batch::new();
        world.insert(hash(number), &[]);
        world.state.finalize(hash(number + 1), &mut batch).unwrap();
        world.db.write(batch).unwrap();
        world.state.written();
    };
    let limit = u64::from(crate::limits::HELD_BLOCKS_MAX);
    for number in 0..=limit {
        finalize(&mut world, number);
    }
    assert_eq!(world.state.oldest(), 0);
    finalize(&mut world, limit + 1);
    assert_eq!(world.state.oldest(), 1, "the limit");
    drop(first);
    finalize(&mut world, limit + 2);
    assert_eq!(world.state.oldest(), 2, "the other hold");
    drop(second);
    finalize(&mut world, limit + 3);
    assert_eq!(world.state.oldest(), 2 + 1 + u32::try_from(crate::limits::EXTRA_PRUNED_BLOCKS_MAX).unwrap());
}

#[test]
fn blocks_out_of_order_are_refused() {
    let mut world = World::new(Some(1));
    world.insert(hash(0), &[]);
    world.insert(hash(0), &[]);
    world.finalize(hash(1), true).unwrap();
    let insert = |block: u64, number, parent: u64| {
        let (changes, trie) = (Changes::default(), TrieChanges::default());
        world.state.insert_block(hash(block), number, hash(parent), changes, trie, &mut Batch::new())
    };
    let refused = |result: Result<(), StateError>| matches!(result, Err(StateError::Misuse(_)));
    assert!(refused(insert(9, 1, 0)), "below the base");
    assert!(refused(insert(9, 2, 2)), "on a discarded fork");
    assert!(refused(insert(9, 3, 1)), "a number left out");
    assert!(refused(insert(1, 2, 1)), "the base itself");
    assert!(refused(insert(9, 2, 77)), "unknown parent");
    assert_eq!(insert(9, 2, 1), Ok(()));
    assert!(refused(insert(9, 2, 1)), "a second time");
    assert!(refused(world.state.finalize(hash(2), &mut Batch::new()).map(drop)), "discarded");
    assert!(refused(world.state.finalize(hash(0), &mut Batch::new()).map(drop)), "older than the base");
    assert_eq!(world.state.view_at(hash(77)).err(), Some(StateError::Pruned(hash(77))));
}

#[test]
fn archive_cannot_be_reopened_for_pruning() {
    let world = World::new(None);
    let reopened = StateDb::<KeccakHasher>::open(world.db.clone(), Pruning::Keep(1));
    assert_eq!(reopened.err(), Some(StateError::WasArchive));
    assert!(StateDb::<KeccakHasher>::open(world.db, Pruning::Archive).is_ok());
}

#[test]
fn code_follows_its_block_through_layers_flat_state_and_trie() {
    let mut world = World::new(Some(8));
    let set_code = |world: &World, number: u32, code: Option<&[u8]>| {
        let (parent, block) = (hash(u64::from(number - 1)), hash(u64::from(number)));
        let mut changes = Changes::default();
        changes.main.extend(code.map(|code| (CODE_KEY.to_vec(), Some(code.to_vec()))));
        let (_, trie) = world.state.view_at(parent).unwrap().compute_root(&changes, StateVersion::V1).unwrap();
        let mut batch = Batch::new();
        world.state.insert_block(block, number, parent, changes, trie, &mut batch).unwrap();
        world.db.write(batch).unwrap();
    };
    let codes: [Option<&[u8]>; 7] =
        [None, Some(&[1; 40]), Some(&[1; 40]), Some(&[2; 40]), Some(&[2; 40]), Some(&[3]), Some(&[3])];
    for number in 1..7u32 {
        let at = usize::try_from(number).unwrap();
        set_code(&world, number, codes[at].filter(|_| codes[at] != codes[at - 1]));
    }
    let check = |world: &World| {
        for (number, code) in (0u64..).zip(codes) {
            for _ in 0..2 {
                let found = world.state.view_at(hash(number)).unwrap().runtime_code().unwrap();
                assert_eq!(found.map(|found| found.bytes.to_vec()), code.map(<[u8]>::to_vec));
            }
        }
    };
    check(&world);
    for number in [2, 3, 6] {
        let mut batch = Batch::new();
        world.state.finalize(hash(number), &mut batch).unwrap();
        check(&world);
        world.db.write(batch).unwrap();
        check(&world);
        world.state.written();
        check(&world);
    }
    world.state = StateDb::open(world.db.clone(), Pruning::Keep(8)).unwrap();
    check(&world);
}

/// Readers on other threads never see another block's state, whatever is made final meanwhile.
#[test]
fn readers_see_their_own_block_while_finality_moves() {
    const BLOCKS: u32 = 400;
    let world = World::new(Some(4));
    let (state, db) = (world.state.clone(), world.db.clone());
    let (tip, done) = (AtomicU32::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut reads = 0u32;
                while !done.load(Ordering::SeqCst) || reads < 1_000 {
                    let number = tip.load(Ordering::SeqCst).saturating_sub(reads % 8);
                    reads = reads.saturating_add(1);
                    let Ok(view) = state.view_at(hash(u64::from(number))) else { continue };
                    for key in (0..8).map(key) {
                        let expected = (number > 0).then(|| number.to_le_bytes().to_vec());
                        match view.get(None, &key) {
                            Ok(value) => assert_eq!(value, expected),
                            Err(error) => assert_eq!(error, StateError::Pruned(hash(u64::from(number)))),
                        }
                    }
                }
            });
        }
        for number in 1..=BLOCKS {
            let parent = hash(u64::from(number - 1));
            let main = (0..8).map(|which| (key(which), Some(number.to_le_bytes().to_vec()))).collect();
            let changes = Changes { main, ..Changes::default() };
            let (_, trie) = state.view_at(parent).unwrap().compute_root(&changes, StateVersion::V1).unwrap();
            let mut batch = Batch::new();
            state.insert_block(hash(u64::from(number)), number, parent, changes, trie, &mut batch).unwrap();
            state.finalize(hash(u64::from(number.saturating_sub(2))), &mut batch).unwrap();
            db.write(batch).unwrap();
            state.written();
            tip.store(number, Ordering::SeqCst);
        }
        done.store(true, Ordering::SeqCst);
    });
}

#[test]
fn batch_lost_in_a_failed_write_leaves_the_state_before() {
    let mut world = World::new(Some(2));
    world.insert(hash(0), &[Write { child: false, key: 0, value: Some(1) }]);
    for fault in [Fault::Refuse(DbError::Injected), Fault::StoreThenFail(DbError::Injected)] {
        let stored = matches!(fault, Fault::StoreThenFail(_));
        let memory = Arc::new(MemoryDb::clone(&world.db));
        let db = Arc::new(FaultyDb::new(memory.clone()));
        let state = StateDb::<KeccakHasher>::open(db.clone(), Pruning::Keep(2)).unwrap();
        let mut batch = Batch::new();
        state.finalize(hash(1), &mut batch).unwrap();
        db.fail_after(0, fault);
        assert_eq!(db.write(batch), Err(DbError::Injected));
        let state = StateDb::<KeccakHasher>::open(memory, Pruning::Keep(2)).unwrap();
        assert_eq!(state.finalized(), Some(if stored { (hash(1), 1) } else { (hash(0), 0) }));
        let view = state.view_at(hash(1)).unwrap();
        assert_eq!(view.get(None, &key(0)), Ok(Some(value(1))));
    }
}

fn damaged() -> impl Strategy<Value = (usize, usize, Vec<u8>)> {
    (any::<usize>(), 0usize..4, proptest::collection::vec(any::<u8>(), 0..80))
}

proptest! {
    /// One damaged record: whatever is asked, there is an answer or an error.
    #[test]
    fn damaged_records_never_panic((which, how, noise) in damaged(), writes in writes()) {
        let mut world = World::new(Some(2));
        let all: Vec<_> = (0..8).map(|key| Write { child: key % 2 == 0, key, value: Some(key % 4) }).collect();
        for number in 0..5 {
            world.insert(hash(number), if number % 2 == 0 { &all } else { &writes });
        }
        world.insert(hash(4), &writes);
        world.finalize(hash(3), true)?;
        let columns = [
            Column::Meta, Column::Journal, Column::Pruning, Column::StateBlock, Column::Trie, Column::Trie, Column::History,
            Column::State,
        ];
        let records = columns.into_iter().flat_map(|column| {
            world.db.iter(column, &[]).map(move |entry| (column, entry.unwrap())).collect::<Vec<_>>()
        });
        let records: Vec<_> = records.collect();
        let (column, (key, mut value)) = records[which % records.len()].clone();
        let mut batch = Batch::new();
        match how {
            0 => value.truncate(noise.len() % (value.len() + 1)),
            1 => value = noise,
            2 => {
                let at = which % value.len().max(1);
                if let Some(byte) = value.get_mut(at) { *byte ^= noise.first().copied().unwrap_or(1).max(1); }
            }
            _ => batch.delete(column, key.clone()),
        }
        if how < 3 { batch.put(column, key, value); }
        world.db.write(batch).unwrap();
        let Ok(state) = StateDb::<KeccakHasher>::open(world.db.clone(), options(Pruning::Keep(2))) else { return Ok(()) };
        for block in 0..7 {
            let Ok(view) = state.view_at(hash(block)) else { continue };
            for trie in 0..2 {
                for number in 0..8 {
                    let _ = view.get(name(trie), &super::tests::key(number));
                    let _ = view.next_key(name(trie), &super::tests::key(number));
                }
            }
            let _ = view.compute_root(&changes(&all), StateVersion::V1);
            let _ = view.compute_root(&changes(&writes), StateVersion::V0);
            let _ = view.prove(Some(KID), &[super::tests::key(0)]);
            let _ = view.runtime_code();
        }
        for block in [4, 5] {
            let mut batch = Batch::new();
            if state.finalize(hash(block), &mut batch).is_ok() {
                world.db.write(batch).unwrap();
                state.written();
            }
        }
    }
}

#[test]
fn caches_stay_within_their_size_and_hold_what_is_read() {
    let cache = super::cache::Cache::new(64 * 1024);
    for number in 0..10_000u32 {
        cache.put_if(&number.to_be_bytes(), Some(Arc::from(vec![0u8; 100])), || true);
        assert!(cache.get(&number.to_be_bytes()).is_some());
    }
    assert!(cache.bytes() <= 64 * 1024, "{} bytes", cache.bytes());
    cache.put_if(b"big", Some(Arc::from(vec![0u8; 64 * 1024])), || true);
    assert_eq!(cache.get(b"big"), None);
    let nothing = super::cache::Cache::new(0);
    nothing.put_if(b"k", None, || true);
    assert_eq!(nothing.get(b"k"), None);
}

type Hook = Box<dyn FnOnce() + Send>;

/// Does something once, in the midst of a read of the flat state: before or after the value is fetched.
struct Interrupted {
    inner: Arc<MemoryDb>,
    before: parking_lot::Mutex<Option<Hook>>,
    after: parking_lot::Mutex<Option<Hook>>,
}

impl Db for Interrupted {
    fn bytes(&self, column: Column) -> u64 {
        self.inner.bytes(column)
    }

    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
        let run = |hook: &parking_lot::Mutex<Option<Hook>>| {
            let hook = hook.lock().take_if(|_| column == Column::State);
            hook.into_iter().for_each(|hook| hook());
        };
        run(&self.before);
        let value = self.inner.get(column, key);
        run(&self.after);
        value
    }
    fn next(&self, column: Column, from: std::ops::Bound<&[u8]>) -> Result<Option<ziver_db::KeyValue>, DbError> {
        self.inner.next(column, from)
    }
    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<ziver_db::KeyValue>, DbError> {
        self.inner.last_until(column, key)
    }
    fn iter(&self, column: Column, from: &[u8]) -> ziver_db::Entries<'_> {
        self.inner.iter(column, from)
    }
    fn write(&self, batch: Batch) -> Result<(), DbError> {
        self.inner.write(batch)
    }
}

#[test]
fn base_that_moves_in_the_midst_of_a_read_neither_misleads_it_nor_the_cache() {
    for moves_before_fetch in [true, false] {
        let mut world = World::new(Some(8));
        world.insert(hash(0), &[Write { child: false, key: 0, value: Some(1) }]);
        world.finalize(hash(1), true).unwrap();
        world.insert(hash(1), &[Write { child: false, key: 0, value: Some(3) }]);
        let db = Arc::new(Interrupted { inner: world.db.clone(), before: None.into(), after: None.into() });
        let state = StateDb::<KeccakHasher>::open(db.clone(), options(Pruning::Keep(8))).unwrap();
        let view = state.view_at(hash(1)).unwrap();
        let (mover, moved) = (state.clone(), db.inner.clone());
        let hook: Hook = Box::new(move || {
            let mut batch = Batch::new();
            mover.finalize(hash(2), &mut batch).unwrap();
            moved.write(batch).unwrap();
            mover.written();
        });
        *(if moves_before_fetch { &db.before } else { &db.after }).lock() = Some(hook);
        assert_eq!(view.get(None, &key(0)), Ok(Some(value(1))));
        assert_eq!(state.finalized(), Some((hash(2), 2)));
        assert_eq!(state.view_at(hash(2)).unwrap().get(None, &key(0)), Ok(Some(value(3))));
        assert_eq!(view.get(None, &key(0)), Ok(Some(value(1))));
    }
}

/// A database whose last final state has keys in both tries, and its state.
fn settled() -> (Arc<MemoryDb>, StateDb) {
    let db = Arc::new(MemoryDb::new());
    let state = StateDb::open(db.clone(), Pruning::Keep(1)).unwrap();
    let writes = |child| (0u8..8).map(move |key| Write { child, key, value: Some(key % 4) });
    let changes = changes(&writes(false).chain(writes(true)).collect::<Vec<_>>());
    let trie = StateDb::<KeccakHasher>::empty_view().root_after(&changes.delta(), StateVersion::V1).unwrap();
    let mut batch = Batch::new();
    state.insert_genesis(hash(0), changes, trie, &mut batch).unwrap();
    db.write(batch).unwrap();
    state.written();
    (db, state)
}

#[test]
fn verification_counts_the_keys_of_a_state_that_is_right() {
    let (_, state) = settled();
    assert_eq!(state.verify(), Ok(17), "8 in each, and the child's root");
    assert_eq!(StateDb::<KeccakHasher>::open(Arc::new(MemoryDb::new()), Pruning::Keep(1)).unwrap().verify(), Ok(0));
}

#[test]
fn verification_finds_every_damage_of_flat_state_and_trie() {
    type Change = fn(&MemoryDb, &mut Batch);
    fn first(db: &MemoryDb, column: Column) -> (Vec<u8>, Vec<u8>) {
        db.iter(column, &[]).next().unwrap().unwrap()
    }
    let cases: [(&str, Change); 8] = [
        ("key 0x3131 is not in the trie", |_, batch| batch.put(Column::State, *b"11", *b"v")),
        ("has another value than the trie", |db, batch| batch.put(Column::State, first(db, Column::State).0, *b"v")),
        ("is in the trie alone", |db, batch| batch.delete(Column::State, first(db, Column::State).0)),
        ("of the child state 0x6b6964 has another value", |db, batch| {
            batch.put(Column::ChildState, first(db, Column::ChildState).0, *b"v");
        }),
        ("is in the trie alone", |db, batch| batch.delete(Column::ChildState, first(db, Column::ChildState).0)),
        ("9 keys are in child states, 8 in child tries", |_, batch| batch.put(Column::ChildState, [0; 40], *b"v")),
        ("has another hash", |db, batch| {
            // A byte of a value, behind all that says where things are.
            let (key, mut node) = first(db, Column::Trie);
            *node.last_mut().unwrap() ^= 1;
            batch.put(Column::Trie, key, node);
        }),
        ("", |db, batch| batch.delete(Column::Trie, first(db, Column::Trie).0)),
    ];
    for (expected, change) in cases {
        let (db, state) = settled();
        let mut batch = Batch::new();
        change(&db, &mut batch);
        db.write(batch).unwrap();
        match state.verify() {
            Err(StateError::Corrupt(why)) => assert!(why.contains(expected), "{why} in place of {expected}"),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn verification_finds_damage_of_a_block_that_is_not_final() {
    let (db, state) = settled();
    let changes =
        changes(&[Write { child: false, key: 1, value: None }, Write { child: true, key: 2, value: Some(0) }]);
    for version in [StateVersion::V0, StateVersion::V1] {
        let number = 1 + u64::from(version == StateVersion::V1);
        let trie = state.view_at(hash(0)).unwrap().root_after(&changes.delta(), version).unwrap();
        let mut batch = Batch::new();
        state.insert_block(hash(number), 1, hash(0), changes.clone(), trie, &mut batch).unwrap();
        db.write(batch).unwrap();
    }
    assert_eq!(state.verify(), Ok(17));
    let record = db.get(Column::Journal, hash(2).as_bytes()).unwrap().unwrap();
    let mut record: Journalled = records::decode(&record, "journal").unwrap();
    record.changes.main.insert(key(3), Some(b"other".to_vec()));
    let mut batch = Batch::new();
    batch.put(Column::Journal, hash(2).as_bytes(), record.encode());
    db.write(batch).unwrap();
    let why = StateDb::<KeccakHasher>::open(db.clone(), Pruning::Keep(1)).err().unwrap().to_string();
    assert!(why.contains("lead to another root"), "{why}");
}
