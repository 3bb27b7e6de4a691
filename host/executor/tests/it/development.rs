//! The development chain with its first block begun, on which calls of `ContractsApi` stay: contracts run by the chain's own
//! runtime, in this host's sandbox. Fuzz targets use it too.

use std::sync::{Arc, LazyLock};

use codec::{Decode, Encode};
use ziver_contracts::api::{self, Code, ContractResult, InstantiateReturnValue, ReturnValue};
use ziver_executor::{CallError, CompileStrategy, Executor, ExecutorConfig, Limits, Overlay, RuntimeCode};
use ziver_primitives::{AccountId20, Hash, Header, hashing::blake2_128, storage_keys::item_prefix};
use ziver_state::{KeccakHasher, MemoryView, StateVersion, View};

/// Has money.
pub const ALITH: AccountId20 = AccountId20(hex_literal::hex!("f24FF3a9CF04c71Dbc94D0b566f7A27B94566cac"));
/// Gas for what is not about gas.
pub const GAS: u64 = 1_000_000_000;

pub type Answer<R> = ContractResult<R, u8>;
pub type Uploaded = Result<api::CodeUploadReturnValue, ziver_support::DispatchError>;

/// The chain.
pub struct Chain {
    pub executor: Arc<Executor>,
    code: RuntimeCode,
    overlay: Overlay,
    deployed: u32,
}

impl Chain {
    /// With this compiler for contracts.
    pub fn new(contracts: CompileStrategy) -> Self {
        Self::on(executor(contracts))
    }

    pub fn on(executor: Arc<Executor>) -> Self {
        let code = RuntimeCode::new(ziver_wasm::RUNTIME);
        let mut chain = Self { executor, code, overlay: Overlay::default(), deployed: 0 };
        let preset = chain.raw("GenesisBuilder_get_preset", &Some("development".to_string()).encode()).unwrap();
        let json = Option::<Vec<u8>>::decode(&mut &preset[..]).unwrap().unwrap();
        assert_eq!(chain.raw("GenesisBuilder_build_state", &json.encode()).unwrap(), [0]);
        let first = Header {
            parent_hash: Hash::from([1; 32]),
            number: 1,
            state_root: Hash::default(),
            extrinsics_root: Hash::default(),
            digest: Default::default(),
        };
        chain.raw("Core_initialize_block", &first.encode()).unwrap();
        chain
    }

    /// Calls the runtime.
    pub fn raw(&mut self, method: &str, input: &[u8]) -> Result<Vec<u8>, CallError> {
        self.executor.call(&self.code, method, input, &mut self.overlay)
    }

    /// Calls the runtime, which must neither trap nor fail.
    pub fn bytes(&mut self, method: &str, input: &[u8]) -> Vec<u8> {
        self.raw(method, input).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn ask<R: Decode>(&mut self, method: &str, input: &[u8]) -> R {
        R::decode(&mut &self.bytes(method, input)[..]).unwrap()
    }

    pub fn upload(&mut self, module: &[u8]) -> Uploaded {
        self.ask("ContractsApi_upload_code", &upload_input(module))
    }

    /// Deploys a module; the contract's address.
    #[track_caller]
    pub fn deploy(&mut self, module: &[u8], input: &[u8]) -> AccountId20 {
        let done = self.try_deploy(module, input, GAS).result.unwrap_or_else(|error| panic!("{error:?}"));
        assert!(!done.result.did_revert());
        done.account_id
    }

    pub fn try_deploy(&mut self, module: &[u8], input: &[u8], gas: u64) -> Answer<InstantiateReturnValue> {
        self.deployed += 1;
        self.ask("ContractsApi_instantiate", &deploy_input(module, input, gas, self.deployed))
    }

    pub fn call(&mut self, contract: &AccountId20, input: &[u8]) -> Answer<ReturnValue> {
        self.call_with(contract, 0, GAS, input)
    }

    pub fn call_with(&mut self, contract: &AccountId20, value: u128, gas: u64, input: &[u8]) -> Answer<ReturnValue> {
        self.ask("ContractsApi_call", &call_input(contract, value, gas, input))
    }

    /// Many chains with the same state on the same host.
    pub fn split(mut self, count: usize) -> Vec<Self> {
        let mut pairs = Vec::new();
        let mut key = Vec::new();
        while let Some(next) = self.overlay.next_key(None, &key).unwrap() {
            let value = self.overlay.get(None, &next).unwrap().unwrap().into_owned();
            pairs.push((next.clone(), value));
            key = next;
        }
        let view: Arc<dyn View> = Arc::new(MemoryView::<KeccakHasher>::from_pairs(pairs, StateVersion::V1).unwrap());
        self.overlay = Overlay::new(view.clone());
        let copy = |_| Self {
            executor: self.executor.clone(),
            code: self.code.clone(),
            overlay: Overlay::new(view.clone()),
            deployed: 100,
        };
        (0..count).map(copy).collect()
    }

    /// What somebody may spend.
    pub fn free(&self, who: &AccountId20) -> u128 {
        let mut key = item_prefix("System", "Account");
        key.extend_from_slice(&blake2_128(&who.0));
        key.extend_from_slice(&who.0);
        let record = self.overlay.get(None, &key).unwrap();
        // Nonce and three counters come first.
        record.map_or(0, |record| <(u32, u32, u32, u32, u128)>::decode(&mut &record[..]).unwrap().4)
    }

    /// What happens from here on can be undone.
    pub fn begin(&mut self) {
        self.overlay.start_transaction();
    }

    /// Undoes all since [`Self::begin`].
    pub fn undo(&mut self) {
        self.overlay.rollback_transaction().unwrap();
    }

    pub fn root(&mut self) -> Hash {
        self.overlay.storage_root(StateVersion::V1).unwrap()
    }

    /// The block's events so far, encoded.
    pub fn events(&self) -> Vec<u8> {
        let key = item_prefix("System", "Events");
        self.overlay.get(None, &key).unwrap().map(|value| value.into_owned()).unwrap_or_default()
    }
}

/// A host with this compiler for contracts; one for all tests, because the runtime takes a second to compile. It is compiled by
/// both compilers, and runs as the better one made it.
fn executor(contracts: CompileStrategy) -> Arc<Executor> {
    static WINCH: LazyLock<Arc<Executor>> = LazyLock::new(|| start(CompileStrategy::WinchOnly));
    static CRANELIFT: LazyLock<Arc<Executor>> = LazyLock::new(|| start(CompileStrategy::CraneliftOnly));
    match contracts {
        CompileStrategy::WinchOnly => WINCH.clone(),
        CompileStrategy::CraneliftOnly => CRANELIFT.clone(),
        CompileStrategy::WinchThenCranelift => start(contracts),
    }
}

fn start(contracts: CompileStrategy) -> Arc<Executor> {
    let limits = Limits { calls_at_once_max: 4, ..Limits::default() };
    let config = ExecutorConfig { contracts: Some(contracts), limits, ..ExecutorConfig::default() };
    let executor = Executor::new(config).unwrap();
    executor.optimise(&RuntimeCode::new(ziver_wasm::RUNTIME)).unwrap();
    Arc::new(executor)
}

/// Gas as weight.
fn weight(gas: u64) -> Option<ziver_support::Weight> {
    Some(ziver_contracts::call::weight_of(gas))
}

pub fn upload_input(module: &[u8]) -> Vec<u8> {
    (ALITH, module, None::<u128>, 0u8).encode()
}

pub fn deploy_input(module: &[u8], input: &[u8], gas: u64, salt: u32) -> Vec<u8> {
    let code = Code::Upload(module.to_vec());
    (ALITH, 0u128, weight(gas), None::<u128>, code, input, salt.encode()).encode()
}

pub fn call_input(contract: &AccountId20, value: u128, gas: u64, input: &[u8]) -> Vec<u8> {
    (ALITH, contract, value, weight(gas), None::<u128>, input).encode()
}
