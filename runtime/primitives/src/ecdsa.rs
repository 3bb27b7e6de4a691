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

/// The order of secp256k1, big endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// The uncompressed public key of a compressed one (33 bytes); `None` where there is no such point.
///
/// The host has no function for this, but recovery does it: the key behind (r, s) over the hash zero is s/r times the point R
/// whose x is r. With r the key's x, s = r gives R itself, and s = -r with the other parity of R gives it too; one of both is
/// low. Of all 2^256 x some 2^128 are not below the curve's order and are refused.
pub fn decompress(compressed: &[u8; 33]) -> Option<[u8; 64]> {
    let (parity, x) = match compressed {
        [2, x @ ..] => (0, x),
        [3, x @ ..] => (1, x),
        _ => return None,
    };
    let (s, v) = if *x <= HALF_ORDER { (*x, parity) } else { (below_order(x)?, parity ^ 1) };
    let mut signature = [0; 65];
    for (byte, part) in signature.iter_mut().zip(x.iter().chain(&s).chain(&[v])) {
        *byte = *part;
    }
    recover(&signature, &[0; 32])
}

/// The order minus `x`; `None` where that is not positive.
fn below_order(x: &[u8; 32]) -> Option<[u8; 32]> {
    let (mut out, mut borrow) = ([0; 32], false);
    for ((out, order), x) in out.iter_mut().zip(&ORDER).zip(x).rev() {
        let (difference, under) = order.overflowing_sub(*x);
        let (difference, under_again) = difference.overflowing_sub(u8::from(borrow));
        (*out, borrow) = (difference, under || under_again);
    }
    (!borrow && out != [0; 32]).then_some(out)
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
