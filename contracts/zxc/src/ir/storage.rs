//! What a contract keeps between calls, and under which keys.
//!
//! A [`Cell`] is a member: one value, or with keys a map of them. Its **root** is blake2-256 of its path. The key of an entry is
//! the root followed by the SCALE encodings of the map's keys; without any it is the root itself. Every value is SCALE.
//!
//! [`CellKind::Enumerable`] and [`CellKind::Ledger`] keep more than the values; with `entry` for the SCALE-encoded keys:
//!
//! | kind | key | value |
//! |---|---|---|
//! | plain | root(path) ++ entry | the value |
//! | enumerable: the last key can be listed | root(path) ++ entry | the value |
//! | | root(path + "#position") ++ entry | u32: 1 + the key's place in the list |
//! | | root(path + "#keys") ++ entry without its last key | u32: how many keys there are |
//! | | root(path + "#key") ++ entry without its last key ++ u32 place | the last key |
//! | ledger | root(path) ++ entry | u32: how many versions there are |
//! | | root(path + "#version") ++ entry ++ u32 index | (u32 block number, value) |

use ziver_primitives::hashing::blake2_256;

use super::Type;

/// A member of storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The name in the source.
    pub name: String,
    /// What the root key is made of; no other cell of the program may have it.
    pub path: String,
    /// What is kept besides the values.
    pub kind: CellKind,
    /// The types of the map's keys, outermost first: `Map<A, Map<B, V>>` has `[A, B]`. Empty: one value.
    pub keys: Vec<Type>,
    /// The type of a value.
    pub value: Type,
}

/// What a cell keeps besides the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// Nothing.
    Plain,
    /// The list of the last keys that were written and not cleared: `EnumerableMap`. It has at least one key. A key that is
    /// cleared leaves its place to the last one.
    Enumerable,
    /// All values that were ever written, with their block numbers. It can't be cleared.
    Ledger,
}

impl Cell {
    /// A value, or with `keys` a map, that is known by its name.
    pub fn plain(name: &str, keys: &[Type], value: Type) -> Self {
        Self { name: name.to_owned(), path: name.to_owned(), kind: CellKind::Plain, keys: keys.to_vec(), value }
    }

    /// An `EnumerableMap`.
    pub fn enumerable(name: &str, keys: &[Type], value: Type) -> Self {
        Self { kind: CellKind::Enumerable, ..Self::plain(name, keys, value) }
    }

    /// A `ledger` member.
    pub fn ledger(name: &str, keys: &[Type], value: Type) -> Self {
        Self { kind: CellKind::Ledger, ..Self::plain(name, keys, value) }
    }

    /// The root key.
    pub fn root(&self) -> [u8; 32] {
        root(&self.path)
    }

    /// The root key of what is kept besides the values: `part` is `#position`, `#keys`, `#key` or `#version`.
    pub fn part(&self, part: &str) -> [u8; 32] {
        root(&format!("{}{part}", self.path))
    }
}

/// The root key of a path.
pub fn root(path: &str) -> [u8; 32] {
    blake2_256(path.as_bytes())
}
