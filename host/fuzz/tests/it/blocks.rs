//! Blocks and transactions from outside, and records of the database.

use std::cell::RefCell;
use std::sync::Arc;

use codec::{Decode, Encode};
use ziver_chain::{Chain, ChainConfig};
use ziver_db::{Batch, Column, Db};
use ziver_executor::{CallError, Overlay};
use ziver_primitives::{Block, OpaqueExtrinsic};

use crate::development_chain::{Alith, Baltathar, EXECUTOR, World, dev_source, dump};
use ziver_fuzz::damage::fuzz;

/// A chain with a block on it, and a good block that is not on it.
fn world() -> (World, Block) {
    let mut world = World::new();
    let transfer = world.transfer(Alith, 0, Baltathar.account(), 5);
    let parent = world.grow(world.genesis(), vec![transfer]).block.hash;
    let mut elsewhere = world.reopened();
    let transfer = world.transfer(Alith, 1, Baltathar.account(), 6);
    let hash = elsewhere.grow(parent, vec![transfer]).block.hash;
    let block = elsewhere.block(&hash);
    (world, block)
}

#[test]
fn imported_block() {
    let (world, good) = world();
    let before = dump(&*world.db);
    let world = RefCell::new(world);
    let other = Block { extrinsics: vec![], ..good.clone() };
    fuzz(&[good.encode(), other.encode()], |bytes| {
        let Ok(block) = Block::decode(&mut &bytes[..]) else { return };
        if block == good {
            return;
        }
        let mut world = world.borrow_mut();
        if let Err(error) = world.chain.import(block, None) {
            assert!(!error.is_fatal(), "{error}");
            assert!(dump(&*world.db) == before, "a refused block leaves a trace: {error}");
        } else {
            panic!("a damaged block is taken");
        }
    });
    world.borrow_mut().chain.import(good, None).expect("the good one is still good");
}

#[test]
fn submitted_extrinsic() {
    let (world, good) = world();
    let parent = good.header.parent_hash;
    let view = world.chain.reader().view_at(&parent).expect("it reads").expect("the state is kept");
    let code = view.runtime_code().expect("it reads").expect("a runtime");
    let seeds: Vec<_> = good.extrinsics.iter().map(Encode::encode).collect();
    fuzz(&seeds, |bytes| {
        let input = [&[2u8], bytes, parent.as_bytes()].concat();
        // The runtime may trap on bytes that do not decode; the host has to live.
        match EXECUTOR.call(
            &code,
            "TaggedTransactionQueue_validate_transaction",
            &input,
            &mut Overlay::new(view.clone()),
        ) {
            Ok(answer) => assert!(answer.first().is_some_and(|variant| *variant <= 1)),
            Err(CallError::Trap { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        let _ = OpaqueExtrinsic::decode(&mut &bytes[..]);
    });
}

#[test]
fn record_of_the_database() {
    let (world, _) = world();
    let records = dump(&*world.db);
    // The whole record, with its place before it.
    let seeds: Vec<_> = records
        .iter()
        .enumerate()
        .filter(|(_, (.., value))| value.len() < 4_000)
        .map(|(index, (.., value))| [&u16::try_from(index).expect("a small chain").to_le_bytes()[..], value].concat())
        .collect();
    fuzz(&seeds, |bytes| {
        let Some((index, value)) = bytes.split_first_chunk::<2>() else { return };
        let Some((column, key, _)) = records.get(usize::from(u16::from_le_bytes(*index))) else { return };
        assert_opens_or_refuses(&world, *column, key, value);
    });
}

fn assert_opens_or_refuses(world: &World, column: Column, key: &[u8], value: &[u8]) {
    let db = Arc::new((*world.db).clone());
    let mut batch = Batch::new();
    batch.put(column, key, value);
    db.write(batch).expect("memory takes it");
    let db: Arc<dyn Db> = db;
    // Damage is refused, or not seen because nothing of it is read at the start; reading is then an error at most.
    if let Ok(chain) = Chain::open(db, EXECUTOR.clone(), dev_source(), ChainConfig::default()) {
        let reader = chain.reader();
        let best = chain.best();
        let _ = reader.header(&best.hash).map(|header| header.map(|header| header.hash()));
        let _ = reader.body(&best.hash);
        let _ = reader.view_at(&best.hash).map(|view| view.map(|view| view.get(None, b":code")));
    }
}
