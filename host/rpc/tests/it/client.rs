//! Blocking clients that show raw JSON: an HTTP POST, and a WebSocket that keeps messages in their order.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};
use tungstenite::{
    Message, WebSocket,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
    stream::MaybeTlsStream,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Posts `body`; returns the HTTP status and the body of the answer.
pub fn post(address: SocketAddr, body: &[u8]) -> (u16, String) {
    let (status, _, body) = request(address, "POST", &[("content-type", "application/json")], body);
    (status, body)
}

/// Any HTTP request; returns status, head and body of the answer.
pub fn request(address: SocketAddr, method: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head =
        format!("{method} / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses a body may answer and hang up before it has read all of it.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_owned(), body.to_owned())
}

/// Calls a method over HTTP; returns the whole answer.
pub fn call(address: SocketAddr, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (status, answer) = post(address, body.to_string().as_bytes());
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

/// Calls a method that must succeed; returns its result.
pub fn result(address: SocketAddr, method: &str, params: Value) -> Value {
    let answer = call(address, method, params);
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer.get("result").unwrap_or_else(|| panic!("{method}: no result in {answer}")).clone()
}

/// Calls a method that must fail; returns code and message of the error.
pub fn error(address: SocketAddr, method: &str, params: Value) -> (i64, String) {
    let answer = call(address, method, params);
    assert!(answer.get("result").is_none(), "{method}: {answer}");
    let error = answer.get("error").unwrap_or_else(|| panic!("{method}: {answer}"));
    (error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_owned())
}

/// A WebSocket connection.
pub struct Ws(WebSocket<MaybeTlsStream<TcpStream>>);

#[allow(dead_code, reason = "the node's tests use what these do not, and the other way round")]
impl Ws {
    pub fn connect(address: SocketAddr) -> Self {
        let (socket, _) = tungstenite::connect(format!("ws://{address}/")).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        Self(socket)
    }

    /// Asks for a WebSocket with these headers; returns the HTTP status.
    pub fn handshake(address: SocketAddr, headers: &[(&str, &str)]) -> u16 {
        Self::handshake_kept(address, headers).0
    }

    /// The same, with the socket.
    pub fn handshake_kept(address: SocketAddr, headers: &[(&str, &str)]) -> (u16, TcpStream) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        stream.write_all(format!("GET / HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        (String::from_utf8_lossy(&status[9..]).parse().unwrap(), stream)
    }

    pub fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).unwrap();
    }

    /// Sends one message in several frames.
    pub fn send_in_parts(&mut self, parts: &[String]) {
        for (at, part) in parts.iter().enumerate() {
            let opcode = OpCode::Data(if at == 0 { Data::Text } else { Data::Continue });
            let frame = Frame::message(part.clone().into_bytes(), opcode, at + 1 == parts.len());
            self.0.send(Message::Frame(frame)).unwrap();
        }
    }

    pub fn request(&mut self, id: Value, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
    }

    /// Sends text; returns the next message.
    pub fn answer(&mut self, text: &str) -> Value {
        self.send(text);
        self.next().unwrap()
    }

    /// Sends a request whose answer is not awaited; whether the connection still stands.
    pub fn try_request(&mut self, method: &str, params: Value) -> bool {
        let request = json!({ "jsonrpc": "2.0", "id": "unread", "method": method, "params": params });
        self.0.send(Message::text(request.to_string())).is_ok()
    }

    /// The next message, or none when the server closed the connection.
    pub fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) => return None,
                Ok(_) => continue,
                Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("no message came")
                }
                Err(_) => return None,
            }
        }
    }

    /// Subscribes; returns the subscription's id.
    pub fn subscribe(&mut self, method: &str, params: Value) -> String {
        self.request(json!(1), method, params);
        let reply = self.next().unwrap();
        assert_eq!(reply["id"], 1, "the reply comes before notifications: {reply}");
        reply["result"].as_str().unwrap_or_else(|| panic!("a string id: {reply}")).to_owned()
    }

    /// The next notification of a subscription.
    pub fn notification(&mut self, name: &str, subscription: &str) -> Value {
        let message = self.next().unwrap();
        assert_eq!(message["method"], name, "{message}");
        assert_eq!(message["params"]["subscription"], subscription, "{message}");
        assert!(message.get("id").is_none() && message["params"].get("error").is_none(), "{message}");
        message["params"]["result"].clone()
    }

    /// Calls a method, and keeps what comes before its answer.
    pub fn call_among(&mut self, method: &str, params: Value) -> (Value, Vec<Value>) {
        self.request(json!("among"), method, params);
        let mut before = Vec::new();
        loop {
            let message = self.next().unwrap();
            if message["id"] == "among" {
                return (message, before);
            }
            before.push(message);
        }
    }

    /// Calls a method; no other message may come in between.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.request(json!("call"), method, params);
        let answer = self.next().unwrap();
        assert_eq!(answer["id"], "call", "{answer}");
        answer
    }
}
