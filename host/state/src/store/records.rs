//! Records of the state's columns, all SCALE.

use codec::{Decode, DecodeAll, Encode};
use ziver_primitives::Hash;

use crate::{Changes, StateError, TrieChanges};

/// The name of the [`Base`] record in the meta column.
pub(super) const META_BASE: &[u8] = b"state/base";

/// The last finalised block and the extent of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Base {
    pub(super) number: u32,
    pub(super) hash: Hash,
    pub(super) root: Hash,
    /// Number of the oldest block whose state is kept.
    pub(super) oldest: u32,
    /// Whether it was not noted which nodes die, so that this database can't be pruned from now on.
    pub(super) archive: bool,
}

/// A block above the last finalised one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Journalled {
    pub(super) number: u32,
    pub(super) parent: Hash,
    pub(super) changes: Changes,
    pub(super) trie: TrieChanges,
}

/// A finalised block whose state is kept.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct KeptBlock {
    pub(super) number: u32,
    pub(super) root: Hash,
}

/// What a finalised block did to nodes that older states need.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct DeathRecord {
    pub(super) hash: Hash,
    /// Nodes that its state no longer needs.
    pub(super) deleted: Vec<Vec<u8>>,
    /// Nodes that its state needs again, with the number of the block that deleted them.
    pub(super) revived: Vec<(u32, Vec<u8>)>,
}

/// Decodes a record; `what` names it in the error.
pub(super) fn decode<T: Decode>(bytes: &[u8], what: &str) -> Result<T, StateError> {
    T::decode_all(&mut &*bytes).map_err(|error| StateError::Corrupt(format!("{what} record: {error}")))
}

/// The key of a record by block number.
pub(super) fn number_key(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}
