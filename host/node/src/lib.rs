//! ziver-node
