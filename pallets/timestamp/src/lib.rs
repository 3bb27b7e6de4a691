//! ziver-timestamp
