//! Transfers of money and of tokens over JSON-RPC into blocks: Ziver beside anvil. See [`ziver_benchmarks::end_to_end`].
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

/// Transfers of money and of tokens over JSON-RPC into blocks: Ziver beside anvil.
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
    /// Paired runs [default: 3, in batches 2, quick 1, of calls 1].
    #[arg(long)]
    runs: Option<u32>,
    /// Only this: saturate, batches, calls or burst; or load, which is the load of saturate without the latency that follows.
    #[arg(long)]
    only: Option<String>,
    /// Block times, in seconds; quick takes the first.
    #[arg(long, value_delimiter = ',', default_value = "2,1")]
    block_s: Vec<u32>,
    /// Transfers of the load without pause.
    #[arg(long)]
    transfers: Option<u32>,
    /// Calls of the load without pause.
    #[arg(long)]
    calls: Option<u32>,
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
    let calls = Sizes { saturation: options.calls.unwrap_or(if is_quick { 5_000 } else { 15_000 }), ..sizes.clone() };
    let scene = Scene::of_money(sizes)?;
    let is_wanted = |what: &str| options.only.as_deref().is_none_or(|only| only == what);
    let subjects: Vec<_> = [Some(ziver), anvil].into_iter().flatten().collect();
    let count = if is_quick { 1 } else { options.block_s.len() };
    let single = options.block_s.iter().take(count).map(|block_s| (*block_s, Transport::WebSocket));
    let batches = options.block_s.first().filter(|_| !is_quick);
    let batches = batches.map(|block_s| (*block_s, Transport::Http { batch: BATCH }));
    let variants_of_calls = single.clone().chain(batches);
    let single = single.filter(|_| is_wanted("saturate") || only_load);
    let variants = single.chain(batches.filter(|_| is_wanted("batches")));
    for (block_s, transport) in variants {
        let usual = match (is_quick, transport) {
            (true, _) => 1,
            (false, Transport::WebSocket) => 3,
            (false, Transport::Http { .. }) => 2,
        };
        saturate(&scene, &subjects, (block_s, transport), options.runs.unwrap_or(usual))?;
    }
    if is_wanted("calls") {
        let scene = Scene::of_tokens(calls)?;
        for variant in variants_of_calls {
            saturate(&scene, &subjects, variant, options.runs.unwrap_or(1))?;
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

/// A load without pause, so many times for each subject in turn.
fn saturate(
    scene: &Scene,
    subjects: &[&'static dyn Subject],
    (block_s, transport): (u32, Transport),
    runs: u32,
) -> std::io::Result<()> {
    let mut figures = vec![Vec::new(); subjects.len()];
    for run in 1..=runs {
        for (subject, figures) in subjects.iter().zip(&mut figures) {
            figures.push((run, Saturation { block_s, transport, run }.measure(scene, *subject)?));
        }
    }
    if let [ziver, peer] = &figures[..]
        && let Some(ratio) = paired_ratio(ziver, peer)
    {
        println!("block_s={block_s} {transport:?}: ziver / anvil per server CPU-second, median of {runs}: {ratio:.2}");
    }
    Ok(())
}
