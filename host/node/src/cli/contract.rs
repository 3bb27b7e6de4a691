//! Options of commands for contracts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ziver_primitives::{AccountId20, Balance, BlockNumber};

use super::{BlockAt, NodeArgs, TxArgs, TypedValue, blocks::block_at, query::account, values::whole};

/// What to do with contracts.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Make a contract of a `.zx` source, a `.contract` file or a `.wasm` module.
    Deploy(Box<ContractDeployArgs>),
    /// Call a contract by a transaction.
    Call(Box<ContractCallArgs>),
    /// Ask a contract without a transaction.
    Query(ContractQueryArgs),
    /// Show what a contract told, the newest last.
    Logs(ContractLogsArgs),
}

/// The input of a contract.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Arguments in order, or each as NAME=VALUE: JSON, a number, an amount like 1.5ZIV, //Alith, or text.
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    pub args: Vec<TypedValue>,
    /// Money that goes with it.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = crate::amount::parse)]
    pub value: Balance,
    /// Most gas, in picoseconds of execution [default: what a trial takes, and a quarter more].
    #[arg(long, value_name = "PICOSECONDS", value_parser = whole(0..=u64::MAX))]
    pub gas_limit: Option<u64>,
}

/// What to deploy.
#[derive(Debug, Args)]
pub struct ContractDeployArgs {
    /// The file: NAME.zx, NAME.contract or NAME.wasm.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The constructor [default: the only one, or `new`].
    #[arg(long, value_name = "NAME", conflicts_with = "data")]
    pub constructor: Option<String>,
    /// The contract, if a source has several.
    #[arg(long, value_name = "NAME")]
    pub contract: Option<String>,
    /// The constructor's input in hexadecimal, in place of arguments.
    #[arg(long, value_name = "HEX", value_parser = bytes, conflicts_with = "args")]
    pub data: Option<Input>,
    /// Bytes in hexadecimal that the address depends on, in place of the nonce.
    #[arg(long, value_name = "HEX", value_parser = bytes)]
    pub salt: Option<Input>,
    /// With what.
    #[command(flatten)]
    pub input: InputArgs,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// What to call.
#[derive(Debug, Args)]
pub struct ContractCallArgs {
    /// The contract's address.
    #[arg(value_name = "CONTRACT", value_parser = account)]
    pub contract: AccountId20,
    /// The message's name; or the whole input in hexadecimal.
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    /// File that describes the contract: NAME.contract, its metadata as JSON, or NAME.zx.
    #[arg(long, value_name = "FILE")]
    pub abi: Option<PathBuf>,
    /// With what.
    #[command(flatten)]
    pub input: InputArgs,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// What to ask.
#[derive(Debug, Args)]
pub struct ContractQueryArgs {
    /// The contract's address.
    #[arg(value_name = "CONTRACT", value_parser = account)]
    pub contract: AccountId20,
    /// The message's name; or the whole input in hexadecimal.
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    /// File that describes the contract: NAME.contract, its metadata as JSON, or NAME.zx.
    #[arg(long, value_name = "FILE")]
    pub abi: Option<PathBuf>,
    /// Who asks: an address, or a development account's name [default: the zero address].
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    pub from: Option<AccountId20>,
    /// After which block [default: the best one].
    #[arg(long, value_name = "NUMBER|HASH", value_parser = block_at)]
    pub at: Option<BlockAt>,
    /// With what.
    #[command(flatten)]
    pub input: InputArgs,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Whose logs.
#[derive(Debug, Args)]
pub struct ContractLogsArgs {
    /// The contract's address.
    #[arg(value_name = "CONTRACT", value_parser = account)]
    pub contract: AccountId20,
    /// File that describes the contract, to show names.
    #[arg(long, value_name = "FILE")]
    pub abi: Option<PathBuf>,
    /// The first block.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = whole(0..=BlockNumber::MAX))]
    pub from_block: BlockNumber,
    /// The last block [default: the best one].
    #[arg(long, value_name = "NUMBER", value_parser = whole(0..=BlockNumber::MAX))]
    pub to_block: Option<BlockNumber>,
    /// Most logs [default: all].
    #[arg(long, value_name = "N", default_value_t = u64::MAX, hide_default_value = true, value_parser = whole(1..=u64::MAX))]
    pub limit: u64,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Bytes on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input(pub Vec<u8>);

fn bytes(text: &str) -> Result<Input, String> {
    let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
    bytes.map(Input).ok_or_else(|| "0x and pairs of hexadecimal digits expected".to_owned())
}
