//! ziver-rpc
