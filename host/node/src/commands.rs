//! What the program does besides running, one file per group of commands.

mod check;
mod spec;

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
        Command::PurgeChain(args) => spec::purge(args),
    }
}
