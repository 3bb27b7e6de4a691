//! What the program does besides running, one file per group of commands.

mod arguments;
mod blocks;
mod check;
mod config;
mod contract;
mod key;
mod metadata;
mod query;
mod revert;
mod secrets;
mod show;
mod spec;
mod state;
mod tx;

use anyhow::{Context, Result};

pub use self::key::address;
use crate::{
    cli::{self, Command},
    config::Configured,
    logging, output,
};

/// Does what the command line says.
pub fn perform(command: &Command, configured: &Configured) -> Result<()> {
    match command {
        Command::Run(args) => crate::run::run(args, configured),
        Command::CheckChain(args) => {
            logging::start(args)?;
            check::check(args)
        }
        Command::BuildSpec(args) => spec::build_spec(args),
        Command::ExportBlocks(args) => {
            logging::start(&args.store)?;
            blocks::export(args)
        }
        Command::ImportBlocks(args) => {
            logging::start(&args.store)?;
            blocks::import(args)
        }
        Command::Revert(args) => {
            logging::start(&args.store)?;
            revert::revert(args)
        }
        Command::ExportState(args) => {
            logging::start(&args.store)?;
            state::export(args)
        }
        Command::PurgeChain(args) => spec::purge(args),
        Command::Key(command) => key::perform(command),
        Command::Config { command } => config::perform(command, configured),
        Command::Tx(command) => wait(tx::perform(command)),
        Command::Query(command) => wait(query::perform(command)),
        Command::Contract(command) => wait(contract::perform(command)),
        Command::Metadata(args) => wait(metadata::show(args)),
        Command::CompileWorker => crate::compiler::work(),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut cli::command(), "ziver-host", &mut text);
            let text = String::from_utf8(text).context("the completion is no text")?;
            // Its loop names the states after the program, the arms after its words (clap's issue 6421): they never met.
            output::print(&text.replace("ziver__subcmd__host", "ziver__host"))
        }
    }
}

/// How many values were given, in words.
fn given(count: usize) -> String {
    match count {
        0 => "none is".to_owned(),
        1 => "1 is".to_owned(),
        more => format!("{more} are"),
    }
}

/// Runs a command that talks to a node. When it is done, nothing of it is waited for.
fn wait(command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the connection's thread")?;
    let done = runtime.block_on(command);
    runtime.shutdown_background();
    done
}
