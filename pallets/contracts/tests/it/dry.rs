//! Questions without a transaction: they tell what the transaction would do.

use ziver_contracts::{
    Call, Error,
    api::{self, Code, StorageDeposit},
    call::{Deployment, weight_of},
    deposit::{self, price},
    upload::code_hash,
};
use ziver_primitives::UNIT;
use ziver_support::{Origin, Weight};

use crate::{
    puppet::{self, Script, log},
    world::{ALITH, GAS, IDLE, NOBODY, POOR, World, upload, wat},
};

#[test]
fn storage_deposit_is_what_the_transaction_takes() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    for (script, expected) in [
        (Script::new().set(b"key", b"value"), StorageDeposit::Charge(price(5, 1))),
        (Script::new().get(b"key"), StorageDeposit::Charge(0)),
        (Script::new().set(b"key", b"12").set(b"more", b""), StorageDeposit::Charge(price(0, 1) - price(3, 0))),
        (Script::new().clear(b"key").clear(b"more"), StorageDeposit::Refund(price(2, 2))),
    ] {
        let result = world.dry_call(&puppet, 0, script.clone());
        assert_eq!(result.storage_deposit, expected);
        let before = world.free(&ALITH) as i128;
        let _ = world.call(&puppet, 0, script).ok();
        let signed = match expected {
            StorageDeposit::Charge(amount) => amount as i128,
            StorageDeposit::Refund(amount) => -(amount as i128),
        };
        assert_eq!(before - world.free(&ALITH) as i128, signed);
    }
}

fn deploy(code: Vec<u8>, data: Vec<u8>) -> Call {
    Call::instantiate_with_code {
        value: UNIT,
        gas_limit: weight_of(GAS),
        storage_deposit_limit: None,
        code,
        data,
        salt: vec![],
    }
}

#[test]
fn dry_deployment_tells_address_and_deposit_of_code_and_contract() {
    let mut world = World::new();
    let data = Script::new().set(b"key", b"value").build();
    let result = world.dry_deploy(Code::Upload(puppet::code()), UNIT, data.clone(), b"");
    let before = world.free(&ALITH);
    let outcome = world.dispatch(Origin::Signed(ALITH), deploy(puppet::code(), data)).ok();
    let paid = before - world.free(&ALITH) - UNIT;
    assert_eq!(result.storage_deposit, StorageDeposit::Charge(paid));
    assert_eq!(result.gas_consumed, weight_of(outcome.gas_used()));
    let answer = result.result.unwrap();
    assert_eq!((answer.account_id, answer.result.data), (outcome.executed().contract, outcome.executed().output));
    // The second time the code is there already.
    let result = world.dry_deploy(Code::Existing(code_hash(&puppet::code())), UNIT, [], b"");
    let again = world.dry_deploy(Code::Upload(puppet::code()), UNIT, [], b"");
    assert_eq!((result.storage_deposit, &result.result), (again.storage_deposit, &again.result));
    assert!(matches!(result.storage_deposit, StorageDeposit::Charge(charge) if charge < paid));
}

#[test]
fn dry_run_that_reverts_shows_the_answer_and_charges_nothing() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let mut script = Script::new().set(b"key", b"value");
    let message = script.data(b"because");
    let script = script.give(1, message, 7);
    let result = world.dry_call(&puppet, 0, script.clone());
    let answer = result.result.unwrap();
    assert_eq!((answer.did_revert(), answer.data), (true, b"because".to_vec()));
    assert_eq!(result.storage_deposit, StorageDeposit::Charge(0));
    // Neither for code that would be uploaded on the way.
    let result = world.dry_deploy(Code::Upload(puppet::other_code()), 0, script, b"");
    assert!(result.result.unwrap().result.did_revert());
    assert_eq!(result.storage_deposit, StorageDeposit::Charge(0));
}

#[test]
fn dry_run_that_fails_says_why_and_what_it_took() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let result = world.dry_call(&puppet, 0, Script::new().set(b"key", b"value").trap());
    assert_eq!(result.result, Err(Error::ContractTrapped.into()));
    assert_eq!(result.storage_deposit, StorageDeposit::Charge(0));
    assert!(result.gas_consumed.ref_time > 20_000_000);
    assert_eq!(world.dry_call(&NOBODY, 0, []).result, Err(Error::ContractNotFound.into()));
    let result = world.dry_deploy(Code::Upload(b"\0asm".to_vec()), 0, [], b"");
    assert_eq!(result.result, Err(Error::CodeRejected.into()));
    let result = world.dry_deploy(Code::Existing(code_hash(b"?")), 0, [], b"");
    assert_eq!((result.result, result.gas_consumed), (Err(Error::CodeNotFound.into()), Weight::ZERO));
}

#[test]
fn dry_run_gets_at_most_the_gas_of_a_transaction() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let ask = Script::new().import("zx", "gas_limit", &[]).build();
    let mut limit = |gas: Option<Weight>| {
        let ask = ask.clone();
        let result = world.undone(|ctx| api::call::<()>(ctx, ALITH, puppet, 0, gas, None, ask)).result;
        log(&result.unwrap().data)[0]
    };
    let most = ziver_contracts::call::gas_of(api::gas_limit_max());
    assert_eq!((limit(None), limit(Some(Weight::MAX)), limit(Some(weight_of(100_000)))), (most, most, 100_000));
    assert!(most > 1_000_000_000);
}

#[test]
fn dry_run_keeps_the_deposit_limit() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let set = Script::new().set(b"key", b"value").build();
    let exact = price(5, 1);
    for (limit, expected) in [(exact, Ok(())), (exact - 1, Err(Error::StorageDepositLimitExhausted.into()))] {
        let set = set.clone();
        let result = world.undone(|ctx| api::call::<()>(ctx, ALITH, puppet, 0, None, Some(limit), set));
        assert_eq!(result.result.map(drop), expected);
    }
    let code = wat(IDLE);
    let all = match world.dry_deploy(Code::Upload(code.clone()), 0, [], b"").storage_deposit {
        StorageDeposit::Charge(all) => all,
        StorageDeposit::Refund(_) => panic!("a deployment costs something"),
    };
    for (limit, expected) in [(all, Ok(())), (all - 1, Err(Error::StorageDepositLimitExhausted.into()))] {
        let deployment = Deployment { origin: ALITH, value: 0, input: vec![], salt: vec![] };
        let code = Code::Upload(code.clone());
        let result = world.undone(|ctx| api::instantiate::<()>(ctx, deployment, code, None, Some(limit)));
        assert_eq!(result.result.map(drop), expected);
    }
}

#[test]
fn dry_upload_tells_hash_and_deposit() {
    let mut world = World::new();
    let code = wat(IDLE);
    let dry = |world: &mut World, who, limit| {
        let code = code.clone();
        world.undone(|ctx| api::upload_code(ctx, who, code, limit))
    };
    let told = dry(&mut world, ALITH, None).unwrap();
    assert_eq!(told.code_hash, code_hash(&code));
    assert_eq!(dry(&mut world, ALITH, Some(told.deposit - 1)), Err(Error::StorageDepositLimitExhausted.into()));
    assert_eq!(dry(&mut world, POOR, None), Err(Error::StorageDepositNotEnoughFunds.into()));
    let _ = world.dispatch(Origin::Signed(ALITH), upload(&code, Some(told.deposit))).ok();
    assert_eq!(ziver_balances::held_by(&world.ctx(), deposit::CODE_UPLOAD, &ALITH), told.deposit);
    assert_eq!(dry(&mut world, POOR, None).unwrap().deposit, 0);
}

#[test]
fn stranger_without_money_may_ask() {
    let mut world = World::new();
    let puppet = world.deploy(&puppet::code());
    let _ = world.call(&puppet, 0, Script::new().set(b"key", b"value")).ok();
    let read = Script::new().get(b"key").give(0, puppet::OUT, 5).build();
    let result = world.undone(|ctx| api::call::<()>(ctx, NOBODY, puppet, 0, None, None, read));
    assert_eq!(result.result.unwrap().data, b"value");
}
