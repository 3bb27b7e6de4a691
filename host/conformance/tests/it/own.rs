//! Our own runtime on smoldot's executor: every block of a chain, an upgrade among them, executed from the state before it.

use codec::{Compact, Encode};
use ziver_chain::Outcome;
use ziver_primitives::{AccountId20, Hash, OpaqueExtrinsic};
use ziver_trie::{KeccakHasher, StateVersion};

use crate::development_chain::{Alith, Baltathar, Charleth, World, state, transfer_call, upgrade_call};
use crate::foreign_host::{Difference, ForeignHost, Pairs, effective};

const UNIT: u128 = 1_000_000_000_000_000_000;

fn pairs(world: &World, at: &Hash) -> Pairs {
    state(&world.chain, at).into_iter().collect()
}

fn sudo(call: Vec<u8>) -> Vec<u8> {
    [vec![7, 0], call].concat()
}

/// `Utility.batch`, `batch_all` or `force_batch`, by its number.
fn batch(kind: u8, calls: &[Vec<u8>]) -> Vec<u8> {
    let count = Compact(u32::try_from(calls.len()).unwrap());
    [(1u8, kind, count).encode(), calls.concat()].concat()
}

/// Grows the chain by a block in which all of the transactions are included.
fn grow(world: &mut World, parent: Hash, extrinsics: Vec<OpaqueExtrinsic>) -> Hash {
    let count = extrinsics.len();
    let (built, outcomes) = world.build(parent, extrinsics);
    assert_eq!(outcomes, vec![Outcome::Included; count]);
    world.chain.insert(built).expect("an own block fits").block.hash
}

/// Asserts that smoldot executes the block and changes what we changed.
fn assert_conforms(world: &World, host: &mut ForeignHost, parent: &Hash, hash: &Hash) {
    let (before, after) = (pairs(world, parent), pairs(world, hash));
    let mut block = world.block(hash);
    let number = block.header.number;
    let call = |host: &mut ForeignHost, block: &ziver_primitives::Block| {
        host.call::<KeccakHasher>(&before, StateVersion::V1, "Core_execute_block", &block.encode())
    };
    let (answer, changes) = call(host, &block).unwrap_or_else(|error| panic!("block {number}: {error}"));
    assert!(answer.is_empty());
    let gone = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key, None));
    let expected: Difference =
        effective(&before, after.iter().map(|(key, value)| (key, Some(value.clone()))).chain(gone));
    assert!(!expected.is_empty());
    assert_eq!(changes, expected, "block {number}");
    // The header's root is compared by the runtime: with another one it refuses the block.
    block.header.state_root.0[0] ^= 1;
    assert!(call(host, &block).is_err(), "block {number} with a wrong root");
}

#[test]
fn blocks_of_our_chain_change_the_same_on_smoldot() {
    let mut world = World::new();
    let genesis = world.genesis();
    let new = AccountId20::from([9; 20]);
    let mut blocks = vec![genesis, grow(&mut world, genesis, vec![])];

    let transfers = (0..20u8).map(|index| {
        world.transfer(Alith, index.into(), AccountId20::from([index; 20]), (1 + u128::from(index)) * UNIT)
    });
    let mut transfers: Vec<_> = transfers.collect();
    // All but the existential deposit goes; then one that can't be paid: it fails, its fee is taken.
    transfers.push(world.signed(Baltathar, 0, (5u8, 4u8, new, true).encode()));
    transfers.push(world.transfer(Charleth, 0, new, u128::MAX / 2));
    blocks.push(grow(&mut world, blocks[1], transfers));

    let kept = (b"kept:1".to_vec(), vec![7u8; 100]);
    let items: Vec<_> =
        (0..6u8).map(|index| ([b"kept:".to_vec(), vec![b'0' + index]].concat(), kept.1.clone())).collect();
    let calls = vec![
        world.signed(Alith, 20, sudo((0u8, 4u8, &items).encode())),
        world.signed(Alith, 21, sudo((0u8, 5u8, vec![kept.0.clone()]).encode())),
        world.signed(Alith, 22, sudo((5u8, 8u8, new, Compact(5 * UNIT)).encode())),
        // No sudo key: refused.
        world.signed(Charleth, 1, sudo((0u8, 5u8, vec![kept.0]).encode())),
        // A transfer that can't be paid ends a batch, undoes a batch of all or none, and is passed over by the third.
        world.signed(Alith, 23, batch(0, &[transfer_call(new, UNIT), transfer_call(new, u128::MAX / 2)])),
        world.signed(Alith, 24, batch(2, &[transfer_call(new, UNIT), transfer_call(new, u128::MAX / 2)])),
        world.signed(Alith, 25, batch(4, &[transfer_call(new, u128::MAX / 2), transfer_call(new, UNIT)])),
        world.signed(Alith, 26, (0u8, 7u8, b"a remark with an event".to_vec()).encode()),
    ];
    blocks.push(grow(&mut world, blocks[2], calls));
    // Clearing by prefix, with and without keys of the same block; the number of keys is a limit.
    let calls = vec![
        world.signed(Alith, 27, sudo((0u8, 4u8, vec![(b"kept:9".to_vec(), b"young".to_vec())]).encode())),
        world.signed(Alith, 28, sudo((0u8, 6u8, b"kept:".to_vec(), 3u32).encode())),
    ];
    blocks.push(grow(&mut world, blocks[3], calls));

    let upgrade = world.signed(Alith, 29, upgrade_call(ziver_wasm::UPGRADED));
    blocks.push(grow(&mut world, blocks[4], vec![upgrade]));
    let mut host = ForeignHost::new(ziver_wasm::RUNTIME).expect("smoldot takes our runtime");
    for pair in blocks.windows(2) {
        assert_conforms(&world, &mut host, &pair[0], &pair[1]);
    }

    // The first block of the new runtime migrates; its transactions are signed for its version.
    let upgraded = *blocks.last().expect("some");
    let migrated = grow(&mut world, upgraded, vec![]);
    let last = grow(&mut world, migrated, vec![]);
    let mut host = ForeignHost::new(ziver_wasm::UPGRADED).expect("smoldot takes the next version");
    assert_conforms(&world, &mut host, &upgraded, &migrated);
    assert_conforms(&world, &mut host, &migrated, &last);
}

#[test]
fn smoldot_reads_the_version_that_we_read() {
    for code in [ziver_wasm::RUNTIME, ziver_wasm::UPGRADED] {
        let executor = crate::blocks::executor(ziver_executor::CompileStrategy::WinchOnly);
        let ours = executor.validate(code).expect("our runtime");
        assert_eq!(ForeignHost::new(code).expect("smoldot takes our runtime").version(), ours.encode());
    }
}
