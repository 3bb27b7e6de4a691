//! Starting a node: time to its first answer and to its first block, what it holds in memory when it is idle, and whether a long
//! history makes any difference.
//!
//! ```text
//! ZIVER_HOST=../../target/release/ziver-host cargo bench --bench start [-- quick | full] [--blocks 1000000]
//! ```
//!
//! Each node runs the development chain on RocksDB, in a temporary folder.
//! - `start`: from the start of the process to the first block that it makes itself (`ms`) and to its first answer over JSON-RPC
//!   (`answer_ms`). *new*: an empty folder, so that the runtime is compiled. *known*: the same folder again, with compiled code.
//!   A slot has one block, so that a node that is started again in the slot of its last block would wait for the next one: each
//!   is started in the middle of a slot without a block.
//! - `start_idle`: resident memory, after so many seconds without anything to do but empty blocks.
//! - `start_history`: a folder with so many empty blocks beside one with none, in turns; `read_kib` is what the node read until its
//!   first block. *killed*: by SIGKILL, a moment after a block; else it was ended in order.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::Duration,
};

use clap::Parser;
use nix::sys::signal::Signal;
use ziver_benchmarks::{
    history,
    node::{Node, now_ms},
    record::Record,
};

/// Milliseconds between blocks; shorter in quick runs, which then wait less for their slots.
const BLOCK_MS: u64 = 1_000;
const QUICK_BLOCK_MS: u64 = 500;

/// Starting a node: time, memory, and a long history.
#[derive(Parser)]
struct Options {
    /// `quick` or `full`.
    #[arg(default_value = "full", value_parser = ["quick", "full"])]
    size: String,
    /// The release build of ziver-host.
    #[arg(long, env = "ZIVER_HOST")]
    ziver: PathBuf,
    /// Starts of each kind [default: 3, quick 1].
    #[arg(long)]
    runs: Option<u32>,
    /// Empty blocks of the long history [default: 50000, quick 2000].
    #[arg(long)]
    blocks: Option<u32>,
    /// A folder for the long history; what was made there before is taken [default: a temporary one].
    #[arg(long)]
    history: Option<PathBuf>,
    /// Seconds without anything to do, before memory is looked at [default: 10, quick 2].
    #[arg(long)]
    idle_s: Option<u64>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let is_quick = options.size == "quick";
    let or = |given: Option<u32>, quick: u32, full: u32| given.unwrap_or(if is_quick { quick } else { full });
    let runs = or(options.runs, 1, 3);
    let idle_s = options.idle_s.unwrap_or(if is_quick { 2 } else { 10 });
    let starter = Starter { program: &options.ziver, block_ms: if is_quick { QUICK_BLOCK_MS } else { BLOCK_MS } };
    starts(&starter, runs)?;
    idle(&starter, idle_s)?;
    let ends = if is_quick { &ENDS[1..] } else { &ENDS };
    histories(options, &starter, or(options.blocks, 2_000, 20_000), runs, ends)
}

/// A folder that goes with the value.
fn temporary() -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("ziver-bench-").tempdir()
}

/// How nodes are started.
struct Starter<'a> {
    program: &'a Path,
    block_ms: u64,
}

impl Starter<'_> {
    fn node(&self, folder: &Path) -> io::Result<Node> {
        let arguments = ["--no-prometheus", "--block-time-ms", &self.block_ms.to_string()];
        Node::start(self.program, folder, &arguments.map(str::to_owned))
    }

    /// Starts one in the middle of a slot without a block and waits for its block.
    fn start(&self, folder: &Path) -> io::Result<Start> {
        let of_slot_ms = now_ms() % self.block_ms;
        thread::sleep(Duration::from_millis(self.block_ms - of_slot_ms + self.block_ms / 2));
        let node = self.node(folder)?;
        let mut client = node.connect()?;
        client.best()?;
        let answer = node.began.elapsed();
        let block = node.wait_for_own_block(&mut client)?;
        let read_bytes = node.read_bytes()?;
        Ok(Start { node, answer, block, read_bytes })
    }
}

/// What a start took.
struct Start {
    node: Node,
    answer: Duration,
    block: Duration,
    read_bytes: u64,
}

impl Start {
    fn record(&self, record: Record) -> Record {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        record.figure("ms", ms(self.block)).figure("answer_ms", ms(self.answer))
    }
}

fn starts(starter: &Starter<'_>, runs: u32) -> io::Result<()> {
    for run in 1..=runs {
        let folder = temporary()?;
        for module_cache in ["cold", "warm"] {
            let start = starter.start(folder.path())?;
            let record = Record::new("start", "ziver", run).parameter("module_cache", module_cache);
            start.record(record.parameter("block_ms", starter.block_ms)).tell();
            wait_for_compiler(folder.path());
            start.node.end(Signal::SIGTERM)?;
        }
    }
    Ok(())
}

/// The runtime is compiled a second time, better, behind the first blocks.
fn wait_for_compiler(folder: &Path) {
    let is_compiled = || {
        let modules = walk(folder);
        modules.iter().any(|name| name.contains("-cranelift-") && name.ends_with(".cwasm"))
    };
    while !is_compiled() {
        thread::sleep(Duration::from_millis(50));
    }
}

/// Names of files two folders below.
fn walk(folder: &Path) -> Vec<String> {
    let list = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = list(folder).flat_map(|chain| list(&chain.path().join("modules")).collect::<Vec<_>>());
    files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

fn idle(starter: &Starter<'_>, seconds: u64) -> io::Result<()> {
    let folder = temporary()?;
    for module_cache in ["cold", "warm"] {
        let node = starter.node(folder.path())?;
        wait_for_compiler(folder.path());
        thread::sleep(Duration::from_secs(seconds));
        Record::new("start_idle", "ziver", 1)
            .parameter("module_cache", module_cache)
            .parameter("idle_s", seconds)
            .figure("mib", node.memory_mib("Rss")?)
            .figure("proportional_mib", node.memory_mib("Pss")?)
            .tell();
        node.end(Signal::SIGTERM)?;
    }
    Ok(())
}

/// How nodes with a history are ended before they are started again.
const ENDS: [(Signal, &str); 2] = [(Signal::SIGTERM, "in order"), (Signal::SIGKILL, "killed")];

fn histories(
    options: &Options,
    starter: &Starter<'_>,
    blocks: u32,
    runs: u32,
    ends: &[(Signal, &str)],
) -> io::Result<()> {
    let temporary = temporary()?;
    let long = options.history.clone().unwrap_or_else(|| temporary.path().join("long"));
    let short = temporary.path().join("short");
    for (folder, blocks) in [(&short, 0), (&long, blocks)] {
        if !folder.exists() {
            history::make(folder, blocks);
        }
    }
    for (signal, ended) in ends {
        // The first start finds what the library left, or a node that was ended otherwise.
        for folder in [&short, &long] {
            starter.start(folder)?.node.end(*signal)?;
        }
        for run in 1..=runs {
            for (folder, blocks) in [(&short, 0), (&long, blocks)] {
                let start = starter.start(folder)?;
                let record = Record::new("start_history", "ziver", run).parameter("blocks", blocks);
                let record = record.parameter("ended", *ended).figure("read_kib", start.read_bytes as f64 / 1024.0);
                start.record(record).tell();
                start.node.end(*signal)?;
            }
        }
    }
    Ok(())
}
