//! ziver-primitives
