//! Signatures of Schnorr's kind on Ristretto, which accounts of other Substrate chains make (schnorrkel, context "substrate").
//!
//! In the Wasm runtime the host verifies; natively `schnorrkel` does.
//!
//! Out of scope: signing, and accounts: on this chain they have secp256k1 keys.

/// Whether `signature` is that of `key` over `message`. A key or signature that is none verifies nothing.
#[cfg(not(target_family = "wasm"))]
pub fn verify(signature: &[u8; 64], message: &[u8], key: &[u8; 32]) -> bool {
    let key = schnorrkel::PublicKey::from_bytes(key);
    let signature = schnorrkel::Signature::from_bytes(signature);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_simple(b"substrate", message, &signature).is_ok())
}

#[cfg(target_family = "wasm")]
pub use crate::host::crypto::sr25519_verify as verify;

#[cfg(test)]
mod tests;
