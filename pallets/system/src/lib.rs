//! ziver-system
