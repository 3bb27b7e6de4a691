//! What one answer may be made of; the unit is in each name.
//!
//! They bound what hostile bytes (or a hostile runtime's metadata) can make this crate hold or recurse into.

/// Nesting of values within each other, newtypes and compacts included: 21 batches of calls within each other.
pub const DEPTH_LEVELS_MAX: usize = 64;
/// Values in one decoded call, event list, storage value: some ten bytes of input each, many times a full block's events.
pub const VALUES_COUNT_MAX: usize = 1_000_000;
/// Levels of generics that the written name of a type shows.
pub const TYPE_NAME_LEVELS_MAX: usize = 8;
/// Bytes of metadata that are looked at.
pub const METADATA_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of arguments as text.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
