//! `query blocks`: the last blocks, and `--watch`, which follows the chain in a live table.
//!
//! On a terminal the table ([`screen`]) is drawn anew with each block and each change of the window, and it waits for a node
//! that has gone. Elsewhere each block is one line, and the node's end is an error.

mod screen;

use std::{
    collections::BTreeMap,
    io::{IsTerminal, stdout},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use ziver_primitives::{BlockNumber, Hash};

use self::screen::{NoTerminal, Screen};
use crate::{
    cli::NodeArgs,
    output::{Closed, print_line},
    remote::{Remote, RemoteHeader, hash_hex, read_header},
};

/// How long to wait before a node that has gone is looked for again.
const JOIN_EVERY: Duration = Duration::from_secs(1);

/// A block in the table.
#[derive(Debug, Clone)]
pub struct Row {
    number: BlockNumber,
    hash: Hash,
    parent: Hash,
    /// Signed extrinsics.
    transactions: usize,
    events: usize,
    /// Milliseconds since 1970, as the block says.
    time_ms: Option<u64>,
    is_final: bool,
}

/// The table's heading.
pub fn heading() -> Vec<String> {
    ["NUMBER", "HASH", "AGE", "TRANSACTIONS", "EVENTS", "STATUS"].map(str::to_owned).to_vec()
}

impl Row {
    async fn read(remote: &mut Remote, header: &RemoteHeader, finalized: BlockNumber) -> Result<Self> {
        let metadata = remote.metadata_of_block(header).await?;
        let extrinsics = remote.extrinsics(header.hash).await?;
        let read: Vec<_> = extrinsics.iter().filter_map(|bytes| metadata.decode_extrinsic(bytes).ok()).collect();
        let time = read.iter().find(|one| one.call.pallet == "Timestamp" && one.call.call == "set");
        let time_ms = time.and_then(|one| one.call.args.get("now")?.as_u64());
        Ok(Self {
            number: header.number,
            hash: header.hash,
            parent: header.parent,
            transactions: read.iter().filter(|one| one.signer.is_some()).count(),
            events: remote.events(header).await?.len(),
            time_ms,
            is_final: header.number <= finalized,
        })
    }

    /// The row in words; the hash whole where there is room.
    pub fn cells(&self, whole_hash: bool) -> Vec<String> {
        let hash = format!("{:?}", self.hash);
        let hash = if whole_hash { hash } else { format!("{}…{}", &hash[..10], &hash[58..]) };
        vec![
            self.number.to_string(),
            hash,
            self.time_ms.map_or_else(|| "-".to_owned(), age),
            self.transactions.to_string(),
            self.events.to_string(),
            self.status().to_owned(),
        ]
    }

    fn status(&self) -> &'static str {
        if self.is_final { "final" } else { "best chain" }
    }

    /// The row as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "number": self.number,
            "hash": hash_hex(self.hash),
            "parentHash": hash_hex(self.parent),
            "timestamp": self.time_ms,
            "transactions": self.transactions,
            "events": self.events,
            "final": self.is_final,
        })
    }

    fn line(&self) -> String {
        format!(
            "#{} {:?}: {} transactions, {} events, {}",
            self.number,
            self.hash,
            self.transactions,
            self.events,
            self.status()
        )
    }
}

fn age(time_ms: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    match now.saturating_sub(time_ms / 1_000) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ ..3_600 => format!("{} min", seconds / 60),
        seconds @ ..86_400 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// The last blocks of the best chain, by number.
pub struct Blocks {
    rows: BTreeMap<BlockNumber, Row>,
    last: usize,
    finalized: BlockNumber,
}

impl Blocks {
    /// Reads the last blocks.
    pub async fn read(remote: &mut Remote, last: usize) -> Result<Self> {
        let finalized = remote.finalized().await?.number;
        let best = remote.hash_of(None).await?;
        let mut blocks = Self { rows: BTreeMap::new(), last, finalized };
        let header = remote.header(best).await?;
        blocks.take(remote, header).await?;
        Ok(blocks)
    }

    /// The rows, newest first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().rev()
    }

    /// Takes up a new best block, and what is missing or another below it. Returns the numbers of new rows.
    async fn take(&mut self, remote: &mut Remote, best: RemoteHeader) -> Result<Vec<BlockNumber>> {
        let _ = self.rows.split_off(&best.number);
        let mut new = Vec::new();
        let mut header = best;
        loop {
            let row = Row::read(remote, &header, self.finalized).await?;
            new.push(row.number);
            self.rows.insert(row.number, row);
            let is_known = |parent| {
                header.number == 0 || self.rows.get(&(header.number - 1)).is_some_and(|row| row.hash == parent)
            };
            if is_known(header.parent) || new.len() >= self.last {
                break;
            }
            header = remote.header(header.parent).await?;
        }
        while self.rows.len() > self.last {
            self.rows.pop_first();
        }
        new.reverse();
        Ok(new)
    }

    fn finalize(&mut self, number: BlockNumber) {
        self.finalized = self.finalized.max(number);
        for row in self.rows.values_mut() {
            row.is_final = row.number <= self.finalized;
        }
    }

    fn best(&self) -> BlockNumber {
        self.rows.last_key_value().map_or(0, |(number, _)| *number)
    }
}

/// Where what is followed is shown.
enum Sight {
    /// One line for each block.
    Lines { as_json: bool },
    /// A live table.
    Table(Screen),
}

impl Sight {
    fn show(&mut self, blocks: &Blocks, new: &[BlockNumber]) -> Result<()> {
        match self {
            Self::Lines { as_json } => {
                for row in new.iter().filter_map(|number| blocks.rows.get(number)) {
                    print_line(&if *as_json { row.to_json().to_string() } else { row.line() })?;
                }
                Ok(())
            }
            Self::Table(screen) => Ok(screen.draw(blocks)?),
        }
    }

    /// When it has to be drawn anew though nothing is new.
    async fn is_stale(&self) {
        match self {
            Self::Lines { .. } => std::future::pending().await,
            Self::Table(screen) => screen.is_stale().await,
        }
    }
}

/// Follows the chain: in lines until the node ends, in a table until the user ends it.
pub async fn watch(mut remote: Remote, args: &NodeArgs, last: usize) -> Result<()> {
    let mut blocks = None;
    if args.json || !stdout().is_terminal() {
        // What is missed later is caught up with, however little is shown at first.
        blocks = Some(Blocks { last, ..Blocks::read(&mut remote, 1).await? });
        let ended = follow(&mut remote, &mut blocks, last, &mut Sight::Lines { as_json: args.json }).await;
        // Whatever was being asked when it went.
        let has_gone = |error: &anyhow::Error| !remote.is_connected() && !error.is::<Closed>();
        return ended.map_err(|error| if has_gone(&error) { anyhow!("the node ended the connection") } else { error });
    }
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let (mut terminated, mut hung_up) = (listen(SignalKind::terminate())?, listen(SignalKind::hangup())?);
    let chain: String = remote.call("system_chain", Vec::new()).await?;
    let (screen, keys) = Screen::begin(format!("{chain} at {}", args.url))?;
    // Beside the following, so that a node that does not answer keeps nobody here.
    tokio::select! {
        error = follow_on(remote, args, &mut blocks, last, screen) => Err(error),
        ended = keys.until_end() => Ok(ended?),
        _ = terminated.recv() => Ok(()),
        _ = hung_up.recv() => Ok(()),
    }
}

/// Follows the chain on the screen, also from one node to the next; returns why the screen can't be used.
async fn follow_on(
    mut remote: Remote,
    args: &NodeArgs,
    blocks: &mut Option<Blocks>,
    last: usize,
    screen: Screen,
) -> anyhow::Error {
    let mut sight = Sight::Table(screen);
    loop {
        let Err(error) = follow(&mut remote, blocks, last, &mut sight).await else { continue };
        if error.is::<NoTerminal>() {
            return error;
        }
        let Sight::Table(screen) = &mut sight else { return error };
        screen.trouble = Some(error.to_string());
        remote = loop {
            if let Err(error) = blocks.as_ref().map_or(Ok(()), |blocks| screen.draw(blocks)) {
                return error.into();
            }
            tokio::time::sleep(JOIN_EVERY).await;
            match Remote::connect(&args.url).await {
                Ok(remote) => break remote,
                Err(error) => screen.trouble = Some(error.to_string()),
            }
        };
        // It may follow another chain by now.
        *blocks = None;
        screen.trouble = None;
    }
}

/// Follows the chain on one connection until that fails. Begins with the last blocks unless there are some.
async fn follow(remote: &mut Remote, blocks: &mut Option<Blocks>, last: usize, sight: &mut Sight) -> Result<()> {
    let mut heads = remote.subscribe("chain_subscribeNewHeads", Vec::new(), "chain_unsubscribeNewHeads").await?;
    let finals = "chain_subscribeFinalizedHeads";
    let mut finals = remote.subscribe(finals, Vec::new(), "chain_unsubscribeFinalizedHeads").await?;
    let blocks = match blocks {
        Some(blocks) => blocks,
        None => blocks.insert(Blocks::read(remote, last).await?),
    };
    let mut new: Vec<_> = blocks.rows.keys().copied().collect();
    loop {
        sight.show(blocks, &std::mem::take(&mut new))?;
        tokio::select! {
            head = heads.next() => {
                let head = head.context("the node ended the subscription")?.context("the node answered no header")?;
                // The notification carries no hash, and which block has the number may have changed since.
                let number = read_header(Hash::zero(), head)?.number;
                let Some(hash) = remote.hash("chain_getBlockHash", vec![json!(number)]).await? else { continue };
                if blocks.rows.get(&number).is_some_and(|row| row.hash == hash) && number == blocks.best() {
                    continue;
                }
                let header = remote.header(hash).await?;
                new = blocks.take(remote, header).await?;
            }
            head = finals.next() => {
                let head = head.context("the node ended the subscription")?.context("the node answered no header")?;
                blocks.finalize(read_header(Hash::zero(), head)?.number);
            }
            () = sight.is_stale() => {}
        }
    }
}

#[cfg(test)]
mod tests;
