//! Recovery of public keys from signatures, by libsecp256k1, with a cache before it.
//!
//! The rules are the Host API's: r and s must lie below the curve's order (version 1 reduces them instead), v is 0 to 3
//! or 27 to 30, a high s is accepted. The runtime may be stricter; that is its own affair.
//!
//! A transaction's signature is checked when it enters the pool, when it is put in a block and when a block with it is
//! imported. Recovery is a pure function, so [`RecoverCache`] remembers its answers: keyed by the whole input, bounded,
//! split in shards so that threads seldom meet.
//!
//! Invariant: the cache changes how long an answer takes, never the answer.

use std::num::NonZeroUsize;

use lru::LruCache;
use parking_lot::Mutex;
use secp256k1::Message;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};

use crate::limits::{RECOVERED_KEYS_MAX, RECOVERED_SHARDS};

/// Order of the curve, big endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// Why no key was recovered; the numbers are those of the Host API's `EcdsaVerifyError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverError {
    /// r or s is not below the order.
    BadRs = 0,
    /// v names no candidate.
    BadV = 1,
    /// No key makes this signature.
    BadSignature = 2,
}

/// A public key: x and y, 32 bytes each.
pub type RecoveredKey = [u8; 64];

/// What is recovered from: signature (r, s, v) and the hash that was signed.
pub type RecoverInput = ([u8; 65], [u8; 32]);

/// Recovers the key that made `signature` (r, s, v) over `hash`.
pub fn recover(signature: &[u8; 65], hash: &[u8; 32]) -> Result<RecoveredKey, RecoverError> {
    let (rs, [v]) = signature.split_last_chunk::<1>().ok_or(RecoverError::BadRs)?;
    let id = i32::from(if *v > 26 { v - 27 } else { *v });
    let id = RecoveryId::try_from(id).map_err(|_| RecoverError::BadV)?;
    let parsed = RecoverableSignature::from_compact(rs, id).map_err(|_| RecoverError::BadRs)?;
    let key = parsed.recover_ecdsa(Message::from_digest(*hash)).map_err(|_| RecoverError::BadSignature)?;
    let mut out = [0; 64];
    out.copy_from_slice(&key.serialize_uncompressed()[1..]);
    Ok(out)
}

/// The same by the rules of the function's version 1: r and s are taken modulo the order.
pub fn recover_overflowing(signature: &[u8; 65], hash: &[u8; 32]) -> Result<RecoveredKey, RecoverError> {
    recover(&reduced(signature), hash)
}

/// `signature` with r and s reduced modulo the order. One subtraction is enough: 2^256 is less than twice the order.
pub fn reduced(signature: &[u8; 65]) -> [u8; 65] {
    let mut out = *signature;
    for scalar in out[..64].chunks_exact_mut(32) {
        if *scalar >= ORDER[..] {
            let mut borrow = 0;
            for (byte, order) in scalar.iter_mut().zip(ORDER).rev() {
                let difference = i16::from(*byte) - i16::from(order) - borrow;
                borrow = i16::from(difference < 0);
                *byte = difference.rem_euclid(256) as u8;
            }
        }
    }
    out
}

/// The compressed form of `key`.
pub fn compressed(key: &RecoveredKey) -> [u8; 33] {
    let mut out = [0; 33];
    out[0] = 2 + (key[63] & 1);
    out[1..].copy_from_slice(&key[..32]);
    out
}

/// Whether `signature` (r, s, v) over `hash` was made by the compressed `key`. As in Substrate that is asked by recovery: v
/// counts, must be 0 to 3, and a high s is accepted.
pub fn verify(signature: &[u8; 65], hash: &[u8; 32], key: &[u8; 33]) -> bool {
    signature[64] <= 3 && recover(signature, hash).is_ok_and(|found| compressed(&found) == *key)
}

mod ahead;

pub use ahead::Ahead;
pub(crate) use ahead::Recoverers;

type Shard = Mutex<LruCache<[u8; 97], Result<RecoveredKey, RecoverError>>>;

/// Remembers what [`recover`] answered. Shared by all threads.
pub struct RecoverCache {
    shards: Box<[Shard]>,
}

impl Default for RecoverCache {
    fn default() -> Self {
        Self::with_capacity(RECOVERED_KEYS_MAX)
    }
}

impl RecoverCache {
    /// A cache for at most about `keys_max` answers.
    pub fn with_capacity(keys_max: usize) -> Self {
        let each = NonZeroUsize::new(keys_max / RECOVERED_SHARDS).unwrap_or(NonZeroUsize::MIN);
        // The tables grow as they fill: an executor that sees no signatures holds no memory for them.
        Self { shards: (0..RECOVERED_SHARDS).map(|_| Mutex::new(LruCache::sparse(each))).collect() }
    }

    /// [`recover`], from memory where the same was asked before.
    pub fn recover(&self, signature: &[u8; 65], hash: &[u8; 32]) -> Result<RecoveredKey, RecoverError> {
        let mut key = [0; 97];
        key[..65].copy_from_slice(signature);
        key[65..].copy_from_slice(hash);
        // The hash is uniform, r nearly so; one of them may be chosen by an attacker, who gains a slower shard at most.
        let shard = &self.shards[usize::from(hash[0] ^ signature[31]) % RECOVERED_SHARDS];
        if let Some(known) = shard.lock().get(&key) {
            return *known;
        }
        let answer = recover(signature, hash);
        shard.lock().put(key, answer);
        answer
    }

    /// Answers that are remembered now.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
