//! Every status that a client can be told of, over the real engine. `Broadcast` has no peers to come from yet.

use codec::Encode;
use ziver_engine::{EngineConfig, Event, Sealing, Status, SubmitError};
use ziver_pool::{Limits, SubmitError as PoolError};
use ziver_primitives::{Era, Hash, OpaqueExtrinsic, transaction::UnsignedTransaction, validity::InvalidTransaction};

use crate::fixture::{Alith, Baltathar, Bed, Charleth, config, transfer_call};

fn bed(limits: Limits) -> Bed {
    Bed::new(EngineConfig { pool: limits, ..config(Sealing::Manual) })
}

#[test]
fn future_becomes_ready_when_the_gap_is_filled_then_in_block_then_final() {
    let mut bed = bed(Limits::default());
    let [first, second] = [0, 1].map(|nonce| bed.transfer(Baltathar, nonce));
    let hash = bed.submit(&second).unwrap();
    bed.submit(&first).unwrap();
    let block = bed.seal().hash;
    bed.seal();
    bed.seal();
    let [in_block, last] = [Status::InBlock { block, index: 2 }, Status::Finalized { block, index: 2 }];
    assert_eq!(bed.statuses(&hash), [Status::Future, Status::Ready, in_block, last]);
}

#[test]
fn retracted_by_a_longer_branch_then_ready_and_in_block_again() {
    let mut bed = Bed::new(EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let genesis = bed.best().hash;
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let first = bed.seal().hash;
    let side = bed.seal_on(Some(genesis), true).unwrap().hash;
    bed.seal_on(Some(side), true).unwrap();
    let second = bed.seal().hash;
    assert_eq!(
        bed.statuses(&hash),
        [
            Status::Ready,
            Status::InBlock { block: first, index: 1 },
            Status::Retracted { block: first },
            Status::Ready,
            Status::InBlock { block: second, index: 1 },
        ],
    );
}

#[test]
fn finality_timeout_ends_the_wait_for_a_block_that_does_not_become_final() {
    let pool = Limits { finality_timeout_blocks: 3, ..Limits::default() };
    let mut bed = Bed::new(EngineConfig { finality_lag: None, pool, ..config(Sealing::Manual) });
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let block = bed.seal().hash;
    for _ in 0..3 {
        bed.seal();
        assert_eq!(bed.statuses(&hash).len(), 2);
    }
    bed.seal();
    assert_eq!(bed.statuses(&hash).last(), Some(&Status::FinalityTimeout { block }));
    bed.finalize(block);
    assert_eq!(bed.statuses(&hash).len(), 3, "it was the last status");
}

#[test]
fn usurped_by_one_that_tips_enough_more_and_those_behind_it_stay() {
    let mut bed = bed(Limits::default());
    let tip = 10u128.pow(15);
    let with_tip = |bed: &Bed, tip| bed.signed(Baltathar, 0, tip, transfer_call(7));
    let (old, behind) = (with_tip(&bed, tip), bed.transfer(Baltathar, 1));
    let old = bed.submit(&old).unwrap();
    let behind = bed.submit(&behind).unwrap();
    let stingy = with_tip(&bed, tip / 100 * 109);
    let refused = bed.submit(&stingy);
    let Err(SubmitError::Pool(PoolError::TooLowPriority { old: before, new, needed })) = refused else {
        panic!("{refused:?}");
    };
    assert!(before < new && new < needed, "{before} {new} {needed}");
    let generous = with_tip(&bed, tip / 100 * 111);
    let new = bed.submit_as(&generous, true, true).unwrap();
    assert_eq!(bed.statuses(&old), [Status::Ready, Status::Usurped { by: new }]);
    assert_eq!(bed.statuses(&behind), [Status::Ready]);
    assert_eq!(bed.pending(), [new, behind]);
    let nothing = bed.transfer(Charleth, 0);
    assert_eq!(bed.submit_as(&nothing, true, true), Err(SubmitError::Pool(PoolError::NothingToReplace)));
}

#[test]
fn dropped_for_a_better_one_when_the_pool_is_full() {
    let mut bed = bed(Limits { ready_count_max: 2, ..Limits::default() });
    let [first, second] = [Alith, Baltathar].map(|who| bed.transfer(who, 0));
    bed.submit(&first).unwrap();
    let hash = bed.submit(&second).unwrap();
    let third = bed.transfer(Charleth, 0);
    assert_eq!(bed.submit(&third), Err(SubmitError::Pool(PoolError::ImmediatelyDropped)));
    let better = bed.signed(Charleth, 0, 10u128.pow(15), transfer_call(1));
    bed.submit(&better).unwrap();
    assert_eq!(bed.statuses(&hash), [Status::Ready, Status::Dropped]);
}

#[test]
fn account_over_its_limit_is_refused_by_its_own_fault_alone() {
    let mut bed = bed(Limits { account_count_max: 3, ..Limits::default() });
    for nonce in 0..3 {
        let transfer = bed.transfer(Baltathar, nonce);
        bed.submit(&transfer).unwrap();
    }
    let more = bed.signed(Baltathar, 3, 10u128.pow(18), transfer_call(1));
    let refused = bed.submit(&more);
    assert!(matches!(refused, Err(SubmitError::Pool(PoolError::AccountFull { count_max: 3, .. }))), "{refused:?}");
    let other = bed.transfer(Charleth, 0);
    bed.submit(&other).unwrap();
    bed.seal();
    bed.submit(&more).unwrap();
}

fn mortal(bed: &Bed, nonce: u32, birth: Hash, era: Era) -> OpaqueExtrinsic {
    let transaction = UnsignedTransaction {
        call: transfer_call(1),
        nonce,
        era,
        genesis_hash: bed.engine.reader().genesis_hash(),
        birth_hash: birth,
        ..UnsignedTransaction::default()
    };
    transaction.sign(&Baltathar.key())
}

#[test]
fn invalid_when_its_era_ends_before_its_turn_and_refused_from_then_on() {
    // Found out by a round of validation one block before the pool's own count of blocks does.
    for (revalidate_count_max, early) in [(32, 1), (0, 0)] {
        let pool = Limits { ban_ms: 1_000, ..Limits::default() };
        let mut bed = Bed::new(EngineConfig { pool, revalidate_count_max, ..config(Sealing::Manual) });
        let birth = bed.seal();
        let era = Era::mortal(4, birth.number.into());
        // Behind a gap, so that no block takes it.
        let waiting = mortal(&bed, 1, birth.hash, era);
        let hash = bed.submit(&waiting).unwrap();
        let death = u32::try_from(era.death(birth.number.into())).unwrap();
        assert_eq!(bed.engine.pool().transaction(&hash).unwrap().valid_till, death - 1);
        while bed.best().number < death - early {
            assert_eq!(bed.statuses(&hash), [Status::Future]);
            bed.seal();
        }
        assert_eq!(bed.statuses(&hash), [Status::Future, Status::Invalid]);
        bed.now_ms += 2_000;
        let again = bed.submit(&waiting);
        let (ancient, other) = (InvalidTransaction::AncientBirthBlock, InvalidTransaction::BadProof);
        assert!([ancient, other].map(|why| Err(SubmitError::Invalid(why))).contains(&again), "{again:?}");
    }
}

#[test]
fn transaction_that_is_known_is_watched_by_who_may_join() {
    let mut bed = bed(Limits::default());
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit_as(&transfer, true, false).unwrap();
    assert_eq!(bed.submit(&transfer), Err(SubmitError::Pool(PoolError::AlreadyImported(hash))));
    assert_eq!(bed.watch(&transfer), Some(Status::Ready));
    assert_eq!(bed.statuses(&hash), [], "that is the newcomer's business");
    let block = bed.seal().hash;
    let in_block = Status::InBlock { block, index: 1 };
    assert_eq!(bed.watch(&transfer), Some(in_block.clone()));
    bed.seal();
    bed.seal();
    assert_eq!(bed.statuses(&hash), [in_block, Status::Finalized { block, index: 1 }]);
}

#[test]
fn replacing_restored_and_returning_transactions_are_told_of_as_ready() {
    let mut bed = Bed::new(EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let genesis = bed.best().hash;
    let [first, second, restored] =
        [(Baltathar, 0), (Baltathar, 1), (Charleth, 0)].map(|(who, n)| bed.transfer(who, n));
    bed.submit(&second).unwrap();
    assert_eq!(bed.newly_ready(), [], "it waits");
    bed.submit(&first).unwrap();
    assert_eq!(bed.newly_ready(), [first.hash(), second.hash()]);
    let better = bed.signed(Baltathar, 0, 10u128.pow(15), transfer_call(7));
    bed.submit_as(&better, true, true).unwrap();
    assert_eq!(bed.newly_ready(), [better.hash()]);
    bed.handle(Event::Restore { transactions: vec![restored.encode()] });
    assert_eq!(bed.newly_ready(), [restored.hash()]);
    let side = bed.seal();
    let other = bed.seal_on(Some(genesis), true).unwrap().hash;
    assert_eq!(bed.newly_ready(), []);
    assert_eq!(bed.best(), side);
    bed.seal_on(Some(other), true).unwrap();
    let mut back = bed.newly_ready();
    back.sort();
    let mut expected = [better.hash(), second.hash(), restored.hash()];
    expected.sort();
    assert_eq!(back, expected);
}
