//! Every limit of this crate in one place, with its unit in its name.
//!
//! [`Limits`] holds those that a node may want to change; constants are those that nobody needs to. A limit that
//! belongs to the rules of a chain is not here: rules live in the runtime.

/// Bytes in a page of WebAssembly memory.
pub const WASM_PAGE_BYTES: u32 = 65_536;

/// Largest runtime blob, after decompression. Real runtimes have 0.1 to 12 MB.
pub const CODE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest SCALE-encoded version in a blob's custom section or in the answer of `Core_version`.
pub const VERSION_BYTES_MAX: usize = 16 * 1024;
/// Largest window that a compressed blob may ask the decompressor to keep.
pub const ZSTD_WINDOW_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Answers about blobs (their version, or why they are refused) that are remembered.
pub const VALIDATED_CODES_MAX: usize = 8;

/// Largest blob that is run to learn its version, rather than read; compiling it holds up the block that asks.
pub const PROBE_CODE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Pages that a runtime's memory may have from the start, where that decides whether it is accepted.
pub const RUNTIME_MEMORY_PAGES_MAX: u32 = 2_048;
/// Bytes of the engine's own record of an instance: room for every function and global that a valid blob may have.
pub const INSTANCE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Elements (function references) that a runtime's table may have. Real runtimes have some thousands.
pub const TABLE_ELEMENTS_MAX: usize = 65_536;
/// Pages that the guest may use while a blob is asked for its version.
pub const PROBE_MEMORY_PAGES_MAX: u32 = 1_024;
/// Units of work (about one per instruction) that `Core_version` may take when it must be run to learn the version.
pub const PROBE_FUEL_MAX: u64 = 10_000_000;

/// Largest single allocation that the guest gets from the host, without its header: 2^25, as in Substrate.
pub const ALLOCATION_BYTES_MAX: u32 = 1 << 25;

/// Storage transactions that may be open inside each other.
pub const TRANSACTION_DEPTH_MAX: u32 = 255;

/// Bytes of a log line that are kept; the rest is cut off.
pub const LOG_LINE_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a log target that are kept.
pub const LOG_TARGET_BYTES_MAX: usize = 128;
/// Log lines of one call; later ones are dropped.
pub const LOG_LINES_MAX: u32 = 256;

/// Compiled modules kept in the folder of the disk cache; the oldest beyond are removed.
pub const DISK_CACHE_FILES_MAX: usize = 24;
/// Compiled contracts kept in the folder of theirs; the oldest beyond are removed.
pub const CONTRACT_DISK_CACHE_FILES_MAX: usize = 2_048;
/// Largest file of the disk cache that is read.
pub const DISK_CACHE_FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Recovered public keys that are remembered, over all shards. 256 bytes each at most, so 16 MiB.
pub const RECOVERED_KEYS_MAX: usize = 65_536;
/// Parts of the cache of recovered keys that have a lock each; a power of two.
pub const RECOVERED_SHARDS: usize = 64;

/// Threads that recover ahead; beside them a block executes.
pub const AHEAD_THREADS_MAX: usize = 8;
/// Blocks whose signatures wait to be recovered ahead.
pub const AHEAD_BATCHES_MAX: usize = 4;
/// Signatures of a block that are recovered ahead.
pub const AHEAD_INPUTS_MAX: usize = 65_536;
/// How many of the signatures that were expected next may be left out by the guest before it is no longer followed.
pub const AHEAD_SKIPS_MAX: usize = 16;
/// Native stack of a thread that recovers ahead: it calls the runtime too.
pub const AHEAD_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Blobs that wait for the background compiler; further ones are compiled when they are first called.
pub const COMPILE_QUEUE_MAX: usize = 4;

/// Native stack kept free for host functions beneath the guest's own.
pub const HOST_STACK_BYTES: usize = 1024 * 1024;

/// Largest module of a contract, instrumented. A runtime allows less.
pub const CONTRACT_CODE_BYTES_MAX: usize = 1024 * 1024;
/// Imports of a contract's module.
pub const CONTRACT_IMPORTS_MAX: usize = 256;
/// Parameters of a function that a contract imports.
pub const CONTRACT_PARAMS_MAX: usize = 16;
/// Memory of a contract: 16 pages.
pub const CONTRACT_MEMORY_BYTES_MAX: usize = 16 * WASM_PAGE_BYTES as usize;
/// Bytes of a contract's memory that stay resident for the next instance.
pub const CONTRACT_RESIDENT_BYTES_MAX: usize = 192 * 1024;
/// Elements of a contract's table.
pub const CONTRACT_TABLE_ELEMENTS_MAX: usize = 4_096;
/// Native stack of one contract. Contracts count their stack, so that this is never met.
pub const CONTRACT_STACK_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Compiled contracts that are kept in memory. Each is some mappings of memory, of which a process has 65,530 on Linux.
pub const CONTRACTS_MAX: usize = 4_096;
/// Bytes of compiled contracts that are kept in memory.
pub const CONTRACTS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Gas that a contract's invocations have used in all when it is compiled again, to faster code: for each byte of what the
/// first compiler made of it. A unit is at most a nanosecond, and the better compiler takes some 200 for such a byte.
pub const CONTRACT_HOT_GAS_PER_BYTE: u64 = 200;
/// The same of small contracts.
pub const CONTRACT_HOT_GAS_MIN: u64 = 10_000_000;
/// Contracts that wait to be compiled again. One that finds no place has to become hot once more.
pub const CONTRACT_QUEUE_MAX: usize = 4;
/// Instances of contracts that one call of the runtime may have at a time.
pub const SANDBOX_INSTANCES_MAX: usize = 16;
/// Instances of contracts that wait to be used again, over all contracts.
pub const IDLE_INSTANCES_MAX: usize = 64;
/// Instances given back after which one that waits since is taken for forgotten, and makes room.
pub const IDLE_INSTANCE_STALE_AFTER: u64 = 256;
/// Memory of an instance that is used again; to restore a larger one takes longer than to make it anew.
pub const REUSED_MEMORY_BYTES_MAX: usize = 2 * WASM_PAGE_BYTES as usize;
/// Mutable globals of an instance that is used again.
pub const REUSED_GLOBALS_MAX: usize = 16;
/// Instances that a module has had before they are worth keeping: the first restoring of one is dear, by page faults.
pub const REUSED_INSTANCES_MIN: u32 = 8;

/// Limits that a node's operator or a test may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pages (of 64 KiB) that a runtime instance may use in all. 128 MiB by default.
    pub memory_pages_max: u32,
    /// Native stack that the guest's code may use.
    pub native_stack_bytes_max: usize,
    /// Wall time that one call may take, where the caller names no other. It guards the host against a runtime that
    /// never ends; it is no part of consensus.
    pub call_time_ms_max: u64,
    /// Calls that run at once; more wait their turn.
    pub calls_at_once_max: u32,
    /// Compiled runtimes that are kept in memory.
    pub modules_max: usize,
    /// Bytes of each instance's memory that stay resident for the next one. What a transaction touches should fit; all of it is
    /// cleared after each call, so that more of it makes small calls slow after a large one.
    pub resident_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_pages_max: RUNTIME_MEMORY_PAGES_MAX,
            native_stack_bytes_max: 8 * 1024 * 1024,
            call_time_ms_max: 60_000,
            calls_at_once_max: 32,
            modules_max: 6,
            resident_bytes_max: 512 * 1024,
        }
    }
}
