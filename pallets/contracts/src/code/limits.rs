//! What a module may be at most. All of these are consensus: changing one changes which uploads succeed.
//!
//! The limits on size, bodies, locals, operands, nesting, `br_table`, functions and parameters bound what the host's
//! compilers need for a module: without them small modules cost seconds and gigabytes. The others bound the work of
//! instantiation.

/// Length of an uploaded module, in bytes.
pub const MODULE_BYTES_MAX: usize = 128 << 10;
/// Length of a function's body with its declarations of locals, in bytes.
pub const BODY_BYTES_MAX: usize = 64 << 10;
/// Length of a body once it meters itself, in bytes. Real code grows by some 20 to 50 %; code of branches only,
/// sixfold.
pub const PREPARED_BODY_BYTES_MAX: usize = 4 * BODY_BYTES_MAX;
/// Length of a prepared module, in bytes.
pub const PREPARED_BYTES_MAX: usize = 4 * MODULE_BYTES_MAX;
/// How many times as long a module may become, [`PREPARED_BYTES_FREE`] aside: so its length says what compiling it takes at most.
pub const PREPARED_GROWTH_MAX: usize = 8;
/// What every module may have on top, in bytes: small ones get the code that metering shares.
pub const PREPARED_BYTES_FREE: usize = 4 << 10;
/// Locals that a function declares on top of its parameters.
pub const LOCALS_MAX: u32 = 1_024;
/// Locals that all functions of a module declare together. Each is set to zero by code of its own: without this limit 14 KB of
/// functions with a thousand locals compile to 16 MB. Compiled Rust has some thousands.
pub const MODULE_LOCALS_MAX: u32 = 16 << 10;
/// Values on the operand stack of one function.
pub const OPERANDS_MAX: u32 = 1_024;
/// Blocks within one another in one function.
pub const NESTING_MAX: u32 = 256;
/// Targets of one `br_table`, without its default.
pub const BR_TABLE_TARGETS_MAX: u32 = 256;
/// Functions that a module defines.
pub const FUNCTIONS_MAX: u32 = 2_048;
/// Parameters of a function type.
pub const PARAMS_MAX: usize = 16;
/// Entries of the type section.
pub const TYPES_MAX: u32 = 1_024;
/// Entries of the import section: more than there are known functions, as a module may import one twice.
pub const IMPORTS_MAX: u32 = 256;
/// Globals that a module defines.
pub const GLOBALS_MAX: u32 = 256;
/// Entries of the export section, those that are dropped included.
pub const EXPORTS_MAX: u32 = 256;
/// Length of a name in the import or export section, in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Entries of the table.
pub const TABLE_ENTRIES_MAX: u32 = 4_096;
/// Segments that fill the table.
pub const ELEMENT_SEGMENTS_MAX: u32 = 256;
/// Entries of all segments that fill the table, together.
pub const ELEMENTS_MAX: u32 = 4_096;
/// Segments that fill the memory.
pub const DATA_SEGMENTS_MAX: u32 = 1_024;
/// Pages of 64 KiB that a memory may have in the beginning, and grow to.
pub const MEMORY_PAGES_MAX: u32 = 16;

/// What a module of `len` bytes may have once it is prepared, in bytes.
pub fn prepared_bytes_max(len: usize) -> usize {
    len.saturating_mul(PREPARED_GROWTH_MAX).saturating_add(PREPARED_BYTES_FREE).min(PREPARED_BYTES_MAX)
}

/// Length of a page of memory, in bytes.
pub const PAGE_BYTES: u64 = 64 << 10;
