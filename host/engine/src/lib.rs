//! ziver-engine
