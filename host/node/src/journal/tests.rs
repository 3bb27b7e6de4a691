//! What is on disk after changes, with the database in memory.

use std::sync::Arc;

use ziver_db::{Column, Db, DbError, Fault, FaultyDb, MemoryDb};
use ziver_engine::JournalChange;
use ziver_primitives::Hash;

use super::{Gauge, Journal, load};

fn put(number: u8) -> JournalChange {
    JournalChange::Put { hash: Hash::repeat_byte(number), bytes: Arc::from([number; 5]) }
}

fn remove(number: u8) -> JournalChange {
    JournalChange::Remove { hash: Hash::repeat_byte(number) }
}

fn write(db: &Arc<MemoryDb>, changes: Vec<JournalChange>) {
    let kept = Gauge::default();
    let mut journal = Journal::start(db.clone(), kept.clone()).unwrap();
    for change in changes {
        journal.change(change).unwrap();
    }
    journal.finish().unwrap();
    assert_eq!(usize::try_from(kept.get()).unwrap(), db.iter(Column::LocalTransaction, &[]).count());
}

#[test]
fn what_was_written_down_comes_back_in_its_order_after_several_starts() {
    let db = Arc::new(MemoryDb::new());
    write(&db, vec![put(9), put(3), put(5), remove(3), put(4), remove(8)]);
    assert_eq!(load(&*db).unwrap(), [[9; 5], [5; 5], [4; 5]]);
    write(&db, vec![put(1), remove(5)]);
    assert_eq!(load(&*db).unwrap(), [[9; 5], [4; 5], [1; 5]]);
    write(&db, [9, 4, 1].map(remove).to_vec());
    assert_eq!(db.iter(Column::LocalTransaction, &[]).count(), 0);
}

#[test]
fn failed_write_is_told() {
    let db = Arc::new(FaultyDb::new(Arc::new(MemoryDb::new())));
    db.fail_after(0, Fault::Refuse(DbError::Injected));
    let mut journal = Journal::start(db, Gauge::default()).unwrap();
    journal.change(put(1)).unwrap();
    assert_eq!(journal.finish(), Err("local transactions can't be written down: injected fault".to_owned()));
}

#[test]
fn what_goes_before_it_is_written_never_touches_the_disk() {
    let db = Arc::new(FaultyDb::new(Arc::new(MemoryDb::new())));
    let mut journal = Journal::start(db.clone(), Gauge::default()).unwrap();
    db.fail_after(0, Fault::Refuse(DbError::Injected));
    for change in [put(1), put(2), remove(2), remove(1)] {
        journal.queue.waiting().changes.push(change);
    }
    journal.finish().unwrap();
}

#[test]
fn crowd_of_changes_waits_for_the_thread_and_is_written() {
    let db = Arc::new(MemoryDb::new());
    let mut journal = Journal::start(db.clone(), Gauge::default()).unwrap();
    let count = super::QUEUED_CHANGES_MAX * 2 + 1;
    for number in 0..count as u64 {
        let hash = Hash::from_low_u64_be(number);
        journal.change(JournalChange::Put { hash, bytes: Arc::from([1]) }).unwrap();
    }
    journal.finish().unwrap();
    assert_eq!(db.iter(Column::LocalTransaction, &[]).count(), count);
}

#[test]
fn change_after_a_failed_write_tells_why() {
    let db = Arc::new(FaultyDb::new(Arc::new(MemoryDb::new())));
    let mut journal = Journal::start(db.clone(), Gauge::default()).unwrap();
    db.fail_after(0, Fault::Refuse(DbError::Injected));
    let told = (0..=u8::MAX).cycle().find_map(|number| journal.change(put(number)).err());
    assert_eq!(told.as_deref(), Some("local transactions can't be written down: injected fault"));
}
