//! Contracts that end, and what comes after them.

use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{
    Error, Event,
    api::Code,
    create, deposit,
    limits::DELETED_CELLS_MAX,
    storage::{DELETION_QUEUE, DELETION_QUEUE_COUNTER, STORAGE},
    upload::code_hash,
};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::Origin;

use crate::{
    nesting::ALLOW_REENTRY,
    puppet::{self, Callee, OUT, Script, log, step},
    world::{ALITH, BALTATHAR, CHARLETH, NOBODY, World, call, instantiate, wat},
};

fn world() -> (World, AccountId20) {
    let mut world = World::new();
    let puppet = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"salt");
    (world, puppet)
}

/// Cells that are in state, of whomever.
fn cells(world: &World) -> usize {
    world.ext.pairs().keys().filter(|key| key.starts_with(STORAGE.prefix())).count()
}

/// Writes so many cells of eight bytes.
fn fill(times: u64) -> Script {
    let begin = Script::new().poke(OUT, times);
    let at = begin.here();
    let args = [OUT.into(), 8u32.into(), OUT.into(), 8u32.into()];
    begin.import("seal2", "set_storage", &args).step(step::REPEAT, &[OUT.into(), at.into()])
}

#[test]
fn contract_that_ends_leaves_money_to_the_beneficiary_and_deposits_to_the_signer() {
    let (mut world, puppet) = world();
    let _ = world.call(&puppet, 0, fill(3)).ok();
    let (issuance, held) = (world.issuance(), world.held(&puppet));
    let info = world.info(&puppet).unwrap();
    assert_eq!(held, info.storage_base_deposit + deposit::price(24, 3));
    let before = (world.free(&CHARLETH), world.free(&BALTATHAR));
    let ends = call(&puppet, 0, Script::new().terminate(&CHARLETH));
    let outcome = world.dispatch(Origin::Signed(BALTATHAR), ends).ok();
    assert_eq!(world.free(&CHARLETH), before.0 + 10 * UNIT + EXISTENTIAL_DEPOSIT);
    assert_eq!(world.free(&BALTATHAR), before.1 + held);
    assert_eq!((world.free(&puppet), world.held(&puppet), world.info(&puppet)), (0, 0, None));
    assert!(outcome.contracts().contains(&Event::Terminated { contract: puppet, beneficiary: CHARLETH }));
    assert_eq!(world.code_info(&code_hash(&puppet::code())).unwrap().refcount, 0);
    assert_eq!(world.issuance(), issuance);
    assert!(!ziver_system::account::ACCOUNT.contains_key(&world.ctx(), &puppet));
}

#[test]
fn contract_that_has_ended_can_not_be_called() {
    let (mut world, puppet) = world();
    let _ = world.call(&puppet, 0, Script::new().terminate(&NOBODY).trap()).ok();
    world.fails(&puppet, [], Error::ContractNotFound);
    assert_eq!(world.free(&NOBODY), 10 * UNIT + EXISTENTIAL_DEPOSIT);
    assert_eq!(
        ziver_contracts::api::get_storage(&world.ctx(), &puppet, b"key"),
        Err(ziver_contracts::api::ContractAccessError::DoesntExist)
    );
}

#[test]
fn contract_may_not_end_in_its_constructor() {
    let mut world = World::new();
    let hash = world.upload(&puppet::code());
    let ends = instantiate(&hash, UNIT, Script::new().terminate(&ALITH), b"salt");
    world.refused(Origin::Signed(ALITH), ends, Error::TerminatedInConstructor);
}

#[test]
fn contract_may_not_end_while_it_is_called_elsewhere() {
    let (mut world, puppet) = world();
    let ends = Script::new().terminate(&ALITH).build();
    let how = Callee { flags: ALLOW_REENTRY, ..Callee::default() };
    // By itself, by another, or out of its constructor.
    assert_eq!(log(&world.answer(&puppet, Script::new().call_with(&puppet, &ends, how))), [1]);
    let other = world.deploy(&puppet::other_code());
    let back = Script::new().call(&puppet, &ends).expect(1).build();
    let _ = world.call(&puppet, 0, Script::new().call_with(&other, &back, how).expect(0)).ok();
    let made = create::by_salt(&ALITH, &code_hash(&puppet::code()), &[], b"salt");
    assert_eq!(made, puppet);
    let hash = code_hash(&puppet::other_code());
    let nonce = u64::from(ziver_system::account::nonce(&world.ctx(), &ALITH));
    let made = create::by_nonce(&ALITH, nonce);
    let constructor = Script::new().call_with(&made, &ends, how).expect(1);
    let result = world.dry_deploy(Code::Existing(hash), 0, constructor, b"");
    assert_eq!(result.result.unwrap().account_id, made);
}

#[test]
fn caller_goes_on_when_its_callee_ends() {
    let (mut world, puppet) = world();
    let other = world.deploy_with(&puppet::other_code(), 5 * UNIT, &[], b"other");
    let held = world.held(&other);
    let ends = Script::new().set(b"key", b"value").terminate(&puppet).build();
    let before = (world.free(&puppet), world.free(&ALITH), world.held(&puppet));
    let script = Script::new().call(&other, &ends).expect(0).set(b"key", b"").call(&other, b"");
    assert_eq!(log(&world.answer(&puppet, script)), [0, u64::from(u32::MAX), 8]);
    assert_eq!(world.free(&puppet), before.0 + 5 * UNIT + EXISTENTIAL_DEPOSIT);
    // Nobody pays for the cell that ended with its contract.
    assert_eq!(world.free(&ALITH), before.1 + held - deposit::price(0, 1));
    assert_eq!(world.held(&puppet), before.2 + deposit::price(0, 1));
    world.issuance();
}

#[test]
fn money_that_is_left_to_the_contract_itself_stays_at_its_address() {
    let (mut world, puppet) = world();
    let issuance = world.issuance();
    let _ = world.call(&puppet, 0, Script::new().terminate(&puppet)).ok();
    assert_eq!((world.info(&puppet), world.free(&puppet)), (None, 10 * UNIT + EXISTENTIAL_DEPOSIT));
    assert_eq!(world.issuance(), issuance);
    // Whoever makes the contract again has it again.
    let _ = world.deploy_with(&puppet::code(), 0, &[], b"salt");
    let _ = world.call(&puppet, 0, Script::new().terminate(&CHARLETH)).ok();
    assert_eq!(world.free(&puppet), 0);
}

#[test]
fn cells_of_an_ended_contract_go_over_several_blocks() {
    let (mut world, puppet) = world();
    let count = 2 * DELETED_CELLS_MAX as usize + 10;
    let other = world.deploy_with(&puppet::code(), 0, &[], b"other");
    let _ = world.call(&other, 0, fill(7)).ok();
    let _ = world.call(&puppet, 0, fill(count as u64)).ok();
    let _ = world.call(&puppet, 0, Script::new().terminate(&ALITH)).ok();
    assert_eq!(cells(&world), count + 7);
    for left in [count - 128, count - 256, 0, 0] {
        world.next_block();
        assert_eq!(cells(&world), left + 7);
    }
    assert_eq!(world.info(&other).unwrap().storage_items, 7);
    let queue = DELETION_QUEUE_COUNTER.get_or_default(&world.ctx());
    assert_eq!((queue.deleted, queue.inserted), (1, 1));
    assert!(world.ext.pairs().keys().all(|key| !key.starts_with(DELETION_QUEUE.prefix())));
}

#[test]
fn what_is_cleared_weighs_in_its_block() {
    let (mut world, puppet) = world();
    let _ = world.call(&puppet, 0, fill(150)).ok();
    let _ = world.call(&puppet, 0, Script::new().terminate(&ALITH)).ok();
    // The last of the queue counts once more.
    for removed in [128, 150 - 128 + 1, 0] {
        let mut ctx = world.ctx();
        let before = ziver_system::block::BLOCK_WEIGHT.get_or_default(&ctx);
        ziver_contracts::on_finalize(&mut ctx);
        let after = ziver_system::block::BLOCK_WEIGHT.get_or_default(&ctx);
        let took = ziver_contracts::weights::DELETE_CELL.saturating_mul(removed);
        assert_eq!(after.mandatory, before.mandatory.saturating_add(took));
        assert_eq!(after.normal, before.normal);
    }
}

#[test]
fn many_ended_contracts_are_cleared_in_order_within_the_limit() {
    let mut world = World::new();
    let all: Vec<_> = (0..5u8).map(|salt| world.deploy_with(&puppet::code(), 0, &fill(50).build(), &[salt])).collect();
    for contract in &all {
        let _ = world.call(contract, 0, Script::new().terminate(&ALITH)).ok();
    }
    assert_eq!(cells(&world), 250);
    let mut left = 250;
    while left > 0 {
        world.next_block();
        let now = cells(&world);
        assert!(now < left && left - now <= DELETED_CELLS_MAX as usize, "{left} {now}");
        left = now;
    }
    let empty: Vec<_> = (0..200u8).map(|salt| world.deploy_with(&puppet::code(), 0, &[], &[salt, 1])).collect();
    for contract in &empty {
        let _ = world.call(contract, 0, Script::new().terminate(&ALITH)).ok();
    }
    world.next_block();
    // Contracts without cells cost something too.
    let queue = DELETION_QUEUE_COUNTER.get_or_default(&world.ctx());
    assert_eq!(queue.inserted - queue.deleted, 200 - DELETED_CELLS_MAX);
    world.next_block();
    assert!(world.ext.pairs().keys().all(|key| !key.starts_with(DELETION_QUEUE.prefix())));
}

#[test]
fn contract_made_again_at_the_same_address_has_no_cells() {
    let (mut world, puppet) = world();
    let _ = world.call(&puppet, 0, Script::new().set(b"key", b"value")).ok();
    let _ = world.call(&puppet, 0, Script::new().terminate(&ALITH)).ok();
    // Before anything was removed.
    assert_eq!(world.deploy_with(&puppet::code(), 0, &[], b"salt"), puppet);
    assert_eq!(cells(&world), 1);
    assert_eq!(log(&world.answer(&puppet, Script::new().get(b"key").set(b"key", b"new"))), [3, u64::from(u32::MAX)]);
    world.next_block();
    world.next_block();
    assert_eq!(world.cell(&puppet, b"key"), Some(b"new".to_vec()));
    assert_eq!((cells(&world), world.info(&puppet).unwrap().storage_items), (1, 1));
}

#[test]
fn contract_that_ends_and_is_made_again_in_one_call_starts_anew() {
    let (mut world, one) = world();
    let hash = code_hash(&puppet::code());
    let input = Script::new().set(b"key", b"value").build();
    let made = create::by_salt(&one, &hash, &input, b"salt");
    let make = |script: Script| script.instantiate(&hash, UNIT, &input, b"salt").expect(0);
    let ends = Script::new().set(b"more", b"cells").terminate(&one).build();
    let free = world.free(&ALITH);
    let script = make(make(make(Script::new()).call(&made, &ends).expect(0)).call(&made, &ends).expect(0));
    let _ = world.call(&one, 0, script).ok();
    let info = world.info(&made).unwrap();
    assert_eq!((info.storage_items, info.storage_bytes), (1, 5));
    let held = info.storage_base_deposit + deposit::price(5, 1);
    assert_eq!(world.held(&made), held);
    // The existential deposits of the first two went to `one`.
    assert_eq!(world.free(&ALITH), free - held - 3 * EXISTENTIAL_DEPOSIT);
    assert_eq!(world.free(&one), 9 * UNIT + 3 * EXISTENTIAL_DEPOSIT);
    assert_eq!(world.code_info(&hash).unwrap().refcount, 2);
    world.next_block();
    assert_eq!((cells(&world), world.cell(&made, b"more")), (1, None));
    world.issuance();
}

#[test]
fn code_of_ended_contracts_can_be_removed() {
    let (mut world, puppet) = world();
    let code_hash = code_hash(&puppet::code());
    let remove = || ziver_contracts::Call::remove_code { code_hash };
    world.refused(Origin::Signed(ALITH), remove(), Error::CodeInUse);
    let _ = world.call(&puppet, 0, Script::new().terminate(&ALITH)).ok();
    let _ = world.dispatch(Origin::Signed(ALITH), remove()).ok();
    assert_eq!(world.code_info(&code_hash), None);
}

#[test]
fn contract_exchanges_its_own_code() {
    let (mut world, puppet) = world();
    let idle = world.upload(&wat(crate::world::IDLE));
    let set = |hash: &ziver_primitives::Hash| {
        let mut script = Script::new();
        let at = script.data(&hash.0);
        script.import("seal0", "set_code_hash", &[at])
    };
    assert_eq!(log(&world.answer(&puppet, set(&code_hash(b"?")))), [7]);
    // The code that runs stays the same until the call ends, and says so.
    let outcome = world.call(&puppet, 0, set(&idle).tell("seal0", "own_code_hash", 32)).ok();
    let old_code_hash = code_hash(&puppet::code());
    assert_eq!(outcome.executed().output, old_code_hash.0);
    let event = Event::ContractCodeUpdated { contract: puppet, new_code_hash: idle, old_code_hash };
    assert!(outcome.contracts().contains(&event));
    let refcounts = [old_code_hash, idle].map(|hash| world.code_info(&hash).unwrap().refcount);
    assert_eq!(refcounts, [0, 1]);
    assert_eq!(world.answer(&puppet, Script::new().trap()), b"");
}
