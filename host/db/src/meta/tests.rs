use super::*;
use crate::MemoryDb;

#[test]
fn bound_database_takes_its_own_chain_only() {
    let db = MemoryDb::new();
    bind(&db, [1; 32]).unwrap();
    bind(&db, [1; 32]).unwrap();
    assert_eq!(bind(&db, [2; 32]), Err(OpenError::OtherChain { expected: [2; 32], found: [1; 32] }));
}

#[test]
fn other_schemas_are_refused() {
    for (schema, refusal) in [
        (SCHEMA_VERSION + 1, OpenError::NewerSchema { found: SCHEMA_VERSION + 1, supported: SCHEMA_VERSION }),
        (0, OpenError::OlderSchema { found: 0, supported: SCHEMA_VERSION }),
    ] {
        let db = MemoryDb::new();
        let mut batch = Batch::new();
        batch.put(Column::Meta, SCHEMA, schema.to_be_bytes());
        db.write(batch).unwrap();
        assert_eq!(bind(&db, [1; 32]), Err(refusal));
    }
}

#[test]
fn malformed_meta_records_are_reported_as_damage() {
    for key in [SCHEMA, GENESIS] {
        let db = MemoryDb::new();
        let mut batch = Batch::new();
        batch.put(Column::Meta, key, *b"odd");
        db.write(batch).unwrap();
        assert!(matches!(bind(&db, [1; 32]), Err(OpenError::Db(DbError::Corrupt(_)))));
    }
}

#[test]
fn binding_with_a_batch_writes_nothing_by_itself() {
    let db = MemoryDb::default();
    let mut batch = Batch::new();
    bind_with(&db, [1; 32], &mut batch).unwrap();
    assert_eq!(db.get(Column::Meta, GENESIS), Ok(None));
    db.write(batch).unwrap();
    assert_eq!(bind(&db, [2; 32]), Err(OpenError::OtherChain { expected: [2; 32], found: [1; 32] }));
    let mut nothing = Batch::new();
    bind_with(&db, [1; 32], &mut nothing).unwrap();
    assert!(nothing.is_empty());
}
