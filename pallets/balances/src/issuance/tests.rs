//! Making and destroying money.
use super::*;
use crate::tests::{ALITH, ED, NOBODY, State};
use ziver_support::{DispatchError, TokenError};

#[test]
fn minted_money_is_in_the_issuance() {
    let mut state = State::usual();
    state.ok(|ctx| mint(ctx, &NOBODY, ED));
    assert_eq!((state.money(&NOBODY).0, state.issuance()), (ED, 16 * ED));
    state.noop(TokenError::BelowMinimum, |ctx| mint(ctx, &AccountId20([8; 20]), ED - 1));
    state.noop(ArithmeticError::Overflow, |ctx| mint(ctx, &ALITH, u128::MAX));
}

#[test]
fn balance_of_an_account_that_must_live_can_not_be_set_to_nothing() {
    let mut state = State::usual();
    state.ok(|ctx| crate::reserve(ctx, &ALITH, ED));
    state.noop(DispatchError::ConsumerRemaining, |ctx| set_free(ctx, &ALITH, 0));
}

#[test]
fn inactive_issuance_is_at_most_all_of_it() {
    let mut state = State::usual();
    deactivate(&mut state.ctx(), 100 * ED);
    assert_eq!(INACTIVE_ISSUANCE.get(&state.ctx()), Some(15 * ED));
    reactivate(&mut state.ctx(), 4 * ED);
    assert_eq!(INACTIVE_ISSUANCE.get(&state.ctx()), Some(11 * ED));
    reactivate(&mut state.ctx(), u128::MAX);
    assert_eq!(INACTIVE_ISSUANCE.get(&state.ctx()), Some(0));
}
