//! Options of commands that look into a running node's chain.

use clap::{Args, Subcommand};
use ziver_primitives::AccountId20;

use super::{BlockAt, NodeArgs, TypedValue, blocks::block_at};

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum QueryCommand {
    /// An account's nonce and balances.
    Account(QueryAccountArgs),
    /// A block: its header and its extrinsics, decoded.
    Block(QueryBlockArgs),
    /// The last blocks as a table; with --watch it stays and follows the chain.
    Blocks(QueryBlocksArgs),
    /// What happened in a block, decoded.
    Events(QueryBlockArgs),
    /// A value of the state, or a map's entries.
    Storage(QueryStorageArgs),
}

/// Which account.
#[derive(Debug, Args)]
pub struct QueryAccountArgs {
    /// Its address, or a development account's name.
    #[arg(value_name = "ADDRESS", value_parser = account)]
    pub account: AccountId20,
    /// After which block [default: the best one].
    #[arg(long, value_name = "NUMBER|HASH", value_parser = block_at)]
    pub at: Option<BlockAt>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Which block.
#[derive(Debug, Args)]
pub struct QueryBlockArgs {
    /// Number or hash of the block [default: the best one].
    #[arg(value_name = "NUMBER|HASH", value_parser = block_at)]
    pub block: Option<BlockAt>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Which blocks.
#[derive(Debug, Args)]
pub struct QueryBlocksArgs {
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub last: u32,
    /// Stay, and show new blocks as they come; q ends it. Without a terminal each block is one line.
    #[arg(long)]
    pub watch: bool,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Which value.
#[derive(Debug, Args)]
pub struct QueryStorageArgs {
    /// Pallet, by its name in the metadata.
    #[arg(value_name = "PALLET")]
    pub pallet: String,
    /// Storage item, by its name in the metadata.
    #[arg(value_name = "ITEM")]
    pub item: String,
    /// A map's key; with none, or fewer parts than it has, entries are listed.
    #[arg(value_name = "KEY")]
    pub keys: Vec<TypedValue>,
    /// Most entries that are listed.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// After which block [default: the best one].
    #[arg(long, value_name = "NUMBER|HASH", value_parser = block_at)]
    pub at: Option<BlockAt>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Whose metadata.
#[derive(Debug, Args)]
pub struct MetadataArgs {
    /// Show one pallet with all that it has.
    #[arg(long, value_name = "NAME", conflicts_with = "raw")]
    pub pallet: Option<String>,
    /// Print the metadata's bytes in hexadecimal.
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Of the first runtime of a chain spec (a file, or `dev`), in place of a running node's.
    #[arg(long, value_name = "FILE")]
    pub chain: Option<String>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// An address with a right checksum, or a development account's name.
pub fn account(text: &str) -> Result<AccountId20, String> {
    if let Some(account) = crate::secret::development_account(text) {
        return Ok(account.account());
    }
    crate::commands::address(text).map_err(|error| error.root_cause().to_string())
}
