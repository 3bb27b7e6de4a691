//! JSON-RPC over WebSockets, and in batches over HTTP: just enough to load a server with little processor time.

use std::net::SocketAddr;

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes as Body, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

/// Largest message: a block with 100 thousand hashes fits.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// Takes requests.
pub type Writer = SplitSink<WebSocketStream<TcpStream>, Message>;
/// Gives answers.
pub type Reader = SplitStream<WebSocketStream<TcpStream>>;

/// Opens a WebSocket.
pub async fn connect(address: SocketAddr) -> (Writer, Reader) {
    let socket = TcpStream::connect(address).await.expect("the server listens");
    socket.set_nodelay(true).expect("a TCP socket");
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE_BYTES_MAX)).max_frame_size(Some(MESSAGE_BYTES_MAX));
    let (stream, _) = client_async_with_config(format!("ws://{address}"), socket, Some(config))
        .await
        .expect("the server speaks WebSocket");
    stream.split()
}

/// What a server sends: an answer, or a notification.
#[derive(Debug, Deserialize)]
pub struct Incoming<'a> {
    /// Of the request.
    pub id: Option<u64>,
    /// What was asked for.
    #[serde(borrow)]
    pub result: Option<&'a RawValue>,
    /// Why not.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    /// Of a notification.
    #[serde(borrow)]
    pub params: Option<Notification<'a>>,
}

/// What a subscription tells.
#[derive(Debug, Deserialize)]
pub struct Notification<'a> {
    /// Which subscription.
    #[serde(borrow)]
    pub subscription: &'a RawValue,
    /// What it tells.
    #[serde(borrow)]
    pub result: &'a RawValue,
}

/// The next message of a server, as text; `None` at the end.
pub async fn next(reader: &mut Reader) -> Option<Utf8Bytes> {
    loop {
        match reader.next().await? {
            Ok(Message::Text(text)) => return Some(text),
            Ok(Message::Binary(bytes)) => return Utf8Bytes::try_from(bytes).ok(),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// A message.
pub fn read(text: &str) -> Incoming<'_> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A request as text.
pub fn request(id: u64, method: &str, params: &Value) -> Message {
    Message::text(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())
}

/// The request that hands in a transaction, given as hexadecimal digits.
pub fn submission(id: u64, method: &str, transaction: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":["{transaction}"]}}"#)
}

/// A connection for HTTP that stays open.
pub struct Poster {
    sender: SendRequest<Full<Body>>,
    host: String,
}

impl Poster {
    /// Opens it.
    pub async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.expect("the server listens");
        socket.set_nodelay(true).expect("a TCP socket");
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.expect("the server speaks HTTP");
        tokio::spawn(connection);
        Self { sender, host: address.to_string() }
    }

    /// The body that answers this one.
    pub async fn post(&mut self, body: String) -> Body {
        let request =
            Request::post("/").header(header::HOST, &self.host).header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Full::new(Body::from(body))).expect("a good request");
        let answer = self.sender.send_request(request).await.expect("the server is there");
        answer.into_body().collect().await.expect("a whole answer").to_bytes()
    }
}

/// Asks, one after the other, on a connection of its own.
pub async fn ask(address: SocketAddr, requests: &[(&'static str, Value)]) -> Vec<Value> {
    let (mut writer, mut reader) = connect(address).await;
    let mut answers = Vec::with_capacity(requests.len());
    for (method, params) in requests {
        writer.send(request(0, method, params)).await.expect("the server is there");
        let text = next(&mut reader).await.expect("an answer");
        let answer = read(&text);
        let result = answer.result.unwrap_or_else(|| panic!("{method}: {text}"));
        answers.push(serde_json::from_str(result.get()).expect("JSON"));
    }
    answers
}
