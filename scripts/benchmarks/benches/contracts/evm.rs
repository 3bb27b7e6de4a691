//! `revm` in process, on its own state in memory: no signatures, no blocks, no trie.

use revm::{
    Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext, MainnetEvm,
    context::{
        TxEnv,
        result::{ExecutionResult, Output},
    },
    database::{CacheDB, EmptyDB},
    handler::MainnetContext,
    primitives::{Address, Bytes, TxKind},
};
use ziver_primitives::AccountId20;

/// Gas that a transaction may use where that is not to matter.
pub const GAS: u64 = u64::MAX / 2;

type State = CacheDB<EmptyDB>;

/// An EVM and its state.
pub struct Evm(MainnetEvm<MainnetContext<State>>);

impl Evm {
    /// With the newest rules. Who sends needs no money, and nonces don't matter: as little as possible is done beside the call.
    pub fn new() -> Self {
        let context = Context::mainnet().with_db(State::new(EmptyDB::new()));
        let context = context.modify_cfg_chained(|cfg| {
            cfg.disable_nonce_check = true;
            cfg.tx_gas_limit_cap = Some(u64::MAX);
        });
        Self(context.modify_block_chained(|block| block.gas_limit = u64::MAX).build_mainnet())
    }

    /// Makes a contract: its address.
    pub fn deploy(&mut self, from: AccountId20, code: Vec<u8>) -> Address {
        let done = self.0.transact_commit(transaction(from, TxKind::Create, code, GAS)).expect("a good transaction");
        match done {
            ExecutionResult::Success { output: Output::Create(_, Some(address)), .. } => address,
            other => panic!("no contract: {other:?}"),
        }
    }

    /// A contract's answer; nothing is kept of it.
    pub fn ask(&mut self, contract: Address, input: Vec<u8>) -> Vec<u8> {
        let done = self.0.transact(call(AccountId20([1; 20]), contract, input, GAS)).expect("a good transaction");
        assert!(done.result.is_success(), "{:?}", done.result);
        done.result.output().expect("an answer").to_vec()
    }

    /// Executes transactions one after the other, as those of one block, and then keeps what they changed.
    pub fn block(&mut self, transactions: &[TxEnv]) {
        for transaction in transactions {
            let done = self.0.transact_one(transaction.clone()).expect("a good transaction");
            assert!(done.is_success(), "{done:?}");
        }
        self.0.commit_inner();
    }
}

/// A call of a contract.
pub fn call(from: AccountId20, contract: Address, input: Vec<u8>, gas: u64) -> TxEnv {
    transaction(from, TxKind::Call(contract), input, gas)
}

fn transaction(from: AccountId20, kind: TxKind, data: Vec<u8>, gas_limit: u64) -> TxEnv {
    TxEnv { caller: Address::from(from.0), kind, data: Bytes::from(data), gas_limit, ..TxEnv::default() }
}
