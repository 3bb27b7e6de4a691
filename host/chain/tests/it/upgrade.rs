//! The runtime replaced by a transaction, on one branch and not on the other.

use std::ops::ControlFlow;

use ziver_chain::{ChainEvent, check_chain};
use ziver_db::MemoryDb;
use ziver_primitives::Hash;

use crate::fixture::{Alith, Baltathar, World, dev_source, state, upgrade_call};

fn spec_version(world: &World, at: &Hash) -> u32 {
    world.chain.reader().runtime_version_at(at).unwrap().unwrap().spec_version
}

/// One block that replaces the runtime.
fn upgrade(world: &mut World, parent: Hash) -> ziver_chain::Imported {
    let nonce = world.nonce(&parent, Alith);
    let extrinsic = world.signed(Alith, nonce, upgrade_call(ziver_wasm::UPGRADED));
    let (built, outcomes) = world.build(parent, vec![extrinsic]);
    assert_eq!(outcomes, [ziver_chain::Outcome::Included]);
    world.chain.insert(built).unwrap()
}

#[test]
fn new_runtime_is_in_force_after_its_block_and_told_of() {
    let mut world = World::new();
    let genesis = world.genesis();
    let imported = upgrade(&mut world, genesis);
    assert!(imported.header.digest.runtime_updated());
    let told = imported.events.iter().find_map(|event| match event {
        ChainEvent::Imported { new_runtime: Some(version), .. } => Some(version.spec_version),
        _ => None,
    });
    assert_eq!(told, Some(2));
    assert_eq!(spec_version(&world, &imported.block.hash), 2);
    assert_eq!(spec_version(&world, &world.genesis()), 1);
    let next = world.grow(imported.block.hash, vec![]);
    assert!(!next.header.digest.runtime_updated());
    assert_eq!(spec_version(&world, &next.block.hash), 2);
}

#[test]
fn reorganisation_that_undoes_an_upgrade_runs_the_old_code_again() {
    let mut world = World::new();
    let genesis = world.genesis();
    let upgraded = upgrade(&mut world, genesis).block;
    let ours = world.branch(upgraded.hash, Alith, 1);
    assert_eq!(spec_version(&world, &world.chain.best().hash), 2);
    let theirs = world.branch(genesis, Baltathar, 3);
    assert_eq!(world.chain.best(), theirs[2]);
    assert_eq!(spec_version(&world, &theirs[2].hash), 1);
    assert_eq!(spec_version(&world, &ours[0].hash), 2, "the other branch keeps its own");

    let mut never = World::new();
    for block in &theirs {
        never.chain.import(world.block(&block.hash), None).unwrap();
    }
    assert_eq!(state(&world.chain, &theirs[2].hash), state(&never.chain, &theirs[2].hash));
    let back = world.branch(ours[0].hash, Alith, 2);
    assert_eq!(world.chain.best(), back[1]);
    assert_eq!(spec_version(&world, &back[1].hash), 2);
}

#[test]
fn old_blocks_replay_with_old_code_after_an_upgrade() {
    let mut world = World::new();
    let before = world.branch(world.genesis(), Alith, 2);
    let upgraded = upgrade(&mut world, before[1].hash).block;
    let after = world.branch(upgraded.hash, Alith, 2);
    world.chain.finalize(&after[0].hash).unwrap();
    let scratch = std::sync::Arc::new(MemoryDb::new());
    let checked =
        check_chain(world.chain.reader(), &dev_source(), scratch, None, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(checked.blocks, 5);
}

#[test]
fn peer_imports_an_upgrade_and_what_follows() {
    let mut world = World::new();
    let genesis = world.genesis();
    let upgraded = upgrade(&mut world, genesis).block;
    let after = world.branch(upgraded.hash, Baltathar, 2);
    let mut peer = World::new();
    for block in [upgraded, after[0], after[1]] {
        peer.chain.import(world.block(&block.hash), None).unwrap();
    }
    assert_eq!(peer.chain.best(), world.chain.best());
    let restarted = peer.reopened();
    assert_eq!(spec_version(&restarted, &after[1].hash), 2);
}
