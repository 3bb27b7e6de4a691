//! The chain: blocks, their tree, and the one way from a block to the state after it.
//!
//! ```text
//! Chain::build  -> Built  -> Chain::insert      own blocks: executed once, while they are made
//! Chain::import                                 blocks of others: checked, executed, compared, stored by the same insert
//! Chain::finalize                               what is final never changes
//! Chain::revert                                 what is not final may go again
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

mod ahead;
mod batch;
mod build;
mod chain;
mod check;
mod events;
mod export;
mod figures;
mod finality;
mod gate;
mod genesis;
mod hexbytes;
mod import;
mod index;
mod insert;
pub mod limits;
mod open;
mod reader;
mod records;
mod revert;
mod route;
pub mod spec;
mod tree;
mod witness;

pub use batch::Validated;
pub use build::{
    BuildError, BuildRequest, Built, DryRun, ExtrinsicSource, NoExtrinsics, Offer, Outcome, author_digest,
};
pub use chain::{Chain, ChainConfig};
pub use check::{CheckError, Checked, check_chain};
pub use events::ChainEvent;
pub use figures::Figures;
pub use finality::{FinalizeError, Finalized};
pub use genesis::{GenesisError, GenesisSource};
pub use hexbytes::HexBytes;
pub use import::{Blame, ImportError, extrinsics_root};
pub use index::Place;
pub use insert::{Imported, InsertError};
pub use open::OpenError;
pub use reader::{ChainReader, NonFinalBlock, ReadError, Snapshot};
pub use records::RecordError;
pub use revert::Reverted;
pub use route::{BlockId, TreeRoute};
pub use spec::{ChainSpec, ChainType, GenesisSpec, SpecError};
pub use tree::PlaceError;
pub use witness::BlockStats;
