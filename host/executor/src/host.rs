//! The Polkadot Host API: the functions that a runtime imports from the module `env`.
//!
//! Names, signatures and meaning are those of the published specification, chapter "Host API". A *pointer-size* is an
//! `i64` with the pointer in the low and the length in the high 32 bits; *pointer* arguments name buffers of a fixed
//! length. What a function returns is allocated in the guest's heap and then belongs to the guest.
//!
//! One file per family; each has a `link` that adds its functions to the linker. Functions that this host does not have
//! (offchain workers, making keys) are named in [`stubs`], so that foreign runtimes can be loaded: calling one ends the
//! call with its name.
//!
//! Invariant: no argument of a host function makes the host panic or touch memory outside of the guest's.
//! Invariant: a failing state (database, pruned block) ends the call with [`HostError::State`]; the guest never sees it as
//! an absent value.

mod allocator;
mod child_storage;
mod crypto;
pub(crate) mod guest;
mod hashing;
mod keystore;
mod logging;
mod misc;
pub(crate) mod sandbox;
mod signatures;
mod storage;
pub(crate) mod stubs;
mod trie;

use std::sync::Arc;

use wasmtime::{Linker, Memory, ResourceLimiter};
use ziver_state::Overlay;

use crate::allocator::FreeingBump;
use crate::executor::Shared;
use crate::hints::Hints;
use crate::sandbox::Instances;

use guest::Guest;

/// What host functions work on during one call.
pub(crate) struct HostState {
    /// The state that the call reads and changes.
    pub overlay: Overlay,
    /// What the executor's calls have in common; nothing while a blob is asked for its version.
    pub shared: Option<Arc<Shared>>,
    /// What the caller knows already.
    pub hints: Hints,
    /// The guest's memory; known once the instance is made.
    pub memory: Option<Memory>,
    /// The guest's heap; known once the instance is made.
    pub heap: Option<FreeingBump>,
    /// Contracts that the guest has made instances of.
    pub instances: Instances,
    /// Transactions that the guest has open.
    pub transactions: u32,
    /// Says no to growth beyond the limits.
    pub limiter: Limiter,
    /// Whether all signatures of the open batch were valid; nothing while none is open.
    pub batch: Option<bool>,
    /// Log lines so far, and the last one of level error.
    pub log: logging::CallLog,
}

impl HostState {
    /// The state at the start of a call.
    pub fn new(overlay: Overlay, shared: Option<Arc<Shared>>, memory_pages_max: u32) -> Self {
        Self {
            overlay,
            shared,
            hints: Hints::default(),
            memory: None,
            heap: None,
            instances: Instances::default(),
            transactions: 0,
            batch: None,
            limiter: Limiter::new(memory_pages_max),
            log: logging::CallLog::default(),
        }
    }
}

/// Links every function of the Host API that this host has.
pub(crate) fn link_host_functions(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    storage::link(linker)?;
    child_storage::link(linker)?;
    hashing::link(linker)?;
    crypto::link(linker)?;
    signatures::link(linker)?;
    keystore::link(linker)?;
    allocator::link(linker)?;
    logging::link(linker)?;
    misc::link(linker)?;
    sandbox::link(linker)?;
    trie::link(linker)
}

/// Links what a blob may use while it is asked for its version. The work of each is bounded by its own, so that counting
/// the guest's instructions bounds the whole.
pub(crate) fn link_probe_functions(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    allocator::link(linker)?;
    logging::link(linker)
}

/// Bounds the guest's memory and tables, and remembers that it had to.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes_max: usize,
    /// Whether growth of the memory was refused.
    pub memory_refused: bool,
}

impl Limiter {
    fn new(memory_pages_max: u32) -> Self {
        let memory_bytes_max = memory_pages_max as usize * crate::limits::WASM_PAGE_BYTES as usize;
        Self { memory_bytes_max, memory_refused: false }
    }

    /// Pages that the memory may have.
    pub fn memory_pages_max(&self) -> u64 {
        (self.memory_bytes_max / crate::limits::WASM_PAGE_BYTES as usize) as u64
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _now: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = desired <= self.memory_bytes_max;
        self.memory_refused |= !allowed;
        Ok(allowed)
    }

    fn table_growing(&mut self, _now: usize, desired: usize, _max: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= crate::limits::TABLE_ELEMENTS_MAX)
    }
}

#[cfg(test)]
mod tests;
