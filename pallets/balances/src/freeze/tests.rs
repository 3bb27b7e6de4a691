//! Freezes overlap, last as long as their reasons, and keep the account.
use super::*;
use crate::tests::{ALITH, ED, NOBODY, STAKE, State, VOTE};
use ziver_support::{DispatchError, pallets};

#[test]
fn largest_freeze_counts_until_it_ends() {
    let mut state = State::usual();
    state.ok(|ctx| set_freeze(ctx, STAKE, &ALITH, 3 * ED));
    state.ok(|ctx| set_freeze(ctx, VOTE, &ALITH, 5 * ED));
    state.ok(|ctx| extend_freeze(ctx, VOTE, &ALITH, 2 * ED));
    assert_eq!((state.money(&ALITH).2, frozen_by(&state.ctx(), VOTE, &ALITH)), (5 * ED, 5 * ED));
    state.ok(|ctx| thaw(ctx, VOTE, &ALITH));
    assert_eq!(state.money(&ALITH).2, 3 * ED);
    state.ok(|ctx| thaw(ctx, STAKE, &ALITH));
    assert_eq!((state.money(&ALITH).2, FREEZES.contains_key(&state.ctx(), &ALITH)), (0, false));
    let thawed: Vec<_> = state.own_events().split_off(2);
    assert_eq!(thawed[0], Event::Thawed { who: ALITH, amount: 2 * ED });
}

#[test]
fn freeze_of_nobody_is_refused() {
    let mut state = State::usual();
    state.noop(DispatchError::NoProviders, |ctx| set_freeze(ctx, VOTE, &NOBODY, 1));
}

#[test]
fn freeze_for_one_reason_too_many_is_refused() {
    let mut state = State::usual();
    for code in 0..u8::try_from(FREEZES_MAX).unwrap() {
        state.ok(|ctx| set_freeze(ctx, Reason::new(pallets::SUDO, code), &ALITH, ED));
    }
    state.noop(Error::TooManyFreezes, |ctx| set_freeze(ctx, Reason::new(pallets::SYSTEM, 0), &ALITH, 1));
}
