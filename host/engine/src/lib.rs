//! The engine: one deterministic machine that turns events into actions.
//!
//! `handle(now, event) -> actions`. It owns the [`Chain`](ziver_chain::Chain) and the [`Pool`](ziver_pool::Pool), and it has no
//! clock, thread, socket or random source: the time is an argument, everything it wants done outside is an [`Action`]. So the
//! same engine runs in a node and in a simulation, and a recorded list of events gives the same list of actions again.
//!
//! ```text
//! Event::Submit   submit     validate on the best block's state -> pool -> reply, status
//! Event::Tick     sealing    is a block due? -> author: build, insert
//! Event::Seal     author     a block on demand
//! Event::Import   import     a block of somebody else
//!                 spoiler    one transaction spoils the block: find it, leave it out
//! Event::Restore  journal    what own clients handed in before a restart
//!                 maintain   after every change of the best block: pool follows, finality lags behind, revalidation
//! ```
//!
//! # Usage
//!
//! Call [`Engine::start`] once, then [`Engine::handle`] for each event, and perform the actions in order. `SetTimer` asks for a
//! `Tick` at that time; a later `SetTimer` replaces an earlier one. Deliver waiting events before a due `Tick`, for a few
//! milliseconds at most: with instant sealing a burst of submissions becomes one block then. A `Tick` that comes early does no harm;
//! send one every second or so, since a clock that is set back would make a timer wait for as long again.
//!
//! # Invariants
//!
//! Invariant: equal starting state and equal events give equal actions and equal states.
//! Invariant: after `Action::Fatal` every call returns nothing and changes nothing.
//! Invariant: timestamps of built blocks grow strictly, whatever the clock does.
//! Absent: RPC, gossip, waiting.
#![forbid(unsafe_code)]

mod author;
mod config;
mod engine;
mod event;
mod finality;
mod import;
mod journal;
pub mod limits;
mod maintain;
mod sealing;
mod spoiler;
mod submit;

pub use author::inherents;
pub use config::{Budget, EngineConfig, Unlimited};
pub use engine::Engine;
pub use event::{Action, Event, MiningChange, MiningStatus, Reply, RequestId, SealError, Submission, SubmitError};
pub use journal::JournalChange;
pub use sealing::Sealing;
pub use ziver_pool::{Event as StatusEvent, Status, Transaction};
