//! A node under load for a long time, ended and killed at random: see [`ziver_benchmarks::soak`].
//!
//! ```text
//! soak [MINUTES] --ziver ziver-host [--seed N] [--rate N] [--plot FILE]
//! ```
//!
//! Fails if a check does: what was final is still there after each restart, the books agree in the end, memory and state do not grow.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use nix::sys::signal::Signal;
use serde_json::json;
use tempfile::TempDir;
use ziver_benchmarks::{
    end_to_end::{
        subject::{
            Subject,
            ziver::{Signer, Ziver},
        },
        transfers,
    },
    generator::Generator,
    node::{Client, Node, now_ms},
    soak::{
        audit::{self, Balance},
        follow,
        load::{self, Load},
        plot,
        samples::{Sample, judge},
    },
};

/// Accounts that send and receive.
const ACCOUNTS: u32 = 20_000;
/// Transfers that wait for finality, at most: less than the node's pool holds.
const WAITING_MAX: usize = 40_000;
/// Part of the most that the node takes.
const LOAD_SHARE: f64 = 0.7;
/// Seconds without a limit, of which the second half says what the most is.
const MOST_S: u64 = 40;
/// Between two samples.
const SAMPLE: Duration = Duration::from_secs(2);
/// A life of the node, in thousandths of the whole time, at least and at most; every fourth is ended within [`SHORT_MS`].
const LIFE_SHARE: (u32, u32) = (20, 80);
const SHORT_MS: u32 = 6_000;
/// How long the rest may take to become final.
const DRAIN_MAX: Duration = Duration::from_secs(120);
/// Blocks to read again after a restart: the newest, and so many others.
const READ_AGAIN: (usize, usize) = (10, 10);

/// A node under load for a long time, ended and killed at random.
#[derive(Parser)]
struct Options {
    /// For how long.
    #[arg(default_value_t = 30.0)]
    minutes: f64,
    /// The release build of ziver-host.
    #[arg(long, env = "ZIVER_HOST")]
    ziver: PathBuf,
    /// Decides when the node is ended and how, and who sends to whom [default: drawn].
    #[arg(long)]
    seed: Option<u64>,
    /// Transfers a second [default: 70 % of the most that the node takes].
    #[arg(long)]
    rate: Option<f64>,
    /// Where to draw the run.
    #[arg(long)]
    plot: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match Soak::new(&options).and_then(|soak| soak.run(&options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that survives the node.
struct Soak {
    program: PathBuf,
    folder: TempDir,
    arguments: Vec<String>,
    load: Load,
    generator: Generator,
    whole: Duration,
    issuance: u128,
}

/// The node that runs.
struct Life {
    node: Node,
    start: u64,
}

/// What happened to the nodes.
#[derive(Default)]
struct Told {
    samples: Vec<Sample>,
    ended: [u32; 2],
    slowest_start: Duration,
    slowest_end: Duration,
}

impl Soak {
    fn new(options: &Options) -> io::Result<Self> {
        let seed = options.seed.unwrap_or_else(now_ms);
        let whole = Duration::from_secs_f64(options.minutes * 60.0);
        println!("{} minutes, seed {seed}", options.minutes);
        let folder = tempfile::Builder::new().prefix("ziver-soak-").tempdir()?;
        let accounts = transfers::accounts(ACCOUNTS);
        let subject = Ziver { program: options.ziver.clone() };
        subject.prepare(folder.path(), &accounts);
        // The default window, unless the run is too short to fill it in a third of its time.
        let window = 256.min((options.minutes * 10.0) as u32).max(16);
        let spec = folder.path().join("spec.json").display().to_string();
        let window = window.to_string();
        let mut arguments =
            vec!["--chain", &spec, "--state-pruning", &window, "--prometheus-port", "0", "--log", "warn"];
        // Caches that are full soon: what grows after that is no cache.
        arguments.extend(["--db-cache-mb", "32", "--state-cache-mb", "64"]);
        let arguments: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
        let node = Node::start(&options.ziver, folder.path(), &arguments)?;
        let mut client = node.connect()?;
        let identity =
            subject.identity().iter().map(|(method, of)| client.ask(method, of)).collect::<io::Result<_>>()?;
        let genesis = client.ask("chain_getBlockHash", &json!([0]))?;
        let load = Load::new(accounts, Signer::new(&identity), WAITING_MAX, seed);
        let Balance { issuance, .. } = audit::accounts(&mut client, &load, genesis.as_str().unwrap_or_default())?;
        node.end(Signal::SIGTERM)?;
        let generator = Generator::new(seed);
        Ok(Self { program: options.ziver.clone(), folder, arguments, load, generator, whole, issuance })
    }

    fn run(mut self, options: &Options) -> io::Result<bool> {
        let begin = Instant::now();
        let mut told = Told::default();
        let load = &self.load;
        // The scope's threads need the load alone; what else there is stays here.
        let mut generator = self.generator.clone();
        let (program, folder, arguments) = (&self.program, self.folder.path(), &self.arguments);
        let stage = Stage { program, folder, arguments, load, whole: self.whole, begin };
        let life = thread::scope(|scope| {
            (0..load::THREADS).for_each(|index| drop(scope.spawn(move || load.run(index))));
            scope.spawn(|| follow::run(load));
            let life = stage.play(options.rate, &mut generator, &mut told);
            load.end();
            life
        })?;
        self.generator = generator;
        let balance = self.settle(&life)?;
        life.node.end(Signal::SIGTERM)?;
        self.report(options, &told, balance)
    }

    /// Waits until everything is final, and compares the books.
    fn settle(&self, life: &Life) -> io::Result<Balance> {
        let mut client = life.node.connect()?;
        let begin = Instant::now();
        loop {
            follow::catch_up(&self.load, &mut client)?;
            let waiting = self.load.ledger().waiting();
            if waiting == 0 {
                break;
            }
            if begin.elapsed() > DRAIN_MAX {
                return Err(io::Error::other(format!("{waiting} transfers do not become final")));
            }
            thread::sleep(SAMPLE / 4);
        }
        let known = self.load.ledger().blocks.clone();
        let all: Vec<u64> = (1..=known.len() as u64).collect();
        audit::blocks(&mut client, &known, None, &all)?;
        let at = known.last().map_or("", |block| &block.hash);
        let balance = audit::accounts(&mut client, &self.load, at)?;
        match (balance.issuance == self.issuance, balance.nonces == self.load.ledger().confirmed) {
            (true, true) => Ok(balance),
            _ => Err(io::Error::other(format!("{balance:?}, and {} was issued at first", self.issuance))),
        }
    }

    fn report(&self, options: &Options, told: &Told, balance: Balance) -> io::Result<bool> {
        println!("\n{}\n", table(&told.samples));
        let ledger = self.load.ledger();
        let [terminated, killed] = told.ended;
        let seconds = |time: Duration| time.as_secs_f64();
        println!(
            "ended by SIGTERM {terminated} times (it took up to {:.1} s), by SIGKILL {killed} times; it listened again after up to {:.1} s",
            seconds(told.slowest_end),
            seconds(told.slowest_start)
        );
        println!(
            "{} transfers are final in {} blocks; {} were handed in again after a restart",
            ledger.confirmed,
            ledger.blocks.len(),
            ledger.handed_in_again
        );
        println!("the nonces of all accounts add up to {}; they hold {}, as at first", balance.nonces, balance.held);
        for (reason, count) in &ledger.refused {
            println!("refused {count}: {reason}");
        }
        if let Some(path) = &options.plot {
            plot::write(&told.samples, path)?;
        }
        let mut verdicts = judge(&told.samples, self.whole);
        verdicts
            .iter()
            .for_each(|verdict| println!("{} {}", if verdict.is_good { "ok " } else { "BAD" }, verdict.text));
        verdicts.retain(|verdict| !verdict.is_good);
        Ok(verdicts.is_empty() && ledger.refused.is_empty())
    }
}

/// What the supervisor works with while the threads of the load run.
struct Stage<'a> {
    program: &'a Path,
    folder: &'a Path,
    arguments: &'a [String],
    load: &'a Load,
    whole: Duration,
    begin: Instant,
}

impl Stage<'_> {
    /// Starts and ends nodes until the time is over; the last one is still there.
    fn play(&self, rate: Option<f64>, generator: &mut Generator, told: &mut Told) -> io::Result<Life> {
        let mut life = self.start(1, told)?;
        let rate = match rate {
            Some(rate) => rate,
            None => self.most(&life, told)? * LOAD_SHARE,
        };
        println!("{rate:.0} transfers a second");
        self.load.set_rate(rate);
        while self.begin.elapsed() < self.whole / 2 {
            let (least, most) = LIFE_SHARE;
            let long = self.whole * (least + generator.below(most - least)) / 1_000;
            let short = Duration::from_millis(generator.below(SHORT_MS).into());
            let until = Instant::now() + if generator.below(4) == 0 { short } else { long };
            self.watch(&life, until.min(self.begin + self.whole / 2), told)?;
            let signal = [Signal::SIGTERM, Signal::SIGKILL][generator.below(2) as usize];
            let Life { node, start } = life;
            self.load.set_address(None);
            let took = node.end(signal)?;
            told.slowest_end = told.slowest_end.max(took);
            told.ended[usize::from(signal == Signal::SIGKILL)] += 1;
            println!("{:6.1} s: {signal}, ended after {:.2} s", self.begin.elapsed().as_secs_f64(), took.as_secs_f64());
            life = self.start(start + 1, told)?;
            self.check(&life, generator)?;
        }
        self.watch(&life, self.begin + self.whole, told)?;
        Ok(life)
    }

    fn start(&self, start: u64, told: &mut Told) -> io::Result<Life> {
        let node = Node::start(self.program, self.folder, self.arguments)?;
        told.slowest_start = told.slowest_start.max(node.listening);
        self.load.set_address(Some((node.address, start)));
        Ok(Life { node, start })
    }

    /// Whether everything is still there.
    fn check(&self, life: &Life, generator: &mut Generator) -> io::Result<()> {
        let (known, best, numbers) = {
            let ledger = self.load.ledger();
            let numbers = ledger.sample(READ_AGAIN.0, |bound| generator.below(bound), READ_AGAIN.1);
            (ledger.blocks.clone(), ledger.best.clone(), numbers)
        };
        audit::blocks(&mut life.node.connect()?, &known, best.as_ref(), &numbers)
    }

    /// Final transfers a second without a limit.
    fn most(&self, life: &Life, told: &mut Told) -> io::Result<f64> {
        let half = Duration::from_secs(MOST_S / 2);
        self.watch(life, Instant::now() + half, told)?;
        let (begin, before) = (Instant::now(), self.load.ledger().confirmed);
        self.watch(life, begin + half, told)?;
        let most = (self.load.ledger().confirmed - before) as f64 / begin.elapsed().as_secs_f64();
        println!("{most:.0} transfers a second at most");
        Ok(most)
    }

    /// Takes samples until then.
    fn watch(&self, life: &Life, until: Instant, told: &mut Told) -> io::Result<()> {
        let metrics = life.node.metrics.ok_or_else(|| io::Error::other("the node has no metrics"))?;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            thread::sleep(left.min(SAMPLE));
            let confirmed = self.load.ledger().confirmed;
            let mut client = Client::connect(metrics)?;
            let sample =
                Sample::take(self.begin.elapsed(), (&life.node, life.start), &mut client, self.folder, confirmed)?;
            told.samples.push(sample);
        }
    }
}

/// The last sample of each tenth of the time.
fn table(samples: &[Sample]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header([
        "minute",
        "start",
        "block",
        "final transfers",
        "memory MiB",
        "state MiB",
        "record MiB",
        "folder MiB",
    ]);
    let end = samples.last().map_or(Duration::ZERO, |sample| sample.at);
    for part in 1..=10 {
        let Some(sample) = samples.iter().rfind(|sample| sample.at <= end * part / 10) else { continue };
        table.add_row([
            format!("{:.1}", sample.at.as_secs_f64() / 60.0),
            sample.start.to_string(),
            sample.height.to_string(),
            sample.confirmed.to_string(),
            format!("{:.0}", sample.memory_mib),
            format!("{:.0}", sample.state_mib),
            format!("{:.0}", sample.record_mib),
            format!("{:.0}", sample.folder_mib),
        ]);
    }
    table
}
