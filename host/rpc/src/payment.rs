//! `payment_*`: what a transaction would cost, told by the runtime.

use codec::{Compact, Decode, Input};
use jsonrpsee::{RpcModule, core::RegisterMethodError, types::Params};
use serde_json::{Value, json};
use ziver_primitives::{Balance, Hash};

use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    params::{Arguments, Bytes, HashArg},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("payment_queryInfo", |params, context, _| async move {
        let (extrinsic, at) = arguments(&context, &params)?;
        query(&context, at, "TransactionPaymentApi_query_info", extrinsic, info).await
    })?;
    module.register_async_method("payment_queryFeeDetails", |params, context, _| async move {
        let (extrinsic, at) = arguments(&context, &params)?;
        query(&context, at, "TransactionPaymentApi_query_fee_details", extrinsic, details).await
    })?;
    Ok(())
}

fn arguments(context: &Context, params: &Params<'_>) -> RpcResult<(Vec<u8>, Hash)> {
    let mut arguments = Arguments::new(params)?;
    let Bytes(extrinsic) = arguments.required()?;
    let at: Option<HashArg> = arguments.optional()?;
    Ok((extrinsic, at.map_or_else(|| context.chain().best().hash, |HashArg(hash)| hash)))
}

async fn query(
    context: &Context,
    at: Hash,
    entry_point: &'static str,
    extrinsic: Vec<u8>,
    read: fn(&mut &[u8]) -> Result<Value, codec::Error>,
) -> RpcResult<Value> {
    let length = length_prefixed(&extrinsic).map_err(error::bad_format)?;
    let mut input = extrinsic;
    input.extend(length.to_le_bytes());
    let answer = context.call(move |chain| {
        chain.call(at, entry_point, &input).map_err(|why| {
            match unreadable(chain, at, &input[..length as usize], &why) {
                Some(unreadable) => error::bad_format(unreadable),
                None => error::state(why),
            }
        })
    });
    let answer = answer.await??;
    read(&mut &*answer).map_err(|why| error::state(ReadError::Execution(format!("Bad answer of the runtime: {why}"))))
}

/// What is wrong with a transaction's bytes, if a call of the runtime failed with them and they are none that it knows:
/// all that the runtime says then is where it gave up.
pub fn unreadable(chain: &dyn ChainRead, at: Hash, extrinsic: &[u8], why: &ReadError) -> Option<String> {
    if !matches!(why, ReadError::Execution(_)) {
        return None;
    }
    let found = match length_prefixed(extrinsic) {
        Ok(_) => chain.metadata(at).ok()?.decode_extrinsic(extrinsic).err()?.to_string(),
        Err(why) => why.to_string(),
    };
    Some(format!("the bytes are no transaction of this chain: {found}"))
}

/// The length of an extrinsic whose bytes must be exactly as many as its prefix says.
fn length_prefixed(extrinsic: &[u8]) -> Result<u32, codec::Error> {
    let mut rest = extrinsic;
    let Compact(inner) = Compact::<u32>::decode(&mut rest)?;
    if rest.len() != inner as usize {
        return Err("the length prefix does not fit the bytes".into());
    }
    u32::try_from(extrinsic.len()).map_err(|_| "too long".into())
}

/// Two-dimensional weight, class of dispatch, and fee without tip.
fn info(input: &mut &[u8]) -> Result<Value, codec::Error> {
    let ref_time = Compact::<u64>::decode(input)?.0;
    let proof_size = Compact::<u64>::decode(input)?.0;
    let class = match input.read_byte()? {
        0 => "normal",
        1 => "operational",
        2 => "mandatory",
        _ => return Err("unknown class of dispatch".into()),
    };
    let fee = Balance::decode(input)?;
    Ok(json!({
        "weight": { "ref_time": ref_time, "proof_size": proof_size },
        "class": class,
        "partialFee": fee.to_string(),
    }))
}

/// The parts of the fee; extrinsics without signature pay none.
fn details(input: &mut &[u8]) -> Result<Value, codec::Error> {
    let inclusion: Option<(Balance, Balance, Balance)> = Decode::decode(input)?;
    let inclusion = inclusion.map(|(base, length, weight)| {
        json!({
            "baseFee": json::quantity(base),
            "lenFee": json::quantity(length),
            "adjustedWeightFee": json::quantity(weight),
        })
    });
    Ok(json!({ "inclusionFee": inclusion }))
}

#[cfg(test)]
mod tests;
