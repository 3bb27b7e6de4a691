//! `chainSpec_v1_*`: what never changes about the chain.

use jsonrpsee::{RpcModule, core::RegisterMethodError};
use serde_json::Value;

use crate::{Context, json};

/// Adds the methods.
pub fn register(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    module.register_method("chainSpec_v1_genesisHash", |_, context, _| json::hash(context.chain().genesis()))?;
    module.register_method("chainSpec_v1_chainName", |_, context, _| context.info.chain_name.clone())?;
    module.register_method("chainSpec_v1_properties", |_, context, _| Value::from(context.info.properties.clone()))?;
    Ok(())
}
