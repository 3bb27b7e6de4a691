//! Branches that compete, and what finality leaves of them.

use ziver_chain::{BlockId, ChainEvent, FinalizeError, ImportError, InsertError, PlaceError, ReadError, TreeRoute};
use ziver_primitives::Hash;

use crate::fixture::{Alith, Baltathar, Charleth, World, dump, state};

#[test]
fn longer_branch_takes_over_with_an_exact_route() {
    let mut world = World::new();
    let genesis = BlockId { number: 0, hash: world.genesis() };
    let ours = world.branch(genesis.hash, Alith, 2);
    let theirs = world.branch(genesis.hash, Baltathar, 2);
    assert_eq!(world.chain.best(), ours[1], "of equals the one seen first");
    let (built, _) = world.build_by(theirs[1].hash, Baltathar, vec![]);
    let imported = world.chain.insert(built).unwrap();
    assert_eq!(
        imported.route,
        Some(TreeRoute {
            common: genesis,
            retracted: vec![ours[1], ours[0]],
            enacted: vec![theirs[0], theirs[1], imported.block],
        }),
    );
    for block in [theirs[0], theirs[1], imported.block] {
        assert_eq!(world.chain.reader().hash_by_number(block.number).unwrap(), Some(block.hash));
    }
}

#[test]
fn states_of_both_branches_stay_exact() {
    let mut world = World::new();
    let genesis = world.genesis();
    let first = world.transfer(Baltathar, 0, Charleth.account(), 1_000);
    let other = world.transfer(Baltathar, 0, Charleth.account(), 5_000);
    let a = world.grow(genesis, vec![first]).block;
    let b = world.grow(genesis, vec![other]).block;
    let money = world.free(&genesis, Charleth);
    let before = state(&world.chain, &a.hash);
    assert_eq!(world.free(&a.hash, Charleth), money + 1_000);
    assert_eq!(world.free(&b.hash, Charleth), money + 5_000);
    let b2 = world.grow(b.hash, vec![]).block;
    assert_eq!(world.chain.best(), b2);
    assert_eq!(state(&world.chain, &a.hash), before);
    let a2 = world.grow(a.hash, vec![]).block;
    let a3 = world.grow(a2.hash, vec![]).block;
    assert_eq!(world.chain.best(), a3);
    assert_eq!(world.free(&a3.hash, Charleth), money + 1_000);
}

#[test]
fn state_after_a_reorganisation_equals_that_of_a_node_that_saw_one_branch() {
    let mut both = World::new();
    let genesis = both.genesis();
    let transfer = both.transfer(Baltathar, 0, Charleth.account(), 1_000);
    both.grow(genesis, vec![transfer]);
    let theirs = both.branch(genesis, Baltathar, 3);
    let mut one = World::new();
    for block in &theirs {
        let block = both.block(&block.hash);
        one.chain.import(block, None).unwrap();
    }
    assert_eq!(both.chain.best(), one.chain.best());
    let best = one.chain.best().hash;
    assert_eq!(state(&both.chain, &best), state(&one.chain, &best));
    for chain in [&mut both.chain, &mut one.chain] {
        chain.finalize(&best).unwrap();
        chain.checkpoint().unwrap();
    }
    assert!(dump(&*both.db) == dump(&*one.db), "nothing is left of the other branch");
}

#[test]
fn reorganisation_reaches_exactly_to_the_finalised_block() {
    let mut world = World::new();
    let ours = world.branch(world.genesis(), Alith, 4);
    world.chain.finalize(&ours[1].hash).unwrap();
    let theirs = world.branch(ours[1].hash, Baltathar, 3);
    assert_eq!(world.chain.best(), theirs[2]);
    assert_eq!(world.chain.reader().hash_by_number(3).unwrap(), Some(theirs[0].hash));

    let mut other = World::new();
    other.chain.import(world.block(&ours[0].hash), None).unwrap();
    let (built, _) = other.build_by(ours[0].hash, Charleth, vec![]);
    let refused = world.chain.import(built.block(), None);
    assert!(
        matches!(refused, Err(ImportError::Place(PlaceError::BelowFinalized { number: 2, finalized: 2 }))),
        "{refused:?}",
    );
}

#[test]
fn finalising_discards_forks_and_tells_of_them() {
    let mut world = World::new();
    let genesis = world.genesis();
    let ours = world.branch(genesis, Alith, 3);
    let theirs = world.branch(genesis, Baltathar, 2);
    let finalized = world.chain.finalize(&ours[1].hash).unwrap();
    assert_eq!(finalized.blocks, ours[..2]);
    assert_eq!(finalized.pruned, theirs);
    assert_eq!(
        finalized.events,
        [ChainEvent::Finalized { blocks: ours[..2].to_vec(), pruned: theirs.iter().map(|block| block.hash).collect() }],
    );
    let reader = world.chain.reader();
    assert_eq!(reader.header(&theirs[0].hash).unwrap(), None);
    assert!(reader.view_at(&theirs[0].hash).unwrap().is_none());
    assert_eq!((world.chain.finalized(), world.chain.best()), (ours[1], ours[2]));
    assert_eq!(reader.snapshot().non_final.len(), 1);
}

#[test]
fn finalising_the_lighter_branch_moves_the_best_block() {
    let mut world = World::new();
    let genesis = world.genesis();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 1_000);
    let first = world.grow(genesis, vec![transfer.clone()]).block;
    let ours = world.branch(first.hash, Alith, 2);
    let theirs = world.branch(genesis, Baltathar, 2);
    let finalized = world.chain.finalize(&theirs[0].hash).unwrap();
    assert_eq!(world.chain.best(), theirs[1]);
    let route = finalized.route.unwrap();
    assert_eq!(route.retracted, [ours[1], ours[0], first]);
    assert_eq!(route.enacted, theirs);
    assert!(finalized.orphans.contains(&transfer));
    assert_eq!(world.chain.reader().hash_by_number(3).unwrap(), None);
    assert_eq!(world.chain.reader().hash_by_number(2).unwrap(), Some(theirs[1].hash));
}

#[test]
fn unknown_or_discarded_block_can_not_be_finalised() {
    let mut world = World::new();
    let ours = world.branch(world.genesis(), Alith, 2);
    let theirs = world.branch(world.genesis(), Baltathar, 1);
    world.chain.finalize(&ours[1].hash).unwrap();
    for hash in [theirs[0].hash, ours[0].hash, Hash::repeat_byte(1)] {
        let refused = world.chain.finalize(&hash);
        assert!(matches!(refused, Err(FinalizeError::Unknown(unknown)) if unknown == hash));
    }
    assert!(world.chain.finalize(&ours[1].hash).unwrap().events.is_empty(), "it is final already");
}

#[test]
fn own_block_built_before_finality_passed_it_is_refused() {
    let mut world = World::new();
    let ours = world.branch(world.genesis(), Alith, 2);
    let (built, _) = world.build_by(world.genesis(), Baltathar, vec![]);
    world.chain.finalize(&ours[1].hash).unwrap();
    let refused = world.chain.insert(built);
    assert!(matches!(refused, Err(InsertError::Place(PlaceError::BelowFinalized { number: 1, finalized: 2 }))));
}

#[test]
fn siblings_are_bounded() {
    let mut world = World::new();
    let genesis = world.genesis();
    for slot in 1..=ziver_chain::limits::SIBLINGS_COUNT_MAX as u64 {
        let request = crate::fixture::request(genesis, Alith.account(), slot);
        let built = world.chain.build(&request, &mut ziver_chain::NoExtrinsics).unwrap();
        world.chain.insert(built).unwrap();
    }
    let request = crate::fixture::request(genesis, Alith.account(), 1_000);
    let built = world.chain.build(&request, &mut ziver_chain::NoExtrinsics).unwrap();
    let refused = world.chain.import(built.block(), None);
    assert!(matches!(refused, Err(ImportError::Place(PlaceError::TooMany { count: 64 }))), "{refused:?}");
}

#[test]
fn pruned_state_is_told_apart_from_an_unknown_block() {
    let db = std::sync::Arc::new(ziver_db::MemoryDb::new());
    let config = ziver_chain::ChainConfig { pruning: ziver_state::Pruning::Keep(1), ..Default::default() };
    let source = crate::fixture::dev_source();
    let chain = ziver_chain::Chain::open(db.clone(), crate::fixture::EXECUTOR.clone(), source, config).unwrap();
    let mut world = World { db, chain };
    let blocks = world.branch(world.genesis(), Alith, 4);
    world.chain.finalize(&blocks[3].hash).unwrap();
    let reader = world.chain.reader();
    let pruned = reader.call_at(&blocks[0].hash, "Core_version", &[]);
    assert!(matches!(pruned, Err(ReadError::StatePruned(hash)) if hash == blocks[0].hash), "{pruned:?}");
    assert!(reader.call_at(&Hash::repeat_byte(9), "Core_version", &[]).unwrap().is_none());
    assert!(reader.call_at(&blocks[3].hash, "Core_version", &[]).unwrap().is_some());
}
