//! Contracts in the sandbox, through the chain's own runtime: its validator, its prices, its imports.

use codec::{Compact, Decode, Encode};
use ziver_executor::{CompileStrategy, Executor, Overlay, RuntimeCode};

use crate::guest::executor;

const ALITH: [u8; 20] = hex_literal::hex!("f24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
/// Enough for everything here: 10^9 units of gas.
const GAS: (Compact<u64>, Compact<u64>) = (Compact(1_000_000_000_000), Compact(0));

/// What a dry run answers.
#[derive(Debug, Decode)]
struct Answer<R: Decode> {
    consumed: (Compact<u64>, Compact<u64>),
    _required: (Compact<u64>, Compact<u64>),
    deposit: (u8, u128),
    debug: Vec<u8>,
    result: Result<R, [u8; 6]>,
    _events: Option<Vec<u8>>,
}

type Returned = (u32, Vec<u8>);

/// The development chain, on which the calls of `ContractsApi` stay.
struct Chain {
    executor: Executor,
    code: RuntimeCode,
    overlay: Overlay,
    deployed: u32,
}

impl Chain {
    fn new() -> Self {
        let executor = executor(CompileStrategy::WinchOnly);
        let code = RuntimeCode::new(ziver_wasm::RUNTIME);
        let mut overlay = Overlay::default();
        let name = Some("development".to_string()).encode();
        let preset = executor.call(&code, "GenesisBuilder_get_preset", &name, &mut overlay).unwrap();
        let json = Option::<Vec<u8>>::decode(&mut &preset[..]).unwrap().unwrap();
        let built = executor.call(&code, "GenesisBuilder_build_state", &json.encode(), &mut overlay).unwrap();
        assert_eq!(built, [0]);
        Self { executor, code, overlay, deployed: 0 }
    }

    fn ask<R: Decode>(&mut self, method: &str, input: &[u8]) -> Answer<R> {
        let answer = self.executor.call(&self.code, method, input, &mut self.overlay).unwrap();
        Answer::decode(&mut &answer[..]).unwrap()
    }

    /// Deploys a module in the text format; the contract's address.
    fn deploy(&mut self, wat: &str, input: &[u8]) -> [u8; 20] {
        let answer = self.try_deploy(wat, input);
        let ((flags, data), address) = answer.result.unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!((flags, data), (0, vec![]));
        address
    }

    fn try_deploy(&mut self, wat: &str, input: &[u8]) -> Answer<(Returned, [u8; 20])> {
        let module = wat::parse_str(wat).unwrap();
        self.deployed += 1;
        let salt = self.deployed.encode();
        let input = (ALITH, 0u128, Some(GAS), None::<u128>, (0u8, module), input, salt).encode();
        self.ask("ContractsApi_instantiate", &input)
    }

    fn call(&mut self, contract: [u8; 20], input: &[u8]) -> Answer<Returned> {
        self.ask("ContractsApi_call", &(ALITH, contract, 0u128, Some(GAS), None::<u128>, input).encode())
    }
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
    let mut chain = Chain::new();
    let cell = chain.deploy(CELL, &[7]);
    assert_eq!(chain.call(cell, &[]).result, Ok((0, vec![7])));
    assert_eq!(chain.call(cell, &[9]).result, Ok((0, vec![])));
    let answer = chain.call(cell, &[]);
    assert_eq!(answer.result, Ok((0, vec![9])));
    assert_eq!(answer.deposit, (1, 0));
    assert!(answer.debug.is_empty());
    println!("gas of a read: {}", answer.consumed.0.0 / 1_000);
}
