//! The runtime's code together with its hash, so that nobody hashes a megabyte a call.

use std::{fmt, sync::Arc};

use ziver_primitives::hashing;

/// The Wasm code under `:code`.
#[derive(Clone, PartialEq, Eq)]
pub struct RuntimeCode {
    /// Blake2-256 of the bytes.
    pub hash: [u8; 32],
    /// The code as stored; may be compressed.
    pub bytes: Arc<[u8]>,
}

impl RuntimeCode {
    /// Hashes the bytes.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { hash: hashing::blake2_256(&bytes), bytes }
    }
}

impl fmt::Debug for RuntimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = self.hash.map(|byte| format!("{byte:02x}")).concat();
        write!(f, "RuntimeCode(0x{hash}, {} bytes)", self.bytes.len())
    }
}
