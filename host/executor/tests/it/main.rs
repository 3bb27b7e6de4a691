//! The executor from outside: runtimes written in the WebAssembly text format, called on states in memory.

mod cache;
mod calls;
mod contracts;

mod guest;
mod host_api;
mod limits;
mod proofs;
mod real;
mod signatures;
mod storage;
mod versions;
