//! Money on its way.
use super::*;
use crate::tests::{ALITH, BALTATHAR, ED, NOBODY, State};
use ziver_support::TokenError;

#[test]
fn withdrawn_money_stays_in_the_issuance_until_it_is_destroyed() {
    let mut state = State::usual();
    let credit = state.ok(|ctx| withdraw(ctx, &ALITH, 4 * ED, Existence::Preserve));
    assert_eq!((credit.amount(), state.issuance()), (4 * ED, 15 * ED));
    let (first, rest) = credit.split(3 * ED);
    state.ok(|ctx| deposit(ctx, &BALTATHAR, first));
    destroy(&mut state.ctx(), rest);
    assert_eq!((state.money(&ALITH).0, state.money(&BALTATHAR).0, state.issuance()), (6 * ED, 8 * ED, 14 * ED));
}

#[test]
fn deposit_that_makes_no_account_gives_the_money_back() {
    let mut state = State::usual();
    let credit = state.ok(|ctx| withdraw(ctx, &ALITH, ED - 1, Existence::Preserve));
    let before = state.0.pairs().clone();
    let refused = deposit(&mut state.ctx(), &NOBODY, credit).unwrap_err();
    assert_eq!((refused.amount(), state.0.pairs()), (ED - 1, &before));
    destroy(&mut state.ctx(), refused);
}

#[test]
fn withdrawal_beyond_the_rules_is_refused() {
    let mut state = State::usual();
    state.noop(TokenError::NotExpendable, |ctx| withdraw(ctx, &ALITH, 10 * ED, Existence::Protect));
    state.noop(TokenError::FundsUnavailable, |ctx| withdraw(ctx, &NOBODY, 1, Existence::Expendable));
}

#[test]
fn issued_money_counts_at_once() {
    let mut state = State::usual();
    let credit = state.ok(|ctx| issue(ctx, ED));
    assert_eq!(state.issuance(), 16 * ED);
    state.ok(|ctx| deposit(ctx, &NOBODY, credit));
    state.noop(ArithmeticError::Overflow, |ctx| issue(ctx, u128::MAX));
}

#[test]
fn split_and_merge_keep_the_sum() {
    let (first, rest) = Credit::taken(5).split(9);
    assert_eq!((first.amount(), rest.amount()), (5, 0));
    assert_eq!(first.merge(rest).merge(Credit::taken(2)).amount(), 7);
}
