//! Each call: its encoding, its origin, its effect.
use super::*;
use crate::{
    Event,
    tests::{ALITH, BALTATHAR, ED, NOBODY, Seen, State},
};
use ziver_support::{DispatchError, TokenError};

fn run(ctx: &mut Ctx, call: Call, origin: Origin) -> Result<PostDispatchInfo, DispatchError> {
    call.dispatch(ctx, origin).map_err(|failure| failure.error)
}

#[test]
fn calls_are_encoded_as_in_substrate() {
    let value = 1 << 20;
    let encoded = |call: Call| (call.encode()[0], call.encode().len());
    // Index, 20 bytes of address, 4 bytes of compact value.
    assert_eq!(encoded(Call::transfer_allow_death { dest: ALITH, value }), (0, 25));
    assert_eq!(encoded(Call::force_transfer { source: ALITH, dest: ALITH, value }), (2, 45));
    assert_eq!(encoded(Call::transfer_keep_alive { dest: ALITH, value }), (3, 25));
    assert_eq!(encoded(Call::transfer_all { dest: ALITH, keep_alive: true }), (4, 22));
    assert_eq!(encoded(Call::force_unreserve { who: ALITH, amount: value }), (5, 37));
    assert_eq!(encoded(Call::force_set_balance { who: ALITH, new_free: value }), (8, 25));
    assert_eq!(encoded(Call::burn { value, keep_alive: true }), (10, 6));
    assert!(Call::decode(&mut &[1u8, 0, 0][..]).is_err());
}

#[test]
fn wrong_origins_are_refused() {
    let (signed, value) = (Origin::Signed(ALITH), ED);
    let dest = BALTATHAR;
    let mut state = State::usual();
    for (call, wrong) in [
        (Call::transfer_allow_death { dest, value }, Origin::Root),
        (Call::transfer_allow_death { dest, value }, Origin::None),
        (Call::force_transfer { source: ALITH, dest, value }, signed),
        (Call::transfer_keep_alive { dest, value }, Origin::None),
        (Call::transfer_all { dest, keep_alive: true }, Origin::Root),
        (Call::force_unreserve { who: ALITH, amount: value }, signed),
        (Call::force_set_balance { who: ALITH, new_free: value }, signed),
        (Call::burn { value, keep_alive: true }, Origin::Root),
    ] {
        state.noop(DispatchError::BadOrigin, |ctx| run(ctx, call, wrong));
    }
}

#[test]
fn transfer_to_a_new_account_announces_its_birth_first() {
    let mut state = State::usual();
    state.ok(|ctx| run(ctx, Call::transfer_allow_death { dest: NOBODY, value: ED }, Origin::Signed(ALITH)));
    assert_eq!(
        state.events(),
        [
            Seen::System(ziver_system::Event::NewAccount { account: NOBODY }),
            Seen::Balances(Event::Endowed { account: NOBODY, free_balance: ED }),
            Seen::Balances(Event::Transfer { from: ALITH, to: NOBODY, amount: ED }),
        ]
    );
    assert_eq!((state.money(&ALITH).0, state.money(&NOBODY).0, state.issuance()), (9 * ED, ED, 15 * ED));
}

#[test]
fn transfer_that_leaves_dust_ends_the_sender_and_burns_the_dust() {
    let mut state = State::usual();
    let call = Call::transfer_allow_death { dest: BALTATHAR, value: 9 * ED + 1 };
    state.ok(|ctx| run(ctx, call, Origin::Signed(ALITH)));
    assert!(state.events().contains(&Seen::System(ziver_system::Event::KilledAccount { account: ALITH })));
    assert!(state.own_events().contains(&Event::DustLost { account: ALITH, amount: ED - 1 }));
    assert_eq!(state.money(&ALITH), (0, 0, 0));
    assert_eq!((state.money(&BALTATHAR).0, state.issuance()), (14 * ED + 1, 14 * ED + 1));
}

#[test]
fn transfer_keep_alive_that_would_leave_dust_is_refused() {
    let mut state = State::usual();
    let call = Call::transfer_keep_alive { dest: BALTATHAR, value: 9 * ED + 1 };
    state.noop(TokenError::NotExpendable, |ctx| run(ctx, call, Origin::Signed(ALITH)));
    let call = Call::transfer_keep_alive { dest: BALTATHAR, value: 9 * ED };
    state.ok(|ctx| run(ctx, call, Origin::Signed(ALITH)));
}

#[test]
fn transfer_all_leaves_the_deposit_or_nothing() {
    for (keep_alive, left) in [(true, ED), (false, 0)] {
        let mut state = State::usual();
        let call = Call::transfer_all { dest: NOBODY, keep_alive };
        state.ok(|ctx| run(ctx, call, Origin::Signed(ALITH)));
        assert_eq!((state.money(&ALITH).0, state.money(&NOBODY).0), (left, 10 * ED - left));
    }
}

#[test]
fn force_set_balance_moves_the_issuance_and_overflow_is_refused() {
    let mut state = State::usual();
    let set = |who, new_free| move |ctx: &mut Ctx| run(ctx, Call::force_set_balance { who, new_free }, Origin::Root);
    state.ok(set(NOBODY, 3 * ED));
    assert_eq!((state.money(&NOBODY).0, state.issuance()), (3 * ED, 18 * ED));
    state.ok(set(NOBODY, ED - 1));
    assert_eq!((state.money(&NOBODY).0, state.issuance()), (0, 15 * ED));
    state.noop(ziver_support::ArithmeticError::Overflow, set(NOBODY, u128::MAX));
    state.ok(set(NOBODY, u128::MAX - 15 * ED));
    assert_eq!(state.issuance(), u128::MAX);
}

#[test]
fn burn_lowers_the_issuance() {
    let mut state = State::usual();
    state.ok(|ctx| run(ctx, Call::burn { value: ED, keep_alive: true }, Origin::Signed(ALITH)));
    assert_eq!((state.money(&ALITH).0, state.issuance()), (9 * ED, 14 * ED));
    let more = Call::burn { value: 10 * ED, keep_alive: false };
    state.noop(TokenError::FundsUnavailable, |ctx| run(ctx, more, Origin::Signed(ALITH)));
}

#[test]
fn force_unreserve_leaves_holds_alone() {
    let mut state = State::usual();
    state.ok(|ctx| crate::hold(ctx, crate::tests::STAKE, &ALITH, 2 * ED));
    state.ok(|ctx| crate::reserve(ctx, &ALITH, 3 * ED));
    state.ok(|ctx| run(ctx, Call::force_unreserve { who: ALITH, amount: u128::MAX }, Origin::Root));
    assert_eq!(state.money(&ALITH), (8 * ED, 2 * ED, 0));
}
