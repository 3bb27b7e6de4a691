//! `tx`: transactions made by the runtime's own description of its calls, signed here, sent and followed.
//!
//! Out of scope: knowing any pallet but by name. The names `Balances`, `System` and `Sudo` are those of every Substrate chain.

mod follow;

use std::{io, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use codec::Encode;
use serde_json::{Value, json};
use ziver_metadata::Metadata;
use ziver_primitives::{BlockNumber, Hash, OpaqueExtrinsic, transaction::UnsignedTransaction};

use super::{arguments, secrets};
use crate::{
    cli::{
        CallArgs, HowMuch, Mortality, RemarkArgs, SendArgs, SetCodeArgs, SignArgs, TransactionText, TransferArgs,
        TxArgs, TxCommand,
    },
    files,
    limits::INPUT_BYTES_MAX,
    output::{Usage, print_line},
    remote::{Remote, bytes_hex, hash_hex},
    secret::Key,
};

/// The extensions whose bytes `ziver_primitives::transaction` writes.
const EXTENSIONS: [&str; 9] = [
    "CheckNonZeroSender",
    "CheckSpecVersion",
    "CheckTxVersion",
    "CheckGenesis",
    "CheckMortality",
    "CheckNonce",
    "CheckWeight",
    "ChargeTransactionPayment",
    "CheckMetadataHash",
];

/// Does what a command says.
pub async fn perform(command: &TxCommand) -> Result<()> {
    match command {
        TxCommand::Transfer(args) => transfer(args).await,
        TxCommand::Remark(args) => remark(args).await,
        TxCommand::Call(args) => call(args).await,
        TxCommand::SetCode(args) => set_code(args).await,
        TxCommand::Sign(args) => sign(args),
        TxCommand::Send(args) => send(args).await,
    }
}

async fn transfer(args: &TransferArgs) -> Result<()> {
    let mut maker = Maker::connect(&args.tx).await?;
    let to = args.to.to_string();
    let call = match (args.amount, args.allow_death) {
        (HowMuch::All, allow_death) => maker.encode("Balances", "transfer_all", json!([to, !allow_death]))?,
        (HowMuch::Amount(amount), false) => {
            maker.encode("Balances", "transfer_keep_alive", json!([to, amount.to_string()]))?
        }
        (HowMuch::Amount(amount), true) => {
            maker.encode("Balances", "transfer_allow_death", json!([to, amount.to_string()]))?
        }
    };
    maker.go(call, args.tx.sudo).await
}

async fn remark(args: &RemarkArgs) -> Result<()> {
    let mut maker = Maker::connect(&args.tx).await?;
    let name = if args.event { "remark_with_event" } else { "remark" };
    let call = maker.encode("System", name, json!([bytes_hex(&args.text.0)]))?;
    maker.go(call, args.tx.sudo).await
}

async fn call(args: &CallArgs) -> Result<()> {
    let mut maker = Maker::connect(&args.tx).await?;
    let call = arguments::call(&maker.metadata, &args.call)?;
    maker.go(call, args.tx.sudo).await
}

async fn set_code(args: &SetCodeArgs) -> Result<()> {
    let code = read(&args.file)?;
    if !code.starts_with(b"\0asm") && !code.starts_with(&[0x52, 0xbc, 0x53, 0x76]) {
        bail!("{} is no Wasm blob", args.file.display());
    }
    let mut maker = Maker::connect(&args.tx).await?;
    maker.tell(&format!("runtime of {} bytes from {}", code.len(), args.file.display()))?;
    let call = maker.encode("System", "set_code", json!([bytes_hex(&code)]))?;
    maker.go(call, true).await
}

/// Makes transactions for a node's chain.
pub(super) struct Maker<'a> {
    pub remote: Remote,
    pub metadata: Metadata,
    pub key: Key,
    args: &'a TxArgs,
}

impl<'a> Maker<'a> {
    pub async fn connect(args: &'a TxArgs) -> Result<Self> {
        let key = secrets::key(&args.signer)?;
        let mut remote = Remote::connect(&args.send.node.url).await?;
        let best = remote.hash_of(None).await?;
        let metadata = remote.metadata(best).await?;
        check_extensions(&metadata)?;
        Ok(Self { remote, metadata, key, args })
    }

    /// Prints a line for people, where nothing else is to be printed.
    pub fn tell(&self, line: &str) -> Result<()> {
        if self.args.send.node.json || self.args.dry_run { Ok(()) } else { print_line(line) }
    }

    /// A call by its names.
    pub fn encode(&self, pallet: &str, call: &str, arguments: Value) -> Result<Vec<u8>> {
        Ok(self.metadata.encode_call(pallet, call, &arguments)?)
    }

    /// Signs, sends and follows; or prints.
    pub async fn go(&mut self, call: Vec<u8>, sudo: bool) -> Result<()> {
        let transaction = self.unsigned(call, sudo).await?;
        self.send(&transaction).await
    }

    /// Signs, sends and follows what was made before; or prints it.
    pub async fn send(&mut self, transaction: &UnsignedTransaction) -> Result<()> {
        let bytes = signed(transaction, &self.key)?.encode();
        if self.args.dry_run {
            return print_line(&bytes_hex(&bytes));
        }
        self.tell(&format!("signed by {} with nonce {}", self.key.account(), transaction.nonce))?;
        follow::follow(&mut self.remote, &bytes, &self.args.send).await
    }

    /// The transaction of a call, with the node's nonce.
    pub async fn unsigned(&mut self, call: Vec<u8>, sudo: bool) -> Result<UnsignedTransaction> {
        let call = if sudo { wrapped(&self.metadata, &call)? } else { call };
        let remote = &self.remote;
        let genesis_hash = remote.hash_of(Some(crate::cli::BlockAt::Number(0))).await?;
        let best = remote.header(remote.hash_of(None).await?).await?;
        let version = remote.version(best.hash).await?;
        let nonce = match self.args.nonce {
            Some(nonce) => nonce,
            None => remote.call("system_accountNextIndex", vec![json!(self.key.account())]).await?,
        };
        let current = self.args.era.current(best.number, remote.finalized().await?.number);
        let era = self.args.era.era(current);
        let birth_hash = match self.args.era {
            Mortality::Immortal => genesis_hash,
            Mortality::Blocks(_) => {
                let number = BlockNumber::try_from(era.birth(current.into())).unwrap_or(BlockNumber::MAX);
                remote.hash_of(Some(crate::cli::BlockAt::Number(number))).await?
            }
        };
        Ok(UnsignedTransaction {
            call,
            era,
            nonce,
            tip: self.args.tip,
            spec_version: version.spec_version,
            transaction_version: version.transaction_version,
            genesis_hash,
            birth_hash,
        })
    }
}

/// The signer writes exactly these extensions: on a chain with others its bytes would mean something else.
fn check_extensions(metadata: &Metadata) -> Result<()> {
    let found: Vec<_> = metadata.extensions().iter().map(|extension| extension.name.as_str()).collect();
    if found != EXTENSIONS {
        bail!("transactions of this chain carry other extensions than this program writes: {}", found.join(", "));
    }
    Ok(())
}

/// `Sudo.sudo(call)`.
fn wrapped(metadata: &Metadata, call: &[u8]) -> Result<Vec<u8>> {
    let pallet = metadata.pallet("Sudo");
    let found =
        pallet.and_then(|pallet| Some((pallet.index, pallet.calls.iter().find(|call| call.name == "sudo")?.index)));
    let (pallet, index) = found.context("the runtime has no Sudo.sudo")?;
    Ok([&[pallet, index], call].concat())
}

fn signed(transaction: &UnsignedTransaction, key: &Key) -> Result<OpaqueExtrinsic> {
    Ok(transaction.sign(&key.signer()?))
}

/// Where a transaction's era begins.
fn birth_hash(args: &SignArgs) -> Result<Hash, Usage> {
    match (args.era, args.birth_hash) {
        (Mortality::Immortal, None) => Ok(args.genesis_hash),
        (Mortality::Blocks(_), Some(hash)) => Ok(hash),
        (Mortality::Immortal, Some(_)) => {
            Err(Usage("--birth-hash is for mortal transactions: give --era, too".to_owned()))
        }
        (Mortality::Blocks(_), None) => {
            Err(Usage("a mortal transaction needs --current-block and --birth-hash".to_owned()))
        }
    }
}

/// Signs without a node.
fn sign(args: &SignArgs) -> Result<()> {
    let birth_hash = birth_hash(args)?;
    let text = read(&args.metadata)?;
    let text = String::from_utf8(text).ok().and_then(|text| hex::decode(text.trim().strip_prefix("0x")?).ok());
    let wrong = || anyhow!("{} is not 0x and hexadecimal digits, as `metadata --raw` prints", args.metadata.display());
    let metadata = Metadata::decode(&text.ok_or_else(wrong)?).with_context(|| args.metadata.display().to_string())?;
    check_extensions(&metadata)?;
    let call = arguments::call(&metadata, &args.call)?;
    let call = if args.sudo { wrapped(&metadata, &call)? } else { call };
    let transaction = UnsignedTransaction {
        call,
        era: args.era.era(args.current_block.unwrap_or_default()),
        nonce: args.nonce,
        tip: args.tip,
        spec_version: args.spec_version,
        transaction_version: args.transaction_version,
        genesis_hash: args.genesis_hash,
        birth_hash,
    };
    let key = secrets::key(&args.signer)?;
    let extrinsic = signed(&transaction, &key)?;
    let bytes = bytes_hex(&extrinsic.encode());
    print_line(&match args.json {
        true => {
            json!({ "signer": key.account(), "hash": hash_hex(extrinsic.hash()), "transaction": bytes }).to_string()
        }
        false => bytes,
    })
}

async fn send(args: &SendArgs) -> Result<()> {
    let bytes = match &args.transaction {
        TransactionText::Bytes(bytes) => bytes.clone(),
        TransactionText::Stdin => {
            let bytes =
                files::read_from(io::stdin(), INPUT_BYTES_MAX).context("cannot read the transaction on stdin")?;
            match crate::cli::transaction(String::from_utf8_lossy(&bytes).trim()) {
                Ok(TransactionText::Bytes(bytes)) => bytes,
                _ => bail!("stdin is no transaction: 0x and hexadecimal digits expected"),
            }
        }
    };
    let mut remote = Remote::connect(&args.send.node.url).await?;
    follow::follow(&mut remote, &bytes, &args.send).await
}

fn read(path: &Path) -> Result<Vec<u8>> {
    files::read(path, INPUT_BYTES_MAX).with_context(|| format!("cannot read {}", path.display()))
}
