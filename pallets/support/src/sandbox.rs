//! Running contract code: what a pallet asks of the host, without knowing which host it is.
//!
//! In Wasm the host's sandbox runs modules natively ([`host`](crate::externalities)); natively, for tests of pallets, an
//! interpreter may stand behind the same trait. The model: code -> [`Instance`] -> one invocation, during which the
//! contract's imports are answered by a closure of the pallet's.
//!
//! Out of scope: what imports mean and cost, and which modules are allowed.

use alloc::{boxed::Box, vec::Vec};

/// Words of an import's arguments.
pub const PARAMS_MAX: usize = 16;

/// What a contract's code counts while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// Gas left.
    pub gas: u64,
    /// Units of stack left.
    pub stack: u32,
}

/// Whether a contract goes on after an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// It does.
    Continue,
    /// It ends here.
    Stop,
}

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The export returned.
    Returned,
    /// The contract did what WebAssembly forbids.
    Trapped,
    /// An import ended it.
    Stopped,
    /// There is no such export.
    NoExport,
}

/// Why there is no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceError {
    /// There is no code.
    NoCode,
    /// The host refuses the code, or it does not initialise.
    Refused,
}

/// The memory of a contract while it waits for an import.
pub trait Memory {
    /// Copies bytes out; false, and nothing is copied, where they are not all inside.
    #[must_use]
    fn read(&self, offset: u32, out: &mut [u8]) -> bool;
    /// Copies bytes in; false, and nothing is copied, where there is no room for all.
    #[must_use]
    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool;
}

/// A call of an import.
pub struct ImportCall<'a> {
    /// Which one: the number in the module's import.
    pub function: u32,
    /// Its arguments; words beyond its parameters are undefined.
    pub arguments: [u64; PARAMS_MAX],
    /// Its result, where it has one.
    pub result: u64,
    /// Gas and stack at this point. What is left of the gas afterwards is what the contract goes on with.
    pub counters: Counters,
    /// The contract's memory.
    pub memory: &'a mut dyn Memory,
}

/// What answers imports.
pub type Imports<'a> = dyn FnMut(&mut ImportCall) -> Control + 'a;

/// A module with its own memory and globals.
pub trait Instance {
    /// Calls an export without parameters and results. `counters` go in, and are afterwards what was left.
    fn invoke(&mut self, export: &str, counters: &mut Counters, imports: &mut Imports) -> Outcome;
}

/// What makes instances.
pub trait Sandbox {
    /// An instance of the module whose bytes have this keccak-256. `code` is asked for the bytes where they are not known
    /// yet, which differs from host to host and must not be observable.
    fn instantiate(
        &self,
        hash: &[u8; 32],
        code: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<Box<dyn Instance>, InstanceError>;
}

/// A host without a sandbox.
pub struct NoSandbox;

impl Sandbox for NoSandbox {
    fn instantiate(
        &self,
        _hash: &[u8; 32],
        _code: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<Box<dyn Instance>, InstanceError> {
        Err(InstanceError::Refused)
    }
}
