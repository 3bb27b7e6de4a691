//! Blocks, transactions in them, and receipts.

use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde_json::Value;
use ziver_primitives::Hash;

use super::{
    decoded::{self, Decoded},
    failed, resolve,
};
use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::RpcResult,
    json,
    link::Command,
    params::{Arguments, BlockTag, HashArg},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    for name in ["zx_getBlockByNumber", "zx_getBlockByHash"] {
        module.register_async_method(name, |params, context, _| async move {
            let mut arguments = Arguments::new(&params)?;
            let tag: BlockTag = arguments.optional()?.unwrap_or_default();
            let full: bool = arguments.optional()?.unwrap_or_default();
            context.decode(move |chain| block(chain, tag, full)).await?
        })?;
    }
    module.register_async_method("zx_getBlockTransactionCount", |params, context, _| async move {
        let tag: BlockTag = Arguments::new(&params)?.optional()?.unwrap_or_default();
        let count = move |chain: &dyn ChainRead| -> Result<Option<String>, ReadError> {
            let Some(hash) = resolve(chain, tag)? else { return Ok(None) };
            Ok(chain.block(hash)?.map(|block| json::quantity(block.extrinsics.len() as u64)))
        };
        context.read(count).await?.map_err(failed)
    })?;
    module.register_async_method("zx_getTransactionByHash", |params, context, _| async move {
        let HashArg(hash) = Arguments::new(&params)?.required()?;
        match context.decode(move |chain| transaction(chain, hash)).await?.map_err(failed)? {
            Some(found) => Ok(found),
            None => pending(&context, hash).await,
        }
    })?;
    module.register_async_method("zx_getTransactionReceipt", |params, context, _| async move {
        let HashArg(hash) = Arguments::new(&params)?.required()?;
        context.decode(move |chain| receipt(chain, hash)).await?
    })?;
    Ok(())
}

fn block(chain: &dyn ChainRead, tag: BlockTag, full: bool) -> RpcResult<Value> {
    let Some(hash) = resolve(chain, tag).map_err(failed)? else { return Ok(Value::Null) };
    let Some(decoded) = Decoded::read(chain, hash).map_err(failed)? else { return Ok(Value::Null) };
    let mut object = decoded.outline(chain);
    let transactions: Vec<Value> = if full {
        let events = decoded.events_by_extrinsic(chain)?;
        object.insert("events".into(), decoded.logs(&events.others).into());
        let transactions = events.of.iter().enumerate();
        transactions.filter_map(|(index, events)| decoded.full_transaction(index, events)).collect()
    } else {
        decoded.hashes.iter().map(|hash| json::hash(*hash).into()).collect()
    };
    object.insert("transactions".into(), transactions.into());
    Ok(Value::Object(object))
}

/// The block of an extrinsic on the best chain, and its position.
fn located(chain: &dyn ChainRead, hash: Hash) -> Result<Option<(Decoded, usize)>, ReadError> {
    let Some(place) = chain.transaction(hash)? else { return Ok(None) };
    Ok(Decoded::read(chain, place.block.hash)?.map(|decoded| (decoded, place.index as usize)))
}

fn transaction(chain: &dyn ChainRead, hash: Hash) -> Result<Option<Value>, ReadError> {
    Ok(located(chain, hash)?.and_then(|(decoded, index)| decoded.transaction(index)))
}

fn receipt(chain: &dyn ChainRead, hash: Hash) -> RpcResult<Option<Value>> {
    let Some((decoded, index)) = located(chain, hash).map_err(failed)? else { return Ok(None) };
    Ok(decoded.receipt(index, &decoded.events_of(chain, index)?))
}

/// A transaction that waits in the pool; null where none of this hash does.
async fn pending(context: &Context, hash: Hash) -> RpcResult<Value> {
    let found = context.ask(|reply| Command::PoolTransaction { hash, reply }).await?;
    let show = move |chain: &dyn ChainRead| match found {
        Some(found) => {
            let metadata = chain.metadata(chain.best().hash)?;
            Ok(Value::Object(decoded::transaction(&metadata, &found.bytes)))
        }
        // It may have left the pool for a block since that was asked.
        None => Ok(transaction(chain, hash)?.unwrap_or_default()),
    };
    context.decode(show).await?.map_err(|why: ReadError| -> ErrorObjectOwned { failed(why) })
}
