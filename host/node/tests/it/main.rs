//! The real `ziver-host` as a process: how it starts, what it refuses, how it ends, and what survives.

#[path = "../../../rpc/tests/it/client.rs"]
#[allow(dead_code, reason = "shared with the RPC server's own tests, which use all of it")]
mod client;
mod process;
mod schema;
mod wallet;

mod archive;
mod bad_input;
mod blocks;
mod config;
mod contract_cli;
mod contract_restart;
mod contract_rpc;
mod contract_token;
mod contracts;
mod damage;
mod descriptors;
mod full_disk;
mod hostile;
mod keys;
mod kill;
mod layout;
mod lifecycle;
mod metrics;
mod operator;
mod pool;
mod reference;
mod refusals;
mod remote;
mod scripts;
mod zx;
