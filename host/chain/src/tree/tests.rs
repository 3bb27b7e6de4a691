//! Unit tests of the tree; `tests/it` has the same with real blocks.

use proptest::prelude::*;

use super::*;

fn hash(n: u32) -> Hash {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Hash::from(bytes)
}

fn id(number: BlockNumber, n: u32) -> BlockId {
    BlockId { number, hash: hash(n) }
}

/// Block `n` on block `parent`.
fn add(tree: &mut Tree, n: u32, parent: u32, number: BlockNumber) -> Option<TreeRoute> {
    tree.place(hash(n), hash(parent), number).unwrap();
    tree.insert(hash(n), hash(parent), number).1
}

#[test]
fn first_of_equal_branches_stays_best() {
    let mut tree = Tree::new(id(0, 0));
    assert_eq!(add(&mut tree, 1, 0, 1).unwrap().enacted, [id(1, 1)]);
    assert_eq!(add(&mut tree, 2, 0, 1), None);
    assert_eq!(tree.best(), id(1, 1));
    let route = add(&mut tree, 3, 2, 2).unwrap();
    assert_eq!(route, TreeRoute { common: id(0, 0), retracted: vec![id(1, 1)], enacted: vec![id(1, 2), id(2, 3)] });
    assert!(route.is_reorg());
}

#[test]
fn restored_tree_has_the_same_best_block_whatever_the_order_of_its_records() {
    let mut tree = Tree::new(id(0, 0));
    for (n, parent, number) in [(9, 0, 1), (1, 0, 1), (5, 9, 2), (4, 1, 2), (3, 4, 3), (8, 5, 3)] {
        add(&mut tree, n, parent, number);
    }
    let mut records = tree.in_order();
    records.reverse();
    let restored = Tree::restore(tree.finalized(), records).unwrap();
    assert_eq!(restored.best(), tree.best());
    assert_eq!(restored.in_order(), tree.in_order());
}

#[test]
fn restoring_with_a_gap_fails() {
    let mut tree = Tree::new(id(0, 0));
    add(&mut tree, 1, 0, 1);
    add(&mut tree, 2, 1, 2);
    let records = tree.in_order().into_iter().skip(1);
    assert!(Tree::restore(id(0, 0), records).is_none());
}

#[test]
fn bound_on_all_blocks_holds() {
    let mut tree = Tree::new(id(0, 0));
    for n in 1..=u32::try_from(NON_FINAL_COUNT_MAX).unwrap() {
        tree.place(hash(n), hash(n - 1), n).unwrap();
        // Inserting by hand: the route of each would make this quadratic.
        let node = Node { parent: hash(n - 1), number: n, order: u64::from(n) };
        tree.nodes.insert(hash(n), node);
    }
    let refused = tree.place(hash(1 << 20), hash(5), 6);
    assert_eq!(refused, Err(PlaceError::TooMany { count: NON_FINAL_COUNT_MAX }));
}

#[test]
fn ancestor_at_a_distance_is_found_only_above_the_finalised_block() {
    let mut tree = Tree::new(id(0, 0));
    for n in 1..=4 {
        add(&mut tree, n, n - 1, n);
    }
    assert_eq!(tree.best_ancestor(2), Some(id(2, 2)));
    assert_eq!(tree.best_ancestor(0), Some(id(4, 4)));
    tree.finalize(&hash(2)).unwrap();
    assert_eq!(tree.best_ancestor(2), None);
    assert_eq!(tree.best_ancestor(9), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// After any insertions and finalisations: routes lead from the old best block to the new one along parents, the best
    /// block is a highest one and the first of those, and what is left descends from the finalised block.
    #[test]
    fn tree_stays_consistent(steps in prop::collection::vec((0usize..12, 0u8..10), 1..60)) {
        let mut tree = Tree::new(id(0, 0));
        let mut next = 1;
        for (pick, kind) in steps {
            let nodes = tree.in_order();
            let old_best = tree.best();
            let route = if kind == 0 && !nodes.is_empty() {
                let target = nodes[pick % nodes.len()].0;
                let finalized = tree.finalize(&target).unwrap();
                prop_assert_eq!(finalized.blocks.last().unwrap().hash, target);
                prop_assert_eq!(nodes.len(), finalized.blocks.len() + finalized.pruned.len() + tree.in_order().len());
                finalized.route
            } else {
                let mut parents = vec![tree.finalized()];
                parents.extend(nodes.iter().map(|(hash, node)| BlockId { hash: *hash, number: node.number }));
                let parent = parents[parents.len() - 1 - pick % parents.len()];
                tree.place(hash(next), parent.hash, parent.number + 1).unwrap();
                let (_, route) = tree.insert(hash(next), parent.hash, parent.number + 1);
                next += 1;
                route
            };
            match route {
                None => prop_assert_eq!(tree.best(), old_best),
                Some(route) => {
                    prop_assert_eq!(route.retracted.first().copied().unwrap_or(route.common), old_best);
                    prop_assert_eq!(route.enacted.last().copied().unwrap_or(route.common), tree.best());
                    for pair in route.enacted.windows(2) {
                        if let Some(node) = tree.node(&pair[1].hash) {
                            prop_assert_eq!(node.parent, pair[0].hash);
                        }
                    }
                    let lowest = route.retracted.last().map_or(route.common.number + 1, |block| block.number);
                    prop_assert_eq!(lowest, route.common.number + 1);
                }
            }
            for (_, node) in tree.in_order() {
                prop_assert!(tree.contains(&node.parent));
                prop_assert!(node.number > tree.finalized().number);
            }
            let highest = tree.in_order().into_iter().map(|(_, node)| node.number).max();
            prop_assert_eq!(tree.best().number, highest.unwrap_or(tree.finalized().number));
            let restored = Tree::restore(tree.finalized(), tree.in_order()).unwrap();
            prop_assert_eq!(restored.best(), tree.best());
        }
    }
}
