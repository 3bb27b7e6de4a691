//! What the program does besides running, one file per group of commands.

mod blocks;
mod check;
mod key;
mod revert;
mod secrets;
mod spec;
mod state;

use anyhow::Result;

use crate::cli::Command;

/// Does what the command line says.
pub fn perform(command: &Command) -> Result<()> {
    match command {
        Command::Run(args) => {
            crate::log_to_stderr(&args.store.log)?;
            crate::run::run(args)
        }
        Command::CheckChain(args) => {
            crate::log_to_stderr(&args.log)?;
            check::check(args)
        }
        Command::BuildSpec(args) => spec::build_spec(args),
        Command::ExportBlocks(args) => {
            crate::log_to_stderr(&args.store.log)?;
            blocks::export(args)
        }
        Command::ImportBlocks(args) => {
            crate::log_to_stderr(&args.store.log)?;
            blocks::import(args)
        }
        Command::Revert(args) => {
            crate::log_to_stderr(&args.store.log)?;
            revert::revert(args)
        }
        Command::ExportState(args) => {
            crate::log_to_stderr(&args.store.log)?;
            state::export(args)
        }
        Command::PurgeChain(args) => spec::purge(args),
        Command::Key(command) => key::perform(command),
    }
}
