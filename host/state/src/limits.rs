//! Limits of this crate.

/// Runtime codes remembered so that they need not be read and hashed again.
pub(crate) const RUNTIME_CODES_MAX: usize = 4;
