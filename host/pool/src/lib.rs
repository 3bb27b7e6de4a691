//! ziver-pool
