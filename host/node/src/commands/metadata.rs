//! `metadata`: what a runtime says that it has.

use anyhow::{Context, Result, anyhow};
use codec::Decode;
use serde_json::json;
use ziver_metadata::{Argument, Metadata, Pallet};
use ziver_state::{Overlay, RuntimeCode};

use crate::{
    cli::MetadataArgs,
    output::{escaped_lines, print, print_line, print_told, table},
    remote::{Remote, bytes_hex},
    store,
};

/// Prints it.
pub async fn show(args: &MetadataArgs) -> Result<()> {
    let bytes = match &args.chain {
        Some(chain) => of_spec(chain)?,
        None => {
            let remote = Remote::connect(&args.node.url).await?;
            remote.metadata_bytes(remote.hash_of(None).await?).await?
        }
    };
    if args.raw {
        return print_line(&bytes_hex(&bytes));
    }
    let metadata = Metadata::decode(&bytes)?;
    let Some(name) = &args.pallet else { return overview(&metadata, args.node.json) };
    let names = || metadata.pallets().iter().map(|pallet| pallet.name.as_str()).collect::<Vec<_>>().join(", ");
    let pallet =
        metadata.pallet(name).ok_or_else(|| anyhow!("the runtime has no pallet {name:?}; it has {}", names()))?;
    match args.node.json {
        true => print_line(&serde_json::to_string_pretty(pallet)?),
        false => print(&escaped_lines(&described(&metadata, pallet))),
    }
}

/// The metadata of a chain spec's first runtime.
fn of_spec(chain: &str) -> Result<Vec<u8>> {
    let source = store::read_spec(chain)?;
    let executor = store::start_executor(None)?;
    let code = RuntimeCode::new(source.code());
    let answer = executor.call(&code, "Metadata_metadata", &[], &mut Overlay::default())?;
    Vec::<u8>::decode(&mut &answer[..]).with_context(|| format!("the runtime of {chain} answers malformed metadata"))
}

fn overview(metadata: &Metadata, as_json: bool) -> Result<()> {
    let extensions: Vec<_> = metadata.extensions().iter().map(|extension| extension.name.as_str()).collect();
    if as_json {
        let told = json!({
            "version": metadata.version(),
            "pallets": metadata.pallets(),
            "extensions": metadata.extensions(),
            "apis": metadata.apis(),
        });
        return print_line(&serde_json::to_string_pretty(&told)?);
    }
    let heading = ["INDEX", "PALLET", "CALLS", "EVENTS", "STORAGE", "CONSTANTS", "ERRORS"].map(str::to_owned).to_vec();
    let row = |pallet: &Pallet| {
        vec![
            pallet.index.to_string(),
            pallet.name.clone(),
            pallet.calls.len().to_string(),
            pallet.events.len().to_string(),
            pallet.storage.len().to_string(),
            pallet.constants.len().to_string(),
            pallet.errors.len().to_string(),
        ]
    };
    let rows: Vec<_> = std::iter::once(heading).chain(metadata.pallets().iter().map(row)).collect();
    print(&format!("Metadata version {}\n\n{}\n", metadata.version(), escaped_lines(&table(&rows))))?;
    print_told(&format!("Extensions of transactions: {}", extensions.join(", ")))
}

fn described(metadata: &Metadata, pallet: &Pallet) -> String {
    let mut text = format!("{} (index {})\n", pallet.name, pallet.index);
    let arguments = |list: &[Argument]| {
        list.iter().map(|one| format!("{}: {}", one.name, one.type_name)).collect::<Vec<_>>().join(", ")
    };
    let mut section = |name: &str, lines: Vec<(String, &[String])>| {
        if lines.is_empty() {
            return;
        }
        text.push_str(&format!("\n{name}\n"));
        for (line, docs) in lines {
            text.push_str(&format!("  {line}\n"));
            if let Some(first) = docs.iter().map(|line| line.trim()).find(|line| !line.is_empty()) {
                text.push_str(&format!("      {first}\n"));
            }
        }
    };
    let calls = pallet.calls.iter().map(|one| (format!("{}({})", one.name, arguments(&one.args)), &one.docs[..]));
    section("Calls", calls.collect());
    let events = pallet.events.iter().map(|one| (format!("{}({})", one.name, arguments(&one.fields)), &one.docs[..]));
    section("Events", events.collect());
    let storage = pallet.storage.iter().map(|one| {
        let keys: Vec<_> = one.keys.iter().map(|(_, key)| key.type_name.as_str()).collect();
        let keys = if keys.is_empty() { String::new() } else { format!("[{}]", keys.join(", ")) };
        (format!("{}{keys}: {}", one.name, one.value_name), &one.docs[..])
    });
    section("Storage", storage.collect());
    let constants = pallet.constants.iter().map(|one| {
        let value = metadata
            .constant(&pallet.name, &one.name)
            .map_or_else(|error| error.to_string(), |value| value.to_string());
        (format!("{}: {} = {value}", one.name, one.type_name), &one.docs[..])
    });
    section("Constants", constants.collect());
    section("Errors", pallet.errors.iter().map(|one| (one.name.clone(), &one.docs[..])).collect());
    text
}
