//! Edges of transfers: oneself, nothing, everything, frozen and needed money.
use super::*;
use crate::tests::{ALITH, BALTATHAR, ED, NOBODY, STAKE, State, VOTE};

#[test]
fn transfer_to_oneself_is_checked_and_changes_nothing() {
    let mut state = State::usual();
    let before = state.0.pairs().clone();
    state.ok(|ctx| transfer(ctx, &ALITH, &ALITH, 10 * ED, Existence::Expendable));
    assert_eq!(state.0.pairs(), &before);
    state.noop(TokenError::FundsUnavailable, |ctx| transfer(ctx, &ALITH, &ALITH, 10 * ED + 1, Existence::Expendable));
    state.noop(TokenError::NotExpendable, |ctx| transfer(ctx, &ALITH, &ALITH, 10 * ED, Existence::Preserve));
}

#[test]
fn zero_transfer_creates_nobody() {
    let mut state = State::usual();
    state.ok(|ctx| transfer(ctx, &ALITH, &NOBODY, 0, Existence::Preserve));
    state.ok(|ctx| transfer(ctx, &NOBODY, &ALITH, 0, Existence::Preserve));
    assert!(!account::ACCOUNT.contains_key(&state.ctx(), &NOBODY));
    assert_eq!(state.own_events().len(), 2);
}

#[test]
fn transfer_of_too_little_to_a_new_account_is_refused() {
    let mut state = State::usual();
    state.noop(TokenError::BelowMinimum, |ctx| transfer(ctx, &ALITH, &NOBODY, ED - 1, Existence::Expendable));
}

#[test]
fn transfer_of_more_than_there_is_is_refused() {
    let mut state = State::usual();
    for amount in [10 * ED + 1, u128::MAX] {
        state
            .noop(TokenError::FundsUnavailable, |ctx| transfer(ctx, &ALITH, &BALTATHAR, amount, Existence::Expendable));
    }
    state.noop(TokenError::FundsUnavailable, |ctx| transfer(ctx, &NOBODY, &ALITH, 1, Existence::Expendable));
}

#[test]
fn transfer_beyond_the_largest_balance_is_refused() {
    let mut state = State::with(&[(ALITH, u128::MAX - 2 * ED), (BALTATHAR, 2 * ED)]);
    state.ok(|ctx| transfer(ctx, &BALTATHAR, &ALITH, 2 * ED, Existence::Expendable));
    assert_eq!(state.money(&ALITH).0, u128::MAX);
    state.noop(ArithmeticError::Overflow, |ctx| crate::mint(ctx, &ALITH, 1));
    // A state that root has overwritten: more money than the issuance says.
    let info = AccountInfo { providers: 1, ..AccountInfo::default() };
    let mut rich = info;
    rich.data.free = ED;
    account::put(&mut state.ctx(), &NOBODY, &info, &rich);
    state.noop(ArithmeticError::Overflow, |ctx| transfer(ctx, &NOBODY, &ALITH, 1, Existence::Expendable));
}

#[test]
fn freezes_are_about_the_total() {
    let mut state = State::usual();
    state.ok(|ctx| crate::set_freeze(ctx, VOTE, &ALITH, 6 * ED));
    state.noop(TokenError::Frozen, |ctx| transfer(ctx, &ALITH, &BALTATHAR, 4 * ED + 1, Existence::Expendable));
    state.ok(|ctx| crate::hold(ctx, STAKE, &ALITH, 5 * ED));
    // Five are free, of which the freeze still needs one.
    let reducible =
        |state: &mut State, freezing| reducible_balance(&state.ctx(), &ALITH, Existence::Expendable, freezing);
    assert_eq!(reducible(&mut state, Freezing::Respected), 4 * ED);
    assert_eq!(reducible(&mut state, Freezing::Ignored), 4 * ED);
    state.ok(|ctx| crate::set_freeze(ctx, VOTE, &ALITH, 8 * ED));
    assert_eq!(reducible(&mut state, Freezing::Respected), 2 * ED);
    state.ok(|ctx| transfer(ctx, &ALITH, &BALTATHAR, 2 * ED, Existence::Expendable));
    state.noop(TokenError::Frozen, |ctx| transfer(ctx, &ALITH, &BALTATHAR, 1, Existence::Expendable));
}

#[test]
fn account_that_something_depends_on_keeps_its_deposit() {
    let mut state = State::usual();
    state.ok(|ctx| account::mutate(ctx, &ALITH, AccountInfo::add_consumer));
    state.noop(TokenError::OnlyProvider, |ctx| transfer(ctx, &ALITH, &BALTATHAR, 10 * ED, Existence::Expendable));
    let add_provider = |info: &mut AccountInfo| {
        info.add_provider();
        Ok::<_, DispatchError>(())
    };
    state.ok(|ctx| account::mutate(ctx, &ALITH, add_provider));
    state.noop(TokenError::NotExpendable, |ctx| transfer(ctx, &ALITH, &BALTATHAR, 10 * ED, Existence::Preserve));
    state.ok(|ctx| transfer(ctx, &ALITH, &BALTATHAR, 10 * ED, Existence::Protect));
    assert!(account::get(&state.ctx(), &ALITH).exists());
}
