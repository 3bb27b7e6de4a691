//! What a contract told, in pages: a node looks through so many blocks and bytes at once, and answers so many logs.
//!
//! A page begins in the block where the one before ended, past the logs of it that were shown, so no block is read more often
//! than it has pages.

use anyhow::Result;
use serde_json::{Value, json};
use ziver_metadata::Contract;
use ziver_primitives::BlockNumber;

use super::file;
use crate::{
    cli::ContractLogsArgs,
    output::{count, print_line, print_told},
    remote::{Remote, hex_bytes},
};

/// Blocks that are asked for at once: as many as a node looks through by their Bloom filters.
const BLOCKS_AT_ONCE: BlockNumber = 65_536;
/// Logs that are asked for at once.
const LOGS_AT_ONCE: u64 = 256;
/// What a node says where the blocks are too long to be looked through at once.
const TOO_MANY: &str = "narrow it";

/// Shows all, or as many as are wanted.
pub async fn show(args: &ContractLogsArgs) -> Result<()> {
    let contract = match &args.abi {
        Some(path) => file::read(path, None)?.contract,
        None => None,
    };
    let remote = Remote::connect(&args.node.url).await?;
    let to = match args.to_block {
        Some(number) => number,
        None => remote.header(remote.hash_of(None).await?).await?.number,
    };
    let mut pages = Pages { from: args.from_block, skip: 0, window: BLOCKS_AT_ONCE, to, limit: args.limit };
    let mut shown = 0;
    while let Some(logs) = pages.next(&remote, args).await? {
        for log in &logs {
            print(contract.as_ref(), log, args.node.json)?;
            shown += 1;
        }
    }
    if args.node.json { Ok(()) } else { print_line(&count(shown, "log", "logs")) }
}

/// Where the next page begins.
struct Pages {
    from: BlockNumber,
    /// Logs of the block `from` that were shown.
    skip: u64,
    /// Blocks to ask for.
    window: BlockNumber,
    to: BlockNumber,
    /// Logs that are still wanted.
    limit: u64,
}

impl Pages {
    /// The next page, which may be empty; none at the end.
    async fn next(&mut self, remote: &Remote, args: &ContractLogsArgs) -> Result<Option<Vec<Value>>> {
        if self.limit == 0 || self.from > self.to {
            return Ok(None);
        }
        let until = self.from.saturating_add(self.window - 1).min(self.to);
        let limit = self.limit.min(LOGS_AT_ONCE);
        let filter = json!({
            "contract": args.contract, "fromBlock": self.from, "toBlock": until, "skip": self.skip, "limit": limit,
        });
        let logs: Vec<Value> = match remote.call("zx_getLogs", vec![filter]).await {
            Ok(logs) => logs,
            Err(why) if self.window > 1 && format!("{why:#}").contains(TOO_MANY) => {
                self.window = (self.window / 2).max(1);
                return Ok(Some(Vec::new()));
            }
            Err(why) => return Err(why),
        };
        let many = logs.len() as u64;
        self.limit = self.limit.saturating_sub(many);
        let last = logs.last().and_then(number).filter(|last| many >= limit && *last >= self.from);
        match last {
            // There may be more of that block.
            Some(last) => {
                let of_last = logs.iter().filter(|log| number(log) == Some(last)).count() as u64;
                self.skip = if last == self.from { self.skip.saturating_add(of_last) } else { of_last };
                self.from = last;
            }
            None if until == self.to => self.limit = 0,
            None => (self.from, self.skip) = (until.saturating_add(1), 0),
        }
        Ok(Some(logs))
    }
}

/// The number of a log's block.
fn number(log: &Value) -> Option<BlockNumber> {
    BlockNumber::from_str_radix(log["blockNumber"].as_str()?.trim_start_matches("0x"), 16).ok()
}

fn print(contract: Option<&Contract>, log: &Value, json: bool) -> Result<()> {
    let event = contract.and_then(|contract| event(contract, log));
    if json {
        let mut told = log.clone();
        told["event"] = event.map_or(Value::Null, |(name, fields)| json!({ "name": name, "fields": fields }));
        return print_line(&told.to_string());
    }
    let block = number(log).unwrap_or_default();
    print_told(&match event {
        Some((name, fields)) => format!("{block:>8}  {name} {fields}"),
        None => format!("{block:>8}  topics {} data {}", log["topics"], log["data"]),
    })
}

/// Name and fields of a log.
fn event(contract: &Contract, log: &Value) -> Option<(String, Value)> {
    let topic = hex_bytes(&log["topics"][0]);
    let (name, fields) = contract.decode_event(topic.as_deref(), &hex_bytes(&log["data"])?)?;
    Some((name.to_owned(), fields))
}
