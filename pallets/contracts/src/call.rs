//! The calls of this pallet; names, indices and fields up to 8 are those of Substrate's contracts pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::vec::Vec;
use codec::{Compact, Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{
    Ctx, DispatchError, DispatchErrorWithPostInfo, DispatchInfo, DispatchResult, DispatchResultWithPostInfo,
    Dispatchable, Origin, Pays, PostDispatchInfo, Weight, sandbox::Counters,
};

use crate::{
    Error, Event,
    api::ReturnValue,
    create,
    event::announce,
    exec::{self, Message, Stack},
    limits::OUTPUT_BYTES_MAX,
    prices::PICOSECONDS_PER_GAS,
    storage::CONTRACT_INFO_OF,
    upload, weights,
};

/// Which code is allowed: only one of both is, floats being refused anyhow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_contracts", "pallet_contracts"), replace_segment("call", "wasm"))]
pub enum Determinism {
    /// The same result on every machine.
    Enforced,
    /// Anything; refused on this chain.
    Relaxed,
}

/// What can be asked of this pallet.
#[allow(non_camel_case_types, reason = "clients know calls by these names")]
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(
    replace_segment("ziver_contracts", "pallet_contracts"),
    replace_segment("call", "pallet"),
    capture_docs = "always"
)]
pub enum Call {
    /// Upload new code without instantiating a contract from it. A deposit is held until it is removed.
    ///
    /// Origin: signed. Events: `CodeStored`.
    #[codec(index = 3)]
    upload_code { code: Vec<u8>, storage_deposit_limit: Option<Compact<Balance>>, determinism: Determinism },
    /// Remove code that no contract uses, and get the deposit back.
    ///
    /// Origin: signed, who uploaded it. Events: `CodeRemoved`.
    #[codec(index = 4)]
    remove_code { code_hash: Hash },
    /// Exchange the code of a contract.
    ///
    /// Origin: root, or the contract's owner: at first who deployed it. Events: `ContractCodeUpdated`.
    #[codec(index = 5)]
    set_code { dest: AccountId20, code_hash: Hash },
    /// Call a contract, with some money if `value` is not zero. Gas that is not used is paid back.
    ///
    /// Origin: signed. Events: those of the contract (`ContractEmitted`), `Executed`.
    #[codec(index = 6)]
    call {
        dest: AccountId20,
        #[codec(compact)]
        value: Balance,
        gas_limit: Weight,
        storage_deposit_limit: Option<Compact<Balance>>,
        data: Vec<u8>,
    },
    /// Upload code and make a contract with it: `data` is the input of its constructor. Without `salt` the address follows
    /// from the sender and the transaction's nonce.
    ///
    /// Origin: signed. Events: `CodeStored`, `Instantiated`, those of the contract, `Executed`.
    #[codec(index = 7)]
    instantiate_with_code {
        #[codec(compact)]
        value: Balance,
        gas_limit: Weight,
        storage_deposit_limit: Option<Compact<Balance>>,
        code: Vec<u8>,
        data: Vec<u8>,
        salt: Vec<u8>,
    },
    /// Make a contract with code that was uploaded before.
    ///
    /// Origin: signed. Events: `Instantiated`, those of the contract, `Executed`.
    #[codec(index = 8)]
    instantiate {
        #[codec(compact)]
        value: Balance,
        gas_limit: Weight,
        storage_deposit_limit: Option<Compact<Balance>>,
        code_hash: Hash,
        data: Vec<u8>,
        salt: Vec<u8>,
    },
    /// Say who may exchange a contract's code from now on; nobody ever again, if `None`.
    ///
    /// Origin: root, or the contract's owner. Events: `OwnerChanged`.
    #[codec(index = 64)]
    set_owner { dest: AccountId20, owner: Option<AccountId20> },
}

/// The gas that a weight buys.
pub fn gas_of(weight: Weight) -> u64 {
    // Below the sign bit: the code counts in signed numbers.
    weight.ref_time.checked_div(PICOSECONDS_PER_GAS).unwrap_or(0).min(i64::MAX.unsigned_abs())
}

/// The weight of some gas.
pub fn weight_of(gas: u64) -> Weight {
    Weight::from_parts(gas.saturating_mul(PICOSECONDS_PER_GAS), 0)
}

fn input_weight(parts: &[&Vec<u8>]) -> Weight {
    let bytes: usize = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
    weights::INPUT_BYTE.saturating_mul(u64::try_from(bytes).unwrap_or(u64::MAX))
}

impl Call {
    /// What it takes beside the gas.
    fn base_weight(&self) -> Weight {
        match self {
            Self::upload_code { code, .. } => upload::weight(code),
            Self::remove_code { .. } => weights::REMOVE_CODE,
            Self::set_code { .. } => weights::SET_CODE,
            Self::set_owner { .. } => weights::SET_OWNER,
            Self::call { data, .. } => weights::CALL.saturating_add(input_weight(&[data])),
            Self::instantiate_with_code { code, data, salt, .. } => {
                upload::weight(code).saturating_add(weights::INSTANTIATE).saturating_add(input_weight(&[data, salt]))
            }
            Self::instantiate { data, salt, .. } => weights::INSTANTIATE.saturating_add(input_weight(&[data, salt])),
        }
    }

    fn gas_limit(&self) -> Weight {
        match self {
            Self::call { gas_limit, .. }
            | Self::instantiate { gas_limit, .. }
            | Self::instantiate_with_code { gas_limit, .. } => *gas_limit,
            _ => Weight::ZERO,
        }
    }
}

impl Dispatchable for Call {
    fn dispatch_info(&self) -> DispatchInfo {
        DispatchInfo::normal(self.base_weight().saturating_add(self.gas_limit()))
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        let base = self.base_weight();
        let limit = gas_of(self.gas_limit());
        let run = |ctx: &mut Ctx, deposit_limit: Option<Compact<Balance>>, start: Start| {
            let signer = origin.ensure_signed().map_err(|error| DispatchErrorWithPostInfo::took(base, error))?;
            transact(ctx, signer, base, limit, deposit_limit.map(|limit| limit.0), start)
        };
        match self {
            Self::upload_code { code, storage_deposit_limit, determinism } => {
                let signer = origin.ensure_signed()?;
                if determinism == Determinism::Relaxed {
                    return Err(Error::Indeterministic.into());
                }
                let uploaded = upload::upload(ctx, &signer, code, storage_deposit_limit.map(|limit| limit.0))?;
                return Ok(PostDispatchInfo { actual_weight: Some(uploaded.took), pays_fee: Pays::Yes });
            }
            Self::remove_code { code_hash } => upload::remove(ctx, &origin.ensure_signed()?, code_hash)?,
            Self::set_code { dest, code_hash } => {
                ensure_owner(ctx, origin, &dest)?;
                create::set_code(ctx, &dest, code_hash)?;
            }
            Self::set_owner { dest, owner } => {
                ensure_owner(ctx, origin, &dest)?;
                set_owner(ctx, &dest, owner)?;
            }
            Self::call { dest, value, storage_deposit_limit, data, .. } => {
                return run(ctx, storage_deposit_limit, Start::Call { dest, value, input: data });
            }
            Self::instantiate_with_code { value, storage_deposit_limit, code, data, salt, .. } => {
                let start = Start::Deploy { code: api_code(code), value, input: data, salt };
                return run(ctx, storage_deposit_limit, start);
            }
            Self::instantiate { value, storage_deposit_limit, code_hash, data, salt, .. } => {
                let start = Start::Deploy { code: crate::api::Code::Existing(code_hash), value, input: data, salt };
                return run(ctx, storage_deposit_limit, start);
            }
        }
        Ok(PostDispatchInfo::default())
    }
}

fn api_code(code: Vec<u8>) -> crate::api::Code {
    crate::api::Code::Upload(code)
}

/// A deployment's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Who deploys.
    pub origin: AccountId20,
    /// The money that comes along.
    pub value: Balance,
    /// The constructor's input.
    pub input: Vec<u8>,
    /// What the address depends on.
    pub salt: Vec<u8>,
}

enum Start {
    Call { dest: AccountId20, value: Balance, input: Vec<u8> },
    Deploy { code: crate::api::Code, value: Balance, input: Vec<u8>, salt: Vec<u8> },
}

fn ensure_owner(ctx: &Ctx, origin: Origin, contract: &AccountId20) -> DispatchResult {
    if origin == Origin::Root {
        return Ok(());
    }
    let who = origin.ensure_signed()?;
    let info = CONTRACT_INFO_OF.get(ctx, contract).ok_or(Error::ContractNotFound)?;
    if info.owner == Some(who) { Ok(()) } else { Err(DispatchError::BadOrigin) }
}

fn set_owner(ctx: &mut Ctx, contract: &AccountId20, owner: Option<AccountId20>) -> DispatchResult {
    let mut info = CONTRACT_INFO_OF.get(ctx, contract).ok_or(Error::ContractNotFound)?;
    info.owner = owner;
    CONTRACT_INFO_OF.insert(ctx, contract, &info);
    announce(ctx, &Event::OwnerChanged { contract: *contract, owner });
    Ok(())
}

/// Runs a transaction's contract, settles, and leaves the event that says how it went.
fn transact(
    ctx: &mut Ctx,
    signer: AccountId20,
    base: Weight,
    limit: u64,
    deposit_limit: Option<Balance>,
    start: Start,
) -> DispatchResultWithPostInfo {
    // The executive has counted this transaction already.
    let nonce = ziver_system::account::nonce(ctx, &signer).saturating_sub(1);
    let mut stack = Stack::new(signer, u64::from(nonce), false);
    let mut counters = exec::counters(limit);
    let mut base = base;
    let result = begin(ctx, &mut stack, &mut base, start, deposit_limit, &mut counters);
    let gas_used = limit.saturating_sub(counters.gas);
    let weight = base.saturating_add(weight_of(gas_used));
    let (contract, status, output, result) = match result {
        Ok((contract, answer)) if answer.did_revert() => {
            (contract, 1, answer.data, Err(Error::ContractReverted.into()))
        }
        Ok((contract, answer)) => (contract, 0, answer.data, Ok(())),
        Err((contract, error)) => (contract, 2, Vec::new(), Err(error)),
    };
    let mut output = output;
    output.truncate(OUTPUT_BYTES_MAX);
    ctx.finally(move |ctx| announce(ctx, &Event::Executed { contract, status, gas_used, output }));
    match result {
        Ok(()) => Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee: Pays::Yes }),
        Err(error) => Err(DispatchErrorWithPostInfo::took(weight, error)),
    }
}

/// Calls or deploys, and settles the deposits. The address is told of a failure too, where it is known. `base` is what it may take
/// beside the gas, and afterwards what it took.
fn begin(
    ctx: &mut Ctx,
    stack: &mut Stack,
    base: &mut Weight,
    start: Start,
    deposit_limit: Option<Balance>,
    counters: &mut Counters,
) -> Result<(AccountId20, ReturnValue), (AccountId20, DispatchError)> {
    let signer = stack.origin;
    let (contract, answer) = match start {
        Start::Call { dest, value, input } => {
            let message = Message::signed(signer, value, input);
            (dest, exec::call(ctx, stack, &dest, message, counters).map_err(|error| (dest, error))?)
        }
        Start::Deploy { code, value, input, salt } => {
            let unknown = |error| (AccountId20([0; 20]), error);
            let code_hash = match code {
                crate::api::Code::Existing(code_hash) => code_hash,
                crate::api::Code::Upload(code) => {
                    let most = upload::weight(&code);
                    let uploaded = upload::upload(ctx, &signer, code, deposit_limit).map_err(unknown)?;
                    *base = base.saturating_sub(most).saturating_add(uploaded.took);
                    stack.deposits.paid(uploaded.deposit);
                    uploaded.code_hash
                }
            };
            let message = Message::signed(signer, value, input);
            exec::instantiate(ctx, stack, code_hash, message, &salt, counters).map_err(unknown)?
        }
    };
    if !answer.did_revert() {
        stack.deposits.settle(ctx, &signer, deposit_limit).map_err(|error| (contract, error))?;
    }
    Ok((contract, answer))
}
