//! Options of checking and printing the configuration.

use std::path::PathBuf;

use clap::Subcommand;

use super::RunArgs;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say whether a node could start with these options, variables and this file, without starting.
    Check {
        /// The configuration file, instead of the one of --config.
        #[arg(value_name = "FILE", conflicts_with = "config")]
        file: Option<PathBuf>,
        /// Flags as for `run`.
        #[command(flatten)]
        run: Box<RunArgs>,
    },
    /// Print each option with its value and where that comes from, as a file that --config could read.
    Print(Box<RunArgs>),
    /// Print all options with variables, defaults and meanings, as a table in Markdown.
    Options,
}
