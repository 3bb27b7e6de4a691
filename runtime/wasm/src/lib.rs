//! ziver-wasm
