//! A running node, asked over JSON-RPC: what commands need of it, as any other client would get it.
//!
//! One connection (WebSocket, without TLS). Metadata and runtime version are those of the block that is looked at, so that a
//! chain with a new runtime is read right on both sides of the upgrade.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use jsonrpsee::{
    client_transport::ws::{Url, WsTransportClientBuilder},
    core::client::{Client, ClientBuilder, ClientT, Error, Subscription, SubscriptionClientT},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ziver_metadata::{Event, Metadata, limits::METADATA_BYTES_MAX};
use ziver_primitives::{BlockNumber, Hash};

use crate::cli::{BlockAt, NodeUrl};

/// Longest answer that is taken.
const ANSWER_BYTES_MAX: u32 = 64 << 20;
/// How long to wait for a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Notifications that may wait for us.
const NOTIFICATIONS_MAX: usize = 4_096;

/// The version of metadata that describes a runtime's entry points.
const METADATA_VERSION: u32 = 15;

/// A running node.
pub struct Remote {
    client: Client,
    /// By spec version.
    metadata: HashMap<u64, Metadata>,
}

/// What a block's header says, and its hash.
#[derive(Debug, Clone)]
pub struct RemoteHeader {
    /// Of the block.
    pub hash: Hash,
    /// Its height.
    pub number: BlockNumber,
    /// Its parent.
    pub parent: Hash,
    /// As the node showed it.
    pub json: Value,
}

/// A runtime's version, as far as it matters here.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteVersion {
    /// Which runtime.
    pub spec_name: String,
    /// Counts its versions.
    pub spec_version: u32,
    /// Counts the versions of its transactions.
    pub transaction_version: u32,
}

impl Remote {
    /// Connects.
    pub async fn connect(url: &NodeUrl) -> Result<Self> {
        Self::connect_within(url, CONNECT_PATIENCE).await
    }

    async fn connect_within(url: &NodeUrl, patience: Duration) -> Result<Self> {
        let failed = || format!("cannot connect to {url}");
        let parsed = Url::parse(&url.0).with_context(failed)?;
        let transport = WsTransportClientBuilder::default().max_response_size(ANSWER_BYTES_MAX);
        let transport = transport.max_request_size(ANSWER_BYTES_MAX).connection_timeout(PATIENCE);
        let (sender, receiver) = match tokio::time::timeout(patience, transport.build(parsed)).await {
            Ok(connected) => connected.with_context(failed)?,
            Err(_) => {
                bail!("{}: nobody answered there in {} s; is it a node's JSON-RPC?", failed(), patience.as_secs())
            }
        };
        let builder = ClientBuilder::default().request_timeout(PATIENCE);
        let client = builder.max_buffer_capacity_per_subscription(NOTIFICATIONS_MAX).build_with_tokio(sender, receiver);
        Ok(Self { client, metadata: HashMap::new() })
    }

    /// Calls a method.
    pub async fn call<T: DeserializeOwned>(&self, method: &str, params: Vec<Value>) -> Result<T> {
        let answer = self.client.request(method, params).await;
        answer.map_err(|error| in_words(error, method))
    }

    /// Calls a method that answers a hash or nothing.
    pub async fn hash(&self, method: &str, params: Vec<Value>) -> Result<Option<Hash>> {
        match self.call(method, params).await? {
            Value::Null => Ok(None),
            Value::String(text) => text.parse().map(Some).map_err(|_| anyhow!("{method}: {text:?} is no hash")),
            other => bail!("{method}: {other} is no hash"),
        }
    }

    /// The finalised block.
    pub async fn finalized(&self) -> Result<RemoteHeader> {
        let hash = self.hash("chain_getFinalizedHead", Vec::new()).await?;
        self.header(hash.context("the node has no finalised block")?).await
    }

    /// Subscribes.
    pub async fn subscribe(&self, subscribe: &str, params: Vec<Value>, end: &str) -> Result<Subscription<Value>> {
        let answer = self.client.subscribe(subscribe, params, end).await;
        answer.map_err(|error| in_words(error, subscribe))
    }

    /// Whether the connection stands.
    pub fn is_connected(&self) -> bool {
        self.client.is_connected()
    }

    /// The hash of a block that a user named; without a name, of the best one.
    pub async fn hash_of(&self, block: Option<BlockAt>) -> Result<Hash> {
        let asked = match block {
            Some(BlockAt::Hash(hash)) => return Ok(hash),
            Some(BlockAt::Number(number)) => vec![json!(number)],
            None => Vec::new(),
        };
        let hash = self.hash("chain_getBlockHash", asked).await?;
        let unknown = || match block {
            Some(block) => anyhow!("{block} is unknown to the node"),
            None => anyhow!("the node has no best block"),
        };
        hash.ok_or_else(unknown)
    }

    /// A block's header.
    pub async fn header(&self, hash: Hash) -> Result<RemoteHeader> {
        let header: Value = self.call("chain_getHeader", vec![json!(hash_hex(hash))]).await?;
        if header.is_null() {
            bail!("block {hash:?} is unknown to the node");
        }
        read_header(hash, header)
    }

    /// A block's extrinsics.
    pub async fn extrinsics(&self, hash: Hash) -> Result<Vec<Vec<u8>>> {
        let block: Value = self.call("chain_getBlock", vec![json!(hash_hex(hash))]).await?;
        let Some(list) = block["block"]["extrinsics"].as_array() else {
            bail!("block {hash:?} is unknown to the node")
        };
        list.iter().map(|bytes| hex_bytes(bytes).context("the node answered an extrinsic that is none")).collect()
    }

    /// The version of the runtime in the state after a block.
    pub async fn version(&self, at: Hash) -> Result<RemoteVersion> {
        self.call("state_getRuntimeVersion", vec![json!(hash_hex(at))]).await
    }

    /// The metadata of the runtime in the state after a block.
    pub async fn metadata(&mut self, at: Hash) -> Result<Metadata> {
        let version = u64::from(self.version(at).await?.spec_version);
        if let Some(metadata) = self.metadata.get(&version) {
            return Ok(metadata.clone());
        }
        let metadata = match self.metadata_with_apis(at).await {
            Some(metadata) => metadata,
            None => Metadata::decode(&self.metadata_bytes(at).await?).context("the node's metadata")?,
        };
        self.metadata.insert(version, metadata.clone());
        Ok(metadata)
    }

    /// The same of a version that knows the runtime's entry points; older runtimes have none.
    async fn metadata_with_apis(&self, at: Hash) -> Option<Metadata> {
        let version = bytes_hex(&METADATA_VERSION.to_le_bytes());
        let params = vec![json!("Metadata_metadata_at_version"), json!(version), json!(hash_hex(at))];
        let answer: Value = self.call("state_call", params).await.ok()?;
        let bytes = hex_bytes(&answer).filter(|bytes| bytes.len() <= METADATA_BYTES_MAX)?;
        Metadata::decode(&bytes).ok()
    }

    /// The metadata as bytes, of the version that every runtime has.
    pub async fn metadata_bytes(&self, at: Hash) -> Result<Vec<u8>> {
        let text: Value = self.call("state_getMetadata", vec![json!(hash_hex(at))]).await?;
        let bytes = hex_bytes(&text).context("the node's metadata is not hexadecimal")?;
        if bytes.len() > METADATA_BYTES_MAX {
            bail!("the node's metadata has {} bytes, at most {METADATA_BYTES_MAX} are read", bytes.len());
        }
        Ok(bytes)
    }

    /// The metadata by which a block's own extrinsics and events are read: that of its parent's state.
    pub async fn metadata_of_block(&mut self, header: &RemoteHeader) -> Result<Metadata> {
        let at = if header.number == 0 { header.hash } else { header.parent };
        self.metadata(at).await
    }

    /// A value in the state after a block.
    pub async fn storage(&self, key: &[u8], at: Hash) -> Result<Option<Vec<u8>>> {
        let value: Value = self.call("state_getStorage", vec![json!(bytes_hex(key)), json!(hash_hex(at))]).await?;
        match value {
            Value::Null => Ok(None),
            value => hex_bytes(&value).map(Some).context("the node answered a value that is not hexadecimal"),
        }
    }

    /// What a block's runtime told.
    pub async fn events(&mut self, header: &RemoteHeader) -> Result<Vec<Event>> {
        let metadata = self.metadata_of_block(header).await?;
        let key = metadata.storage_key("System", "Events", &[])?;
        match self.storage(&key, header.hash).await? {
            Some(bytes) => {
                let events = metadata.events(&bytes).and_then(Iterator::collect);
                events.with_context(|| format!("events of block {}", header.number))
            }
            None => Ok(Vec::new()),
        }
    }
}

/// A header as the node shows it.
pub fn read_header(hash: Hash, json: Value) -> Result<RemoteHeader> {
    let number = json["number"].as_str().and_then(|text| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok());
    let parent = json["parentHash"].as_str().and_then(|text| text.parse().ok());
    match (number, parent) {
        (Some(number), Some(parent)) => Ok(RemoteHeader { hash, number, parent, json }),
        _ => bail!("the node answered a header that is none: {json}"),
    }
}

/// What the node or the connection said, in one sentence.
fn in_words(error: Error, method: &str) -> anyhow::Error {
    match error {
        Error::Call(error) => {
            let data = error.data().and_then(|data| serde_json::from_str::<Value>(data.get()).ok());
            let data = match data {
                Some(Value::String(text)) => format!(": {text}"),
                Some(data) => format!(": {data}"),
                None => String::new(),
            };
            anyhow!("{method}: {}{data} ({})", error.message(), error.code())
        }
        Error::RequestTimeout => anyhow!("{method}: the node did not answer in {} s", PATIENCE.as_secs()),
        Error::RestartNeeded(_) | Error::ServiceDisconnect => anyhow!("{method}: the node closed the connection"),
        other => anyhow::Error::new(other).context(method.to_owned()),
    }
}

/// Bytes as JSON-RPC shows them.
pub fn bytes_hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// A hash as JSON-RPC shows it.
pub fn hash_hex(hash: Hash) -> String {
    bytes_hex(hash.as_bytes())
}

/// Bytes as JSON-RPC shows them.
pub fn hex_bytes(value: &Value) -> Option<Vec<u8>> {
    hex::decode(value.as_str()?.strip_prefix("0x")?).ok()
}

#[cfg(test)]
mod tests;
