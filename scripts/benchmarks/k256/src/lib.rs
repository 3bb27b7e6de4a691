//! Stands in for the crate `k256` where the runtime is compiled natively for benchmarks.
//!
//! In the Wasm runtime the host recovers public keys, with libsecp256k1 and a table of what it recovered before. Natively the
//! runtime asks `k256`, which takes longer than all the rest of a transfer and has no table. To compare the two without
//! signatures, this crate takes the place of `k256` in this package (`[patch.crates-io]`): the runtime's own sources are the
//! same, its recoveries come from a table like the host's.
//!
//! Out of scope: all of `k256` that our crates don't use.
//!
//! Invariant: a key that is answered from the table was recovered from the same signature and hash.

pub mod ecdsa;
