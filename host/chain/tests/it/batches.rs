//! Transactions that the runtime is given together: the same becomes of each as alone.

use codec::{Compact, Encode};
use proptest::prelude::*;
use ziver_chain::{Outcome, Validated};
use ziver_primitives::{
    AccountId20, Hash, OpaqueExtrinsic,
    transaction::DevelopmentAccount,
    validity::{TransactionSource, TransactionValidity},
};

use crate::fixture::{Alith, Baltathar, Charleth, List, World, request};

/// What somebody may offer.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A transfer with the next nonce, or one that is so far ahead (and does not count then).
    Transfer { who: DevelopmentAccount, ahead: u32, value: u128 },
    /// A transfer with a nonce that was used.
    Stale(DevelopmentAccount),
    /// A signature that is wrong.
    Forged(DevelopmentAccount),
    /// Bytes that are no transaction.
    Noise(Vec<u8>),
    /// A call that is so large that few of it fit in a block.
    Large(DevelopmentAccount),
}

fn who() -> impl Strategy<Value = DevelopmentAccount> {
    prop_oneof![Just(Alith), Just(Baltathar), Just(Charleth)]
}

pub fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        8 => (who(), 1u128..1_000).prop_map(|(who, value)| Wanted::Transfer { who, ahead: 0, value }),
        1 => who().prop_map(|who| Wanted::Transfer { who, ahead: 0, value: u128::MAX / 2 }),
        1 => (who(), 1u32..3).prop_map(|(who, ahead)| Wanted::Transfer { who, ahead, value: 1 }),
        1 => who().prop_map(Wanted::Stale),
        1 => who().prop_map(Wanted::Forged),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Wanted::Noise),
        1 => who().prop_map(Wanted::Large),
    ]
}

/// What is wanted, as bytes for a block on `parent`.
pub fn extrinsics(world: &World, parent: &Hash, wanted: &[Wanted]) -> Vec<OpaqueExtrinsic> {
    let mut nonces = std::collections::BTreeMap::<AccountId20, u32>::new();
    let mut next = |who: DevelopmentAccount| {
        let nonce = nonces.entry(who.account()).or_insert_with(|| world.nonce(parent, who));
        *nonce += 1;
        *nonce - 1
    };
    let one = |wanted: &Wanted| match wanted {
        Wanted::Transfer { who, ahead: 0, value } => world.transfer(*who, next(*who), Charleth.account(), *value),
        Wanted::Transfer { who, ahead, value } => world.transfer(*who, 100 + ahead, Charleth.account(), *value),
        Wanted::Stale(who) => world.transfer(*who, 0, Alith.account(), 7),
        Wanted::Forged(who) => {
            let mut forged = world.transfer(*who, 0, Alith.account(), 7);
            forged.0[40] ^= 1;
            forged
        }
        Wanted::Noise(bytes) => OpaqueExtrinsic(bytes.clone()),
        // System.remark
        Wanted::Large(who) => world.signed(*who, next(*who), (0u8, 0u8, vec![0u8; 1_400_000]).encode()),
    };
    wanted.iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn block_is_the_same_however_many_are_applied_at_once(wanted in prop::collection::vec(wanted(), 0..40), ahead in 2usize..100) {
        let world = World::new();
        let build = |ahead: usize| {
            let mut source = List { ahead, ..List::new(extrinsics(&world, &world.genesis(), &wanted)) };
            let built = world.chain.build(&request(world.genesis(), Alith.account(), 1), &mut source).unwrap();
            (built.block(), source.outcomes)
        };
        let (alone, together) = (build(1), build(ahead));
        prop_assert_eq!(&alone.1, &together.1);
        prop_assert!(alone.0 == together.0, "the same block");
        let mut importer = World::new();
        importer.chain.import(together.0, None).unwrap();
    }

    #[test]
    fn validity_is_the_same_however_many_are_asked_about(wanted in prop::collection::vec(wanted(), 0..80)) {
        let world = World::new();
        let extrinsics: Vec<Vec<u8>> = extrinsics(&world, &world.genesis(), &wanted).iter().map(Encode::encode).collect();
        let asked: Vec<Validated<'_>> =
            extrinsics.iter().map(|bytes| (TransactionSource::External, bytes.as_slice())).collect();
        let genesis = world.genesis();
        let ask = |asked: &[Validated<'_>]| -> Vec<TransactionValidity> {
            world.chain.validate(&genesis, asked).unwrap().unwrap().into_iter().map(Result::unwrap).collect()
        };
        let alone: Vec<_> = asked.iter().flat_map(|one| ask(std::slice::from_ref(one))).collect();
        prop_assert_eq!(alone, ask(&asked));
    }
}

#[test]
fn transactions_of_one_account_go_together_in_their_order() {
    let world = World::new();
    let transfers: Vec<_> = (0..150).map(|nonce| world.transfer(Baltathar, nonce, Charleth.account(), 1)).collect();
    let hashes: Vec<Hash> = transfers.iter().map(OpaqueExtrinsic::hash).collect();
    let mut source = List { ahead: 64, ..List::new(transfers) };
    let built = world.chain.build(&request(world.genesis(), Alith.account(), 1), &mut source).unwrap();
    assert_eq!(source.outcomes, vec![Outcome::Included; 150]);
    assert_eq!(built.extrinsic_hashes()[1..], hashes);
}

#[test]
fn unknown_block_validates_nothing() {
    let world = World::new();
    let transfer = (Compact(1u32), 0u8).encode();
    let answer = world.chain.validate(&Hash::repeat_byte(1), &[(TransactionSource::External, &transfer)]);
    assert!(matches!(answer, Ok(None)));
}
