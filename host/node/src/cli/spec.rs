//! Options of printing chain specs and of removing chains.

use std::path::PathBuf;

use clap::Args;

/// What to print.
#[derive(Debug, Args)]
pub struct BuildSpecArgs {
    /// Chain spec: a JSON file, or `dev` for the development chain that is built in.
    #[arg(long, value_name = "FILE", default_value = "dev")]
    pub chain: String,
    /// Write the genesis out key by key.
    #[arg(long)]
    pub raw: bool,
}

/// What to remove.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// Chain spec: a JSON file, or `dev` for the development chain that is built in.
    #[arg(long, value_name = "FILE", default_value = "dev")]
    pub chain: String,
    /// Folder for chains, one folder each [default: ziver in the user's data folder].
    #[arg(long, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, short = 'y')]
    pub yes: bool,
}
