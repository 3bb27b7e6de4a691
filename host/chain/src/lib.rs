//! The chain: blocks, their tree, and the one way from a block to the state after it.
//!
//! ```text
//! Chain::build  -> Built  -> Chain::insert      own blocks: executed once, while they are made
//! Chain::import                                 blocks of others: checked, executed, compared, stored by the same insert
//! Chain::finalize                               what is final never changes
//! Chain::reader -> ChainReader                  everything that is read, by RPC and by validation
//! ```
//!
//! It knows no pallet: it calls the runtime's entry points and carries bytes. It has no clock and no thread of its own.
//!
//! # Invariants
//!
//! Invariant: the best block is the highest; of equals the one seen first; it never leaves the finalised block's descendants.
//! Invariant: a block and all that follows from it is one database batch; a failed write ends all further change.
//! Invariant: a refused block leaves no trace.
//! Invariant: `host/chain` imports no pallet and no async runtime.
//! Absent: transactions that wait (`host/pool`), when to build (`host/engine`), peers.
#![forbid(unsafe_code)]

#[allow(dead_code)]
mod events;
mod hexbytes;
pub mod limits;
mod records;
mod route;
pub mod spec;
mod tree;

pub use events::ChainEvent;
pub use hexbytes::HexBytes;
pub use records::RecordError;
pub use route::{BlockId, TreeRoute};
pub use spec::{ChainSpec, ChainType, GenesisSpec, SpecError};
pub use tree::PlaceError;
