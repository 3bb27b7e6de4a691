//! Benchmarks that set Ziver beside its peers, and what they have in common.
//!
//! A package of its own, outside the workspace: the peers are its dependencies, and the chain itself must not depend on them.
//!
//! # The pieces
//! - [`blocks`]: a chain in memory that makes blocks of signed transfers.
//! - [`contracts`]: contracts as they are compiled, and chains that have them.
//! - [`record`]: one measurement is one line of JSON. Every benchmark of the project writes this format.
//! - [`cpu`]: processor time of this process, its children, or any process, with all threads.
//! - [`generator`]: numbers that are drawn the same in each run.
//! - [`statistics`]: medians, and ratios of paired runs.
//! - [`node`]: a node that is started, asked, killed; [`history`]: a long chain for it.
//! - [`end_to_end`]: transfers of money and of tokens from clients into blocks, over JSON-RPC, beside anvil.
//! - [`soak`]: a node under load for long, killed again and again.
//! - `src/bin/report.rs`: the records as tables and plots.
//!
//! # Usage
//! `scripts/bench` at the root of the checkout runs them all; each alone is `cargo bench --bench trie -- --help`.
//!
//! Invariant: subjects that are compared take turns within one run (A B A B ...), so that load beside meets both. The import is the
//! exception, since it is measured in the workspace: FRAME's runs follow Ziver's, and both stand beside bare signature recovery.

pub mod blocks;
pub mod contracts;
pub mod cpu;
pub mod end_to_end;
pub mod generator;
pub mod history;
pub mod node;
pub mod record;
pub mod soak;
pub mod statistics;
