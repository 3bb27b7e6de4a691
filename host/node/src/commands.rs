//! What the program does besides running, one file per group of commands.

mod blocks;
mod check;
mod config;
mod key;
mod revert;
mod secrets;
mod spec;
mod state;

use anyhow::Result;

use crate::{cli::Command, config::Configured, logging};

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
    }
}
