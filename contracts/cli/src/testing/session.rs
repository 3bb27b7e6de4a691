//! One test at work: what its code asks of the chain and of the runner.
//!
//! The reference interpreter runs the test's own code; each call and each `new` in it is a transaction of the account that acts,
//! on the chain of [`Runtime`]. A call of an action that says that it is `view` or `pure` is undone after it.

use std::collections::BTreeMap;

use codec::{Decode, DecodeAll, Encode};
use ziver_primitives::{ecdsa, hashing::keccak_256, transaction::SecretKey};
use zxc::{
    ir::chain::{Answer, CallContext, Chain, Request, ReturnCode, Target},
    source::Span,
    testing::{Ask, RUNNER, Tests},
};

use super::{
    account,
    failure::{Failure, covers},
    gas::Gas,
    runtime::{BLOCK_MS, BLOCKS_MADE_MAX, Emitted, Receipt, RunError, Runtime, Transaction},
};

/// Transactions, questions and blocks of a test.
const TRANSACTIONS_MAX: u32 = 20_000;
/// The gas that all transactions of a test may use.
const GAS_MAX: u64 = 100_000_000_000;
/// Bytes of what a test prints that are kept.
const PRINTED_BYTES_MAX: usize = 64 * 1024;

/// A test at work.
pub struct Session<'a> {
    runtime: &'a mut Runtime,
    tests: &'a Tests,
    gas: &'a mut Gas,
    context: CallContext,
    /// Who acted when each open transaction of the test began.
    before: Vec<[u8; 20]>,
    keys: BTreeMap<[u8; 20], SecretKey>,
    gas_limit: Option<u64>,
    transactions_left: u32,
    /// The statement that runs.
    at: Option<Span>,
    events: Vec<Emitted>,
    gas_last: u64,
    /// All that the test used.
    pub gas_used: u64,
    /// The first thing that went wrong, whatever the test did afterwards.
    pub failure: Option<Failure>,
    /// Why the chain itself can't go on.
    pub broken: Option<RunError>,
    /// What the test and contracts printed.
    pub printed: String,
}

impl<'a> Session<'a> {
    /// A test that begins.
    pub fn new(runtime: &'a mut Runtime, tests: &'a Tests, gas: &'a mut Gas) -> Self {
        let mut session = Self {
            runtime,
            tests,
            gas,
            context: CallContext { this: RUNNER, caller_is_origin: true, ..CallContext::default() },
            before: Vec::new(),
            keys: BTreeMap::new(),
            gas_limit: None,
            transactions_left: TRANSACTIONS_MAX,
            at: None,
            events: Vec::new(),
            gas_last: 0,
            gas_used: 0,
            failure: None,
            broken: None,
            printed: String::new(),
        };
        if let Some(first) = session.account(account::FIRST) {
            session.act(first);
        }
        session.see_block();
        session
    }

    /// The statement that runs.
    pub fn at(&self) -> Option<Span> {
        self.at
    }

    fn act(&mut self, account: [u8; 20]) {
        self.context.caller = account;
        self.context.origin = account;
    }

    fn see_block(&mut self) {
        let block = self.runtime.block();
        self.context.block_number = block.number;
        self.context.timestamp = block.time_ms;
    }

    /// The account of a name: it gets its money when it is named first.
    fn account(&mut self, name: &str) -> Option<[u8; 20]> {
        let key = account::key(name)?;
        let address = key.account().0;
        if self.keys.insert(address, key).is_none() {
            let mut record = self.runtime.account(&address);
            record.free = record.free.saturating_add(account::FUNDS);
            self.runtime.set_account(&address, &record);
        }
        Some(address)
    }

    /// What the runner is asked. None: the input is malformed, which compiled tests never send.
    fn asked(&mut self, input: &[u8]) -> Option<Answer> {
        fn read<T: Decode>(mut bytes: &[u8]) -> Option<T> {
            T::decode_all(&mut bytes).ok()
        }
        let (selector, rest) = input.split_first_chunk()?;
        Some(match Ask::from_selector(*selector)? {
            Ask::At => {
                let index: u32 = read(rest)?;
                self.at = self.span(index);
                answered(&())
            }
            Ask::Account => {
                let name: String = read(rest)?;
                answered(&self.account(&name)?)
            }
            Ask::Deal => {
                let (account, amount): ([u8; 20], u128) = read(rest)?;
                let mut record = self.runtime.account(&account);
                record.free = amount;
                record.providers = record.providers.max(1);
                self.runtime.set_account(&account, &record);
                answered(&())
            }
            Ask::Act => {
                let account = read(rest)?;
                self.act(account);
                answered(&())
            }
            Ask::Advance => {
                let blocks: u32 = read(rest)?;
                self.pass(blocks, BLOCK_MS.saturating_mul(blocks.into()))
            }
            Ask::Warp => {
                let seconds: u64 = read(rest)?;
                self.pass(1, seconds.saturating_mul(1_000).max(1))
            }
            Ask::Fail => {
                let (index, message): (u32, String) = read(rest)?;
                let span = self.span(index);
                let within = self.at.filter(|at| span.is_none_or(|span| !covers(*at, span)));
                self.failure.get_or_insert(Failure { span, within, message: message.clone() });
                reverted(&message)
            }
            Ask::Balance => {
                let account: [u8; 20] = read(rest)?;
                answered(&self.runtime.account(&account).free)
            }
            Ask::Emitted => {
                type Wanted = (Option<[u8; 20]>, [u8; 32], Option<Vec<u8>>);
                let (contract, topic, data): Wanted = read(rest)?;
                let found = self.events.iter().any(|event| {
                    contract.is_none_or(|contract| event.contract == contract)
                        && event.topics.first() == Some(&topic)
                        && data.as_ref().is_none_or(|data| event.data == *data)
                });
                answered(&found)
            }
            Ask::Sign => {
                let (account, digest): ([u8; 20], [u8; 32]) = read(rest)?;
                match self.keys.get(&account) {
                    Some(key) => answered(&key.sign_hash(&digest).0.to_vec()),
                    None => reverted("only accounts that the test has named, by `account(...)`, can sign"),
                }
            }
            Ask::GasUsed => answered(&self.gas_last),
        })
    }

    fn span(&self, index: u32) -> Option<Span> {
        self.tests.spans.get(usize::try_from(index).ok()?).copied()
    }

    /// One more transaction, or so many blocks. The answer if that is too much for one test: it has failed.
    fn too_much(&mut self, count: u32) -> Option<Answer> {
        let left = self.transactions_left.checked_sub(count);
        self.transactions_left = left.unwrap_or(0);
        if left.is_some() && self.gas_used <= GAS_MAX {
            return None;
        }
        let message = format!("a test may have {TRANSACTIONS_MAX} transactions and blocks, and {GAS_MAX} gas");
        self.failure.get_or_insert(Failure { span: self.at, within: None, message: message.clone() });
        Some(reverted(&message))
    }

    fn pass(&mut self, blocks: u32, milliseconds: u64) -> Answer {
        if let Some(refused) = self.too_much(blocks.min(BLOCKS_MADE_MAX)) {
            return refused;
        }
        if let Err(problem) = self.runtime.pass(blocks, milliseconds) {
            return self.breaks(problem);
        }
        self.see_block();
        answered(&())
    }

    fn breaks(&mut self, problem: RunError) -> Answer {
        let message = problem.to_string();
        self.broken.get_or_insert(problem);
        reverted(&message)
    }

    fn transaction<'b>(&self, request: &'b Request) -> Transaction<'b> {
        let gas = (request.gas != 0).then_some(request.gas).or(self.gas_limit);
        Transaction { origin: self.context.caller, value: request.value, gas, input: &request.input }
    }

    /// Keeps what there is to know of a transaction, and gives the test its answer.
    fn receive(&mut self, receipt: Receipt) -> Answer {
        self.gas_last = receipt.gas;
        self.gas_used = self.gas_used.saturating_add(receipt.gas);
        self.events = receipt.events;
        self.print(&receipt.printed);
        match receipt.result {
            Ok((false, output)) => Answer { code: ReturnCode::Success, output },
            Ok((true, output)) => Answer { code: ReturnCode::CalleeReverted, output },
            Err(message) => reverted(&message),
        }
    }

    fn print(&mut self, text: &str) {
        let left = PRINTED_BYTES_MAX.saturating_sub(self.printed.len());
        let end = text.floor_char_boundary(left.min(text.len()));
        self.printed.push_str(&text[..end]);
        if !text.is_empty() && !text.ends_with('\n') && left > 0 {
            self.printed.push('\n');
        }
    }
}

fn answered(value: &impl Encode) -> Answer {
    Answer { code: ReturnCode::Success, output: (0u8, value).encode() }
}

fn reverted(message: &str) -> Answer {
    Answer { code: ReturnCode::CalleeReverted, output: (1u8, message).encode() }
}

impl Chain for Session<'_> {
    fn call_context(&self) -> &CallContext {
        &self.context
    }

    fn balance(&mut self) -> u128 {
        0
    }

    fn gas_left(&mut self) -> u64 {
        self.gas_limit.unwrap_or(u64::MAX)
    }

    // A test has no storage: its program declares none.
    fn read(&mut self, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn write(&mut self, _: &[u8], _: &[u8]) {}

    fn clear(&mut self, _: &[u8]) {}

    fn block_hash(&mut self, number: u32) -> Option<[u8; 32]> {
        self.runtime.block_hash(number)
    }

    fn code_hash(&mut self, address: &[u8; 20]) -> Option<[u8; 32]> {
        self.runtime.code_hash(address)
    }

    fn recover(&mut self, signature: &[u8; 65], digest: &[u8; 32]) -> Option<[u8; 33]> {
        let whole = ecdsa::recover(signature, digest)?;
        // Compressed: x, and whether y is odd.
        let (x, y) = (whole.first_chunk::<32>()?, whole.last()?);
        let mut key = [2 + (y & 1); 33];
        key[1..].copy_from_slice(x);
        Some(key)
    }

    fn address_of(&mut self, key: &[u8; 33]) -> [u8; 20] {
        let whole = ecdsa::decompress(key).unwrap_or([0; 64]);
        keccak_256(&whole).last_chunk().copied().unwrap_or_default()
    }

    fn emit(&mut self, _: &[[u8; 32]], _: &[u8]) {}

    fn debug(&mut self, message: &str) {
        self.print(message);
    }

    fn transfer(&mut self, to: &[u8; 20], amount: u128) -> bool {
        let from = self.context.caller;
        let mut payer = self.runtime.account(&from);
        let Some(left) = payer.free.checked_sub(amount) else { return false };
        payer.free = left;
        self.runtime.set_account(&from, &payer);
        let mut payee = self.runtime.account(to);
        payee.free = payee.free.saturating_add(amount);
        self.runtime.set_account(to, &payee);
        true
    }

    fn call(&mut self, request: &Request) -> Answer {
        let (contract, is_static) = match request.target {
            Target::Contract(contract) => (contract, false),
            Target::Static(contract) => (contract, true),
            Target::Code(_) => return reverted("a test has no storage for a `delegate_call`"),
        };
        if contract == RUNNER {
            return self
                .asked(&request.input)
                .unwrap_or_else(|| reverted("the runner was asked something it does not know"));
        }
        if let Some(refused) = self.too_much(1) {
            return refused;
        }
        let Some(code) = self.runtime.code_hash(&contract) else {
            return reverted(&format!("there is no contract at 0x{}", hex::encode(contract)));
        };
        if is_static {
            self.runtime.begin();
        }
        let receipt = self.runtime.call(contract, self.transaction(request));
        if is_static {
            self.runtime.rollback();
        }
        let receipt = match receipt {
            Ok(receipt) => receipt,
            Err(problem) => return self.breaks(problem),
        };
        self.gas.add(self.tests, &code, false, &request.input, receipt.gas);
        let (events, gas) = (self.events.clone(), self.gas_last);
        let answer = self.receive(receipt);
        if is_static {
            // A question is no transaction: what the last one did can still be looked at.
            (self.events, self.gas_last) = (events, gas);
        }
        answer
    }

    fn instantiate(&mut self, request: &Request, salt: &[u8]) -> (Answer, [u8; 20]) {
        let Target::Code(code) = request.target else { return (reverted("there is no code"), [0; 20]) };
        if let Some(refused) = self.too_much(1) {
            return (refused, [0; 20]);
        }
        match self.runtime.create(code, salt, self.transaction(request)) {
            Ok(receipt) => {
                self.gas.add(self.tests, &code, true, &request.input, receipt.gas);
                let address = receipt.created.unwrap_or_default();
                (self.receive(receipt), address)
            }
            Err(problem) => (self.breaks(problem), [0; 20]),
        }
    }

    fn set_code(&mut self, _: &[u8; 32]) -> bool {
        false
    }

    fn terminate(&mut self, _: &[u8; 20]) {}

    fn limit_gas(&mut self, gas: u64) {
        self.gas_limit = Some(gas);
    }

    fn begin(&mut self) {
        self.before.push(self.context.caller);
        self.runtime.begin();
    }

    fn commit(&mut self) {
        self.before.pop();
        self.runtime.commit();
    }

    fn rollback(&mut self) {
        if let Some(account) = self.before.pop() {
            self.act(account);
        }
        self.runtime.rollback();
        self.see_block();
    }
}
