//! A Bloom filter over the logs of a block: which contracts said something, and with which topics.
//!
//! It is Ethereum's (yellow paper, 4.3.1, "M3:2048"): each item sets three of 2,048 bits, chosen by its keccak-256. So a filter
//! may say that something is there which is not, never the other way round.

use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::hashing::keccak_256;

const BITS: u16 = 2_048;
const BYTES: usize = 256;

/// 2,048 bits; the last byte holds the lowest ones.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(replace_segment("ziver_primitives", "ethbloom"), replace_segment("bloom", "types"))]
pub struct Bloom(pub [u8; BYTES]);

impl Default for Bloom {
    fn default() -> Self {
        Self([0; BYTES])
    }
}

impl core::fmt::Debug for Bloom {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Bloom({} bits)", self.0.iter().map(|byte| byte.count_ones()).fold(0, u32::saturating_add))
    }
}

impl Bloom {
    /// Adds an item.
    pub fn insert(&mut self, item: &[u8]) {
        self.insert_hash(&keccak_256(item));
    }

    /// Adds an item by its keccak-256; whether that changed anything.
    pub fn insert_hash(&mut self, hash: &[u8; 32]) -> bool {
        let mut is_new = false;
        for (byte, mask) in bits(hash) {
            if let Some(byte) = self.0.get_mut(byte) {
                is_new |= *byte & mask == 0;
                *byte |= mask;
            }
        }
        is_new
    }

    /// Whether an item may have been added; if not, it was not.
    pub fn may_contain(&self, item: &[u8]) -> bool {
        bits(&keccak_256(item)).into_iter().all(|(byte, mask)| self.0.get(byte).is_some_and(|byte| byte & mask != 0))
    }
}

/// The bits of an item with this hash: the place of the byte, and the bit in it.
fn bits(hash: &[u8; 32]) -> [(usize, u8); 3] {
    let [a, b, c, d, e, f, ..] = *hash;
    [[a, b], [c, d], [e, f]].map(|pair| {
        let bit = u16::from_be_bytes(pair) & BITS.saturating_sub(1);
        let from_end = usize::from(bit.wrapping_shr(3));
        (BYTES.saturating_sub(1).saturating_sub(from_end), 1u8.wrapping_shl(u32::from(bit & 7)))
    })
}

#[cfg(test)]
mod tests;
