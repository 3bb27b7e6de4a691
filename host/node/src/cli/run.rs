//! Options of running.

use std::net::{IpAddr, SocketAddr};

use clap::Args;
use ziver_engine::Sealing;
use ziver_primitives::AccountId20;
use ziver_rpc::Cors;

use super::{
    RpcArgs, StoreArgs,
    operation::OperationArgs,
    pool::PoolArgs,
    query::account,
    rpc::RPC_PORT,
    values::{address, cors, whole},
};

/// Milliseconds between blocks unless said otherwise.
pub const BLOCK_TIME_MS: u64 = 2_000;

/// How to run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Run the development chain; without --base-path in a temporary folder that goes when the node ends.
    #[arg(long, conflicts_with = "chain")]
    pub dev: bool,
    /// Keep the chain in a temporary folder that goes when the node ends.
    #[arg(long, conflicts_with = "base_path")]
    pub tmp: bool,
    /// Port for JSON-RPC over HTTP and WebSocket; 0 takes any free one.
    #[arg(long, value_name = "PORT", default_value_t = RPC_PORT, value_parser = whole(0_u16..=65_535))]
    pub rpc_port: u16,
    /// Address to listen on for JSON-RPC.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    pub rpc_listen: IpAddr,
    /// Origins of web pages that may use JSON-RPC, such as https://example.org, separated by commas, or `all`.
    #[arg(long, value_name = "ORIGINS", default_value = "all", value_parser = cors)]
    pub rpc_cors: Cors,
    /// The rest of JSON-RPC.
    #[command(flatten)]
    pub rpc: RpcArgs,
    /// How the node is watched.
    #[command(flatten)]
    pub operation: OperationArgs,
    /// When blocks are made: in each interval, instantly when there are transactions, or by `engine_createBlock`; with
    /// the last, blocks are final only by `engine_finalizeBlock` or --finality-lag, and 4096 not final ones are the most.
    #[arg(long, value_name = "interval[=MS]|instant|manual", default_value = "interval", value_parser = sealing)]
    pub sealing: SealingArg,
    /// Milliseconds between blocks with interval sealing [default: 2000].
    #[arg(long, value_name = "MS", value_parser = whole(1_u64..=3_600_000))]
    pub block_time_ms: Option<u64>,
    /// A block is final when the best one is this many blocks above it [default: 2; with instant sealing 0; with manual
    /// sealing, never: then `engine_finalizeBlock` must make blocks final before 4096 of them are not].
    #[arg(long, value_name = "N", value_parser = whole(0_u32..=4_000))]
    pub finality_lag: Option<u32>,
    /// Who makes the blocks and gets their fees [default on a development chain: Alith].
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub author: Option<AccountId20>,
    /// What may wait for a block.
    #[command(flatten)]
    pub pool: PoolArgs,
}

impl RunArgs {
    /// Whether the chain goes when the node ends.
    pub fn is_temporary(&self) -> bool {
        self.tmp || self.dev && self.store.base_path.is_none()
    }

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
    /// Whether it leaves the interval to `--block-time-ms`.
    pub fn is_plain(self) -> bool {
        self == Self::Interval(None)
    }

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
            _ => Err("interval=MS with MS from 1 to 3600000 expected".to_owned()),
        },
        _ => Err("interval, interval=MS, instant or manual expected".to_owned()),
    }
}
