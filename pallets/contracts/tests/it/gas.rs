//! Gas: where it goes, who runs out of it, and what comes back.

use proptest::prelude::*;
use ziver_contracts::{
    Error,
    call::{gas_of, weight_of},
    prices,
    upload::code_hash,
};
use ziver_primitives::{AccountId20, UNIT};
use ziver_support::{DispatchError, Origin, Weight};

use crate::{
    puppet::{self, Arg, Callee, OUT, Script, log, step},
    world::{ALITH, BALTATHAR, GAS, Outcome, World, call_with},
};

fn two() -> (World, AccountId20, AccountId20) {
    let mut world = World::new();
    let one = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"one");
    let other = world.deploy_with(&puppet::code(), 10 * UNIT, &[], b"other");
    (world, one, other)
}

fn run(world: &mut World, puppet: &AccountId20, script: impl Into<Vec<u8>>, gas: u64) -> Outcome {
    let outcome = world.dispatch(Origin::Signed(ALITH), call_with(puppet, 0, script, gas, None));
    assert!(outcome.gas_used() <= gas, "no more than was offered");
    outcome
}

fn limited(gas: u64) -> Callee {
    Callee { gas, ..Callee::default() }
}

#[test]
fn gas_and_weight_are_converted() {
    assert_eq!((gas_of(Weight::from_parts(2_999, 7)), weight_of(3)), (2, Weight::from_parts(3_000, 0)));
    assert_eq!(gas_of(Weight::MAX), u64::MAX / 1_000);
    assert_eq!(weight_of(u64::MAX), Weight::from_parts(u64::MAX, 0));
}

#[test]
fn code_that_runs_out_of_gas_fails_and_takes_all() {
    let (mut world, one, _) = two();
    let outcome = world.fails(&one, Script::new().burn(), Error::OutOfGas);
    assert_eq!((outcome.gas_used(), outcome.weight), (GAS, outcome.announced));
    let outcome = run(&mut world, &one, [], 0);
    outcome.failed(Error::OutOfGas);
}

#[test]
fn import_that_is_too_dear_fails_and_takes_all() {
    let (mut world, one, _) = two();
    let base = world.call(&one, 0, []).ok().gas_used();
    let outcome = run(&mut world, &one, Script::new().set(b"key", b"value"), base + prices::STORAGE_WRITE);
    outcome.failed(Error::OutOfGas);
    assert_eq!(outcome.gas_used(), base + prices::STORAGE_WRITE);
    assert_eq!(world.cell(&one, b"key"), None);
}

/// Least gas with which a script goes well: all that it uses, and with one less it fails.
fn least(world: &mut World, puppet: &AccountId20, script: &Script) -> u64 {
    let script = script.build();
    let result = world.dry_call(puppet, 0, script.clone());
    assert_eq!(result.result.map(|answer| answer.did_revert()), Ok(false));
    assert_eq!(result.gas_consumed, result.gas_required);
    let needed = gas_of(result.gas_required);
    let with = |world: &mut World, gas| {
        world.undone(|ctx| {
            let limit = Some(weight_of(gas));
            ziver_contracts::api::call::<()>(ctx, ALITH, *puppet, 0, limit, None, script.clone()).result
        })
    };
    assert!(with(world, needed).is_ok());
    assert_eq!(with(world, needed - 1), Err(Error::OutOfGas.into()));
    needed
}

#[test]
fn gas_required_is_exact() {
    let (mut world, one, other) = two();
    let hash = code_hash(&puppet::code());
    let callee = Script::new().set(b"key", b"value").emit(b"event").build();
    let scripts = [
        Script::new(),
        Script::new().set(b"key", &[7; 500]).get(b"key").emit(&[7; 500]),
        Script::new().call(&other, &callee),
        Script::new().call_with(&other, &callee, limited(10_000_000)),
        Script::new().delegate(0, &hash, &callee),
        Script::new().instantiate(&hash, UNIT, &callee, b"salt"),
        Script::new().call_with(&other, &Script::new().burn().build(), limited(100_000)).expect(1),
        Script::new().call(&other, &Script::new().trap().build()),
        Script::new().import("zx", "limit_gas", &[1_000_000u64.into()]).set(b"key", b"value"),
        Script::new().step(step::GROW, &[5u32.into()]),
        Script::new().start().set(b"key", b"value").rollback(),
    ];
    for script in scripts {
        let _ = least(&mut world, &one, &script);
    }
}

#[test]
fn caller_goes_on_after_a_callee_with_limited_gas() {
    let (mut world, one, other) = two();
    for bad in [Script::new().burn(), Script::new().set(b"key", b"value").burn(), Script::new().trap()] {
        let script = Script::new().call_with(&other, &bad.build(), limited(1_000_000)).set(b"went", b"on");
        let outcome = world.call(&one, 0, script).ok();
        assert_eq!(log(&outcome.executed().output), [1, u64::from(u32::MAX)]);
        assert!(outcome.gas_used() < 1_100_000);
        let _ = world.answer(&one, Script::new().clear(b"went"));
    }
    assert_eq!(world.cell(&other, b"key"), None);
}

#[test]
fn callee_that_may_use_all_gas_can_burn_all_of_it() {
    let (mut world, one, other) = two();
    let outcome = world.fails(&one, Script::new().call(&other, &Script::new().burn().build()), Error::OutOfGas);
    assert_eq!(outcome.gas_used(), GAS);
}

#[test]
fn callee_gets_what_it_was_promised_or_all_that_is_left() {
    let (mut world, one, other) = two();
    let ask = Script::new().import("zx", "gas_limit", &[]).build();
    let told = |gas: u64| Script::new().call_with(&other, &ask, Callee { gas, output: true, ..Callee::default() });
    let mut limit = |gas| log(&world.answer(&one, told(gas).give(0, OUT, 8)))[0];
    assert_eq!(limit(123_456), 123_456);
    for all in [0, GAS, u64::MAX, i64::MIN.cast_unsigned()] {
        assert!((GAS - 20_000..GAS).contains(&limit(all)), "{all}");
    }
}

#[test]
fn callees_unused_gas_comes_back() {
    let (mut world, one, other) = two();
    let script = |gas| Script::new().call_with(&other, &Script::new().set(b"key", b"").build(), limited(gas));
    let used = world.call(&one, 0, script(0)).ok().gas_used();
    assert_eq!(world.call(&one, 0, script(40_000_000)).ok().gas_used(), used);
    assert!(used < 50_000);
}

#[test]
fn trap_leaves_the_gas_that_was_not_used() {
    let (mut world, one, _) = two();
    let outcome = world.fails(&one, Script::new().trap(), Error::ContractTrapped);
    assert!(outcome.gas_used() < 20_000);
    assert!(outcome.weight.ref_time < 100_000_000);
}

#[test]
fn too_little_gas_for_an_instance_fails_before_anything_runs() {
    let (mut world, one, other) = two();
    let outcome = run(&mut world, &one, [], prices::INSTANCE - 1);
    outcome.failed(Error::OutOfGas);
    let script = Script::new().call_with(&other, b"", limited(prices::INSTANCE - 1));
    assert_eq!(log(&world.answer(&one, script)), [1]);
}

fn limit_gas(script: Script, gas: u64) -> Script {
    script.import("zx", "limit_gas", &[gas.into()])
}

#[test]
fn limit_of_gas_holds_for_the_rest_of_the_call() {
    let (mut world, one, _) = two();
    let outcome = world.fails(&one, limit_gas(Script::new(), 10_000).burn(), Error::OutOfGas);
    assert!((10_000..30_000).contains(&outcome.gas_used()), "{}", outcome.gas_used());
    world.fails(&one, limit_gas(Script::new(), 10_000).set(b"key", b""), Error::OutOfGas);
    let _ = world.call(&one, 0, limit_gas(Script::new(), 30_000).set(b"key", b"")).ok();
    world.fails(&one, limit_gas(Script::new(), 0), Error::OutOfGas);
}

#[test]
fn limit_of_gas_is_never_raised() {
    let (mut world, one, _) = two();
    for more in [20_000, 1_000_000, u64::MAX, i64::MIN.cast_unsigned()] {
        let script = limit_gas(limit_gas(Script::new(), 10_000), more);
        world.fails(&one, script.set(b"key", b""), Error::OutOfGas);
        let script = limit_gas(Script::new(), u64::MAX).set(b"key", b"").clear(b"key");
        let _ = world.call(&one, 0, script).ok();
    }
    let script = limit_gas(limit_gas(Script::new(), 100_000), 10_000).set(b"key", b"");
    world.fails(&one, script, Error::OutOfGas);
}

#[test]
fn limit_of_gas_binds_callees_and_ends_with_the_call() {
    let (mut world, one, other) = two();
    let script = limit_gas(Script::new(), 20_000).call(&other, &Script::new().burn().build());
    let outcome = world.fails(&one, script, Error::OutOfGas);
    assert!(outcome.gas_used() < 40_000);
    // The caller of a call that limits itself has its gas back, however that ends.
    for end in [Script::burn, Script::trap, Script::revert, |script: Script| script] {
        let inner = end(limit_gas(Script::new(), 20_000)).build();
        let script = Script::new().call(&other, &inner).set(b"key", &[7; 100]).clear(b"key");
        let outcome = world.call(&one, 0, script).ok();
        assert!(outcome.gas_used() < 100_000, "{}", outcome.gas_used());
    }
}

#[test]
fn limit_that_is_told_goes_with_what_was_used() {
    let (mut world, one, _) = two();
    let ask = |script: Script| script.import("zx", "gas_limit", &[]).import("zx", "gas_left", &[]);
    let answers = log(&world.answer(&one, ask(limit_gas(ask(Script::new()), 10_000))));
    let [limit, left, lowered, after] = answers[..] else { panic!("four answers") };
    assert_eq!(limit, GAS);
    // What was used so far, and at most 10,000 more.
    assert!(lowered - 10_000 > limit - left && lowered - 10_000 < limit - left + 500, "{lowered}");
    assert!(after < 10_000 && lowered - after > limit - left && lowered - after < limit - left + 1_000);
}

#[test]
fn reverted_deployment_gives_gas_back() {
    let (mut world, one, _) = two();
    let hash = code_hash(&puppet::code());
    let script = |input: Script| Script::new().instantiate(&hash, 0, &input.build(), b"");
    let outcome = world.call(&one, 0, script(Script::new().revert())).ok();
    let made = prices::CREATE + prices::STORAGE_WRITE;
    assert!((made..made + 30_000).contains(&outcome.gas_used()), "{}", outcome.gas_used());
}

#[test]
fn hashing_for_an_address_is_paid_for() {
    let (mut world, one, _) = two();
    let hash = code_hash(&puppet::code());
    let long = |input: usize, salt: usize| {
        let input = [&step::END.to_le_bytes()[..], &vec![0; input]].concat();
        Script::new().instantiate(&hash, 0, &input, &vec![7; salt])
    };
    let mut gas = |script: Script| {
        let result = world.dry_call(&one, 0, script);
        assert_eq!(log(&result.result.unwrap().data), [0]);
        gas_of(result.gas_consumed)
    };
    // Each byte of the input is copied four times: into one, to the other, ..., and hashed once if there is a salt.
    let copied = gas(long(10_000, 0)) - gas(long(0, 0));
    let hash = |bytes: usize| prices::hash(bytes, prices::HASH_BYTE);
    // Eight bytes are the step itself.
    assert_eq!(gas(long(10_000, 32)) - gas(long(0, 32)), copied + hash(10_040) - hash(40));
    assert!(gas(long(0, 1_000)) - gas(long(0, 32)) >= hash(1_008) - hash(40));
}

#[test]
fn first_look_at_a_contract_or_an_account_costs_more() {
    let (mut world, one, other) = two();
    let mut gas = |script: Script| {
        let result = world.dry_call(&one, 2 * ziver_primitives::UNIT, script);
        assert!(!result.result.unwrap().did_revert());
        gas_of(result.gas_consumed)
    };
    let calls = |to: &AccountId20, times: usize| (0..times).fold(Script::new(), |script, _| script.call(to, b""));
    for to in [other, crate::world::NOBODY] {
        let [none, once, twice, thrice] = [0, 1, 2, 3].map(|times| gas(calls(&to, times)));
        assert_eq!(thrice - twice + prices::COLD, once - none);
        assert_eq!(thrice - twice, twice - once);
    }
    let strangers = [1, 2].map(|first| AccountId20([first, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]));
    let both = gas(Script::new().call(&strangers[0], b"").call(&strangers[1], b""));
    assert_eq!(both, gas(calls(&strangers[0], 2)) + prices::COLD);
    // Both the contract's money and the other's are new to the first transfer; the second account to the second.
    let pays = |to: &[AccountId20]| to.iter().fold(Script::new(), |script, to| script.transfer(to, 5));
    let (a, b) = (crate::world::BALTATHAR, crate::world::CHARLETH);
    let [none, once, again, another] = [&[][..], &[a], &[a, a], &[a, a, b]].map(|to| gas(pays(to)));
    // The transaction brought the contract its money.
    assert_eq!(once - none, again - once + prices::ACCOUNT);
    assert_eq!(another - again, again - once + prices::ACCOUNT);
}

/// Steps that use gas in all ways, nested calls included.
fn steps(depth: u32) -> BoxedStrategy<Vec<Step>> {
    let leaf = prop_oneof![
        (0u8..4, 0usize..300).prop_map(|(key, len)| Step::Set(key, len)),
        (0u8..4).prop_map(Step::Get),
        (0usize..300).prop_map(Step::Emit),
        (0u32..3).prop_map(Step::Grow),
        (0u64..200_000).prop_map(Step::Limit),
        Just(Step::Transfer),
        Just(Step::Start),
        Just(Step::Trap),
        Just(Step::Revert),
        Just(Step::Burn),
        Just(Step::Recurse),
    ];
    if depth == 0 {
        return prop::collection::vec(leaf, 0..4).boxed();
    }
    let call = (any::<bool>(), prop_oneof![Just(0u64), 0u64..500_000], 0u32..32, steps(depth - 1));
    let call = call.prop_map(|(other, gas, flags, steps)| Step::Call(other, gas, flags, steps));
    let make = steps(depth - 1).prop_map(Step::Make);
    prop::collection::vec(prop_oneof![5 => leaf, 3 => call, 1 => make], 0..5).boxed()
}

#[derive(Clone, Debug)]
enum Step {
    Set(u8, usize),
    Get(u8),
    Emit(usize),
    Grow(u32),
    Limit(u64),
    Transfer,
    Start,
    Trap,
    Revert,
    Burn,
    Recurse,
    Call(bool, u64, u32, Vec<Step>),
    Make(Vec<Step>),
}

fn script(steps: &[Step], both: &[AccountId20; 2]) -> Script {
    steps.iter().fold(Script::new(), |out, step| match step {
        Step::Set(key, len) => out.set(&[*key], &vec![1; *len]),
        Step::Get(key) => out.get(&[*key]),
        Step::Emit(len) => out.emit(&vec![2; *len]),
        Step::Grow(pages) => out.step(step::GROW, &[(*pages).into()]),
        Step::Limit(gas) => limit_gas(out, *gas),
        Step::Transfer => out.transfer(&BALTATHAR, 1),
        Step::Start => out.start(),
        Step::Trap => out.trap(),
        Step::Revert => out.revert(),
        Step::Burn => out.burn(),
        Step::Recurse => out.step(step::RECURSE, &[] as &[Arg]),
        Step::Call(other, gas, flags, steps) => {
            let how = Callee { gas: *gas, flags: *flags, ..Callee::default() };
            out.call_with(&both[usize::from(*other)], &script(steps, both).build(), how)
        }
        Step::Make(steps) => {
            out.instantiate(&code_hash(&puppet::code()), UNIT / 100, &script(steps, both).build(), b"")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// The dry run and the transaction use the same gas and answer the same; no more gas than offered is used; what failed
    /// leaves no trace.
    #[test]
    fn dry_run_tells_what_the_transaction_does(steps in steps(3), gas in prop_oneof![0u64..300_000, 300_000u64..3_000_000]) {
        let (mut world, one, other) = two();
        let input = script(&steps, &[one, other]).build();
        let limit = Some(weight_of(gas));
        let (dry, paid) = world.undone(|ctx| {
            let before = ziver_balances::free_balance(ctx, &ALITH);
            let result = ziver_contracts::api::call::<()>(ctx, ALITH, one, UNIT, limit, None, input.clone());
            (result, before.abs_diff(ziver_balances::free_balance(ctx, &ALITH)))
        });
        let before = (world.state(), world.free(&ALITH));
        let outcome = world.dispatch(Origin::Signed(ALITH), call_with(&one, UNIT, input, gas, None));
        let executed = outcome.executed();
        prop_assert!(executed.gas_used <= gas);
        prop_assert_eq!(weight_of(executed.gas_used), dry.gas_consumed);
        match &dry.result {
            Ok(answer) if !answer.did_revert() => {
                prop_assert_eq!(outcome.result, Ok(()));
                prop_assert_eq!((executed.status, &executed.output), (0, &answer.data));
                prop_assert_eq!(before.1.abs_diff(world.free(&ALITH)), paid);
            }
            Ok(answer) => {
                prop_assert_eq!(outcome.result, Err(DispatchError::from(Error::ContractReverted)));
                prop_assert_eq!((executed.status, &executed.output), (1, &answer.data));
            }
            Err(error) => {
                prop_assert_eq!(outcome.result, Err(*error));
                prop_assert_eq!((executed.status, executed.output.len()), (2, 0));
            }
        }
        if outcome.result.is_err() {
            world.assert_state(&before.0);
        }
        world.issuance();
    }
}
