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
//! submit(candidate, now)        insert by tags; a priority higher by so many percent replaces holders of the same tags
//! ready()                       iterate for an author: dependencies first, then priority, then arrival
//! enact / retract / finalize    what happened to a block of the best chain
//! update / remove_invalid       what a revalidation found
//! take_events()                 statuses of watched transactions, in the order in which they happened
//! take_newly_ready()            every transaction that became ready, once
//! join(hash)                    one more watches a transaction that is known already
//! ```
//!
//! # Replacement
//!
//! Two transactions that give the same tag can't both be executed, so the pool keeps one. The newcomer takes the place of
//! the other only if its priority is higher by [`Limits::replace_percent`]; otherwise a sender could make every node validate
//! and pass on version after version for next to nothing. Priority is the runtime's word for what a transaction offers. Our
//! runtime makes it from the tip: it is proportional to `tip + 10^9` smallest units, times how many transactions of the same
//! size and weight fill a block. So the replacement of a transaction by one of the same size takes a tip 10 % higher (and
//! at least 10^8 units, a tenth of a step, where nothing was tipped).
//!
//! # Fairness
//!
//! An account has limits of its own, and in a full pool of equal priorities whoever has most gives way (see `share`). The
//! sender comes with the candidate; transactions without one count for the limits in all, and as one account's in evictions.
//!
//! # Invariants
//!
//! Invariant: a tag has at most one provider in the pool.
//! Invariant: a ready transaction depends only on the chain and on ready transactions; there is no cycle among ready ones.
//! Invariant: count and bytes of ready and of future transactions never exceed [`Limits`] when a method returns.
//! Invariant: count and bytes of one account's transactions never exceed [`Limits`] when a method returns.
//! Invariant: the same calls in the same order give the same order of transactions and events.
//! Absent: validation, gossip, persistence (the engine has its clients' transactions written down and brings them back).
#![forbid(unsafe_code)]

mod ban;
mod entry;
mod error;
mod limits;
mod pool;
mod ready;
mod share;
mod watch;

/// By what is looked up alone, never gone through. The hash function has a seed in each process, since clients choose what is looked up.
type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

pub use entry::{Candidate, Sender, Tag, Transaction};
pub use error::SubmitError;
pub use limits::Limits;
pub use pool::{Included, Placed, Pool, PoolSize};
pub use ready::Ready;
pub use watch::{Event, Status};
