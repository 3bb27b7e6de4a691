//! A database that fails: the chain stops, and what is on the disk is whole.

use std::sync::Arc;

use ziver_chain::{ImportError, NoExtrinsics};
use ziver_db::{DbError, Fault, FaultyDb, MemoryDb};

use crate::fixture::{Alith, World, dump, open, request, state};

/// Grows a chain over a database that fails at the write after `passing` more ones, until it does; then reopens it.
fn crash(passing: u64, fault: Fault) -> (u32, World) {
    let memory = Arc::new(MemoryDb::new());
    let faulty = Arc::new(FaultyDb::new(memory.clone()));
    let mut chain = open(faulty.clone());
    faulty.fail_after(passing, fault);
    let mut acknowledged = 0;
    loop {
        let best = chain.best();
        let request = request(best.hash, Alith.account(), u64::from(best.number) + 1);
        let built = chain.build(&request, &mut NoExtrinsics).unwrap();
        let number = built.header().number;
        let block = built.block();
        match chain.insert(built) {
            Ok(_) => acknowledged = number,
            Err(error) => {
                assert!(error.is_fatal(), "{error}");
                let before = dump(&*memory);
                let refused = chain.import(block, None).unwrap_err();
                assert!(refused.is_fatal(), "{refused}");
                assert!(matches!(refused, ImportError::Insert(_)), "{refused:?}");
                assert!(dump(&*memory) == before, "nothing is written any more");
                break;
            }
        }
        if number > 2
            && let Some(block) = chain.best_ancestor(2)
            && let Err(error) = chain.finalize(&block.hash)
        {
            assert!(error.is_fatal(), "{error}");
            break;
        }
    }
    drop(chain);
    let copy = Arc::new((*memory).clone());
    (acknowledged, World { chain: open(copy.clone()), db: copy })
}

#[test]
fn every_acknowledged_block_is_there_after_a_failed_write() {
    for passing in 0..8 {
        for fault in [Fault::Refuse(DbError::Full("no space".to_owned())), Fault::StoreThenFail(DbError::Injected)] {
            let (acknowledged, mut world) = crash(passing, fault.clone());
            let best = world.chain.best();
            assert!(best.number >= acknowledged, "{passing} {fault:?}");
            assert!(best.number <= acknowledged + 1, "{passing} {fault:?}");
            let header = world.chain.reader().header(&best.hash).unwrap().unwrap();
            let view = world.chain.reader().view_at(&best.hash).unwrap().unwrap();
            assert_eq!(view.root(), header.state_root);
            assert!(!state(&world.chain, &best.hash).is_empty());
            world.grow(best.hash, vec![]);
        }
    }
}

#[test]
fn genesis_that_was_not_stored_is_made_again() {
    let open_with = |passing, fault: Fault| {
        let memory = Arc::new(MemoryDb::new());
        let faulty = Arc::new(FaultyDb::new(memory.clone()));
        faulty.fail_after(passing, fault);
        let (executor, source) = (crate::fixture::EXECUTOR.clone(), crate::fixture::dev_source());
        (memory, ziver_chain::Chain::open(faulty, executor, source, ziver_chain::ChainConfig::default()))
    };
    for fault in [Fault::Refuse(DbError::Injected), Fault::StoreThenFail(DbError::Injected)] {
        let (memory, failed) = open_with(0, fault.clone());
        assert!(failed.is_err());
        let chain = open(memory.clone());
        assert_eq!(chain.best().number, 0);
        let reader = chain.reader();
        assert_eq!(reader.hash_by_number(0).unwrap(), Some(reader.genesis_hash()));
        let (_, one_write_is_all) = open_with(1, fault);
        assert!(one_write_is_all.is_ok());
    }
}
