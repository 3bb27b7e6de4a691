//! `system_*` and `account_nextIndex`: who this node is, and an account's next nonce.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};
use ziver_primitives::{AccountId20, Nonce};

use crate::{
    Context,
    chain_read::ReadError,
    error::{self, RpcResult},
    json,
    link::Command,
    params::{AccountArg, Arguments, Bytes, HashArg},
    payment,
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("system_chain", |_, context, _| context.info.chain_name.clone())?;
    module.register_method("system_chainType", |_, context, _| context.info.chain_type.clone())?;
    module.register_method("system_properties", |_, context, _| Value::from(context.info.properties.clone()))?;
    module.register_method("system_name", |_, context, _| context.info.node_name.clone())?;
    module.register_method("system_version", |_, context, _| context.info.node_version.clone())?;
    // There is no network yet: the node is alone and always in step with itself.
    module.register_method(
        "system_health",
        |_, _, _| json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false }),
    )?;
    module.register_method("system_peers", |_, _, _| json!([]))?;
    module.register_method("system_nodeRoles", |_, _, _| json!(["Authority"]))?;
    module.register_method("system_localPeerId", |_, _, _| String::new())?;
    module.register_method("system_localListenAddresses", |_, _, _| json!([]))?;
    module.register_method("system_syncState", |_, context, _| {
        let best = context.chain().best().number;
        json!({ "startingBlock": context.starting_block, "currentBlock": best, "highestBlock": best })
    })?;
    module.register_async_method("system_accountNextIndex", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let AccountArg(account) = arguments.required()?;
        next_index(&context, account).await
    })?;
    module.register_alias("account_nextIndex", "system_accountNextIndex")?;
    module.register_async_method("system_dryRun", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let Bytes(extrinsic) = arguments.required()?;
        let at: Option<HashArg> = arguments.optional()?;
        let at = at.map_or_else(|| context.chain().best().hash, |HashArg(hash)| hash);
        let run = context.call(move |chain| {
            chain.dry_run(at, &extrinsic).map_err(|why| match payment::unreadable(chain, at, &extrinsic, &why) {
                Some(unreadable) => error::bad_format(unreadable),
                None => error::state(why),
            })
        });
        run.await?.map(|run| json::bytes(run.answer))
    })?;
    Ok(())
}

/// The nonce that a new transaction of `account` needs: the chain's, past those that are ready in the pool.
pub async fn next_index(context: &Context, account: AccountId20) -> RpcResult<Nonce> {
    let next = context.ask(|reply| Command::NextIndex { account, reply }).await?;
    next.map_err(|why| error::state(ReadError::Execution(why)))
}
