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
