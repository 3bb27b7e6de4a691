//! The first state: made by the runtime from JSON, or written out key by key.
//!
//! The runtime's own default is read with `GenesisBuilder_get_preset(None)`, the specification's patch is merged over it, and
//! `GenesisBuilder_build_state` writes the state; the host adds only the code. The result and its root depend on nothing else,
//! so every node of a chain makes the same block 0.

mod merge;

use std::sync::Arc;

use codec::{Decode, Encode};
use ziver_executor::{CallError, Executor};
use ziver_primitives::{Digest, Hash, Header, hashing::blake2_256};
use ziver_state::{CODE_KEY, ChangeSet, Finished, Overlay, RuntimeCode, StateError};

use crate::hexbytes::HexBytes;
use crate::limits::GENESIS_KEY_BYTES_MAX;
use crate::spec::{ChainSpec, GenesisSpec, RawGenesis, RuntimeGenesis};

/// What genesis is made of.
#[derive(Clone)]
pub struct GenesisSource {
    /// The chain specification.
    pub spec: Arc<ChainSpec>,
    /// The runtime for a specification that carries none.
    pub default_code: Arc<[u8]>,
}

/// Why there is no first state.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// The runtime can't be run or failed.
    #[error("genesis: {0}")]
    Call(#[from] CallError),
    /// The runtime does not accept the configuration.
    #[error("genesis: the runtime refuses the configuration: {0}")]
    Refused(String),
    /// The runtime's answer is not what its entry point promises.
    #[error("genesis: {method} answers malformed bytes")]
    Answer {
        /// The entry point.
        method: &'static str,
    },
    /// The configuration is not the JSON that it should be.
    #[error("genesis: {0}")]
    Json(String),
    /// A raw key is too long, or clashes with the keys of child tries.
    #[error("genesis: raw key {0:?} is not allowed")]
    Key(HexBytes),
    /// The state could not be made.
    #[error("genesis: {0}")]
    State(#[from] StateError),
}

/// Block 0 with its state.
pub(crate) struct Genesis {
    pub hash: Hash,
    pub header: Header,
    pub finished: Finished,
    pub code: Arc<[u8]>,
}

impl GenesisSource {
    /// What tells one specification from another without making its state: name and genesis as written.
    pub(crate) fn identity(&self) -> Hash {
        let genesis = serde_json::to_vec(&self.spec.genesis).expect("a parsed specification serialises");
        Hash::from(blake2_256(&(&self.spec.id, genesis).encode()))
    }

    /// The first runtime.
    pub fn code(&self) -> Arc<[u8]> {
        match &self.spec.genesis {
            GenesisSpec::RuntimeGenesis(RuntimeGenesis { code: Some(code), .. }) => Arc::from(&code.0[..]),
            GenesisSpec::RuntimeGenesis(_) => Arc::clone(&self.default_code),
            GenesisSpec::Raw(raw) => {
                let code = raw.top.get(&HexBytes(CODE_KEY.to_vec()));
                code.map_or_else(|| Arc::from([]), |code| Arc::from(&code.0[..]))
            }
        }
    }

    /// Whether the embedded runtime is the first one.
    pub(crate) fn uses_default_code(&self) -> bool {
        matches!(&self.spec.genesis, GenesisSpec::RuntimeGenesis(RuntimeGenesis { code: None, .. }))
    }

    /// The same chain with its genesis written out key by key: `build-spec --raw`.
    pub fn to_raw(&self, executor: &Executor) -> Result<ChainSpec, GenesisError> {
        let changes = self.build(executor)?.finished.changes;
        let pairs = |set: ChangeSet| {
            set.into_iter().filter_map(|(key, value)| Some((HexBytes(key), HexBytes(value?)))).collect()
        };
        let children_default = changes.child.into_iter().map(|(name, set)| (HexBytes(name), pairs(set))).collect();
        let raw = RawGenesis { top: pairs(changes.main), children_default };
        Ok(ChainSpec { genesis: GenesisSpec::Raw(raw), ..(*self.spec).clone() })
    }

    pub(crate) fn build(&self, executor: &Executor) -> Result<Genesis, GenesisError> {
        let code = self.code();
        let runtime = RuntimeCode::new(Arc::clone(&code));
        let mut overlay = Overlay::default();
        match &self.spec.genesis {
            GenesisSpec::Raw(raw) => write_raw(raw, &mut overlay)?,
            GenesisSpec::RuntimeGenesis(genesis) => {
                let json = configuration(genesis, executor, &runtime)?;
                let answer = executor.call(&runtime, "GenesisBuilder_build_state", &json.encode(), &mut overlay)?;
                let result = Result::<(), String>::decode(&mut &answer[..]);
                let result = result.map_err(|_| GenesisError::Answer { method: "GenesisBuilder_build_state" })?;
                result.map_err(GenesisError::Refused)?;
                overlay.set(None, CODE_KEY, code.to_vec());
            }
        }
        let version = executor.runtime_version(&runtime).map_err(CallError::from)?;
        let finished = overlay.finish(crate::import::state_version(&version))?;
        let header = Header {
            parent_hash: Hash::zero(),
            number: 0,
            state_root: finished.root,
            extrinsics_root: crate::import::extrinsics_root(&[], crate::import::extrinsics_layout(&version)),
            digest: Digest::default(),
        };
        Ok(Genesis { hash: header.hash(), header, finished, code })
    }
}

fn configuration(genesis: &RuntimeGenesis, executor: &Executor, code: &RuntimeCode) -> Result<Vec<u8>, GenesisError> {
    if let Some(config) = &genesis.config {
        return Ok(config.get().as_bytes().to_vec());
    }
    let method = "GenesisBuilder_get_preset";
    let mut overlay = Overlay::default();
    let answer = executor.call(code, method, &None::<String>.encode(), &mut overlay)?;
    let default = Option::<Vec<u8>>::decode(&mut &answer[..]).map_err(|_| GenesisError::Answer { method })?;
    let default = String::from_utf8(default.unwrap_or_else(|| b"{}".to_vec()));
    let default = default.map_err(|_| GenesisError::Answer { method })?;
    let patch = genesis.patch.as_ref().map_or("{}", |patch| patch.get());
    Ok(merge::merge(&default, patch).map_err(GenesisError::Json)?.into_bytes())
}

fn write_raw(raw: &RawGenesis, overlay: &mut Overlay) -> Result<(), GenesisError> {
    let is_bad = |key: &HexBytes| key.0.len() > GENESIS_KEY_BYTES_MAX;
    for (key, value) in &raw.top {
        if is_bad(key) || key.0.starts_with(b":child_storage:") {
            return Err(GenesisError::Key(key.clone()));
        }
        overlay.set(None, &key.0, value.0.clone());
    }
    for (child, pairs) in &raw.children_default {
        for (key, value) in pairs {
            if is_bad(key) || is_bad(child) {
                return Err(GenesisError::Key(key.clone()));
            }
            overlay.set(Some(&child.0), &key.0, value.0.clone());
        }
    }
    Ok(())
}
