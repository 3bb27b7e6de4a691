//! What imports cost, in gas, on top of the instructions of the code.
//!
//! A unit of gas is about a nanosecond of the reference machine, and counts as [`PICOSECONDS_PER_GAS`] of weight. The main
//! prices are the chain's design (`read`, `write`, `transfer`, `call`, `create`, `hash`, `event`); the others are what the
//! work takes. All of them are consensus: a change is a runtime upgrade.

/// Weight of a unit of gas.
pub const PICOSECONDS_PER_GAS: u64 = 1_000;

/// Any import: into the host, into the runtime and back.
pub const IMPORT: u64 = 50;
/// Four bytes copied between a contract and the runtime cost one.
pub const BYTES_PER_COPY_GAS: u64 = 4;
/// Reading a cell.
pub const STORAGE_READ: u64 = 800;
/// Each byte read.
pub const STORAGE_READ_BYTE: u64 = 1;
/// Writing or removing a cell.
pub const STORAGE_WRITE: u64 = 20_000;
/// Each byte written.
pub const STORAGE_WRITE_BYTE: u64 = 20;
/// Moving money; where that makes an account, [`STORAGE_WRITE`] on top.
pub const TRANSFER: u64 = 2_100;
/// A call of another contract.
pub const CALL: u64 = 700;
/// Making and dropping an instance; each call and deployment has one.
pub const INSTANCE: u64 = 4_000;
/// Pages of memory that are in the price of an instance: hosts keep as many ready, without page faults.
pub const FREE_PAGES: u32 = 3;
/// Each further page that an instance begins with: as much as one that it grows by.
pub const PAGE: u64 = crate::code::cost::PAGE as u64;
/// Making a contract.
pub const CREATE: u64 = 32_000;
/// A hash.
pub const HASH: u64 = 30;
/// Each byte hashed.
pub const HASH_BYTE: u64 = 4;
/// An event, and each of its topics.
pub const EVENT: u64 = 375;
/// Each byte of an event.
pub const EVENT_BYTE: u64 = 8;
/// Recovering or verifying a signature.
pub const SIGNATURE: u64 = 60_000;
/// Opening or closing a storage transaction.
pub const TRANSACTION: u64 = 500;
/// Exchanging a contract's code.
pub const SET_CODE: u64 = 40_000;
/// Ending a contract.
pub const TERMINATE: u64 = 60_000;
/// Each byte of a debug message.
pub const DEBUG_BYTE: u64 = 1;
