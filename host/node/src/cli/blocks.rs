//! Options of commands on stored blocks.

use std::path::PathBuf;

use clap::Args;
use ziver_primitives::{BlockNumber, Hash};

use super::{
    StoreArgs,
    values::{hash, whole},
};

/// Which blocks to write, and where.
#[derive(Debug, Args)]
pub struct ExportBlocksArgs {
    /// File to write; without it, or with `-`, stdout.
    #[arg(value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// First block.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = whole(0..=BlockNumber::MAX))]
    pub from: BlockNumber,
    /// Last block [default: the best one].
    #[arg(long, value_name = "NUMBER", value_parser = whole(0..=BlockNumber::MAX))]
    pub to: Option<BlockNumber>,
    /// Write Substrate's binary format in place of one JSON object a line.
    #[arg(long)]
    pub binary: bool,
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Which blocks to read.
#[derive(Debug, Args)]
pub struct ImportBlocksArgs {
    /// File with blocks; without it, or with `-`, stdin.
    #[arg(value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Refuse all but the binary format; otherwise the format is told by the file's first bytes.
    #[arg(long)]
    pub binary: bool,
    /// A block is final when the best one is this many blocks above it.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=4_000))]
    pub finality_lag: u32,
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// How far back.
#[derive(Debug, Args)]
pub struct RevertArgs {
    /// Blocks to take back from the best one; blocks that are final stay.
    #[arg(value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: BlockNumber,
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// Which state to write.
#[derive(Debug, Args)]
pub struct ExportStateArgs {
    /// Number or hash of the block [default: the best one].
    #[arg(value_name = "NUMBER|HASH", value_parser = block_at)]
    pub block: Option<BlockAt>,
    /// The chain.
    #[command(flatten)]
    pub store: StoreArgs,
}

/// A block as users name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockAt {
    /// The best chain's block of this height.
    Number(BlockNumber),
    /// The block with this hash.
    Hash(Hash),
}

impl std::fmt::Display for BlockAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "block {number}"),
            Self::Hash(hash) => write!(f, "block {hash:?}"),
        }
    }
}

/// A decimal number, or 32 bytes in hexadecimal after `0x`.
pub fn block_at(text: &str) -> Result<BlockAt, String> {
    if let Ok(number) = text.parse() {
        return Ok(BlockAt::Number(number));
    }
    let expected = |_| "a block number, or 0x and the 64 digits of a block hash, expected".to_owned();
    hash(text).map(BlockAt::Hash).map_err(expected)
}
