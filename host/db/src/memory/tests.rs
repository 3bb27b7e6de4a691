use super::*;

#[test]
fn later_write_of_a_batch_wins() {
    let db = MemoryDb::new();
    let mut batch = Batch::new();
    batch.put(Column::Meta, *b"a", *b"1");
    batch.put(Column::Meta, *b"a", *b"2");
    batch.put(Column::Meta, *b"b", *b"3");
    batch.delete(Column::Meta, *b"b");
    db.write(batch).unwrap();
    assert_eq!(db.get(Column::Meta, b"a").unwrap(), Some(b"2".to_vec()));
    assert_eq!(db.get(Column::Meta, b"b").unwrap(), None);
    assert_eq!(db.get(Column::State, b"a").unwrap(), None, "columns are apart");
}

#[test]
fn next_and_last_until_respect_their_bounds() {
    let db = MemoryDb::new();
    let mut batch = Batch::new();
    for key in [b"a", b"c"] {
        batch.put(Column::State, *key, *key);
    }
    db.write(batch).unwrap();
    let key = |found: Option<KeyValue>| found.map(|(key, _)| key);
    assert_eq!(key(db.next(Column::State, Bound::Included(b"a")).unwrap()), Some(b"a".to_vec()));
    assert_eq!(key(db.next(Column::State, Bound::Excluded(b"a")).unwrap()), Some(b"c".to_vec()));
    assert_eq!(key(db.next(Column::State, Bound::Excluded(b"c")).unwrap()), None);
    assert_eq!(key(db.last_until(Column::State, b"b").unwrap()), Some(b"a".to_vec()));
    assert_eq!(key(db.last_until(Column::State, b"c").unwrap()), Some(b"c".to_vec()));
    assert_eq!(key(db.last_until(Column::State, b"A").unwrap()), None);
    assert_eq!(db.iter(Column::State, b"b").count(), 1);
}
