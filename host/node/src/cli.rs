//! The command line: one file per group of commands. Each option says its unit and its default.
//!
//! Out of scope: what the commands do, which is `crate::commands`, and running, which is `crate::run`.

mod blocks;
mod key;
mod pool;
mod rpc;
mod run;
mod spec;
mod store;

use clap::{Parser, Subcommand};

pub use self::{
    blocks::{BlockAt, ExportBlocksArgs, ExportStateArgs, ImportBlocksArgs, RevertArgs},
    key::{
        DerivationArgs, EncryptionArgs, FromMnemonicArgs, GenerateArgs, InspectArgs, KeyCommand, KeystoreCommand,
        KeystoreCreateArgs, KeystoreDecryptArgs, KeystoreInspectArgs, SecretArgs, SecretText,
    },
    rpc::RpcArgs,
    run::RunArgs,
    spec::{BuildSpecArgs, PurgeArgs},
    store::StoreArgs,
};

/// Runs a Ziver chain.
#[derive(Debug, Parser)]
#[command(name = "ziver-host", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do instead of running.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// What to do. Without a word: run.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the chain; the same as without a subcommand.
    Run(Box<RunArgs>),
    /// Print the chain spec; with --raw, one that carries the runtime and the whole first state.
    BuildSpec(BuildSpecArgs),
    /// Write the stored blocks to a file or to stdout, as JSON lines or in Substrate's binary format.
    ExportBlocks(ExportBlocksArgs),
    /// Check, execute and store the blocks of a file or of stdin; blocks that are there already are skipped.
    ImportBlocks(ImportBlocksArgs),
    /// Execute every block of the stored chain again and compare the results.
    CheckChain(StoreArgs),
    /// Take back the last blocks of the best chain, as far as they are not final.
    Revert(RevertArgs),
    /// Print a raw chain spec whose first state is the state after a block.
    ExportState(ExportStateArgs),
    /// Remove the stored chain.
    PurgeChain(PurgeArgs),
    /// Make keys, look at them, and put them into files.
    #[command(subcommand)]
    Key(KeyCommand),
}

#[cfg(test)]
mod tests;
