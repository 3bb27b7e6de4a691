//! Hash functions for nodes, in the form that `trie-db` wants.

use core::hash::Hasher as StdHasher;

use hash_db::Hasher;
use ziver_primitives::{H256, hashing};

/// Keccak-256: this chain's tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeccakHasher;

/// Blake2b-256: tries of Polkadot and most Substrate chains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blake2Hasher;

impl Hasher for KeccakHasher {
    type Out = H256;
    type StdHasher = FirstBytes;
    const LENGTH: usize = 32;

    fn hash(data: &[u8]) -> H256 {
        H256(hashing::keccak_256(data))
    }
}

impl Hasher for Blake2Hasher {
    type Out = H256;
    type StdHasher = FirstBytes;
    const LENGTH: usize = 32;

    fn hash(data: &[u8]) -> H256 {
        H256(hashing::blake2_256(data))
    }
}

/// Hashes a hash for a hash map: its first 8 bytes are as good as any.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstBytes(u64);

impl StdHasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // The length prefix of a slice is shorter than 32 bytes and says nothing.
        if let Some(first) = bytes.first_chunk::<8>().filter(|_| bytes.len() >= 32) {
            self.0 ^= u64::from_ne_bytes(*first);
        }
    }
}
