//! Contracts in the sandbox, through the chain's own runtime: its validator, its prices, its imports.

use ziver_contracts::api::{ReturnFlags, ReturnValue, StorageDeposit};
use ziver_executor::CompileStrategy;

use crate::development::Chain;

fn answer(data: &[u8]) -> ReturnValue {
    ReturnValue { flags: ReturnFlags::default(), data: data.to_vec() }
}

/// One cell that holds a byte. Deployed with the byte; called without input it answers the byte, called with one it sets it.
const CELL: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1))
    (data (i32.const 0) "key!")
    (func $store (drop (call $set (i32.const 0) (i32.const 4) (i32.const 32) (i32.const 1))))
    (func $read_input (i32.store (i32.const 16) (i32.const 1)) (call $input (i32.const 32) (i32.const 16)))
    (func (export "deploy") (call $read_input) (call $store))
    (func (export "call")
        (call $read_input)
        (if (i32.load (i32.const 16)) (then (call $store) (return)))
        (i32.store (i32.const 16) (i32.const 1))
        (drop (call $get (i32.const 0) (i32.const 4) (i32.const 32) (i32.const 16)))
        (call $return (i32.const 0) (i32.const 32) (i32.const 1))))"#;

#[test]
fn contract_keeps_what_it_stores_between_calls() {
    for strategy in [CompileStrategy::WinchOnly, CompileStrategy::CraneliftOnly] {
        let mut chain = Chain::new(strategy);
        let cell = chain.deploy(&wat::parse_str(CELL).unwrap(), &[7]);
        assert_eq!(chain.call(&cell, &[]).result, Ok(answer(&[7])));
        assert_eq!(chain.call(&cell, &[9]).result, Ok(answer(&[])));
        let read = chain.call(&cell, &[]);
        assert_eq!(read.result, Ok(answer(&[9])));
        assert_eq!(read.storage_deposit, StorageDeposit::Charge(0));
        assert!(read.debug_message.is_empty());
    }
}
