//! Loops that compute and ask nothing of a chain: [`work`] as native code, and the same functions compiled as a contract, [`CONTRACT`].
//! Solidity's are in `contracts/compute.sol`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
mod contract;
pub mod work;

/// The contract. Its input is the number of a function of [`work::ALL`], one byte, and the argument, four bytes little-endian; it
/// answers the result, eight bytes little-endian.
#[cfg(not(target_family = "wasm"))]
pub const CONTRACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.wasm"));
