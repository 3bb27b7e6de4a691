//! What is looked up by extrinsic, and what receipts are made of.

use std::sync::Arc;

use codec::Decode;
use ziver_chain::{BlockId, Chain, ChainConfig, Place, ReadError};
use ziver_db::{Batch, Column, Db, MemoryDb};
use ziver_primitives::{Hash, UNIT};
use ziver_state::Pruning;

use crate::fixture::{
    Alith, Baltathar, Charleth, EXECUTOR, World, dev_source, dump, open, request, transfer_call, upgrade_call,
};

fn place(world: &World, extrinsic: Hash) -> Option<(BlockId, u32)> {
    let place = world.chain.reader().transaction(&extrinsic).unwrap();
    place.map(|Place { block, index }| (block, index))
}

fn event_count(events: &[u8]) -> u32 {
    codec::Compact::<u32>::decode(&mut &events[..]).unwrap().0
}

#[test]
fn transaction_is_found_in_its_block_also_after_a_restart() {
    let mut world = World::new();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), UNIT);
    let block = world.grow(world.genesis(), vec![transfer.clone()]).block;
    for world in [world.reopened(), world] {
        assert_eq!(place(&world, transfer.hash()), Some((block, 1)), "after the inherent");
        let inherent = world.block(&block.hash).extrinsics[0].hash();
        assert_eq!(place(&world, inherent), Some((block, 0)));
        assert_eq!(place(&world, Hash::repeat_byte(9)), None);
    }
}

#[test]
fn transaction_moves_with_the_best_chain() {
    let mut world = World::new();
    let genesis = world.genesis();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), UNIT);
    let ours = world.grow(genesis, vec![transfer.clone()]).block;
    let theirs = world.branch(genesis, Charleth, 1)[0];
    assert_eq!(place(&world, transfer.hash()), Some((ours, 1)));
    let next = world.branch(theirs.hash, Charleth, 1)[0];
    assert_eq!(place(&world, transfer.hash()), None, "its block is not on the best chain any more");
    let again = world.grow(next.hash, vec![transfer.clone()]).block;
    assert_eq!(place(&world, transfer.hash()), Some((again, 1)));
    world.chain.finalize(&again.hash).unwrap();
    assert_eq!(place(&world, transfer.hash()), Some((again, 1)));
    let left = |column: Column, hash: Hash| {
        dump(&*world.db).iter().any(|(of, key, _)| *of == column && key.ends_with(hash.as_bytes()))
    };
    assert!(!left(Column::Transaction, ours.hash) && !left(Column::Events, ours.hash));
    assert!(left(Column::Transaction, again.hash) && left(Column::Events, again.hash));
}

#[test]
fn events_and_code_stay_readable_after_the_state_is_pruned() {
    let db = Arc::new(MemoryDb::new());
    let config = ChainConfig { pruning: Pruning::Keep(1), ..ChainConfig::default() };
    let chain = Chain::open(db.clone(), EXECUTOR.clone(), dev_source(), config).unwrap();
    let mut world = World { db, chain };
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), UNIT);
    let block = world.grow(world.genesis(), vec![transfer]).block;
    let events = world.chain.reader().events(&block.hash).unwrap().unwrap();
    assert!(event_count(&events) > 2);
    let upgrade = world.signed(Alith, 0, upgrade_call(ziver_wasm::UPGRADED));
    let upgraded = world.grow(block.hash, vec![upgrade]).block;
    let mut head = upgraded;
    for _ in 0..5 {
        head = world.branch(head.hash, Alith, 1)[0];
        world.chain.finalize(&head.hash).unwrap();
    }
    let reader = world.chain.reader();
    assert!(matches!(reader.view_at(&block.hash), Err(ReadError::StatePruned(_))));
    assert!(matches!(reader.view_at(&upgraded.hash), Err(ReadError::StatePruned(_))));
    assert_eq!(reader.events(&block.hash).unwrap(), Some(events));
    let old = reader.code_at(&block.hash).unwrap().unwrap();
    assert_eq!(&old.bytes[..], ziver_wasm::RUNTIME);
    let new = reader.code_at(&upgraded.hash).unwrap().unwrap();
    assert_eq!(&new.bytes[..], ziver_wasm::UPGRADED);
    assert_eq!(reader.code_at(&head.hash).unwrap().unwrap().hash, new.hash);
    assert!(reader.call_code(&old, "Metadata_metadata", &[]).unwrap().len() > 1_000);
}

#[test]
fn database_from_before_the_index_is_read_as_far_as_it_goes() {
    let mut world = World::new();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), UNIT);
    let old = world.grow(world.genesis(), vec![transfer.clone()]).block;
    let events = world.chain.reader().events(&old.hash).unwrap();
    let mut batch = Batch::new();
    for (column, key, _) in dump(&*world.db) {
        if [Column::Transaction, Column::Events, Column::Runtime].contains(&column) {
            batch.delete(column, key);
        }
    }
    world.db.write(batch).unwrap();
    let mut world = World { chain: open(world.db.clone()), db: world.db };
    assert_eq!(place(&world, transfer.hash()), None);
    assert_eq!(world.chain.reader().events(&old.hash).unwrap(), events, "as long as the state is kept");
    let next = world.transfer(Baltathar, 1, Charleth.account(), UNIT);
    let new = world.grow(old.hash, vec![next.clone()]).block;
    assert_eq!(place(&world, next.hash()), Some((new, 1)));
}

#[test]
fn block_without_a_trace_has_no_events() {
    let world = World::new();
    let reader = world.chain.reader();
    assert_eq!(reader.events(&world.genesis()).unwrap(), Some(vec![0]));
    assert_eq!(reader.events(&Hash::repeat_byte(1)).unwrap(), None);
}

#[test]
fn dry_run_tells_what_the_next_block_would_do_and_changes_nothing() {
    let world = World::new();
    let before = dump(&*world.db);
    let reader = world.chain.reader();
    let request = request(world.genesis(), Alith.account(), 1);
    let run = |extrinsic: ziver_primitives::OpaqueExtrinsic| {
        reader.dry_run(&request, &codec::Encode::encode(&extrinsic)).unwrap()
    };
    let good = run(world.transfer(Baltathar, 0, Charleth.account(), UNIT));
    assert_eq!((good.answer, good.index), (vec![0, 0], 1));
    assert!(event_count(&good.events) > 2);
    let poor = run(world.transfer(Baltathar, 0, Charleth.account(), u128::MAX));
    assert_eq!(poor.answer[..2], [0, 1], "it is included and fails");
    let future = run(world.signed(Baltathar, 7, transfer_call(Charleth.account(), 1)));
    assert_eq!(future.answer[0], 1, "it is not included");
    assert!(dump(&*world.db) == before);
}
