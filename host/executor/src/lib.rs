//! ziver-executor
