//! Contracts that run much, which are compiled again in the background: nobody can tell but by the time it takes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ziver_contracts::api::{ContractResult, ReturnValue};
use ziver_executor::{Executor, ExecutorConfig, Limits};
use ziver_primitives::AccountId20;

use crate::{
    development::{Chain, GAS},
    puppet::{self, OUT, Script, step},
    world::wat,
};

/// Computes for about 3 million units of gas, and answers the result. Each number makes another contract.
fn computing(number: u32) -> Vec<u8> {
    wat(&format!(
        r#"(module (import "seal0" "seal_return" (func $return (param i32 i32 i32))) (memory 1)
        (func $mix (param i64) (result i64) (i64.xor (i64.rotl (local.get 0) (i64.const {number})) (i64.const 12345)))
        (func (export "deploy"))
        (func (export "call") (local $i i32) (local $sum i64)
            (loop $next
                (local.set $sum (i64.add (call $mix (local.get $sum)) (i64.extend_i32_u (local.get $i))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $next (i32.lt_u (local.get $i) (i32.const 150000))))
            (i64.store (i32.const 0) (local.get $sum))
            (call $return (i32.const 0) (i32.const 0) (i32.const 8))))"#
    ))
}

fn chain(folder: Option<&Path>) -> Chain {
    let limits = Limits { calls_at_once_max: 2, ..Limits::default() };
    let config = ExecutorConfig { cache_dir: folder.map(Path::to_owned), limits, ..ExecutorConfig::default() };
    Chain::on(Arc::new(Executor::new(config).unwrap()))
}

fn improved(chain: &Chain) -> u64 {
    chain.executor.figures().contracts_improved
}

fn call(chain: &mut Chain, contract: &AccountId20) -> ContractResult<ReturnValue, u8> {
    let answer = chain.call_with(contract, 0, GAS, &[]);
    assert!(answer.result.is_ok(), "{:?}", answer.result);
    answer
}

/// Calls the contracts until this many have been compiled again. All answers are the first one's.
fn call_until_improved(chain: &mut Chain, contracts: &[AccountId20], count: u64) {
    let first: Vec<_> = contracts.iter().map(|contract| call(chain, contract)).collect();
    let start = Instant::now();
    while improved(chain) < count {
        assert!(start.elapsed() < Duration::from_secs(60), "the background compiler does not come to an end");
        for (contract, first) in contracts.iter().zip(&first) {
            assert_eq!(call(chain, contract), *first);
        }
    }
    for (contract, first) in contracts.iter().zip(&first) {
        assert_eq!(call(chain, contract), *first, "the better code does the same");
    }
    assert_eq!(improved(chain), count);
}

fn compiled(folder: &Path) -> usize {
    fs::read_dir(folder.join("contracts")).unwrap().count()
}

#[test]
fn contract_that_runs_much_is_compiled_again_and_answers_the_same() {
    let mut chain = chain(None);
    let contract = chain.deploy(&computing(7), &[]);
    call_until_improved(&mut chain, &[contract], 1);
}

#[test]
fn contract_that_runs_little_is_not_compiled_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = chain(Some(folder.path()));
    let idle = chain.deploy(&wat(r#"(module (memory 1) (func (export "deploy")) (func (export "call")))"#), &[]);
    (0..50).for_each(|_| drop(call(&mut chain, &idle)));
    assert_eq!((improved(&chain), compiled(folder.path())), (0, 1));
}

#[test]
fn next_start_finds_the_better_code_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = chain(Some(folder.path()));
    let contract = first.deploy(&computing(7), &[]);
    call_until_improved(&mut first, &[contract], 1);
    let answer = call(&mut first, &contract);
    drop(first);
    assert_eq!(compiled(folder.path()), 2);
    let mut next = chain(Some(folder.path()));
    assert_eq!(next.deploy(&computing(7), &[]), contract);
    // Were it the first compiler's code, it would become hot.
    (0..30).for_each(|_| assert_eq!(call(&mut next, &contract), answer));
    assert_eq!((improved(&next), compiled(folder.path())), (0, 2));
}

#[test]
fn more_hot_contracts_than_the_queue_holds_come_one_after_another() {
    let mut chain = chain(None);
    let contracts: Vec<_> = (0..12).map(|number| chain.deploy(&computing(number), &[])).collect();
    call_until_improved(&mut chain, &contracts, 12);
}

#[test]
fn contract_that_becomes_hot_within_one_call_is_found_by_the_rest_of_it() {
    let mut chain = chain(None);
    let puppet = chain.deploy(&puppet::code(), &[]);
    let contract = chain.deploy(&computing(7), &[]);
    let begin = Script::new().poke(OUT, 40);
    let at = begin.here();
    let often = begin.call(&contract, b"").expect(0).step(step::REPEAT, &[OUT.into(), at.into()]).build();
    let first = chain.call_with(&puppet, 0, GAS, &often);
    assert!(first.result.is_ok(), "{:?}", first.result);
    // Twice more: whatever code runs by now.
    (0..2).for_each(|_| assert_eq!(chain.call_with(&puppet, 0, GAS, &often), first));
}

#[test]
fn executor_ends_while_contracts_wait_to_be_compiled_again() {
    let mut chain = chain(None);
    let contracts: Vec<_> = (0..4).map(|number| chain.deploy(&computing(number), &[])).collect();
    for contract in &contracts {
        (0..8).for_each(|_| drop(call(&mut chain, contract)));
    }
    drop(chain);
}
