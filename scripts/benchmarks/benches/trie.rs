//! Root and durable commit of a block's changes, beside other tries: `cargo bench --bench trie -- --help`.
//!
//! Each subject holds the same keys (68 bytes, as long as an account's) with values of 80 bytes. A block gives new values to keys
//! drawn at random; measured is what it takes until its root is known and it is stored. Reading values is not part of it.
//!
//! | subject | what it is | hasher | stored |
//! |---|---|---|---|
//! | `ziver` | `ziver-state` on RocksDB as the chain uses it: overlay, root, one synced batch a block, finality 2 blocks behind | keccak-256 | durably, each block |
//! | `sp-trie+parity-db` | Substrate's trie (47) with its shared node cache, nodes by hash in a reference-counted column, removed after the same blocks | keccak-256 | by a thread behind; the clock runs until the database is closed |
//! | `sp-trie` | the same in memory, nothing removed late | keccak-256 | no |
//! | `nomt` | NOMT 1.0.5, paths are blake2-256 of keys; one state alone, nothing to go back to | blake3 | durably, each block |
//!
//! The subjects with keccak-256 must come to the same roots, which is checked.
//!
//! Each measurement is a process of its own, so that its processor time, with all threads and what goes on behind after the last
//! block, is the subject's alone. The subjects take turns; each goes on with its own database from run to run.

#[path = "trie/load.rs"]
mod load;
#[path = "trie/memory.rs"]
mod memory;
#[path = "trie/nomt.rs"]
mod nomt;
#[path = "trie/parity.rs"]
mod parity;
#[path = "trie/subject.rs"]
mod subject;
#[path = "trie/ziver.rs"]
mod ziver;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use clap::{Parser, ValueEnum};
use load::Load;
use subject::{Head, Name};
use ziver_benchmarks::{
    cpu::{self, Cost},
    record::Record,
};

/// The node's, for all subjects.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Blocks before those that are measured: caches fill, and states begin to leave the window.
const WARM_BLOCKS: u32 = 2 * subject::WINDOW_BLOCKS;

#[derive(Clone, Parser)]
#[command(about = "Root and durable commit of a block's changes, beside other tries")]
struct Options {
    /// How much is measured.
    size: Option<Size>,
    /// Keys in the state, several numbers with commas between.
    #[arg(long, value_delimiter = ',')]
    keys: Vec<u32>,
    /// Changed keys in a block, likewise.
    #[arg(long, value_delimiter = ',')]
    changes: Vec<u32>,
    /// Changed keys in all blocks of a run.
    #[arg(long)]
    updates: Option<u32>,
    /// Paired runs.
    #[arg(long)]
    runs: Option<u32>,
    /// Subjects, several with commas between; all without it.
    #[arg(long, value_delimiter = ',')]
    subjects: Vec<Name>,
    /// One measurement in this process, in this folder: how this program calls itself.
    #[arg(long, hide = true, requires = "run")]
    folder: Option<PathBuf>,
    /// The number of the run.
    #[arg(long, hide = true)]
    run: Option<u32>,
    /// `cargo bench` passes it.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// One small state.
    Quick,
    /// 200 thousand and 1 million keys, 1,000 and 10,000 changes a block.
    Full,
}

fn main() {
    let mut options = Options::parse();
    let quick = options.size == Some(Size::Quick);
    if options.keys.is_empty() {
        options.keys = if quick { vec![50_000] } else { vec![200_000, 1_000_000] };
    }
    if options.changes.is_empty() {
        options.changes = if quick { vec![1_000] } else { vec![1_000, 10_000] };
    }
    if options.subjects.is_empty() {
        options.subjects = Name::value_variants().to_vec();
    }
    match (&options.folder, options.run) {
        (Some(folder), Some(run)) => measure(&options, folder, run),
        _ => compare(&options, quick),
    }
}

/// Starts a process for each measurement.
fn compare(options: &Options, quick: bool) {
    let runs = options.runs.unwrap_or(2);
    let updates = options.updates.unwrap_or(if quick { 10_000 } else { 20_000 });
    for keys in &options.keys {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rounds = options.changes.iter().flat_map(|changes| (1..=runs).map(move |run| (*changes, run)));
        for (round, (changes, run)) in rounds.enumerate() {
            let mut root = None;
            // One run of what is not kept, which is no peer, shows what there is to gain without a disk.
            for subject in options.subjects.iter().filter(|subject| subject.is_kept() || run == 1) {
                let head = spawn(&[
                    ("--keys", keys.to_string()),
                    ("--changes", changes.to_string()),
                    ("--updates", updates.to_string()),
                    ("--subjects", subject.to_string()),
                    ("--run", run.to_string()),
                    ("--folder", folder.path().join(subject.to_string()).display().to_string()),
                ]);
                // What is not kept begins anew each time and went another way from the second round on.
                if subject.has_keccak() && (subject.is_kept() || round == 0) {
                    assert_eq!(*root.get_or_insert(head), head, "{subject} comes to the same root");
                }
            }
        }
    }
}

fn spawn(arguments: &[(&str, String)]) -> Head {
    let program = std::env::current_exe().expect("the system knows this program");
    let mut command = Command::new(program);
    for (name, value) in arguments {
        command.arg(name).arg(value);
    }
    let status = command.status().expect("the process starts");
    assert!(status.success(), "{arguments:?}: {status}");
    let folder = arguments.iter().find(|(name, _)| *name == "--folder").expect("each has one");
    Head::read(Path::new(&folder.1)).expect("the process left it")
}

/// One measurement; the first one in a folder makes the state.
fn measure(options: &Options, folder: &Path, run: u32) {
    let (keys, changes, name) = (options.keys[0], options.changes[0], options.subjects[0]);
    let kept = Head::read(folder).ok().filter(|_| name.is_kept());
    let mut head = kept.unwrap_or_else(|| {
        fs::create_dir_all(folder).expect("the folder can be made");
        Head { number: 0, root: name.create(folder, keys) }
    });
    let mut subject = name.open(folder, keys, head);
    let mut load = Load::new(keys, head.number);
    for _ in 0..WARM_BLOCKS {
        head = Head { number: head.number + 1, root: subject.block(load.block(changes)) };
    }
    let blocks = (options.updates.unwrap_or(changes) / changes).max(1);
    let bodies: Vec<_> = (0..blocks).map(|_| load.block(changes)).collect();
    cpu::wait_until_idle();

    let (before, clock) = (cpu::of_self(), Instant::now());
    for body in bodies {
        head = Head { number: head.number + 1, root: subject.block(body) };
    }
    let rest = subject.store();
    let wall = clock.elapsed();
    cpu::wait_until_idle();
    let cost = Cost { cpu: cpu::of_self() - before, wall };
    drop(rest);
    head.write(folder).expect("the folder can be written to");
    let updates = (blocks * changes) as usize;
    Record::new("trie", &name.to_string(), run)
        .parameter("keys", keys)
        .parameter("changes", changes)
        .figure("per_cpu_second", cost.per_cpu_second(updates))
        .figure("per_second", cost.per_second(updates))
        .tell();
}
