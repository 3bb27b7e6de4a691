//! The life of blocks, natively: what is included, what fails, what is refused.
use alloc::{collections::BTreeSet, vec};
use proptest::prelude::*;
use ziver_balances::Event as Balances;
use ziver_primitives::{
    Era, EthereumSignature, UNIT,
    storage_keys::item_prefix,
    transaction::{DevelopmentAccount, UnsignedTransaction},
    validity::UnknownTransaction,
};
use ziver_support::{ModuleError, TokenError};
use ziver_system::{Event as System, Phase};

use super::*;
use crate::{
    RuntimeEvent,
    harness::{AUTHOR, Alith, Baltathar, Chain, Charleth, remark, sudo, transfer},
};

mod blocks;
mod upgrades;

const NOBODY: AccountId20 = AccountId20([0x77; 20]);

/// The events of the extrinsic with this index.
fn events_of(chain: &Chain, index: u32) -> Vec<RuntimeEvent> {
    let of_it = chain.events().into_iter().filter(|record| record.phase == Phase::ApplyExtrinsic(index));
    of_it.map(|record| record.event).collect()
}

#[test]
fn transfer_moves_money_pays_the_author_and_announces_it_in_order() {
    let mut chain = Chain::new();
    chain.begin();
    let before = (chain.free(&Alith.account()), chain.free(&AUTHOR.account()));
    assert_eq!(chain.send(Alith, transfer(NOBODY, UNIT)), Ok(Ok(())));
    let paid = before.0 - chain.free(&Alith.account()) - UNIT;
    assert_eq!(chain.free(&NOBODY), UNIT);
    assert!(paid > 0);
    assert_eq!(chain.free(&AUTHOR.account()), before.1 + paid);
    assert_eq!(chain.nonce(Alith), 1);
    let events = events_of(&chain, 1);
    let position = |wanted: &dyn Fn(&RuntimeEvent) -> bool| events.iter().position(wanted).unwrap();
    let withdraw = position(&|event| matches!(event, RuntimeEvent::Balances(Balances::Withdraw { .. })));
    let transfer = position(&|event| matches!(event, RuntimeEvent::Balances(Balances::Transfer { .. })));
    let fee = position(&|event| matches!(event, RuntimeEvent::TransactionPayment(_)));
    assert!(withdraw < transfer && transfer < fee);
    assert!(matches!(events.last(), Some(RuntimeEvent::System(System::ExtrinsicSuccess { .. }))));
}

/// Keys that any included extrinsic may change: sender, author, issuance never; what the block itself counts.
fn accounting_keys(who: DevelopmentAccount) -> BTreeSet<Vec<u8>> {
    let items = ["Events", "EventCursor", "BlockWeight", "AllExtrinsicsLen", "ExtrinsicData"];
    let items = items.map(|item| item_prefix("System", item));
    let accounts = [who.account(), AUTHOR.account()].map(|who| account::ACCOUNT.key(&who));
    items.into_iter().chain(accounts).collect()
}

#[test]
fn failed_extrinsic_pays_its_fee_and_changes_nothing_else() {
    let too_much = transfer(NOBODY, 2_000_000 * UNIT);
    let batch = |calls| RuntimeCall::Utility(ziver_utility::Call::batch_all { calls });
    let kill = RuntimeCall::System(ziver_system::Call::kill_storage { keys: vec![b":code".to_vec()] });
    let module = |index, error| DispatchError::Module(ModuleError::new(index, error));
    let cases = [
        (too_much.clone(), DispatchError::Token(TokenError::FundsUnavailable)),
        (batch(vec![transfer(NOBODY, UNIT), too_much]), DispatchError::Token(TokenError::FundsUnavailable)),
        (transfer(NOBODY, 1), DispatchError::Token(TokenError::BelowMinimum)),
        (transfer(Charleth.account(), u128::MAX), DispatchError::Token(TokenError::FundsUnavailable)),
        (kill.clone(), DispatchError::BadOrigin),
        (sudo(kill), module(7, 0)),
    ];
    for (call, error) in cases {
        let mut chain = Chain::new();
        chain.begin();
        let before = chain.ext.pairs().clone();
        let money = chain.free(&Baltathar.account());
        let outcome = chain.send(Baltathar, call.clone()).unwrap().unwrap_err();
        assert_eq!(outcome, error, "{call:?}");
        assert!(chain.free(&Baltathar.account()) < money, "{call:?}");
        assert_eq!(chain.nonce(Baltathar), 1);
        let after = chain.ext.pairs();
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
        let allowed = accounting_keys(Baltathar);
        for key in changed {
            assert!(allowed.contains(key), "{call:?} changed {}", hex::encode(key));
        }
        let events = events_of(&chain, 1);
        assert!(matches!(
            events.last(),
            Some(RuntimeEvent::System(System::ExtrinsicFailed { dispatch_error, .. })) if *dispatch_error == outcome
        ));
    }
}

/// Applies a transaction that must be refused, and shows that state is byte-equal after it.
fn refused(chain: &mut Chain, extrinsic: OpaqueExtrinsic) -> TransactionValidityError {
    let before = chain.ext.pairs().clone();
    let error = chain.apply(extrinsic).unwrap_err();
    assert_eq!(&before, chain.ext.pairs());
    error
}

#[test]
fn wrong_transactions_are_refused_without_a_trace() {
    use InvalidTransaction::{AncientBirthBlock, BadProof, Call, Future, Payment, Stale};
    let mut chain = Chain::new();
    chain.begin();
    let right = chain.unsigned(0, transfer(NOBODY, UNIT));
    let key = Alith.key();
    let stranger = ziver_primitives::transaction::SecretKey::from_bytes(&[3; 32]).unwrap();
    let cases: Vec<(OpaqueExtrinsic, InvalidTransaction)> = vec![
        (UnsignedTransaction { nonce: 1, ..right.clone() }.sign(&key), Future),
        (UnsignedTransaction { genesis_hash: Hash::zero(), ..right.clone() }.sign(&key), BadProof),
        (UnsignedTransaction { spec_version: 99, ..right.clone() }.sign(&key), BadProof),
        (UnsignedTransaction { transaction_version: 99, ..right.clone() }.sign(&key), BadProof),
        (UnsignedTransaction { birth_hash: Hash::zero(), ..right.clone() }.sign(&key), BadProof),
        // Born in a block that is not there yet.
        (UnsignedTransaction { era: Era::mortal(4, 3), ..right.clone() }.sign(&key), AncientBirthBlock),
        (right.with_signature(Baltathar.account(), &key.sign(&right.payload())), BadProof),
        (right.with_signature(Alith.account(), &EthereumSignature([0; 65])), BadProof),
        (right.with_signature(Alith.account(), &high_s(key.sign(&right.payload()))), BadProof),
        (UnsignedTransaction { tip: u128::MAX, ..right.clone() }.sign(&key), Payment),
        (right.sign(&stranger), Payment),
        (UnsignedTransaction { call: vec![2, 0, 0], ..right.clone() }.sign(&key), Call),
        (UnsignedTransaction { call: vec![5, 0, 1, 2], ..right.clone() }.sign(&key), Call),
        (OpaqueExtrinsic(vec![]), Call),
    ];
    for (index, (extrinsic, error)) in cases.into_iter().enumerate() {
        assert_eq!(refused(&mut chain, extrinsic), error.into(), "case {index}");
    }
    assert_eq!(chain.apply(right.sign(&key)), Ok(Ok(())));
    assert_eq!(refused(&mut chain, right.sign(&key)), Stale.into());
}

/// The same signature with the other s: valid mathematically, malleable, refused.
fn high_s(signature: EthereumSignature) -> EthereumSignature {
    use k256::{Scalar, elliptic_curve::PrimeField};
    let mut bytes = signature.0;
    let s: [u8; 32] = bytes[32..64].try_into().unwrap();
    let negated = -Scalar::from_repr(s.into()).unwrap();
    bytes[32..64].copy_from_slice(&negated.to_repr());
    bytes[64] ^= 1;
    EthereumSignature(bytes)
}

#[test]
fn transaction_with_an_unsupported_metadata_hash_is_refused() {
    let mut chain = Chain::new();
    chain.begin();
    let mut payload = chain.unsigned(0, remark(b"")).payload();
    // call (3 bytes), era, nonce, tip, then the mode.
    payload[6] = 1;
    let mut bytes = chain.unsigned(0, remark(b"")).with_signature(Alith.account(), &Alith.key().sign(&payload)).0;
    let mode = bytes.len() - 4;
    bytes[mode] = 1;
    assert_eq!(refused(&mut chain, OpaqueExtrinsic(bytes)), UnknownTransaction::CannotLookup.into());
}

#[test]
fn inherents_from_clients_are_refused() {
    let mut chain = Chain::new();
    chain.begin();
    let time = RuntimeCall::Timestamp(ziver_timestamp::Call::set { now: 9_000 });
    let signed = chain.sign(Alith, time.clone());
    assert_eq!(refused(&mut chain, signed), InvalidTransaction::MandatoryValidation.into());
    for call in [time, remark(b"")] {
        let bare = OpaqueExtrinsic(Extrinsic::bare(call).to_bytes());
        assert_eq!(refused(&mut chain, bare), InvalidTransaction::Call.into());
    }
}

#[test]
fn mortal_transaction_is_good_until_its_era_ends() {
    let mut chain = Chain::new();
    chain.begin();
    let birth_hash = chain.end().header.hash();
    let mortal = UnsignedTransaction { era: Era::mortal(4, 1), birth_hash, ..chain.unsigned(0, remark(b"")) };
    let late = mortal.sign(&Baltathar.key());
    chain.begin();
    assert_eq!(chain.apply(mortal.sign(&Alith.key())), Ok(Ok(())));
    chain.end();
    for _ in 3..=5 {
        chain.begin();
        if chain.next_header().number <= 5 {
            chain.end();
        }
    }
    // Block 5 begins the next era: the hash of another block would have to be signed.
    assert_eq!(refused(&mut chain, late), InvalidTransaction::AncientBirthBlock.into());
}

#[test]
fn block_that_is_full_for_normal_calls_takes_operational_ones() {
    let mut chain = Chain::new();
    chain.begin();
    let long = remark(&vec![0; 1024 * 1024]);
    let mut count = 0;
    let error = loop {
        match chain.send(Baltathar, long.clone()) {
            Ok(outcome) => assert_eq!(outcome, Ok(())),
            Err(error) => break error,
        }
        count += 1;
    };
    assert_eq!((count, error), (3, InvalidTransaction::ExhaustsResources.into()));
    let operational = sudo(RuntimeCall::System(ziver_system::Call::set_heap_pages { pages: 1 }));
    assert_eq!(chain.send(Alith, operational), Ok(Ok(())));
}

#[test]
fn batches_nested_beyond_the_limit_fail_and_pay() {
    let mut chain = Chain::new();
    chain.begin();
    let nest = |levels| {
        (0..levels)
            .fold(remark(b""), |call, _| RuntimeCall::Utility(ziver_utility::Call::batch_all { calls: vec![call] }))
    };
    assert_eq!(chain.send(Alith, nest(16)), Ok(Ok(())));
    assert_eq!(chain.send(Alith, nest(17)), Ok(Err(DispatchError::Exhausted)));
    assert_eq!(chain.nonce(Alith), 2);
    let bomb = chain.sign(Alith, nest(100));
    assert_eq!(refused(&mut chain, bomb), InvalidTransaction::Call.into());
}

/// What the property below does.
#[derive(Clone, Debug)]
enum Step {
    Transfer { from: usize, to: u8, value: u128, existence: u8 },
    Burn { from: usize, value: u128 },
    SetBalance { who: u8, new_free: u128 },
    NewBlock,
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![Just(0), Just(u128::MAX), 0..2_000_000 * UNIT, 0..10_000_000_000_000u128];
    prop_oneof![
        6 => (0..4usize, 0..6u8, value.clone(), 0..3u8)
            .prop_map(|(from, to, value, existence)| Step::Transfer { from, to, value, existence }),
        1 => (0..4usize, value.clone()).prop_map(|(from, value)| Step::Burn { from, value }),
        1 => (0..6u8, value).prop_map(|(who, new_free)| Step::SetBalance { who, new_free }),
        1 => Just(Step::NewBlock),
    ]
}

fn run(chain: &mut Chain, step: Step) {
    use ziver_balances::Call::{burn, force_set_balance, transfer_all, transfer_allow_death, transfer_keep_alive};
    let signers = [Alith, Baltathar, Charleth, AUTHOR];
    let account = |index: u8| signers.get(usize::from(index)).map_or(AccountId20([index; 20]), |who| who.account());
    let (from, call) = match step {
        Step::Transfer { from, to, value, existence } => (
            from,
            match existence {
                0 => transfer_allow_death { dest: account(to), value },
                1 => transfer_keep_alive { dest: account(to), value },
                _ => transfer_all { dest: account(to), keep_alive: value % 2 == 0 },
            },
        ),
        Step::Burn { from, value } => (from, burn { value, keep_alive: value % 2 == 0 }),
        Step::SetBalance { who, new_free } => {
            let set = RuntimeCall::Balances(force_set_balance { who: account(who), new_free });
            let _ = chain.send(Alith, sudo(set));
            return;
        }
        Step::NewBlock => {
            chain.end();
            chain.begin();
            return;
        }
    };
    let _ = chain.send(signers[from], RuntimeCall::Balances(call));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn total_issuance_is_the_sum_of_accounts(steps in proptest::collection::vec(step(), 1..40)) {
        let mut chain = Chain::new();
        chain.begin();
        for step in steps {
            run(&mut chain, step);
            prop_assert_eq!(ziver_balances::total_issuance(&chain.ctx()), chain.sum_of_accounts());
        }
    }
}

#[test]
fn last_nonce_of_all_is_refused_before_anything_is_written() {
    let mut chain = Chain::new();
    chain.begin();
    account::mutate(&mut chain.ctx(), &Alith.account(), |account| {
        account.nonce = u32::MAX;
        Ok::<(), DispatchError>(())
    })
    .unwrap();
    let before = chain.ext.pairs().clone();
    assert_eq!(chain.send(Alith, remark(b"once more")), Err(InvalidTransaction::BadSigner.into()));
    assert_eq!(chain.ext.pairs(), &before);
}
