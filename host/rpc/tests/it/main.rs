//! The RPC server over a real socket, on a made-up chain and engine: what a client sees, byte by byte where it matters.

mod client;
mod description;
mod fake;

mod archive;
mod chain_head;
mod chain_head_hostile;
mod connections;
mod heads;
mod malformed;
mod many_events;
mod own;
mod policy;
mod reads;
mod rules;
mod storage;
mod submit;
mod transaction;
mod transaction_watch;
mod zx;
