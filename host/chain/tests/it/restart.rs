//! The same chain from the same database, after every step.

use std::sync::Arc;
use ziver_chain::{Chain, ChainConfig, OpenError};
use ziver_db::{Batch, Column, Db};

use crate::fixture::{Alith, Baltathar, Charleth, EXECUTOR, World, dev_source, dump, state};

/// What a restart must not change.
fn assert_same(world: &World) {
    let again = world.reopened();
    assert_eq!(again.chain.best(), world.chain.best());
    assert_eq!(again.chain.finalized(), world.chain.finalized());
    let (a, b) = (again.chain.reader().snapshot(), world.chain.reader().snapshot());
    assert_eq!(a.non_final, b.non_final);
    let best = world.chain.best().hash;
    assert_eq!(state(&again.chain, &best), state(&world.chain, &best));
    for block in &b.non_final {
        assert_eq!(state(&again.chain, &block.block.hash), state(&world.chain, &block.block.hash));
    }
    assert!(dump(&*again.db) == dump(&*world.db), "opening writes nothing");
}

#[test]
fn restart_after_every_step_finds_the_same_chain() {
    let mut world = World::new();
    assert_same(&world);
    let genesis = world.genesis();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 77);
    let first = world.grow(genesis, vec![transfer]).block;
    assert_same(&world);
    let ours = world.branch(first.hash, Alith, 2);
    assert_same(&world);
    let theirs = world.branch(genesis, Baltathar, 3);
    assert_eq!(world.chain.best(), ours[1], "of equals the one seen first, also after a restart");
    assert_same(&world);
    let longer = world.branch(theirs[2].hash, Baltathar, 1);
    assert_eq!(world.chain.best(), longer[0]);
    assert_same(&world);
    world.chain.finalize(&theirs[1].hash).unwrap();
    assert_same(&world);
    let mut again = world.reopened();
    let next = again.grow(longer[0].hash, vec![]).block;
    assert_eq!(world.grow(longer[0].hash, vec![]).block, next, "both go on alike");
}

#[test]
fn every_damaged_record_is_told_of() {
    let mut world = World::new();
    world.branch(world.genesis(), Alith, 3);
    let best = world.chain.best().hash;
    type Damage = Box<dyn Fn(&mut Batch)>;
    let cases: Vec<(&str, Damage)> = vec![
        ("heads", Box::new(|batch| batch.put(Column::Meta, *b"chain/heads", [1, 2, 3]))),
        ("no record of the heads", Box::new(|batch| batch.delete(Column::Meta, *b"chain/heads"))),
        ("header is missing", Box::new(move |batch| batch.delete(Column::Header, best.as_bytes()))),
        ("header", Box::new(move |batch| batch.put(Column::Header, best.as_bytes(), [0; 7]))),
        ("body is missing", Box::new(move |batch| batch.delete(Column::Body, best.as_bytes()))),
        ("body", Box::new(move |batch| batch.put(Column::Body, best.as_bytes(), [255; 9]))),
        ("names another block", Box::new(|batch| batch.put(Column::Number, 3u32.to_be_bytes(), [7u8; 32]))),
        ("block 0 is missing", Box::new(|batch| batch.delete(Column::Number, 0u32.to_be_bytes()))),
        ("best block", Box::new(move |batch| batch.delete(Column::Meta, [b"chain/tree/", best.as_bytes()].concat()))),
        ("journal", Box::new(move |batch| batch.put(Column::Journal, best.as_bytes(), [9; 3]))),
        ("has been pruned", Box::new(move |batch| batch.delete(Column::Journal, best.as_bytes()))),
    ];
    for (text, damage) in cases {
        let db = Arc::new((*world.db).clone());
        let mut batch = Batch::new();
        damage(&mut batch);
        db.write(batch).unwrap();
        let refused = Chain::open(db, EXECUTOR.clone(), dev_source(), ChainConfig::default());
        let error: OpenError = refused.err().unwrap_or_else(|| panic!("{text}: it opened"));
        assert!(error.to_string().contains(text), "{text}: {error}");
    }
}
