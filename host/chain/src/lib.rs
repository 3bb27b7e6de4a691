//! ziver-chain
