//! JSON-RPC for clients: HTTP and WebSocket on one port, with the legacy method names of the Substrate ecosystem, the
//! groups of the new JSON-RPC interface specification, and a few `zx_*` ones for `curl`.
//!
//! One file per namespace: [`system`], [`chain`], [`childstate`], [`state`], [`author`], [`payment`], [`zx`], [`contract`],
//! [`engine`], [`txpool`], [`net`], [`miner`], [`admin`], [`dev`], and of the new specification [`chain_spec`],
//! [`chain_head`], [`transaction`], [`transaction_watch`], [`archive`]. Each has a `register` that adds its methods to
//! the table; [`catalog`] describes them all; what a method needs comes from the [`Context`]. The way of a request:
//!
//! ```text
//! socket -> server -> addresses (how many connections) -> connection (throttle) -> pages (plain GET: answered here)
//!   HTTP:      arrival (whole body, ids) ---------------------\
//!   WebSocket: connection::frames (whole messages) -> scan ----+-> jsonrpsee (parse)
//!     -> guard (rights, rate, depth, counting) -> observe (times, batches taken apart) -> named (parameters in order)
//!     -> namespace -> Context::read / call / decode -> ChainRead (snapshot)
//!                 \-> Context::ask -> Command -> engine
//! engine -> Notice -> subscription::Feed -> socket
//! ```
//!
//! # Usage
//! ```no_run
//! # use {std::sync::Arc, ziver_rpc::{ChainInfo, ChainRead, Context, Server, ServerConfig, link}};
//! # async fn serve(chain: Arc<dyn ChainRead>, info: ChainInfo) -> Result<(), Box<dyn std::error::Error>> {
//! let (link, peer) = link::link();
//! let methods = ziver_rpc::methods(Context::new(chain, link, info))?;
//! let server = Server::start_with(ServerConfig::new("127.0.0.1:8545".parse()?), methods).await?;
//! # drop((server, peer)); Ok(()) }
//! ```
//!
//! # Out of scope
//! What a transaction means, and the engine: `node` drains the commands.
//!
//! Invariant: no method reads from the engine what the chain's snapshot holds, so reads don't wait for a block.
//! Invariant: no database read and no runtime call runs on a thread that serves sockets.
//! Invariant: what a client can make the server keep in memory has a limit in [`limits`].
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use jsonrpsee::{Methods, RpcModule, core::RegisterMethodError};

use crate::policy::Caller;

mod addresses;
pub mod admin;
pub mod archive;
mod arrival;
pub mod author;
mod budget;
pub mod catalog;
pub mod chain;
pub mod chain_head;
pub mod chain_read;
pub mod chain_spec;
pub mod childstate;
mod connection;
mod context;
pub mod contract;
pub mod dev;
pub mod engine;
pub mod error;
mod guard;
pub mod json;
pub mod limits;
pub mod link;
pub mod miner;
mod named;
pub mod net;
pub mod observe;
pub mod openrpc;
pub mod pages;
pub mod params;
pub mod payment;
pub mod policy;
mod rate;
pub mod reference;
mod scan;
mod server;
pub mod state;
mod storage_query;
mod subscription;
pub mod system;
pub mod transaction;
pub mod transaction_watch;
pub mod txpool;
pub mod zx;

pub use chain_read::{BlockRef, BlockStats, ChainRead, DryRun, ReadError, Snapshot, StateHold, TransactionPlace};
pub use context::{ChainInfo, Context, DEVELOPMENT_CHAIN_ID};
pub use observe::Observe;
pub use pages::{Health, Pages};
pub use policy::{ProxyHeader, RpcMethods};
pub use server::{Connections, Cors, Hooks, Server, ServerConfig, StartError};

/// All methods, ready for [`Server::start_with`]. Fails only when two share a name, which a test rules out.
pub fn methods(context: Context) -> Result<Methods, RegisterMethodError> {
    let manual_seal = context.info.manual_seal;
    let mut module = RpcModule::new(context);
    admin::register(&mut module)?;
    archive::register(&mut module)?;
    author::register(&mut module)?;
    chain::register(&mut module)?;
    chain_head::register(&mut module)?;
    chain_spec::register(&mut module)?;
    contract::register(&mut module)?;
    miner::register(&mut module)?;
    dev::register(&mut module)?;
    net::register(&mut module)?;
    childstate::register(&mut module)?;
    payment::register(&mut module)?;
    state::register(&mut module)?;
    system::register(&mut module)?;
    transaction::register(&mut module)?;
    transaction_watch::register(&mut module)?;
    txpool::register(&mut module)?;
    zx::register(&mut module)?;
    if manual_seal {
        engine::register(&mut module)?;
    }
    describe(&mut module)?;
    Ok(module.into())
}

/// Adds what the server says about itself; to be called last.
fn describe(module: &mut RpcModule<Context>) -> Result<(), RegisterMethodError> {
    let own = ["rpc_methods", "rpc.discover", "admin_rpcMethods"];
    let mut names: Vec<String> = module.method_names().chain(own).map(str::to_owned).collect();
    names.sort_unstable();
    let listed = openrpc::among(names.iter().map(String::as_str));
    module.register_method("rpc_methods", move |_, _, extensions| {
        let is_trusted = extensions.get::<Caller>().is_none_or(|caller| caller.is_trusted);
        let served = |name: &&String| is_trusted || !policy::is_unsafe(name);
        serde_json::json!({ "methods": names.iter().filter(served).collect::<Vec<_>>() })
    })?;
    let outline = openrpc::outline(&listed);
    module.register_method("admin_rpcMethods", move |_, _, _| outline.clone())?;
    let document = OnceLock::new();
    module.register_method("rpc.discover", move |_, context, _| {
        document.get_or_init(|| openrpc::document(&listed, &context.info.node_version)).clone()
    })?;
    Ok(())
}
