//! Reserves beside holds.
use super::*;
use crate::tests::{ALITH, BALTATHAR, ED, NOBODY, STAKE, State};

#[test]
fn reserved_money_comes_back_but_holds_stay() {
    let mut state = State::usual();
    state.ok(|ctx| crate::hold(ctx, STAKE, &ALITH, 2 * ED));
    state.ok(|ctx| reserve(ctx, &ALITH, 3 * ED));
    assert_eq!(reserved_plain(&state.ctx(), &ALITH), 3 * ED);
    assert_eq!(state.ok(|ctx| unreserve(ctx, &ALITH, 100 * ED)), 3 * ED);
    assert_eq!(state.money(&ALITH), (8 * ED, 2 * ED, 0));
}

#[test]
fn reserve_leaves_the_existential_deposit_free() {
    let mut state = State::usual();
    state.noop(Error::InsufficientBalance, |ctx| reserve(ctx, &ALITH, 9 * ED + 1));
    state.noop(Error::InsufficientBalance, |ctx| reserve(ctx, &NOBODY, 1));
    state.ok(|ctx| reserve(ctx, &ALITH, 9 * ED));
}

#[test]
fn slashed_reserve_is_taken_from_the_account_and_not_from_holds() {
    let mut state = State::usual();
    state.ok(|ctx| crate::hold(ctx, STAKE, &ALITH, 2 * ED));
    state.ok(|ctx| reserve(ctx, &ALITH, ED));
    let credit = state.ok(|ctx| slash_reserved(ctx, &ALITH, 3 * ED));
    assert_eq!((credit.amount(), state.money(&ALITH)), (ED, (7 * ED, 2 * ED, 0)));
    crate::destroy(&mut state.ctx(), credit);
}

#[test]
fn repatriated_reserve_goes_to_the_living_alone() {
    let mut state = State::usual();
    state.ok(|ctx| reserve(ctx, &ALITH, 4 * ED));
    state.noop(Error::DeadAccount, |ctx| repatriate_reserved(ctx, &ALITH, &NOBODY, ED, BalanceStatus::Free));
    state.ok(|ctx| repatriate_reserved(ctx, &ALITH, &BALTATHAR, ED, BalanceStatus::Free));
    state.ok(|ctx| repatriate_reserved(ctx, &ALITH, &BALTATHAR, 2 * ED, BalanceStatus::Reserved));
    assert_eq!((state.money(&ALITH), state.money(&BALTATHAR)), ((6 * ED, ED, 0), (6 * ED, 2 * ED, 0)));
}
