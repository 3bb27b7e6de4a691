//! Limits of this crate.

/// Runtime codes remembered so that they need not be read and hashed again.
pub(crate) const RUNTIME_CODES_MAX: usize = 4;
/// Old states pruned in one batch beyond as many as were finalised in it: the work after a smaller window was chosen.
pub(crate) const EXTRA_PRUNED_BLOCKS_MAX: usize = 64;
/// Old states kept beyond the pruning window because somebody holds them.
pub const HELD_BLOCKS_MAX: u32 = 1_024;
