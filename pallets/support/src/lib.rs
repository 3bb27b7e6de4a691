//! ziver-support
