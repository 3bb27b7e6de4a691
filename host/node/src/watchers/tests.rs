//! Watchers of transactions: who is told what, and who is forgotten.

use super::*;
use tokio::sync::mpsc;

const BLOCK: Hash = Hash::repeat_byte(1);
const TRANSACTION: Hash = Hash::repeat_byte(2);

#[test]
fn every_follower_is_told_until_the_last_status() {
    let mut watchers = Watchers::default();
    let (first, mut first_inbox) = mpsc::channel(8);
    let (second, mut second_inbox) = mpsc::channel(8);
    watchers.add(TRANSACTION, first);
    watchers.add(TRANSACTION, second);
    assert!(watchers.tell(TRANSACTION, &Status::Ready));
    assert!(!watchers.tell(TRANSACTION, &Status::Finalized { block: BLOCK, index: 0 }));
    assert!(!watchers.tell(TRANSACTION, &Status::Ready));
    for inbox in [&mut first_inbox, &mut second_inbox] {
        assert_eq!(inbox.try_recv(), Ok(TransactionStatus::Ready));
        assert_eq!(inbox.try_recv(), Ok(TransactionStatus::Finalized(Inclusion { block: BLOCK, index: 0 })));
        assert_eq!(inbox.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    }
}

#[test]
fn who_joins_hears_the_present_status_and_what_follows() {
    let mut watchers = Watchers::default();
    let (first, mut first_inbox) = mpsc::channel(8);
    let (second, mut second_inbox) = mpsc::channel(8);
    watchers.add(TRANSACTION, first);
    let in_block = TransactionStatus::InBlock(Inclusion { block: BLOCK, index: 3 });
    watchers.join(TRANSACTION, second, &Status::InBlock { block: BLOCK, index: 3 });
    assert!(first_inbox.try_recv().is_err());
    assert_eq!(second_inbox.try_recv(), Ok(TransactionStatus::Ready));
    assert_eq!(second_inbox.try_recv(), Ok(in_block));
    watchers.tell(TRANSACTION, &Status::Retracted { block: BLOCK });
    for inbox in [&mut first_inbox, &mut second_inbox] {
        assert_eq!(inbox.try_recv(), Ok(TransactionStatus::Retracted(BLOCK)));
    }
}

#[test]
fn follower_that_does_not_read_is_forgotten_and_others_go_on() {
    let mut watchers = Watchers::default();
    let (slow, _slow_inbox) = mpsc::channel(1);
    let (quick, mut quick_inbox) = mpsc::channel(8);
    watchers.add(TRANSACTION, slow);
    watchers.add(TRANSACTION, quick);
    for _ in 0..3 {
        assert!(watchers.tell(TRANSACTION, &Status::Ready));
        assert_eq!(quick_inbox.try_recv(), Ok(TransactionStatus::Ready));
    }
}

#[test]
fn sweep_names_what_nobody_follows() {
    let mut watchers = Watchers::default();
    let (gone, inbox) = mpsc::channel(1);
    watchers.add(TRANSACTION, gone);
    assert!(watchers.sweep().is_empty());
    drop(inbox);
    assert_eq!(watchers.sweep(), [TRANSACTION]);
    assert!(watchers.sweep().is_empty());
}
