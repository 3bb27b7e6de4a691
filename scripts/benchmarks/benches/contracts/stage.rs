//! The chain's side: a state in memory, and entry points of a runtime that are called on it.

use std::sync::Arc;

use codec::{Decode, Encode};
use ziver_benchmarks::blocks::Author;
use ziver_contracts::{
    api::{ContractResult, ReturnValue},
    storage::PREPARED_CODE,
    upload::code_hash,
};
use ziver_executor::{CompileStrategy, Executor, ExecutorConfig};
use ziver_primitives::{AccountId20, Balance, Block, Header};
use ziver_state::{Changes, Overlay, RuntimeCode, View};
use ziver_support::Weight;

use super::flat::FlatView;

/// A state on which entry points are called.
pub struct Stage {
    view: Arc<FlatView>,
    /// The same with contracts' code as it was uploaded, for the interpreter.
    uploaded: Arc<FlatView>,
    runtime: RuntimeCode,
    guest: RuntimeCode,
    executor: Executor,
}

impl Stage {
    /// The state of the author's head. The interpreter is to run the module `code`.
    pub fn of(author: &Author, code: &[u8]) -> Self {
        let view = author.reader().view_at(&author.head()).expect("a state").expect("it is kept");
        let view = FlatView::of(view);
        let uploaded = Arc::new(view.with(PREPARED_CODE.key(&code_hash(code)), code.encode()));
        let config = ExecutorConfig { strategy: CompileStrategy::CraneliftOnly, ..ExecutorConfig::default() };
        let executor = Executor::new(config).expect("the executor starts");
        let [runtime, guest] = [ziver_wasm::RUNTIME, ziver_benchmarks_guest::RUNTIME].map(RuntimeCode::new);
        Self { view: Arc::new(view), uploaded, runtime, guest, executor }
    }

    /// Calls an entry point of the chain's runtime on this state: what it would change.
    pub fn call(&self, name: &str, input: &[u8]) -> Overlay {
        self.run(&self.runtime, &self.view, name, input)
    }

    /// The same with the benchmarks' runtime.
    pub fn guest(&self, name: &str, input: &[u8]) -> Overlay {
        self.run(&self.guest, &self.view, name, input)
    }

    /// The same where it interprets contracts.
    pub fn interpreted(&self, name: &str, input: &[u8]) -> Overlay {
        self.run(&self.guest, &self.uploaded, name, input)
    }

    /// What a contract answers.
    pub fn ask(&self, origin: AccountId20, contract: AccountId20, data: &[u8]) -> Vec<u8> {
        let input = (origin, contract, 0u128, None::<Weight>, None::<Balance>, data).encode();
        let mut overlay = Overlay::new(self.view.clone());
        let answer = self.executor.call(&self.runtime, "ContractsApi_call", &input, &mut overlay).expect("an answer");
        let answer = ContractResult::<ReturnValue, ()>::decode(&mut answer.as_slice()).expect("it decodes");
        let value = answer.result.expect("the call succeeds");
        assert!(!value.did_revert(), "the call reverts: {value:?}");
        value.data
    }

    fn run(&self, code: &RuntimeCode, view: &Arc<FlatView>, name: &str, input: &[u8]) -> Overlay {
        let mut overlay = Overlay::new(view.clone());
        self.executor.call(code, name, input, &mut overlay).expect("it has an answer");
        overlay
    }

    /// The block as this state's next one: with the root that the state always claims to have.
    pub fn fitted(&self, mut block: Block) -> Block {
        block.header.state_root = self.view.root();
        block
    }
}

/// What the benchmarks' runtime is asked to do: the block's header, and the calls of its extrinsics.
pub fn calls(header: &Header, calls: &[(AccountId20, Vec<u8>)]) -> Vec<u8> {
    let decoded = |(signer, call): &(AccountId20, Vec<u8>)| {
        let call = ziver_runtime::RuntimeCall::decode(&mut call.as_slice()).expect("a call");
        (*signer, call)
    };
    (header, calls.iter().map(decoded).collect::<Vec<_>>()).encode()
}

/// What was changed.
pub fn changes(overlay: Overlay) -> Changes {
    overlay.into_changes()
}
