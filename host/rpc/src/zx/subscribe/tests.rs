//! What new heads change for a subscriber, on branches that the numbers of their blocks name.

use std::collections::BTreeMap;

use super::*;

/// Blocks by hash.
#[derive(Default)]
struct Tree(BTreeMap<Hash, Header>);

impl Tree {
    /// Adds `count` blocks on one, which differ from others by `salt`; returns them, lowest first.
    fn grow(&mut self, on: BlockRef, count: u32, salt: u8) -> Vec<BlockRef> {
        let mut parent = on;
        let add = |number| {
            let header = Header { parent_hash: parent.hash, number, state_root: [salt; 32].into(), ..root() };
            parent = BlockRef { hash: header.hash(), number };
            self.0.insert(parent.hash, header);
            parent
        };
        (on.number + 1..=on.number + count).map(add).collect()
    }

    fn turn(&self, told: &mut Told, head: BlockRef) -> Turn {
        let turn = told.turn(&self.0[&head.hash], |hash| Ok(self.0.get(&hash).cloned())).unwrap();
        told.note(&turn);
        turn
    }
}

fn root() -> Header {
    Header {
        parent_hash: Hash::zero(),
        number: 0,
        state_root: Hash::zero(),
        extrinsics_root: Hash::zero(),
        digest: Default::default(),
    }
}

/// A tree with a root alone, and a subscriber who has been told of it.
fn begin() -> (Tree, Told, BlockRef) {
    let first = BlockRef { hash: root().hash(), number: 0 };
    (Tree([(first.hash, root())].into()), Told { branch: [first].into(), since: 0 }, first)
}

#[test]
fn next_block_is_enacted_and_a_known_head_changes_nothing() {
    let (mut tree, mut told, first) = begin();
    let line = tree.grow(first, 2, 1);
    assert_eq!(tree.turn(&mut told, line[0]), Turn { retracted: vec![], enacted: vec![line[0]] });
    assert_eq!(tree.turn(&mut told, line[0]), Turn::default());
    assert_eq!(tree.turn(&mut told, line[1]), Turn { retracted: vec![], enacted: vec![line[1]] });
}

#[test]
fn change_of_branch_retracts_from_the_top_and_enacts_from_the_bottom() {
    let (mut tree, mut told, first) = begin();
    let [shared] = tree.grow(first, 1, 1)[..] else { panic!("one block") };
    let (old, new) = (tree.grow(shared, 2, 2), tree.grow(shared, 3, 3));
    tree.turn(&mut told, old[1]);
    let there = Turn { retracted: vec![old[1], old[0]], enacted: new.clone() };
    assert_eq!(tree.turn(&mut told, new[2]), there);
    let back = Turn { retracted: new.iter().rev().copied().collect(), enacted: old.clone() };
    assert_eq!(tree.turn(&mut told, old[1]), back);
    // To a head below, on the same branch.
    assert_eq!(tree.turn(&mut told, old[0]), Turn { retracted: vec![old[1]], enacted: vec![] });
}

#[test]
fn blocks_that_are_final_when_a_subscription_begins_are_no_news() {
    let (mut tree, mut told, first) = begin();
    let line = tree.grow(first, 5, 1);
    (told.branch, told.since) = ([line[2]].into(), 3);
    let other = tree.grow(line[2], 1, 2);
    assert_eq!(tree.turn(&mut told, line[3]).enacted, [line[3]]);
    assert_eq!(tree.turn(&mut told, other[0]), Turn { retracted: vec![line[3]], enacted: other });
}

#[test]
fn long_new_branch_is_told_from_the_limit_on_and_no_more_is_remembered() {
    let (mut tree, mut told, first) = begin();
    let line = tree.grow(first, ENACTED_BLOCKS_TOLD_MAX as u32 + 10, 1);
    let turn = tree.turn(&mut told, line[line.len() - 1]);
    assert_eq!(turn.enacted, line[10..]);
    assert_eq!(told.branch.len(), ENACTED_BLOCKS_TOLD_MAX);
    // The whole line goes: what is remembered of it is retracted.
    let other = tree.grow(first, 1, 2);
    assert_eq!(tree.turn(&mut told, other[0]).retracted.len(), ENACTED_BLOCKS_TOLD_MAX);
}
