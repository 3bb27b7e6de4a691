//! Makes tables and plots of the records that benchmarks left.
//!
//! ```text
//! report RECORDS [--docs docs] [--command "scripts/bench"]
//! ```
//!
//! Prints the tables; with `--docs` also writes them to `benchmarks.md` in that folder, with the machine that they are from, and a
//! plot for each benchmark to `benchmark-NAME.svg`. What is told is the median of the runs.

#[path = "report/machine.rs"]
mod machine;
#[path = "report/plot.rs"]
mod plot;
#[path = "report/summary.rs"]
mod summary;

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use machine::Machine;
use summary::{Benchmark, Row, summarise};
use ziver_benchmarks::record;

/// What has to be known of a subject to read the figures of a benchmark: benchmark, subject, text.
const NOTES: [(&str, &str, &str); 7] = [
    (
        "import",
        "frame-native",
        "`frame-native` is FRAME 49: a runtime of System, Balances and TransactionPayment, compiled for this processor. \
     `Executive::execute_block` checks signatures, executes and computes the root, on one thread; the block's nodes go to a hash \
     map. It has no Wasm, no database, no old states, no author who is paid, and its hash is BLAKE2b: all of that flatters it. \
     `ziver` executes in Wasm, on two processors, and syncs every block to RocksDB. FRAME imports 10 blocks, `ziver` 20, so FRAME's \
     cache of nodes is cold for a larger part of its run. The two don't take turns here: FRAME's runs follow all of Ziver's. How fast the machine was during either shows in the two rows of `recover`. \
     With ten million accounts (`cargo bench --workspace --bench import -- 10000000 12 1`, which takes ten minutes and 13 GB) `ziver` reached 7,000 transfers per second of the processor, beside other work, where it reached 12,100 with one million and 13,500 with 100 thousand.",
    ),
    (
        "trie",
        "ziver",
        "`ziver` writes its trie to the disk after 256 Ki changes, all at once, and keeps a log of changes until then; that falls into \
         one of several runs here, which a median leaves out. Where each run holds it, with \
         10,000 changes a block and 300,000 in all (`cargo bench --bench trie -- full --changes 10000 --updates 300000 --subjects ziver,nomt`), \
         `ziver` reached 1.1 and 1.2 times what `nomt` did per second of the processor at a million keys, 1.4 times at 200 thousand, and \
         0.9 to 1.1 times on the clock.",
    ),
    (
        "contract_token",
        "ziver",
        "Transfers of a ZRC-20 in ZX (`token.zx` of the compiler's tests) and of the same token in Solidity, between the same holders, a \
         thousand in a block, on state in memory: the chain's overlay on a hash map, `revm`'s own hash map. Nobody computes a root. `calls` are \
         dispatched in the contracts pallet, a block's in one entry into the Wasm runtime, without extrinsics around them; `extrinsics` \
         are whole, with nonces, fees and events, by `Core_execute_block`; recovering their signatures is in `us_with_signature` alone. \
         `revm` runs natively and checks neither nonces nor signatures. `wasmi` interprets in the runtime, in place of the host's sandbox: \
         the module is read from state and parsed for each call, without validation, its functions are translated when they are called.",
    ),
    (
        "contract_compute",
        "ziver",
        "The same loops as native code, as a contract compiled from that source, called in the contracts pallet (`ziver`; interpreted in the \
         runtime: `wasmi`), and in Solidity without its checks of overflows (`revm`). `revm` has an instruction for `keccak`; the contract \
         computes it itself, and asks the chain for it in `keccak_of_chain`.",
    ),
    (
        "contract_upload",
        "upload",
        "A module of 100 KB with a thousand functions that nobody has uploaded before: validated, rewritten so that it counts its gas and stack, \
         hashed and stored; and with its first contract, for which the host compiles it.",
    ),
    (
        "end_to_end",
        "ziver",
        "A block of `ziver` holds some 6,600 transfers, which is what its weight limit allows on any machine that the weights are \
         right for: with 2 s blocks 3,300 a second. That bounds `per_second`, while the processor is idle for most of the time. \
         `anvil` is run without a limit.",
    ),
    (
        "end_to_end_calls",
        "ziver",
        "Calls of a ZRC-20 in ZX and of the same token in Solidity (as in `contract_token`), from the accounts, over the connections and at the \
         block times of `end_to_end`. Each sender is given tokens first, and the server waits until it is idle. Afterwards every call must \
         have left its event, and balances are asked; what failed fails the run. Blocks are limited as there.",
    ),
];

#[derive(Parser)]
#[command(about = "Tables and plots of the records that benchmarks left")]
struct Options {
    /// The file that ZIVER_BENCH_RECORDS named.
    #[arg(env = record::RECORDS_VARIABLE)]
    records: PathBuf,
    /// Where to write benchmarks.md and the plots.
    #[arg(long)]
    docs: Option<PathBuf>,
    /// How the records were made, for the page.
    #[arg(long, default_value = "scripts/bench")]
    command: String,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let benchmarks = summarise(&record::read(&options.records)?);
    for benchmark in &benchmarks {
        println!("{}\n{}\n", benchmark.name, table(benchmark));
    }
    match &options.docs {
        Some(docs) => write(docs, &options.command, &benchmarks),
        None => Ok(()),
    }
}

fn write(docs: &Path, command: &str, benchmarks: &[Benchmark]) -> io::Result<()> {
    fs::create_dir_all(docs)?;
    for benchmark in benchmarks {
        plot::write(benchmark, &docs.join(plot::file_name(&benchmark.name)))?;
    }
    fs::write(docs.join("benchmarks.md"), page(command, &Machine::here(), benchmarks))
}

fn page(command: &str, machine: &Machine, benchmarks: &[Benchmark]) -> String {
    let mut out = format!(
        "# Benchmarks\n\nThis page is written by `{command}`. Each figure is the median of as many runs as the table says, in which the subjects that are \
         compared took turns where no note says otherwise; the ratio is the median of the ratios of paired runs. `per_cpu_second` \
         counts the processor time of all threads of the process.\n\n{machine}"
    );
    for benchmark in benchmarks {
        // Writing to a string can't fail.
        let _ = write!(
            out,
            "\n## {name}\n\n![{name}]({plot})\n\n{notes}{table}\n",
            name = benchmark.name,
            plot = plot::file_name(&benchmark.name),
            notes = notes(benchmark),
            table = table(benchmark)
        );
    }
    out
}

/// A paragraph for each of [`NOTES`] that is about a subject of `benchmark`.
fn notes(benchmark: &Benchmark) -> String {
    let of = NOTES.iter().filter(|(name, ..)| *name == benchmark.name);
    let about = of.filter(|(_, subject, _)| benchmark.rows().any(|(_, row)| row.subject == *subject));
    about.map(|(_, _, text)| format!("{text}\n\n")).collect()
}

fn table(benchmark: &Benchmark) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    let units = benchmark.units();
    let ratio = format!("{} of {}", benchmark.main_unit(), benchmark.reference().unwrap_or("-"));
    let head = ["parameters", "subject", "runs"].map(String::from).into_iter();
    table.set_header(head.chain(units.iter().map(|unit| (*unit).to_owned())).chain([ratio]));
    for (parameters, row) in benchmark.rows() {
        table.add_row(cells(benchmark, parameters, row, &units));
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn cells(benchmark: &Benchmark, parameters: &str, row: &Row, units: &[&str]) -> Vec<String> {
    let figure = |unit: &&str| row.median(unit).map_or(String::new(), number);
    let ratio = benchmark.ratio(parameters, row).map_or(String::new(), |ratio| format!("{ratio:.2}"));
    let mut cells = vec![parameters.to_owned(), row.subject.clone(), row.runs().to_string()];
    cells.extend(units.iter().map(figure));
    cells.push(ratio);
    cells
}

/// With separators of thousands; with decimals where it is small.
fn number(value: f64) -> String {
    if value.abs() < 1_000.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    format!("{sign}{}", groups.join(","))
}

#[cfg(test)]
#[path = "report/tests.rs"]
mod tests;
