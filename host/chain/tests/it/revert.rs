//! The best chain taken back, by an operator: nothing of the blocks stays, and the chain goes on as if they had never been.

use std::sync::Arc;

use ziver_chain::{BlockId, Chain, ChainConfig, ChainEvent, ChainSpec, GenesisSource, ReadError};
use ziver_db::MemoryDb;

use crate::fixture::{Alith, Baltathar, Charleth, EXECUTOR, List, World, dev_source, dump, request, state};

#[test]
fn reverted_blocks_leave_no_trace() {
    let mut world = World::new();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 77);
    let first = world.grow(world.genesis(), vec![transfer]).block;
    let before = dump(&*world.db);
    let blocks = world.branch(first.hash, Alith, 3);
    let reverted = world.chain.revert(3).unwrap();
    assert_eq!(reverted.blocks, [blocks[2], blocks[1], blocks[0]]);
    assert_eq!((reverted.best, world.chain.best()), (first, first));
    assert!(matches!(&reverted.events[..], [ChainEvent::BestChanged { best, route }]
        if *best == first && route.retracted == reverted.blocks && route.enacted.is_empty()));
    assert!(dump(&*world.db) == before, "the database is as it was");
    let reader = world.chain.reader();
    assert_eq!(reader.snapshot().best, first);
    assert_eq!(reader.hash_by_number(2).unwrap(), None);
    assert!(reader.view_at(&blocks[0].hash).unwrap().is_none());
}

#[test]
fn chain_goes_on_after_a_revert_and_a_restart() {
    let mut world = World::new();
    let blocks = world.branch(world.genesis(), Alith, 4);
    world.chain.finalize(&blocks[0].hash).unwrap();
    world.chain.revert(2).unwrap();
    let mut again = world.reopened();
    assert_eq!((again.chain.best(), again.chain.finalized()), (blocks[1], blocks[0]));
    assert_eq!(state(&again.chain, &blocks[1].hash), state(&world.chain, &blocks[1].hash));
    let transfer = again.transfer(Baltathar, 0, Charleth.account(), 5);
    let next = again.grow(blocks[1].hash, vec![transfer.clone()]).block;
    assert_eq!(world.grow(blocks[1].hash, vec![transfer]).block, next, "both go on alike");
    again.chain.finalize(&next.hash).unwrap();
    world.chain.finalize(&next.hash).unwrap();
    assert!(dump(&*again.db) == dump(&*world.db));
}

#[test]
fn revert_stops_at_the_finalised_block() {
    let mut world = World::new();
    let blocks = world.branch(world.genesis(), Alith, 3);
    world.chain.finalize(&blocks[1].hash).unwrap();
    let reverted = world.chain.revert(256).unwrap();
    assert_eq!((reverted.blocks, reverted.best), (vec![blocks[2]], blocks[1]));
    let before = dump(&*world.db);
    for count in [0, 1, u32::MAX] {
        let reverted = world.chain.revert(count).unwrap();
        assert!(reverted.blocks.is_empty() && reverted.events.is_empty());
    }
    assert!(dump(&*world.db) == before);
}

#[test]
fn revert_of_nothing_changes_nothing() {
    let mut world = World::new();
    let blocks = world.branch(world.genesis(), Alith, 2);
    world.branch(world.genesis(), Baltathar, 2);
    let before = dump(&*world.db);
    assert!(world.chain.revert(0).unwrap().blocks.is_empty());
    assert_eq!(world.chain.best(), blocks[1]);
    assert!(dump(&*world.db) == before);
}

#[test]
fn forks_as_high_as_the_new_best_block_go_too_and_lower_ones_stay() {
    let mut world = World::new();
    let genesis = world.genesis();
    // The fork is seen first: of equals it would be best after a restart.
    let fork = world.branch(genesis, Baltathar, 2);
    let ours = world.branch(genesis, Alith, 3);
    let reverted = world.chain.revert(1).unwrap();
    assert_eq!(reverted.best, ours[1]);
    let gone: Vec<BlockId> = vec![ours[2], fork[1]];
    assert_eq!(reverted.blocks, gone);
    let again = world.reopened();
    assert_eq!(again.chain.best(), ours[1]);
    assert!(again.chain.reader().header(&fork[0].hash).unwrap().is_some());
}

#[test]
fn chain_starts_from_an_exported_state() {
    let mut world = World::new();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 1_234);
    let first = world.grow(world.genesis(), vec![transfer]).block;
    let top = world.branch(first.hash, Alith, 2)[1];
    world.chain.finalize(&top.hash).unwrap();
    for hash in [first.hash, top.hash] {
        let spec = world.chain.reader().state_as_spec(&hash).unwrap().unwrap();
        let spec = ChainSpec::parse(spec.to_json().as_bytes()).expect("what we write we read");
        let source = GenesisSource { spec: Arc::new(spec), ..dev_source() };
        let db = Arc::new(MemoryDb::new());
        let chain = Chain::open(db.clone(), EXECUTOR.clone(), source, ChainConfig::default()).unwrap();
        let mut new = World { db, chain };
        let genesis = new.genesis();
        assert_ne!(genesis, world.genesis());
        assert_eq!(state(&new.chain, &genesis), state(&world.chain, &hash));
        let root = new.chain.reader().header(&genesis).unwrap().unwrap().state_root;
        assert_eq!(root, world.block(&hash).header.state_root);
        // It goes on from there. The first block tells the runtime the new genesis hash; time is later than in the state.
        let build = |world: &World, parent, slot, extrinsics| {
            world.chain.build(&request(parent, Alith.account(), slot), &mut List::new(extrinsics)).unwrap()
        };
        let built = build(&new, genesis, 10, vec![]);
        let one = new.chain.insert(built).unwrap().block;
        let money = new.free(&one.hash, Charleth);
        let transfer = new.transfer(Baltathar, 1, Charleth.account(), 6);
        let built = build(&new, one.hash, 11, vec![transfer]);
        let two = new.chain.insert(built).unwrap().block;
        assert_eq!(new.free(&two.hash, Charleth), money + 6);
    }
}

#[test]
fn exported_state_of_a_pruned_or_unknown_block_is_told_of() {
    let db = Arc::new(MemoryDb::new());
    let config = ChainConfig { pruning: ziver_state::Pruning::Keep(1), ..ChainConfig::default() };
    let chain = Chain::open(db.clone(), EXECUTOR.clone(), dev_source(), config).unwrap();
    let mut world = World { db, chain };
    let blocks = world.branch(world.genesis(), Alith, 4);
    world.chain.finalize(&blocks[3].hash).unwrap();
    let reader = world.chain.reader();
    assert!(matches!(reader.state_as_spec(&blocks[0].hash), Err(ReadError::StatePruned(_))));
    assert!(reader.state_as_spec(&ziver_primitives::Hash::repeat_byte(7)).unwrap().is_none());
}
