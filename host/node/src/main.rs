//! `ziver-host`: runs a Ziver chain.
//!
//! It joins what the other crates are: [`store`] opens chain spec, database and executor; [`run`] gives the chain to the
//! engine on a thread of its own ([`engine_loop`]) and to the JSON-RPC server ([`chain_view`]); [`commands`] is everything
//! besides running.
//!
//! # Exit codes
//! 0 after SIGINT or SIGTERM; 1 when it could not start; 2 for a wrong command line; 70 when the database failed while it
//! ran; ended by SIGABRT after a bug (a panic in any thread), with a message.
//!
//! # Out of scope
//! What is right or wrong in a block: the runtime's business. What is done next: the engine's.
//!
//! Invariant: only this crate performs the engine's actions.
//! Invariant: an error a user can cause is one line on stderr, never a panic.
#![forbid(unsafe_code)]

mod block_file;
mod chain_view;
mod cli;
mod commands;
mod descriptors;
mod engine_loop;
mod informant;
mod journal;
mod keystore;
mod output;
mod progress;
mod run;
mod secret;
mod store;
mod watchers;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;

/// The database failed while the node ran.
const EXIT_FATAL: u8 = 70;

fn main() -> ExitCode {
    let cli = Cli::parse();
    end_on_panic();
    match dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<output::Closed>() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ziver-host: {}", one_line(&error));
            if error.is::<run::Fatal>() { ExitCode::from(EXIT_FATAL) } else { ExitCode::FAILURE }
        }
    }
}

fn dispatch(cli: &Cli) -> Result<()> {
    match &cli.command {
        None => {
            log_to_stderr(&cli.run.store.log)?;
            run::run(&cli.run)
        }
        Some(command) => commands::perform(command),
    }
}

fn log_to_stderr(filter: &str) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| anyhow::anyhow!("cannot use --log {filter}: {error}"))?;
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_ansi(is_terminal);
    log.with_writer(std::io::stderr).init();
    Ok(())
}

/// The error and its causes, each said once, in one line.
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
    text.replace('\n', " ")
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
