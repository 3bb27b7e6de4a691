//! Which notices are news to a new subscriber.

use ziver_primitives::Digest;

use super::*;

fn header(number: u32, parent_hash: Hash, branch: u8) -> Header {
    let root = Hash::from([branch; 32]);
    Header { parent_hash, number, state_root: root, extrinsics_root: root, digest: Digest::default() }
}

fn head(header: &Header) -> Head {
    Head { hash: header.hash(), header: std::sync::Arc::new(header.clone()) }
}

fn at(which: Heads, header: &Header) -> CaughtUp {
    let present = BlockRef { hash: header.hash(), number: header.number };
    CaughtUp { which, present, parent: header.parent_hash, done: false }
}

/// Genesis' child, its child, and a block beside the latter.
fn line() -> [Header; 3] {
    let first = header(1, Hash::zero(), 0);
    [first.clone(), header(2, first.hash(), 0), header(2, first.hash(), 1)]
}

#[test]
fn present_head_and_its_parent_are_no_news() {
    let [first, second, _] = line();
    for which in [Heads::Best, Heads::All] {
        let mut caught_up = at(which, &second);
        assert!(!caught_up.is_news(&head(&first)));
        assert!(!caught_up.is_news(&head(&second)));
        assert!(caught_up.is_news(&head(&header(3, second.hash(), 0))));
    }
}

#[test]
fn head_beside_the_present_one_is_news_and_so_is_coming_back() {
    let [first, second, beside] = line();
    let mut caught_up = at(Heads::Best, &second);
    assert!(!caught_up.is_news(&head(&second)));
    assert!(caught_up.is_news(&head(&beside)));
    assert!(caught_up.is_news(&head(&second)));
    let mut elsewhere = at(Heads::Best, &second);
    assert!(elsewhere.is_news(&head(&beside)));
    assert!(!elsewhere.is_news(&head(&first)));
}

#[test]
fn final_heads_are_news_above_the_present_one() {
    let [first, second, _] = line();
    let mut caught_up = at(Heads::Final, &second);
    assert!(!caught_up.is_news(&head(&first)));
    assert!(!caught_up.is_news(&head(&second)));
    assert!(caught_up.is_news(&head(&header(3, second.hash(), 0))));
}
