//! A runtime that traps, loops and lies: transactions that bring it to that leave, and the chain goes on.
//!
//! It is a few lines of Wasm text. The first byte of an extrinsic says what happens when it is applied: 1 a trap, 2 an endless
//! loop, 3 a trap at the end of the block, 4 a wrong state root at the end of the block, 5 a wrong number there, 6 a malformed
//! answer; any other is just included. All of them write to the state first. The second byte makes extrinsics different. Several at
//! once are too much for it: it traps when it shall apply them, and answers nonsense when asked about them.

use std::sync::Arc;

use codec::Encode;
use ziver_chain::{Chain, ChainConfig, ChainSpec, GenesisSource};
use ziver_db::MemoryDb;
use ziver_engine::{
    Action, Budget, Engine, EngineConfig, Event, Reply, SealError, Sealing, Status, Submission, SubmitError, Unlimited,
};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits};
use ziver_pool::SubmitError as PoolError;
use ziver_primitives::{
    Hash, OpaqueExtrinsic, RuntimeVersion,
    hashing::blake2_64,
    validity::{TransactionValidity, ValidTransaction},
};

use crate::fixture::START_MS;

/// Bytes as the text of a Wasm data segment.
fn data(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

fn runtime() -> Vec<u8> {
    let version = RuntimeVersion {
        spec_name: "failing".into(),
        impl_name: "failing".into(),
        authoring_version: 1,
        spec_version: 1,
        impl_version: 1,
        apis: vec![(blake2_64(b"Core"), 4), (blake2_64(b"BatchApi"), 1)].into(),
        transaction_version: 1,
        system_version: 1,
    }
    .encode();
    let valid: TransactionValidity = Ok(ValidTransaction { provides: vec![vec![1]], ..ValidTransaction::default() });
    let valid = valid.encode();
    let answer = |offset: u64, bytes: &[u8]| (bytes.len() as u64) << 32 | offset;
    let text = format!(
        r#"(module
        (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
        (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
        (import "env" "ext_storage_exists_version_1" (func $exists (param i64) (result i32)))
        (import "env" "ext_storage_root_version_2" (func $root (param i32) (result i64)))
        (memory (export "memory") 17)
        (global (export "__heap_base") i32 (i32.const 65536))
        (data (i32.const 0) "h134\00\005")
        (data (i32.const 16) "{version}")
        (data (i32.const 256) "{valid}")
        (func $span (param i32 i32) (result i64)
            (i64.or (i64.extend_i32_u (local.get 0)) (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32))))
        (func (export "Core_version") (param i32 i32) (result i64) (i64.const {version_answer}))
        (func (export "TaggedTransactionQueue_validate_transaction") (param i32 i32) (result i64)
            (i32.store8 (i32.const {tag_at}) (i32.load8_u offset=3 (local.get 0)))
            (i64.const {valid_answer}))
        (func (export "Core_initialize_block") (param i32 i32) (result i64)
            (call $set (call $span (i32.const 0) (i32.const 1)) (call $span (local.get 0) (local.get 1)))
            (i64.const 0))
        (func (export "BlockBuilder_inherent_extrinsics") (param i32 i32) (result i64)
            (call $span (i32.const 4) (i32.const 1)))
        (func (export "BlockBuilder_apply_extrinsic") (param $at i32) (param i32) (result i64)
            (local $kind i32)
            (local.set $kind (i32.load8_u offset=1 (local.get $at)))
            (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (local.get $kind)))
            (call $set (call $span (i32.const 1024) (i32.const 1)) (call $span (i32.const 0) (i32.const 1)))
            (if (i32.eq (local.get $kind) (i32.const 1)) (then unreachable))
            (if (i32.eq (local.get $kind) (i32.const 2)) (then (loop (br 0))))
            (if (i32.eq (local.get $kind) (i32.const 6)) (then (return (i64.const 0))))
            (call $span (i32.const 4) (i32.const 2)))
        (func (export "BatchApi_apply_extrinsics") (param i32 i32) (result i64)
            (call $set (call $span (i32.const 2) (i32.const 1)) (call $span (i32.const 0) (i32.const 1)))
            unreachable)
        (func (export "BatchApi_validate_transactions") (param i32 i32) (result i64)
            (call $span (i32.const 0) (i32.const 2)))
        (func (export "BlockBuilder_finalize_block") (param i32 i32) (result i64)
            (local $header i64) (local $at i32) (local $root i32)
            (if (call $exists (call $span (i32.const 2) (i32.const 1))) (then unreachable))
            ;; Some, then the length of the header in two bytes, then the header.
            (local.set $header (call $get (call $span (i32.const 0) (i32.const 1))))
            (local.set $at (i32.add (i32.wrap_i64 (local.get $header)) (i32.const 3)))
            (local.set $root (i32.wrap_i64 (call $root (i32.const 1))))
            (if (i32.eqz (call $exists (call $span (i32.const 3) (i32.const 1))))
                (then
                    (i64.store offset=33 (local.get $at) (i64.load offset=0 (local.get $root)))
                    (i64.store offset=41 (local.get $at) (i64.load offset=8 (local.get $root)))
                    (i64.store offset=49 (local.get $at) (i64.load offset=16 (local.get $root)))
                    (i64.store offset=57 (local.get $at) (i64.load offset=24 (local.get $root)))))
            (if (call $exists (call $span (i32.const 6) (i32.const 1)))
                (then (i32.store8 offset=32 (local.get $at) (i32.const 252))))
            (call $span (local.get $at)
                (i32.sub (i32.wrap_i64 (i64.shr_u (local.get $header) (i64.const 32))) (i32.const 3)))))"#,
        // After the discriminant, the priority, no required tag, one provided tag and its length.
        tag_at = 256 + 1 + 8 + 1 + 1 + 1,
        version = data(&version),
        valid = data(&valid),
        version_answer = answer(16, &version),
        valid_answer = answer(256, &valid),
    );
    wat::parse_str(text).expect("the text is Wasm")
}

struct Bed {
    engine: Engine,
    now_ms: u64,
    actions: Vec<Action>,
}

impl Bed {
    fn new() -> Self {
        Self::with(Box::new(Unlimited))
    }

    fn with(budget: Box<dyn Budget>) -> Self {
        let limits = Limits { call_time_ms_max: 200, ..Limits::default() };
        let config = ExecutorConfig { strategy: CompileStrategy::WinchOnly, limits, ..ExecutorConfig::default() };
        let json = format!(
            r#"{{"name": "F", "id": "f", "genesis": {{"raw": {{"top": {{"0x3a636f6465": "0x{}"}}}}}}}}"#,
            hex::encode(runtime()),
        );
        let spec = Arc::new(ChainSpec::parse(json.as_bytes()).unwrap());
        let source = GenesisSource { spec, default_code: Arc::from([]) };
        let executor = Arc::new(Executor::new(config).unwrap());
        let chain = Chain::open(Arc::new(MemoryDb::new()), executor, source, ChainConfig::default()).unwrap();
        let config = EngineConfig { sealing: Sealing::Interval { interval_ms: 2_000 }, ..EngineConfig::default() };
        Bed { engine: Engine::new(chain, config, budget), now_ms: START_MS, actions: Vec::new() }
    }

    fn submit(&mut self, kind: u8) -> Hash {
        self.submit_other(kind, 0).0
    }

    fn submit_other(&mut self, kind: u8, id: u8) -> (Hash, Result<Hash, SubmitError>) {
        let extrinsic = OpaqueExtrinsic(vec![kind, id]);
        let submission = Submission { watch: true, ..Submission::local(extrinsic.encode()) };
        let event = Event::Submit { id: 1, submission };
        let mut result = None;
        for action in self.engine.handle(self.now_ms, event) {
            match action {
                Action::Reply { reply: Reply::Submitted(submitted), .. } => result = Some(submitted),
                other => self.actions.push(other),
            }
        }
        (extrinsic.hash(), result.expect("a reply"))
    }

    /// Transactions in the best block.
    fn best_body(&self) -> Vec<Hash> {
        let reader = self.engine.reader();
        reader.body(&reader.best().hash).unwrap().unwrap().iter().map(OpaqueExtrinsic::hash).collect()
    }

    fn slot(&mut self) {
        self.now_ms += 2_000;
        self.actions.extend(self.engine.handle(self.now_ms, Event::Tick));
    }

    fn last_status(&self, hash: &Hash) -> Option<Status> {
        self.actions.iter().rev().find_map(|action| match action {
            Action::Status(event) if event.hash == *hash => Some(event.status.clone()),
            _ => None,
        })
    }

    /// Whether the best state has what an extrinsic of this kind writes.
    fn has_trace(&self, kind: u8) -> bool {
        let reader = self.engine.reader();
        let view = reader.view_at(&reader.best().hash).unwrap().unwrap();
        view.get(None, &[48 + kind]).unwrap().is_some()
    }
}

#[test]
fn harmless_extrinsic_is_included() {
    let mut bed = Bed::new();
    let hash = bed.submit(9);
    bed.slot();
    assert!(matches!(bed.last_status(&hash), Some(Status::InBlock { .. })), "{:?}", bed.actions);
    assert!(bed.has_trace(9));
}

#[test]
fn extrinsic_that_traps_or_never_ends_is_removed_without_a_trace() {
    for kind in [1, 2] {
        let mut bed = Bed::new();
        let hash = bed.submit(kind);
        bed.slot();
        assert_eq!(bed.engine.reader().best().number, 1, "the slot has its block");
        assert_eq!(bed.last_status(&hash), Some(Status::Invalid));
        assert!(!bed.has_trace(kind), "what it wrote before is undone");
        assert_eq!(bed.engine.pool().size(), Default::default());
    }
}

#[test]
fn transaction_that_spoils_the_block_is_found_and_the_others_go_in() {
    for kind in [3, 4, 5, 6] {
        for place in [0, 3, 8] {
            let mut bed = Bed::new();
            let mut others = Vec::new();
            let mut spoiler = Hash::zero();
            for id in 0..9 {
                let (hash, result) = bed.submit_other(if id == place { kind } else { 9 }, id);
                assert_eq!(result, Ok(hash));
                if id == place { spoiler = hash } else { others.push(hash) }
            }
            bed.slot();
            assert_eq!(bed.engine.reader().best().number, 1);
            assert_eq!(bed.best_body(), others, "kind {kind} at {place}");
            assert_eq!(bed.last_status(&spoiler), Some(Status::Invalid));
            assert!(!bed.has_trace(kind));
            let banned = Err(SubmitError::Pool(PoolError::TemporarilyBanned));
            assert_eq!(bed.submit_other(kind, place).1, banned);
        }
    }
}

#[test]
fn several_spoilers_leave_in_one_slot() {
    let mut bed = Bed::new();
    let kinds = [9, 3, 9, 4, 5, 9];
    let hashes: Vec<Hash> = (0..).zip(kinds).map(|(id, kind)| bed.submit_other(kind, id).0).collect();
    bed.slot();
    assert_eq!(bed.best_body(), [hashes[0], hashes[2], hashes[5]]);
    assert_eq!(bed.engine.pool().size(), Default::default());
}

/// Has no time for a search.
struct InHaste {
    whole_ms: u64,
    is_over: bool,
}

impl Budget for InHaste {
    fn start(&mut self, limit_ms: u64) {
        self.is_over = limit_ms < self.whole_ms;
    }

    fn is_spent(&mut self) -> bool {
        self.is_over
    }
}

#[test]
fn without_time_to_search_blocks_shrink_until_the_spoiler_is_found() {
    let whole_ms = EngineConfig::default().build_ms_max;
    let mut bed = Bed::with(Box::new(InHaste { whole_ms, is_over: false }));
    let hashes: Vec<Hash> = (0..16).map(|id| bed.submit_other(if id == 11 { 3 } else { 9 }, id).0).collect();
    let mut included = Vec::new();
    for number in 1..=16 {
        bed.slot();
        assert_eq!(bed.engine.reader().best().number, number, "each slot has its block");
        included.extend(bed.best_body());
    }
    let others: Vec<Hash> = hashes.iter().copied().filter(|hash| *hash != hashes[11]).collect();
    assert_eq!(included, others);
    assert_eq!(bed.last_status(&hashes[11]), Some(Status::Invalid));
}

#[test]
fn block_on_demand_is_not_spoiled_either() {
    let mut bed = Bed::new();
    let hash = bed.submit(4);
    let event = Event::Seal { id: 1, create_empty: false, finalize: false, parent: None };
    let actions = bed.engine.handle(bed.now_ms, event);
    assert!(
        matches!(
            &actions[..],
            [.., Action::Reply { reply: Reply::Sealed(Err(SealError::Empty)), .. }]
                | [Action::Reply { reply: Reply::Sealed(Err(SealError::Empty)), .. }, ..]
        ),
        "{actions:?}",
    );
    bed.actions.extend(actions);
    assert_eq!(bed.last_status(&hash), Some(Status::Invalid));
    assert_eq!(bed.engine.reader().best().number, 0);
}
