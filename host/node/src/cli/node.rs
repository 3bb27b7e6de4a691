//! Options of commands that ask a running node.

use std::{convert::Infallible, fmt, str::FromStr};

use clap::Args;

/// Which node.
#[derive(Debug, Clone, Args)]
pub struct NodeArgs {
    /// Where the node serves JSON-RPC.
    #[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:8545", value_parser = url)]
    pub url: NodeUrl,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// The address of a node, for a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeUrl(pub String);

impl fmt::Display for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `http` means the same node: it serves both on one port.
pub fn url(text: &str) -> Result<NodeUrl, String> {
    let expected = "ws://HOST:PORT expected";
    let (scheme, rest) = text.split_once("://").ok_or(expected)?;
    if rest.is_empty() || rest.starts_with(['/', ':']) {
        return Err(expected.to_owned());
    }
    match scheme {
        "ws" | "http" => Ok(NodeUrl(format!("ws://{rest}"))),
        "wss" | "https" => Err("TLS is not built in: use ws:// through a tunnel or a local proxy".to_owned()),
        _ => Err(expected.to_owned()),
    }
}

/// A value as it was typed: JSON, an amount, or plain text.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedValue(pub String);

impl FromStr for TypedValue {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}
