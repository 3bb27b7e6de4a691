//! `dev_*`: for developers of runtimes.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::json;

use crate::{
    Context, error,
    error::RpcResult,
    params::{Arguments, HashArg},
};

/// Adds the method.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_async_method("dev_getBlockStats", |params, context, _| async move {
        let HashArg(block) = Arguments::new(&params)?.required()?;
        let stats = context.call(move |chain| chain.block_stats(block)).await?.map_err(error::state)?;
        RpcResult::Ok(stats.map(|stats| {
            json!({
                "witnessLen": stats.witness_bytes,
                "witnessCompactLen": stats.witness_compact_bytes,
                "blockLen": stats.block_bytes,
                "numExtrinsics": stats.extrinsics_count,
            })
        }))
    })?;
    Ok(())
}
