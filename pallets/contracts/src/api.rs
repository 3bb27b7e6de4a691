//! What clients ask without a transaction, in the shapes that `@polkadot/api-contract` decodes (`ContractsApi` of Substrate's
//! contracts pallet, version 2).
//!
//! Dry runs do what the transaction would do; the caller throws the state away.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{Ctx, DispatchError, Weight};

use crate::{
    call::{Deployment, gas_of, weight_of},
    exec::{self, Message, Stack},
    storage::{CONTRACT_INFO_OF, cell},
    upload,
};

/// Flag of an answer: everything is to be undone.
pub const REVERT: u32 = 1;

/// What a contract answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts_primitives"))]
pub struct ReturnValue {
    /// [`REVERT`] or nothing.
    pub flags: ReturnFlags,
    /// The output.
    pub data: Vec<u8>,
}

/// Flags of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts_uapi"))]
pub struct ReturnFlags {
    /// [`REVERT`] or nothing.
    pub bits: u32,
}

impl ReturnValue {
    /// Whether the contract undid what it did.
    pub fn did_revert(&self) -> bool {
        self.flags.bits & REVERT != 0
    }
}

/// What a constructor answered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InstantiateReturnValue {
    /// The answer.
    pub result: ReturnValue,
    /// The new contract.
    pub account_id: AccountId20,
}

/// What an upload would do.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CodeUploadReturnValue {
    /// Blake2-256 of the code.
    pub code_hash: Hash,
    /// What would be held; nothing where the code is there already.
    pub deposit: Balance,
}

/// What a transaction does to the signer's money for storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum StorageDeposit {
    /// It is given back.
    Refund(Balance),
    /// It is taken.
    Charge(Balance),
}

/// A dry run's result around `R`. `E` is the runtime's record of an event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ContractResult<R, E> {
    /// Gas that was used.
    pub gas_consumed: Weight,
    /// Gas that must be offered.
    pub gas_required: Weight,
    /// Money for storage.
    pub storage_deposit: StorageDeposit,
    /// What contracts said by `debug_message`.
    pub debug_message: Vec<u8>,
    /// What came out.
    pub result: Result<R, DispatchError>,
    /// What would be in the block's list of events.
    pub events: Option<Vec<E>>,
}

/// Code, by itself or by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Code {
    /// The code.
    Upload(Vec<u8>),
    /// Blake2-256 of code that was uploaded.
    Existing(Hash),
}

/// Why a contract's storage can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ContractAccessError {
    /// There is no such contract.
    DoesntExist,
    /// The key is too long.
    KeyDecodingFailed,
    /// A migration is in progress.
    MigrationInProgress,
}

/// A cell of a contract.
pub type GetStorageResult = Result<Option<Vec<u8>>, ContractAccessError>;

/// Gas that a dry run may use where it names none: all that a transaction may.
pub fn gas_limit_max() -> Weight {
    ziver_system::limits::BLOCK_WEIGHTS.per_class.normal.max_extrinsic.unwrap_or(Weight::ZERO)
}

/// A call without a transaction.
pub fn call<E>(
    ctx: &mut Ctx,
    origin: AccountId20,
    dest: AccountId20,
    value: Balance,
    gas_limit: Option<Weight>,
    deposit_limit: Option<Balance>,
    input: Vec<u8>,
) -> ContractResult<ReturnValue, E> {
    let message = Message::signed(origin, value, input);
    dry_run(ctx, origin, (gas_limit, deposit_limit), ReturnValue::did_revert, |ctx, stack, counters| {
        exec::call(ctx, stack, &dest, message, counters)
    })
}

/// A deployment without a transaction.
pub fn instantiate<E>(
    ctx: &mut Ctx,
    deployment: Deployment,
    code: Code,
    gas_limit: Option<Weight>,
    deposit_limit: Option<Balance>,
) -> ContractResult<InstantiateReturnValue, E> {
    let Deployment { origin, value, input, salt } = deployment;
    let did_revert = |answer: &InstantiateReturnValue| answer.result.did_revert();
    dry_run(ctx, origin, (gas_limit, deposit_limit), did_revert, |ctx, stack, counters| {
        let code_hash = match code {
            Code::Existing(code_hash) => code_hash,
            Code::Upload(code) => {
                let uploaded = upload::upload(ctx, &origin, code, deposit_limit)?;
                stack.deposits.paid(uploaded.deposit);
                uploaded.code_hash
            }
        };
        let message = Message::signed(origin, value, input);
        let (account_id, result) = exec::instantiate(ctx, stack, code_hash, message, &salt, counters)?;
        Ok(InstantiateReturnValue { result, account_id })
    })
}

fn dry_run<R, E>(
    ctx: &mut Ctx,
    origin: AccountId20,
    (gas_limit, deposit_limit): (Option<Weight>, Option<Balance>),
    did_revert: impl FnOnce(&R) -> bool,
    execute: impl FnOnce(&mut Ctx, &mut Stack, &mut ziver_support::sandbox::Counters) -> Result<R, DispatchError>,
) -> ContractResult<R, E> {
    let limit = gas_of(gas_limit.unwrap_or_else(gas_limit_max).min(gas_limit_max()));
    let nonce = ziver_system::account::nonce(ctx, &origin);
    let mut stack = Stack::new(origin, u64::from(nonce), true);
    let mut counters = exec::counters(limit);
    let mut storage_deposit = StorageDeposit::Charge(0);
    let result = execute(ctx, &mut stack, &mut counters).and_then(|answer| {
        // A transaction that reverts takes nothing for storage.
        if !did_revert(&answer) {
            storage_deposit = stack.deposits.settle(ctx, &origin, deposit_limit)?;
        }
        Ok(answer)
    });
    let used = weight_of(limit.saturating_sub(counters.gas));
    ContractResult {
        gas_consumed: used,
        // What calls of calls keep back is theirs to use: what was used at most is what must be offered.
        gas_required: used,
        storage_deposit,
        debug_message: stack.debug.take().unwrap_or_default(),
        result,
        events: None,
    }
}

/// An upload without a transaction.
pub fn upload_code(
    ctx: &mut Ctx,
    origin: AccountId20,
    code: Vec<u8>,
    deposit_limit: Option<Balance>,
) -> Result<CodeUploadReturnValue, DispatchError> {
    let done = upload::upload(ctx, &origin, code, deposit_limit)?;
    Ok(CodeUploadReturnValue { code_hash: done.code_hash, deposit: done.deposit })
}

/// A cell of a contract, by the key that the contract uses.
pub fn get_storage(ctx: &Ctx, contract: &AccountId20, key: &[u8]) -> GetStorageResult {
    let info = CONTRACT_INFO_OF.get(ctx, contract).ok_or(ContractAccessError::DoesntExist)?;
    if key.len() > crate::limits::KEY_BYTES_MAX as usize {
        return Err(ContractAccessError::KeyDecodingFailed);
    }
    Ok(cell(ctx, &info.storage_id, key))
}
