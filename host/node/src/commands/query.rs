//! `query`: what a running node's chain holds, decoded by the runtime's own description.

mod watch;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};
use ziver_metadata::Metadata;
use ziver_primitives::Hash;

use super::{arguments, show};
use crate::{
    amount,
    cli::{QueryAccountArgs, QueryBlockArgs, QueryBlocksArgs, QueryCommand, QueryStorageArgs},
    output::{count, escaped, escaped_lines, print, print_line, print_told, table},
    remote::{Remote, bytes_hex, hash_hex, hex_bytes},
};

/// Keys that are asked for at once.
const KEYS_PER_PAGE: u32 = 500;
/// Values that are asked for at once.
const VALUES_PER_QUERY: usize = 250;

/// Does what a command says.
pub async fn perform(command: &QueryCommand) -> Result<()> {
    match command {
        QueryCommand::Account(args) => account(args).await,
        QueryCommand::Block(args) => block(args).await,
        QueryCommand::Blocks(args) => blocks(args).await,
        QueryCommand::Events(args) => events(args).await,
        QueryCommand::Storage(args) => storage(args).await,
    }
}

async fn account(args: &QueryAccountArgs) -> Result<()> {
    let mut remote = Remote::connect(&args.node.url).await?;
    let at = remote.hash_of(args.at).await?;
    let header = remote.header(at).await?;
    let metadata = remote.metadata(at).await?;
    let key = metadata.storage_key("System", "Account", &[json!(args.account)])?;
    let found = remote.storage(&key, at).await?;
    let account = match &found {
        Some(bytes) => metadata.decode_storage_value("System", "Account", bytes)?,
        None => metadata.storage_default("System", "Account")?.unwrap_or(Value::Null),
    };
    if args.node.json {
        let mut told = Map::from_iter([
            ("address".to_owned(), json!(args.account)),
            ("exists".to_owned(), json!(found.is_some())),
            ("block".to_owned(), json!({ "hash": hash_hex(at), "number": header.number })),
        ]);
        told.extend(account.as_object().cloned().unwrap_or_default());
        return print_line(&Value::from(told).to_string());
    }
    let balance = |name: &str| {
        let amount = account["data"][name].as_str().and_then(|text| text.parse().ok());
        amount.map_or_else(|| account["data"][name].to_string(), amount::show)
    };
    let rows = [
        ("Address", args.account.to_string()),
        ("Block", format!("{} {at:?}", header.number)),
        ("Nonce", account["nonce"].to_string()),
        ("Free", balance("free")),
        ("Reserved", balance("reserved")),
        ("Frozen", balance("frozen")),
    ];
    print(&rows.map(|(name, value)| format!("{:11}{}\n", format!("{name}:"), escaped(&value))).concat())?;
    if found.is_none() { print_line("There is no such account in the state.") } else { Ok(()) }
}

async fn block(args: &QueryBlockArgs) -> Result<()> {
    let mut remote = Remote::connect(&args.node.url).await?;
    let hash = remote.hash_of(args.block).await?;
    let header = remote.header(hash).await?;
    let metadata = remote.metadata_of_block(&header).await?;
    let extrinsics = remote.extrinsics(hash).await?;
    let decoded = extrinsics.iter().map(|bytes| metadata.decode_extrinsic(bytes));
    if args.node.json {
        // What can't be read is shown as it came: the block is there all the same.
        let list = decoded.zip(&extrinsics).map(|(read, bytes)| match read {
            Ok(extrinsic) => serde_json::to_value(extrinsic),
            Err(error) => Ok(json!({ "bytes": bytes_hex(bytes), "error": error.to_string() })),
        });
        let list = list.collect::<Result<Vec<_>, _>>()?;
        return print_line(&json!({ "hash": hash_hex(hash), "header": header.json, "extrinsics": list }).to_string());
    }
    let text = |name: &str| header.json[name].as_str().unwrap_or_default().to_owned();
    let mut rows = vec![
        ("Block", header.number.to_string()),
        ("Hash", format!("{hash:?}")),
        ("Parent", text("parentHash")),
        ("State", text("stateRoot")),
    ];
    rows.extend(
        header.json["digest"]["logs"].as_array().into_iter().flatten().map(|item| ("Digest", show::value("", item))),
    );
    let row = |(name, value): &(&str, String)| format!("{:9}{}\n", format!("{name}:"), escaped(value));
    print(&rows.iter().map(row).collect::<String>())?;
    for (index, read) in decoded.enumerate() {
        let line =
            read.map_or_else(|error| format!("cannot be read: {error}"), |extrinsic| show::extrinsic(&extrinsic));
        print_told(&format!("  {index}  {line}"))?;
    }
    Ok(())
}

async fn events(args: &QueryBlockArgs) -> Result<()> {
    let mut remote = Remote::connect(&args.node.url).await?;
    let hash = remote.hash_of(args.block).await?;
    let header = remote.header(hash).await?;
    let events = remote.events(&header).await?;
    let metadata = remote.metadata_of_block(&header).await?;
    if args.node.json {
        let told = json!({ "block": { "hash": hash_hex(hash), "number": header.number }, "events": events });
        return print_line(&told.to_string());
    }
    print_line(&format!("Block {} {hash:?}: {}", header.number, count(events.len() as u64, "event", "events")))?;
    for event in &events {
        let phase = match event.phase.extrinsic_index() {
            Some(index) => format!("extrinsic {index}"),
            None => format!("{:?}", event.phase).to_lowercase(),
        };
        print_told(&format!("  {phase:15}{}", show::event(event, &metadata)))?;
    }
    Ok(())
}

async fn blocks(args: &QueryBlocksArgs) -> Result<()> {
    let mut remote = Remote::connect(&args.node.url).await?;
    let last = usize::try_from(args.last).unwrap_or(usize::MAX);
    if args.watch {
        return watch::watch(remote, &args.node, last).await;
    }
    let list = watch::Blocks::read(&mut remote, last).await?;
    if args.node.json {
        return print_line(&Value::from(list.rows().map(|row| row.to_json()).collect::<Vec<_>>()).to_string());
    }
    let rows: Vec<_> = std::iter::once(watch::heading()).chain(list.rows().map(|row| row.cells(true))).collect();
    print(&table(&rows))
}

async fn storage(args: &QueryStorageArgs) -> Result<()> {
    let mut remote = Remote::connect(&args.node.url).await?;
    let at = remote.hash_of(args.at).await?;
    let metadata = remote.metadata(at).await?;
    let item = metadata.storage(&args.pallet, &args.item);
    let types: Vec<&str> =
        item.map(|item| item.keys.iter().map(|(_, key)| key.type_name.as_str()).collect()).unwrap_or_default();
    if item.is_some() && args.keys.len() > types.len() {
        let wanted = if types.is_empty() { "no key".to_owned() } else { types.join(", ") };
        bail!("{}.{} takes {wanted}; {} given", args.pallet, args.item, super::given(args.keys.len()));
    }
    let types = types.into_iter().chain(std::iter::repeat(""));
    let keys = args.keys.iter().zip(types).map(|(key, name)| arguments::key(key, name)).collect::<Result<Vec<_>>>()?;
    let key = metadata.storage_key(&args.pallet, &args.item, &keys)?;
    let item = item.with_context(|| format!("the runtime has no {}.{}", args.pallet, args.item))?;
    if keys.len() < item.keys.len() {
        return entries(&remote, &metadata, args, &key, at).await;
    }
    let value = match remote.storage(&key, at).await? {
        Some(bytes) => Some(metadata.decode_storage_value(&args.pallet, &args.item, &bytes)?),
        None => metadata.storage_default(&args.pallet, &args.item)?,
    };
    match value {
        Some(value) if args.node.json => print_line(&value.to_string()),
        Some(value) => print_line(&pretty(&value)?),
        None if args.node.json => print_line("null"),
        None => print_line("there is no value"),
    }
}

/// The entries of a map, or of a part of it.
async fn entries(remote: &Remote, metadata: &Metadata, args: &QueryStorageArgs, prefix: &[u8], at: Hash) -> Result<()> {
    let mut keys: Vec<String> = Vec::new();
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    loop {
        let start = keys.last().map_or(Value::Null, |key| json!(key));
        let params = vec![json!(bytes_hex(prefix)), json!(KEYS_PER_PAGE), start, json!(hash_hex(at))];
        let page: Vec<String> = remote.call("state_getKeysPaged", params).await?;
        let is_last = page.len() < usize::try_from(KEYS_PER_PAGE).unwrap_or(usize::MAX);
        keys.extend(page);
        if is_last || keys.len() > limit {
            break;
        }
    }
    let more = keys.len() > limit;
    keys.truncate(limit);
    let mut list = Vec::new();
    for chunk in keys.chunks(VALUES_PER_QUERY) {
        let answer: Value = remote.call("state_queryStorageAt", vec![json!(chunk), json!(hash_hex(at))]).await?;
        let Some(changes) = answer[0]["changes"].as_array() else { bail!("the node answered no values") };
        for change in changes {
            let (key, value) = (hex_bytes(&change[0]), hex_bytes(&change[1]));
            let (Some(key), Some(value)) = (key, value) else {
                return Err(anyhow!("the node answered a value that is none"));
            };
            list.push(metadata.decode_storage(&args.pallet, &args.item, &key, &value)?);
        }
    }
    if args.node.json {
        return print_line(&serde_json::to_string(&list)?);
    }
    for entry in &list {
        let keys: Vec<_> = entry.keys.iter().map(|key| show::value("", key)).collect();
        print_told(&format!("{}  {}", keys.join(" "), entry.value))?;
    }
    match more {
        true => print_line(&format!("There are more than {limit} entries: see --limit.")),
        false => print_line(&count(list.len() as u64, "entry", "entries")),
    }
}

/// A value over several lines; a word or a number as it is.
fn pretty(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(escaped(text)),
        other => Ok(escaped_lines(&serde_json::to_string_pretty(other)?)),
    }
}

#[cfg(test)]
mod tests;
