//! The chain as a whole: its id, its heads, whether its blocks fit together.

use std::sync::Arc;

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use ziver_primitives::{BlockNumber, Hash};

use super::{failed, number_of};
use crate::{
    Context,
    chain_read::{BlockRef, ChainRead, ReadError},
    error::{self, RpcResult},
    json,
    limits::{VALIDATED_BLOCKS_DEFAULT, VALIDATED_BLOCKS_MAX, VALIDATION_PROBLEMS_MAX},
    params::{Arguments, BlockTag},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("zx_chainId", |_, context, _| json::quantity(context.chain_id()))?;
    module.register_method("zx_blockNumber", |_, context, _| json::quantity(context.chain().best().number))?;
    module.register_async_method("zx_getChainInfo", |_, context, _| async move {
        let best = context.chain().best();
        let version = context.call(move |chain| chain.runtime_version(best.hash)).await?.map_err(failed)?;
        let at = |block: BlockRef| json!({ "number": json::quantity(block.number), "hash": json::hash(block.hash) });
        RpcResult::Ok(json!({
            "chainId": json::quantity(context.chain_id()),
            "name": context.info.chain_name,
            "type": context.info.chain_type,
            "properties": context.info.properties,
            "genesisHash": json::hash(context.chain().genesis()),
            "best": at(best),
            "finalized": at(context.chain().finalized()),
            "runtime": {
                "specName": version.spec_name,
                "specVersion": version.spec_version,
                "implVersion": version.impl_version,
                "transactionVersion": version.transaction_version,
            },
            "node": { "name": context.info.node_name, "version": context.info.node_version },
        }))
    })?;
    let turn = Arc::new(Semaphore::new(1));
    module.register_async_method("zx_validateChain", move |params, context, _| {
        let turn = turn.clone();
        async move {
            let mut arguments = Arguments::new(&params)?;
            let (from, to) = (arguments.optional()?, arguments.optional()?);
            let turn = turn.try_acquire_owned().map_err(|_| error::busy())?;
            let checked = context.decode(move |chain| {
                // The turn goes with the work, whatever becomes of the client.
                let _turn = turn;
                validate(chain, from, to)
            });
            checked.await?
        }
    })?;
    Ok(())
}

/// Checks the best chain's blocks of a range against each other and against their bodies. Executing them again is
/// `ziver-host check-chain`. After many problems it stops: what is answered is about the blocks up to there.
fn validate(chain: &dyn ChainRead, from: Option<BlockTag>, to: Option<BlockTag>) -> RpcResult<Value> {
    let to = to.map_or(Ok(chain.best().number), |tag| number_of(chain, tag))?;
    let first = to.saturating_sub(VALIDATED_BLOCKS_DEFAULT - 1);
    let from = from.map_or(Ok(first), |tag| number_of(chain, tag))?;
    let count = to.checked_sub(from).and_then(|more| more.checked_add(1));
    let count = count.ok_or_else(|| error::invalid_params("the range ends before it begins"))?;
    if count > VALIDATED_BLOCKS_MAX {
        return Err(error::invalid_params(format_args!("a range of {count} blocks; at most {VALIDATED_BLOCKS_MAX}")));
    }
    let mut problems = Vec::new();
    let (mut last, mut extrinsics) = (from, 0);
    let mut parent = match from.checked_sub(1) {
        Some(before) => chain.hash_at(before).map_err(failed)?,
        None => None,
    };
    for number in from..=to {
        let found = check(chain, number, parent, &mut problems).map_err(failed)?;
        parent = found.map(|(hash, _)| hash);
        last = number;
        extrinsics += found.map_or(0, |(_, count)| count);
        if problems.len() >= VALIDATION_PROBLEMS_MAX {
            break;
        }
    }
    Ok(json!({
        "valid": problems.is_empty(),
        "fromBlock": json::quantity(from),
        "toBlock": json::quantity(last),
        "blocks": json::quantity(last - from + 1),
        "transactions": json::quantity(extrinsics as u64),
        "checked": ["numbers", "hashes of headers", "parents", "roots of extrinsics"],
        "problems": problems,
    }))
}

/// Checks one block; its hash and the number of its extrinsics if it is there.
fn check(
    chain: &dyn ChainRead,
    number: BlockNumber,
    parent: Option<Hash>,
    problems: &mut Vec<String>,
) -> Result<Option<(Hash, usize)>, ReadError> {
    let mut problem = |what: &str| problems.push(format!("block {number}: {what}"));
    let Some(hash) = chain.hash_at(number)? else {
        problem("is missing in the list of numbers");
        return Ok(None);
    };
    let Some(block) = chain.block(hash)? else {
        problem("is missing");
        return Ok(None);
    };
    if block.header.hash() != hash {
        problem("its header has another hash");
    }
    if block.header.number != number {
        problem("its header has another number");
    }
    if parent.is_some_and(|parent| parent != block.header.parent_hash) {
        problem("its parent is not the block before it");
    }
    // Genesis was not executed: its header says that it is empty.
    if number > 0 && chain.extrinsics_root(&block)? != block.header.extrinsics_root {
        problem("its extrinsics have another root than its header says");
    }
    Ok(Some((hash, block.extrinsics.len())))
}
