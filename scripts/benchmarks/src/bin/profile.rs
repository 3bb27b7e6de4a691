//! Makes of perf's samples a flame graph, and a table of what each part costs.
//!
//! ```text
//! perf script --no-inline -F comm,tid,time,event,ip,sym,dso | profile --records RECORDS --benchmark import --within import::import --svg import.svg
//! ```
//!
//! Reads the samples from standard input. What a transfer takes in all is the median of the benchmark's `per_cpu_second` among the records; a
//! part takes as much of it as it has of the samples. Which part a sample belongs to: see `parts`. The flame graph is inferno's.
//! `scripts/profile` calls this.

#[path = "profile/parts.rs"]
mod parts;
#[path = "profile/samples.rs"]
mod samples;

use std::{
    fs::File,
    io::{self, BufWriter, Read},
    path::PathBuf,
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use inferno::{
    collapse::{
        Collapse,
        perf::{Folder, Options as FolderOptions},
    },
    flamegraph,
};
use samples::Sample;
use ziver_benchmarks::{record, statistics::median};

/// The narrowest box of a flame graph, in percent of its width.
const BOX_PERCENT_MIN: f64 = 0.1;
/// Parts below this share of the samples are told together, in percent.
const PART_PERCENT_MIN: f64 = 0.3;

#[derive(Parser)]
#[command(about = "A flame graph of perf's samples, and what each part costs")]
struct Options {
    /// The file with the benchmark's records.
    #[arg(long, env = record::RECORDS_VARIABLE)]
    records: PathBuf,
    /// The benchmark's name.
    #[arg(long)]
    benchmark: String,
    /// Only samples between the first and the last one with a frame that has this in its name.
    #[arg(long)]
    within: Option<String>,
    /// Where the flame graph goes.
    #[arg(long)]
    svg: PathBuf,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let us = us_per_transfer(&options)?;
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    let all = samples::parse(&text);
    let samples = samples::within(&all, options.within.as_deref());
    if samples.is_empty() {
        return Err(io::Error::other("no sample is among what was read"));
    }
    draw(&options, samples)?;
    println!("{}", table(samples, us));
    Ok(())
}

fn us_per_transfer(options: &Options) -> io::Result<f64> {
    let records = record::read(&options.records)?;
    let own = records.iter().filter(|record| record.benchmark == options.benchmark && record.subject == "ziver");
    let rates: Vec<f64> = own.filter_map(|record| record.figures.get("per_cpu_second").copied()).collect();
    let rate = median(&rates).ok_or_else(|| {
        io::Error::other(format!("{} has no record of {}", options.records.display(), options.benchmark))
    })?;
    Ok(1e6 / rate)
}

fn draw(options: &Options, samples: &[Sample<'_>]) -> io::Result<()> {
    let text: String = samples.iter().flat_map(|sample| [sample.text, "\n\n"]).collect();
    let mut folded = Vec::new();
    Folder::from(FolderOptions::default()).collapse(text.as_bytes(), &mut folded)?;
    let mut look = flamegraph::Options::default();
    look.title = format!("{}: processor time", options.benchmark);
    look.min_width = BOX_PERCENT_MIN;
    look.count_name = "samples".into();
    let svg = BufWriter::new(File::create(&options.svg)?);
    flamegraph::from_reader(&mut look, folded.as_slice(), svg).map_err(io::Error::other)
}

fn table(samples: &[Sample<'_>], us: f64) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["part", "us per transfer", "%"]);
    let total = samples.len() as f64;
    let mut rest = 0;
    for (part, count) in parts::count(samples) {
        let share = count as f64 / total;
        if share * 100.0 < PART_PERCENT_MIN {
            rest += count;
        } else {
            table.add_row(row(part, share, us));
        }
    }
    table.add_row(row("smaller parts", f64::from(rest) / total, us));
    table.add_row(row("all", 1.0, us));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(part: &str, share: f64, us: f64) -> [String; 3] {
    [part.to_owned(), format!("{:.1}", share * us), format!("{:.1}", share * 100.0)]
}

#[cfg(test)]
#[path = "profile/tests.rs"]
mod tests;
