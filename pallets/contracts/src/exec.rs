//! Execution: frames, one for each contract that is being called, and what a transaction's calls have in common.
//!
//! ```text
//! transact -> call / instantiate -> run (one frame: storage transaction, money, instance) -> imports -> call / instantiate -> ...
//! ```
//!
//! A frame that reverts or fails undoes what it did, what it called included, and nothing else. Gas that was used stays used.
//! Storage that grew or shrank is noted ([`Deposits`]) and paid for when the transaction's call has succeeded.
//!
//! Re-entry: a contract that is on the stack may be called again only where its own call that is under way allows it (flag
//! `ALLOW_REENTRY`). A delegate call allows it: the code that it runs is the contract's too, and decides about its own calls.

use alloc::{collections::BTreeSet, vec::Vec};
use ziver_balances::Existence;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{
    Ctx, DispatchError, DispatchResult,
    sandbox::{Counters, InstanceError, Outcome},
};

use crate::{
    Error, Event,
    api::ReturnValue,
    code::stack,
    create::{self, Created},
    deposit::Deposits,
    event::{Origin, announce},
    imports,
    limits::{CALL_DEPTH_MAX, TRANSACTIONS_MAX},
    prices,
    storage::{CODE_INFO_OF, CONTRACT_INFO_OF, CodeInfo, PREPARED_CODE, StorageId},
};

/// Which export of a contract is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `deploy`, the constructor.
    Deploy,
    /// `call`, everything else.
    Call,
}

/// A contract that is being called.
#[derive(Debug)]
pub struct Frame {
    /// The contract: its money, its storage.
    pub account: AccountId20,
    /// Who called it.
    pub caller: AccountId20,
    /// The money that came along.
    pub value: Balance,
    /// Where its storage is.
    pub storage_id: StorageId,
    /// The code that runs; of another contract after a delegate call.
    pub code_hash: Hash,
    /// What of it runs.
    pub entry: Entry,
    /// Whether it runs another's code on its own storage.
    pub is_delegate: bool,
    /// Whether state must not change.
    pub read_only: bool,
    /// Whether the call that it makes at the moment lets others call it.
    pub allows_reentry: bool,
    /// The input; gone once it was forwarded.
    pub input: Option<Vec<u8>>,
    /// What it answered.
    pub output: Option<ReturnValue>,
    /// Why an import ended it, other than with an answer.
    pub failure: Option<DispatchError>,
    /// Gas that it began with.
    pub gas_limit: u64,
    /// Gas that it may not use, by a limit of its own; given back at its end.
    pub gas_kept: u64,
    /// Its open storage transactions: the length of the deposits when each began.
    pub transactions: Vec<usize>,
    /// Steps of the deposits before it began.
    pub deposits: usize,
    /// What it, and what it calls, may take from the signer for storage.
    pub deposit_limit: Option<Balance>,
    /// What is made before it runs, for a new contract.
    pub created: Option<Created>,
}

/// What the calls of one transaction have in common.
pub struct Stack {
    /// Who signed it, and pays for storage.
    pub origin: AccountId20,
    /// The contracts that are being called, the first one first.
    pub frames: Vec<Frame>,
    /// Storage that was taken and given back.
    pub deposits: Deposits,
    /// Debug messages, where somebody wants them.
    pub debug: Option<Vec<u8>>,
    /// The origin's nonce, for the address of a contract that it makes.
    pub nonce: u64,
    /// What of the state was asked for already; what is undone stays in it.
    touched: BTreeSet<Touched>,
}

/// A record that is dearer to find than to see again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// A cell: the contract's storage, and the hash of its key.
    Cell(StorageId, [u8; 32]),
    /// A contract.
    Contract(AccountId20),
    /// An account's money.
    Account(AccountId20),
}

/// How a frame ended that is undone.
enum End {
    Reverted(ReturnValue),
    Failed(DispatchError),
}

impl From<DispatchError> for End {
    fn from(error: DispatchError) -> Self {
        Self::Failed(error)
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A call of a contract, before its frame is made.
pub struct Message {
    /// Who calls.
    pub caller: AccountId20,
    /// The money that comes along.
    pub value: Balance,
    /// The input.
    pub input: Vec<u8>,
    /// Whether state must not change.
    pub read_only: bool,
    /// What the signer may be charged for storage by this call, where its caller says so.
    pub deposit_limit: Option<Balance>,
}

impl Message {
    /// A message of the transaction's signer, who limits deposits as a whole.
    pub fn signed(caller: AccountId20, value: Balance, input: Vec<u8>) -> Self {
        Self { caller, value, input, read_only: false, deposit_limit: None }
    }
}

impl Stack {
    /// An empty stack.
    pub fn new(origin: AccountId20, nonce: u64, debug: bool) -> Self {
        Self {
            origin,
            frames: Vec::new(),
            deposits: Deposits::default(),
            debug: debug.then(Vec::new),
            nonce,
            touched: BTreeSet::new(),
        }
    }

    /// Whether a record is asked for the first time.
    pub fn touch(&mut self, record: Touched) -> bool {
        self.touched.insert(record)
    }

    /// Counts an account as asked for, its contract included.
    fn know(&mut self, account: &AccountId20) {
        self.touch(Touched::Account(*account));
        self.touch(Touched::Contract(*account));
    }

    /// The contract that runs now.
    ///
    /// Errors: none while imports are answered; otherwise there is no contract.
    pub fn top(&mut self) -> Result<&mut Frame, DispatchError> {
        self.frames.last_mut().ok_or(Error::ContractNotFound.into())
    }

    /// Whether `account` is being called.
    pub fn contains(&self, account: &AccountId20) -> bool {
        self.frames.iter().any(|frame| frame.account == *account)
    }

    /// Whether `account` may be called now.
    fn allows(&self, account: &AccountId20) -> bool {
        self.frames.iter().filter(|frame| frame.account == *account).all(|frame| frame.allows_reentry)
    }

    /// Storage transactions that contracts have open.
    pub fn open_transactions(&self) -> usize {
        self.frames.iter().map(|frame| frame.transactions.len()).sum()
    }

    /// Whether another one may be opened.
    pub fn may_open_transaction(&self) -> bool {
        self.open_transactions() < TRANSACTIONS_MAX as usize
    }
}

/// Calls the contract `account`.
///
/// Errors: `ContractNotFound`, `ReentranceDenied`, those of the frame. A contract that reverts is no error: the answer says so.
pub fn call(
    ctx: &mut Ctx,
    stack: &mut Stack,
    account: &AccountId20,
    message: Message,
    counters: &mut Counters,
) -> Result<ReturnValue, DispatchError> {
    let info = CONTRACT_INFO_OF.get(ctx, account).ok_or(Error::ContractNotFound)?;
    if !stack.allows(account) {
        return Err(Error::ReentranceDenied.into());
    }
    if stack.frames.is_empty() {
        // The transaction's own weight has that in it.
        stack.know(&message.caller);
        stack.know(account);
    }
    let caller = message.caller;
    let frame = frame(*account, info.storage_id, info.code_hash, Entry::Call, message, counters);
    let answer = run(ctx, stack, frame, counters)?;
    if !answer.did_revert() {
        announce(ctx, &Event::Called { caller: Origin::Signed(caller), contract: *account });
    }
    Ok(answer)
}

/// Runs the code `code_hash` on the storage of the contract that runs now, as if it were its own.
///
/// Errors: `CodeNotFound`, those of the frame.
pub fn delegate_call(
    ctx: &mut Ctx,
    stack: &mut Stack,
    code_hash: Hash,
    input: Vec<u8>,
    read_only: bool,
    counters: &mut Counters,
) -> Result<ReturnValue, DispatchError> {
    let top = stack.top()?;
    let (account, storage_id) = (top.account, top.storage_id);
    let read_only = read_only || top.read_only;
    let message = Message { read_only, ..Message::signed(top.caller, top.value, input) };
    let frame = Frame { is_delegate: true, ..frame(account, storage_id, code_hash, Entry::Call, message, counters) };
    let answer = run(ctx, stack, frame, counters)?;
    if !answer.did_revert() {
        announce(ctx, &Event::DelegateCalled { contract: account, code_hash });
    }
    Ok(answer)
}

/// Makes a contract with the code `code_hash` and runs its constructor. Answers its address too.
///
/// Errors: `CodeNotFound`, `DuplicateContract`, those of deposits and of the frame.
pub fn instantiate(
    ctx: &mut Ctx,
    stack: &mut Stack,
    code_hash: Hash,
    message: Message,
    salt: &[u8],
    counters: &mut Counters,
) -> Result<(AccountId20, ReturnValue), DispatchError> {
    let created = create::plan(ctx, stack, &message.caller, code_hash, &message.input, salt)?;
    let (account, deployer) = (created.account, message.caller);
    if stack.frames.is_empty() {
        stack.know(&deployer);
    }
    stack.know(&account);
    let frame = frame(account, created.storage_id, code_hash, Entry::Deploy, message, counters);
    let answer = run(ctx, stack, Frame { created: Some(created), ..frame }, counters)?;
    if !answer.did_revert() {
        announce(ctx, &Event::Instantiated { deployer, contract: account });
    }
    Ok((account, answer))
}

fn frame(
    account: AccountId20,
    storage_id: StorageId,
    code_hash: Hash,
    entry: Entry,
    message: Message,
    counters: &Counters,
) -> Frame {
    Frame {
        account,
        caller: message.caller,
        value: message.value,
        storage_id,
        code_hash,
        entry,
        is_delegate: false,
        read_only: message.read_only,
        allows_reentry: false,
        input: Some(message.input),
        output: None,
        failure: None,
        gas_limit: counters.gas,
        gas_kept: 0,
        transactions: Vec::new(),
        deposits: 0,
        deposit_limit: message.deposit_limit,
        created: None,
    }
}

/// Runs a frame. `counters` are what it may use, and afterwards what is left.
fn run(ctx: &mut Ctx, stack: &mut Stack, frame: Frame, counters: &mut Counters) -> Result<ReturnValue, DispatchError> {
    if stack.frames.len() > CALL_DEPTH_MAX {
        return Err(Error::MaxCallDepthReached.into());
    }
    let deposits = stack.deposits.len();
    let units = counters.stack;
    stack.frames.push(Frame { deposits, ..frame });
    let result = ctx.transactional(|ctx| {
        let result = prepared(ctx, stack).and_then(|code| invoke(ctx, stack, &code, counters));
        let result = result.and_then(|()| within_deposit_limit(ctx, stack));
        close_transactions(ctx, stack, result.is_ok());
        let output = stack.frames.last_mut().and_then(|frame| frame.output.take()).unwrap_or_default();
        match result {
            Ok(()) if output.did_revert() => Err(End::Reverted(output)),
            Ok(()) => Ok(output),
            Err(error) => Err(End::Failed(error)),
        }
    });
    counters.stack = units;
    if let Some(frame) = stack.frames.pop() {
        counters.gas = counters.gas.saturating_add(frame.gas_kept);
    }
    if result.is_err() {
        stack.deposits.truncate(deposits);
    }
    match result {
        Ok(output) | Err(End::Reverted(output)) => Ok(output),
        Err(End::Failed(error)) => Err(error),
    }
}

/// Does what comes before a frame's code: makes its contract, moves its money. Answers what is known of the code.
fn prepared(ctx: &mut Ctx, stack: &mut Stack) -> Result<CodeInfo, DispatchError> {
    let top = stack.top()?;
    let (caller, account, value) = (top.caller, top.account, top.value);
    let (code_hash, is_delegate) = (top.code_hash, top.is_delegate);
    if let Some(created) = top.created.take() {
        create::create(ctx, stack, &created)?;
    }
    if value > 0 && !is_delegate {
        move_value(ctx, &caller, &account, value)?;
    }
    Ok(CODE_INFO_OF.get(ctx, &code_hash).ok_or(Error::CodeNotFound)?)
}

/// Moves money between accounts, both of which live on.
///
/// Errors: `TransferFailed`.
pub fn move_value(ctx: &mut Ctx, from: &AccountId20, to: &AccountId20, value: Balance) -> DispatchResult {
    ziver_balances::transfer(ctx, from, to, value, Existence::Preserve).map_err(|_| Error::TransferFailed.into())
}

fn invoke(ctx: &mut Ctx, stack: &mut Stack, code: &CodeInfo, counters: &mut Counters) -> DispatchResult {
    let pages = u64::from(code.memory_pages.saturating_sub(prices::FREE_PAGES));
    let price = prices::INSTANCE.saturating_add(prices::PAGE.saturating_mul(pages));
    counters.gas = match counters.gas.checked_sub(price) {
        Some(left) => left,
        None => {
            counters.gas = 0;
            return Err(Error::OutOfGas.into());
        }
    };
    let top = stack.top()?;
    let (code_hash, entry) = (top.code_hash, top.entry);
    let sandbox = ctx.ext().sandbox();
    let instance = sandbox.instantiate(&code.prepared_hash.0, &mut || PREPARED_CODE.get(ctx, &code_hash));
    let mut instance = instance.map_err(|error| match error {
        InstanceError::NoCode => Error::CodeNotFound,
        InstanceError::Refused => Error::CodeRejected,
    })?;
    let export = match entry {
        Entry::Deploy => "deploy",
        Entry::Call => "call",
    };
    let outcome = instance.invoke(export, counters, &mut |call| imports::answer(ctx, stack, call));
    drop(instance);
    let top = stack.top()?;
    match outcome {
        Outcome::Returned => Ok(()),
        Outcome::Stopped => top.failure.take().map_or(Ok(()), Err),
        Outcome::Trapped => Err(Error::ContractTrapped.into()),
        Outcome::NoExport => Err(Error::CodeRejected.into()),
    }
}

/// Whether the frame stayed within the limit that its caller set for deposits.
fn within_deposit_limit(ctx: &Ctx, stack: &Stack) -> DispatchResult {
    let Some(frame) = stack.frames.last() else { return Ok(()) };
    match frame.deposit_limit {
        Some(limit) if stack.deposits.charge_since(ctx, frame.deposits) > limit => {
            Err(Error::StorageDepositLimitExhausted.into())
        }
        _ => Ok(()),
    }
}

/// Closes what the frame left open: kept where it succeeded, undone otherwise.
fn close_transactions(ctx: &mut Ctx, stack: &mut Stack, keep: bool) {
    let Some(frame) = stack.frames.last_mut() else { return };
    for _ in core::mem::take(&mut frame.transactions) {
        if keep { ctx.ext_mut().commit_transaction() } else { ctx.ext_mut().rollback_transaction() }
    }
}

/// What a transaction's first contract begins with.
pub fn counters(gas: u64) -> Counters {
    Counters { gas, stack: stack::LIMIT_UNITS }
}
