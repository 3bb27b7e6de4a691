//! `ContractsApi_*`: calls of contracts without a transaction. What they write is thrown away by the host.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use ziver_contracts::{
    api::{self, Code, ContractResult},
    call::{Deployment, Determinism},
};
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{Ctx, DispatchError, Weight};
use ziver_system::EventRecord;

use super::{Answer, arguments};
use crate::RuntimeEvent;

/// What a dry run answers.
pub type DryRun<R> = ContractResult<R, EventRecord<RuntimeEvent, Hash>>;

pub(super) fn call(ctx: &mut Ctx, input: &[u8]) -> Answer {
    type Arguments = (AccountId20, AccountId20, Balance, Option<Weight>, Option<Balance>, Vec<u8>);
    let (origin, dest, value, gas_limit, deposit_limit, data): Arguments = arguments(input)?;
    let result: DryRun<_> = api::call(ctx, origin, dest, value, gas_limit, deposit_limit, data);
    Ok(result.encode())
}

#[derive(Decode)]
struct Instantiate {
    origin: AccountId20,
    value: Balance,
    gas_limit: Option<Weight>,
    deposit_limit: Option<Balance>,
    code: Code,
    data: Vec<u8>,
    salt: Vec<u8>,
}

pub(super) fn instantiate(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let Instantiate { origin, value, gas_limit, deposit_limit, code, data, salt } = arguments(input)?;
    let deployment = Deployment { origin, value, input: data, salt };
    let result: DryRun<_> = api::instantiate(ctx, deployment, code, gas_limit, deposit_limit);
    Ok(result.encode())
}

pub(super) fn upload_code(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (origin, code, deposit_limit, determinism): (AccountId20, Vec<u8>, Option<Balance>, Determinism) =
        arguments(input)?;
    if determinism == Determinism::Relaxed {
        let refused = DispatchError::from(ziver_contracts::Error::Indeterministic);
        return Ok(Err::<api::CodeUploadReturnValue, _>(refused).encode());
    }
    Ok(api::upload_code(ctx, origin, code, deposit_limit).encode())
}

pub(super) fn get_storage(ctx: &mut Ctx, input: &[u8]) -> Answer {
    let (address, key): (AccountId20, Vec<u8>) = arguments(input)?;
    Ok(api::get_storage(ctx, &address, &key).encode())
}
