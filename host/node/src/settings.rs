//! What the options of `run` mean together: everything that can be judged before anything is opened.
//!
//! Out of scope: where the options come from, which is [`crate::config`].

use std::net::{IpAddr, SocketAddr};

use anyhow::{Result, anyhow};
use ziver_chain::{ChainType, GenesisSource};
use ziver_engine::{EngineConfig, Sealing};
use ziver_primitives::AccountId20;

use crate::{
    cli::RunArgs,
    config::{ConfigError, Configured},
    store,
};

/// Alith, the author on development chains.
const DEV_AUTHOR: &str = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";
/// Best blocks above a final one, unless said otherwise.
const FINALITY_LAG: u32 = 2;
/// Wall time for applying transactions in one block, in milliseconds; with interval sealing half of the interval if that is
/// less, so that a block is done before the next is due.
const BUILD_MS_MAX: u64 = 1_000;

/// What a node is started with, besides the options that mean what they say.
pub struct Settings {
    /// The chain.
    pub source: GenesisSource,
    /// How blocks are made.
    pub engine: EngineConfig,
}

impl Settings {
    /// Reads the chain spec and judges the options.
    pub fn new(args: &RunArgs, configured: &Configured) -> Result<Self> {
        let source = store::read_spec(&args.store.chain)?;
        check_ports(args, configured)?;
        let engine = engine_config(args, &source)?;
        Ok(Self { source, engine })
    }
}

/// What an option comes to that nobody set: its name, and its value as a file would say it, or why there is none.
pub type Effective = (&'static str, Result<String, &'static str>);

/// The values of options whose defaults depend on others. What depends on the chain is left out if the chain can't be read.
pub fn effective(args: &RunArgs) -> Vec<Effective> {
    let sealing = args.sealing.with_block_time(args.block_time_ms);
    let port = |port: Option<u16>| port.map(|port| port.to_string()).ok_or("there is none");
    let mut list: Vec<Effective> = vec![
        ("ws-port", Ok(args.rpc.second_port(args.rpc_port).map_or_else(|| "none".to_owned(), |port| port.to_string()))),
        ("prometheus-port", port(args.operation.prometheus_address(args.rpc_port).map(|address| address.port()))),
        (
            "finality-lag",
            default_finality_lag(sealing).map(|lag| lag.to_string()).ok_or("blocks become final on request"),
        ),
        (
            "block-time-ms",
            match sealing {
                Sealing::Interval { interval_ms } if args.sealing.is_plain() => Ok(interval_ms.to_string()),
                Sealing::Interval { .. } => Err("sealing says it"),
                Sealing::Instant | Sealing::Manual => Err("blocks are not made by the clock"),
            },
        ),
        ("state-pruning", Err("archive on a database that was begun so, else 256")),
        ("rpc-rate-limit", Err("no limit")),
        ("base-path", base_path(args)),
    ];
    if let Ok(source) = store::read_spec(&args.store.chain) {
        let is_development = source.spec.chain_type == ChainType::Development;
        list.push(("explorer", Ok(args.operation.has_explorer(is_development).to_string())));
        let author = if is_development { Ok(DEV_AUTHOR.to_owned()) } else { Err("needed on this chain") };
        list.push(("author", author));
    }
    list
}

fn base_path(args: &RunArgs) -> Result<String, &'static str> {
    match args.is_temporary() {
        true => Err("a temporary folder"),
        false => store::default_base().map(|path| path.display().to_string()).map_err(|_| "needed: HOME is not set"),
    }
}

/// Two listeners can't share a port, unless they have addresses of their own.
fn check_ports(args: &RunArgs, configured: &Configured) -> Result<(), ConfigError> {
    let at = |port| SocketAddr::new(args.rpc_listen, port);
    let listeners = [
        ("rpc-port", Some(at(args.rpc_port))),
        ("ws-port", args.rpc.second_port(args.rpc_port).map(at)),
        ("prometheus-port", args.operation.prometheus_address(args.rpc_port)),
    ];
    let listeners: Vec<_> = listeners.into_iter().filter_map(|(name, address)| Some((name, address?))).collect();
    for (place, (second, address)) in listeners.iter().enumerate() {
        let meets = |(_, other): &&(&str, SocketAddr)| meet(*address, *other);
        if let Some((first, _)) = listeners[..place].iter().find(meets) {
            let named = |name: &str| configured.place(name).unwrap_or_else(|| name.to_owned());
            return Err(ConfigError::Ports { first: named(first), second: named(second), port: address.port() });
        }
    }
    Ok(())
}

fn meet(one: SocketAddr, other: SocketAddr) -> bool {
    let is_all = |ip: IpAddr| ip.is_unspecified();
    let same = |one: IpAddr, other: IpAddr| one == other || is_all(one) || is_all(other);
    one.port() != 0 && one.port() == other.port() && same(one.ip(), other.ip())
}

fn engine_config(args: &RunArgs, source: &GenesisSource) -> Result<EngineConfig> {
    let author = match (args.author, &source.spec.chain_type) {
        (Some(author), _) => author,
        (None, ChainType::Development) => DEV_AUTHOR.parse::<AccountId20>().map_err(|error| anyhow!("{error}"))?,
        (None, _) => return Err(ConfigError::Author { chain: source.spec.name.clone() }.into()),
    };
    let sealing = args.sealing.with_block_time(args.block_time_ms);
    let finality_lag = args.finality_lag.or(default_finality_lag(sealing));
    let build_ms_max = build_ms_max(sealing);
    let pool = args.pool.limits();
    Ok(EngineConfig { sealing, author, finality_lag, build_ms_max, pool, ..EngineConfig::default() })
}

/// With instant sealing a block is final at once: the next one may come much later, or never.
fn default_finality_lag(sealing: Sealing) -> Option<u32> {
    match sealing {
        Sealing::Interval { .. } => Some(FINALITY_LAG),
        Sealing::Instant => Some(0),
        Sealing::Manual => None,
    }
}

fn build_ms_max(sealing: Sealing) -> u64 {
    match sealing {
        Sealing::Interval { interval_ms } => (interval_ms / 2).clamp(1, BUILD_MS_MAX),
        Sealing::Instant | Sealing::Manual => BUILD_MS_MAX,
    }
}

#[cfg(test)]
mod tests;
