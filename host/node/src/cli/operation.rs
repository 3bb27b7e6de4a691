//! Options of watching a node. Names follow Substrate's nodes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;

use super::{rpc::RPC_PORT, values::whole};

/// Usual port for Prometheus, used if JSON-RPC has its usual port too.
const PROMETHEUS_PORT: u16 = 9615;

/// How the node is watched.
#[derive(Debug, Clone, Args)]
pub struct OperationArgs {
    /// Port for Prometheus, which asks at /metrics; 0 takes any free one [default: 9615 if --rpc-port is 8545, else none].
    #[arg(long, value_name = "PORT", value_parser = whole(0_u16..=65_535))]
    pub prometheus_port: Option<u16>,
    /// Listen for Prometheus on all addresses of the machine, not on 127.0.0.1 alone.
    #[arg(long)]
    pub prometheus_external: bool,
    /// Do not listen for Prometheus.
    #[arg(long, conflicts_with_all = ["prometheus_port", "prometheus_external"])]
    pub no_prometheus: bool,
    /// Show browsers a block explorer at the address of JSON-RPC [default: on development chains].
    #[arg(long, overrides_with = "no_explorer")]
    pub explorer: bool,
    /// Show browsers no block explorer.
    #[arg(long, overrides_with = "explorer")]
    pub no_explorer: bool,
}

impl OperationArgs {
    /// Whether browsers get the explorer.
    pub fn has_explorer(&self, is_development: bool) -> bool {
        self.explorer || is_development && !self.no_explorer
    }

    /// Where to listen for Prometheus.
    pub fn prometheus_address(&self, rpc_port: u16) -> Option<SocketAddr> {
        let usual = (rpc_port == RPC_PORT).then_some(PROMETHEUS_PORT);
        let port = self.prometheus_port.or(usual).filter(|_| !self.no_prometheus)?;
        let address = if self.prometheus_external { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        Some(SocketAddr::new(IpAddr::V4(address), port))
    }
}
