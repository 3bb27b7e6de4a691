//! Which lists are taken, and how much of them.

use serde_json::json;

use super::*;

fn read(list: serde_json::Value) -> Result<Queries, String> {
    serde_json::from_str::<QueriesArg<3>>(&list.to_string())
        .map(|QueriesArg(queries)| queries)
        .map_err(|e| e.to_string())
}

#[test]
fn items_beyond_the_number_are_counted_and_not_looked_at() {
    let item = json!({ "key": "0x61", "type": "hash" });
    let queries = read(json!([item, item, item, 5, {}])).unwrap();
    assert_eq!((queries.left.len(), queries.discarded, queries.has_descendants), (3, 2, false));
}

#[test]
fn items_beyond_the_bytes_are_counted_from_the_first_that_does_not_fit() {
    let long = json!({ "key": "00".repeat(STORAGE_QUERY_KEY_BYTES_MAX), "type": "value" });
    let short = json!({ "key": "00", "type": "descendantsValues" });
    let queries = read(json!([short, long, short])).unwrap();
    assert_eq!((queries.left.len(), queries.discarded, queries.has_descendants), (1, 2, true));
    assert_eq!(read(json!([long])).unwrap().discarded, 0);
}

#[test]
fn items_that_are_none_are_refused() {
    for bad in [json!({}), json!([{}]), json!([{ "key": "0x" }]), json!([{ "key": "0x", "type": "All" }]), json!("0x")]
    {
        assert!(read(bad.clone()).is_err(), "{bad}");
    }
}
