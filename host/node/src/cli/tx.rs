//! Options of commands that make transactions.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use ziver_primitives::{AccountId20, Balance, BlockNumber, Era, Hash, Nonce};

use super::{
    NodeArgs, SecretArgs, TypedValue,
    query::account,
    values::{hash, whole},
};

/// Transactions: made, signed, sent, followed.
#[derive(Debug, Subcommand)]
pub enum TxCommand {
    /// Send money.
    Transfer(TransferArgs),
    /// Put a text into a block.
    Remark(RemarkArgs),
    /// Any call, by the names in the metadata.
    Call(CallArgs),
    /// Replace the runtime: sudo(System.set_code).
    SetCode(SetCodeArgs),
    /// Sign a call without a node; prints the transaction for `tx send`.
    Sign(Box<SignArgs>),
    /// Send a transaction that was signed before.
    Send(SendArgs),
}

/// Who signs, and how it is sent.
#[derive(Debug, Args)]
pub struct TxArgs {
    /// Wrap the call into sudo: the signer must hold the sudo key.
    #[arg(long)]
    pub sudo: bool,
    /// How many transactions the signer has sent before [default: as the node says].
    #[arg(long, value_name = "N", value_parser = whole(0..=Nonce::MAX))]
    pub nonce: Option<Nonce>,
    /// What the block's author gets on top.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = crate::amount::parse)]
    pub tip: Balance,
    /// For how many blocks it is valid: 4 to 65536, a power of two; or immortal.
    #[arg(long, value_name = "BLOCKS|immortal", default_value = "64", value_parser = mortality)]
    pub era: Mortality,
    /// Print the signed transaction and do not send it.
    #[arg(long)]
    pub dry_run: bool,
    /// How it is sent.
    #[command(flatten)]
    pub send: FollowArgs,
    /// Who signs.
    #[command(flatten)]
    pub signer: SecretArgs,
}

/// How a transaction is sent and followed.
#[derive(Debug, Args)]
pub struct FollowArgs {
    /// How long to follow it.
    #[arg(long, value_name = "STATUS", value_enum, default_value_t = Wait::InBlock)]
    pub wait: Wait,
    /// Seconds until following is given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// How long a transaction is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wait {
    /// Until the node has it.
    #[value(name = "submitted")]
    Submitted,
    /// Until a block has it.
    #[value(name = "inBlock", alias = "in-block")]
    InBlock,
    /// Until that block is final.
    #[value(name = "finalized")]
    Finalized,
}

/// How long a transaction is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mortality {
    /// For ever.
    Immortal,
    /// For so many blocks.
    Blocks(u64),
}

impl Mortality {
    /// The block after which a transaction is made: the final one, since no reorganisation takes its birth away then;
    /// but the best one where finality is so far behind that half of the transaction's life would be over.
    pub fn current(self, best: BlockNumber, finalized: BlockNumber) -> BlockNumber {
        match self {
            Self::Blocks(period) if u64::from(best.saturating_sub(finalized)) > period / 2 => best,
            Self::Blocks(_) | Self::Immortal => finalized,
        }
    }

    /// The era of a transaction made after block `current`.
    pub fn era(self, current: BlockNumber) -> Era {
        match self {
            Self::Immortal => Era::Immortal,
            Self::Blocks(period) => Era::mortal(period, current.into()),
        }
    }
}

fn mortality(text: &str) -> Result<Mortality, String> {
    match text.parse::<u64>() {
        _ if text == "immortal" => Ok(Mortality::Immortal),
        Ok(blocks) if blocks.is_power_of_two() && (4..=65_536).contains(&blocks) => Ok(Mortality::Blocks(blocks)),
        _ => Err("a power of two from 4 to 65536, or immortal, expected".to_owned()),
    }
}

/// How much to whom.
#[derive(Debug, Args)]
pub struct TransferArgs {
    /// Who gets it: an address, or a development account's name.
    #[arg(value_name = "TO", value_parser = account)]
    pub to: AccountId20,
    /// How much: 1.5ZIV, 20mZIV, or a whole number of the smallest unit; `all` for everything.
    #[arg(value_name = "AMOUNT", value_parser = how_much)]
    pub amount: HowMuch,
    /// Let the sender's account die if less than the existential deposit is left.
    #[arg(long)]
    pub allow_death: bool,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// How much is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowMuch {
    /// This amount.
    Amount(Balance),
    /// Everything.
    All,
}

fn how_much(text: &str) -> Result<HowMuch, String> {
    match text {
        "all" => Ok(HowMuch::All),
        text => crate::amount::parse(text).map(HowMuch::Amount),
    }
}

/// What to write.
#[derive(Debug, Args)]
pub struct RemarkArgs {
    /// The text; bytes after 0x in hexadecimal.
    #[arg(value_name = "TEXT", value_parser = remark)]
    pub text: RemarkBytes,
    /// Let an event tell the remark's hash.
    #[arg(long)]
    pub event: bool,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// A remark's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemarkBytes(pub Vec<u8>);

/// A remark costs money: what begins like bytes and is none is refused, not sent as text.
fn remark(text: &str) -> Result<RemarkBytes, String> {
    match text.strip_prefix("0x").map(hex::decode) {
        None => Ok(RemarkBytes(text.as_bytes().to_vec())),
        Some(Ok(bytes)) => Ok(RemarkBytes(bytes)),
        Some(Err(_)) => Err("pairs of hexadecimal digits expected after 0x".to_owned()),
    }
}

/// A call and its arguments.
#[derive(Debug, Args)]
pub struct NamedCall {
    /// Pallet, by its name in the metadata.
    #[arg(value_name = "PALLET")]
    pub pallet: String,
    /// Call, by its name in the metadata.
    #[arg(value_name = "CALL")]
    pub call: String,
    /// Arguments in order: JSON, a number, an amount like 1.5ZIV, or text; or one object with their names.
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    pub args: Vec<TypedValue>,
}

/// Which call.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// What to call.
    #[command(flatten)]
    pub call: NamedCall,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// Which runtime.
#[derive(Debug, Args)]
pub struct SetCodeArgs {
    /// The new runtime's Wasm blob.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How.
    #[command(flatten)]
    pub tx: TxArgs,
}

/// What to sign, and all that a node would have said.
#[derive(Debug, Args)]
pub struct SignArgs {
    /// What to call.
    #[command(flatten)]
    pub call: NamedCall,
    /// File with the runtime's metadata in hexadecimal, as `metadata --raw` prints it.
    #[arg(long, value_name = "FILE")]
    pub metadata: PathBuf,
    /// Hash of the chain's first block.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    pub genesis_hash: Hash,
    /// Version of the runtime.
    #[arg(long, value_name = "N", value_parser = whole(0..=u32::MAX))]
    pub spec_version: u32,
    /// Version of the runtime's transactions.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole(0..=u32::MAX))]
    pub transaction_version: u32,
    /// How many transactions the signer has sent before.
    #[arg(long, value_name = "N", value_parser = whole(0..=Nonce::MAX))]
    pub nonce: Nonce,
    /// What the block's author gets on top.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = crate::amount::parse)]
    pub tip: Balance,
    /// For how many blocks it is valid, from --current-block on; or immortal.
    #[arg(long, value_name = "BLOCKS|immortal", default_value = "immortal", value_parser = mortality)]
    pub era: Mortality,
    /// Number of the block after which it is made; for a mortal transaction.
    #[arg(long, value_name = "NUMBER", requires = "birth_hash", value_parser = whole(0..=BlockNumber::MAX))]
    pub current_block: Option<BlockNumber>,
    /// Hash of the block in which the era begins; for a mortal transaction.
    #[arg(long, value_name = "HASH", value_parser = hash, requires = "current_block")]
    pub birth_hash: Option<Hash>,
    /// Wrap the call into sudo.
    #[arg(long)]
    pub sudo: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Who signs.
    #[command(flatten)]
    pub signer: SecretArgs,
}

/// What to send.
#[derive(Debug, Args)]
pub struct SendArgs {
    /// The signed transaction in hexadecimal; `-` reads it from stdin.
    #[arg(value_name = "HEX", value_parser = transaction)]
    pub transaction: TransactionText,
    /// How.
    #[command(flatten)]
    pub send: FollowArgs,
}

/// A signed transaction on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionText {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// On stdin.
    Stdin,
}

/// Bytes after `0x`.
pub fn transaction(text: &str) -> Result<TransactionText, String> {
    match text.strip_prefix("0x").map(hex::decode) {
        _ if text == "-" => Ok(TransactionText::Stdin),
        Some(Ok(bytes)) if !bytes.is_empty() => Ok(TransactionText::Bytes(bytes)),
        _ => Err("0x and hexadecimal digits expected".to_owned()),
    }
}
