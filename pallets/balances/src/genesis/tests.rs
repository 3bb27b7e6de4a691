//! First balances, good and bad.
use super::*;
use crate::tests::{ALITH, BALTATHAR, ED};
use std::string::ToString;
use ziver_support::MemoryExternalities;

#[test]
fn first_balances_make_living_accounts() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    genesis(&mut ctx, &[(ALITH, ED), (BALTATHAR, 2 * ED)]).unwrap();
    let info = account::get(&ctx, &BALTATHAR);
    assert_eq!((info.providers, info.data.free, info.data.flags), (1, 2 * ED, account::FLAG_NEW_LOGIC));
    assert_eq!(TOTAL_ISSUANCE.get(&ctx), Some(3 * ED));
}

#[test]
fn bad_balances_are_refused_with_a_reason() {
    for (balances, error, text) in [
        (vec![(ALITH, ED), (ALITH, ED)], GenesisError::Duplicate(ALITH), "is listed twice"),
        (vec![(ALITH, ED - 1)], GenesisError::BelowExistentialDeposit(ALITH, ED - 1), "less than the existential"),
        (vec![(ALITH, u128::MAX), (BALTATHAR, ED)], GenesisError::Overflow, "does not fit"),
    ] {
        let mut ext = MemoryExternalities::default();
        assert_eq!(genesis(&mut Ctx::new(&mut ext), &balances), Err(error));
        assert!(error.to_string().contains(text));
        assert!(ext.pairs().is_empty());
    }
}
