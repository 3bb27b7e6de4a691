//! The records' bytes: changing one is a change of the database's schema.

use ziver_db::{Batch, Op};

use super::*;

#[test]
fn records_keep_their_encoding() {
    let block = |number, byte| BlockId { number, hash: Hash::repeat_byte(byte) };
    let mut batch = Batch::new();
    put_heads(&mut batch, &Heads { best: block(5, 1), finalized: block(3, 2) });
    put_number(&mut batch, &block(258, 3));
    put_node(&mut batch, &Hash::repeat_byte(4), &Node { parent: Hash::repeat_byte(5), number: 6, order: 7 });
    let written: Vec<(Column, String, String)> = batch
        .ops()
        .map(|op| match op {
            Op::Put(column, key, value) => (column, hex::encode(key), hex::encode(value)),
            Op::Delete(..) => unreachable!("only puts"),
        })
        .collect();
    let bytes = |byte: &str| byte.repeat(32);
    let expected = [
        (Column::Meta, hex::encode("chain/heads"), format!("05000000{}03000000{}", bytes("01"), bytes("02"))),
        (Column::Number, "00000102".to_owned(), bytes("03")),
        (Column::Meta, hex::encode("chain/tree/") + &bytes("04"), format!("{}060000000700000000000000", bytes("05"))),
    ];
    assert_eq!(written, expected);
}

#[test]
fn truncated_record_is_damaged_and_named() {
    let db = ziver_db::MemoryDb::new();
    let mut batch = Batch::new();
    batch.put(Column::Meta, HEADS, [1, 2, 3]);
    db.write(batch).unwrap();
    assert!(matches!(heads(&db), Err(RecordError::Damaged(text)) if text.starts_with("heads: ")));
}
