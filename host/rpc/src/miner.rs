//! `miner_*`: whether the node makes blocks, for whom, and a block on request in any sealing mode.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::{Value, json};

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    link::{Command, MiningChange},
    params::{AccountArg, Arguments},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    for (name, wish) in [
        ("miner_status", MiningChange::Nothing),
        ("miner_start", MiningChange::Start),
        ("miner_stop", MiningChange::Stop),
    ] {
        module.register_async_method(name, move |_, context, _| async move { change(&context, wish).await })?;
    }
    module.register_async_method("miner_setMinerAddress", |params, context, _| async move {
        let AccountArg(account) = Arguments::new(&params)?.required()?;
        change(&context, MiningChange::SetAuthor(account)).await
    })?;
    module.register_async_method("miner_mineBlock", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let create_empty: bool = arguments.optional()?.unwrap_or(true);
        let finalize: bool = arguments.optional()?.unwrap_or(false);
        let made = context.ask(|reply| Command::CreateBlock { create_empty, finalize, parent: None, reply }).await?;
        let hash = made.map_err(error::mining)?;
        let header = context.read(move |chain| chain.header(hash)).await?.map_err(error::state)?;
        let number = header.map(|header| json::quantity(header.number));
        RpcResult::Ok(json!({ "hash": json::hash(hash), "number": number }))
    })?;
    Ok(())
}

/// What holds after the change.
async fn change(context: &Context, change: MiningChange) -> RpcResult<Value> {
    let status = context.ask(|reply| Command::Mining { change, reply }).await?;
    Ok(json!({ "mining": status.mining, "author": status.author.to_string(), "sealing": status.sealing }))
}
