//! `set_code` and `set_owner`.

use ziver_contracts::{Call, Error, Event, upload::code_hash};
use ziver_primitives::{AccountId20, Hash};
use ziver_support::{DispatchError, Origin};

use crate::{
    puppet::{self, Script},
    world::{ALITH, BALTATHAR, CHARLETH, IDLE, NOBODY, World, wat},
};

fn set_code(dest: AccountId20, code_hash: Hash) -> Call {
    Call::set_code { dest, code_hash }
}

fn set_owner(dest: AccountId20, owner: Option<AccountId20>) -> Call {
    Call::set_owner { dest, owner }
}

fn refcounts(world: &mut World, hashes: [&Hash; 2]) -> [u64; 2] {
    hashes.map(|hash| world.code_info(hash).unwrap().refcount)
}

#[test]
fn owner_and_root_exchange_the_code() {
    for origin in [Origin::Signed(ALITH), Origin::Root] {
        let mut world = World::new();
        let contract = world.deploy(&wat(IDLE));
        let (old, new) = (code_hash(&wat(IDLE)), world.upload(&puppet::code()));
        let outcome = world.dispatch(origin, set_code(contract, new)).ok();
        let event = Event::ContractCodeUpdated { contract, new_code_hash: new, old_code_hash: old };
        assert_eq!(outcome.contracts(), [event]);
        assert_eq!(refcounts(&mut world, [&old, &new]), [0, 1]);
        let _ = world.answer(&contract, Script::new().set(b"key", b"value"));
        assert_eq!(world.cell(&contract, b"key"), Some(b"value".to_vec()));
    }
}

#[test]
fn code_exchanged_for_itself_stays() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let before = world.state();
    let _ = world.dispatch(Origin::Signed(ALITH), set_code(contract, code_hash(&wat(IDLE)))).ok();
    world.assert_state(&before);
}

#[test]
fn storage_survives_an_exchange_of_code() {
    let mut world = World::new();
    let contract = world.deploy(&puppet::code());
    let _ = world.answer(&contract, Script::new().set(b"key", b"value"));
    let idle = world.upload(&wat(IDLE));
    let before = world.info(&contract).unwrap();
    let _ = world.dispatch(Origin::Root, set_code(contract, idle)).ok();
    let after = world.info(&contract).unwrap();
    assert_eq!(after, ziver_contracts::storage::ContractInfo { code_hash: idle, ..before });
    assert_eq!(world.cell(&contract, b"key"), Some(b"value".to_vec()));
}

#[test]
fn another_than_the_owner_may_not_exchange_the_code_or_the_owner() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let new = world.upload(&puppet::code());
    for origin in [Origin::Signed(BALTATHAR), Origin::Signed(contract), Origin::None] {
        world.refused(origin, set_code(contract, new), DispatchError::BadOrigin);
        world.refused(origin, set_owner(contract, Some(BALTATHAR)), DispatchError::BadOrigin);
    }
}

#[test]
fn exchange_of_code_or_owner_needs_a_contract() {
    let mut world = World::new();
    let new = world.upload(&puppet::code());
    for origin in [Origin::Signed(ALITH), Origin::Root] {
        world.refused(origin, set_code(NOBODY, new), Error::ContractNotFound);
        world.refused(origin, set_owner(NOBODY, None), Error::ContractNotFound);
    }
}

#[test]
fn exchange_for_unknown_code_is_refused() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    for origin in [Origin::Signed(ALITH), Origin::Root] {
        world.refused(origin, set_code(contract, code_hash(b"?")), Error::CodeNotFound);
    }
}

#[test]
fn new_owner_replaces_the_old_one() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let new = world.upload(&puppet::code());
    let outcome = world.dispatch(Origin::Signed(ALITH), set_owner(contract, Some(BALTATHAR))).ok();
    assert_eq!(outcome.contracts(), [Event::OwnerChanged { contract, owner: Some(BALTATHAR) }]);
    world.refused(Origin::Signed(ALITH), set_code(contract, new), DispatchError::BadOrigin);
    world.refused(Origin::Signed(ALITH), set_owner(contract, None), DispatchError::BadOrigin);
    let _ = world.dispatch(Origin::Signed(BALTATHAR), set_code(contract, new)).ok();
}

#[test]
fn contract_without_an_owner_is_roots_alone() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let new = world.upload(&puppet::code());
    let _ = world.dispatch(Origin::Signed(ALITH), set_owner(contract, None)).ok();
    world.refused(Origin::Signed(ALITH), set_code(contract, new), DispatchError::BadOrigin);
    world.refused(Origin::Signed(ALITH), set_owner(contract, Some(ALITH)), DispatchError::BadOrigin);
    let _ = world.dispatch(Origin::Root, set_owner(contract, Some(CHARLETH))).ok();
    let _ = world.dispatch(Origin::Signed(CHARLETH), set_code(contract, new)).ok();
}
