//! Which runtime this is, and how a host finds it in the blob without running it.
//!
//! The bytes of the version are made at compile time: the entry point `Core_version` answers them, and they lie in the
//! blob's custom sections `runtime_version` and `runtime_apis` (Polkadot specification, "Runtime version section").

use alloc::borrow::Cow;
use ziver_primitives::{
    RuntimeVersion,
    version::{ApiId, CORE_API},
};

/// The chain's runtime. An upgrade must keep it.
pub const SPEC_NAME: &str = "ziver";
/// The implementation.
pub const IMPL_NAME: &str = "ziver";
/// Grows with each change of the rules.
pub const SPEC_VERSION: u32 = if cfg!(feature = "upgraded") { 2 } else { 1 };
/// Grows when a signed transaction of the version before would mean something else.
pub const TRANSACTION_VERSION: u32 = 1;
/// The state is a trie of state version 1: values over 32 bytes are hashed into the trie. Version 2, which means that for the
/// extrinsics root too, is unknown to other hosts: smoldot and chopsticks refuse a runtime that declares it.
pub const SYSTEM_VERSION: u8 = 1;

/// A runtime API: blake2b-64 of its name, and its version. A test holds the ids to the names.
pub type Api = (ApiId, u32);

/// `Core`.
pub const CORE: Api = (CORE_API, 5);
/// `Metadata`.
pub const METADATA: Api = ([0x37, 0xe3, 0x97, 0xfc, 0x7c, 0x91, 0xf5, 0xe4], 2);
/// `BlockBuilder`.
pub const BLOCK_BUILDER: Api = ([0x40, 0xfe, 0x3a, 0xd4, 0x01, 0xf8, 0x95, 0x9a], 6);
/// `TaggedTransactionQueue`.
pub const TRANSACTION_QUEUE: Api = ([0xd2, 0xbc, 0x98, 0x97, 0xee, 0xd0, 0x8f, 0x15], 3);
/// `AccountNonceApi`.
pub const ACCOUNT_NONCE: Api = ([0xbc, 0x9d, 0x89, 0x90, 0x4f, 0x5b, 0x92, 0x3f], 1);
/// `TransactionPaymentApi`.
pub const TRANSACTION_PAYMENT: Api = ([0x37, 0xc8, 0xbb, 0x13, 0x50, 0xa9, 0xa2, 0xa8], 4);
/// `GenesisBuilder`.
pub const GENESIS_BUILDER: Api = ([0xfb, 0xc5, 0x77, 0xb9, 0xd7, 0x47, 0xef, 0xd6], 1);

/// `SignatureApi`, this project's own: what the host may do on other processors before a block is executed.
pub const SIGNATURES: Api = ([0x0f, 0x82, 0x21, 0x5e, 0xc5, 0x3d, 0x46, 0x39], 1);

/// `BatchApi`, this project's own: many transactions in one call.
pub const BATCHES: Api = ([0x9d, 0xe2, 0xf0, 0x29, 0x92, 0x74, 0xf1, 0x1f], 1);

/// `ContractsApi`.
pub const CONTRACTS: Api = ([0x68, 0xb6, 0x6b, 0xa1, 0x22, 0xc9, 0x3f, 0xa7], 2);

/// All runtime APIs.
pub const APIS: [Api; 10] = [
    CORE,
    METADATA,
    BLOCK_BUILDER,
    TRANSACTION_QUEUE,
    ACCOUNT_NONCE,
    TRANSACTION_PAYMENT,
    GENESIS_BUILDER,
    SIGNATURES,
    BATCHES,
    CONTRACTS,
];

/// The version as clients get it.
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed(SPEC_NAME),
    impl_name: Cow::Borrowed(IMPL_NAME),
    authoring_version: 1,
    spec_version: SPEC_VERSION,
    impl_version: 1,
    apis: Cow::Borrowed(&APIS),
    transaction_version: TRANSACTION_VERSION,
    system_version: SYSTEM_VERSION,
};

/// Length of [`ENCODED`]: two short texts, three numbers, the list of APIs, a number, one byte.
const ENCODED_BYTES: usize = 1 + SPEC_NAME.len() + 1 + IMPL_NAME.len() + 3 * 4 + 1 + APIS_BYTES + 4 + 1;
/// Length of the APIs, 12 bytes each: id and version.
const APIS_BYTES: usize = APIS.len() * 12;

/// The SCALE encoding of [`VERSION`].
pub static ENCODED: [u8; ENCODED_BYTES] = encoded();

/// The custom sections. A static of bytes in a named section becomes a custom section in Wasm, but only where its
/// value is known without relocation, so the bytes are here a second time.
#[cfg(target_family = "wasm")]
mod sections {
    use super::*;

    #[used]
    #[unsafe(link_section = "runtime_version")]
    static RUNTIME_VERSION: [u8; ENCODED_BYTES] = encoded();

    #[used]
    #[unsafe(link_section = "runtime_apis")]
    static RUNTIME_APIS: [u8; APIS_BYTES] = {
        let mut out = Bytes::new();
        out.apis();
        out.bytes
    };
}

/// A writer that runs at compile time; a text or list that does not fit fails the build.
struct Bytes<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "all of it runs at compile time"
)]
impl<const N: usize> Bytes<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    const fn all(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }

    /// A SCALE compact length of one byte.
    const fn short_len(&mut self, len: usize) {
        assert!(len < 64, "a length under 64 is one byte");
        self.all(&[(len as u8) << 2]);
    }

    const fn text(&mut self, text: &str) {
        self.short_len(text.len());
        self.all(text.as_bytes());
    }

    const fn apis(&mut self) {
        let mut at = 0;
        while at < APIS.len() {
            self.all(&APIS[at].0);
            self.all(&APIS[at].1.to_le_bytes());
            at += 1;
        }
    }
}

const fn encoded() -> [u8; ENCODED_BYTES] {
    let mut out = Bytes::new();
    out.text(SPEC_NAME);
    out.text(IMPL_NAME);
    out.all(&VERSION.authoring_version.to_le_bytes());
    out.all(&SPEC_VERSION.to_le_bytes());
    out.all(&VERSION.impl_version.to_le_bytes());
    out.short_len(APIS.len());
    out.apis();
    out.all(&TRANSACTION_VERSION.to_le_bytes());
    out.all(&[SYSTEM_VERSION]);
    assert!(out.len == ENCODED_BYTES, "the encoding fills its array");
    out.bytes
}

#[cfg(test)]
mod tests;
