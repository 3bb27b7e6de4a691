//! `engine_*`: blocks made and made final by hand, on a chain with manual sealing. Not listed otherwise.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::json;

use crate::{
    Context,
    error::{self, RpcResult},
    json,
    link::Command,
    params::{Arguments, HashArg},
};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("engine_createBlock", |params, context, _| async move {
        let mut arguments = Arguments::new(&params)?;
        let create_empty: bool = arguments.required()?;
        let finalize: bool = arguments.optional()?.unwrap_or(false);
        let parent: Option<HashArg> = arguments.optional()?;
        let parent = parent.map(|HashArg(hash)| hash);
        let made = context.ask(|reply| Command::CreateBlock { create_empty, finalize, parent, reply }).await?;
        let made = made.map_err(error::seal)?;
        RpcResult::Ok(json!({
            "hash": json::hash(made),
            "aux": {
                "header_only": false,
                "clear_justification_requests": false,
                "needs_justification": false,
                "bad_justification": false,
                "is_new_best": context.chain().best().hash == made,
            },
            "proof_size": 0,
        }))
    })?;
    module.register_async_method("engine_finalizeBlock", |params, context, _| async move {
        let HashArg(hash) = Arguments::new(&params)?.required()?;
        let done = context.ask(|reply| Command::FinalizeBlock { hash, reply }).await?;
        done.map(|()| true).map_err(error::seal)
    })?;
    Ok(())
}
