//! What `ziver-primitives` uses of `k256::ecdsa`, under the same names.

use std::{cell::RefCell, collections::HashMap};

use secp256k1::{
    Message, PublicKey, SecretKey,
    ecdsa::{RecoverableSignature, RecoveryId as Id},
};

/// What is recovered from: r and s, which of the candidates, the hash.
type Input = ([u8; 64], u8, [u8; 32]);

thread_local! {
    /// What this thread recovered.
    static RECOVERED: RefCell<HashMap<Input, PublicKey>> = RefCell::default();
}

/// The input is no key, or no signature, or no key made the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error;

/// Which of the keys that fit r is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryId(u8);

impl RecoveryId {
    /// From a number below 4.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        if byte < 4 { Some(Self(byte)) } else { None }
    }

    /// Its number.
    pub const fn to_byte(self) -> u8 {
        self.0
    }
}

/// r and s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// From r and s, 32 bytes each; whether they are below the curve's order shows when they are used.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error)
    }

    /// r and s.
    pub const fn to_bytes(&self) -> [u8; 64] {
        self.0
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(PublicKey);

impl VerifyingKey {
    /// The key that made `signature` over `hash`, from this thread's table where it was recovered before.
    pub fn recover_from_prehash(hash: &[u8], signature: &Signature, id: RecoveryId) -> Result<Self, Error> {
        let hash: [u8; 32] = hash.try_into().map_err(|_| Error)?;
        let input = (signature.0, id.0, hash);
        RECOVERED.with_borrow_mut(|recovered| {
            if let Some(key) = recovered.get(&input) {
                return Ok(Self(*key));
            }
            let key = recover(&input)?;
            recovered.insert(input, key);
            Ok(Self(key))
        })
    }

    /// The point: compressed or with both coordinates.
    pub fn to_sec1_point(&self, compress: bool) -> Sec1Point {
        match compress {
            true => Sec1Point(self.0.serialize().to_vec()),
            false => Sec1Point(self.0.serialize_uncompressed().to_vec()),
        }
    }
}

fn recover((rs, id, hash): &Input) -> Result<PublicKey, Error> {
    let id = Id::try_from(i32::from(*id)).map_err(|_| Error)?;
    let signature = RecoverableSignature::from_compact(rs, id).map_err(|_| Error)?;
    signature.recover_ecdsa(Message::from_digest(*hash)).map_err(|_| Error)
}

/// An encoded point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sec1Point(Vec<u8>);

impl Sec1Point {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A key that signs.
#[derive(Clone)]
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// From 32 big-endian bytes that are neither zero nor above the curve's order.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        let bytes = bytes.try_into().map_err(|_| Error)?;
        SecretKey::from_secret_bytes(bytes).map(Self).map_err(|_| Error)
    }

    /// Its public key.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(PublicKey::from_secret_key(&self.0))
    }

    /// Signs a hash: low s, and the same bytes each time (RFC 6979).
    pub fn sign_prehash_recoverable(&self, hash: &[u8; 32]) -> (Signature, RecoveryId) {
        let signature = RecoverableSignature::sign_ecdsa_recoverable(Message::from_digest(*hash), &self.0);
        let (id, rs) = signature.serialize_compact();
        (Signature(rs), RecoveryId(id.to_u8()))
    }
}

#[cfg(test)]
mod tests;
