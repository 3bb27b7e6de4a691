//! What can go wrong, one enum per operation.
//!
//! [`CallError`] says who is to blame: [`CallError::is_runtime_fault`] is true where the runtime misbehaved (then the
//! block or request at hand is bad), false where this node failed (then nothing can be said of the block).

use ziver_state::StateError;

use crate::allocator::AllocatorError;

/// Why an executor could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The engine refused its configuration.
    #[error("the WebAssembly engine does not start: {0}")]
    Engine(String),
    /// The thread that keeps the time limit, or the one that compiles, could not be started.
    #[error("a thread of the executor does not start: {0}")]
    Thread(#[from] std::io::Error),
    /// A limit makes no sense.
    #[error("the limit {0} is out of range")]
    Limit(&'static str),
}

/// Why a blob is not a runtime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// There are no bytes.
    #[error("the code is empty")]
    Empty,
    /// More bytes than [`crate::limits::CODE_BYTES_MAX`], before or after decompression.
    #[error("the code is larger than {max} bytes")]
    TooLarge {
        /// The limit in bytes.
        max: usize,
    },
    /// It carries the prefix of compressed code, and what follows does not decompress.
    #[error("the compressed code is damaged")]
    Compression,
    /// It is not a WebAssembly module, or uses what the engine does not allow.
    #[error("the code is not a valid WebAssembly module: {0}")]
    NotWasm(String),
    /// It has no memory, or exports none under the name `memory`.
    #[error("the code has no memory named memory")]
    NoMemory,
    /// Its memory is larger from the start than an instance may use.
    #[error("the code wants {pages} pages of memory, {max} are allowed")]
    MemoryTooLarge {
        /// Pages wanted.
        pages: u64,
        /// Pages allowed.
        max: u32,
    },
    /// Its table is larger from the start than an instance may have.
    #[error("the code wants a table of {elements} elements, {max} are allowed")]
    TableTooLarge {
        /// Elements wanted.
        elements: u64,
        /// Elements allowed.
        max: usize,
    },
    /// It does not export the global `__heap_base`.
    #[error("the code does not export __heap_base")]
    NoHeapBase,
    /// It imports something that is no host function, or one with another signature.
    #[error("the import {module}.{name} can't be resolved")]
    Import {
        /// The module the import names.
        module: String,
        /// The name of the import.
        name: String,
    },
    /// It does not export an entry point that every runtime has, or with another signature.
    #[error("the entry point {0} is missing")]
    EntryPoint(String),
    /// Its version can't be learnt.
    #[error("the code does not tell its version: {0}")]
    Version(String),
    /// It is valid, but the compiler can't compile it.
    #[error("the code does not compile: {0}")]
    Compile(String),
}

/// Why a call into a runtime failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The runtime has no such entry point. The text is the one that Substrate's clients look for.
    #[error("Exported method {name} is not found")]
    MethodNotFound {
        /// The method asked for.
        name: String,
    },
    /// The runtime panicked, or did what WebAssembly or the Host API forbid.
    #[error("{}", trap_text(.message, .panic))]
    Trap {
        /// What the engine or the host function says.
        message: String,
        /// What the runtime said before, when it did: its panic message, or its last error-level log line.
        panic: Option<String>,
    },
    /// The call took longer than allowed.
    #[error("the runtime did not answer within {limit_ms} ms")]
    TimeLimit {
        /// The limit in milliseconds.
        limit_ms: u64,
    },
    /// The runtime wanted more memory than allowed.
    #[error("the runtime needs more than {pages} pages of memory")]
    MemoryLimit {
        /// The limit in pages of 64 KiB.
        pages: u32,
    },
    /// The runtime's calls are nested too deeply.
    #[error("the runtime needs more than {bytes} bytes of stack")]
    StackLimit {
        /// The limit in bytes.
        bytes: usize,
    },
    /// The code can't be run at all.
    #[error(transparent)]
    InvalidCode(#[from] InvalidCode),
    /// State could not be read; the runtime is not to blame, and nothing may be concluded from the failure.
    #[error("state can't be read: {0}")]
    State(#[source] StateError),
    /// The engine could not make an instance.
    #[error("no instance of the runtime can be made: {0}")]
    Instance(String),
}

impl CallError {
    /// Whether the runtime (and so the code or the input) is to blame, rather than this node.
    pub fn is_runtime_fault(&self) -> bool {
        match self {
            Self::MethodNotFound { .. }
            | Self::Trap { .. }
            | Self::MemoryLimit { .. }
            | Self::StackLimit { .. }
            | Self::InvalidCode(_) => true,
            Self::TimeLimit { .. } | Self::State(_) | Self::Instance(_) => false,
        }
    }
}

fn trap_text(message: &str, panic: &Option<String>) -> String {
    match panic {
        Some(panic) => format!("the runtime trapped: {message}: {panic}"),
        None => format!("the runtime trapped: {message}"),
    }
}

/// Why a host function ended the call it was made from. It travels through the engine as its error and is turned into
/// a [`CallError`] on the other side.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    /// A pointer and length that do not lie in the guest's memory.
    #[error("{len} bytes at {pointer:#x} are outside of the memory")]
    OutOfBounds { pointer: u32, len: u32 },
    /// An argument that does not decode or is out of its range.
    #[error("the argument {0} of a host function is malformed")]
    Argument(&'static str),
    /// Commit or rollback without a transaction, or too many of them.
    #[error("{0}")]
    Transaction(&'static str),
    /// A batch of signatures that is begun twice, or ended without one.
    #[error("{0}")]
    Batch(&'static str),
    /// The allocator refused.
    #[error(transparent)]
    Allocator(#[from] AllocatorError),
    /// The limit on memory was met by the allocator.
    #[error("out of memory")]
    MemoryLimit,
    /// The runtime reported a panic.
    #[error("panic")]
    Panic(String),
    /// The runtime called an import that this host does not have.
    #[error("the host function {0}.{1} is not implemented")]
    Unimplemented(String, String),
    /// The runtime uses the sandbox as no runtime may.
    #[error("the sandbox: {0}")]
    Sandbox(&'static str),
    /// This host could not run a contract that it should.
    #[error("a contract can't be run: {0}")]
    SandboxInstance(String),
    /// State could not be read.
    #[error(transparent)]
    State(StateError),
}

impl From<StateError> for HostError {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
