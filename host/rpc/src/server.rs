//! The listening sockets: HTTP and WebSocket on one port, perhaps the same on a second one, CORS, limits, graceful
//! stop.
//!
//! jsonrpsee parses and dispatches; this module owns the accept loops, because closing a connection whose client does
//! not read, and not reading from one with too much in work, need the socket ([`crate::connection`]).

use std::{io, net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};

use hyper::{
    StatusCode,
    body::{Body, Incoming},
    header::{ALLOW, HeaderValue, ORIGIN},
    server::conn::http1,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use ipnet::IpNet;
use jsonrpsee::{
    Methods,
    core::middleware::RpcServiceBuilder,
    server::{
        BatchRequestConfig, HttpBody, HttpRequest, HttpResponse, PingConfig, RandomStringIdProvider, ServerBuilder,
        ServerConfig as RpcConfig, ServerHandle, StopHandle, TowerServiceBuilder, http, stop_channel, ws,
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::{Service, layer::util::Identity};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::{
    addresses::{self, Addresses, Admission},
    arrival::{self, Bounds},
    budget::Budget,
    connection::{Connection, Throttled},
    guard::{Guard, Rules},
    limits::{
        BATCH_REQUESTS_MAX, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, CONNECTIONS_TOLD_WHY_MAX,
        HTTP_HEAD_BYTES_MAX, OUTGOING_MESSAGES_PER_CONNECTION_MAX, REFUSED_TIMEOUT_MS, REQUEST_BYTES_MAX,
        REQUEST_TIMEOUT_S, RESPONSE_BYTES_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX,
    },
    named::Named,
    observe::{Observe, Observed, Unobserved},
    pages::Pages,
    policy::{Caller, Policy, ProxyHeader, RpcMethods},
    rate::Rate,
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
    /// A second address that serves the same, for clients that expect WebSockets on a port of their own.
    pub second_address: Option<SocketAddr>,
    /// The web pages that may talk to the server.
    pub cors: Cors,
    /// Connections served at the same time, over both addresses. Each takes one file descriptor, and so do up to
    /// [`CONNECTIONS_TOLD_WHY_MAX`] that are told why they are not served.
    pub connections_max: u32,
    /// Connections of one client's address; 0 is no limit. Loopback addresses and [`Self::rate_limit_exempt`] have
    /// none.
    pub connections_per_address_max: u32,
    /// Bytes of a request.
    pub request_bytes_max: u32,
    /// Bytes of an answer.
    pub response_bytes_max: u32,
    /// Requests in a batch, at most [`BATCH_REQUESTS_MAX`]; 0 for no batches.
    pub batch_requests_max: u32,
    /// Subscriptions of one connection.
    pub subscriptions_per_connection_max: u32,
    /// Messages that wait for one connection's client.
    pub messages_per_connection_max: u32,
    /// Which methods are served to whom.
    pub rpc_methods: RpcMethods,
    /// Calls that a client may make in a minute.
    pub rate_limit_per_minute: Option<NonZeroU32>,
    /// Networks whose clients may call as often as they like.
    pub rate_limit_exempt: Vec<IpNet>,
    /// By which header a proxy in front names the clients.
    pub proxy_header: ProxyHeader,
    /// Seconds that a client may take to send one request.
    pub request_timeout_s: u32,
}

impl ServerConfig {
    /// Listens on `address` for all web pages, with the limits of [`crate::limits`].
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            second_address: None,
            cors: Cors::Any,
            connections_max: CONNECTIONS_MAX,
            connections_per_address_max: CONNECTIONS_PER_ADDRESS_MAX,
            request_bytes_max: REQUEST_BYTES_MAX,
            response_bytes_max: RESPONSE_BYTES_MAX,
            batch_requests_max: BATCH_REQUESTS_MAX,
            subscriptions_per_connection_max: SUBSCRIPTIONS_PER_CONNECTION_MAX,
            messages_per_connection_max: OUTGOING_MESSAGES_PER_CONNECTION_MAX,
            rpc_methods: RpcMethods::Auto,
            rate_limit_per_minute: None,
            rate_limit_exempt: Vec::new(),
            proxy_header: ProxyHeader::None,
            request_timeout_s: REQUEST_TIMEOUT_S,
        }
    }
}

/// Who looks on, and what is served besides JSON-RPC.
#[derive(Clone)]
pub struct Hooks {
    /// Is told of calls.
    pub observer: Arc<dyn Observe>,
    /// What GET requests are answered with.
    pub pages: Pages,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { observer: Arc::new(Unobserved), pages: Pages::default() }
    }
}

/// Counts the connections that are open.
#[derive(Debug, Clone)]
pub struct Connections {
    places: usize,
    room: Arc<Semaphore>,
}

impl Connections {
    /// How many there are now.
    pub fn open(&self) -> usize {
        self.places.saturating_sub(self.room.available_permits())
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
    /// The second one.
    pub second_address: Option<SocketAddr>,
    /// Who is connected.
    pub connections: Connections,
    handle: ServerHandle,
}

impl Server {
    /// Listens as `config` says and serves `methods`.
    pub async fn start_with(config: ServerConfig, methods: Methods) -> Result<Self, StartError> {
        Self::start_watched(config, methods, Hooks::default()).await
    }

    /// The same with somebody who looks on, and pages.
    pub async fn start_watched(config: ServerConfig, methods: Methods, hooks: Hooks) -> Result<Self, StartError> {
        let (listener, address) = listen(config.address).await?;
        let second = match config.second_address {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let (stop, handle) = stop_channel();
        let listens_locally = |address: SocketAddr| address.ip().to_canonical().is_loopback();
        let served = Arc::new(Served::new(&config, methods, hooks, stop)?);
        let connections = Connections { places: places(&config), room: served.room.clone() };
        tokio::spawn(accept(listener, served.clone(), listens_locally(address)));
        let second_address = second.as_ref().map(|(_, address)| *address);
        if let Some((listener, address)) = second {
            tokio::spawn(accept(listener, served, listens_locally(address)));
        }
        Ok(Self { address, second_address, connections, handle })
    }

    /// Takes no more connections, and resolves when the requests in work are answered and all connections closed.
    pub async fn stop(self) {
        // Fails when it has stopped already.
        let _ = self.handle.stop();
        self.handle.stopped().await;
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listen_error = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    Ok((listener, address))
}

fn rpc_config(config: &ServerConfig) -> RpcConfig {
    let seconds = Duration::from_secs;
    // One more than is served, so that it is the guard that refuses.
    let batches = BatchRequestConfig::Limit(config.batch_requests_max.min(BATCH_REQUESTS_MAX) + 1);
    RpcConfig::builder()
        .max_request_body_size(config.request_bytes_max)
        .max_response_body_size(config.response_bytes_max)
        .max_connections(config.connections_max)
        .max_subscriptions_per_connection(config.subscriptions_per_connection_max)
        .set_message_buffer_capacity(config.messages_per_connection_max.max(1))
        .set_batch_request_config(batches)
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

/// What both addresses serve.
struct Served {
    builder: TowerServiceBuilder<Identity, Identity>,
    rules: Arc<Rules>,
    cors: Cors,
    cors_layer: CorsLayer,
    policy: Policy,
    bounds: Bounds,
    room: Arc<Semaphore>,
    addresses: Addresses,
    pages: Pages,
    response_bytes_max: usize,
    stop: StopHandle,
}

/// Connections that are served or told why they are not.
fn places(config: &ServerConfig) -> usize {
    config.connections_max.saturating_add(CONNECTIONS_TOLD_WHY_MAX) as usize
}

impl Served {
    fn new(config: &ServerConfig, methods: Methods, hooks: Hooks, stop: StopHandle) -> Result<Self, StartError> {
        let rate = Rate::new(config.rate_limit_per_minute, config.rate_limit_exempt.clone());
        let batch_requests_max = config.batch_requests_max.min(BATCH_REQUESTS_MAX) as usize;
        let rules = Rules { budget: Budget::new(), rate, methods, batch_requests_max, observer: hooks.observer };
        Ok(Self {
            builder: ServerBuilder::with_config(rpc_config(config)).to_service_builder(),
            rules: Arc::new(rules),
            addresses: Addresses::new(config.connections_per_address_max, config.rate_limit_exempt.clone()),
            cors_layer: cors_layer(&config.cors)?,
            cors: config.cors.clone(),
            policy: Policy { methods: config.rpc_methods, proxy_header: config.proxy_header, listens_locally: false },
            bounds: Bounds {
                bytes_max: config.request_bytes_max,
                patience: Duration::from_secs(config.request_timeout_s.into()),
                batch_requests_max,
            },
            room: Arc::new(Semaphore::new(places(config))),
            pages: hooks.pages,
            response_bytes_max: config.response_bytes_max as usize,
            stop,
        })
    }

    /// Whether the web page that sent the request, if it was one, may talk to the server. Browsers ask nobody before
    /// they open a WebSocket.
    fn is_welcome(&self, request: &HttpRequest<Incoming>) -> bool {
        match (&self.cors, request.headers().get(ORIGIN)) {
            (Cors::Any, _) | (_, None) => true,
            (Cors::Origins(origins), Some(origin)) => {
                origins.iter().any(|known| known.as_bytes() == origin.as_bytes()) || self.pages.is_own(request)
            }
        }
    }

    /// Answers one HTTP request, which may open a WebSocket.
    async fn answer(
        &self,
        connection: Connection,
        caller: (SocketAddr, Policy),
        request: HttpRequest<Incoming>,
    ) -> HttpResponse {
        if !self.is_welcome(&request) {
            let mut refusal = HttpResponse::new(HttpBody::from("Origin not allowed\n"));
            *refusal.status_mut() = StatusCode::FORBIDDEN;
            return refusal;
        }
        let is_websocket = ws::is_upgrade_request(&request);
        if !is_websocket && let Some(page) = self.pages.answer(&request) {
            return page;
        }
        let (peer, policy) = caller;
        let caller = policy.caller(peer, request.headers(), is_websocket);
        // Held until the answer is there, or as long as the WebSocket.
        let _place = match self.admit_forwarded(caller, &connection) {
            Ok(place) => place,
            Err(refusal) => return *refusal,
        };
        let mut request = if is_websocket {
            request.map(HttpBody::new)
        } else {
            match arrival::whole(request, self.bounds, &self.rules.budget).await {
                Ok(request) => request,
                Err(answer) => return *answer,
            }
        };
        request.extensions_mut().insert(connection.clone());
        request.extensions_mut().insert(caller);
        let (rules, response_bytes_max) = (self.rules.clone(), self.response_bytes_max);
        let (watched, upgraded) = (rules.clone(), connection.clone());
        let guarded = RpcServiceBuilder::new()
            .layer_fn(move |service| Guard { service, connection: connection.clone(), caller, rules: rules.clone() })
            .layer_fn(move |service| Observed {
                service,
                methods: watched.methods.clone(),
                observer: watched.observer.clone(),
                response_bytes_max,
            })
            .layer_fn(Named);
        let builder = self.builder.clone().set_rpc_middleware(guarded);
        let mut service = builder.build(self.rules.methods.clone(), self.stop.clone());
        let answer = service.call(request).await.unwrap_or_else(|error| {
            tracing::debug!("an RPC request failed: {error}");
            arrival::answer(StatusCode::INTERNAL_SERVER_ERROR, crate::error::internal("the server failed"))
        });
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            upgraded.upgrade();
        }
        with_methods(without_null(answer))
    }

    /// Counts what a trusted proxy forwards by the client that it names.
    fn admit_forwarded(
        &self,
        caller: Caller,
        connection: &Connection,
    ) -> Result<Option<addresses::Place>, Box<HttpResponse>> {
        if self.policy.proxy_header == ProxyHeader::None {
            return Ok(None);
        }
        match self.addresses.admit(caller.ip) {
            Admission::Served(Some(place)) if caller.is_websocket => {
                connection.keep(place);
                Ok(None)
            }
            Admission::Served(place) => Ok(place),
            Admission::Told(_) | Admission::Closed => Err(Box::new(http::response::too_many_requests())),
        }
    }
}

/// The answer; if it says that the HTTP method is wrong, with those that are right (RFC 9110, section 15.5.6).
fn with_methods(mut answer: HttpResponse) -> HttpResponse {
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    }
    answer
}

/// The answer, or an empty one where jsonrpsee says `null`: to notifications, which get none.
fn without_null(answer: HttpResponse) -> HttpResponse {
    // No answer of JSON-RPC is as short.
    if answer.status() != StatusCode::OK || answer.body().size_hint().exact() != Some("null".len() as u64) {
        return answer;
    }
    let mut empty = HttpResponse::new(HttpBody::empty());
    *empty.status_mut() = StatusCode::NO_CONTENT;
    empty
}

async fn accept(listener: TcpListener, served: Arc<Served>, listens_locally: bool) {
    let policy = Policy { listens_locally, ..served.policy };
    let mut stopped = std::pin::pin!(served.stop.clone().shutdown());
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        let (socket, peer) = match socket {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to close instead of spinning.
                tracing::warn!("cannot accept an RPC connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        serve(socket, (peer, policy), served.clone());
    }
    // Before the last stop handle: who awaits the server's end may want the port.
    drop(listener);
}

/// Serves a connection, if there is room for it, until it ends.
fn serve(socket: TcpStream, caller: (SocketAddr, Policy), served: Arc<Served>) {
    let Ok(place) = served.room.clone().try_acquire_owned() else {
        tracing::debug!("too many RPC connections, closing the newest");
        return;
    };
    let (peer, Policy { proxy_header, .. }) = &caller;
    let admission = match proxy_header {
        ProxyHeader::None => served.addresses.admit(peer.ip()),
        _ => Admission::Served(None),
    };
    if matches!(admission, Admission::Closed) {
        tracing::debug!("too many RPC connections of {peer}, closing the newest");
        return;
    }
    let Ok((connection, io)) = Connection::accept(socket, place, served.rules.budget.clone(), served.bounds) else {
        return;
    };
    tokio::spawn(async move {
        let stopped = served.stop.clone().shutdown();
        let conversed = match admission {
            Admission::Served(place) => {
                place.into_iter().for_each(|place| connection.keep(place));
                converse(io, connection, caller, served, stopped).await
            }
            Admission::Told(_place) => turn_away(io, &served.cors_layer).await,
            Admission::Closed => Ok(()),
        };
        if let Err(error) = conversed {
            tracing::debug!("an RPC connection ended: {error}");
        }
    });
}

async fn converse(
    io: Throttled,
    connection: Connection,
    caller: (SocketAddr, Policy),
    served: Arc<Served>,
    stopped: impl Future<Output = ()>,
) -> Result<(), hyper::Error> {
    let patience = served.bounds.patience;
    let cors = served.cors_layer.clone();
    let answer = tower::service_fn(move |request: HttpRequest<Incoming>| {
        let (served, connection) = (served.clone(), connection.clone());
        async move { Ok::<_, io::Error>(served.answer(connection, caller, request).await) }
    });
    let service = TowerToHyperService::new(tower::ServiceBuilder::new().layer(cors).service(answer));
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    let mut conversation = std::pin::pin!(conversation);
    let mut stopped = std::pin::pin!(stopped);
    tokio::select! {
        ended = &mut conversation => return ended,
        () = &mut stopped => conversation.as_mut().graceful_shutdown(),
    }
    conversation.await
}

/// Answers one request with 429 and closes the connection.
async fn turn_away(io: Throttled, cors: &CorsLayer) -> Result<(), hyper::Error> {
    let answer =
        tower::service_fn(|_: HttpRequest<Incoming>| async { Ok::<_, io::Error>(http::response::too_many_requests()) });
    let service = TowerToHyperService::new(tower::ServiceBuilder::new().layer(cors.clone()).service(answer));
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(REFUSED_TIMEOUT_MS))
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .keep_alive(false)
        .serve_connection(TokioIo::new(io), service);
    // What is not over by then never will be.
    let limit = Duration::from_millis(2 * REFUSED_TIMEOUT_MS);
    tokio::time::timeout(limit, conversation).await.unwrap_or(Ok(()))
}
