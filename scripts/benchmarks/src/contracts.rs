//! Contracts of the benchmarks, compiled as users compile them, and calls of the chain that deploy and call them.
//!
//! Solidity's bytecode is in the repository, beside its source (`contracts/`); `scripts/benchmarks/solidity` makes it.

use std::collections::BTreeMap;

use codec::{Compact, Encode};
use ziver_contracts::{
    Call,
    call::{Determinism, weight_of},
};
use ziver_primitives::{AccountId20, U256};
use ziver_runtime::RuntimeCall;
use zxc::{
    compile::{Options, compile},
    ir::program::selector,
};

/// Gas that a call may use; a transfer of tokens uses a tenth of it.
const GAS: u64 = 1_000_000;
/// Gas that a deployment may use.
const DEPLOYMENT_GAS: u64 = 100_000_000;

/// The token, in ZX.
const TOKEN: &str = include_str!("../../../contracts/zxc/tests/contracts/token.zx");
const ZRC20: &str = include_str!("../../../contracts/zxc/tests/contracts/interfaces/zrc20.zx");
/// The same token: the constructor's bytecode, in hexadecimal.
const SOLIDITY_TOKEN: &str = include_str!("../contracts/token.hex");
/// Loops that compute, likewise.
const SOLIDITY_COMPUTE: &str = include_str!("../contracts/compute.hex");

/// The token as a Wasm module.
pub fn token() -> Vec<u8> {
    let files = BTreeMap::from([("interfaces/zrc20.zx".to_owned(), ZRC20.to_owned())]);
    zx("token.zx", TOKEN, &files)
}

/// The token for the EVM: what a transaction without a receiver carries, before the constructor's arguments.
pub fn solidity_token() -> Vec<u8> {
    bytecode(SOLIDITY_TOKEN)
}

/// Loops that compute, for the EVM; the contract's constructor takes no arguments.
pub fn solidity_compute() -> Vec<u8> {
    bytecode(SOLIDITY_COMPUTE)
}

/// The input of one of those loops.
pub fn solidity_input(name: &str, argument: u32) -> Vec<u8> {
    erc20::input(&format!("{name}(uint32)"), &[erc20::word(&argument.to_be_bytes())])
}

fn zx(name: &str, source: &str, files: &BTreeMap<String, String>) -> Vec<u8> {
    let compilation = compile(name, source, files, &Options::default());
    let said = &compilation.diagnostics;
    compilation.bundle.unwrap_or_else(|| panic!("{name} compiles: {said:?}")).wasm
}

fn bytecode(text: &str) -> Vec<u8> {
    hex::decode(text.trim()).expect("hexadecimal digits")
}

/// An action's input: its selector and its arguments.
pub fn input(action: &str, arguments: impl Encode) -> Vec<u8> {
    (selector(action), arguments).encode()
}

/// An `integer` as an argument.
pub fn integer(value: u64) -> U256 {
    value.into()
}

/// The transaction that uploads a module and makes a contract of it.
pub fn deploy(code: Vec<u8>, data: Vec<u8>) -> Vec<u8> {
    let call = Call::instantiate_with_code {
        value: 0,
        gas_limit: weight_of(DEPLOYMENT_GAS),
        storage_deposit_limit: None,
        code,
        data,
        salt: Vec::new(),
    };
    RuntimeCall::Contracts(call).encode()
}

/// The transaction that uploads a module.
pub fn upload(code: Vec<u8>) -> Vec<u8> {
    let call = Call::upload_code { code, storage_deposit_limit: None, determinism: Determinism::Enforced };
    RuntimeCall::Contracts(call).encode()
}

/// The transaction that calls a contract.
pub fn call(dest: AccountId20, data: Vec<u8>) -> Vec<u8> {
    call_with(dest, data, GAS)
}

/// The transaction that calls a contract with so much gas.
pub fn call_with(dest: AccountId20, data: Vec<u8>, gas: u64) -> Vec<u8> {
    let call =
        Call::call { dest, value: 0, gas_limit: weight_of(gas), storage_deposit_limit: None::<Compact<u128>>, data };
    RuntimeCall::Contracts(call).encode()
}

/// Where the contract is that `deployer` makes by a transaction with this nonce.
pub fn address(deployer: AccountId20, nonce: u64) -> AccountId20 {
    AccountId20(alloy_primitives::Address::from(deployer.0).create(nonce).into_array())
}

/// An action's input and answer, as far as tokens are concerned.
pub mod zrc20 {
    use super::{AccountId20, input, integer};

    /// Makes the contract, with so many tokens for who deploys it.
    pub fn new(supply: u64) -> Vec<u8> {
        input("new", integer(supply))
    }

    /// Moves tokens.
    pub fn transfer(to: AccountId20, amount: u64) -> Vec<u8> {
        input("transfer", (to, integer(amount)))
    }

    /// Asks how many tokens somebody has.
    pub fn balance_of(account: AccountId20) -> Vec<u8> {
        input("balance_of", account)
    }
}

/// The same for Solidity's token.
pub mod erc20 {
    use alloy_primitives::keccak256;
    use ziver_primitives::AccountId20;

    pub(super) fn word(bytes: &[u8]) -> [u8; 32] {
        let mut word = [0; 32];
        word[32 - bytes.len()..].copy_from_slice(bytes);
        word
    }

    pub(super) fn input(signature: &str, words: &[[u8; 32]]) -> Vec<u8> {
        [&keccak256(signature)[..4], words.as_flattened()].concat()
    }

    /// Makes the contract, with so many tokens for who deploys it.
    pub fn new(supply: u64) -> Vec<u8> {
        [super::solidity_token(), word(&supply.to_be_bytes()).to_vec()].concat()
    }

    /// Moves tokens.
    pub fn transfer(to: AccountId20, amount: u64) -> Vec<u8> {
        input("transfer(address,uint256)", &[word(&to.0), word(&amount.to_be_bytes())])
    }

    /// Asks how many tokens somebody has.
    pub fn balance_of(account: AccountId20) -> Vec<u8> {
        input("balanceOf(address)", &[word(&account.0)])
    }
}
