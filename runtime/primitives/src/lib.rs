//! The words that runtime and host both speak: hashes, accounts, headers, digests, blocks, runtime versions,
//! transaction validity, inherent data.
//!
//! Everything here is plain data with a SCALE encoding; nothing knows a pallet, a disk or a socket. Compiled to Wasm,
//! [`hashing`] and [`ecdsa`] call the host (Polkadot Host API); compiled natively, they use the RustCrypto crates.
//!
//! Out of scope: what a call means (`pallets/*`), how state is stored (`host/state`), the trie (`runtime/trie`).
//!
//! Invariant: no type here depends on the platform's word size or on hash order.
//! Invariant: encodings equal Substrate's, byte for byte, so that its clients decode them.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

extern crate alloc;

pub mod account;
pub mod block;
pub mod bloom;
pub mod digest;
pub mod ecdsa;
pub mod era;
pub mod hashing;
pub mod header;
#[cfg(target_family = "wasm")]
pub mod host;
pub mod inherents;
pub mod sr25519;
pub mod storage_keys;
#[cfg(not(target_family = "wasm"))]
pub mod transaction;
pub mod validity;
pub mod version;

pub use account::{AccountId20, EthereumSignature};
pub use block::{Block, OpaqueExtrinsic};
pub use digest::{Digest, DigestItem};
pub use era::Era;
pub use header::Header;
pub use primitive_types::{H256, U256};
pub use version::RuntimeVersion;

/// A 32-byte hash: of headers and extrinsics blake2-256, of trie nodes keccak-256.
pub type Hash = H256;
/// The height of a block; genesis is 0.
pub type BlockNumber = u32;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// An amount in the smallest unit of the token; 1 ZIV is 10^18 of them.
pub type Balance = u128;
/// Milliseconds since the Unix epoch.
pub type Moment = u64;
/// Names the party a digest item or a justification belongs to.
pub type ConsensusEngineId = [u8; 4];

/// The engine id of digest items made by Ziver's block authorship.
pub const ZIVER_ENGINE_ID: ConsensusEngineId = *b"zivr";
/// One whole token, in the smallest unit.
pub const UNIT: Balance = 1_000_000_000_000_000_000;
