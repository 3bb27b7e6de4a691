//! What the node tells Prometheus: counters, gauges and histograms of blocks, pool, database, caches, RPC and process.
//!
//! ```text
//! engine loop  -> handled()             build and import times, pool
//! notices      -> follow                blocks and transactions
//! RPC server   -> ziver_rpc::Observe    calls, times, sessions
//! a scrape     -> encode()              heights, sizes, caches, memory: looked up then
//! ```
//!
//! Names begin with `ziver_`, those of the process with `process_`, as Prometheus' own libraries have them. No label takes its
//! values from outside: methods that the node does not serve count as `unknown`.
//!
//! Out of scope: serving the text, which is [`server`]; when a node is unwell, which is [`crate::health`].

mod process;
pub mod server;

use std::{
    sync::{Arc, OnceLock, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeMetric},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use tokio::sync::broadcast::{self, error::RecvError};
use ziver_chain::{ChainEvent, ChainReader};
use ziver_engine::Action;
use ziver_pool::PoolSize;
use ziver_primitives::OpaqueExtrinsic;
use ziver_rpc::{Connections, Observe, link::Notice};

pub use process::resident_bytes;

type FloatGauge = Gauge<f64, AtomicU64>;

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    reader: ChainReader,
    height: Family<StatusLabel, Gauge>,
    non_final: Gauge,
    blocks: Counter,
    transactions: Counter,
    rate: FloatGauge,
    build: Histogram,
    import: Histogram,
    pool: Family<QueueLabel, Gauge>,
    pool_bytes: Family<QueueLabel, Gauge>,
    journal: Gauge,
    column_bytes: Family<ColumnLabel, Gauge>,
    calls: Family<CallLabel, Counter>,
    call_times: Family<MethodLabel, Histogram, fn() -> Histogram>,
    sessions: Gauge,
    connections: OnceLock<Connections>,
    process: process::Process,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StatusLabel {
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct QueueLabel {
    queue: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ColumnLabel {
    column: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabel {
    method: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MethodLabel {
    method: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
    result: &'static str,
}

/// What is built into the program, and what it runs.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BuildLabel {
    version: &'static str,
    chain: String,
}

/// From a tenth of a millisecond to thirteen seconds.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.000_1, 2.0, 18))
}

impl Metrics {
    /// Counts from zero.
    pub fn new(reader: ChainReader) -> Self {
        let mut registry = Registry::default();
        let process = process::Process::register(&mut registry);
        let ziver = registry.sub_registry_with_prefix("ziver");
        let build = BuildLabel { version: env!("CARGO_PKG_VERSION"), chain: reader.spec().name.clone() };
        ziver.register("build", "What runs", Info::new(build));
        ziver.register_collector(Box::new(Caches(reader.clone())));
        Self {
            height: registered(ziver, "block_height", "Number of the best and of the final block"),
            non_final: registered(ziver, "blocks_not_final", "Blocks above the final one, on all branches"),
            blocks: registered(ziver, "blocks", "Blocks added to the chain, made here or elsewhere"),
            transactions: registered(ziver, "transactions", "Signed transactions in those blocks"),
            rate: registered(ziver, "transactions_per_second", "Signed transactions in new blocks, over five seconds"),
            build: registered_times(ziver, "block_build", "From the decision to make a block until it is stored"),
            import: registered_times(ziver, "block_import", "From taking in a block of others until it is stored"),
            pool: registered(ziver, "pool_transactions", "Transactions that wait"),
            pool_bytes: registered_bytes(ziver, "pool", "Size of the transactions that wait"),
            journal: registered(ziver, "local_transactions", "Transactions of own clients that survive a restart"),
            column_bytes: registered_bytes(ziver, "database", "Size of the database by column"),
            calls: registered(ziver, "rpc_calls", "Calls by method and by how they were answered"),
            call_times: {
                let times = Family::new_with_constructor(times as fn() -> Histogram);
                ziver.register_with_unit("rpc_call", "Time until a call was answered", Unit::Seconds, times.clone());
                times
            },
            sessions: registered(ziver, "rpc_sessions", "Connections of RPC clients"),
            connections: OnceLock::new(),
            process,
            reader,
            registry,
        }
    }

    /// Notes what an event did to the engine, and how long that took.
    pub fn handled(&self, took: Duration, is_import: bool, actions: &[Action], pool: PoolSize) {
        let has_block = actions.iter().any(|action| matches!(action, Action::Chain(ChainEvent::Imported { .. })));
        if has_block {
            if is_import { &self.import } else { &self.build }.observe(took.as_secs_f64());
        }
        let PoolSize { ready_count, ready_bytes, future_count, future_bytes, .. } = pool;
        for (queue, count, bytes) in [("ready", ready_count, ready_bytes), ("future", future_count, future_bytes)] {
            self.pool.get_or_create(&QueueLabel { queue }).set(gauge_of(count as u64));
            self.pool_bytes.get_or_create(&QueueLabel { queue }).set(gauge_of(bytes as u64));
        }
    }

    /// How many transactions are written down; to be kept up to date by who writes them.
    pub fn journal(&self) -> Gauge {
        self.journal.clone()
    }

    /// From now on these connections are counted.
    pub fn watch(&self, connections: Connections) {
        // There is one server.
        let _ = self.connections.set(connections);
    }

    /// Counts a new block with so many signed transactions.
    fn added(&self, transactions: u64) {
        self.blocks.inc();
        self.transactions.inc_by(transactions);
    }

    /// Blocks and signed transactions since the start.
    pub fn totals(&self) -> (u64, u64) {
        (self.blocks.get(), self.transactions.get())
    }

    /// Ready and future transactions in the pool.
    pub fn pool(&self) -> (i64, i64) {
        let count = |queue| self.pool.get_or_create(&QueueLabel { queue }).get();
        (count("ready"), count("future"))
    }

    /// Notes the signed transactions in a second, as just measured.
    pub fn set_rate(&self, transactions_per_second: f64) {
        self.rate.set(transactions_per_second);
    }

    /// The text for Prometheus, in the OpenMetrics format. Asks database and operating system: not for threads that serve.
    pub fn encode(&self) -> String {
        let snapshot = self.reader.snapshot();
        for (status, block) in [("best", snapshot.best), ("finalized", snapshot.finalized)] {
            self.height.get_or_create(&StatusLabel { status }).set(block.number.into());
        }
        self.non_final.set(gauge_of(snapshot.non_final.len() as u64));
        for (column, bytes) in self.reader.figures().column_bytes {
            self.column_bytes.get_or_create(&ColumnLabel { column }).set(gauge_of(bytes));
        }
        if let Some(connections) = self.connections.get() {
            self.sessions.set(gauge_of(connections.open() as u64));
        }
        self.process.look();
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

impl Observe for Metrics {
    fn called(&self, method: &str, is_success: bool, took: Duration) {
        let (method, outcome) = (method.to_owned(), if is_success { "ok" } else { "error" });
        self.call_times.get_or_create(&MethodLabel { method: method.clone() }).observe(took.as_secs_f64());
        self.calls.get_or_create(&CallLabel { method, outcome }).inc();
    }
}

fn gauge_of(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn registered<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Clone + Default,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn registered_times(registry: &mut Registry, name: &str, help: &str) -> Histogram {
    let histogram = times();
    registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
    histogram
}

fn registered_bytes<L>(registry: &mut Registry, name: &str, help: &str) -> Family<L, Gauge>
where
    L: Clone + std::hash::Hash + Eq + EncodeLabelSet + std::fmt::Debug + Send + Sync + 'static,
{
    let bytes = Family::default();
    registry.register_with_unit(name, help, Unit::Bytes, bytes.clone());
    bytes
}

/// How reads and calls found what they wanted in memory; counted where it happens, asked for here.
struct Caches(ChainReader);

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caches")
    }
}

impl prometheus_client::collector::Collector for Caches {
    fn encode(&self, mut encoder: prometheus_client::encoding::DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let figures = self.0.figures();
        let kind = prometheus_client::metrics::MetricType::Counter;
        let mut reads = encoder.encode_descriptor("cache_reads", "Reads that a cache answered, and not", None, kind)?;
        for (cache, result, count) in [
            ("runtime", "hit", figures.modules.hits),
            ("runtime", "miss", figures.modules.misses),
            ("state_value", "hit", figures.state.value_hits),
            ("state_value", "miss", figures.state.value_misses),
            ("trie_node", "miss", figures.state.node_misses),
        ] {
            ConstCounter::new(count).encode(reads.encode_family(&CacheLabel { cache, result })?)?;
        }
        Ok(())
    }
}

/// Counts blocks and their transactions until the notices end.
pub async fn follow(metrics: Arc<Metrics>, mut notices: broadcast::Receiver<Notice>) {
    loop {
        match notices.recv().await {
            Ok(Notice::Imported(block)) => {
                let reader = metrics.reader.clone();
                let body = tokio::task::spawn_blocking(move || reader.body(&block.head.hash)).await;
                let signed = |body: Vec<OpaqueExtrinsic>| body.iter().filter(|one| is_signed(one)).count() as u64;
                // A block that can't be read is one that a fork lost meanwhile, or the node is about to end.
                metrics.added(body.ok().and_then(Result::ok).flatten().map_or(0, signed));
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// The first byte's highest bit says so, in every version of the format.
fn is_signed(extrinsic: &OpaqueExtrinsic) -> bool {
    extrinsic.0.first().is_some_and(|first| first & 0x80 != 0)
}
