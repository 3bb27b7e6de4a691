//! How `trie-db` is to build our tries, for both versions of the state.

use core::{fmt, marker::PhantomData};

use hash_db::Hasher;
use trie_db::{TrieConfiguration, TrieLayout};

use crate::NodeCodec;

/// Length from which a value is a node of its own in state version 1, in bytes.
const HASHED_VALUE_LEN_MIN: u32 = 33;

/// How values are put into the trie; a runtime names its own in its version record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateVersion {
    /// Values stand in their leaf or branch.
    V0,
    /// Values of more than 32 bytes stand there as a hash.
    #[default]
    V1,
}

impl From<StateVersion> for u8 {
    fn from(version: StateVersion) -> Self {
        match version {
            StateVersion::V0 => 0,
            StateVersion::V1 => 1,
        }
    }
}

/// The number of a state version that nobody has defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownStateVersion(pub u8);

impl fmt::Display for UnknownStateVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no state version {}", self.0)
    }
}

impl core::error::Error for UnknownStateVersion {}

impl TryFrom<u8> for StateVersion {
    type Error = UnknownStateVersion;

    fn try_from(number: u8) -> Result<Self, UnknownStateVersion> {
        match number {
            0 => Ok(Self::V0),
            1 => Ok(Self::V1),
            _ => Err(UnknownStateVersion(number)),
        }
    }
}

/// The trie of state version 0 with hashes of `H`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LayoutV0<H>(PhantomData<H>);

/// The trie of state version 1 with hashes of `H`. Its reader reads version 0 as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct LayoutV1<H>(PhantomData<H>);

impl<H: Hasher> TrieLayout for LayoutV0<H> {
    const USE_EXTENSION: bool = false;
    const ALLOW_EMPTY: bool = true;
    const MAX_INLINE_VALUE: Option<u32> = None;
    type Hash = H;
    type Codec = NodeCodec<H>;
}

impl<H: Hasher> TrieLayout for LayoutV1<H> {
    const USE_EXTENSION: bool = false;
    const ALLOW_EMPTY: bool = true;
    const MAX_INLINE_VALUE: Option<u32> = Some(HASHED_VALUE_LEN_MIN);
    type Hash = H;
    type Codec = NodeCodec<H>;
}

impl<H: Hasher> TrieConfiguration for LayoutV0<H> {}
impl<H: Hasher> TrieConfiguration for LayoutV1<H> {}
