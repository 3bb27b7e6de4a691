//! What a program may have at most: [`check`](super::check) refuses more, so that nothing after it has to fear depth or size.

/// Composite types.
pub const TYPES_MAX: usize = 1_024;
/// How deep types are nested.
pub const TYPE_DEPTH_MAX: usize = 16;
/// Fields of a record, elements of a tuple.
pub const FIELDS_MAX: usize = 64;
/// Variants of an enum: the index is one byte.
pub const VARIANTS_MAX: usize = 256;
/// Bytes of a value in memory, without what its strings and lists point to.
pub const VALUE_BYTES_MAX: u32 = 2_048;
/// Storage members.
pub const CELLS_MAX: usize = 512;
/// Nested keys of a map.
pub const KEYS_MAX: usize = 8;
/// Events.
pub const EVENTS_MAX: usize = 256;
/// Indexed fields of an event: topic 0 is its signature, and there are four topics.
pub const INDEXED_MAX: usize = 3;
/// Functions.
pub const FUNCTIONS_MAX: usize = 1_024;
/// Parameters of a function: the chain admits 16, one may be needed for the result.
pub const PARAMETERS_MAX: usize = 15;
/// Locals of a function, its parameters among them.
pub const LOCALS_MAX: usize = 512;
/// How deep statements are nested.
pub const STATEMENT_DEPTH_MAX: usize = 48;
/// How deep an expression is nested.
pub const EXPRESSION_DEPTH_MAX: usize = 64;
/// Nodes (statements and expressions) of a program.
pub const NODES_MAX: usize = 200_000;
/// Bytes of all string and bytes constants.
pub const CONSTANT_BYTES_MAX: usize = 65_536;
/// Entry points.
pub const ENTRIES_MAX: usize = 256;
/// Bytes of a storage key, with its root.
pub const KEY_BYTES_MAX: u32 = 128;
/// Bytes of a stored value: more reverts.
pub const STORED_BYTES_MAX: u32 = 16_384;
