//! Options of the JSON-RPC server. Names follow Substrate's nodes.

use std::{net::SocketAddr, num::NonZeroU32};

use clap::Args;
use ipnet::IpNet;
use ziver_rpc::{
    Cors, ProxyHeader, RpcMethods, ServerConfig,
    limits::{
        BATCH_REQUESTS_MAX, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, OUTGOING_MESSAGES_PER_CONNECTION_MAX,
        REQUEST_BYTES_MAX, REQUEST_TIMEOUT_S, RESPONSE_BYTES_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX,
    },
};

use super::values::whole;

/// Port of the first address unless said otherwise.
pub const RPC_PORT: u16 = 8545;
/// Port of the second one if the first has its usual port.
const WS_PORT: u16 = 8546;
/// Bytes of the unit in which sizes are given.
const MIB: u32 = 1024 * 1024;

/// For whom JSON-RPC is, and how much of it.
#[derive(Debug, Clone, Args)]
pub struct RpcArgs {
    /// A second port that serves the same, for clients that expect WebSockets there: a port, 0 for any free one, or `none`
    /// [default: 8546 if --rpc-port is 8545, else none].
    #[arg(long, value_name = "PORT|none", value_parser = ws_port)]
    pub ws_port: Option<WsPort>,
    /// Which methods are served: `safe` ones only, all (`unsafe`), or `auto`: unsafe ones to callers on this machine, if
    /// the node listens on a loopback address. Unsafe is what changes the node or makes it work hard.
    #[arg(long, value_name = "auto|safe|unsafe", default_value = "auto")]
    pub rpc_methods: RpcMethods,
    /// Calls that a client, which is an IP address, may make in a minute; more are answered with error -32050 [default:
    /// as many as it likes].
    #[arg(long, value_name = "CALLS", value_parser = rate)]
    pub rpc_rate_limit: Option<NonZeroU32>,
    /// Addresses and networks that --rpc-rate-limit and --rpc-max-connections-per-ip do not hold for, separated by commas, such as `127.0.0.0/8`.
    #[arg(long, value_name = "NETWORKS", value_delimiter = ',', value_parser = network)]
    pub rpc_rate_limit_whitelisted_ips: Vec<IpNet>,
    /// Take clients' addresses from the proxy in front: `=x-forwarded-for` (the same as no value) from the last entry of
    /// X-Forwarded-For, `=x-real-ip` from X-Real-IP, `=forwarded` from the last entry of Forwarded. It must be the header
    /// that the proxy sets itself: clients can send the others.
    #[arg(long, value_name = "HEADER", num_args = 0..=1, require_equals = true, default_value = "none", default_missing_value = "x-forwarded-for")]
    pub rpc_rate_limit_trust_proxy_headers: ProxyHeader,
    /// Largest request, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = REQUEST_BYTES_MAX / MIB, value_parser = whole(1_u32..=256))]
    pub rpc_max_request_size: u32,
    /// Largest answer, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = RESPONSE_BYTES_MAX / MIB, value_parser = whole(1_u32..=256))]
    pub rpc_max_response_size: u32,
    /// Requests in one batch at most; 0 refuses batches.
    #[arg(long, value_name = "REQUESTS", default_value_t = BATCH_REQUESTS_MAX, value_parser = whole(0_u32..=BATCH_REQUESTS_MAX))]
    pub rpc_max_batch_request_len: u32,
    /// Subscriptions of one connection at most.
    #[arg(long, value_name = "SUBSCRIPTIONS", default_value_t = SUBSCRIPTIONS_PER_CONNECTION_MAX, value_parser = whole(1_u32..=65_536))]
    pub rpc_max_subscriptions_per_connection: u32,
    /// Connections at most; fewer if the limit of open files does not allow as many.
    #[arg(long, value_name = "CONNECTIONS", default_value_t = CONNECTIONS_MAX, value_parser = whole(1_u32..=65_536))]
    pub rpc_max_connections: u32,
    /// Connections of one IP address at most, of version 6 of one /64 network; more are answered with HTTP status 429, 0 is
    /// no limit. It does not hold for this machine nor for --rpc-rate-limit-whitelisted-ips; behind a proxy that names its
    /// clients (--rpc-rate-limit-trust-proxy-headers) it holds for them.
    #[arg(long, value_name = "CONNECTIONS", default_value_t = CONNECTIONS_PER_ADDRESS_MAX, value_parser = whole(0_u32..=65_536))]
    pub rpc_max_connections_per_ip: u32,
    /// Messages that may wait for the client of one connection.
    #[arg(long, value_name = "MESSAGES", default_value_t = OUTGOING_MESSAGES_PER_CONNECTION_MAX, value_parser = whole(1_u32..=65_536))]
    pub rpc_message_buffer_capacity_per_connection: u32,
    /// Seconds that a client may take to send one request; so long may an HTTP connection be idle, too.
    #[arg(long, value_name = "S", default_value_t = REQUEST_TIMEOUT_S, value_parser = whole(1_u32..=3_600))]
    pub rpc_request_timeout: u32,
}

/// The second port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WsPort {
    /// There is none.
    None,
    /// This one, or any for 0.
    Port(u16),
}

impl RpcArgs {
    /// The second port, if there is one, beside this first one.
    pub fn second_port(&self, rpc_port: u16) -> Option<u16> {
        match self.ws_port {
            Some(WsPort::None) => None,
            Some(WsPort::Port(port)) => Some(port),
            None => (rpc_port == RPC_PORT).then_some(WS_PORT),
        }
    }

    /// The server's configuration, with at most `connections` that the operating system allows.
    pub fn server_config(&self, address: SocketAddr, cors: Cors, connections: u32) -> ServerConfig {
        let second = self.second_port(address.port());
        ServerConfig {
            address,
            second_address: second.map(|port| SocketAddr::new(address.ip(), port)),
            cors,
            connections_max: self.rpc_max_connections.min(connections),
            connections_per_address_max: self.rpc_max_connections_per_ip,
            request_bytes_max: self.rpc_max_request_size * MIB,
            response_bytes_max: self.rpc_max_response_size * MIB,
            batch_requests_max: self.rpc_max_batch_request_len,
            subscriptions_per_connection_max: self.rpc_max_subscriptions_per_connection,
            messages_per_connection_max: self.rpc_message_buffer_capacity_per_connection,
            rpc_methods: self.rpc_methods,
            rate_limit_per_minute: self.rpc_rate_limit,
            rate_limit_exempt: self.rpc_rate_limit_whitelisted_ips.clone(),
            proxy_header: self.rpc_rate_limit_trust_proxy_headers,
            request_timeout_s: self.rpc_request_timeout,
        }
    }
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| format!("a whole number from 1 to {} expected", u32::MAX))
}

fn ws_port(text: &str) -> Result<WsPort, String> {
    match text {
        "none" => Ok(WsPort::None),
        port => port.parse().map(WsPort::Port).map_err(|_| "a port from 0 to 65535 or none expected".to_owned()),
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().or_else(|_| address()).map_err(|_| "an IP address or a network such as 10.0.0.0/8 expected".to_owned())
}
