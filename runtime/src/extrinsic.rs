//! Extrinsics, version 4: `version ++ [address ++ signature ++ extra] ++ call`.
//!
//! The version byte is 4 for a bare extrinsic (an inherent) and 0x84 for a signed one. `extra` is what the signed
//! extensions put into the extrinsic; what they only sign ([`Implicit`]) follows it in the signed message:
//!
//! | extension | extra | implicit |
//! |---|---|---|
//! | CheckNonZeroSender | | |
//! | CheckSpecVersion | | `spec_version` u32 |
//! | CheckTxVersion | | `transaction_version` u32 |
//! | CheckGenesis | | genesis hash |
//! | CheckMortality | era | hash of the era's first block (genesis where immortal) |
//! | CheckNonce | compact u32 | |
//! | CheckWeight | | |
//! | ChargeTransactionPayment | compact u128 tip | |
//! | CheckMetadataHash | mode u8 | optional hash; always none in mode 0 |
//!
//! The signed message is `call ++ extra ++ implicit`, its blake2-256 instead where it is longer than 256 bytes; the
//! signature is over keccak-256 of that. Source: Polkadot specification, "Extrinsics"; CheckMetadataHash: RFC 78.
//!
//! Out of scope: whether an extrinsic may be included (`validity`), what it does (`executive`).

use alloc::vec::Vec;
use codec::{Compact, Decode, DecodeLimit, Encode, Error, Input, MemTrackingInput};
use ziver_primitives::{
    AccountId20, Balance, Era, EthereumSignature, Hash, Nonce, ecdsa,
    hashing::{blake2_256, keccak_256},
};

use crate::{
    RuntimeCall,
    version::{SPEC_VERSION, TRANSACTION_VERSION},
};

/// The version byte of a bare extrinsic.
pub const VERSION_BARE: u8 = 4;
/// The version byte of a signed extrinsic.
pub const VERSION_SIGNED: u8 = 0x84;
/// How deep calls may nest in one another: batches, sudo.
pub const CALL_DEPTH_MAX: u32 = 64;
/// How much memory a decoded call may take, in bytes.
pub const CALL_MEMORY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Signed messages that are longer, in bytes, are hashed first.
const MESSAGE_BYTES_MAX: usize = 256;

/// An extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extrinsic {
    /// Who signed it and how; none for inherents.
    pub signature: Option<Signed>,
    /// What it does.
    pub call: RuntimeCall,
}

/// The signed part of an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who claims to have signed.
    pub address: AccountId20,
    /// The signature over [`message`].
    pub signature: EthereumSignature,
    /// What the extensions carry.
    pub extra: Extra,
    /// Call and extra as they arrived, in the order of the signed message.
    payload: Vec<u8>,
}

/// A signature, with v 0 or 1, and the hash that was signed.
pub type RecoveryInput = (EthereumSignature, Hash);

/// What the signed extensions carry in an extrinsic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Extra {
    /// How long it is valid.
    pub era: Era,
    /// How many transactions the signer has sent before.
    #[codec(compact)]
    pub nonce: Nonce,
    /// What the author gets beside the fee.
    #[codec(compact)]
    pub tip: Balance,
    /// Whether a hash of the metadata is signed too: 0 no, 1 yes. Only 0 is supported.
    pub metadata_hash_mode: u8,
}

/// What the signed extensions sign without carrying it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct Implicit {
    /// The runtime's `spec_version`.
    pub spec_version: u32,
    /// The runtime's `transaction_version`.
    pub transaction_version: u32,
    /// The hash of block 0.
    pub genesis_hash: Hash,
    /// The hash of the era's first block; of block 0 where there is no end.
    pub birth_hash: Hash,
    /// None in mode 0.
    pub metadata_hash: Option<Hash>,
}

impl Implicit {
    /// For this runtime.
    pub const fn new(genesis_hash: Hash, birth_hash: Hash) -> Self {
        Self {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis_hash,
            birth_hash,
            metadata_hash: None,
        }
    }
}

impl Extrinsic {
    /// A bare extrinsic.
    pub const fn bare(call: RuntimeCall) -> Self {
        Self { signature: None, call }
    }

    /// A signed extrinsic. `sign` gets the message that must be signed.
    pub fn signed(
        call: RuntimeCall,
        address: AccountId20,
        extra: Extra,
        implicit: &Implicit,
        sign: impl FnOnce(&[u8]) -> EthereumSignature,
    ) -> Self {
        let mut payload = call.encode();
        extra.encode_to(&mut payload);
        let signature = sign(&message(&payload, implicit));
        Self { signature: Some(Signed { address, signature, extra, payload }), call }
    }

    /// Decodes the bytes of an extrinsic without length prefix; none may be left over. Errors: bytes that are no
    /// extrinsic of version 4, calls nested deeper than [`CALL_DEPTH_MAX`] or larger than [`CALL_MEMORY_BYTES_MAX`].
    pub fn decode_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut input = bytes;
        let signature = match input.read_byte()? {
            VERSION_BARE => None,
            VERSION_SIGNED => Some(Signed::split_from(&mut input)?),
            _ => return Err("only extrinsics of version 4 are supported".into()),
        };
        let mut limited = MemTrackingInput::new(&mut input, CALL_MEMORY_BYTES_MAX);
        let call = RuntimeCall::decode_with_depth_limit(CALL_DEPTH_MAX, &mut limited)?;
        if input.is_empty() { Ok(Self { signature, call }) } else { Err("bytes follow the call".into()) }
    }

    /// The bytes without length prefix.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match &self.signature {
            None => out.push(VERSION_BARE),
            Some(signed) => {
                out.push(VERSION_SIGNED);
                (signed.address, signed.signature, signed.extra).encode_to(&mut out);
            }
        }
        self.call.encode_to(&mut out);
        out
    }

    /// The bytes with length prefix.
    pub fn to_prefixed_bytes(&self) -> Vec<u8> {
        self.to_bytes().encode()
    }
}

/// Room for [`Implicit`]: two numbers, two hashes, one optional hash.
const IMPLICIT_BYTES_MAX: usize = 4 + 4 + 32 + 32 + 33;

impl Signed {
    /// The signed part of an extrinsic's bytes; `None` where it has none, or a wrong one. The call is not looked at.
    pub fn of_bytes(mut bytes: &[u8]) -> Option<Self> {
        match bytes.read_byte().ok()? {
            VERSION_SIGNED => Self::split_from(&mut bytes).ok(),
            _ => None,
        }
    }

    /// Reads what follows the version byte; leaves the call.
    fn split_from(input: &mut &[u8]) -> Result<Self, Error> {
        let (address, signature) = Decode::decode(input)?;
        let from_extra = *input;
        let extra = Extra::decode(input)?;
        let extra_bytes = from_extra.get(..from_extra.len().saturating_sub(input.len())).unwrap_or_default();
        let mut payload = Vec::with_capacity(from_extra.len().saturating_add(IMPLICIT_BYTES_MAX));
        payload.extend_from_slice(input);
        payload.extend_from_slice(extra_bytes);
        Ok(Self { address, signature, extra, payload })
    }

    /// What is recovered from: the signature with v 0 or 1, and the hash that was signed. `None` where the signature is none.
    pub fn recovery_input(&self, implicit: &Implicit) -> Option<RecoveryInput> {
        let signature = ecdsa::normal(&self.signature.0)?;
        Some((EthereumSignature(signature), Hash::from(keccak_256(&message(&self.payload, implicit)))))
    }

    /// Whether the signature is the address's, over this call, extra and `implicit`.
    pub fn is_authentic(&self, implicit: &Implicit) -> bool {
        self.signature.recover(&message(&self.payload, implicit)) == Some(self.address)
    }
}

/// What is signed: `payload` (call and extra) and `implicit`, hashed first where that is long.
pub fn message(payload: &[u8], implicit: &Implicit) -> Vec<u8> {
    let mut message = Vec::with_capacity(payload.len().saturating_add(IMPLICIT_BYTES_MAX));
    message.extend_from_slice(payload);
    implicit.encode_to(&mut message);
    if message.len() > MESSAGE_BYTES_MAX { blake2_256(&message).to_vec() } else { message }
}

/// The length of `bytes` as a SCALE value with its prefix: what fees and limits count.
pub fn prefixed_len(bytes: &[u8]) -> u32 {
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let prefix = u32::try_from(Compact(len).encoded_size()).unwrap_or(u32::MAX);
    len.saturating_add(prefix)
}

#[cfg(test)]
mod tests;
