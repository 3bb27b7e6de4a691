//! Instances of contracts that are used again: nobody can tell, whatever happened in them before.

use std::sync::Arc;

use ziver_contracts::api::ReturnValue;
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig, Limits};
use ziver_primitives::AccountId20;

use crate::{
    development::{Chain, GAS},
    world::wat,
};

/// More than a module needs before its instances are kept.
const OFTEN: usize = 40;

const STRATEGIES: [CompileStrategy; 2] = [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly];

/// What happens in a call, after all of the state was summed up and overwritten. The sum is the answer, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Answer = 0,
    Revert = 1,
    Return = 2,
    Trap = 3,
    Grow = 4,
    UseAllGas = 5,
    UseAllStack = 6,
    /// Calls the contract whose address follows, and fails when that does not find a state like its own.
    CallOther = 7,
    WriteBySandbox = 8,
}

const ALL: [Then; 8] = [
    Then::Answer,
    Then::Revert,
    Then::Return,
    Then::Trap,
    Then::Grow,
    Then::UseAllGas,
    Then::UseAllStack,
    Then::WriteBySandbox,
];

/// Sums up its memory, its globals, and what it calls by its table; overwrites all of it; does what the first byte of its input
/// says. `items` are its own.
fn soiled(pages: u32, items: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "seal0" "minimum_balance" (func $minimum (param i32 i32)))
    (import "seal1" "seal_call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (memory {pages}) (table 2 funcref) (elem (i32.const 1) $seven)
    (data (i32.const 3) "some data") (data (i32.const 4090) "over the end of a block") (data (i32.const 65531) "last!")
    (global $a (mut i32) (i32.const 3)) (global $b (mut i64) (i64.const -4)) (global $c (mut i32) (i32.const 0))
    {items}
    (type $number (func (result i64)))
    (func $seven (result i64) (i64.const 7))
    (func $mix (param $sum i64) (param $word i64) (result i64)
        (i64.add (i64.mul (local.get $sum) (i64.const 0x100000001b3)) (local.get $word)))
    (func $sum (result i64) (local $at i32) (local $sum i64)
        (local.set $sum (call $mix (call_indirect (type $number) (i32.const 1)) (global.get $b)))
        (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (global.get $a))))
        (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (global.get $c))))
        (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (memory.size))))
        (loop $next
            (local.set $sum (call $mix (local.get $sum) (i64.load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br_if $next (i32.lt_u (local.get $at) (i32.shl (memory.size) (i32.const 16)))))
        (local.get $sum))
    (func $endless (loop $next (br $next)))
    (func $deep (param i32) (result i32) (i32.add (local.get 0) (call $deep (i32.add (local.get 0) (i32.const 1)))))
    (func (export "deploy") (call $soil))
    (func $soil
        (memory.fill (i32.const 0) (i32.const 0xa5) (i32.shl (memory.size) (i32.const 16)))
        (global.set $a (i32.const 99)) (global.set $b (i64.const 98)) (global.set $c (i32.const 97)))
    (func (export "call") (local $sum i64) (local $then i32)
        (local.set $sum (call $sum))
        (call $soil)
        (i32.store (i32.const 96) (i32.const 21))
        (call $input (i32.const 100) (i32.const 96))
        (i64.store (i32.const 8) (local.get $sum))
        (local.set $then (i32.load8_u (i32.const 100)))
        (if (i32.eq (local.get $then) (i32.const {return_})) (then (return)))
        (if (i32.eq (local.get $then) (i32.const {trap})) (then (unreachable)))
        (if (i32.eq (local.get $then) (i32.const {grow})) (then
            (drop (memory.grow (i32.const 2)))
            (memory.fill (i32.const 65536) (i32.const 0xa5) (i32.const 65536))))
        (if (i32.eq (local.get $then) (i32.const {gas})) (then (call $endless)))
        (if (i32.eq (local.get $then) (i32.const {stack})) (then (drop (call $deep (i32.const 0)))))
        (if (i32.eq (local.get $then) (i32.const {other})) (then
            (i64.store (i32.const 256) (i64.const 0)) (i64.store (i32.const 264) (i64.const 0))
            (i32.store8 (i32.const 200) (i32.const 0))
            (i32.store (i32.const 208) (i32.const 8))
            (if (call $call (i32.const 0) (i32.const 101) (i64.const 0) (i32.const 256) (i32.const 200) (i32.const 1)
                (i32.const 216) (i32.const 208)) (then (unreachable)))
            (if (i64.ne (i64.load (i32.const 216)) (local.get $sum)) (then (unreachable)))))
        (if (i32.eq (local.get $then) (i32.const {write})) (then
            (i32.store (i32.const 50000) (i32.const 16))
            (call $minimum (i32.const 40000) (i32.const 50000))))
        (call $return (i32.eq (local.get $then) (i32.const {revert})) (i32.const 8) (i32.const 8))))"#,
        return_ = Then::Return as u8,
        trap = Then::Trap as u8,
        grow = Then::Grow as u8,
        gas = Then::UseAllGas as u8,
        stack = Then::UseAllStack as u8,
        other = Then::CallOther as u8,
        write = Then::WriteBySandbox as u8,
        revert = Then::Revert as u8,
    ))
}

fn reused(chain: &Chain) -> u64 {
    chain.executor.figures().contract_instances_reused
}

/// With an executor of its own, so that figures are its own.
fn chain(strategy: CompileStrategy) -> Chain {
    let limits = Limits { calls_at_once_max: 2, ..Limits::default() };
    let config = ExecutorConfig { contracts: Some(strategy), limits, ..ExecutorConfig::default() };
    Chain::on(Arc::new(Executor::new(config).unwrap()))
}

fn call(chain: &mut Chain, contract: &AccountId20, then: Then) -> (Option<ReturnValue>, u64) {
    let gas = if then == Then::UseAllGas { 5_000_000 } else { GAS };
    let answer = chain.call_with(contract, 0, gas, &[then as u8]);
    let is_failure = matches!(then, Then::Trap | Then::UseAllGas | Then::UseAllStack);
    assert_eq!(answer.result.is_err(), is_failure, "{then:?}: {:?}", answer.result);
    (answer.result.ok(), answer.gas_consumed.ref_time)
}

/// What each end of a call answers in new instances.
fn first_answers(chain: &mut Chain, contract: &AccountId20) -> Vec<(Option<ReturnValue>, u64)> {
    let first = ALL.iter().map(|then| call(chain, contract, *then)).collect();
    assert_eq!(reused(chain), 0, "those were new");
    first
}

#[test]
fn nothing_leaks_into_the_next_call_however_the_one_before_ended() {
    for strategy in STRATEGIES {
        let mut chain = chain(strategy);
        let contract = chain.deploy(&soiled(1, ""), &[]);
        // The deployment and these seven are not enough to keep an instance.
        let first = first_answers(&mut chain, &contract);
        for round in 0..OFTEN {
            for (then, expected) in ALL.iter().zip(&first) {
                assert_eq!(call(&mut chain, &contract, *then), *expected, "{then:?}, round {round}, {strategy:?}");
                assert_eq!(call(&mut chain, &contract, Then::Answer), first[0], "after {then:?}, {strategy:?}");
            }
        }
        assert!(reused(&chain) > OFTEN as u64);
    }
}

#[test]
fn instance_that_trapped_or_grew_is_not_used_again() {
    for strategy in STRATEGIES {
        let mut chain = chain(strategy);
        let contract = chain.deploy(&soiled(1, ""), &[]);
        (0..OFTEN).for_each(|_| drop(call(&mut chain, &contract, Then::Answer)));
        for last in [Then::Trap, Then::Grow] {
            call(&mut chain, &contract, last);
            let before = reused(&chain);
            call(&mut chain, &contract, Then::Answer);
            assert_eq!(reused(&chain), before, "{last:?}, {strategy:?}");
            call(&mut chain, &contract, Then::Answer);
            assert_eq!(reused(&chain), before + 1, "{last:?}, {strategy:?}");
        }
    }
}

#[test]
fn instances_of_one_module_inside_each_other_share_nothing() {
    for strategy in STRATEGIES {
        let mut chain = chain(strategy);
        let code = soiled(1, "");
        let (outer, inner) = (chain.deploy(&code, &[]), chain.deploy(&code, &[]));
        let input = [&[Then::CallOther as u8], &inner.0[..]].concat();
        let first = chain.call(&outer, &input);
        assert!(first.result.is_ok(), "{:?}", first.result);
        for _ in 0..OFTEN {
            assert_eq!(chain.call(&outer, &input), first, "{strategy:?}");
        }
        assert!(reused(&chain) > OFTEN as u64, "both of them");
    }
}

#[test]
fn instances_of_different_modules_do_not_take_each_others_place() {
    for strategy in STRATEGIES {
        let mut chain = chain(strategy);
        // More than can wait, each with another state.
        let contracts: Vec<_> = (0..70)
            .map(|number| chain.deploy(&soiled(1, &format!(r#"(data (i32.const 300) "{number}")"#)), &[]))
            .collect();
        let first: Vec<_> = contracts.iter().map(|contract| call(&mut chain, contract, Then::Answer)).collect();
        assert_ne!(first[0], first[1]);
        for _ in 0..15 {
            for (contract, first) in contracts.iter().zip(&first) {
                assert_eq!(call(&mut chain, contract, Then::Answer), *first, "{strategy:?}");
            }
        }
        assert!(reused(&chain) > 100, "most have a place");
    }
}

#[test]
fn instance_whose_state_is_large_is_made_anew() {
    let globals: String = (0..20).map(|_| "(global (mut i64) (i64.const 1))").collect();
    for code in [soiled(1, &globals), soiled(3, "")] {
        let mut chain = chain(CompileStrategy::WinchOnly);
        let contract = chain.deploy(&code, &[]);
        let first = call(&mut chain, &contract, Then::Answer);
        (0..OFTEN).for_each(|_| assert_eq!(call(&mut chain, &contract, Then::Answer), first));
        assert_eq!(reused(&chain), 0);
    }
}

#[test]
fn instances_of_a_module_from_disk_are_used_again() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let limits = Limits { calls_at_once_max: 2, ..Limits::default() };
        let (cache_dir, contracts) = (Some(folder.path().to_owned()), Some(CompileStrategy::WinchOnly));
        let config = ExecutorConfig { cache_dir, contracts, limits, ..ExecutorConfig::default() };
        let mut chain = Chain::on(Arc::new(Executor::new(config).unwrap()));
        let contract = chain.deploy(&soiled(1, ""), &[]);
        let first = call(&mut chain, &contract, Then::Answer);
        (0..OFTEN).for_each(|_| assert_eq!(call(&mut chain, &contract, Then::Answer), first));
        assert!(reused(&chain) > 0);
    }
}
