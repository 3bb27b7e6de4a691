//! `net_*`: the network as Ethereum-minded tools ask for it. There is none yet: the node is alone.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::json;

use crate::Context;

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("net_version", |_, context, _| context.chain_id().to_string())?;
    module.register_method("net_peerCount", |_, _, _| "0x0")?;
    module.register_method("net_listening", |_, _, _| false)?;
    module.register_method("net_peers", |_, _, _| json!([]))?;
    Ok(())
}
