//! How chain data look in JSON: the legacy Substrate forms that every client of the ecosystem parses.
//!
//! Hashes and bytes are `0x` and lower-case hexadecimal; block numbers in headers are minimal hexadecimal strings.
//! Out of scope: reading parameters ([`crate::params`]).

use codec::Encode;
use serde::Serialize;
use serde_json::{Value, json};
use ziver_primitives::{Block, Hash, Header, RuntimeVersion};

use crate::link::TransactionStatus;

/// `0x` and lower-case hexadecimal.
pub fn bytes(data: impl AsRef<[u8]>) -> String {
    let data = data.as_ref();
    let mut text = String::with_capacity(2 + 2 * data.len());
    text.push_str("0x");
    faster_hex::hex_append(data, &mut text);
    text
}

/// A hash in hexadecimal.
pub fn hash(hash: Hash) -> String {
    bytes(hash.0)
}

/// A number as Ethereum's clients write it: `0x` and hexadecimal digits, as few as it has.
pub fn quantity(number: impl Into<u128>) -> String {
    format!("{:#x}", number.into())
}

/// A header.
pub fn header(header: &Header) -> Value {
    json!({
        "parentHash": hash(header.parent_hash),
        "number": quantity(header.number),
        "stateRoot": hash(header.state_root),
        "extrinsicsRoot": hash(header.extrinsics_root),
        "digest": { "logs": header.digest.logs.iter().map(|item| bytes(item.encode())).collect::<Vec<_>>() },
    })
}

/// A signed block; Ziver's blocks carry no justifications yet.
pub fn signed_block(block: &Block) -> Value {
    let extrinsics: Vec<_> = block.extrinsics.iter().map(|extrinsic| bytes(extrinsic.encode())).collect();
    json!({ "block": { "header": header(&block.header), "extrinsics": extrinsics }, "justifications": null })
}

/// A runtime version.
pub fn runtime_version(version: &RuntimeVersion) -> Value {
    let apis: Vec<_> = version.apis.iter().map(|(id, version)| (bytes(id), *version)).collect();
    json!({
        "specName": version.spec_name,
        "implName": version.impl_name,
        "authoringVersion": version.authoring_version,
        "specVersion": version.spec_version,
        "implVersion": version.impl_version,
        "apis": apis,
        "transactionVersion": version.transaction_version,
        "stateVersion": version.state_version(),
        "systemVersion": version.system_version,
    })
}

/// A transaction's status: a word, or an object with the block's hash.
pub fn status(status: &TransactionStatus) -> Value {
    match status {
        TransactionStatus::Future => json!("future"),
        TransactionStatus::Ready => json!("ready"),
        TransactionStatus::Broadcast(peers) => json!({ "broadcast": peers }),
        TransactionStatus::InBlock(place) => json!({ "inBlock": hash(place.block) }),
        TransactionStatus::Retracted(block) => json!({ "retracted": hash(*block) }),
        TransactionStatus::FinalityTimeout(block) => json!({ "finalityTimeout": hash(*block) }),
        TransactionStatus::Finalized(place) => json!({ "finalized": hash(place.block) }),
        TransactionStatus::Usurped(by) => json!({ "usurped": hash(*by) }),
        TransactionStatus::Dropped => json!("dropped"),
        TransactionStatus::Invalid => json!("invalid"),
    }
}

/// Storage values at one block.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct StorageChangeSet {
    /// The block's hash.
    pub block: String,
    /// Key and value, both hexadecimal; a missing value is null.
    pub changes: Vec<(String, Option<String>)>,
}

#[cfg(test)]
mod tests;
