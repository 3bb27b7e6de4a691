//! What imports cost, in gas, on top of the instructions of the code.
//!
//! A unit of gas is about a nanosecond of the reference machine, and counts as [`PICOSECONDS_PER_GAS`] of weight. The main
//! prices are the chain's design (`read`, `write`, `transfer`, `call`, `create`, `hash`, `event`); the others are what the
//! work takes. All of them are consensus: a change is a runtime upgrade.

/// Weight of a unit of gas.
pub const PICOSECONDS_PER_GAS: u64 = 1_000;

/// Any import: into the host, into the runtime and back.
pub const IMPORT: u64 = 200;
/// Four bytes copied between a contract and the runtime cost one.
pub const BYTES_PER_COPY_GAS: u64 = 4;
/// Reading a cell.
pub const STORAGE_READ: u64 = 800;
/// Each byte read.
pub const STORAGE_READ_BYTE: u64 = 2;
/// The first look at a cell or a contract in a transaction, on top: the database has to find it.
pub const COLD: u64 = 4_000;
/// Writing or removing a cell.
pub const STORAGE_WRITE: u64 = 20_000;
/// Each byte written.
pub const STORAGE_WRITE_BYTE: u64 = 20;
/// Moving money; where that makes an account, [`STORAGE_WRITE`] on top.
pub const TRANSFER: u64 = 2_100;
/// The first time that money moves from or to an account in a transaction, on top: its record is found, and written again.
pub const ACCOUNT: u64 = 10_000;
/// A call of another contract.
pub const CALL: u64 = 700;
/// Making and dropping an instance; each call and deployment has one.
pub const INSTANCE: u64 = 6_000;
/// Pages of memory that are in the price of an instance: hosts keep as many ready, without page faults.
pub const FREE_PAGES: u32 = 3;
/// Each further page that an instance begins with: as much as one that it grows by.
pub const PAGE: u64 = crate::code::cost::PAGE as u64;
/// Making a contract.
pub const CREATE: u64 = 32_000;
/// A hash.
pub const HASH: u64 = 30;
/// Each byte hashed, in blocks of [`HASH_BLOCK_BYTES`] of which there is always one.
pub const HASH_BYTE: u64 = 4;
/// The same for SHA3-256, which the runtime computes itself.
pub const SHA3_BYTE: u64 = 10;
/// Bytes that a hash takes in at once: those of Keccak-256, the others take fewer.
pub const HASH_BLOCK_BYTES: u64 = 136;
/// An event, and each of its topics.
pub const EVENT: u64 = 375;
/// Each byte of an event.
pub const EVENT_BYTE: u64 = 8;
/// Recovering or verifying a signature.
pub const SIGNATURE: u64 = 60_000;
/// Each byte of a message whose sr25519 signature is verified.
pub const MESSAGE_BYTE: u64 = 8;
/// Opening or closing a storage transaction.
pub const TRANSACTION: u64 = 500;
/// Exchanging a contract's code.
pub const SET_CODE: u64 = 40_000;
/// Ending a contract.
pub const TERMINATE: u64 = 60_000;
/// Each byte of a debug message.
pub const DEBUG_BYTE: u64 = 1;

/// What hashing `bytes` costs, at `each` a byte.
pub fn hash(bytes: usize, each: u64) -> u64 {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let blocks = bytes.checked_div(HASH_BLOCK_BYTES).unwrap_or(0).saturating_add(1);
    HASH.saturating_add(blocks.saturating_mul(HASH_BLOCK_BYTES).saturating_mul(each))
}
