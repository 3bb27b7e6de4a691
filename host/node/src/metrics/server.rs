//! Serves `/metrics` on a port of its own, so that it can be reachable where JSON-RPC is not.
//!
//! Invariant: few connections at a time, each with a limit on its time and on the length of what it sends.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

use super::Metrics;

/// Connections at a time; more wait.
const CONNECTIONS_MAX: usize = 8;
/// How long a connection may take, and be kept.
const CONNECTION_MAX: Duration = Duration::from_secs(60);
/// How long a client may take to send its request.
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// A running server.
pub struct MetricsServer {
    /// Where, with the actual port.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl MetricsServer {
    /// Listens.
    pub async fn start(address: SocketAddr, metrics: Arc<Metrics>) -> Result<Self> {
        let cannot = || format!("cannot listen for Prometheus on {address}; --no-prometheus does without");
        let listener = TcpListener::bind(address).await.with_context(cannot)?;
        let address = listener.local_addr().with_context(cannot)?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, metrics, stopped));
        Ok(Self { address, stop, task })
    }

    /// Closes the port and every connection.
    pub async fn stop(self) {
        // Fails when it has ended already.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

async fn accept(listener: TcpListener, metrics: Arc<Metrics>, mut stopped: oneshot::Receiver<()>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let socket = tokio::select! {
            _ = &mut stopped => break,
            accepted = accept_one(&listener, &room) => accepted,
        };
        let Some((socket, place)) = socket else { continue };
        let metrics = metrics.clone();
        connections.spawn(async move {
            let _place = place;
            // Whoever takes too long, or breaks off, gets nothing: no matter.
            let _ = tokio::time::timeout(CONNECTION_MAX, serve(socket, metrics)).await;
        });
        while connections.try_join_next().is_some() {}
    }
    connections.shutdown().await;
}

async fn accept_one(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((socket, _)) => Some((socket, place)),
        Err(error) => {
            tracing::warn!("cannot accept a connection of Prometheus: {error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn serve(socket: TcpStream, metrics: Arc<Metrics>) -> Result<(), hyper::Error> {
    let answer = service_fn(move |request: Request<Incoming>| {
        let metrics = metrics.clone();
        async move { Ok::<_, Infallible>(answer(&request, metrics).await) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), answer)
        .await
}

async fn answer(request: &Request<Incoming>, metrics: Arc<Metrics>) -> Response<String> {
    let plain = |status, text: &str| {
        let mut response = Response::new(text.to_owned());
        *response.status_mut() = status;
        response
    };
    if request.uri().path() != "/metrics" {
        return plain(StatusCode::NOT_FOUND, "Metrics are at /metrics\n");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET /metrics\n");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match tokio::task::spawn_blocking(move || metrics.encode()).await {
        Ok(text) => {
            let mut response = Response::new(text);
            response.headers_mut().insert(CONTENT_TYPE, OPEN_METRICS);
            response
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics can not be collected\n"),
    }
}
