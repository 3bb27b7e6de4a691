//! Transfers over JSON-RPC into blocks: Ziver beside anvil. See [`ziver_benchmarks::end_to_end`].
//!
//! ```text
//! ZIVER_HOST=../../target/release/ziver-host ANVIL=$(./anvil) cargo bench --bench end_to_end [-- quick]
//! ```

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use ziver_benchmarks::{
    end_to_end::{
        Saturation, Scene, Sizes, burst,
        load::Transport,
        subject::{Subject, anvil::Anvil, ziver::Ziver},
    },
    statistics::paired_ratio,
};

/// Requests in a batch over HTTP.
const BATCH: usize = 100;

/// Transfers over JSON-RPC into blocks: Ziver beside anvil.
#[derive(Parser)]
struct Options {
    /// `quick` or `full`.
    #[arg(default_value = "full", value_parser = ["quick", "full"])]
    size: String,
    /// The release build of ziver-host.
    #[arg(long, env = "ZIVER_HOST")]
    ziver: PathBuf,
    /// The program anvil; without it, Ziver runs alone.
    #[arg(long, env = "ANVIL")]
    anvil: Option<PathBuf>,
    /// Paired runs [default: 3, in batches 2, quick 1].
    #[arg(long)]
    runs: Option<u32>,
    /// Only this: saturate, batches or burst; or load, which is the load of saturate without the latency that follows.
    #[arg(long)]
    only: Option<String>,
    /// Block times, in seconds; quick takes the first.
    #[arg(long, value_delimiter = ',', default_value = "2,1")]
    block_s: Vec<u32>,
    /// Transfers of the load without pause.
    #[arg(long)]
    transfers: Option<u32>,
    /// Transfers of the burst that a subject other than Ziver gets.
    #[arg(long, default_value_t = 2_000)]
    peer_burst: u32,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> std::io::Result<()> {
    let is_quick = options.size == "quick";
    let mut sizes = if is_quick {
        Sizes {
            accounts: 10_000,
            warm_up: 2_000,
            saturation: 10_000,
            outstanding: 12_000,
            latency_s: 8,
            latency_share: 0.7,
            burst: 50_000,
        }
    } else {
        Sizes {
            accounts: 20_000,
            warm_up: 5_000,
            saturation: 30_000,
            outstanding: 20_000,
            latency_s: 12,
            latency_share: 0.7,
            burst: 50_000,
        }
    };
    sizes.saturation = options.transfers.unwrap_or(sizes.saturation);
    let only_load = options.only.as_deref() == Some("load");
    if only_load {
        sizes.latency_s = 0;
    }
    let most = sizes.burst;
    let ziver: &'static dyn Subject = Box::leak(Box::new(Ziver { program: options.ziver.clone() }));
    let anvil: Option<&'static dyn Subject> =
        options.anvil.clone().map(|program| -> &'static dyn Subject { Box::leak(Box::new(Anvil { program })) });
    let scene = Scene::new(sizes)?;
    let is_wanted = |what: &str| options.only.as_deref().is_none_or(|only| only == what);
    let subjects: Vec<_> = [Some(ziver), anvil].into_iter().flatten().collect();
    let mut variants: Vec<(u32, Transport)> = Vec::new();
    if is_wanted("saturate") || only_load {
        let count = if is_quick { 1 } else { options.block_s.len() };
        variants.extend(options.block_s.iter().take(count).map(|block_s| (*block_s, Transport::WebSocket)));
    }
    if is_wanted("batches") && !is_quick {
        variants.extend(options.block_s.first().map(|block_s| (*block_s, Transport::Http { batch: BATCH })));
    }
    for (block_s, transport) in variants {
        let usual = match (is_quick, transport) {
            (true, _) => 1,
            (false, Transport::WebSocket) => 3,
            (false, Transport::Http { .. }) => 2,
        };
        let runs = options.runs.unwrap_or(usual);
        let mut figures = vec![Vec::new(); subjects.len()];
        for run in 1..=runs {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                figures.push((run, Saturation { block_s, transport, run }.measure(&scene, *subject)?));
            }
        }
        if let [ziver, peer] = &figures[..]
            && let Some(ratio) = paired_ratio(ziver, peer)
        {
            println!(
                "block_s={block_s} {transport:?}: ziver / anvil per server CPU-second, median of {runs}: {ratio:.2}"
            );
        }
    }
    if is_wanted("burst") {
        // Once: whether it collapses shows in one run, and anvil takes minutes.
        for subject in &subjects {
            burst(&scene, *subject, if subject.name() == "ziver" { most } else { options.peer_burst }, 1)?;
        }
    }
    Ok(())
}
