//! The state of the chain at each block: read it, change it, know its root, keep or forget it.
//!
//! # The pieces
//! - [`View`]: the state at one block, read-only and exact for as long as it is kept. [`MemoryView`] is one in memory.
//! - [`Overlay`]: a view and what a block (or a call that is thrown away) changes on top of it, with nested transactions.
//! - [`StateDb`]: every state that is kept. The last finalised state lies flat in the database, so that a read is one
//!   lookup; the blocks above it are differences in memory, journalled on disk; older states are read from the trie.
//!
//! # Usage
//! `StateDb::open` -> [`StateDb::view_at`] the parent -> `Overlay::new(view)` -> execute -> [`Overlay::finish`] ->
//! [`StateDb::insert_block`] into the block's one batch -> write -> [`StateDb::written`].
//!
//! # Out of scope
//! What keys mean, except `:code` and the roots of child tries; which block is final (the chain decides).
//!
//! Invariant: a view answers with its own block's state or with an error, never with another block's state.
//! Invariant: reads of the last finalised state and of the blocks above it never walk the trie.
//! Invariant: damaged database records give errors, not panics.
#![forbid(unsafe_code)]

mod changes;
mod code;
mod error;
pub mod limits;
mod memory;
mod overlay;
mod pruning;
mod store;
mod trie;
mod view;

pub use changes::{ChangeSet, Changes, Delta, TrieChanges};
pub use code::RuntimeCode;
pub use error::StateError;
pub use memory::MemoryView;
pub use overlay::{Finished, NoTransaction, Overlay, Removal};
pub use pruning::{InvalidPruning, Pruning};
pub use store::{StateDb, StateFigures, StateHold, StateOptions};
pub use view::View;
pub use ziver_primitives::Hash;
pub use ziver_trie::{Blake2Hasher, KeccakHasher, StateVersion, child_root_key};

/// The key whose value is the runtime's Wasm code.
pub const CODE_KEY: &[u8] = b":code";
