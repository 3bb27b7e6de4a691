//! `query blocks`: the last blocks, and `--watch`, which follows the chain in a live table.
//!
//! On a terminal the table is drawn anew with each block and each change of the window. Elsewhere each block is one line.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stdout},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use crossterm::{
    cursor::{Hide, MoveTo, Show},
    event::{Event as Input, KeyCode, KeyModifiers},
    execute, queue,
    style::{Attribute, Print, SetAttribute},
    terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use ziver_primitives::{BlockNumber, Hash};

use crate::{
    cli::NodeArgs,
    output::{print_line, table},
    remote::{Remote, RemoteHeader, hash_hex, read_header},
};

/// How often ages are drawn anew when nothing happens.
const REDRAW_EVERY: Duration = Duration::from_secs(1);
/// Lines of the screen besides the blocks: title and heading.
const LINES_BESIDES: usize = 2;

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

/// Follows the chain until the user or the node ends it.
pub async fn watch(remote: &mut Remote, args: &NodeArgs, last: usize) -> Result<()> {
    let mut heads = remote.subscribe("chain_subscribeNewHeads", Vec::new(), "chain_unsubscribeNewHeads").await?;
    let finals = "chain_subscribeFinalizedHeads";
    let mut finals = remote.subscribe(finals, Vec::new(), "chain_unsubscribeFinalizedHeads").await?;
    let chain: String = remote.call("system_chain", Vec::new()).await?;
    let is_live = stdout().is_terminal() && !args.json;
    let mut blocks = Blocks::read(remote, if is_live { last } else { 1 }).await?;
    // From here on what was missed is caught up with, however little was shown at first.
    blocks.last = last;
    let title = format!("{chain} at {}", args.url);
    let mut screen = if is_live { Some(Screen::begin(title)?) } else { None };
    for row in blocks.rows().filter(|_| !is_live) {
        tell(row, args.json)?;
    }
    loop {
        if let Some(screen) = &mut screen {
            screen.draw(&blocks)?;
        }
        tokio::select! {
            head = heads.next() => {
                let head = head.context("the node ended the subscription")?.context("the node answered no header")?;
                let number = head["number"].as_str().and_then(|text| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok());
                let number = number.context("the node answered a header without a number")?;
                // The notification carries no hash, and which block has the number may have changed since.
                let Some(hash) = remote.hash("chain_getBlockHash", vec![json!(number)]).await? else { continue };
                if blocks.rows.get(&number).is_some_and(|row| row.hash == hash) && number == blocks.best() {
                    continue;
                }
                let header = remote.header(hash).await?;
                let new = blocks.take(remote, header).await?;
                for row in new.iter().filter_map(|number| blocks.rows.get(number)).filter(|_| !is_live) {
                    tell(row, args.json)?;
                }
            }
            head = finals.next() => {
                let head = head.context("the node ended the subscription")?.context("the node answered no header")?;
                blocks.finalize(read_header(Hash::zero(), head)?.number);
            }
            input = next_input(&mut screen) => match input {
                Some(Input::Key(key)) if is_end(key.code, key.modifiers) => return Ok(()),
                Some(_) => {}
                None => bail!("the terminal is gone"),
            },
            () = tokio::time::sleep(REDRAW_EVERY), if is_live => {}
        }
    }
}

fn tell(row: &Row, as_json: bool) -> Result<()> {
    print_line(&if as_json { row.to_json().to_string() } else { row.line() })
}

fn is_end(code: KeyCode, modifiers: KeyModifiers) -> bool {
    let ctrl_c = code == KeyCode::Char('c') && modifiers.contains(KeyModifiers::CONTROL);
    ctrl_c || matches!(code, KeyCode::Char('q') | KeyCode::Esc)
}

/// What the user does; never ends where there is no screen.
async fn next_input(screen: &mut Option<Screen>) -> Option<Input> {
    match screen {
        Some(screen) => screen.inputs.recv().await,
        None => std::future::pending().await,
    }
}

/// The terminal, while it shows the table. Dropping it gives the terminal back as it was.
struct Screen {
    title: String,
    inputs: mpsc::Receiver<Input>,
}

impl Screen {
    fn begin(title: String) -> Result<Self> {
        let (sender, inputs) = mpsc::channel(16);
        terminal::enable_raw_mode().context("cannot use the terminal")?;
        let screen = Self { title, inputs };
        execute!(stdout(), EnterAlternateScreen, Hide)?;
        // It waits for keys until the process ends: reading a terminal can't be broken off.
        std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
            while let Ok(input) = crossterm::event::read() {
                if sender.blocking_send(input).is_err() {
                    break;
                }
            }
        })?;
        Ok(screen)
    }

    fn draw(&mut self, blocks: &Blocks) -> Result<()> {
        let (width, height) = terminal::size()?;
        let (width, height) = (usize::from(width), usize::from(height));
        let title = format!("{}   best {}, final {}   q ends", self.title, blocks.best(), blocks.finalized);
        let mut out = stdout().lock();
        for (line, text) in picture(blocks, width, height).into_iter().enumerate() {
            let attribute = if line == 0 { Attribute::Reverse } else { Attribute::Reset };
            let row = u16::try_from(line + 1).unwrap_or(u16::MAX);
            queue!(out, MoveTo(0, row), SetAttribute(attribute), Print(text), SetAttribute(Attribute::Reset))?;
            queue!(out, Clear(ClearType::UntilNewLine))?;
        }
        queue!(out, Clear(ClearType::FromCursorDown), MoveTo(0, 0), SetAttribute(Attribute::Bold))?;
        queue!(out, Print(cut(&title, width)), SetAttribute(Attribute::Reset), Clear(ClearType::UntilNewLine))?;
        Ok(out.flush()?)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // There is nothing to be done when the terminal has gone.
        let _ = execute!(stdout(), Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

/// Heading and rows, as many and as wide as there is room.
fn picture(blocks: &Blocks, width: usize, height: usize) -> Vec<String> {
    let room = height.saturating_sub(LINES_BESIDES);
    let lines = |whole_hash| -> Vec<String> {
        let rows = blocks.rows().take(room).map(|row| row.cells(whole_hash));
        let rows: Vec<_> = std::iter::once(heading()).chain(rows).collect();
        table(&rows).lines().map(str::to_owned).collect()
    };
    let whole = lines(true);
    let fits = whole.iter().all(|line| line.chars().count() <= width);
    let chosen = if fits { whole } else { lines(false) };
    chosen.iter().map(|line| cut(line, width)).collect()
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

#[cfg(test)]
mod tests;
