//! File descriptors: as many as the process may have, shared out so that no client can use them up.
//!
//! Whoever runs out of them can't write its database any more, and a node that can't write ends. So at the start the soft
//! limit is raised to the hard one, and what was granted is divided: some for the process itself, half of the rest at most
//! for the database's files, what remains for connections. On most systems the wished numbers fit many times.
//!
//! Out of scope: counting connections, which the RPC server does.

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use ziver_rpc::limits::CONNECTIONS_TOLD_WHY_MAX;

/// Standard streams, event queues, log and lock files, compiled runtimes, pipes.
const OF_THE_PROCESS: u64 = 64;
/// With less no node starts.
const GRANTED_MIN: u64 = 192;
/// Files that the database keeps open if there are enough descriptors.
const DATABASE_FILES_WISHED: u64 = 1_024;

/// How many file descriptors each part may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptors {
    /// What the operating system grants the process.
    pub granted: u64,
    /// For the database's tables.
    pub database: i32,
    /// For connections that are served at the same time, at most. Those that are told why they are not have theirs besides.
    pub connections: u32,
}

impl Descriptors {
    /// Raises the soft limit to the hard one and divides what that gives.
    pub fn raise() -> Result<Self> {
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit of open files")?;
        let granted = match soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() {
            true => hard,
            false => soft,
        };
        ensure!(
            granted >= GRANTED_MIN,
            "{granted} files may be open, {GRANTED_MIN} are needed: raise the limit (ulimit -n)"
        );
        Ok(Self::divide(granted))
    }

    fn divide(granted: u64) -> Self {
        let shared = granted.saturating_sub(OF_THE_PROCESS + u64::from(CONNECTIONS_TOLD_WHY_MAX));
        let database = DATABASE_FILES_WISHED.min(shared / 2);
        let connections = u32::try_from(shared.saturating_sub(database)).unwrap_or(u32::MAX);
        Self { granted, database: i32::try_from(database).unwrap_or(i32::MAX), connections }
    }
}

#[cfg(test)]
mod tests;
