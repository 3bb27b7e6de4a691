//! Readers on other threads while the chain grows, reorganises and finalises: each sees a block with its own state.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use codec::Encode;
use ziver_chain::{ChainReader, ReadError};

use crate::fixture::{Alith, Baltathar, World};

/// Reads heads and their states until told to stop; counts the states that it saw.
fn read(reader: &ChainReader, stop: &AtomicBool, seen: &AtomicUsize) {
    while !stop.load(Ordering::SeqCst) {
        let snapshot = reader.snapshot();
        assert!(snapshot.best.number >= snapshot.finalized.number);
        for block in [snapshot.best, snapshot.finalized] {
            // A block of a discarded fork may be gone by now; then it is gone wholly.
            let Some(header) = reader.header(&block.hash).unwrap() else { continue };
            assert_eq!((header.number, header.hash()), (block.number, block.hash));
            let view = match reader.view_at(&block.hash) {
                Ok(Some(view)) => view,
                Ok(None) | Err(ReadError::StatePruned(_)) => continue,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(view.root(), header.state_root);
            let key = ziver_primitives::storage_keys::item_prefix("System", "Number");
            match view.get(None, &key) {
                Ok(value) => assert_eq!(value, (block.number > 0).then(|| block.number.to_le_bytes().to_vec())),
                Err(ziver_state::StateError::Pruned(_)) => continue,
                Err(error) => panic!("{error}"),
            }
            seen.fetch_add(1, Ordering::SeqCst);
        }
        assert!(reader.hash_by_number(snapshot.finalized.number).unwrap().is_some());
    }
}

#[test]
fn readers_see_each_block_with_its_own_state_while_the_chain_moves() {
    let mut world = World::new();
    let (stop, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    let reader = world.chain.reader().clone();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| read(&reader, &stop, &seen))).collect();
        for _ in 0..12 {
            let base = world.chain.best();
            world.branch(base.hash, Alith, 2);
            let theirs = world.branch(base.hash, Baltathar, 3);
            assert_eq!(world.chain.best(), theirs[2]);
            world.chain.finalize(&theirs[1].hash).unwrap();
        }
        while seen.load(Ordering::SeqCst) < 100 && !readers.iter().any(|reader| reader.is_finished()) {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert_eq!(world.chain.best().number, 36);
}

#[test]
fn stats_of_a_block_grow_with_what_it_reads() {
    let mut world = World::new();
    let genesis = world.genesis();
    let reader = world.chain.reader().clone();
    assert_eq!(reader.block_stats(&genesis).unwrap(), None);
    assert_eq!(reader.block_stats(&Default::default()).unwrap(), None);
    let empty = world.branch(genesis, Alith, 1)[0].hash;
    let transfers = (0..3).map(|nonce| world.transfer(Alith, nonce, Baltathar.account(), 1_000_000_000_000_000_000));
    let transfers = transfers.collect();
    world.grow(empty, transfers);
    let full = world.chain.best().hash;
    let stats = |hash| reader.block_stats(hash).unwrap().unwrap();
    let (little, much) = (stats(&empty), stats(&full));
    assert_eq!(much.block_bytes, world.block(&full).encoded_size());
    assert_eq!((little.extrinsics_count, much.extrinsics_count), (1, 4));
    assert!(little.witness_compact_bytes > 0 && little.witness_bytes < much.witness_bytes, "{little:?} {much:?}");
    for stats in [little, much] {
        assert!(stats.witness_compact_bytes < stats.witness_bytes, "{stats:?}");
        // The runtime's code, which is most of the state, is none of it.
        assert!(stats.witness_bytes < 100_000, "{stats:?}");
    }
}
