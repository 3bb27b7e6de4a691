//! Genesis: the state that a chain starts from, made of JSON by the runtime itself.
//!
//! Unknown fields are errors, so that a slip of the pen can't go unnoticed. Amounts are decimal numbers or texts of
//! decimal digits, in the smallest unit of the token.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use ziver_support::Ctx;
use ziver_system::code;

use crate::{upgrade, version::VERSION};

/// The name of the preset for development chains.
pub const DEVELOPMENT: &str = "development";

/// What a chain specification says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct GenesisConfig {}

/// Writes the genesis state that `json` describes. Errors: a text for the operator.
pub fn build_state(ctx: &mut Ctx, json: &[u8]) -> Result<(), String> {
    let _config: GenesisConfig = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    code::note_version(ctx, &VERSION);
    upgrade::build_genesis(ctx);
    Ok(())
}

/// The JSON of a preset; of the default configuration where `name` is `None`.
pub fn preset(name: Option<&str>) -> Option<Vec<u8>> {
    let config = match name {
        None => GenesisConfig::default(),
        Some(DEVELOPMENT) => GenesisConfig::default(),
        Some(_) => return None,
    };
    serde_json::to_vec(&config).ok()
}
