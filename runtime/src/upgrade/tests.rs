//! Migrations run once, on what the version before has written.
use ziver_primitives::storage_keys::item_prefix;
use ziver_support::Externalities;

use super::*;
use crate::harness::Chain;

/// Makes the chain believe that an older version has run until now, and left `upgrades` in its layout.
fn with_older(upgrades: &[u32]) -> Chain {
    let mut chain = Chain::new();
    chain.begin();
    chain.end();
    let older = (codec::Compact(SPEC_VERSION - 1), "ziver");
    chain.ext.set(&item_prefix("System", "LastRuntimeUpgrade"), &codec::Encode::encode(&older));
    chain.ext.set(UPGRADES.key(), &codec::Encode::encode(&upgrades.to_vec()));
    chain
}

#[test]
#[cfg(not(feature = "upgraded"))]
fn new_version_is_remembered_once() {
    let mut chain = with_older(&[0]);
    for _ in 0..2 {
        chain.begin();
        chain.end();
        assert_eq!(UPGRADES.get(&chain.ctx()), Some(vec![0, SPEC_VERSION]));
    }
}

#[test]
#[cfg(feature = "upgraded")]
fn list_of_versions_is_rewritten_once_with_their_first_blocks() {
    let mut chain = with_older(&[1]);
    let wanted = vec![Upgrade { spec_version: 1, since: 0 }, Upgrade { spec_version: SPEC_VERSION, since: 2 }];
    for _ in 0..2 {
        chain.begin();
        chain.end();
        assert_eq!(UPGRADES.get(&chain.ctx()), Some(wanted.clone()));
    }
}

#[test]
fn genesis_has_no_migration_to_run() {
    let mut chain = Chain::new();
    let before = UPGRADES.get(&chain.ctx());
    chain.begin();
    chain.end();
    assert_eq!(UPGRADES.get(&chain.ctx()), before);
    assert_eq!(before.map(|upgrades| upgrades.len()), Some(1));
}
