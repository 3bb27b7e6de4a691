//! The whole chain executed again.

use std::{ops::ControlFlow, sync::Arc};

use ziver_chain::{CheckError, GenesisSource, check_chain};
use ziver_db::{Batch, Column, Db, MemoryDb};

use crate::fixture::{Alith, Baltathar, Charleth, World, dev_source};

fn scratch() -> Arc<dyn Db> {
    Arc::new(MemoryDb::new())
}

#[test]
fn whole_chain_replays_and_tells_of_its_progress() {
    let mut world = World::new();
    for nonce in 0..4 {
        let transfer = world.transfer(Baltathar, nonce, Charleth.account(), 10);
        world.grow(world.chain.best().hash, vec![transfer]);
    }
    let mut seen = Vec::new();
    let mut progress = |number, last| {
        seen.push((number, last));
        ControlFlow::Continue(())
    };
    let checked = check_chain(world.chain.reader(), &dev_source(), scratch(), None, &mut progress).unwrap();
    assert_eq!(checked.blocks, 4);
    assert!(checked.keys > 10, "{checked:?}");
    assert_eq!(seen, [(1, 4), (2, 4), (3, 4), (4, 4)]);
}

#[test]
fn replay_up_to_a_block_stops_there() {
    let mut world = World::new();
    world.branch(world.genesis(), Alith, 3);
    let checked =
        check_chain(world.chain.reader(), &dev_source(), scratch(), Some(2), &mut |_, _| ControlFlow::Continue(()))
            .unwrap();
    assert_eq!(checked.blocks, 2);
}

#[test]
fn replay_ends_where_the_caller_says() {
    let mut world = World::new();
    world.branch(world.genesis(), Alith, 3);
    let mut progress = |number, _| if number == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let stopped = check_chain(world.chain.reader(), &dev_source(), scratch(), None, &mut progress);
    assert!(matches!(stopped, Err(CheckError::Stopped(2))), "{stopped:?}");
}

#[test]
fn replay_with_a_newer_embedded_runtime_uses_the_old_one() {
    let mut world = World::new();
    world.branch(world.genesis(), Alith, 2);
    let newer = GenesisSource { default_code: Arc::from(ziver_wasm::UPGRADED), ..dev_source() };
    assert_eq!(
        check_chain(world.chain.reader(), &newer, scratch(), None, &mut |_, _| ControlFlow::Continue(()))
            .unwrap()
            .blocks,
        2
    );
}

#[test]
fn replay_names_the_block_that_was_tampered_with() {
    let mut world = World::new();
    let blocks = world.branch(world.genesis(), Alith, 3);
    let other = world.block(&blocks[0].hash).extrinsics;
    let mut batch = Batch::new();
    batch.put(Column::Body, blocks[1].hash.as_bytes(), codec::Encode::encode(&other));
    world.db.write(batch).unwrap();
    let failed =
        check_chain(world.chain.reader(), &dev_source(), scratch(), None, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(failed, Err(CheckError::Block { number: 2, .. })), "{failed:?}");
}

#[test]
fn replay_with_the_specification_of_another_chain_is_refused() {
    let world = World::new();
    let json = br#"{"name": "O", "id": "o", "genesis": {"runtimeGenesis": {"patch": {}}}}"#;
    let spec = Arc::new(ziver_chain::ChainSpec::parse(json).unwrap());
    let other = GenesisSource { spec, ..dev_source() };
    let refused = check_chain(world.chain.reader(), &other, scratch(), None, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(CheckError::Genesis { found, .. }) if found == world.genesis()), "{refused:?}");
}

#[test]
fn stored_state_that_is_not_the_headers_is_told_of() {
    let mut world = World::new();
    let blocks = world.branch(world.genesis(), Alith, 3);
    world.chain.finalize(&blocks[1].hash).unwrap();
    let (key, mut value) = world.db.iter(Column::State, &[]).last().unwrap().unwrap();
    value.push(0);
    let mut batch = Batch::new();
    batch.put(Column::State, key, value);
    world.db.write(batch).unwrap();
    let failed =
        check_chain(world.chain.reader(), &dev_source(), scratch(), None, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(failed, Err(CheckError::State { number: 2, .. })), "{failed:?}");
}
