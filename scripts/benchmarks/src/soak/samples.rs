//! What a node has of memory and disk, now and then, and whether that is bounded.
//!
//! The database has two kinds of columns. The *record* of the chain grows with each transfer, since nothing of it is ever dropped:
//! headers, bodies, numbers, the index of transactions, events. All others hold *state*: what accounts have now, tries, old
//! values within the pruning window, journals. They are bounded by the number of accounts and the length of the window.

use std::{fs, io, path::Path, time::Duration};

use crate::{
    node::{Client, Node},
    statistics::median,
};

/// Columns that keep something of each block for ever.
const RECORD: [&str; 5] = ["header", "body", "number", "transaction", "events"];
/// Memory may grow by so much from the last sixth of the time but one to the last, as a share and at least in MiB: half of one of the tables in
/// which RocksDB gathers what it writes, which fill and go in turns.
const MEMORY_GROWTH_MAX: f64 = 0.1;
const MEMORY_GROWTH_MIB: f64 = 32.0;
/// State may: it is rewritten all the time, and what was deleted goes when RocksDB merges its files, by fits and starts.
const STATE_GROWTH_MAX: f64 = 0.25;
const STATE_GROWTH_MIB: f64 = 64.0;
/// Most that a transfer leaves in the record, in bytes: 150 of its own, 36 + 12 of the index, about 250 of its four events.
const TRANSFER_BYTES_MAX: f64 = 600.0;
/// What the folder may have beside the columns: RocksDB's log of writes, 128 MiB at most, files that it is merging, compiled runtimes, text logs.
const BESIDE_MIB_MAX: f64 = 320.0;

const MIB: f64 = 1024.0 * 1024.0;

/// How it was at one moment.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Since the beginning.
    pub at: Duration,
    /// Which start of the node.
    pub start: u64,
    /// Resident memory.
    pub memory_mib: f64,
    /// Columns of state.
    pub state_mib: f64,
    /// Columns of the record.
    pub record_mib: f64,
    /// All files.
    pub folder_mib: f64,
    /// Number of the best block.
    pub height: u64,
    /// Final transfers.
    pub confirmed: u64,
}

impl Sample {
    /// Looks now.
    pub fn take(
        at: Duration,
        (node, start): (&Node, u64),
        client: &mut Client,
        folder: &Path,
        confirmed: u64,
    ) -> io::Result<Self> {
        let text = client.get("/metrics")?;
        let (mut state, mut record, mut height) = (0.0, 0.0, 0);
        for line in text.lines() {
            let Some((name, value)) =
                line.rsplit_once(' ').and_then(|(name, value)| Some((name, value.parse::<f64>().ok()?)))
            else {
                continue;
            };
            if let Some(column) = name.strip_prefix("ziver_database_bytes{column=\"") {
                let column = column.trim_end_matches("\"}");
                *(if RECORD.contains(&column) { &mut record } else { &mut state }) += value / MIB;
            } else if name == "ziver_block_height{status=\"best\"}" {
                height = value as u64;
            }
        }
        Ok(Self {
            at,
            start,
            memory_mib: node.memory_mib("Rss")?,
            state_mib: state,
            record_mib: record,
            folder_mib: bytes(folder) as f64 / MIB,
            height,
            confirmed,
        })
    }
}

/// Of all files below a folder. What goes meanwhile counts nothing.
fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(of) if of.is_dir() => bytes(&entry.path()),
            Ok(of) => of.len(),
            Err(_) => 0,
        })
        .sum()
}

/// One check and how it came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What was measured, in words.
    pub text: String,
    /// Whether that is as it should be.
    pub is_good: bool,
}

/// Judges the samples of a run of this length, of which the second half was one process's life: what it has in the last sixth of
/// the time beside the one before. Until then its caches have filled.
pub fn judge(samples: &[Sample], whole: Duration) -> Vec<Verdict> {
    let between = |from: f64, to: f64| {
        let is_in = move |sample: &&Sample| (from..to).contains(&(sample.at.as_secs_f64() / whole.as_secs_f64()));
        samples.iter().filter(is_in)
    };
    let growth = |what: &str, of: fn(&Sample) -> f64, (share, least): (f64, f64)| {
        let middle = |from, to| median(&between(from, to).map(of).collect::<Vec<_>>()).unwrap_or(f64::NAN);
        let (before, after) = (middle(4.0 / 6.0, 5.0 / 6.0), middle(5.0 / 6.0, 1.0));
        let bound = (before * (1.0 + share)).max(before + least);
        let text = format!(
            "{what}, median: {before:.0} MiB in the last sixth but one, {after:.0} in the last, at most {bound:.0}"
        );
        Verdict { text, is_good: after <= bound }
    };
    let memory = growth("memory", |sample| sample.memory_mib, (MEMORY_GROWTH_MAX, MEMORY_GROWTH_MIB));
    let state = growth("state", |sample| sample.state_mib, (STATE_GROWTH_MAX, STATE_GROWTH_MIB));
    let (first, last) = (between(0.25, 0.5).next(), samples.last());
    let each = first.zip(last).map_or(f64::NAN, |(first, last)| {
        (last.record_mib - first.record_mib) * MIB / last.confirmed.saturating_sub(first.confirmed) as f64
    });
    let record = Verdict {
        text: format!("record: {each:.0} bytes more with each transfer, at most {TRANSFER_BYTES_MAX}"),
        is_good: each <= TRANSFER_BYTES_MAX,
    };
    let beside =
        samples.iter().map(|sample| sample.folder_mib - sample.state_mib - sample.record_mib).fold(0.0, f64::max);
    let beside = Verdict {
        text: format!("beside the columns: {beside:.0} MiB in the folder, at most {BESIDE_MIB_MAX}"),
        is_good: beside <= BESIDE_MIB_MAX,
    };
    vec![memory, state, record, beside]
}

#[cfg(test)]
mod tests;
