//! The groups of the JSON-RPC interface specification.

use super::Method;

pub(super) const METHODS: &[Method] = &[];
