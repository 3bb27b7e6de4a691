//! Where the money goes.
use super::*;
use crate::tests::{AUTHOR, BYTES, ED, INFO, NOBODY, SENDER, Seen, free, issuance, last_event, state};
use proptest::prelude::*;
use ziver_primitives::UNIT;
use ziver_support::{DispatchInfo, MemoryExternalities, Pays, Weight};

const PAYMENT: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Payment);

fn post(actual: u64, pays_fee: Pays) -> PostDispatchInfo {
    PostDispatchInfo { actual_weight: Some(Weight::from_parts(actual, 0)), pays_fee }
}

fn fee(ext: &mut MemoryExternalities, info: &DispatchInfo, tip: Balance) -> Balance {
    price::announced(&Ctx::new(ext), BYTES, info, tip).total()
}

#[test]
fn author_gets_fee_and_tip() {
    let mut ext = state();
    let fee = fee(&mut ext, &INFO, 500);
    let mut ctx = Ctx::new(&mut ext);
    let charge = withdraw(&mut ctx, &SENDER, BYTES, &INFO, 500).unwrap();
    assert_eq!(charge.amount(), fee);
    settle(&mut ctx, charge, &INFO, &PostDispatchInfo::default(), Some(&AUTHOR));
    assert_eq!((free(&mut ext, &SENDER), free(&mut ext, &AUTHOR)), (UNIT - fee, UNIT + fee));
    let paid = Event::TransactionFeePaid { who: SENDER, actual_fee: fee, tip: 500 };
    assert_eq!(last_event(&mut ext), Some(Seen::Fees(paid)));
    assert_eq!(issuance(&mut ext), 2 * UNIT);
}

#[test]
fn what_the_call_did_not_take_is_given_back() {
    let mut ext = state();
    let used = INFO.weight.ref_time / 4;
    let exact = fee(&mut ext, &DispatchInfo::normal(Weight::from_parts(used, 0)), 9);
    let mut ctx = Ctx::new(&mut ext);
    let charge = withdraw(&mut ctx, &SENDER, BYTES, &INFO, 9).unwrap();
    settle(&mut ctx, charge, &INFO, &post(used, Pays::Yes), Some(&AUTHOR));
    assert_eq!((free(&mut ext, &SENDER), free(&mut ext, &AUTHOR)), (UNIT - exact, UNIT + exact));
}

#[test]
fn call_that_turns_out_free_costs_its_tip() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    let charge = withdraw(&mut ctx, &SENDER, BYTES, &INFO, 9).unwrap();
    settle(&mut ctx, charge, &INFO, &post(0, Pays::No), Some(&AUTHOR));
    assert_eq!((free(&mut ext, &SENDER), free(&mut ext, &AUTHOR)), (UNIT - 9, UNIT + 9));
}

#[test]
fn who_can_not_pay_and_live_is_refused() {
    let mut ext = state();
    let fee = fee(&mut ext, &INFO, 0);
    let most = UNIT - fee - ED;
    let mut ctx = Ctx::new(&mut ext);
    assert_eq!(check(&ctx, &SENDER, BYTES, &INFO, most), Ok(UNIT - ED));
    assert_eq!(check(&ctx, &SENDER, BYTES, &INFO, most + 1), Err(PAYMENT));
    assert_eq!(check(&ctx, &NOBODY, BYTES, &INFO, 0), Err(PAYMENT));
    assert_eq!(check(&ctx, &SENDER, BYTES, &INFO, u128::MAX), Err(PAYMENT));
    assert_eq!(withdraw(&mut ctx, &SENDER, BYTES, &INFO, most + 1), Err(PAYMENT));
    let before = ext.pairs().clone();
    assert_eq!(withdraw(&mut Ctx::new(&mut ext), &NOBODY, BYTES, &INFO, 0), Err(PAYMENT));
    assert_eq!(ext.pairs(), &before);
}

#[test]
fn frozen_money_pays_no_fee() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    let reason = ziver_balances::Reason::new(pallets::SUDO, 0);
    ziver_balances::set_freeze(&mut ctx, reason, &SENDER, UNIT).unwrap();
    assert_eq!(check(&ctx, &SENDER, BYTES, &INFO, 0), Err(PAYMENT));
}

#[test]
fn account_that_ended_meanwhile_gets_nothing_back() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    let charge = withdraw(&mut ctx, &SENDER, BYTES, &INFO, 0).unwrap();
    let taken = charge.amount();
    let rest = ziver_balances::free_balance(&ctx, &SENDER);
    ziver_balances::transfer(&mut ctx, &SENDER, &NOBODY, rest, Existence::Expendable).unwrap();
    settle(&mut ctx, charge, &INFO, &post(0, Pays::Yes), Some(&AUTHOR));
    assert_eq!((free(&mut ext, &SENDER), free(&mut ext, &AUTHOR)), (0, UNIT + taken));
    assert_eq!(issuance(&mut ext), 2 * UNIT);
}

#[test]
fn fee_that_nobody_can_have_is_destroyed() {
    for author in [None, Some(&NOBODY)] {
        let mut ext = state();
        let cheap = DispatchInfo { pays_fee: Pays::No, ..INFO };
        let mut ctx = Ctx::new(&mut ext);
        let charge = withdraw(&mut ctx, &SENDER, BYTES, &cheap, ED - 1).unwrap();
        settle(&mut ctx, charge, &cheap, &PostDispatchInfo::default(), author);
        assert_eq!(issuance(&mut ext), 2 * UNIT - (ED - 1));
    }
}

#[test]
fn burn_share_is_taken_of_the_fee_and_not_of_the_tip() {
    let mut ext = state();
    let fee = fee(&mut ext, &INFO, 0);
    let mut ctx = Ctx::new(&mut ext);
    crate::genesis(&mut ctx, 250_000).unwrap();
    let charge = withdraw(&mut ctx, &SENDER, BYTES, &INFO, 1_000).unwrap();
    settle(&mut ctx, charge, &INFO, &PostDispatchInfo::default(), Some(&AUTHOR));
    assert_eq!(free(&mut ext, &AUTHOR), UNIT + fee - fee / 4 + 1_000);
    assert_eq!(issuance(&mut ext), 2 * UNIT - fee / 4);
}

#[test]
fn burn_share_of_the_largest_fee_is_exact() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    BURN_SHARE.set(&mut ctx, &BURN_SHARE_WHOLE);
    assert_eq!(burnt_of(&ctx, u128::MAX), u128::MAX);
    BURN_SHARE.set(&mut ctx, &u32::MAX);
    assert_eq!(burnt_of(&ctx, 77), 77, "more than everything was written by root");
}

proptest! {
    #[test]
    fn money_is_neither_made_nor_lost(
        weight in 0..1_000_000_000_000u64,
        used in 0..2_000_000_000_000u64,
        bytes in 0..200_000u32,
        tip in prop_oneof![Just(0), 0..UNIT],
        share in 0..=1_000_000u32,
        (pays_before, pays_after) in (any::<bool>(), any::<bool>()),
        author in prop::sample::select(vec![None, Some(AUTHOR), Some(NOBODY), Some(SENDER)]),
    ) {
        let pays = |pays| if pays { Pays::Yes } else { Pays::No };
        let info = DispatchInfo { pays_fee: pays(pays_before), ..DispatchInfo::normal(Weight::from_parts(weight, 0)) };
        let mut ext = state();
        let mut ctx = Ctx::new(&mut ext);
        crate::genesis(&mut ctx, share).unwrap();
        let announced = check(&ctx, &SENDER, bytes, &info, tip);
        let charge = withdraw(&mut ctx, &SENDER, bytes, &info, tip);
        prop_assert_eq!(charge.as_ref().map(Charge::amount).map_err(|error| *error), announced);
        let Ok(charge) = charge else { return Ok(()) };
        settle(&mut ctx, charge, &info, &post(used, pays(pays_after)), author.as_ref());
        let Some(Seen::Fees(Event::TransactionFeePaid { actual_fee, tip: paid_tip, .. })) = last_event(&mut ext) else {
            panic!("the last event is the fee's");
        };
        prop_assert!(actual_fee <= announced.unwrap());
        prop_assert_eq!(paid_tip, tip);
        let total = issuance(&mut ext);
        if author != Some(SENDER) {
            prop_assert_eq!(free(&mut ext, &SENDER), UNIT - actual_fee);
            let earned = free(&mut ext, &AUTHOR) - UNIT + free(&mut ext, &NOBODY);
            prop_assert_eq!(total, 2 * UNIT - actual_fee + earned);
        }
    }
}
