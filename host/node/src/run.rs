//! Running a node: everything is opened, joined, and at the end closed in the right order.
//!
//! ```text
//! main thread      signals, the engine's end, closing
//! engine           ziver_engine on a thread of its own (crate::engine_loop)
//! tokio threads    sockets, subscriptions, the informant
//! blocking threads database reads and runtime calls for RPC
//! ```

use std::{io::Write, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, oneshot},
};
use ziver_chain::{Chain, ChainSpec, ChainType};
use ziver_engine::{Engine, EngineConfig, Sealing};
use ziver_rpc::{
    ChainInfo, Context as RpcContext, Hooks, Pages, Server,
    link::{self, LinkPeer},
};

use crate::{
    chain_view::ChainView,
    cli::RunArgs,
    compiler,
    config::Configured,
    descriptors::Descriptors,
    engine_loop::{self, End, WallBudget, Watched},
    health::Health,
    huge_pages, informant, logging,
    metrics::{self, Metrics, server::MetricsServer},
    settings::Settings,
    store,
};

/// Stack of the engine's thread: room for the runtime's own, so that the executor need not move to another for each call.
const ENGINE_STACK_BYTES: usize = 16 * 1024 * 1024;
/// How long clients may take to read their last answers when the node ends.
const RPC_STOP_MAX: Duration = Duration::from_secs(5);

/// Runs until a signal or a failure ends it.
pub fn run(args: &RunArgs, configured: &Configured) -> Result<()> {
    huge_pages::avoid();
    let Settings { source, engine } = Settings::new(args, configured)?;
    logging::start(&args.store)?;
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
    let temporary = match args.is_temporary() {
        true => Some(tempfile::Builder::new().prefix("ziver-").tempdir().context("cannot make a temporary folder")?),
        false => None,
    };
    let base_path: Option<PathBuf> =
        temporary.as_ref().map(|folder| folder.path().to_path_buf()).or_else(|| args.store.base_path.clone());
    let folder = store::chain_folder(base_path.as_deref(), &source.spec)?;
    tracing::info!("{}: ziver-host {}", source.spec.name, env!("CARGO_PKG_VERSION"));
    match &configured.file {
        Some(file) => tracing::info!("configured by {}", file.display()),
        None => tracing::debug!("there is no configuration file"),
    }
    for warning in &configured.warnings {
        tracing::warn!("{warning}");
    }
    tracing::info!("data in {}", folder.display());
    let Descriptors { granted, database, connections } = descriptors;
    let connections = connections.min(args.rpc.rpc_max_connections);
    tracing::info!("{granted} files may be open: {database} of the database; {connections} connections at most");
    let chain = store::open_chain(&args.store, &source, &folder, database)?;
    let ended = serve(runtime, signals, chain, engine, args, connections);
    // The folder goes after the database is closed.
    drop(temporary);
    ended
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
    let (link, LinkPeer { commands, compilations, notices: sender }) = link::link();
    let notices = link.notices.clone();
    let info = chain_info(reader.spec(), config.sealing == Sealing::Manual)?;
    let is_development = info.is_development();
    let (damage, damaged) = mpsc::channel(1);
    let view = Arc::new(ChainView::new(reader.clone(), damage));
    let methods = ziver_rpc::methods(RpcContext::new(view, link, info))?;
    let listen = args.rpc.server_config(args.rpc_address(), args.rpc_cors.clone(), connections_max);
    let watched = Watched {
        metrics: Arc::new(Metrics::new(reader.clone())),
        health: Arc::new(Health::new(config.sealing, engine_loop::now_ms())),
    };
    let pages =
        Pages { health: Some(watched.health.clone()), has_explorer: args.operation.has_explorer(is_development) };
    let hooks = Hooks { observer: watched.metrics.clone(), pages };
    let server = runtime.block_on(Server::start_watched(listen, methods, hooks))?;
    watched.metrics.watch(server.connections.clone());
    let prometheus = match args.operation.prometheus_address(args.rpc_port) {
        Some(address) => Some(runtime.block_on(MetricsServer::start(address, watched.metrics.clone()))?),
        None => None,
    };

    runtime.spawn(compiler::serve(compilations));
    runtime.spawn(metrics::follow(watched.metrics.clone(), notices.subscribe()));
    let engine = Engine::new(chain, config, Box::new(WallBudget::default()));
    let (stop, stopped) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    let engine_thread = std::thread::Builder::new()
        .name("engine".to_owned())
        .stack_size(ENGINE_STACK_BYTES)
        .spawn({
            let watched = watched.clone();
            move || {
                // Fails when main has gone already.
                let _ = ended.send(engine_loop::run(engine, (commands, sender), watched, stopped));
            }
        })
        .context("cannot start the engine's thread")?;

    announce(&server, prometheus.as_ref());
    runtime.spawn(informant::run(reader, watched.metrics.clone()));

    let end = runtime.block_on(wait(signals, damaged, end, stop));
    watched.health.end();
    if let Some(prometheus) = prometheus {
        runtime.block_on(prometheus.stop());
    }
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

/// Says where the node listens. Tests and scripts read these lines to learn the ports.
fn announce(server: &Server, prometheus: Option<&MetricsServer>) {
    if let Some(prometheus) = prometheus {
        say(&format!("metrics on http://{}/metrics", prometheus.address));
        tracing::info!("metrics on http://{}/metrics", prometheus.address);
    }
    say(&format!("listening on {}", server.address));
    if let Some(address) = server.second_address {
        say(&format!("also listening on {address}"));
    }
    for address in [Some(server.address), server.second_address].into_iter().flatten() {
        tracing::info!("JSON-RPC on http://{address} and ws://{address}");
    }
}

/// Prints a line on stdout. Whoever was to read it may have gone: that is no reason to end.
fn say(line: &str) {
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

/// Waits for a signal or a damaged read, then for the engine; or for the engine's own end.
async fn wait(
    mut signals: Signals,
    mut damaged: mpsc::Receiver<String>,
    mut end: oneshot::Receiver<End>,
    stop: oneshot::Sender<()>,
) -> Result<End> {
    let damage = tokio::select! {
        end = &mut end => return end.context("the engine's thread ended without a word"),
        Some(reason) = damaged.recv() => Some(reason),
        name = signals.next() => {
            tracing::info!("{name}: ending");
            None
        }
    };
    // Fails when the engine has just ended by itself.
    let _ = stop.send(());
    let end = end.await.context("the engine's thread ended without a word")?;
    Ok(damage.map_or(end, End::Fatal))
}
