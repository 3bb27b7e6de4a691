//! ziver-state
