//! Running a node: everything is opened, joined, and at the end closed in the right order.
//!
//! ```text
//! main thread      signals, the engine's end, closing
//! engine           ziver_engine on a thread of its own (crate::engine_loop)
//! tokio threads    sockets, subscriptions, the informant
//! blocking threads database reads and runtime calls for RPC
//! ```

use std::{io::Write, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};
use ziver_chain::{Chain, ChainSpec, ChainType, GenesisSource};
use ziver_engine::{Engine, EngineConfig, Sealing};
use ziver_primitives::AccountId20;
use ziver_rpc::{ChainInfo, Context as RpcContext, Server, link};

use crate::{
    chain_view::ChainView,
    cli::RunArgs,
    descriptors::Descriptors,
    engine_loop::{self, End, WallBudget},
    informant, store,
};

/// Stack of the engine's thread: room for the runtime's own, so that the executor need not move to another for each call.
const ENGINE_STACK_BYTES: usize = 16 * 1024 * 1024;
/// Alith, the author on development chains.
const DEV_AUTHOR: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";
/// Best blocks above a final one, unless said otherwise.
const FINALITY_LAG: u32 = 2;
/// Wall time for applying transactions in one block, in milliseconds; with interval sealing half of the interval if that is
/// less, so that a block is done before the next is due.
const BUILD_MS_MAX: u64 = 1_000;
/// How long clients may take to read their last answers when the node ends.
const RPC_STOP_MAX: Duration = Duration::from_secs(5);

/// Runs until a signal or a failure ends it.
pub fn run(args: &RunArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("rpc")
        .build()
        .context("cannot start the threads for RPC")?;
    // Before anything else: a signal that comes early ends the node in order, too.
    let signals = {
        let _context = runtime.enter();
        Signals::listen()?
    };
    let descriptors = Descriptors::raise()?;
    let source = store::read_spec(&args.store.chain)?;
    let temporary = match args.tmp {
        true => Some(tempfile::Builder::new().prefix("ziver-").tempdir().context("cannot make a temporary folder")?),
        false => None,
    };
    let base_path: Option<PathBuf> =
        temporary.as_ref().map(|folder| folder.path().to_path_buf()).or_else(|| args.store.base_path.clone());
    let folder = store::chain_folder(base_path.as_deref(), &source.spec)?;
    let config = engine_config(args, &source)?;
    tracing::info!("{}: ziver-host {}", source.spec.name, env!("CARGO_PKG_VERSION"));
    tracing::info!("data in {}", folder.display());
    let Descriptors { granted, database, connections } = descriptors;
    tracing::info!("{granted} files may be open: {database} of the database, {connections} connections at most");
    let chain = store::open_chain(&args.store, &source, &folder, database)?;
    let ended = serve(runtime, signals, chain, config, args, connections);
    // The folder goes after the database is closed.
    drop(temporary);
    ended
}

fn engine_config(args: &RunArgs, source: &GenesisSource) -> Result<EngineConfig> {
    let author = match (args.author, &source.spec.chain_type) {
        (Some(author), _) => author,
        (None, ChainType::Development) => DEV_AUTHOR.parse::<AccountId20>().map_err(|error| anyhow!("{error}"))?,
        (None, _) => bail!("who makes the blocks of {}? Say so with --author", source.spec.name),
    };
    let sealing = args.sealing.with_block_time(args.block_time_ms);
    let finality_lag = args.finality_lag.or((sealing != Sealing::Manual).then_some(FINALITY_LAG));
    let build_ms_max = build_ms_max(sealing);
    let pool = args.pool.limits();
    Ok(EngineConfig { sealing, author, finality_lag, build_ms_max, pool, ..EngineConfig::default() })
}

fn build_ms_max(sealing: Sealing) -> u64 {
    match sealing {
        Sealing::Interval { interval_ms } => (interval_ms / 2).clamp(1, BUILD_MS_MAX),
        Sealing::Instant | Sealing::Manual => BUILD_MS_MAX,
    }
}

fn chain_info(spec: &ChainSpec, manual_seal: bool) -> Result<ChainInfo> {
    Ok(ChainInfo {
        chain_name: spec.name.clone(),
        chain_type: match &spec.chain_type {
            ChainType::Custom(name) => serde_json::json!({ "Custom": name }),
            known => Value::from(known.name()),
        },
        properties: spec.properties.clone(),
        node_name: "ziver-host".to_owned(),
        node_version: env!("CARGO_PKG_VERSION").to_owned(),
        manual_seal,
    })
}

/// Joins engine and server and waits for the end. When it returns, the database is closed.
fn serve(
    runtime: Runtime,
    signals: Signals,
    chain: Chain,
    config: EngineConfig,
    args: &RunArgs,
    connections_max: u32,
) -> Result<()> {
    let reader = chain.reader().clone();
    let (link, peer) = link::link();
    let notices = link.notices.clone();
    let info = chain_info(reader.spec(), config.sealing == Sealing::Manual)?;
    let methods = ziver_rpc::methods(RpcContext::new(Arc::new(ChainView::new(reader.clone())), link, info))?;
    let listen = args.rpc.server_config(args.rpc_address(), &args.rpc_cors, connections_max);
    let server = runtime.block_on(Server::start_with(listen, methods))?;

    let engine = Engine::new(chain, config, Box::new(WallBudget::default()));
    let (stop, stopped) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    let engine_thread = std::thread::Builder::new()
        .name("engine".to_owned())
        .stack_size(ENGINE_STACK_BYTES)
        .spawn(move || {
            // Fails when main has gone already.
            let _ = ended.send(engine_loop::run(engine, peer, stopped));
        })
        .context("cannot start the engine's thread")?;

    // Tests and scripts read these lines to learn the ports.
    say(&format!("listening on {}", server.address));
    if let Some(address) = server.second_address {
        say(&format!("also listening on {address}"));
    }
    for address in [Some(server.address), server.second_address].into_iter().flatten() {
        tracing::info!("JSON-RPC on http://{address} and ws://{address}");
    }
    runtime.spawn(informant::run(reader, notices.subscribe()));

    let end = runtime.block_on(wait(signals, end, stop));
    if runtime.block_on(async { tokio::time::timeout(RPC_STOP_MAX, server.stop()).await }).is_err() {
        tracing::warn!("some clients did not read their last answers");
    }
    engine_thread.join().map_err(|_| anyhow!("the engine's thread panicked"))?;
    // Ends what still runs for clients, so that the database's last user is gone.
    runtime.shutdown_timeout(RPC_STOP_MAX);
    match end? {
        End::Stopped => {
            tracing::info!("stopped");
            Ok(())
        }
        End::Fatal(reason) => Err(Fatal(reason).into()),
    }
}

/// Prints a line on stdout. Whoever was to read it may have gone: that is no reason to end.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The process can't go on: the database failed while it ran.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fatal(pub String);

/// The signals that end a node.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they no longer end the process by themselves.
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Waits for a signal, then for the engine; or for the engine's own end.
async fn wait(mut signals: Signals, mut end: oneshot::Receiver<End>, stop: oneshot::Sender<()>) -> Result<End> {
    let name = tokio::select! {
        end = &mut end => return end.context("the engine's thread ended without a word"),
        name = signals.next() => name,
    };
    tracing::info!("{name}: ending");
    // Fails when the engine has just ended by itself.
    let _ = stop.send(());
    end.await.context("the engine's thread ended without a word")
}

#[cfg(test)]
mod tests;
