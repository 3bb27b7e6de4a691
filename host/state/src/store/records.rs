//! Records of the state's columns, all SCALE.

use codec::{Decode, DecodeAll, Encode};
use ziver_primitives::Hash;

use crate::{Changes, StateError, StateVersion};

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
    /// Whether every state is kept, from now on for ever.
    pub(super) archive: bool,
}

/// The name of the [`Checkpoint`] record in the meta column.
pub(super) const META_CHECKPOINT: &[u8] = b"state/checkpoint";

/// The final block whose tries the trie records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Checkpoint {
    pub(super) number: u32,
    pub(super) root: Hash,
}

/// A block above the last checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Journalled {
    pub(super) number: u32,
    pub(super) parent: Hash,
    pub(super) root: Hash,
    /// Of the state: how values were put into the tries.
    version: u8,
    pub(super) changes: Changes,
}

impl Journalled {
    pub(super) fn new(number: u32, parent: Hash, root: Hash, version: StateVersion, changes: Changes) -> Self {
        Self { number, parent, root, version: version.into(), changes }
    }

    pub(super) fn version(&self) -> Result<StateVersion, StateError> {
        StateVersion::try_from(self.version).map_err(|error| StateError::Corrupt(format!("journal record: {error}")))
    }
}

/// A finalised block whose state is kept.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct KeptBlock {
    pub(super) number: u32,
    pub(super) root: Hash,
}

/// The keys that a finalised block changed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct ChangedKeys {
    pub(super) hash: Hash,
    pub(super) main: Vec<Vec<u8>>,
    /// Of child tries, by name.
    pub(super) child: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
}

impl ChangedKeys {
    /// Names of child tries, and keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Option<&[u8]>, &[u8])> {
        let main = self.main.iter().map(|key| (None, key.as_slice()));
        let child = self
            .child
            .iter()
            .flat_map(|(name, keys)| keys.iter().map(move |key| (Some(name.as_slice()), key.as_slice())));
        main.chain(child)
    }

    /// How many keys.
    pub(super) fn len(&self) -> usize {
        self.main.len() + self.child.iter().map(|(_, keys)| keys.len()).sum::<usize>()
    }
}

/// Decodes a record; `what` names it in the error.
pub(super) fn decode<T: Decode>(bytes: &[u8], what: &str) -> Result<T, StateError> {
    T::decode_all(&mut &*bytes).map_err(|error| StateError::Corrupt(format!("{what} record: {error}")))
}

/// The key of a record by block number.
pub(super) fn number_key(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}
