//! The transaction pool: what waits to be put into a block, and in which order.
//!
//! A transaction names *tags* it **requires** and tags it **provides**; the runtime's validation makes them (for a signed
//! transaction: account and nonce). A transaction whose required tags are all given, by the chain or by ready transactions of
//! the pool, is **ready**; any other is **future** and waits for the gap to be filled. The pool knows no runtime, no state
//! and no clock: validity, block numbers and the time are arguments.
//!
//! # Usage
//!
//! ```text
//! check(hash, len, now)         cheap refusal before the runtime is asked: known, banned, too long
//! submit(candidate, now)        insert by tags; a strictly higher priority replaces holders of the same tags
//! ready()                       iterate for an author: dependencies first, then priority, then arrival
//! enact / retract / finalize    what happened to a block of the best chain
//! update / remove_invalid       what a revalidation found
//! take_events()                 statuses of watched transactions, in the order in which they happened
//! ```
//!
//! # Invariants
//!
//! Invariant: a tag has at most one provider in the pool.
//! Invariant: a ready transaction depends only on the chain and on ready transactions; there is no cycle among ready ones.
//! Invariant: count and bytes of ready and of future transactions never exceed [`Limits`] when a method returns.
//! Invariant: the same calls in the same order give the same order of transactions and events.
//! Absent: validation, gossip, persistence. A node that restarts begins with an empty pool.
#![forbid(unsafe_code)]

mod ban;
mod entry;
mod error;
mod limits;
mod pool;
mod ready;
mod watch;

pub use entry::{Candidate, Tag, Transaction};
pub use error::SubmitError;
pub use limits::Limits;
pub use pool::{Included, Placed, Pool, PoolSize};
pub use ready::Ready;
pub use watch::{Event, Status};
