//! A chain that keeps what happened to it, for comparing two runs.

use std::collections::{BTreeMap, VecDeque};

use ziver_primitives::hashing::keccak_256;

use crate::ir::chain::{Answer, CallContext, Chain, Request, ReturnCode};

/// A chain with one contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MockChain {
    pub(crate) context: CallContext,
    pub(crate) balance: u128,
    /// What other contracts will answer, in order; when there is nothing, they return the byte 0.
    pub(crate) answers: VecDeque<Answer>,
    pub(crate) state: State,
    pub(crate) debug: Vec<String>,
    begun: Vec<State>,
}

/// What a rollback undoes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) storage: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) effects: Vec<Effect>,
}

/// What a contract did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Event { topics: Vec<[u8; 32]>, data: Vec<u8> },
    Transfer { to: [u8; 20], amount: u128 },
    Call(Request),
    Instantiate { request: Request, salt: Vec<u8> },
    SetCode([u8; 32]),
    Terminate([u8; 20]),
    LimitGas(u64),
}

/// Amounts from here on are refused.
pub(crate) const TRANSFER_MAX: u128 = 1_000_000;

impl Default for MockChain {
    fn default() -> Self {
        let context = CallContext {
            caller: [0xca; 20],
            origin: [0x0e; 20],
            this: [0x75; 20],
            value: 0,
            block_number: 1_000,
            timestamp: 1_700_000_000_123,
            gas_limit: 5_000_000_000,
            own_code_hash: [0xcc; 32],
            caller_is_origin: false,
            reentrance: 0,
        };
        let (state, debug, begun) = (State::default(), Vec::new(), Vec::new());
        Self { context, balance: 77_000, answers: VecDeque::new(), state, debug, begun }
    }
}

impl MockChain {
    /// One that calls come from this account.
    pub(crate) fn from(caller: u8) -> Self {
        let mut chain = Self::default();
        chain.context.caller = [caller; 20];
        chain
    }

    fn answer(&mut self) -> Answer {
        self.answers.pop_front().unwrap_or(Answer { code: ReturnCode::Success, output: vec![0] })
    }
}

impl Chain for MockChain {
    fn call_context(&self) -> &CallContext {
        &self.context
    }

    fn balance(&mut self) -> u128 {
        self.balance
    }

    /// The same at all times: how much a contract uses is not compared.
    fn gas_left(&mut self) -> u64 {
        3_000_000_000
    }

    fn read(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.state.storage.get(key).cloned()
    }

    fn write(&mut self, key: &[u8], value: &[u8]) {
        self.state.storage.insert(key.to_vec(), value.to_vec());
    }

    fn clear(&mut self, key: &[u8]) {
        self.state.storage.remove(key);
    }

    fn block_hash(&mut self, number: u32) -> Option<[u8; 32]> {
        (744..1_000).contains(&number).then(|| keccak_256(&number.to_le_bytes()))
    }

    fn code_hash(&mut self, address: &[u8; 20]) -> Option<[u8; 32]> {
        (address[0] < 0x80).then(|| keccak_256(address))
    }

    fn recover(&mut self, signature: &[u8; 65], digest: &[u8; 32]) -> Option<[u8; 33]> {
        let mut key = [2; 33];
        key[1..].copy_from_slice(&keccak_256(&[&signature[..], digest].concat()));
        (signature[64] < 4).then_some(key)
    }

    fn address_of(&mut self, key: &[u8; 33]) -> [u8; 20] {
        let mut address = [0; 20];
        address.copy_from_slice(&keccak_256(key)[12..]);
        address
    }

    fn emit(&mut self, topics: &[[u8; 32]], data: &[u8]) {
        self.state.effects.push(Effect::Event { topics: topics.to_vec(), data: data.to_vec() });
    }

    fn debug(&mut self, message: &str) {
        self.debug.push(message.to_owned());
    }

    fn transfer(&mut self, to: &[u8; 20], amount: u128) -> bool {
        if amount >= TRANSFER_MAX {
            return false;
        }
        self.state.effects.push(Effect::Transfer { to: *to, amount });
        true
    }

    fn call(&mut self, request: &Request) -> Answer {
        self.state.effects.push(Effect::Call(request.clone()));
        self.answer()
    }

    fn instantiate(&mut self, request: &Request, salt: &[u8]) -> (Answer, [u8; 20]) {
        self.state.effects.push(Effect::Instantiate { request: request.clone(), salt: salt.to_vec() });
        (self.answer(), [0x4e; 20])
    }

    fn set_code(&mut self, hash: &[u8; 32]) -> bool {
        if hash[0] >= 0x80 {
            return false;
        }
        self.state.effects.push(Effect::SetCode(*hash));
        true
    }

    fn terminate(&mut self, beneficiary: &[u8; 20]) {
        self.state.effects.push(Effect::Terminate(*beneficiary));
    }

    fn limit_gas(&mut self, gas: u64) {
        self.state.effects.push(Effect::LimitGas(gas));
    }

    fn begin(&mut self) {
        self.begun.push(self.state.clone());
    }

    fn commit(&mut self) {
        self.begun.pop().expect("something was begun");
    }

    fn rollback(&mut self) {
        self.state = self.begun.pop().expect("something was begun");
    }
}
