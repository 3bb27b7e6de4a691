//! `ziver-host`: runs a Ziver chain.
//!
//! It joins what the other crates are: [`config`] and [`settings`] say what the user wants; [`store`] opens chain spec,
//! database and executor; [`run`] gives the chain to the engine on a thread of its own ([`engine_loop`]) and to the
//! JSON-RPC server ([`chain_view`]); [`commands`] is everything besides running.
//!
//! Sources of contracts are compiled by a child process: [`compiler`].
//!
//! # Exit codes
//! 0 after SIGINT or SIGTERM; 1 when it could not start; 2 for a wrong command line, environment or configuration file;
//! 70 when the database failed while it ran; ended by SIGABRT after a bug (a panic in any thread), with a message.
//! Commands that a signal ends: 128 and the signal's number.
//!
//! # Out of scope
//! What is right or wrong in a block: the runtime's business. What is done next: the engine's.
//!
//! Invariant: only this crate performs the engine's actions.
//! Invariant: an error a user can cause is one line on stderr, never a panic.
#![forbid(unsafe_code)]

mod amount;
mod block_file;
mod chain_view;
mod cli;
mod commands;
mod compiler;
mod config;
mod descriptors;
mod engine_loop;
mod files;
mod health;
mod huge_pages;
mod informant;
mod interrupt;
mod journal;
mod keystore;
mod limits;
mod logging;
mod metrics;
mod output;
mod progress;
mod remote;
mod run;
mod secret;
mod settings;
mod store;
mod watchers;

/// Blocks make and drop many small things; see docs/decisions/0014.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

use anyhow::Result;

use crate::config::Configured;

/// Command line, environment or configuration file are wrong; clap's own code, too.
const EXIT_CONFIGURATION: u8 = 2;
/// The database failed while the node ran.
const EXIT_FATAL: u8 = 70;

fn main() -> ExitCode {
    end_on_panic();
    let configured = config::read(std::env::args_os().collect(), std::env::vars_os().collect());
    match configured.map_err(anyhow::Error::from).and_then(|configured| dispatch(&configured)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<output::Closed>() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ziver-host: {}", one_line(&error));
            if let Some(interrupted) = error.downcast_ref::<interrupt::Interrupted>() {
                return ExitCode::from(interrupted.exit_code());
            }
            match () {
                () if error.is::<run::Fatal>() => ExitCode::from(EXIT_FATAL),
                () if is_configuration(&error) => ExitCode::from(EXIT_CONFIGURATION),
                () => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(configured: &Configured) -> Result<()> {
    let done = match &configured.cli.command {
        None => run::run(&configured.cli.run, configured),
        Some(command) => commands::perform(command, configured),
    };
    match done {
        Err(error) if error.is::<store::ChainError>() => {
            Err(error.context(configured.place("chain").unwrap_or_else(|| "--chain".to_owned())))
        }
        done => done,
    }
}

/// Whether the user must change what was said before it can work.
fn is_configuration(error: &anyhow::Error) -> bool {
    error.is::<config::ConfigError>() || error.is::<output::Usage>() || error.is::<store::ChainError>()
}

/// The error and its causes, each said once, in one line. It may repeat what a user or a file said.
fn one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    output::escaped(&text.replace('\n', " "))
}

/// A panic is a bug, and a process with a part missing does harm: better none. The database survives that.
fn end_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("without name").to_owned();
        eprintln!("ziver-host: this is a bug: thread {name} panicked: {}", panic.to_string().replace('\n', ": "));
        std::process::abort();
    }));
}
