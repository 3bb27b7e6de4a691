//! What clients read of a contract: the JSON of ink! 5, as `@polkadot/api-contract` and ink!'s tools know it.
//!
//! ```text
//! source     hash of the module (blake2-256), language, compiler; in the bundle (`.contract`) the module itself
//! contract   name and version
//! spec       constructors, messages and events with their types and comments
//! storage    the layout in ink!'s words
//! types      all types, as scale-info's portable registry
//! user.zx    the storage as it is: the root key of each member, its keys and its value
//! ```
//!
//! # Decisions
//! - `Address` is the composite `account::AccountId20` of 20 bytes, as in the chain's own metadata: clients show it as an
//!   address, checksum and all. `Hash` is `primitive_types::H256`.
//! - `integer` is scale-info's primitive `I256`: SCALE has it as 32 bytes in two's complement, and polkadot-js decodes that.
//! - What a message or constructor returns is a `Result` with the revert's message as its error: that is what is on the wire.
//! - `constructor` and `init` are called `new`, as ink! has it, and have its selector: `contract.tx.constructor` of
//!   polkadot-js is what every object of JavaScript has under that name.
//! - All fields of an event are in its data, the indexed ones too: clients look for all of them there. The signature topic is
//!   topic 0, by which they find the event.
//! - ink! has storage keys of four bytes; a ZX member has one of 32, the blake2-256 of its name. `storage` shows the first four,
//!   so that ink!'s tools read the file; `user.zx` shows all.

use serde::Serialize;
use ziver_primitives::hashing::blake2_256;

use crate::{analysis::ContractDocs, ir::Program};

mod registry;
mod spec;
mod storage;

#[cfg(test)]
mod tests;

use registry::Registry;
use spec::Spec;
use storage::{Layout, ZxStorage};

/// The version of the format.
const VERSION: u32 = 5;

/// A contract, ready to be deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// Its name.
    pub name: String,
    /// The Wasm module.
    pub wasm: Vec<u8>,
    metadata: Metadata,
}

/// The metadata of a contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Metadata {
    source: SourceInfo,
    contract: ContractInfo,
    version: u32,
    types: Vec<scale_info::PortableType>,
    spec: Spec,
    storage: Layout,
    user: User,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct SourceInfo {
    hash: String,
    language: String,
    compiler: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wasm: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct ContractInfo {
    name: String,
    version: String,
    authors: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct User {
    zx: Zx,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Zx {
    storage: Vec<ZxStorage>,
}

impl Bundle {
    /// The bundle of a program and the module that was made of it.
    pub(crate) fn new(program: &Program, docs: &ContractDocs, wasm: Vec<u8>) -> Self {
        let mut registry = Registry::new(program);
        let spec = Spec::new(program, docs, &mut registry);
        let storage = Layout::new(program, &mut registry);
        let zx = Zx { storage: storage::members(program, &mut registry) };
        let version = env!("CARGO_PKG_VERSION");
        let source = SourceInfo {
            hash: hex(&blake2_256(&wasm)),
            language: format!("ZX {version}"),
            compiler: format!("zxc {version}"),
            wasm: None,
        };
        // Of no author: a source file names none.
        let contract = ContractInfo { name: program.name.clone(), version: version.to_owned(), authors: Vec::new() };
        let types = registry.finish();
        let metadata = Metadata { source, contract, version: VERSION, types, spec, storage, user: User { zx } };
        Self { name: program.name.clone(), wasm, metadata }
    }

    /// The hash of the code, by which the chain knows it.
    pub fn code_hash(&self) -> [u8; 32] {
        blake2_256(&self.wasm)
    }

    /// What compiled it, and in which version.
    pub fn compiler(&self) -> &str {
        &self.metadata.source.compiler
    }

    /// The metadata as JSON: what `zxc abi` shows.
    pub fn metadata(&self) -> String {
        json(&self.metadata)
    }

    /// Metadata and module as JSON: the text of a `.contract` file.
    pub fn contract(&self) -> String {
        let mut metadata = self.metadata.clone();
        metadata.source.wasm = Some(hex(&self.wasm));
        json(&metadata)
    }
}

/// Structs with names for keys can be written.
fn json(metadata: &Metadata) -> String {
    serde_json::to_string_pretty(metadata).unwrap_or_default()
}

/// `0x` and two digits a byte.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("0x");
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}
