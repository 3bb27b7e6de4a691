use super::*;
use crate::MemoryDb;

fn one(key: &[u8]) -> Batch {
    let mut batch = Batch::new();
    batch.put(Column::Meta, key, *b"v");
    batch
}

#[test]
fn refused_write_stores_nothing_and_stops_the_database() {
    let memory = Arc::new(MemoryDb::new());
    let db = FaultyDb::new(memory.clone());
    db.fail_after(1, Fault::Refuse(DbError::Full("test".into())));
    assert_eq!(db.write(one(b"a")), Ok(()));
    assert_eq!(db.write(one(b"b")), Err(DbError::Full("test".into())));
    assert_eq!(db.write(one(b"c")), Err(DbError::Stopped));
    assert!(memory.contains(Column::Meta, b"a").unwrap());
    assert!(!memory.contains(Column::Meta, b"b").unwrap());
    assert!(!memory.contains(Column::Meta, b"c").unwrap());
}

#[test]
fn lost_report_stores_the_batch() {
    let memory = Arc::new(MemoryDb::new());
    let db = FaultyDb::new(memory.clone());
    db.fail_after(0, Fault::StoreThenFail(DbError::Injected));
    assert_eq!(db.write(one(b"a")), Err(DbError::Injected));
    assert!(memory.contains(Column::Meta, b"a").unwrap());
}
