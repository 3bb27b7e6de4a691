//! A runtime that traps, loops and lies: transactions that bring it to that leave, and the chain goes on.
//!
//! It is a few lines of Wasm text. The first byte of an extrinsic says what happens when it is applied: 1 a trap, 2 an endless
//! loop, 3 a trap at the end of the block, 4 a wrong state root at the end of the block; any other is just included. All of
//! them write to the state first.

use std::sync::Arc;

use codec::Encode;
use ziver_chain::{Chain, ChainConfig, ChainSpec, GenesisSource};
use ziver_db::MemoryDb;
use ziver_engine::{Action, Engine, EngineConfig, Event, Reply, SealError, Sealing, Status, Unlimited};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits};
use ziver_primitives::{
    Hash, OpaqueExtrinsic, RuntimeVersion,
    hashing::blake2_64,
    validity::{TransactionSource, TransactionValidity, ValidTransaction},
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
        apis: vec![(blake2_64(b"Core"), 4)].into(),
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
        (data (i32.const 0) "h134\00\00")
        (data (i32.const 16) "{version}")
        (data (i32.const 256) "{valid}")
        (func $span (param i32 i32) (result i64)
            (i64.or (i64.extend_i32_u (local.get 0)) (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32))))
        (func (export "Core_version") (param i32 i32) (result i64) (i64.const {version_answer}))
        (func (export "TaggedTransactionQueue_validate_transaction") (param i32 i32) (result i64)
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
            (call $span (i32.const 4) (i32.const 2)))
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
            (call $span (local.get $at)
                (i32.sub (i32.wrap_i64 (i64.shr_u (local.get $header) (i64.const 32))) (i32.const 3)))))"#,
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
        Bed { engine: Engine::new(chain, config, Box::new(Unlimited)), now_ms: START_MS, actions: Vec::new() }
    }

    fn submit(&mut self, kind: u8) -> Hash {
        let extrinsic = OpaqueExtrinsic(vec![kind]);
        let (bytes, source) = (extrinsic.encode(), TransactionSource::External);
        let event = Event::Submit { id: 1, bytes, source, watch: true };
        self.actions.extend(self.engine.handle(self.now_ms, event));
        extrinsic.hash()
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
fn transaction_that_spoils_the_end_of_a_block_costs_it_but_not_the_chain() {
    let mut bed = Bed::new();
    bed.submit(3);
    for number in 1..=3 {
        bed.slot();
        assert_eq!(bed.engine.reader().best().number, number);
    }
    assert!(!bed.has_trace(3));
}

#[test]
fn block_whose_header_lies_about_its_state_is_not_stored() {
    let mut bed = Bed::new();
    bed.submit(4);
    let event = Event::Seal { id: 1, create_empty: false, finalize: false, parent: None };
    let actions = bed.engine.handle(bed.now_ms, event);
    assert!(
        matches!(
            &actions[..],
            [Action::Reply { reply: Reply::Sealed(Err(SealError::Store(text))), .. }] if text.contains("state root")
        ),
        "{actions:?}",
    );
    assert_eq!(bed.engine.reader().best().number, 0);
}
