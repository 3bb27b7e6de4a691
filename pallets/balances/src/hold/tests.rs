//! Holds: pledging, freeing, punishing, moving.
use super::*;
use crate::{
    limits,
    tests::{ALITH, BALTATHAR, ED, NOBODY, STAKE, State, VOTE},
};
use ziver_support::pallets;

#[test]
fn held_money_can_not_be_spent_and_comes_back() {
    let mut state = State::usual();
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 3 * ED));
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, ED));
    assert_eq!((state.money(&ALITH), held_by(&state.ctx(), STAKE, &ALITH)), ((6 * ED, 4 * ED, 0), 4 * ED));
    state.noop(TokenError::FundsUnavailable, |ctx| release(ctx, STAKE, &ALITH, 5 * ED, Precision::Exact));
    assert_eq!(state.ok(|ctx| release(ctx, STAKE, &ALITH, 5 * ED, Precision::BestEffort)), 4 * ED);
    assert_eq!(state.money(&ALITH), (10 * ED, 0, 0));
    assert!(!HOLDS.contains_key(&state.ctx(), &ALITH));
    assert_eq!(ziver_system::account::get(&state.ctx(), &ALITH).consumers, 0);
}

#[test]
fn hold_leaves_the_existential_deposit_free() {
    let mut state = State::usual();
    state.noop(TokenError::FundsUnavailable, |ctx| hold(ctx, STAKE, &ALITH, 9 * ED + 1));
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 9 * ED));
    state.noop(TokenError::CannotCreateHold, |ctx| hold(ctx, STAKE, &NOBODY, 1));
}

#[test]
fn frozen_money_can_be_held() {
    let mut state = State::usual();
    state.ok(|ctx| crate::set_freeze(ctx, VOTE, &ALITH, 10 * ED));
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 9 * ED));
    assert_eq!(state.money(&ALITH), (ED, 9 * ED, 10 * ED));
}

#[test]
fn hold_for_one_reason_too_many_is_refused() {
    let mut state = State::with(&[(ALITH, 100 * ED)]);
    for code in 0..u8::try_from(limits::HOLDS_MAX).unwrap() {
        state.ok(|ctx| hold(ctx, Reason::new(pallets::SUDO, code), &ALITH, 1));
    }
    state.noop(Error::TooManyHolds, |ctx| hold(ctx, Reason::new(pallets::SYSTEM, 0), &ALITH, 1));
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 1));
}

#[test]
fn slash_takes_at_most_what_is_held_for_the_reason() {
    let mut state = State::usual();
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 3 * ED));
    state.ok(|ctx| hold(ctx, VOTE, &ALITH, 2 * ED));
    state.ok(|ctx| crate::set_freeze(ctx, VOTE, &ALITH, 10 * ED));
    let credit = state.ok(|ctx| slash_held(ctx, STAKE, &ALITH, 100 * ED));
    assert_eq!((credit.amount(), state.money(&ALITH)), (3 * ED, (5 * ED, 2 * ED, 10 * ED)));
    crate::destroy(&mut state.ctx(), credit);
    assert_eq!(state.issuance(), 12 * ED);
}

#[test]
fn held_money_moves_free_or_held_and_freezes_count() {
    let mut state = State::usual();
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 9 * ED));
    let moves = |to, amount, status| {
        move |ctx: &mut Ctx| transfer_held(ctx, STAKE, (&ALITH, to), amount, Precision::Exact, status)
    };
    state.noop(Error::DeadAccount, moves(&NOBODY, ED, BalanceStatus::Free));
    state.ok(moves(&BALTATHAR, 2 * ED, BalanceStatus::Free));
    state.ok(moves(&BALTATHAR, 3 * ED, BalanceStatus::Reserved));
    assert_eq!((state.money(&ALITH), state.money(&BALTATHAR)), ((ED, 4 * ED, 0), (7 * ED, 3 * ED, 0)));
    assert_eq!(held_by(&state.ctx(), STAKE, &BALTATHAR), 3 * ED);
    state.ok(|ctx| crate::set_freeze(ctx, VOTE, &ALITH, 3 * ED));
    state.noop(TokenError::FundsUnavailable, moves(&BALTATHAR, 3 * ED, BalanceStatus::Free));
    state.ok(moves(&BALTATHAR, 2 * ED, BalanceStatus::Free));
}

#[test]
fn money_on_hold_does_not_go_to_an_account_with_too_many_dependants() {
    let mut state = State::usual();
    state.ok(|ctx| hold(ctx, STAKE, &ALITH, 4 * ED));
    state.ok(|ctx| crate::reserve(ctx, &ALITH, ED));
    for _ in 0..ziver_system::account::CONSUMERS_MAX {
        state.ok(|ctx| ziver_system::account::mutate(ctx, &BALTATHAR, ziver_system::AccountInfo::add_consumer));
    }
    let both = (&ALITH, &BALTATHAR);
    state.noop(DispatchError::TooManyConsumers, |ctx| {
        transfer_held(ctx, STAKE, both, ED, Precision::Exact, BalanceStatus::Reserved)
    });
    state.noop(DispatchError::TooManyConsumers, |ctx| {
        crate::repatriate_reserved(ctx, &ALITH, &BALTATHAR, ED, BalanceStatus::Reserved)
    });
    state.noop(DispatchError::TooManyConsumers, |ctx| hold(ctx, STAKE, &BALTATHAR, 1));
    state.noop(DispatchError::TooManyConsumers, |ctx| crate::set_freeze(ctx, VOTE, &BALTATHAR, 1));
    state.ok(|ctx| transfer_held(ctx, STAKE, both, ED, Precision::Exact, BalanceStatus::Free));
}
