//! Options of every command that opens a stored chain.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ziver_state::Pruning;

use super::values::whole;

/// Which chain, and where it is kept.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// Chain spec: a JSON file, or `dev` for the development chain that is built in.
    #[arg(long, value_name = "FILE", default_value = "dev")]
    pub chain: String,
    /// Folder for chains, one folder each [default: ziver in the user's data folder].
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// States of final blocks that are kept: `archive` for all, or a number [default: archive on a database that was begun
    /// so, else 256].
    #[arg(long, value_name = "archive|N")]
    pub state_pruning: Option<Pruning>,
    /// Memory for the database's cache, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = whole(8_u32..=1_048_576))]
    pub db_cache_mb: u32,
    /// Memory for accounts and other state that was read, in MiB; it is taken as it fills.
    #[arg(long, value_name = "MIB", default_value_t = 768, value_parser = whole(8_u32..=1_048_576))]
    pub state_cache_mb: u32,
    /// What is logged: error, warn, info, debug, trace, off, or tracing's filter syntax, such as `info,ziver_rpc=debug`.
    #[arg(long, value_name = "FILTER", default_value = "info", value_parser = crate::logging::filter_text)]
    pub log: String,
    /// How a line of the log looks: text for people, or a JSON object for programs.
    #[arg(long, value_name = "text|json", value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object with `timestamp`, `level`, `target`, `thread`, `message` and further fields.
    Json,
}
