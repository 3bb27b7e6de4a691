//! `call`, `instantiate`, `instantiate_with_code`.

use codec::Compact;
use ziver_balances::EXISTENTIAL_DEPOSIT;
use ziver_contracts::{
    Call, Error, Event, call::weight_of, create, deposit, limits::OUTPUT_BYTES_MAX, upload::code_hash, weights,
};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::{DispatchError, Dispatchable, Origin, Weight};

use crate::{
    puppet::{self, Script, log},
    world::{ALITH, BALTATHAR, GAS, IDLE, NOBODY, POOR, Seen, World, call, call_with, instantiate, upload, wat},
};

#[test]
fn call_runs_the_contract_and_says_what_it_answered() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let script = Script::new().set(b"key", b"value").set(b"key", b"other");
    let outcome = world.call(&puppet, 0, script).ok();
    let executed = outcome.executed();
    assert_eq!((executed.contract, executed.status), (puppet, 0));
    assert_eq!(log(&executed.output), [u64::from(u32::MAX), 5]);
    assert_eq!(world.cell(&puppet, b"key"), Some(b"other".to_vec()));
}

#[test]
fn call_of_a_contract_that_does_nothing_leaves_only_its_events() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let before = world.state();
    let outcome = world.call(&contract, 0, []).ok();
    assert!(matches!(outcome.contracts().as_slice(), [Event::Called { .. }, Event::Executed { status: 0, .. }]));
    assert_eq!(outcome.events.len(), 2);
    world.assert_state(&before);
}

#[test]
fn call_moves_its_money() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let before = (world.free(&ALITH), world.free(&contract));
    let outcome = world.call(&contract, 7 * UNIT, []).ok();
    assert_eq!((world.free(&ALITH), world.free(&contract)), (before.0 - 7 * UNIT, before.1 + 7 * UNIT));
    let moved = ziver_balances::Event::Transfer { from: ALITH, to: contract, amount: 7 * UNIT };
    assert_eq!(outcome.events[0], (Seen::Balances(moved), vec![]));
}

#[test]
fn call_of_no_contract_fails() {
    let mut world = World::new();
    for dest in [NOBODY, BALTATHAR] {
        let outcome = world.fails(&dest, [], Error::ContractNotFound);
        let executed = outcome.executed();
        assert_eq!((executed.contract, executed.status, executed.gas_used), (dest, 2, 0));
        assert_eq!(outcome.weight, weights::CALL);
    }
}

#[test]
fn call_with_more_money_than_there_is_fails() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    for value in [1_000_000 * UNIT, u128::MAX] {
        world.refused(Origin::Signed(ALITH), call(&contract, value, []), Error::TransferFailed);
    }
    // The last of the existential deposit stays.
    world.refused(Origin::Signed(POOR), call(&contract, 1, []), Error::TransferFailed);
}

#[test]
fn calls_by_nobody_are_refused_and_take_no_gas() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let hash = code_hash(&wat(IDLE));
    for origin in [Origin::Root, Origin::None] {
        for call in [call(&contract, 0, []), instantiate(&hash, 0, [], b"1"), with_code(&wat(IDLE), None)] {
            let outcome = world.refused(origin, call, DispatchError::BadOrigin);
            assert_eq!(outcome.weight, outcome.announced.saturating_sub(weight_of(GAS)));
            assert_eq!(outcome.events, []);
        }
    }
}

#[test]
fn reverted_call_fails_and_shows_its_output() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let mut script = Script::new().set(b"key", b"value").emit(b"event").transfer(&BALTATHAR, 0);
    let message = script.data(b"because");
    let outcome = world.fails(&puppet, script.give(1, message, 7), Error::ContractReverted);
    let executed = outcome.executed();
    assert_eq!((executed.contract, executed.status, executed.output), (puppet, 1, b"because".to_vec()));
}

#[test]
fn trapped_call_fails_without_output() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let outcome = world.fails(&puppet, Script::new().set(b"key", b"value").trap(), Error::ContractTrapped);
    let executed = outcome.executed();
    assert_eq!((executed.contract, executed.status, executed.output), (puppet, 2, vec![]));
}

#[test]
fn long_output_is_cut_off_in_the_event() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let script = Script::new().poke(puppet::OUT, u64::MAX).give(0, puppet::OUT, 5000);
    let output = world.answer(&puppet, script.clone());
    assert_eq!(output.len(), OUTPUT_BYTES_MAX);
    assert_eq!(world.dry_call(&puppet, 0, script).result.unwrap().data.len(), 5000);
}

#[test]
fn call_weighs_its_input_and_gives_unused_gas_back() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    let outcome = world.call(&contract, 0, vec![0; 1000]).ok();
    let base = weights::CALL.saturating_add(weights::INPUT_BYTE.saturating_mul(1000));
    assert_eq!(outcome.announced, base.saturating_add(weight_of(GAS)));
    assert_eq!(outcome.weight, base.saturating_add(weight_of(outcome.gas_used())));
    assert!((4_000..10_000).contains(&outcome.gas_used()), "{}", outcome.gas_used());
}

#[test]
fn absurd_gas_limits_are_answered() {
    let mut world = World::new();
    let contract = world.deploy(&wat(IDLE));
    for gas_limit in [Weight::MAX, Weight::from_parts(u64::MAX - 1, 3), Weight::from_parts(999, u64::MAX)] {
        let call = Call::call { dest: contract, value: 0, gas_limit, storage_deposit_limit: None, data: vec![] };
        let outcome = world.dispatch(Origin::Signed(ALITH), call);
        assert_eq!(outcome.result.is_ok(), gas_limit.ref_time > 999);
        assert!(outcome.gas_used() < 10_000);
    }
}

fn with_code(code: &[u8], deposit_limit: Option<u128>) -> Call {
    Call::instantiate_with_code {
        value: 0,
        gas_limit: weight_of(GAS),
        storage_deposit_limit: deposit_limit.map(Compact),
        code: code.to_vec(),
        data: vec![],
        salt: vec![],
    }
}

#[test]
fn deployment_makes_a_contract() {
    let mut world = World::new();
    let hash = world.upload(&puppet::code());
    let free = world.free(&BALTATHAR);
    let script = Script::new().set(b"key", b"value").build();
    let outcome = world.dispatch(Origin::Signed(BALTATHAR), instantiate(&hash, 5 * UNIT, script.clone(), b"salt")).ok();
    let contract = outcome.executed().contract;
    assert_eq!(contract, create::by_salt(&BALTATHAR, &hash, &script, b"salt"));
    let info = world.info(&contract).unwrap();
    assert_eq!((info.code_hash, info.owner, info.nonce), (hash, Some(BALTATHAR), 0));
    assert_eq!((info.storage_items, info.storage_bytes), (1, 5));
    assert_eq!((info.storage_item_deposit, info.storage_byte_deposit), (deposit::price(0, 1), deposit::price(5, 0)));
    let held = info.storage_base_deposit + deposit::price(5, 1);
    assert_eq!(world.held(&contract), held);
    assert_eq!(world.free(&contract), 5 * UNIT + EXISTENTIAL_DEPOSIT);
    assert_eq!(world.free(&BALTATHAR), free - 5 * UNIT - EXISTENTIAL_DEPOSIT - held);
    assert_eq!(world.code_info(&hash).unwrap().refcount, 1);
    assert!(outcome.contracts().contains(&Event::Instantiated { deployer: BALTATHAR, contract }));
    world.issuance();
}

#[test]
fn deployment_of_unknown_code_fails() {
    let mut world = World::new();
    let outcome =
        world.refused(Origin::Signed(ALITH), instantiate(&code_hash(b"?"), 0, [], b"salt"), Error::CodeNotFound);
    assert_eq!(outcome.executed().contract, AccountId20([0; 20]));
}

#[test]
fn second_deployment_at_the_same_address_fails() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    let deploy = |data: &[u8], salt: &[u8]| instantiate(&hash, 0, data, salt);
    let _ = world.dispatch(Origin::Signed(ALITH), deploy(b"", b"salt")).ok();
    world.refused(Origin::Signed(ALITH), deploy(b"", b"salt"), Error::DuplicateContract);
    // Another salt, input or sender makes another address.
    for (who, data, salt) in [(ALITH, b"", b"Salt"), (BALTATHAR, b"", b"salt")] {
        let _ = world.dispatch(Origin::Signed(who), deploy(data, salt)).ok();
    }
    let _ = world.dispatch(Origin::Signed(ALITH), deploy(b"x", b"salt")).ok();
    assert_eq!(world.code_info(&hash).unwrap().refcount, 4);
}

#[test]
fn deployments_without_salt_follow_the_nonce() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    for nonce in 1..4 {
        let outcome = world.dispatch(Origin::Signed(ALITH), instantiate(&hash, 0, [], b"")).ok();
        assert_eq!(outcome.executed().contract, create::by_nonce(&ALITH, nonce));
    }
}

#[test]
fn deployment_at_an_account_that_has_sent_transactions_fails() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    let address = create::by_salt(&ALITH, &hash, b"", b"salt");
    let ctx = &mut world.ctx();
    let keep = ziver_balances::Existence::Preserve;
    ziver_balances::transfer(ctx, &ALITH, &address, UNIT, keep).unwrap();
    // Money alone does not hinder.
    assert!(world.dry_deploy(ziver_contracts::api::Code::Existing(hash), 0, [], b"salt").result.is_ok());
    let _ = world.dispatch(Origin::Signed(address), upload(&wat(IDLE), None)).ok();
    world.refused(Origin::Signed(ALITH), instantiate(&hash, 0, [], b"salt"), Error::DuplicateContract);
}

#[test]
fn deployment_at_an_address_with_money_keeps_it() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    let address = create::by_salt(&ALITH, &hash, b"", b"salt");
    let keep = ziver_balances::Existence::Preserve;
    ziver_balances::transfer(&mut world.ctx(), &BALTATHAR, &address, 3 * UNIT, keep).unwrap();
    let free = world.free(&ALITH);
    let _ = world.dispatch(Origin::Signed(ALITH), instantiate(&hash, 0, [], b"salt")).ok();
    // No existential deposit is due then.
    assert_eq!((world.free(&address), world.free(&ALITH)), (3 * UNIT, free - world.held(&address)));
}

#[test]
fn deployment_without_money_fails() {
    let mut world = World::new();
    let hash = world.upload(&wat(IDLE));
    let poor = instantiate(&hash, 0, [], b"salt");
    world.refused(Origin::Signed(POOR), poor, Error::StorageDepositNotEnoughFunds);
    let rich = instantiate(&hash, 1_000_000 * UNIT, [], b"salt");
    world.refused(Origin::Signed(ALITH), rich, Error::TransferFailed);
}

#[test]
fn deployment_that_reverts_or_traps_leaves_nothing() {
    let mut world = World::new();
    let hash = world.upload(&puppet::code());
    let script = Script::new().set(b"key", b"value").emit(b"event");
    let deploy = |script: Script| instantiate(&hash, UNIT, script, b"salt");
    world.refused(Origin::Signed(ALITH), deploy(script.clone().revert()), Error::ContractReverted);
    world.refused(Origin::Signed(ALITH), deploy(script.clone().trap()), Error::ContractTrapped);
    world.refused(Origin::Signed(ALITH), deploy(script.burn()), Error::OutOfGas);
}

#[test]
fn deployment_with_code_uploads_and_deploys() {
    let mut world = World::new();
    let outcome = world.dispatch(Origin::Signed(ALITH), with_code(&wat(IDLE), None)).ok();
    let code_hash = code_hash(&wat(IDLE));
    assert!(matches!(outcome.contracts()[0], Event::CodeStored { .. }));
    let contract = outcome.executed().contract;
    assert_eq!(world.info(&contract).unwrap().code_hash, code_hash);
    assert_eq!(world.code_info(&code_hash).unwrap().refcount, 1);
}

#[test]
fn deployment_with_bad_code_leaves_nothing() {
    let mut world = World::new();
    world.refused(Origin::Signed(ALITH), with_code(b"\0asm", None), Error::CodeRejected);
    let burning = wat(r#"(module (memory 1) (func (export "call")) (func (export "deploy") unreachable))"#);
    world.refused(Origin::Signed(ALITH), with_code(&burning, None), Error::ContractTrapped);
}

#[test]
fn deposit_limit_covers_code_and_contract_together() {
    let mut world = World::new();
    let code = wat(IDLE);
    let before = world.free(&ALITH);
    let paid = world.undone(|ctx| {
        let _ = with_code(&code, None).dispatch(ctx, Origin::Signed(ALITH)).unwrap();
        before - ziver_balances::free_balance(ctx, &ALITH)
    });
    world.refused(Origin::Signed(ALITH), with_code(&code, Some(paid - 1)), Error::StorageDepositLimitExhausted);
    let _ = world.dispatch(Origin::Signed(ALITH), with_code(&code, Some(paid))).ok();
    assert_eq!(world.free(&ALITH), before - paid);
}

#[test]
fn calls_announce_their_gas() {
    let hash = code_hash(b"");
    let weight = |call: Call| call.dispatch_info().weight;
    let with_gas = |weight: Weight| weight.saturating_add(weight_of(GAS));
    assert_eq!(weight(instantiate(&hash, 0, [], b"")), with_gas(weights::INSTANTIATE));
    let bytes = weights::INPUT_BYTE.saturating_mul(5);
    assert_eq!(weight(instantiate(&hash, 0, *b"abc", b"de")), with_gas(weights::INSTANTIATE.saturating_add(bytes)));
    let upload = upload(b"code", None);
    assert_eq!(weight(with_code(b"code", None)), with_gas(weights::INSTANTIATE.saturating_add(weight(upload))));
    assert_eq!(weight(call_with(&ALITH, 0, [], 0, None)), weights::CALL);
}
