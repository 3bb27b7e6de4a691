//! Blocks of others, and branches that compete: what becomes of the pool.

use std::sync::Arc;

use ziver_chain::{ChainEvent, ImportError, PlaceError};
use ziver_db::MemoryDb;
use ziver_engine::{Event, Sealing, Status};
use ziver_primitives::{Block, Era, Hash, OpaqueExtrinsic, transaction::UnsignedTransaction};

use crate::fixture::{Baltathar, Bed, Charleth, chain, config};

/// Blocks of another node on top of genesis, each with these transactions.
fn foreign(count: usize, fill: impl Fn(&mut Bed, usize)) -> Vec<Block> {
    let mut other = Bed::new(ziver_engine::EngineConfig {
        author: Charleth.account(),
        finality_lag: None,
        ..config(Sealing::Manual)
    });
    (0..count)
        .map(|place| {
            fill(&mut other, place);
            let block = other.seal();
            other.block(&block.hash)
        })
        .collect()
}

#[test]
fn imported_block_takes_its_transactions_out_of_the_pool() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let blocks = foreign(1, |other, _| {
        let transfer = other.transfer(Baltathar, 0);
        other.submit(&transfer).unwrap();
    });
    bed.now_ms += 10_000;
    let block = bed.import(blocks[0].clone()).unwrap();
    assert_eq!(bed.best(), block);
    assert_eq!(bed.statuses(&hash), [Status::Ready, Status::InBlock { block: block.hash, index: 1 }]);
    assert_eq!(bed.engine.pool().size(), Default::default());
}

#[test]
fn orphaned_transactions_return_and_are_included_again() {
    let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let [first, second] = [0, 1].map(|nonce| bed.transfer(Baltathar, nonce));
    let a = bed.submit(&first).unwrap();
    let b = bed.submit(&second).unwrap();
    let ours = bed.seal();
    bed.now_ms += 100_000;
    for block in foreign(2, |_, _| {}) {
        bed.import(block).unwrap();
    }
    assert_eq!(bed.best().number, 2);
    assert_eq!(bed.pending(), [a, b], "both are back, in order");
    let again = bed.seal();
    assert_eq!(bed.transactions(&again.hash), [a, b]);
    for (index, hash) in [(1, a), (2, b)] {
        assert_eq!(
            bed.statuses(&hash),
            [
                Status::Ready,
                Status::InBlock { block: ours.hash, index },
                Status::Retracted { block: ours.hash },
                Status::Ready,
                Status::InBlock { block: again.hash, index },
            ],
        );
    }
}

#[test]
fn transaction_on_both_branches_moves_from_block_to_block() {
    let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let ours = bed.seal();
    let blocks = foreign(2, |other, place| {
        if place == 1 {
            let transfer = other.transfer(Baltathar, 0);
            other.submit(&transfer).unwrap();
        }
    });
    bed.now_ms += 100_000;
    let theirs: Vec<Hash> = blocks.into_iter().map(|block| bed.import(block).unwrap().hash).collect();
    assert_eq!(
        bed.statuses(&hash),
        [
            Status::Ready,
            Status::InBlock { block: ours.hash, index: 1 },
            Status::Retracted { block: ours.hash },
            Status::InBlock { block: theirs[1], index: 1 },
        ],
    );
    assert_eq!(bed.pending(), []);
}

#[test]
fn rival_with_the_same_nonce_makes_the_orphan_invalid() {
    let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    bed.seal();
    let blocks = foreign(2, |other, place| {
        let rival = other.signed(Baltathar, place as u32, 0, crate::fixture::transfer_call(5));
        other.submit(&rival).unwrap();
    });
    bed.now_ms += 100_000;
    for block in blocks {
        bed.import(block).unwrap();
    }
    assert_eq!(bed.statuses(&hash).last(), Some(&Status::Invalid));
    assert_eq!(bed.engine.pool().watched_count(), 0);
    assert_eq!(bed.pending(), []);
}

#[test]
fn finalising_another_branch_brings_orphans_back() {
    let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let genesis = bed.best().hash;
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let ours = bed.seal();
    bed.seal();
    let theirs = bed.seal_on(Some(genesis), true).unwrap();
    assert_ne!(theirs.hash, ours.hash);
    bed.handle(Event::Finalize { id: 1, hash: theirs.hash });
    assert_eq!(bed.engine.reader().finalized(), theirs);
    assert_eq!(bed.best(), theirs);
    assert_eq!(bed.pending(), [hash]);
    assert_eq!(bed.statuses(&hash)[2..], [Status::Retracted { block: ours.hash }, Status::Ready]);
    let again = bed.seal();
    assert_eq!(bed.transactions(&again.hash), [hash]);
}

/// Like `Bed::transfer`, but of no use on chains without `birth` as block 1.
fn mortal_transfer(bed: &Bed, birth_hash: Hash) -> OpaqueExtrinsic {
    let genesis_hash = bed.engine.reader().genesis_hash();
    let call = crate::fixture::transfer_call(1_000);
    let era = Era::mortal(4, 1);
    UnsignedTransaction { call, era, genesis_hash, birth_hash, ..Default::default() }.sign(&Baltathar.key())
}

#[test]
fn dependent_of_an_orphan_that_can_not_return_waits_for_another() {
    for by_finality in [false, true] {
        let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
        let genesis = bed.best().hash;
        let birth = bed.seal();
        let first = mortal_transfer(&bed, birth.hash);
        let second = bed.transfer(Baltathar, 1);
        bed.submit(&first).unwrap();
        let waiting = bed.submit(&second).unwrap();
        // A block with the first one alone.
        let mut other = Bed::manual();
        other.now_ms = bed.now_ms;
        other.import(bed.block(&birth.hash)).unwrap();
        other.submit(&first).unwrap();
        let block = other.seal();
        bed.now_ms += 10_000;
        bed.import(other.block(&block.hash)).unwrap();
        assert_eq!(bed.pending(), [waiting]);
        // A branch on which the first one's era never began.
        let mut head = genesis;
        for _ in 0..if by_finality { 2 } else { 3 } {
            head = bed.seal_on(Some(head), true).unwrap().hash;
        }
        if by_finality {
            bed.handle(Event::Finalize { id: 1, hash: head });
        }
        assert_eq!(bed.best().hash, head);
        assert_eq!(bed.statuses(&first.hash()).last(), Some(&Status::Invalid), "by finality: {by_finality}");
        assert_eq!(bed.statuses(&waiting).last(), Some(&Status::Future), "by finality: {by_finality}");
        // Another one with that nonce lets both go on: nobody was banned.
        let another = bed.transfer(Baltathar, 0);
        let another = bed.submit(&another).unwrap();
        let block = bed.seal();
        assert_eq!(bed.transactions(&block.hash), [another, waiting]);
    }
}

#[test]
fn chain_events_come_in_order() {
    let mut bed = Bed::manual();
    for _ in 0..3 {
        bed.seal();
    }
    let words: Vec<String> = bed
        .chain_events()
        .map(|event| match event {
            ChainEvent::Imported { block, .. } => format!("imported {}", block.number),
            ChainEvent::BestChanged { best, .. } => format!("best {}", best.number),
            ChainEvent::Finalized { blocks, .. } => format!("final {}", blocks[0].number),
        })
        .collect();
    assert_eq!(words, ["imported 1", "best 1", "imported 2", "best 2", "imported 3", "best 3", "final 1"]);
}

#[test]
fn refused_block_changes_nothing() {
    let mut bed = Bed::manual();
    let mut blocks = foreign(1, |_, _| {});
    bed.now_ms += 100_000;
    blocks[0].header.parent_hash = Hash::repeat_byte(1);
    let refused = bed.import(blocks.remove(0));
    assert!(matches!(refused, Err(ImportError::Place(PlaceError::UnknownParent(_)))));
    assert_eq!(bed.best().number, 0);
    assert_eq!(bed.chain_events().count(), 0);
}

#[test]
fn two_engines_that_exchange_blocks_have_the_same_chain() {
    let (mut a, mut b) = (Bed::manual(), Bed::manual());
    for round in 0..6u32 {
        let (author, peer) = if round % 2 == 0 { (&mut a, &mut b) } else { (&mut b, &mut a) };
        let transfer = author.transfer(Baltathar, round);
        author.submit(&transfer).unwrap();
        author.now_ms = author.now_ms.max(peer.now_ms);
        let block = author.seal();
        let block = author.block(&block.hash);
        peer.now_ms = author.now_ms;
        peer.import(block).unwrap();
    }
    assert_eq!(a.best(), b.best());
    assert_eq!(a.engine.reader().finalized(), b.engine.reader().finalized());
    let fresh = chain(Arc::new(MemoryDb::new()));
    assert_eq!(fresh.reader().genesis_hash(), a.engine.reader().genesis_hash());
}
