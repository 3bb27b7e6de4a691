//! Every limit of the compiler, in one place, with its unit in its name.
//!
//! A source file comes from anybody, over RPC too: each of these bounds the memory, the time or the stack that it can cost.

/// Length of one source file, bytes.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;

/// Files of one compilation, the used ones included.
pub const SOURCE_FILES_MAX: usize = 256;

/// Depth of the syntax tree, in nodes: expressions within expressions, statements within blocks, types within types, and what
/// nests in any mixture of them. No node of a tree that the parser returns is deeper, so that whoever walks it may recurse.
pub const NESTING_MAX: usize = 256;

/// Length of a name, bytes.
pub const NAME_BYTES_MAX: usize = 128;

/// Digits of a number as written, prefix and underscores included: `u256::MAX` has 78 in decimal and 64 in hexadecimal.
pub const NUMBER_BYTES_MAX: usize = 256;

/// Diagnostics that one stage keeps for one file. A line at the end says that there are more.
pub const DIAGNOSTICS_MAX: usize = 100;

/// Columns of a source line that a rendered diagnostic shows.
pub const RENDERED_COLUMNS_MAX: usize = 140;
