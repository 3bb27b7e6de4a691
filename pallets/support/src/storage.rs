//! Typed storage items: a value, a map, a double map.
//!
//! Keys are Substrate's: `twox128(pallet) ++ twox128(item)`, then for maps the hashed key. The prefix is computed while
//! compiling. A value that does not decode (root wrote garbage over it) reads as missing, and says so in the log.
//!
//! Out of scope: child tries.

use alloc::vec::Vec;
use codec::Decode;
use ziver_primitives::hashing::{blake2_128, twox_64};

use crate::{Ctx, LogLevel, metadata::StorageHasher};

mod double_map;
mod map;
mod value;

pub use double_map::StorageDoubleMap;
pub use map::StorageMap;
pub use value::StorageValue;

/// Room for a usual key of a map: prefix, hash, an account.
const MAP_KEY_BYTES_USUAL: usize = 32 + 16 + 32;

/// Hashes a part of a map's key.
pub trait Hasher {
    /// How clients know it.
    const KIND: StorageHasher;
    /// How many bytes stand before the key itself.
    const PREFIX_BYTES: usize;
    /// Appends the hashed `encoded` key to `out`.
    fn hash_into(encoded: &[u8], out: &mut Vec<u8>);
    /// The same; the context may remember what it hashed lately.
    fn hash_in(ctx: &Ctx, encoded: &[u8], out: &mut Vec<u8>) {
        let _ = ctx;
        Self::hash_into(encoded, out);
    }
}

/// Blake2-128 and the key itself: for keys that users choose.
#[derive(Clone, Copy, Debug)]
pub struct Blake2_128Concat;
/// XxHash64 and the key itself: for keys that users can't choose freely.
#[derive(Clone, Copy, Debug)]
pub struct Twox64Concat;
/// The key itself: for keys that are hashes already.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

impl Hasher for Blake2_128Concat {
    const KIND: StorageHasher = StorageHasher::Blake2_128Concat;
    const PREFIX_BYTES: usize = 16;

    fn hash_into(encoded: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&blake2_128(encoded));
        out.extend_from_slice(encoded);
    }

    fn hash_in(ctx: &Ctx, encoded: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&ctx.ext().blake2_128(encoded));
        out.extend_from_slice(encoded);
    }
}

impl Hasher for Twox64Concat {
    const KIND: StorageHasher = StorageHasher::Twox64Concat;
    const PREFIX_BYTES: usize = 8;

    fn hash_into(encoded: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&twox_64(encoded));
        out.extend_from_slice(encoded);
    }

    /// Here and not by the host: such keys are short, and asking takes longer.
    fn hash_in(_: &Ctx, encoded: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&xxhash_rust::const_xxh64::xxh64(encoded, 0).to_le_bytes());
        out.extend_from_slice(encoded);
    }
}

impl Hasher for Identity {
    const KIND: StorageHasher = StorageHasher::Identity;
    const PREFIX_BYTES: usize = 0;

    fn hash_into(encoded: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(encoded);
    }
}

/// `twox128(pallet) ++ twox128(item)`, while compiling.
const fn prefix(pallet: &str, item: &str) -> [u8; 32] {
    use xxhash_rust::const_xxh64::xxh64;
    let parts = [
        xxh64(pallet.as_bytes(), 0).to_le_bytes(),
        xxh64(pallet.as_bytes(), 1).to_le_bytes(),
        xxh64(item.as_bytes(), 0).to_le_bytes(),
        xxh64(item.as_bytes(), 1).to_le_bytes(),
    ];
    // Constants have no loops over slices without indexing, so the bytes are named.
    let [a, b, c, d] = parts;
    let [a0, a1, a2, a3, a4, a5, a6, a7] = a;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = b;
    let [c0, c1, c2, c3, c4, c5, c6, c7] = c;
    let [d0, d1, d2, d3, d4, d5, d6, d7] = d;
    [
        a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3,
        d4, d5, d6, d7,
    ]
}

/// Reads and decodes; what does not decode is missing.
fn read<T: Decode>(ctx: &Ctx, key: &[u8]) -> Option<T> {
    let mut value = None;
    let is_there = ctx.ext().with(key, &mut |mut bytes| value = T::decode(&mut bytes).ok());
    if is_there && value.is_none() {
        ctx.log(LogLevel::Error, "runtime::storage", "a stored value does not decode; it counts as missing");
    }
    value
}

#[cfg(test)]
mod tests;
