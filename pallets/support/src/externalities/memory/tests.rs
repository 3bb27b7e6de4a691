//! The oracle of pallet tests has to be right itself.
use super::*;

#[test]
fn append_makes_a_list_that_decodes() {
    let mut ext = MemoryExternalities::default();
    for number in 0..100u32 {
        ext.append(b"list", &number.encode());
    }
    let list = Vec::<u32>::decode(&mut &ext.get(b"list").unwrap()[..]).unwrap();
    assert_eq!(list, (0..100).collect::<Vec<_>>());
}

#[test]
fn clear_prefix_stops_at_the_limit() {
    let mut ext = MemoryExternalities::default();
    for key in [b"aa", b"ab", b"ac", b"ba"] {
        ext.set(key, b"");
    }
    assert_eq!(ext.clear_prefix(b"a", Some(2)), RemovedPrefix { all: false, removed: 2 });
    assert_eq!(ext.next_key(b""), Some(b"ac".to_vec()));
    assert_eq!(ext.clear_prefix(b"a", None), RemovedPrefix { all: true, removed: 1 });
    assert_eq!(ext.pairs().len(), 1);
}
