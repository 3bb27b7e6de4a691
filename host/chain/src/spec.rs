//! Chain specifications: the JSON file that names a chain and its genesis, in the shape of Substrate's.
//!
//! ```text
//! { "name", "id", "chainType", "bootNodes": [], "properties": {},
//!   "genesis": { "runtimeGenesis": { "code"?: "0x..", "patch" | "config": {..} } }     small and readable
//!            | { "raw": { "top": { "0x..": "0x.." }, "childrenDefault": {} } } }       carries everything
//! ```
//!
//! A `patch` is merged over the runtime's own default; a `config` stands alone. Without `code` the genesis takes the runtime
//! that the host embeds. Fields of Substrate that mean nothing here (telemetry, protocol id, ...) are taken and kept.
//! Genesis numbers may exceed 64 bits, so the genesis JSON is kept as text and never passes through floating point.
//!
//! Out of scope: making state of it, which is [`crate::genesis`].

mod unique;

use std::collections::BTreeMap;

use multiaddr::{Multiaddr, Protocol};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use self::unique::UniqueKeys;
use crate::hexbytes::HexBytes;
use crate::limits::SPEC_BYTES_MAX;

/// A chain specification.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChainSpec {
    /// Name for people.
    pub name: String,
    /// Name for folders; ASCII letters, digits, `_` and `-`.
    pub id: String,
    /// What the chain is for.
    #[serde(default)]
    pub chain_type: ChainType,
    /// Addresses of peers to begin with, such as `/dns/node.example.org/tcp/30333/p2p/12D3KooW...`.
    #[serde(default)]
    pub boot_nodes: Vec<String>,
    /// Not used; kept for Substrate's tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telemetry_endpoints: Option<Value>,
    /// Not used; kept for Substrate's tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_id: Option<String>,
    /// Not used; kept for Substrate's tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork_id: Option<String>,
    /// What `system_properties` answers: token symbol and decimals, address format.
    #[serde(default, deserialize_with = "null_as_default")]
    pub properties: Map<String, Value>,
    /// Not used; kept for Substrate's tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus_engine: Option<Value>,
    /// Must be empty: this host substitutes no code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub code_substitutes: BTreeMap<String, HexBytes>,
    /// Where the first state comes from.
    pub genesis: GenesisSpec,
}

/// What a chain is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainType {
    /// One developer's own.
    Development,
    /// Several nodes on one machine.
    Local,
    /// Worth something.
    #[default]
    Live,
    /// Anything else.
    Custom(String),
}

impl ChainType {
    /// As `system_chainType` answers.
    pub fn name(&self) -> &str {
        match self {
            ChainType::Development => "Development",
            ChainType::Local => "Local",
            ChainType::Live => "Live",
            ChainType::Custom(name) => name,
        }
    }
}

/// Where the first state comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GenesisSpec {
    /// The runtime makes it.
    RuntimeGenesis(RuntimeGenesis),
    /// Key by key.
    Raw(RawGenesis),
}

/// A genesis that the runtime makes from JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuntimeGenesis {
    /// The first runtime; the embedded one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<HexBytes>,
    /// Merged over the runtime's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Box<RawValue>>,
    /// The whole configuration. Not together with `patch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Box<RawValue>>,
}

/// A genesis written out key by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RawGenesis {
    /// Storage keys and values, `:code` among them.
    pub top: BTreeMap<HexBytes, HexBytes>,
    /// Child tries by their storage key.
    #[serde(default)]
    pub children_default: BTreeMap<HexBytes, BTreeMap<HexBytes, HexBytes>>,
}

/// Why a chain specification was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// Not the JSON of a chain specification; the text tells line and column.
    #[error("chain spec: {0}")]
    Json(#[from] serde_json::Error),
    /// Too long.
    #[error("chain spec: {bytes} bytes are more than the limit of {bytes_max}")]
    TooLong {
        /// Length of the file.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// Well-formed, but a field says something that cannot be.
    #[error("chain spec: field `{field}`: {reason}")]
    Field {
        /// Path of the field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl ChainSpec {
    /// Parses the text of a chain specification.
    pub fn parse(json: &[u8]) -> Result<Self, SpecError> {
        if json.len() > SPEC_BYTES_MAX {
            return Err(SpecError::TooLong { bytes: json.len(), bytes_max: SPEC_BYTES_MAX });
        }
        let spec: ChainSpec = serde_json::from_slice(json)?;
        serde_json::from_slice::<UniqueKeys>(json)?;
        spec.check()?;
        Ok(spec)
    }

    /// The specification as text, indented.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a parsed specification serialises")
    }

    fn check(&self) -> Result<(), SpecError> {
        let refuse = |field, reason: &str| Err(SpecError::Field { field, reason: reason.to_owned() });
        if self.name.trim().is_empty() {
            return refuse("name", "is empty");
        }
        let is_id = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if self.id.is_empty() || !self.id.chars().all(is_id) {
            return refuse("id", "must consist of ASCII letters, digits, _ and -");
        }
        if !self.code_substitutes.is_empty() {
            return refuse("codeSubstitutes", "is not supported by this host");
        }
        if let Some((node, reason)) = self.boot_nodes.iter().find_map(|node| Some((node, peer_address_fault(node)?))) {
            return refuse("bootNodes", &format!("{node:?} is no address of a peer: {reason}"));
        }
        match &self.genesis {
            GenesisSpec::RuntimeGenesis(genesis) => {
                if genesis.patch.is_some() && genesis.config.is_some() {
                    return refuse("genesis.runtimeGenesis", "has both patch and config");
                }
                let is_object = |json: &Option<Box<RawValue>>| {
                    json.as_ref().is_none_or(|json| json.get().trim_start().starts_with('{'))
                };
                if !is_object(&genesis.patch) || !is_object(&genesis.config) {
                    return refuse("genesis.runtimeGenesis", "patch or config is not an object");
                }
            }
            GenesisSpec::Raw(raw) => {
                if !raw.top.contains_key(&HexBytes(b":code".to_vec())) {
                    return refuse("genesis.raw.top", "has no runtime under 0x3a636f6465 (:code)");
                }
            }
        }
        Ok(())
    }
}

/// Why a text is no address of a peer.
fn peer_address_fault(text: &str) -> Option<String> {
    const EXAMPLE: &str = "/dns/node.example.org/tcp/30333/p2p/12D3KooW... expected";
    match text.parse::<Multiaddr>() {
        Err(error) => Some(format!("{error}; {EXAMPLE}")),
        Ok(address) if matches!(address.iter().last(), Some(Protocol::P2p(_))) && address.iter().count() > 1 => None,
        Ok(_) => Some(EXAMPLE.to_owned()),
    }
}

fn null_as_default<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
