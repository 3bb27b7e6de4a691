use ziver_support::{DispatchError, MemoryExternalities};

use super::*;

/// Applies `set` as a block would, and ends the block.
fn block(ctx: &mut Ctx, now: Moment) -> Result<(), DispatchError> {
    let result = Call::set { now }.dispatch(ctx, Origin::None);
    finalize(ctx);
    result.map(|_| ()).map_err(|error| error.error)
}

#[test]
fn time_grows_with_each_block() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    assert_eq!(block(&mut ctx, 0), Ok(()));
    assert_eq!(block(&mut ctx, 5), Ok(()));
    assert_eq!(block(&mut ctx, 5), Err(Error::TooEarly.into()));
    assert_eq!(block(&mut ctx, 5 + MINIMUM_PERIOD_MS), Ok(()));
    assert_eq!(now(&ctx), 6);
}

/// Clients take twice the constant for the time between blocks.
#[test]
fn declared_period_is_half_of_the_default_slot_and_not_what_is_enforced() {
    let constant = metadata().constants.remove(0);
    assert_eq!((constant.name, constant.value), ("MinimumPeriod", 1_000u64.encode()));
    assert_eq!(MINIMUM_PERIOD_MS, 1);
}

#[test]
fn time_is_set_once_per_block() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    Call::set { now: 1 }.dispatch(&mut ctx, Origin::None).unwrap();
    let again = Call::set { now: 9 }.dispatch(&mut ctx, Origin::None);
    assert_eq!(again, Err(Error::AlreadySet.into()));
    assert!(finalize(&mut ctx));
    assert!(!finalize(&mut ctx));
}

#[test]
fn time_from_a_signer_or_root_is_refused() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    for origin in [Origin::Root, Origin::Signed([1; 20].into())] {
        let result = Call::set { now: 1 }.dispatch(&mut ctx, origin);
        assert_eq!(result, Err(DispatchError::BadOrigin.into()));
    }
    assert!(ext.pairs().is_empty());
}

#[test]
fn inherent_is_not_behind_the_block_before() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    assert_eq!(create_inherent(&ctx, &InherentData::default()), None);
    assert_eq!(create_inherent(&ctx, &InherentData::with_timestamp(7)), Some(Call::set { now: 7 }));
    block(&mut ctx, 100).unwrap();
    assert_eq!(create_inherent(&ctx, &InherentData::with_timestamp(7)), Some(Call::set { now: 101 }));
}

#[test]
fn check_refuses_drift_and_standing_still() {
    let mut ext = MemoryExternalities::default();
    let mut ctx = Ctx::new(&mut ext);
    block(&mut ctx, 100).unwrap();
    let data = InherentData::with_timestamp(1_000);
    let check = |now| check_inherent(&ctx, &Call::set { now }, &data);
    assert_eq!(check(100), Err(InherentError::TooEarly));
    assert_eq!(check(101), Ok(()));
    assert_eq!(check(1_000 + DRIFT_MAX_MS), Ok(()));
    assert_eq!(check(1_001 + DRIFT_MAX_MS), Err(InherentError::TooFarInFuture));
}
