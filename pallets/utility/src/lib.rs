//! ziver-utility
