//! Blocks of the own author.

use codec::Encode;
use ziver_chain::{BuildError, BuildRequest, ChainEvent, NoExtrinsics, Outcome};
use ziver_primitives::{Hash, OpaqueExtrinsic, validity::InvalidTransaction};

use crate::fixture::{Alith, Baltathar, Charleth, List, World, dump, request};

#[test]
fn empty_block_on_genesis_becomes_best() {
    let mut world = World::new();
    let imported = world.grow(world.genesis(), vec![]);
    assert_eq!(imported.block.number, 1);
    assert_eq!(world.chain.best(), imported.block);
    let block = world.block(&imported.block.hash);
    assert_eq!(block.extrinsics.len(), 1, "the timestamp inherent");
    assert_eq!(block.header.hash(), imported.block.hash);
    assert_eq!(world.chain.reader().hash_by_number(1).unwrap(), Some(imported.block.hash));
    assert!(matches!(imported.events[..], [ChainEvent::Imported { .. }, ChainEvent::BestChanged { .. }]));
}

#[test]
fn transfer_moves_money_and_its_fee_goes_to_the_author() {
    let mut world = World::new();
    let genesis = world.genesis();
    let transfer = world.transfer(Baltathar, 0, Charleth.account(), 1_000);
    let (built, outcomes) = world.build_by(genesis, Alith, vec![transfer]);
    assert_eq!(outcomes, [Outcome::Included]);
    let block = world.chain.insert(built).unwrap().block;
    let (before, after) = (&genesis, &block.hash);
    assert_eq!(world.free(after, Charleth), world.free(before, Charleth) + 1_000);
    let fee = world.free(before, Baltathar) - 1_000 - world.free(after, Baltathar);
    assert!(fee > 0);
    assert_eq!(world.free(after, Alith), world.free(before, Alith) + fee);
    assert_eq!(world.nonce(after, Baltathar), 1);
}

#[test]
fn invalid_transactions_are_left_out_and_change_nothing() {
    let world = World::new();
    let genesis = world.genesis();
    let good = world.transfer(Baltathar, 0, Charleth.account(), 1_000);
    let early = world.transfer(Charleth, 7, Baltathar.account(), 1);
    let mut forged = world.transfer(Charleth, 0, Baltathar.account(), 1);
    forged.0[30] ^= 1;
    let garbage = OpaqueExtrinsic(vec![0x84, 1, 2, 3]);
    let (alone, _) = world.build(genesis, vec![good.clone()]);
    let (built, outcomes) = world.build(genesis, vec![early, forged, garbage, good]);
    assert_eq!(built.header(), alone.header());
    let invalid = |error: InvalidTransaction| Outcome::Invalid(error.into());
    assert_eq!(
        outcomes,
        [
            invalid(InvalidTransaction::Future),
            invalid(InvalidTransaction::BadProof),
            invalid(InvalidTransaction::Call),
            Outcome::Included
        ],
    );
}

#[test]
fn body_limit_leaves_transactions_for_later() {
    let world = World::new();
    let transfers: Vec<_> = (0..5).map(|nonce| world.transfer(Baltathar, nonce, Charleth.account(), 1)).collect();
    let bytes: usize = transfers[..2].iter().map(|transfer| transfer.encode().len()).sum();
    let mut request = request(world.genesis(), Alith.account(), 1);
    request.body_bytes_max = bytes + 20;
    let mut source = crate::fixture::List::new(transfers);
    let built = world.chain.build(&request, &mut source).unwrap();
    assert_eq!(built.extrinsic_hashes().len(), 3);
    assert_eq!(source.outcomes[..3], [Outcome::Included, Outcome::Included, Outcome::Exhausted]);
}

#[test]
fn unknown_parent_can_not_be_built_upon() {
    let world = World::new();
    let request = request(Hash::repeat_byte(7), Alith.account(), 1);
    let refused = world.chain.build(&request, &mut NoExtrinsics);
    assert!(matches!(refused, Err(BuildError::UnknownParent(parent)) if parent == Hash::repeat_byte(7)));
}

#[test]
fn built_block_is_what_another_node_imports() {
    let mut author = World::new();
    let mut peer = World::new();
    for nonce in 0..3 {
        let transfer = author.transfer(Baltathar, nonce, Charleth.account(), 1_000);
        let (built, _) = author.build(author.chain.best().hash, vec![transfer]);
        let block = built.block();
        author.chain.insert(built).unwrap();
        let imported = peer.chain.import(block, None).unwrap();
        assert_eq!(imported.block, author.chain.best());
    }
    // An author's journal also notes keys that came and went while it built; without it, both hold the same bytes.
    for world in [&mut author, &mut peer] {
        let best = world.chain.best().hash;
        world.chain.finalize(&best).unwrap();
        world.chain.checkpoint().unwrap();
    }
    assert!(dump(&*author.db) == dump(&*peer.db));
}

#[test]
fn however_many_fit_in_no_block_others_are_included() {
    let world = World::new();
    let remark = |nonce| world.signed(Baltathar, nonce, (0u8, 0u8, vec![0u8; 400]).encode());
    let mut offered: Vec<_> = (0..20).map(remark).collect();
    offered.push(world.transfer(Charleth, 0, Alith.account(), 1));
    for ahead in [1, 64] {
        let mut source = List { ahead, ..List::new(offered.clone()) };
        let request = BuildRequest { body_bytes_max: 300, ..request(world.genesis(), Alith.account(), 1) };
        world.chain.build(&request, &mut source).unwrap();
        let (last, others) = source.outcomes.split_last().unwrap();
        assert_eq!((last, others.len()), (&Outcome::Included, 20));
        assert!(others.iter().all(|outcome| *outcome == Outcome::Exhausted));
    }
}
