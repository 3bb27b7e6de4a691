//! Blocks, transactions in them, and receipts.

use jsonrpsee::{RpcModule, core::RegisterMethodError, types::ErrorObjectOwned};
use serde_json::Value;
use ziver_primitives::Hash;

use super::{
    decoded::{self, Decoded, quantity},
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
            context.decode(move |chain| block(chain, tag, full)).await?.map_err(failed)
        })?;
    }
    module.register_async_method("zx_getBlockTransactionCount", |params, context, _| async move {
        let tag: BlockTag = Arguments::new(&params)?.optional()?.unwrap_or_default();
        let count = move |chain: &dyn ChainRead| -> Result<Option<String>, ReadError> {
            let Some(hash) = resolve(chain, tag)? else { return Ok(None) };
            Ok(chain.block(hash)?.map(|block| quantity(block.extrinsics.len() as u64)))
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
        context.decode(move |chain| receipt(chain, hash)).await?.map_err(failed)
    })?;
    Ok(())
}

fn block(chain: &dyn ChainRead, tag: BlockTag, full: bool) -> Result<Value, ReadError> {
    let Some(hash) = resolve(chain, tag)? else { return Ok(Value::Null) };
    let Some(decoded) = Decoded::read(chain, hash)? else { return Ok(Value::Null) };
    let mut object = decoded.outline(chain);
    let count = decoded.block.extrinsics.len();
    let transactions: Vec<Value> = if full {
        let events = decoded.events(chain)?;
        let others = events.iter().enumerate().filter(|(_, event)| event.phase.extrinsic_index().is_none());
        let others: Vec<_> = others.map(|(position, event)| decoded.log(position, event)).collect();
        object.insert("events".into(), others.into());
        (0..count).filter_map(|index| decoded.full_transaction(index, &events)).collect()
    } else {
        decoded.block.extrinsics.iter().map(|extrinsic| json::hash(extrinsic.hash()).into()).collect()
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

fn receipt(chain: &dyn ChainRead, hash: Hash) -> Result<Option<Value>, ReadError> {
    let Some((decoded, index)) = located(chain, hash)? else { return Ok(None) };
    let events = decoded.events(chain)?;
    Ok(decoded.receipt(index, &events))
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
