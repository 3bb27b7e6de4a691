//! `contract`: contracts deployed, called, asked, and what they told, over a node's JSON-RPC.
//!
//! Names of constructors, messages and arguments come from the contract's own description ([`file`]). A transaction is tried by the
//! runtime's `ContractsApi` first: what would fail is not sent, and the trial says how much gas to offer. Keys stay here.

mod file;
mod logs;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use ziver_metadata::{Contract, Message, Metadata};
use ziver_primitives::{AccountId20, Hash, hashing::blake2_256};
use ziver_rpc::contract::{API, DryRun, Terms, address};

use super::{arguments, tx::Maker};
use crate::{
    cli::{ContractCallArgs, ContractCommand, ContractDeployArgs, ContractQueryArgs, InputArgs, TypedValue},
    output::{Usage, print_line, print_told},
    remote::{Remote, bytes_hex, hash_hex, hex_bytes},
};

use file::File;

/// Does what a command says.
pub async fn perform(command: &ContractCommand) -> Result<()> {
    match command {
        ContractCommand::Deploy(args) => deploy(args).await,
        ContractCommand::Call(args) => call(args).await,
        ContractCommand::Query(args) => query(args).await,
        ContractCommand::Logs(args) => logs::show(args).await,
    }
}

async fn deploy(args: &ContractDeployArgs) -> Result<()> {
    let File { code, contract } = file::read(&args.file, args.contract.clone())?;
    let code = code.with_context(|| format!("{} has no module", args.file.display()))?;
    let data = match (&args.data, &contract) {
        (Some(data), _) => data.0.clone(),
        (None, Some(contract)) => {
            let constructor = contract.constructor(args.constructor.as_deref())?;
            input(contract, constructor, &args.input.args)?
        }
        (None, None) if args.constructor.is_none() && args.input.args.is_empty() => Vec::new(),
        (None, None) => {
            return Err(
                Usage("a module has no names of constructors: give --data, or a .contract file".to_owned()).into()
            );
        }
    };
    let salt = args.salt.as_ref().map(|salt| salt.0.clone()).unwrap_or_default();
    let mut maker = Maker::connect(&args.tx).await?;
    let from = maker.key.account();
    let mut members = json!({ "data": bytes_hex(&data), "salt": bytes_hex(&salt) });
    let gas = match args.input.gas_limit {
        Some(gas) => gas,
        None => {
            members["code"] = json!({ "Upload": bytes_hex(&code) });
            trial(&maker.remote, &maker.metadata, "instantiate", (from, &args.input), members.clone()).await?
        }
    };
    members["code"] = json!(bytes_hex(&code));
    let call = maker.encode("Contracts", "instantiate_with_code", with_terms(members, &args.input, gas))?;
    let transaction = maker.unsigned(call, args.tx.sudo).await?;
    let code_hash = Hash::from(blake2_256(&code));
    let account = match salt.as_slice() {
        [] => address::by_nonce(from, transaction.nonce),
        salt => address::by_salt(from, code_hash, &data, salt),
    };
    maker.tell(&format!("contract {account} of code {code_hash:?}"))?;
    if args.tx.send.node.json && !args.tx.dry_run {
        print_line(&json!({ "contract": account, "codeHash": hash_hex(code_hash) }).to_string())?;
    }
    maker.send(&transaction).await
}

async fn call(args: &ContractCallArgs) -> Result<()> {
    let (data, _) = message_input(&args.message, args.abi.as_deref(), &args.input.args)?;
    let mut maker = Maker::connect(&args.tx).await?;
    let from = maker.key.account();
    let gas = match args.input.gas_limit {
        Some(gas) => gas,
        None => {
            let members = json!({ "dest": args.contract, "input_data": bytes_hex(&data) });
            trial(&maker.remote, &maker.metadata, "call", (from, &args.input), members).await?
        }
    };
    let members = json!({ "dest": args.contract, "data": bytes_hex(&data) });
    let call = maker.encode("Contracts", "call", with_terms(members, &args.input, gas))?;
    maker.go(call, args.tx.sudo).await
}

async fn query(args: &ContractQueryArgs) -> Result<()> {
    let (data, described) = message_input(&args.message, args.abi.as_deref(), &args.input.args)?;
    let mut remote = Remote::connect(&args.node.url).await?;
    let at = remote.hash_of(args.at).await?;
    let metadata = remote.metadata(at).await?;
    let members = json!({ "dest": args.contract, "input_data": bytes_hex(&data) });
    let from = args.from.unwrap_or(AccountId20([0; 20]));
    let run = run(&remote, &metadata, at, "call", terms(from, &args.input).members(members)).await?;
    let decoded = described.and_then(|(contract, message)| contract.decode_answer(&message, &run.answer).ok());
    if args.node.json {
        let mut told = run.to_json();
        told["decoded"] = decoded.unwrap_or_default();
        return print_line(&told.to_string());
    }
    if let Some(why) = run.failure() {
        bail!("{why}");
    }
    match decoded {
        Some(Value::String(text)) => print_told(&text),
        Some(value) => print_told(&value.to_string()),
        None => print_line(&bytes_hex(&run.answer)),
    }
}

/// A message, and the contract that describes its types.
type Described = (Contract, Message);

/// A message's input, and what reads its answer.
fn message_input(
    message: &str,
    abi: Option<&std::path::Path>,
    args: &[TypedValue],
) -> Result<(Vec<u8>, Option<Described>)> {
    let Some(path) = abi else {
        let bytes = message.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok()).filter(|_| args.is_empty());
        let wrong = || Usage("names need --abi; without it, MESSAGE is the whole input in hexadecimal".to_owned());
        return Ok((bytes.ok_or_else(wrong)?, None));
    };
    let contract = file::read(path, None)?.contract;
    let contract = contract.with_context(|| format!("{} does not describe a contract", path.display()))?;
    let message = contract.message(message)?.clone();
    Ok((input(&contract, &message, args)?, Some((contract, message))))
}

/// The input of these arguments: in order, each as `NAME=VALUE`, or one object with all of them.
fn input(contract: &Contract, message: &Message, args: &[TypedValue]) -> Result<Vec<u8>> {
    let name = |typed: &TypedValue| {
        let (name, value) = typed.0.split_once('=')?;
        message.args.iter().any(|known| known.name == name).then(|| (name.to_owned(), TypedValue(value.to_owned())))
    };
    let named: Option<Vec<_>> = args.iter().map(name).collect();
    let values = match named {
        Some(named) if !named.is_empty() => {
            let mut fields = Map::new();
            for (name, typed) in named {
                if fields.insert(name.clone(), arguments::value(&typed)?).is_some() {
                    return Err(Usage(format!("the argument {name} is given twice")).into());
                }
            }
            Value::Object(fields)
        }
        _ => {
            let mut values = args.iter().map(arguments::value).collect::<Result<Vec<_>>>()?;
            match values.as_slice() {
                [Value::Object(fields)]
                    if fields.keys().all(|name| message.args.iter().any(|one| one.name == *name)) =>
                {
                    values.remove(0)
                }
                _ => Value::Array(values),
            }
        }
    };
    Ok(contract.encode(message, &values)?)
}

fn terms(from: AccountId20, input: &InputArgs) -> Terms {
    Terms { from, value: input.value, gas_limit: input.gas_limit, deposit_limit: None }
}

fn with_terms(mut members: Value, input: &InputArgs, gas: u64) -> Value {
    members["value"] = json!(input.value.to_string());
    members["gas_limit"] = Terms::weight(gas);
    members["storage_deposit_limit"] = Value::Null;
    members
}

/// Tries on the best block; the gas to offer.
async fn trial(
    remote: &Remote,
    metadata: &Metadata,
    method: &str,
    (from, input): (AccountId20, &InputArgs),
    members: Value,
) -> Result<u64> {
    let at = remote.hash_of(None).await?;
    let run = run(remote, metadata, at, method, terms(from, input).members(members)).await?;
    match run.failure() {
        Some(why) => bail!("it would fail: {why}"),
        None => Ok(run.gas_with_margin()),
    }
}

async fn run(remote: &Remote, metadata: &Metadata, at: Hash, method: &str, arguments: Value) -> Result<DryRun> {
    let input = metadata.encode_api_arguments(API, method, &arguments)?;
    let params = vec![json!(format!("{API}_{method}")), json!(bytes_hex(&input)), json!(hash_hex(at))];
    let answer: Value = remote.call("state_call", params).await?;
    let answer = hex_bytes(&answer).context("the node answered what is not hexadecimal")?;
    DryRun::read(metadata, method, &answer).context("the runtime's answer can't be read")
}
