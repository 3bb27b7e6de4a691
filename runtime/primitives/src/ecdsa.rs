//! Recovery of secp256k1 public keys from signatures, low-s only.
//!
//! In the Wasm runtime the host recovers (libsecp256k1); natively `k256` does. The rules on what is a valid signature
//! are the runtime's and stand here: v is 0, 1, 27 or 28 and s is at most half the curve's order (EIP-2), since hosts
//! differ on both.

/// Half the order of secp256k1, big endian: the largest s that is accepted (EIP-2).
pub const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
    0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// The uncompressed public key (64 bytes, without the leading 0x04) that made `signature` (r, s, v) over the 32-byte
/// `hash`; `None` where r, s or v is out of range, s is high, or no key fits.
pub fn recover(signature: &[u8; 65], hash: &[u8; 32]) -> Option<[u8; 64]> {
    recover_normal(&normal(signature)?, hash)
}

/// `signature` as it is recovered from: v is 0 or 1. `None` where v is out of range or s is high.
pub fn normal(signature: &[u8; 65]) -> Option<[u8; 65]> {
    let (rs, v) = signature.split_last_chunk::<1>()?;
    let (_, s) = rs.split_last_chunk::<32>()?;
    if *s > HALF_ORDER {
        return None;
    }
    let id = match v {
        [id @ (0 | 1)] => *id,
        [27] => 0,
        [28] => 1,
        _ => return None,
    };
    let mut normal = *signature;
    *normal.last_mut()? = id;
    Some(normal)
}

#[cfg(not(target_family = "wasm"))]
fn recover_normal(signature: &[u8; 65], hash: &[u8; 32]) -> Option<[u8; 64]> {
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
    let (rs, v) = signature.split_last_chunk::<1>()?;
    let [id] = *v;
    let parsed = Signature::from_slice(rs).ok()?;
    let key = VerifyingKey::recover_from_prehash(hash, &parsed, RecoveryId::from_byte(id)?).ok()?;
    key.to_sec1_point(false).as_bytes().get(1..)?.try_into().ok()
}

#[cfg(target_family = "wasm")]
use crate::host::crypto::secp256k1_ecdsa_recover as recover_normal;

#[cfg(test)]
mod tests;
