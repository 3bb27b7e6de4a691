//! A transaction on its way: submitted, ready, in a block, final; and what came of it.

use std::{cell::Cell, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use ziver_metadata::{Event, Metadata};
use ziver_primitives::{Hash, Nonce};

use crate::{
    cli::{FollowArgs, Wait},
    commands::show,
    output::{print_line, print_told},
    remote::{Remote, RemoteHeader, bytes_hex, hash_hex},
};

/// Sends a transaction and tells of each step. A call that failed is an error.
pub async fn follow(remote: &mut Remote, bytes: &[u8], args: &FollowArgs) -> Result<()> {
    let text = json!(bytes_hex(bytes));
    let json = args.node.json;
    if args.wait == Wait::Submitted {
        let hash = remote.hash("author_submitExtrinsic", vec![text]).await?.context("the node answered no hash")?;
        return print_line(&match json {
            true => json!({ "status": "submitted", "hash": hash_hex(hash) }).to_string(),
            false => format!("submitted {hash:?}"),
        });
    }
    let patience = Duration::from_secs(args.timeout);
    let is_future = Cell::new(false);
    let steps = watch(remote, text, bytes, args, &is_future);
    if let Ok(outcome) = tokio::time::timeout(patience, steps).await {
        return outcome;
    }
    match is_future.get() {
        true => Err(awaited(remote, bytes, args.timeout).await),
        false => Err(anyhow!("the transaction is not where it should be after {} s", args.timeout)),
    }
}

/// Why a transaction is not ready: those before it are missing.
async fn awaited(remote: &mut Remote, bytes: &[u8], seconds: u64) -> anyhow::Error {
    let nonces = async {
        let best = remote.hash_of(None).await?;
        let transaction = remote.metadata(best).await?.decode_extrinsic(bytes)?;
        let signer = transaction.signer.context("nobody signed it")?;
        let next: Nonce = remote.call("system_accountNextIndex", vec![signer]).await?;
        Ok::<_, anyhow::Error>((transaction.nonce.context("it has no nonce")?, next))
    };
    match nonces.await {
        Ok((own, next)) => anyhow!(
            "after {seconds} s the transaction, with nonce {own}, still waits for one with nonce {next} of the same account"
        ),
        Err(_) => anyhow!("after {seconds} s the transaction still waits for another of the same account"),
    }
}

async fn watch(
    remote: &mut Remote,
    text: Value,
    bytes: &[u8],
    args: &FollowArgs,
    is_future: &Cell<bool>,
) -> Result<()> {
    let json = args.node.json;
    let mut statuses =
        remote.subscribe("author_submitAndWatchExtrinsic", vec![text], "author_unwatchExtrinsic").await?;
    let mut shown: Option<(Hash, Option<String>)> = None;
    while let Some(status) = statuses.next().await {
        let status = status.context("the node answered a status that is none")?;
        let (word, hash) = word(&status);
        is_future.set(word == "future");
        match (word, hash) {
            ("inBlock" | "finalized", Some(hash)) => {
                if shown.as_ref().is_none_or(|(block, _)| *block != hash) {
                    let included = Included::find(remote, hash, bytes).await?;
                    included.print(if word == "inBlock" { "in block" } else { "finalized in" }, word, json)?;
                    shown = Some((hash, included.failure()));
                } else if json {
                    print_line(&json!({ "status": word, "block": hash_hex(hash) }).to_string())?;
                } else {
                    print_line(&format!("finalized in {hash:?}"))?;
                }
                if word == "finalized" || args.wait == Wait::InBlock {
                    return match shown.and_then(|(_, failure)| failure) {
                        Some(failure) => Err(anyhow!("the call failed: {failure}")),
                        None => Ok(()),
                    };
                }
            }
            ("usurped", by) => bail!("another transaction took its place: {}", by.map(hash_hex).unwrap_or_default()),
            ("dropped", _) => bail!("the node dropped it: its pool is full"),
            ("invalid", _) => bail!("it has become invalid"),
            ("finalityTimeout", _) => bail!("its block was not final in time"),
            (word, _) if json => print_line(&json!({ "status": word }).to_string())?,
            ("retracted", Some(hash)) => print_line(&format!("retracted: {hash:?} is on the best chain no more"))?,
            (word, _) => print_told(word)?,
        }
    }
    bail!("the node ended the subscription{}", if remote.is_connected() { "" } else { ": the connection is closed" })
}

/// A status's name, and the hash that it carries.
fn word(status: &Value) -> (&str, Option<Hash>) {
    match status {
        Value::String(word) => (word, None),
        Value::Object(fields) => match fields.iter().next() {
            Some((word, hash)) => (word, hash.as_str().and_then(|hash| hash.parse().ok())),
            None => ("unknown", None),
        },
        _ => ("unknown", None),
    }
}

/// A transaction in a block.
struct Included {
    header: RemoteHeader,
    index: usize,
    events: Vec<Event>,
    metadata: Metadata,
    /// The runtime after the block, if the block brought a new one.
    new_runtime: Option<String>,
}

impl Included {
    async fn find(remote: &mut Remote, hash: Hash, bytes: &[u8]) -> Result<Self> {
        let header = remote.header(hash).await?;
        let extrinsics = remote.extrinsics(hash).await?;
        let index = extrinsics.iter().position(|extrinsic| extrinsic == bytes);
        let index = index.with_context(|| format!("block {hash:?} does not hold the transaction"))?;
        let metadata = remote.metadata_of_block(&header).await?;
        let all = remote.events(&header).await?;
        let ours = |event: &Event| event.phase.extrinsic_index().and_then(|at| usize::try_from(at).ok()) == Some(index);
        let events: Vec<Event> = all.into_iter().filter(ours).collect();
        let is_upgrade = |event: &Event| event.pallet == "System" && event.name == "CodeUpdated";
        let new_runtime = match events.iter().any(is_upgrade) {
            true => {
                let version = remote.version(hash).await?;
                Some(format!("{} {}", version.spec_name, version.spec_version))
            }
            false => None,
        };
        Ok(Self { header, index, events, metadata, new_runtime })
    }

    /// Why the call, or one inside of it, failed.
    fn failure(&self) -> Option<String> {
        let error = self.events.iter().find_map(|event| match (event.pallet.as_str(), event.name.as_str()) {
            ("System", "ExtrinsicFailed") => event.fields.get("dispatch_error"),
            ("Sudo", "Sudid" | "SudoAsDone") => event.fields.get("sudo_result")?.get("Err"),
            ("Utility", "BatchInterrupted") => event.fields.get("error"),
            _ => None,
        });
        error.map(|error| self.metadata.describe_dispatch_error(error))
    }

    fn print(&self, words: &str, status: &str, as_json: bool) -> Result<()> {
        let RemoteHeader { hash, number, .. } = &self.header;
        if as_json {
            return print_line(
                &json!({
                    "status": status,
                    "block": hash_hex(*hash),
                    "number": number,
                    "index": self.index,
                    "events": self.events,
                    "newRuntime": self.new_runtime,
                    "error": self.failure(),
                })
                .to_string(),
            );
        }
        print_line(&format!("{words} {hash:?} (number {number}, extrinsic {})", self.index))?;
        for event in &self.events {
            print_told(&format!("  {}", show::event(event, &self.metadata)))?;
        }
        match &self.new_runtime {
            Some(version) => print_told(&format!("  the runtime is {version} from the next block on")),
            None => Ok(()),
        }
    }
}
