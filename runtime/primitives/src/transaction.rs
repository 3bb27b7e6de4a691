//! Making signed transactions natively: what a wallet does, for tools, tests and benches.
//!
//! ```
//! use ziver_primitives::{Era, Hash, transaction::{DevelopmentAccount, UnsignedTransaction}};
//!
//! let remark = vec![0, 0, 0];
//! let transaction = UnsignedTransaction { call: remark, spec_version: 1, ..Default::default() };
//! let extrinsic = transaction.sign(&DevelopmentAccount::Alith.key());
//! assert_eq!(extrinsic.0[0], 0x84);
//! ```
//!
//! The format is extrinsic version 4 with the signed extensions in Substrate's order: mortality, nonce, tip and the
//! metadata hash's mode travel with the transaction; spec version, transaction version, genesis and birth block are
//! signed but not sent.
//!
//! Out of scope: checking transactions, which is the runtime's (`runtime/extrinsic`); storing keys.

use alloc::vec::Vec;
use codec::{Compact, Encode};
use core::fmt;
use k256::ecdsa::SigningKey;

use crate::{
    AccountId20, Balance, Era, EthereumSignature, Hash, Nonce, OpaqueExtrinsic,
    hashing::{blake2_256, keccak_256},
};

/// Payloads longer than this are hashed with blake2-256 before they are signed, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 256;
/// First byte of a signed extrinsic: version 4, with the bit that says "signed".
pub const SIGNED_V4: u8 = 0x84;
/// First byte of an extrinsic that nobody signed: version 4.
pub const BARE_V4: u8 = 0x04;

/// A secp256k1 key that signs.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// From 32 big-endian bytes; `None` where they are zero or not below the curve's order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(bytes).ok().map(Self)
    }

    /// The account that it controls.
    pub fn account(&self) -> AccountId20 {
        let point = self.0.verifying_key().to_sec1_point(false);
        let uncompressed = point.as_bytes().get(1..).and_then(|key| key.try_into().ok());
        uncompressed.map(AccountId20::from_public_key).unwrap_or_default()
    }

    /// Signs keccak-256 of `message`: low s, v is 0 or 1, the same bytes each time (RFC 6979).
    pub fn sign(&self, message: &[u8]) -> EthereumSignature {
        self.sign_hash(&keccak_256(message))
    }

    /// Signs 32 bytes that are a hash already, in the same form.
    pub fn sign_hash(&self, hash: &[u8; 32]) -> EthereumSignature {
        let (signature, id) = self.0.sign_prehash_recoverable(hash);
        let mut out = [id.to_byte(); 65];
        for (to, from) in out.iter_mut().zip(signature.to_bytes()) {
            *to = from;
        }
        EthereumSignature(out)
    }
}

/// The account alone: keys stay out of logs.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.account())
    }
}

/// The well-known accounts of development chains. Their keys are public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are names")]
pub enum DevelopmentAccount {
    Alith,
    Baltathar,
    Charleth,
    Dorothy,
    Ethan,
    Faith,
}

impl DevelopmentAccount {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Alith, Self::Baltathar, Self::Charleth, Self::Dorothy, Self::Ethan, Self::Faith];

    /// Its key.
    pub fn key(self) -> SecretKey {
        let digits = match self {
            Self::Alith => "5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133",
            Self::Baltathar => "8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b",
            Self::Charleth => "0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b",
            Self::Dorothy => "39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68",
            Self::Ethan => "7dce9bc8babb68fec1409be38c8e1a52650206a7ed90ff956ae8a6d15eeaaef4",
            Self::Faith => "b9d2ea9a615f3165812e8d44de0d24da9bbd164b65c4f0573e1ce2c8dbd9c8df",
        };
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(digits, &mut bytes);
        debug_assert!(decoded.is_ok(), "the digits above are 32 bytes");
        match SecretKey::from_bytes(&bytes) {
            Some(key) => key,
            None => unreachable!("the keys above are below the curve's order"),
        }
    }

    /// Its address.
    pub fn account(self) -> AccountId20 {
        self.key().account()
    }
}

/// All that is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedTransaction {
    /// The SCALE-encoded call.
    pub call: Vec<u8>,
    /// For how long it is valid.
    pub era: Era,
    /// How many transactions its sender has sent before.
    pub nonce: Nonce,
    /// What the author gets on top.
    pub tip: Balance,
    /// Version of the runtime that it is for.
    pub spec_version: u32,
    /// Version of the encoding that it is for.
    pub transaction_version: u32,
    /// Hash of the chain's first block.
    pub genesis_hash: Hash,
    /// Hash of the block in which its era begins; of genesis if it is immortal.
    pub birth_hash: Hash,
}

impl Default for UnsignedTransaction {
    fn default() -> Self {
        Self {
            call: Vec::new(),
            era: Era::Immortal,
            nonce: 0,
            tip: 0,
            spec_version: 1,
            transaction_version: 1,
            genesis_hash: Hash::zero(),
            birth_hash: Hash::zero(),
        }
    }
}

impl UnsignedTransaction {
    /// What travels beside the signature: era, nonce, tip, mode 0 of the metadata hash.
    fn extra(&self) -> Vec<u8> {
        (self.era, Compact(self.nonce), Compact(self.tip), 0u8).encode()
    }

    /// The bytes that are signed; they are hashed with keccak-256 by [`SecretKey::sign`].
    pub fn payload(&self) -> Vec<u8> {
        let mut payload = self.call.clone();
        payload.extend(self.extra());
        let no_metadata_hash: Option<[u8; 32]> = None;
        let implicit = (self.spec_version, self.transaction_version, self.genesis_hash, self.birth_hash);
        (implicit, no_metadata_hash).encode_to(&mut payload);
        if payload.len() > PAYLOAD_BYTES_MAX { blake2_256(&payload).to_vec() } else { payload }
    }

    /// The transaction, ready to be sent (its SCALE encoding is what clients submit).
    pub fn sign(&self, key: &SecretKey) -> OpaqueExtrinsic {
        self.with_signature(key.account(), &key.sign(&self.payload()))
    }

    /// The transaction with a signature that was made elsewhere.
    pub fn with_signature(&self, signer: AccountId20, signature: &EthereumSignature) -> OpaqueExtrinsic {
        let mut bytes = (SIGNED_V4, signer, signature).encode();
        bytes.extend(self.extra());
        bytes.extend_from_slice(&self.call);
        OpaqueExtrinsic(bytes)
    }
}

#[cfg(test)]
mod tests;
