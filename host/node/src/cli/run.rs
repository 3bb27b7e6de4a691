//! Options of running.

use std::net::{IpAddr, SocketAddr};

use clap::Args;
use ziver_engine::Sealing;
use ziver_primitives::AccountId20;

use super::{RpcArgs, StoreArgs, pool::PoolArgs, rpc::RPC_PORT};

/// Milliseconds between blocks unless said otherwise.
pub const BLOCK_TIME_MS: u64 = 2_000;

/// How to run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Keep the chain in a temporary folder that goes when the node ends.
    #[arg(long, conflicts_with = "base_path")]
    pub tmp: bool,
    /// Port for JSON-RPC over HTTP and WebSocket; 0 takes any free one.
    #[arg(long, value_name = "PORT", default_value_t = RPC_PORT)]
    pub rpc_port: u16,
    /// Address to listen on for JSON-RPC.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub rpc_listen: IpAddr,
    /// Origins of web pages that may use JSON-RPC, separated by commas, or `all`.
    #[arg(long, value_name = "ORIGINS", default_value = "all")]
    pub rpc_cors: String,
    /// The rest of JSON-RPC.
    #[command(flatten)]
    pub rpc: RpcArgs,
    /// When blocks are made: in each interval, instantly when there are transactions, or by `engine_createBlock`; with
    /// the last, blocks are final only by `engine_finalizeBlock` or --finality-lag, and 4096 not final ones are the most.
    #[arg(long, value_name = "interval[=MS]|instant|manual", default_value = "interval", value_parser = sealing)]
    pub sealing: SealingArg,
    /// Milliseconds between blocks with interval sealing [default: 2000].
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub block_time_ms: Option<u64>,
    /// A block is final when the best one is this many blocks above it [default: 2; with manual sealing, never: then
    /// `engine_finalizeBlock` must make blocks final before 4096 of them are not].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=4_000))]
    pub finality_lag: Option<u32>,
    /// Who makes the blocks and gets their fees [default on a development chain: Alith].
    #[arg(long, value_name = "ACCOUNT")]
    pub author: Option<AccountId20>,
    /// What may wait for a block.
    #[command(flatten)]
    pub pool: PoolArgs,
}

impl RunArgs {
    /// Where JSON-RPC listens.
    pub fn rpc_address(&self) -> SocketAddr {
        SocketAddr::new(self.rpc_listen, self.rpc_port)
    }
}

/// `--sealing` as it was written: the interval may come from `--block-time-ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealingArg {
    /// `interval`, perhaps with milliseconds.
    Interval(Option<u64>),
    /// `instant`.
    Instant,
    /// `manual`.
    Manual,
}

impl SealingArg {
    /// With the interval that holds.
    pub fn with_block_time(self, block_time_ms: Option<u64>) -> Sealing {
        match self {
            Self::Interval(written) => {
                Sealing::Interval { interval_ms: written.or(block_time_ms).unwrap_or(BLOCK_TIME_MS) }
            }
            Self::Instant => Sealing::Instant,
            Self::Manual => Sealing::Manual,
        }
    }
}

fn sealing(text: &str) -> Result<SealingArg, String> {
    match text.split_once('=') {
        None if text == "interval" => Ok(SealingArg::Interval(None)),
        None if text == "instant" => Ok(SealingArg::Instant),
        None if text == "manual" => Ok(SealingArg::Manual),
        Some(("interval", ms)) => match ms.parse() {
            Ok(ms @ 1..=3_600_000) => Ok(SealingArg::Interval(Some(ms))),
            _ => Err(format!("{ms:?} is no number of milliseconds from 1 to 3600000")),
        },
        _ => Err("interval, interval=MS, instant or manual expected".to_owned()),
    }
}
