//! The command line: one file per group of commands. Each option says its unit and its default.
//!
//! Out of scope: what the commands do, which is `crate::commands`, and running, which is `crate::run`.

mod blocks;
mod config;
mod contract;
mod key;
mod node;
mod operation;
mod pool;
mod query;
mod rpc;
mod run;
mod spec;
mod store;
mod tx;
mod values;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

pub use self::{
    blocks::{BlockAt, ExportBlocksArgs, ExportStateArgs, ImportBlocksArgs, RevertArgs},
    config::ConfigCommand,
    contract::{ContractCallArgs, ContractCommand, ContractDeployArgs, ContractLogsArgs, ContractQueryArgs, InputArgs},
    key::{
        DerivationArgs, EncryptionArgs, FromMnemonicArgs, GenerateArgs, InspectArgs, KeyCommand, KeystoreCommand,
        KeystoreCreateArgs, KeystoreDecryptArgs, KeystoreInspectArgs, SecretArgs, SecretText,
    },
    node::{NodeArgs, NodeUrl, TypedValue},
    query::{MetadataArgs, QueryAccountArgs, QueryBlockArgs, QueryBlocksArgs, QueryCommand, QueryStorageArgs},
    rpc::RpcArgs,
    run::RunArgs,
    spec::{BuildSpecArgs, PurgeArgs},
    store::{LogFormat, StoreArgs},
    tx::{
        CallArgs, FollowArgs, HowMuch, Mortality, NamedCall, RemarkArgs, SendArgs, SetCodeArgs, SignArgs,
        TransactionText, TransferArgs, TxArgs, TxCommand, Wait, transaction,
    },
};

/// Runs a Ziver chain.
#[derive(Debug, Parser)]
#[command(name = "ziver-host", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do instead of running.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Configuration file [default: ziver.toml in the base path, if there is one].
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
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
    /// Compare the stored states from the final block on with their roots, and execute every block again.
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
    /// Check or print the configuration: flags, ZIVER_* variables, the file, defaults.
    Config {
        /// What of it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Make transactions, sign them, send them to a running node and follow them.
    #[command(subcommand)]
    Tx(TxCommand),
    /// Look into a running node's chain.
    #[command(subcommand)]
    Query(QueryCommand),
    /// Deploy contracts, call them, ask them, and show what they told.
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Show what a runtime says that it has: calls, events, storage, constants, errors.
    Metadata(MetadataArgs),
    /// Compile what is on stdin: what a node runs for its clients.
    #[command(name = crate::compiler::WORKER, hide = true)]
    CompileWorker,
    /// Print the completion of this command line for a shell.
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL", value_enum)]
        shell: clap_complete::Shell,
    },
}

/// The command line as clap knows it. A negative number is a value, so that its option is named when it is refused.
pub fn command() -> clap::Command {
    with_negative_numbers(Cli::command())
}

fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let takes = |arg: &clap::Arg| arg.get_action().takes_values();
    let command = command.mut_args(|arg| if takes(&arg) { arg.allow_negative_numbers(true) } else { arg });
    command.mut_subcommands(with_negative_numbers)
}

#[cfg(test)]
mod tests;
