//! The same calls with and without a buffer: same answers, same state.
use alloc::{vec, vec::Vec};
use codec::Encode;
use proptest::{collection::vec as list_of, prelude::*};

use super::{cells, *};
use crate::MemoryExternalities;

/// What a runtime asks of its externalities.
#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    Exists(u8),
    Set(u8, u8),
    SetList(u8, u8),
    Clear(u8),
    Append(u8, u8),
    NextKey(u8),
    ClearPrefix(u8, Option<u32>),
    Start,
    Commit,
    Rollback,
    Root,
    Flush,
}

/// Keys of few bytes, so that steps meet; some share a prefix. The last are as long as those of single values.
fn key(number: u8) -> Vec<u8> {
    if number >= 10 {
        return vec![number; 32];
    }
    vec![b'k', number / 4, number % 4, 7, 7, 7, 7, 7, 7, number][..usize::from(number % 4) * 3 + 1].to_vec()
}

/// Values that are lists, full ones too, and others.
fn value(number: u8) -> Vec<u8> {
    match number % 6 {
        0 => vec![],
        1 => vec![0],
        2 => vec![4, number],
        3 => u32::MAX.encode().into_iter().fold(vec![3], |mut full, byte| {
            full.push(byte);
            full
        }),
        4 => vec![3, 0xfe, 0xff, 0xff, 0xff],
        _ => vec![number; usize::from(number)],
    }
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0u8..12;
    prop_oneof![
        4 => key().prop_map(Step::Get),
        1 => key().prop_map(Step::Exists),
        4 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Set(key, value)),
        1 => (key(), 0u8..80).prop_map(|(key, count)| Step::SetList(key, count)),
        2 => key().prop_map(Step::Clear),
        6 => (key(), any::<u8>()).prop_map(|(key, item)| Step::Append(key, item)),
        1 => key().prop_map(Step::NextKey),
        1 => (key(), proptest::option::of(0u32..4)).prop_map(|(prefix, limit)| Step::ClearPrefix(prefix, limit)),
        4 => Just(Step::Start),
        3 => Just(Step::Commit),
        3 => Just(Step::Rollback),
        1 => Just(Step::Root),
        1 => Just(Step::Flush),
    ]
}

/// What a step answers, as bytes.
fn ask(ext: &mut dyn Externalities, step: &Step, depth: &mut u32) -> Vec<u8> {
    match step {
        Step::Get(number) => ext.get(&key(*number)).encode(),
        Step::Exists(number) => ext.exists(&key(*number)).encode(),
        Step::Set(number, with) => {
            ext.set(&key(*number), &value(*with));
            vec![]
        }
        Step::SetList(number, count) => {
            ext.set(&key(*number), &vec![5u8; usize::from(*count)].encode());
            vec![]
        }
        Step::Clear(number) => {
            ext.clear(&key(*number));
            vec![]
        }
        Step::Append(number, item) => {
            ext.append(&key(*number), &value(*item));
            vec![]
        }
        Step::NextKey(number) => ext.next_key(&key(*number)).encode(),
        Step::ClearPrefix(number, limit) => {
            let removed = ext.clear_prefix(&key(*number), *limit);
            (removed.all, removed.removed).encode()
        }
        Step::Start => {
            *depth += 1;
            ext.start_transaction();
            vec![]
        }
        Step::Commit | Step::Rollback if *depth == 0 => vec![],
        Step::Commit => {
            *depth -= 1;
            ext.commit_transaction();
            vec![]
        }
        Step::Rollback => {
            *depth -= 1;
            ext.rollback_transaction();
            vec![]
        }
        Step::Root => ext.storage_root().to_vec(),
        Step::Flush => vec![],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_buffer_changes_no_answer_and_no_state(
        before in list_of((0u8..12, any::<u8>()), 0..6),
        steps in list_of(step(), 0..60),
        bytes_max in prop_oneof![Just(0), Just(400), Just(BYTES_MAX)],
    ) {
        let (mut plain, mut state) = (MemoryExternalities::default(), MemoryExternalities::default());
        for (number, with) in &before {
            plain.set(&key(*number), &value(*with));
            state.set(&key(*number), &value(*with));
        }
        let mut buffered = Buffered::with_bytes_max(state, bytes_max);
        let (mut plain_depth, mut depth) = (0, 0);
        for step in &steps {
            if matches!(step, Step::Flush) {
                buffered.flush();
            }
            prop_assert_eq!(ask(&mut plain, step, &mut plain_depth), ask(&mut buffered, step, &mut depth), "{:?}", step);
        }
        for _ in 0..depth {
            plain.commit_transaction();
            buffered.commit_transaction();
        }
        buffered.flush();
        let state = buffered.state.into_inner().inner;
        prop_assert_eq!(plain.pairs(), state.pairs());
    }
}

/// Counts what reaches it.
#[derive(Default)]
struct Counting {
    state: MemoryExternalities,
    gets: core::cell::Cell<u32>,
    writes: u32,
}

impl Externalities for Counting {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.gets.set(self.gets.get() + 1);
        self.state.get(key)
    }
    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.writes += 1;
        self.state.set(key, value);
    }
    fn clear(&mut self, key: &[u8]) {
        self.writes += 1;
        self.state.clear(key);
    }
    fn append(&mut self, key: &[u8], item: &[u8]) {
        self.writes += 1;
        self.state.append(key, item);
    }
    fn next_key(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.state.next_key(key)
    }
    fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>) -> RemovedPrefix {
        self.state.clear_prefix(prefix, limit)
    }
    fn start_transaction(&mut self) {
        self.writes += 1;
        self.state.start_transaction();
    }
    fn commit_transaction(&mut self) {
        self.state.commit_transaction();
    }
    fn rollback_transaction(&mut self) {
        self.state.rollback_transaction();
    }
    fn storage_root(&mut self) -> [u8; 32] {
        self.state.storage_root()
    }
    fn ordered_root(&self, values: &[Vec<u8>]) -> [u8; 32] {
        self.state.ordered_root(values)
    }
    fn runtime_version(&self, code: &[u8]) -> Option<Vec<u8>> {
        self.state.runtime_version(code)
    }
    fn log(&self, level: LogLevel, target: &str, message: &str) {
        self.state.log(level, target, message);
    }
}

#[test]
fn each_key_is_read_once_and_written_once() {
    let mut buffered = Buffered::new(Counting::default());
    for round in 0..100u8 {
        assert_eq!(buffered.get(b"key"), round.checked_sub(1).map(|last| vec![last]));
        buffered.start_transaction();
        buffered.set(b"key", &[round]);
        buffered.append(b"list", &[round]);
        buffered.commit_transaction();
    }
    buffered.flush();
    buffered.flush();
    let counting = buffered.state.into_inner().inner;
    assert_eq!((counting.gets.get(), counting.writes), (1, 1 + 100), "one set, and the items of an unknown list");
    assert_eq!(counting.state.get(b"list"), Some((0..100u8).collect::<Vec<_>>().encode()));
}

#[test]
fn what_is_rolled_back_never_reaches_the_host() {
    let mut buffered = Buffered::new(Counting::default());
    buffered.start_transaction();
    buffered.set(b"key", b"value");
    buffered.append(b"list", b"item");
    buffered.rollback_transaction();
    buffered.flush();
    assert_eq!(buffered.state.into_inner().inner.writes, 0);
}

#[test]
fn keys_that_collide_are_told_apart_and_found_quickly() {
    // As many as a contract finds in seconds: their hashes end alike, so they all want the same places.
    let collide = |number: &u32| cells::hash(&number.to_le_bytes()) & 0x7fff < 8;
    let keys: Vec<_> = (0u32..).filter(collide).take(4_000).map(u32::to_le_bytes).collect();
    let mut buffered = Buffered::new(Counting::default());
    for (number, key) in (0u32..).zip(&keys) {
        assert_eq!(buffered.get(key), None);
        buffered.set(key, &number.to_le_bytes());
    }
    for (number, key) in (0u32..).zip(&keys) {
        assert_eq!(buffered.get(key), Some(number.to_le_bytes().to_vec()));
    }
    assert_eq!(buffered.state.borrow().inner.gets.get(), 4_000, "each was asked for once");
    assert!(buffered.state.borrow().cells.probes_max() <= 32);
}

#[test]
fn memory_is_bounded_within_a_transaction() {
    type Each = fn(&mut Buffered<MemoryExternalities>, &[u8]);
    let kinds: [Each; 4] = [
        |buffered, key| assert_eq!(buffered.get(key), None),
        |buffered, key| buffered.set(key, key),
        |buffered, key| buffered.clear(key),
        |buffered, key| buffered.append(b"list", key),
    ];
    for each in kinds {
        let mut buffered = Buffered::with_bytes_max(MemoryExternalities::default(), 10_000);
        buffered.set(b"first", b"kept");
        buffered.start_transaction();
        buffered.set(b"second", b"undone");
        for number in 0..10_000u32 {
            each(&mut buffered, &number.to_le_bytes());
            assert!(buffered.state.borrow().cells.bytes() < 11_000);
        }
        assert_eq!(buffered.get(b"second"), Some(b"undone".to_vec()));
        buffered.rollback_transaction();
        assert_eq!((buffered.get(b"second"), buffered.get(b"list")), (None, None));
        assert_eq!(buffered.get(b"first"), Some(b"kept".to_vec()));
        assert_eq!(buffered.get(&7u32.to_le_bytes()), None);
    }
}

#[test]
fn hashes_are_the_same_whether_remembered_or_not() {
    let buffered = Buffered::new(MemoryExternalities::default());
    for round in 0..3 {
        for len in 0..70usize {
            for last in [0u8, 64, 128] {
                let mut data = vec![round; len];
                data.extend(core::iter::once(last));
                for _ in 0..2 {
                    assert_eq!(buffered.blake2_128(&data), hashing::blake2_128(&data));
                    assert_eq!(buffered.blake2_256(&data), hashing::blake2_256(&data));
                    assert_eq!(buffered.keccak_256(&data), hashing::keccak_256(&data));
                }
            }
        }
    }
}

#[test]
fn inputs_of_one_class_do_not_answer_for_each_other() {
    let buffered = Buffered::new(MemoryExternalities::default());
    // Words in another order have the same sum; zeros at the end are what shorter inputs are filled up with.
    let (left, right) = ([[1u8; 8], [2; 8]].concat(), [[2u8; 8], [1; 8]].concat());
    let longer = [&left[..], &[0]].concat();
    for data in [&left, &right, &longer, &left] {
        assert_eq!(buffered.blake2_256(data), hashing::blake2_256(data));
    }
}
