//! What a contract tells those outside.
//!
//! Topic 0 is keccak-256 of the signature; then come the indexed fields, each as its SCALE encoding filled up with zeros, or as
//! the blake2-256 of it if that is longer than 32 bytes. The data is the SCALE encoding of the fields that say so, in order.

use ziver_primitives::hashing::keccak_256;

use super::Type;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The name in the source.
    pub name: String,
    /// `Name(type,type)`: topic 0 is its keccak-256.
    pub signature: String,
    /// The fields, in order.
    pub fields: Vec<EventField>,
}

/// A field of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventField {
    /// The name in the source.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it is a topic.
    pub indexed: bool,
    /// Whether it is in the data. A field may be both: clients that decode by metadata look for all fields there.
    pub data: bool,
}

impl Event {
    /// Topic 0.
    pub fn topic(&self) -> [u8; 32] {
        keccak_256(self.signature.as_bytes())
    }
}
