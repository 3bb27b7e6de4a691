//! The listening socket: HTTP and WebSocket on one port, CORS, limits, graceful stop.
//!
//! jsonrpsee parses and dispatches; this module owns the accept loop, because closing a connection whose client does
//! not read, and not reading from one with too much in work, need the socket ([`crate::connection`]).

use std::{io, net::SocketAddr, sync::Arc};

use hyper::body::Incoming;
use jsonrpsee::{
    Methods,
    core::middleware::RpcServiceBuilder,
    server::{
        BatchRequestConfig, HttpRequest, PingConfig, RandomStringIdProvider, ServerBuilder, ServerConfig as RpcConfig,
        ServerHandle, StopHandle, serve_with_graceful_shutdown, stop_channel,
    },
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::Service;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::{
    budget::Budget,
    connection::{Connection, Counted},
    limits::{
        BATCH_REQUESTS_MAX, CONNECTIONS_MAX, CONNECTIONS_TOLD_WHY_MAX, OUTGOING_MESSAGES_PER_CONNECTION_MAX,
        REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX,
    },
};

/// How often the server pings a WebSocket client.
const PING_INTERVAL_S: u64 = 30;
/// How long a client may leave pings unanswered. Blocking clients answer only while they wait for a message.
const PING_UNANSWERED_MAX_S: u64 = 300;
/// Characters of a subscription id.
const SUBSCRIPTION_ID_LENGTH: usize = 16;

/// Which web pages may talk to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cors {
    /// All of them.
    Any,
    /// Those of these origins, such as `https://example.org`.
    Origins(Vec<String>),
}

/// Where and for whom a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The address; port 0 is any free one.
    pub address: SocketAddr,
    /// The web pages that may talk to the server.
    pub cors: Cors,
    /// Connections served at the same time. Each takes one file descriptor, and so do up to
    /// [`CONNECTIONS_TOLD_WHY_MAX`] that are told why they are not served.
    pub connections_max: u32,
}

impl ServerConfig {
    /// Listens on `address` for all web pages, with [`CONNECTIONS_MAX`] connections.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cors: Cors::Any, connections_max: CONNECTIONS_MAX }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, the address is not ours, ...
    #[error("cannot listen for RPC on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// An origin holds characters that no header can hold.
    #[error("not an origin: {0:?}")]
    Origin(String),
}

/// A running server. Dropping it leaves it running; see [`Server::stop`].
#[derive(Debug)]
pub struct Server {
    /// The address that clients reach, with the actual port.
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    /// Listens as `config` says and serves `methods`.
    pub async fn start_with(config: ServerConfig, methods: Methods) -> Result<Self, StartError> {
        let ServerConfig { address, cors, connections_max } = config;
        let cors = cors_layer(&cors)?;
        let listen_error = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let (stop, handle) = stop_channel();
        tokio::spawn(accept(listener, cors, connections_max, methods, stop));
        Ok(Self { address, handle })
    }

    /// Takes no more connections, and resolves when the requests in work are answered and all connections closed.
    pub async fn stop(self) {
        // Fails when it has stopped already.
        let _ = self.handle.stop();
        self.handle.stopped().await;
    }
}

fn rpc_config(connections_max: u32) -> RpcConfig {
    let seconds = std::time::Duration::from_secs;
    RpcConfig::builder()
        .max_request_body_size(REQUEST_BYTES_MAX)
        .max_response_body_size(RESPONSE_BYTES_MAX)
        .max_connections(connections_max)
        .max_subscriptions_per_connection(SUBSCRIPTIONS_PER_CONNECTION_MAX)
        .set_message_buffer_capacity(OUTGOING_MESSAGES_PER_CONNECTION_MAX)
        .set_batch_request_config(BatchRequestConfig::Limit(BATCH_REQUESTS_MAX))
        .set_id_provider(RandomStringIdProvider::new(SUBSCRIPTION_ID_LENGTH))
        .enable_ws_ping(
            PingConfig::new().ping_interval(seconds(PING_INTERVAL_S)).inactive_limit(seconds(PING_UNANSWERED_MAX_S)),
        )
        .build()
}

fn cors_layer(cors: &Cors) -> Result<CorsLayer, StartError> {
    let origin = match cors {
        Cors::Any => AllowOrigin::any(),
        Cors::Origins(origins) => {
            let origins: Result<Vec<_>, _> =
                origins.iter().map(|origin| origin.parse().map_err(|_| StartError::Origin(origin.clone()))).collect();
            AllowOrigin::list(origins?)
        }
    };
    Ok(CorsLayer::new().allow_origin(origin).allow_methods(Any).allow_headers(Any))
}

async fn accept(listener: TcpListener, cors: CorsLayer, connections_max: u32, methods: Methods, stop: StopHandle) {
    let http = tower::ServiceBuilder::new().layer(cors);
    let builder =
        ServerBuilder::with_config(rpc_config(connections_max)).set_http_middleware(http).to_service_builder();
    let room = Arc::new(Semaphore::new(connections_max.saturating_add(CONNECTIONS_TOLD_WHY_MAX) as usize));
    let budget = Budget::new();
    let mut stopped = std::pin::pin!(stop.clone().shutdown());
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        let socket = match socket {
            Ok((socket, _)) => socket,
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to close instead of spinning.
                tracing::warn!("cannot accept an RPC connection: {error}");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = room.clone().try_acquire_owned() else {
            tracing::debug!("too many RPC connections, closing the newest");
            continue;
        };
        let Ok((connection, io)) = Connection::accept(socket, place) else { continue };
        let (builder, methods, stop, budget) = (builder.clone(), methods.clone(), stop.clone(), budget.clone());
        tokio::spawn(async move {
            let stopped = stop.clone().shutdown();
            let service = tower::service_fn(move |mut request: HttpRequest<Incoming>| {
                request.extensions_mut().insert(connection.clone());
                let (connection, budget) = (connection.clone(), budget.clone());
                let counted = RpcServiceBuilder::new().layer_fn(move |service| Counted {
                    service,
                    connection: connection.clone(),
                    budget: budget.clone(),
                });
                let mut service = builder.clone().set_rpc_middleware(counted).build(methods.clone(), stop.clone());
                // The boxed error's lifetime confuses the compiler when it goes through unchanged.
                async move { service.call(request).await.map_err(io::Error::other) }
            });
            if let Err(error) = serve_with_graceful_shutdown(io, service, stopped).await {
                tracing::debug!("an RPC connection ended: {error}");
            }
        });
    }
    // Before the last stop handle: who awaits the server's end may want the port.
    drop(listener);
}
