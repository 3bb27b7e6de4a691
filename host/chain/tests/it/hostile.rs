//! Blocks that must not be taken: each with its exact error, who is to blame, and a database that is byte-equal after it.

use codec::Encode;
use ziver_chain::{Blame, Built, ImportError, PlaceError, extrinsics_root, limits};
use ziver_primitives::{
    Block, DigestItem, Hash, OpaqueExtrinsic, ZIVER_ENGINE_ID,
    inherents::{InherentData, TIMESTAMP},
};
use ziver_state::StateVersion;

use crate::fixture::{Alith, Baltathar, Charleth, START_MS, World, dump};

/// A world with one block of one transfer, not inserted yet.
fn world_and_block() -> (World, Block) {
    let world = World::new();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 1_000);
    let (built, _) = world.build(world.genesis(), vec![transfer]);
    let block = built.block();
    (world, block)
}

/// Imports a block that must be refused, and compares the database before and after.
fn refuse(world: &mut World, block: Block, clock_ms: Option<u64>) -> ImportError {
    let (before, best) = (dump(&*world.db), world.chain.best());
    let inherents = clock_ms.map(InherentData::with_timestamp);
    let error = world.chain.import(block, inherents.as_ref()).expect_err("a bad block");
    assert!(dump(&*world.db) == before, "the database is byte-equal after a refused block");
    assert_eq!(world.chain.best(), best);
    assert_eq!(world.chain.reader().snapshot().non_final.len(), usize::try_from(best.number).unwrap());
    error
}

/// As [`refuse`], and the good block still goes in afterwards.
fn refuse_variant(change: impl FnOnce(&mut Block)) -> ImportError {
    let (mut world, block) = world_and_block();
    let mut bad = block.clone();
    change(&mut bad);
    let error = refuse(&mut world, bad, None);
    let hash = block.header.hash();
    assert_eq!(world.chain.import(block, None).expect("the good block").block.hash, hash);
    error
}

fn with_body(block: &mut Block, extrinsics: Vec<OpaqueExtrinsic>) {
    block.header.extrinsics_root = extrinsics_root(&extrinsics, StateVersion::V0);
    block.extrinsics = extrinsics;
}

fn assert_execution(error: &ImportError, text: &str) {
    assert!(matches!(error, ImportError::Execution(_)), "{error:?}");
    assert!(error.to_string().contains(text), "{error}");
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn unknown_parent_is_refused_and_nobody_is_to_blame() {
    let error = refuse_variant(|block| block.header.parent_hash = Hash::repeat_byte(3));
    assert!(matches!(error, ImportError::Place(PlaceError::UnknownParent(parent)) if parent == Hash::repeat_byte(3)));
    assert_eq!(error.blame(), Blame::Nobody);
}

#[test]
fn wrong_number_is_refused() {
    for number in [2, 7, u32::MAX] {
        let error = refuse_variant(|block| block.header.number = number);
        let expected = ImportError::Place(PlaceError::WrongNumber { expected: 1, found: number });
        assert_eq!(error.to_string(), expected.to_string());
        assert_eq!(error.blame(), Blame::Peer);
    }
}

#[test]
fn wrong_state_root_is_refused() {
    let error = refuse_variant(|block| block.header.state_root = Hash::repeat_byte(1));
    assert_execution(&error, "execution led to state root");
}

#[test]
fn wrong_extrinsics_root_is_refused() {
    let error = refuse_variant(|block| block.header.extrinsics_root = Hash::repeat_byte(1));
    assert!(matches!(error, ImportError::ExtrinsicsRoot { found, .. } if found == Hash::repeat_byte(1)));
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn body_of_another_block_is_refused() {
    let error = refuse_variant(|block| block.extrinsics.truncate(1));
    assert!(matches!(error, ImportError::ExtrinsicsRoot { .. }));
}

#[test]
fn digest_without_an_author_is_refused() {
    let error = refuse_variant(|block| block.header.digest.logs.clear());
    assert!(matches!(error, ImportError::Digest("does not begin with the author")), "{error}");
    let error = refuse_variant(|block| {
        block.header.digest.logs[0] = DigestItem::PreRuntime(ZIVER_ENGINE_ID, vec![1; 21]);
    });
    assert!(matches!(error, ImportError::Digest("the author is not an account")), "{error}");
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn digest_with_two_authors_a_seal_or_two_upgrades_is_refused() {
    let second = DigestItem::PreRuntime(*b"othr", vec![]);
    let error = refuse_variant(|block| block.header.digest.logs.push(second));
    assert!(matches!(error, ImportError::Digest("has more than one pre-runtime item")), "{error}");
    let error = refuse_variant(|block| block.header.digest.logs.push(DigestItem::Seal(ZIVER_ENGINE_ID, vec![0; 64])));
    assert!(matches!(error, ImportError::Digest("has a seal, which this chain does not use")), "{error}");
    let error = refuse_variant(|block| {
        block.header.digest.logs.extend([DigestItem::RuntimeEnvironmentUpdated, DigestItem::RuntimeEnvironmentUpdated]);
    });
    assert!(matches!(error, ImportError::Digest("tells of more than one runtime change")), "{error}");
}

#[test]
fn digest_that_execution_does_not_lead_to_is_refused() {
    let error = refuse_variant(|block| block.header.digest.logs.push(DigestItem::RuntimeEnvironmentUpdated));
    assert_execution(&error, "another digest");
    let error = refuse_variant(|block| block.header.digest.logs.push(DigestItem::Other(vec![1])));
    assert_execution(&error, "another digest");
}

#[test]
fn other_author_than_the_one_who_got_the_fees_is_refused() {
    let error = refuse_variant(|block| {
        block.header.digest.logs[0] = DigestItem::PreRuntime(ZIVER_ENGINE_ID, Charleth.account().encode());
    });
    assert_execution(&error, "execution led to state root");
}

#[test]
fn garbage_extrinsic_is_refused() {
    for garbage in [vec![], vec![0x84], vec![0xff; 200], vec![0x04, 99, 99]] {
        let error = refuse_variant(|block| {
            let inherent = block.extrinsics[0].clone();
            with_body(block, vec![inherent, OpaqueExtrinsic(garbage)]);
        });
        assert_execution(&error, "extrinsic 1 may not be included");
    }
}

#[test]
fn block_without_its_inherent_is_refused() {
    let error = refuse_variant(|block| with_body(block, vec![]));
    assert_execution(&error, "does not set the time");
    let error = refuse_variant(|block| {
        let transfer = block.extrinsics[1].clone();
        with_body(block, vec![transfer]);
    });
    assert_execution(&error, "extrinsic 0 may not be included");
}

#[test]
fn transaction_or_inherent_twice_in_a_block_is_refused() {
    let error = refuse_variant(|block| {
        let mut extrinsics = block.extrinsics.clone();
        extrinsics.push(extrinsics[1].clone());
        with_body(block, extrinsics);
    });
    assert_execution(&error, "extrinsic 2 may not be included");
    let error = refuse_variant(|block| {
        let mut extrinsics = block.extrinsics.clone();
        extrinsics.insert(1, extrinsics[0].clone());
        with_body(block, extrinsics);
    });
    assert_execution(&error, "extrinsic 1 may not be included");
}

#[test]
fn time_too_far_ahead_of_our_clock_is_refused_now_and_taken_later() {
    let (mut world, block) = world_and_block();
    let clock_ms = START_MS - 60_000;
    let error = refuse(&mut world, block.clone(), Some(clock_ms));
    assert!(
        matches!(&error, ImportError::Inherents { is_fatal: true, errors } if errors[0].0 == TIMESTAMP),
        "{error:?}",
    );
    assert_eq!(error.blame(), Blame::Peer);
    world.chain.import(block, Some(&InherentData::with_timestamp(START_MS))).expect("its time has come");
}

#[test]
fn time_that_does_not_grow_is_refused() {
    let mut world = World::new();
    let parent = world.grow(world.genesis(), vec![]).block;
    let (first, second) = {
        let (built, _) = world.build(parent.hash, vec![]);
        (world.block(&parent.hash), built.block())
    };
    let mut stale = second;
    with_body(&mut stale, first.extrinsics);
    let error = refuse(&mut world, stale.clone(), None);
    assert_execution(&error, "extrinsic 0 may not be included");
    let error = refuse(&mut world, stale, Some(START_MS + 60_000));
    assert!(matches!(error, ImportError::Inherents { is_fatal: true, .. }), "{error:?}");
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn oversize_header_body_and_count_are_refused() {
    let error = refuse_variant(|block| {
        block.header.digest.logs.push(DigestItem::Other(vec![0; limits::HEADER_BYTES_MAX]));
    });
    assert!(matches!(error, ImportError::TooLarge { what: "header bytes", .. }), "{error}");
    let error = refuse_variant(|block| {
        block.header.digest.logs.extend(vec![DigestItem::Other(vec![]); limits::DIGEST_ITEMS_COUNT_MAX]);
    });
    assert!(matches!(error, ImportError::TooLarge { what: "digest items", .. }), "{error}");
    let error = refuse_variant(|block| block.extrinsics.push(OpaqueExtrinsic(vec![0; limits::BODY_BYTES_MAX])));
    assert!(matches!(error, ImportError::TooLarge { what: "body bytes", .. }), "{error}");
    let error = refuse_variant(|block| {
        block.extrinsics.resize(limits::EXTRINSICS_COUNT_MAX + 1, OpaqueExtrinsic::default());
    });
    assert!(matches!(error, ImportError::TooLarge { what: "extrinsics", .. }), "{error}");
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn same_block_twice_is_refused_and_nobody_is_to_blame() {
    let (mut world, block) = world_and_block();
    world.chain.import(block.clone(), None).unwrap();
    let error = refuse(&mut world, block, None);
    assert!(matches!(error, ImportError::Place(PlaceError::Known)), "{error:?}");
    assert_eq!(error.blame(), Blame::Nobody);
}

#[test]
fn second_genesis_is_refused() {
    let (mut world, mut block) = world_and_block();
    block.header.number = 0;
    block.header.parent_hash = Hash::zero();
    let error = refuse(&mut world, block, None);
    assert!(matches!(error, ImportError::Place(PlaceError::BelowFinalized { number: 0, finalized: 0 })), "{error:?}");
    assert_eq!(error.blame(), Blame::Peer);
}

#[test]
fn block_fuller_than_the_runtime_allows_is_refused() {
    let (mut world, block) = world_and_block();
    let remark = |nonce| {
        let call = (0u8, 0u8, vec![0u8; 1 << 20]).encode();
        world.signed(Alith, nonce, call)
    };
    let mut bad = block;
    let mut extrinsics = vec![bad.extrinsics[0].clone()];
    extrinsics.extend((0..6).map(remark));
    with_body(&mut bad, extrinsics);
    let error = refuse(&mut world, bad, None);
    assert_execution(&error, "may not be included");
}

#[test]
fn refused_blocks_leave_the_next_built_block_unchanged() {
    let (mut world, block) = world_and_block();
    let header = |built: Built| built.header().clone();
    let (before, _) = world.build(world.genesis(), vec![]);
    let before = header(before);
    let mut bad = block;
    bad.header.state_root = Hash::zero();
    refuse(&mut world, bad, None);
    let (after, _) = world.build(world.genesis(), vec![]);
    assert_eq!(before, header(after));
}
