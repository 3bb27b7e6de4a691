//! Limits of this crate.

/// Runtime codes remembered so that they need not be read and hashed again.
pub(crate) const RUNTIME_CODES_MAX: usize = 4;
/// Old states pruned in one batch beyond as many as were finalised in it: the work after a smaller window was chosen.
pub(crate) const EXTRA_PRUNED_BLOCKS_MAX: usize = 64;
/// Old states kept beyond the pruning window because somebody holds them.
pub const HELD_BLOCKS_MAX: u32 = 1_024;
/// Final blocks between two checkpoints.
pub(crate) const CHECKPOINT_BLOCKS_MAX: usize = 1_024;
/// Bytes of changes of final blocks that are kept in the journal.
pub(crate) const CHECKPOINT_JOURNAL_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Old states whose tries are remembered so that they need not be made again.
pub(crate) const OLD_TRIES_MAX: usize = 4;
/// Keys undone to make the tries of an old state; beyond that it can be read, but nothing of it proven.
pub const UNDONE_KEYS_MAX: usize = 1_000_000;
/// How often tries of an old state are made again because a checkpoint came meanwhile.
pub(crate) const UNDO_ATTEMPTS_MAX: usize = 4;
