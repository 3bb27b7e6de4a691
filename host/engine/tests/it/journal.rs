//! What is written down of own clients' transactions, and what comes of it after a restart.

use std::sync::Arc;

use codec::Encode;
use ziver_db::MemoryDb;
use ziver_engine::{Event, Sealing, Status, SubmitError};
use ziver_primitives::{Hash, OpaqueExtrinsic};

use crate::fixture::{Alith, Baltathar, Bed, Charleth, config, transfer_call};

fn hashes(extrinsics: &[OpaqueExtrinsic]) -> Vec<Hash> {
    extrinsics.iter().map(OpaqueExtrinsic::hash).collect()
}

#[test]
fn only_what_clients_handed_in_is_written_down_until_it_is_final() {
    let mut bed = Bed::manual();
    let [followed, alone, heard] = [Alith, Baltathar, Charleth].map(|who| bed.transfer(who, 0));
    bed.submit(&followed).unwrap();
    bed.submit_as(&alone, true, false).unwrap();
    bed.submit_as(&heard, false, false).unwrap();
    assert_eq!(bed.journal(), hashes(&[followed.clone(), alone.clone()]));
    assert_eq!(bed.statuses(&alone.hash()), [], "nobody asked");
    bed.seal();
    bed.seal();
    assert_eq!(bed.journal().len(), 2, "not final yet");
    bed.seal();
    assert_eq!(bed.journal(), []);
    assert_eq!(bed.engine.pool().watched_count(), 0);
}

#[test]
fn refused_and_replaced_transactions_are_not_kept() {
    let mut bed = Bed::manual();
    let old = bed.transfer(Baltathar, 0);
    let new = bed.signed(Baltathar, 0, 10u128.pow(12), transfer_call(5));
    bed.submit_as(&old, true, false).unwrap();
    bed.submit_as(&new, true, true).unwrap();
    bed.submit_as(&old, true, false).unwrap_err();
    assert_eq!(bed.journal(), hashes(&[new]));
}

#[test]
fn transaction_that_became_invalid_is_struck_out() {
    let mut bed = Bed::manual();
    let money = 1_000_000 * 10u128.pow(18);
    let all = bed.signed(Baltathar, 0, 0, transfer_call(money - 10u128.pow(18)));
    let late = bed.signed(Baltathar, 1, 2 * 10u128.pow(18), transfer_call(1));
    bed.submit_as(&all, true, false).unwrap();
    bed.submit_as(&late, true, false).unwrap();
    assert_eq!(bed.journal().len(), 2);
    bed.seal();
    assert_eq!(bed.journal(), hashes(&[all]));
}

#[test]
fn nobody_following_any_more_does_not_strike_it_out() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    bed.handle(Event::Unwatch { hash });
    bed.seal();
    assert_eq!(bed.statuses(&hash), [Status::Ready]);
    assert_eq!(bed.journal(), [hash]);
    bed.seal();
    bed.seal();
    assert_eq!(bed.journal(), []);
}

#[test]
fn restored_transactions_are_in_the_pool_again_and_go_the_whole_way() {
    let db = Arc::new(MemoryDb::new());
    let mut before = Bed::on(db.clone(), config(Sealing::Manual));
    let included = before.transfer(Alith, 0);
    before.submit(&included).unwrap();
    before.seal();
    let waiting: Vec<OpaqueExtrinsic> = [0, 1, 3].map(|nonce| before.transfer(Baltathar, nonce)).into();
    for transfer in &waiting {
        before.submit_as(transfer, true, false).unwrap();
    }
    assert_eq!(before.journal().len(), 4);
    drop(before);

    let mut bed = Bed::on(db, config(Sealing::Manual));
    let garbage = vec![8, 1, 2];
    let transactions = [&included, &waiting[2], &waiting[0], &waiting[1]].map(Encode::encode);
    bed.handle(Event::Restore { transactions: [transactions.into(), vec![garbage]].concat() });
    assert_eq!(bed.pending(), hashes(&waiting[..2]));
    assert_eq!(bed.engine.pool().size().future_count, 1);
    assert!(bed.engine.pool().all().all(|transaction| transaction.local));
    let again = bed.submit(&waiting[0]);
    assert!(matches!(again, Err(SubmitError::Pool(ziver_pool::SubmitError::AlreadyImported(_)))), "{again:?}");
    let block = bed.seal();
    assert_eq!(bed.transactions(&block.hash), hashes(&waiting[..2]));
    bed.seal();
    bed.seal();
    let removed = bed.actions.iter().filter(|action| format!("{action:?}").contains("Remove")).count();
    assert_eq!(removed, 4, "all but the one that still waits: {:?}", bed.actions);
}

#[test]
fn many_restored_transactions_come_in_rounds() {
    let mut bed = Bed::manual();
    let transfers: Vec<OpaqueExtrinsic> = (0..70).map(|nonce| bed.transfer(Baltathar, nonce)).collect();
    bed.handle(Event::Restore { transactions: transfers.iter().map(Encode::encode).collect() });
    assert_eq!(bed.engine.validation_count(), 32);
    bed.handle(Event::Tick);
    assert_eq!(bed.engine.validation_count(), 64);
    bed.handle(Event::Tick);
    assert_eq!(bed.pending(), hashes(&transfers));
}

#[test]
fn orphans_of_own_clients_stay_local() {
    let mut bed = Bed::new(ziver_engine::EngineConfig { finality_lag: None, ..config(Sealing::Manual) });
    let genesis = bed.best().hash;
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit_as(&transfer, true, false).unwrap();
    bed.seal();
    let other = bed.seal_on(Some(genesis), true).unwrap();
    bed.seal_on(Some(other.hash), true).unwrap();
    assert_eq!(bed.pending(), [hash]);
    assert!(bed.engine.pool().transaction(&hash).unwrap().local);
    assert_eq!(bed.journal(), [hash]);
}
