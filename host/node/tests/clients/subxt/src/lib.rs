//! subxt, the Rust client, as a user of Ziver sets it up: the configuration of the chain, a node to talk to, and one client per kind of
//! backend. The tests are in `tests/it`.
//!
//! Out of scope: types generated from metadata by subxt's macro. The tests name pallets and calls at run time and so compile in a
//! fraction of the time; both ways use the same backends.

#![forbid(unsafe_code)]

mod config;
mod node;

use subxt::{
    OnlineClient,
    backend::{ArchiveBackend, ChainHeadBackend, CombinedBackend, LegacyBackend},
    rpcs::RpcClient,
};

pub use config::ZiverConfig;
pub use node::{Node, upgraded_runtime};

/// One ZIV.
pub const ZIV: u128 = 10_u128.pow(18);

/// How subxt speaks with the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The methods of Substrate's old JSON-RPC.
    Legacy,
    /// `chainHead_v1` and `transactionWatch_v1`.
    ChainHead,
    /// `archive_v1` and `transactionWatch_v1`.
    Archive,
    /// What subxt chooses by itself from what the node lists.
    Default,
}

/// A client that speaks with the node at `url` in one mode alone.
pub async fn connect(url: &str, mode: Mode) -> OnlineClient<ZiverConfig> {
    let rpc = RpcClient::from_insecure_url(url).await.expect("the node takes connections");
    let none = CombinedBackend::builder().no_default_backends();
    let built = match mode {
        Mode::Legacy => none.with_legacy_backend(LegacyBackend::builder().build(rpc.clone())),
        Mode::ChainHead => {
            none.with_chainhead_backend(ChainHeadBackend::builder().build_with_background_driver(rpc.clone()))
        }
        Mode::Archive => none.with_archive_backend(ArchiveBackend::new(rpc.clone())),
        Mode::Default => CombinedBackend::builder(),
    };
    let backend = built.build_with_background_driver(rpc).await.expect("the node lists its methods");
    OnlineClient::from_backend(std::sync::Arc::new(backend)).await.expect("the node serves the mode")
}
