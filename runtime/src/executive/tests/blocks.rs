//! Whole blocks: built here, executed elsewhere; and wrong ones.
use ziver_support::{Externalities, MemoryExternalities};

use super::*;

/// A block with transfers, one of which fails; the state that it was built on, and the one that it led to.
fn block() -> (Block, MemoryExternalities, MemoryExternalities) {
    let mut chain = Chain::new();
    let parent = chain.fork();
    chain.begin();
    assert_eq!(chain.send(Alith, transfer(NOBODY, UNIT)), Ok(Ok(())));
    assert!(chain.send(Baltathar, transfer(NOBODY, u128::MAX)).unwrap().is_err());
    assert_eq!(chain.send(Alith, remark(b"text")), Ok(Ok(())));
    (chain.end(), parent, chain.ext)
}

#[test]
fn block_executes_to_the_state_of_its_author() {
    let (block, mut parent, author) = block();
    assert_eq!(execute_block(&mut Ctx::new(&mut parent), &block), Ok(()));
    assert_eq!(parent.pairs(), author.pairs());
}

#[test]
fn what_is_needed_within_a_block_is_gone_at_its_end() {
    let (_, _, author) = block();
    for (pallet, item) in [
        ("System", "EventCursor"),
        ("System", "ExtrinsicData"),
        ("System", "AllExtrinsicsLen"),
        ("Timestamp", "DidUpdate"),
    ] {
        assert!(!author.pairs().contains_key(&item_prefix(pallet, item)), "{item}");
    }
    let count = author.pairs().get(&item_prefix("System", "EventCount")).unwrap();
    let events = author.pairs().get(&item_prefix("System", "Events")).unwrap();
    let len = codec::Compact::<u32>::decode(&mut events.as_slice()).unwrap().0;
    assert_eq!(count, &len.encode());
}

/// What executing a changed block says.
fn error(change: impl FnOnce(&mut Block)) -> BlockError {
    let (mut block, mut parent, _) = block();
    change(&mut block);
    execute_block(&mut Ctx::new(&mut parent), &block).unwrap_err()
}

/// The root that goes with the block's extrinsics, so that the test reaches the check after it.
fn fix_root(block: &mut Block) {
    let encoded: Vec<_> = block.extrinsics.iter().map(Encode::encode).collect();
    block.header.extrinsics_root = Hash::from(MemoryExternalities::default().ordered_root(&encoded));
}

#[test]
fn wrong_blocks_are_refused_for_the_right_reason() {
    assert_eq!(error(|block| block.header.number = 2), BlockError::Number);
    assert_eq!(error(|block| block.header.number = 0), BlockError::Number);
    assert_eq!(error(|block| block.extrinsics.truncate(2)), BlockError::ExtrinsicsRoot);
    assert_eq!(error(|block| block.header.extrinsics_root = Hash::zero()), BlockError::ExtrinsicsRoot);
    let wrong_root = error(|block| block.header.state_root = Hash::zero());
    assert!(matches!(wrong_root, BlockError::StateRoot { claimed, .. } if claimed == Hash::zero()));
    let wrong_parent = error(|block| block.header.parent_hash = Hash::zero());
    assert_eq!(wrong_parent, BlockError::Extrinsic(1, InvalidTransaction::BadProof.into()));
}

#[test]
fn block_with_the_time_missing_late_or_twice_is_refused() {
    let empty = error(|block| {
        block.extrinsics.clear();
        fix_root(block);
    });
    assert_eq!(empty, BlockError::NoTimestamp);
    let missing = error(|block| {
        block.extrinsics.remove(0);
        fix_root(block);
    });
    assert_eq!(missing, BlockError::Extrinsic(0, InvalidTransaction::Call.into()));
    let late = error(|block| {
        block.extrinsics.swap(0, 1);
        fix_root(block);
    });
    assert_eq!(late, BlockError::Extrinsic(0, InvalidTransaction::Call.into()));
    let twice = error(|block| {
        block.extrinsics.insert(1, block.extrinsics[0].clone());
        fix_root(block);
    });
    assert_eq!(twice, BlockError::Extrinsic(1, InvalidTransaction::Call.into()));
}

#[test]
fn block_whose_time_stands_still_is_refused() {
    let mut chain = Chain::new();
    chain.begin();
    chain.end();
    let mut parent = chain.fork();
    chain.begin();
    let mut block = chain.end();
    block.extrinsics = vec![Chain::inherent(1)];
    fix_root(&mut block);
    let error = execute_block(&mut Ctx::new(&mut parent), &block).unwrap_err();
    assert_eq!(error, BlockError::Extrinsic(0, InvalidTransaction::BadMandatory.into()));
}

#[test]
fn fees_without_an_author_are_burnt() {
    let mut chain = Chain::new();
    let mut header = chain.next_header();
    header.digest.logs.clear();
    initialize_block(&mut chain.ctx(), &header);
    assert_eq!(chain.apply(Chain::inherent(1)), Ok(Ok(())));
    let before = ziver_balances::total_issuance(&chain.ctx());
    assert_eq!(chain.send(Alith, remark(b"")), Ok(Ok(())));
    assert!(ziver_balances::total_issuance(&chain.ctx()) < before);
    assert_eq!(ziver_balances::total_issuance(&chain.ctx()), chain.sum_of_accounts());
}
