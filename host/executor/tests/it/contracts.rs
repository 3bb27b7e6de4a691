//! Contracts in the sandbox, through the chain's own runtime: its validator, its prices, its imports.

use codec::Encode as _;
use ziver_contracts::api::{ReturnFlags, ReturnValue, StorageDeposit};
use ziver_executor::CompileStrategy;

use crate::development::{ALITH, Chain};

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

/// In the runtime a position has 32 bits, and a length near 2^32 on top of it must not wrap.
#[test]
fn modules_with_endless_lengths_are_refused() {
    /// `CodeRejected` of the pallet `Contracts`, which is the eighth.
    const CODE_REJECTED: [u8; 7] = [1, 3, 8, 27, 0, 0, 0];
    let mut chain = Chain::new(CompileStrategy::WinchOnly);
    let section = |id: u8, content: &[u8]| [&[id, u8::try_from(content.len()).unwrap()], content].concat();
    let (types, functions) = (section(1, &[1, 0x60, 0, 0]), section(3, &[1, 0]));
    let memory = section(5, &[1, 0, 1]);
    for low in 0x70..=0x7f {
        // 2^32 less 1 to 16.
        let endless = [0x80 | low, 0xff, 0xff, 0xff, 0x0f];
        let body = section(10, &[&[1], &endless[..], &[0, 0x0b]].concat());
        let segment = section(11, &[&[1, 0, 0x41, 0, 0x0b], &endless[..], b"abc"].concat());
        let mut modules = vec![[&types[..], &functions, &body].concat(), [&memory[..], &segment].concat()];
        modules.extend((0..=13).map(|id| [&[id], &endless[..], &[1, 0, 0]].concat()));
        for module in modules {
            let module = [b"\0asm\x01\0\0\0", &module[..]].concat();
            let answer = chain.bytes("ContractsApi_upload_code", &(ALITH, &module, None::<u128>, 0u8).encode());
            assert_eq!(answer, CODE_REJECTED, "{module:02x?}");
        }
    }
}
