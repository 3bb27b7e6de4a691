//! First parameters.
use super::*;
use std::string::ToString;
use ziver_support::MemoryExternalities;

#[test]
fn burn_share_beyond_everything_is_refused() {
    let mut ext = MemoryExternalities::default();
    let error = genesis(&mut Ctx::new(&mut ext), 1_000_001).unwrap_err();
    assert_eq!(error, GenesisError::BurnShare(1_000_001));
    assert!(error.to_string().contains("1000001"));
    assert!(ext.pairs().is_empty());
    genesis(&mut Ctx::new(&mut ext), 1_000_000).unwrap();
    assert_eq!(BURN_SHARE.get(&Ctx::new(&mut ext)), Some(1_000_000));
}
