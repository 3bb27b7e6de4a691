//! `childstate_*`: storage of child tries. The first parameter is the child's key in the main trie, with its prefix
//! `:child_storage:default:`.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use ziver_primitives::{Hash, hashing::blake2_256, storage_keys::DEFAULT_CHILD_STORAGE};

use crate::{
    Context,
    chain_read::ChainRead,
    error::{self, RpcResult},
    json,
    limits::{KEYS_PER_PAGE_MAX, KEYS_PER_QUERY_MAX},
    params::{Arguments, AtMost, Bytes, HashArg},
    state::answer::{self, AnswerError, Size},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    register_values(module)?;
    for (name, is_paged) in [("childstate_getKeys", false), ("childstate_getKeysPaged", true)] {
        module.register_async_method(name, move |params, context, _| async move {
            let mut arguments = Arguments::new(&params)?;
            let child = child(&mut arguments)?;
            let Bytes(prefix) = arguments.optional()?.unwrap_or_default();
            // Without pages, as many as a page holds at most; more are an error, not a part that looks whole.
            let count = if is_paged { arguments.required()? } else { KEYS_PER_PAGE_MAX };
            let after: Option<Bytes> = if is_paged { arguments.optional()? } else { None };
            let at = block(&context, &mut arguments)?;
            if count > KEYS_PER_PAGE_MAX {
                return Err(error::too_much("count", count as usize, KEYS_PER_PAGE_MAX as usize));
            }
            let wanted = count as usize + usize::from(!is_paged);
            let after = after.map(|Bytes(after)| after);
            let read = move |chain: &dyn ChainRead| answer::page(chain, at, Some(&child), &prefix, after, wanted);
            let keys = context.answers.read(&context, read).await?.map_err(answer::refusal)?;
            if !is_paged && keys.get().len() > KEYS_PER_PAGE_MAX as usize {
                return Err(error::too_much("count of keys", keys.get().len(), KEYS_PER_PAGE_MAX as usize));
            }
            Ok(keys)
        })?;
    }
    module.register_alias("childstate_getKeysPagedAt", "childstate_getKeysPaged")?;
    Ok(())
}

fn register_values(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("childstate_getStorage", |params, context, _| async move {
        RpcResult::Ok(value(&context, &params).await?.map(json::bytes))
    })?;
    module.register_async_method("childstate_getStorageHash", |params, context, _| async move {
        RpcResult::Ok(value(&context, &params).await?.map(|value| json::bytes(blake2_256(&value))))
    })?;
    module.register_async_method("childstate_getStorageSize", |params, context, _| async move {
        RpcResult::Ok(value(&context, &params).await?.map(|value| value.len()))
    })?;
    module.register_async_method("childstate_getStorageEntries", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let child = child(&mut arguments)?;
        let AtMost(keys): AtMost<Bytes, KEYS_PER_QUERY_MAX> = arguments.required()?;
        let at = block(&context, &mut arguments)?;
        let read = move |chain: &dyn ChainRead| -> Result<Vec<Option<String>>, AnswerError> {
            let (mut size, mut values) = (Size::default(), Vec::new());
            for Bytes(key) in &keys {
                let value = chain.storage(at, Some(&child), key)?;
                size.add(value.as_ref().map_or(0, Vec::len))?;
                values.push(value.map(json::bytes));
            }
            Ok(values)
        };
        context.answers.read(&context, read).await?.map_err(answer::refusal)
    })?;
    Ok(())
}

async fn value(context: &Context, params: &jsonrpsee::types::Params<'_>) -> RpcResult<Option<Vec<u8>>> {
    let mut arguments = Arguments::new(params)?;
    let child = child(&mut arguments)?;
    let Bytes(key) = arguments.required()?;
    let at = block(context, &mut arguments)?;
    context.read(move |chain| chain.storage(at, Some(&child), &key)).await?.map_err(error::state)
}

/// The child's own key.
fn child(arguments: &mut Arguments<'_>) -> RpcResult<Vec<u8>> {
    let Bytes(key) = arguments.required()?;
    let child = key.strip_prefix(DEFAULT_CHILD_STORAGE);
    child.map(<[u8]>::to_vec).ok_or_else(|| error::object(error::STATE, "Client error: Invalid child storage key"))
}

fn block(context: &Context, arguments: &mut Arguments<'_>) -> RpcResult<Hash> {
    let given: Option<HashArg> = arguments.optional()?;
    Ok(given.map_or_else(|| context.chain().best().hash, |HashArg(hash)| hash))
}
