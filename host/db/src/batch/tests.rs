use super::*;

#[test]
fn writes_come_out_in_order_as_they_went_in() {
    let mut batch = Batch::new();
    assert!(batch.is_empty());
    batch.put(Column::Body, b"one", b"first");
    batch.delete(Column::Header, b"two");
    batch.put_with(Column::Meta, |key| key.extend(b"three"), |value| value.extend(b"third"));
    batch.put(Column::Meta, b"", b"");
    batch.delete_with(Column::Body, |key| key.extend(b"four"));
    let expected = [
        Op::Put(Column::Body, b"one", b"first"),
        Op::Delete(Column::Header, b"two"),
        Op::Put(Column::Meta, b"three", b"third"),
        Op::Put(Column::Meta, b"", b""),
        Op::Delete(Column::Body, b"four"),
    ];
    assert!(batch.ops().eq(expected), "{batch:?}");
    assert_eq!((batch.len(), batch.bytes()), (5, 3 + 5 + 3 + 5 + 5 + 4));
}
