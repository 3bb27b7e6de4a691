//! Blocks whose signatures were begun with before their turn.

use codec::Encode;
use ziver_chain::{ImportError, Outcome};
use ziver_primitives::{Block, OpaqueExtrinsic};

use crate::fixture::{Alith, Baltathar, Charleth, World, dump, state};

/// An author's chain of blocks with transfers, some of which fail, and the blocks.
fn authored(blocks: u32) -> (World, Vec<Block>) {
    let mut world = World::new();
    let mut made = Vec::new();
    for number in 0..blocks {
        let transfers = (0..5).flat_map(|index| {
            let nonce = number * 5 + index;
            let value = if index == 3 { u128::MAX } else { 10 };
            [
                world.transfer(Baltathar, nonce, Charleth.account(), value),
                world.transfer(Charleth, nonce, Alith.account(), 5),
            ]
        });
        let (built, outcomes) = world.build(world.chain.best().hash, transfers.collect());
        assert_eq!(outcomes, vec![Outcome::Included; 10]);
        made.push(built.block());
        world.chain.insert(built).unwrap();
    }
    (world, made)
}

#[test]
fn prepared_blocks_give_the_state_of_their_author_and_the_same_database() {
    let (author, blocks) = authored(4);
    let best = author.chain.best().hash;
    let wanted = state(&author.chain, &best);
    let mut databases = [0, 1, 2, 4].map(|distance| {
        let mut importer = World::new();
        for (index, block) in blocks.iter().enumerate() {
            blocks[index..].iter().take(distance).for_each(|next| importer.chain.prepare(next));
            importer.chain.import(block.clone(), None).unwrap();
        }
        assert!(state(&importer.chain, &best) == wanted, "prepared {distance} blocks ahead");
        dump(&*importer.db)
    });
    databases.sort();
    assert!(databases.first() == databases.last());
}

#[test]
fn blocks_may_be_prepared_in_vain_and_in_any_number() {
    let (_, blocks) = authored(3);
    let mut importer = World::new();
    for number in 0..20u8 {
        let mut other = blocks[0].clone();
        other.extrinsics.push(OpaqueExtrinsic(vec![0x84, number]));
        other.header.extrinsics_root = [number; 32].into();
        importer.chain.prepare(&other);
    }
    for block in &blocks {
        importer.chain.prepare(block);
        importer.chain.prepare(block);
        importer.chain.import(block.clone(), None).unwrap();
    }
}

#[test]
fn a_prepared_block_with_a_wrong_signature_is_refused_as_it_would_be_otherwise() {
    let (_, blocks) = authored(1);
    let world = World::new();
    let mut transfer = world.transfer(Baltathar, 0, Charleth.account(), 10);
    transfer.0[30] ^= 1;
    let mut wrong = blocks[0].clone();
    wrong.extrinsics[1] = transfer;
    let layout = ziver_trie::StateVersion::V0;
    let bodies = wrong.extrinsics.iter().map(Encode::encode);
    wrong.header.extrinsics_root = ziver_trie::ordered_root::<ziver_trie::KeccakHasher>(bodies, layout);
    let refusal = |prepares: bool| {
        let mut importer = World::new();
        if prepares {
            importer.chain.prepare(&wrong);
        }
        let refused = importer.chain.import(wrong.clone(), None).unwrap_err();
        assert!(matches!(refused, ImportError::Execution(_)), "{refused}");
        importer.chain.import(blocks[0].clone(), None).unwrap();
        refused.to_string()
    };
    assert_eq!(refusal(true), refusal(false));
}

#[test]
fn what_the_runtime_tells_is_what_execution_asks_for() {
    let (author, blocks) = authored(2);
    let block = &blocks[1];
    let answer = author.chain.call_at(&block.header.parent_hash, "SignatureApi_recovery_inputs", &block.encode());
    let inputs: Vec<([u8; 65], [u8; 32])> = codec::DecodeAll::decode_all(&mut &answer.unwrap().unwrap()[..]).unwrap();
    assert_eq!(inputs.len(), 10, "one for each transfer, none for the inherent");
    let senders = inputs.iter().map(|(signature, hash)| ziver_executor::recover::recover(signature, hash).unwrap());
    let senders = senders.map(|key| ziver_primitives::AccountId20::from_public_key(&key));
    let expected = [Baltathar.account(), Charleth.account()];
    assert!(senders.zip(expected.iter().cycle()).all(|(found, wanted)| found == *wanted));
}
