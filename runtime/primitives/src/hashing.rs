//! The hash functions of the chain, under the names that Substrate gives them.
//!
//! Natively they come from the RustCrypto crates, but for Keccak, of which the trie is made: OpenSSL's assembly takes three
//! quarters of their time. In the Wasm runtime they are the host's functions, which are faster
//! than anything compiled to Wasm. Both give the same bytes.

#[cfg(not(target_family = "wasm"))]
mod native {
    use blake2::{Blake2b, Digest as _, digest::consts};
    use keccak_asm::Keccak256;
    use twox_hash::XxHash64;

    /// Keccak-256 as Ethereum uses it (not NIST SHA3-256).
    pub fn keccak_256(data: &[u8]) -> [u8; 32] {
        keccak_asm::Digest::finalize(<Keccak256 as keccak_asm::Digest>::new_with_prefix(data)).into()
    }

    /// Blake2b with an output of 32 bytes (RFC 7693).
    pub fn blake2_256(data: &[u8]) -> [u8; 32] {
        Blake2b::<consts::U32>::digest(data).into()
    }

    /// Blake2b with an output of 16 bytes (RFC 7693).
    pub fn blake2_128(data: &[u8]) -> [u8; 16] {
        Blake2b::<consts::U16>::digest(data).into()
    }

    /// Blake2b with an output of 8 bytes; the id of a runtime API is this of its name.
    pub fn blake2_64(data: &[u8]) -> [u8; 8] {
        Blake2b::<consts::U8>::digest(data).into()
    }

    /// XxHash64 with seed 0, little endian.
    pub fn twox_64(data: &[u8]) -> [u8; 8] {
        XxHash64::oneshot(0, data).to_le_bytes()
    }

    /// XxHash64 with seeds 0 and 1, concatenated.
    pub fn twox_128(data: &[u8]) -> [u8; 16] {
        let (low, high) = (XxHash64::oneshot(0, data), XxHash64::oneshot(1, data));
        (u128::from(low) | u128::from(high).wrapping_shl(64)).to_le_bytes()
    }

    /// XxHash64 with seeds 0 to 3, concatenated.
    pub fn twox_256(data: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        for (seed, chunk) in (0u64..).zip(out.chunks_exact_mut(8)) {
            chunk.copy_from_slice(&XxHash64::oneshot(seed, data).to_le_bytes());
        }
        out
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::*;

#[cfg(target_family = "wasm")]
pub use crate::host::hashing::*;

#[cfg(test)]
mod tests;
