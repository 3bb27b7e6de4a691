//! `state_*`: storage at a block, metadata, runtime calls, proofs, and subscriptions to storage and runtime version.
//!
//! Without a block, the head of the best chain is meant. An unknown or pruned block is an error; a missing value is
//! null.

use codec::Decode;
use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::json;
use ziver_primitives::{Hash, hashing::blake2_256};

use crate::{
    Context,
    chain_read::{ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    limits::{KEYS_PER_PAGE_MAX, KEYS_PER_QUERY_MAX, KEYS_PER_SIZE_MAX},
    params::{Arguments, AtMost, Bytes, HashArg},
};

pub(crate) mod answer;
mod feeds;

use answer::AnswerError;

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    register_values(module)?;
    register_keys(module)?;
    register_runtime(module)?;
    feeds::register(module)?;
    let aliases = [
        ("state_getStorageAt", "state_getStorage"),
        ("state_getStorageHashAt", "state_getStorageHash"),
        ("state_getStorageSizeAt", "state_getStorageSize"),
        ("state_getKeysPagedAt", "state_getKeysPaged"),
        ("state_callAt", "state_call"),
        ("chain_getRuntimeVersion", "state_getRuntimeVersion"),
    ];
    for (alias, name) in aliases {
        module.register_alias(alias, name)?;
    }
    Ok(())
}

/// The block in the next parameter, or the best one.
fn block(context: &Context, arguments: &mut Arguments<'_>) -> RpcResult<Hash> {
    let given: Option<HashArg> = arguments.optional()?;
    Ok(given.map_or_else(|| context.chain().best().hash, |HashArg(hash)| hash))
}

fn register_values(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("state_getStorage", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Bytes(key) = arguments.required()?;
        let at = block(&context, &mut arguments)?;
        let value = context.read(move |chain| chain.storage(at, None, &key)).await?.map_err(error::state)?;
        RpcResult::Ok(value.map(json::bytes))
    })?;
    module.register_async_method("state_getStorageHash", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Bytes(key) = arguments.required()?;
        let at = block(&context, &mut arguments)?;
        let value = context.read(move |chain| chain.storage(at, None, &key)).await?.map_err(error::state)?;
        RpcResult::Ok(value.map(|value| json::bytes(blake2_256(&value))))
    })?;
    module.register_async_method("state_getStorageSize", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Bytes(key) = arguments.required()?;
        let at = block(&context, &mut arguments)?;
        context.answers.read(&context, move |chain| storage_size(chain, at, &key)).await?
    })?;
    module.register_async_method("state_queryStorageAt", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let keys = keys(&mut arguments)?;
        let at = block(&context, &mut arguments)?;
        let read = move |chain: &dyn ChainRead| answer::change_set(chain, at, &keys).map(|changes| [changes]);
        context.answers.read(&context, read).await?.map_err(answer::refusal)
    })?;
    Ok(())
}

fn register_keys(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("state_getKeysPaged", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Bytes(prefix) = arguments.optional()?.unwrap_or_default();
        let count: u32 = arguments.required()?;
        let after: Option<Bytes> = arguments.optional()?;
        let at = block(&context, &mut arguments)?;
        if count > KEYS_PER_PAGE_MAX {
            return Err(error::too_much("count", count as usize, KEYS_PER_PAGE_MAX as usize));
        }
        let after = after.map(|Bytes(after)| after);
        let read = move |chain: &dyn ChainRead| answer::page(chain, at, None, &prefix, after, count as usize);
        context.answers.read(&context, read).await?.map_err(answer::refusal)
    })?;
    module.register_async_method("state_getReadProof", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let keys = keys(&mut arguments)?;
        let at = block(&context, &mut arguments)?;
        let prove = move |chain: &dyn ChainRead| {
            let (nodes, mut size) = (chain.prove(at, None, &keys)?, answer::Size::default());
            nodes.iter().try_for_each(|node| size.add(node.len()))?;
            Ok::<_, AnswerError>(nodes.into_iter().map(json::bytes).collect::<Vec<_>>())
        };
        let proof = context.call(prove).await?.map_err(answer::refusal)?;
        RpcResult::Ok(json!({ "at": json::hash(at), "proof": proof }))
    })?;
    Ok(())
}

fn register_runtime(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("state_call", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let entry_point: String = arguments.required()?;
        let Bytes(input) = arguments.required()?;
        let at = block(&context, &mut arguments)?;
        let output = context.call(move |chain| chain.call(at, &entry_point, &input)).await?;
        output.map(json::bytes).map_err(error::state)
    })?;
    module.register_async_method("state_getMetadata", |params, context, _| async move {
        let at = block(&context, &mut Arguments::new(&params)?)?;
        let output = context.call(move |chain| chain.call(at, "Metadata_metadata", &[])).await?;
        // The runtime answers with opaque bytes: clients get them without the length prefix.
        let metadata = output.and_then(|output| {
            Vec::<u8>::decode(&mut &*output)
                .map_err(|why| ReadError::Execution(format!("Bad answer of the runtime: {why}")))
        });
        metadata.map(json::bytes).map_err(error::state)
    })?;
    module.register_async_method("state_getRuntimeVersion", |params, context, _| async move {
        let at = block(&context, &mut Arguments::new(&params)?)?;
        let version = context.call(move |chain| chain.runtime_version(at)).await?.map_err(error::state)?;
        RpcResult::Ok(json::runtime_version(&version))
    })?;
    Ok(())
}

/// The list of keys in the next parameter, each once.
fn keys(arguments: &mut Arguments<'_>) -> RpcResult<Vec<Vec<u8>>> {
    let AtMost(keys): AtMost<Bytes, KEYS_PER_QUERY_MAX> = arguments.required()?;
    Ok(answer::distinct(keys.into_iter().map(|Bytes(key)| key).collect()))
}

/// Bytes of the value; of all values beneath when the key is a prefix only.
fn storage_size(chain: &dyn ChainRead, at: Hash, key: &[u8]) -> RpcResult<Option<u64>> {
    if let Some(value) = chain.storage(at, None, key).map_err(error::state)? {
        return Ok(Some(value.len() as u64));
    }
    let beneath = chain.keys(at, None, key, None, KEYS_PER_SIZE_MAX + 1).map_err(error::state)?;
    if beneath.len() > KEYS_PER_SIZE_MAX {
        return Err(error::too_much("count of keys", beneath.len(), KEYS_PER_SIZE_MAX));
    }
    let mut sum = 0;
    for key in &beneath {
        sum += chain.storage(at, None, key).map_err(error::state)?.map_or(0, |value| value.len() as u64);
    }
    Ok((sum > 0).then_some(sum))
}
