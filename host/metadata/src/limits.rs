//! What one answer may be made of; the unit is in each name.
//!
//! They bound what hostile bytes (or a hostile runtime's metadata) can make this crate hold or recurse into.

/// Nesting of values within each other, newtypes and compacts included: 21 batches of calls within each other.
pub const DEPTH_LEVELS_MAX: usize = 64;
/// Values in one decoded call, event, storage value.
pub const VALUES_COUNT_MAX: usize = 1_000_000;
/// Values in a list of events, for each of its bytes, besides [`VALUES_COUNT_MAX`] in all. The smallest events have a
/// value or two to the byte.
pub const VALUES_PER_EVENTS_BYTE_MAX: usize = 16;
/// Levels of generics that the written name of a type shows.
pub const TYPE_NAME_LEVELS_MAX: usize = 8;
/// Bytes after which a type's written name is cut.
pub const NAME_BYTES_MAX: usize = 512;
/// Bytes of metadata that are looked at.
pub const METADATA_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of arguments as text.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a contract's description, with its module.
pub const CONTRACT_TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Constructors, messages and events of a contract, each.
pub const CONTRACT_ENTRIES_MAX: usize = 1_024;
/// Arguments of one of them: more than a function of a module may have.
pub const CONTRACT_ARGUMENTS_MAX: usize = 64;
/// Variants of an enum: one byte tells which.
pub const VARIANTS_MAX: usize = 256;
