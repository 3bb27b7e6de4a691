//! ziver-runtime
