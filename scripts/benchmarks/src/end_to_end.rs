//! Transfers from a client to a block: a load process beside a server, over JSON-RPC.
//!
//! The same transfers go to each subject in turn, each time to a new server on a new folder: pre-signed, over several
//! WebSockets, many in flight. Figures are of the server alone: processor time of all its threads, and what its clients see.
//!
//! - [`Saturation`]: as many transfers as the server takes, with blocks at intervals; then the time from submission to block at
//!   a share of that load.
//! - [`burst`]: all at once, with a block as soon as there is a transaction.
//!
//! What a client does beside is the same everywhere: it follows the heads and asks each block for its hashes.

use std::{io, ops::Range, sync::Arc};

use tokio::{runtime::Runtime, sync::Notify};

use crate::{cpu::Cost, record::Record, statistics::percentile};

pub mod client;
pub mod load;
pub mod server;
pub mod subject;
pub mod transfers;

use load::{Outcome, Pace, Submitters, Tracker, Transport};
use server::Server;
use subject::{Sealing, Subject};
use transfers::{Account, Transfer};

/// How much of everything.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Accounts that send and receive.
    pub accounts: u32,
    /// Transfers before anything is measured: caches fill, compilers finish.
    pub warm_up: u32,
    /// Transfers of a load without pause.
    pub saturation: u32,
    /// Transfers that wait for a block at most, while so many are handed in as the server takes.
    pub outstanding: usize,
    /// Seconds of the measurement of latency; 0 for none.
    pub latency_s: u32,
    /// Its share of the load that was found to be the most.
    pub latency_share: f64,
    /// Transfers of a burst.
    pub burst: u32,
}

impl Sizes {
    /// Transfers that one server can be given.
    fn transfers(&self) -> usize {
        // Nobody takes more than this in a second; a faster one has a shorter measurement.
        const PER_SECOND_MAX: u32 = 10_000;
        (self.warm_up + (self.saturation + self.latency_s * PER_SECOND_MAX).max(self.burst)) as usize
    }
}

/// What all servers get.
pub struct Scene {
    sizes: Sizes,
    accounts: Vec<Account>,
    transfers: Vec<Transfer>,
    runtime: Runtime,
}

/// A server under load.
struct Play {
    server: Server,
    submitters: Submitters,
}

impl Scene {
    /// Draws accounts and transfers.
    pub fn new(sizes: Sizes) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let accounts = transfers::accounts(sizes.accounts);
        let transfers = transfers::transfers(sizes.accounts, sizes.transfers());
        Ok(Self { sizes, accounts, transfers, runtime })
    }

    /// Starts a server, signs for it, follows its heads, and warms it up.
    fn open(&self, subject: &'static dyn Subject, sealing: Sealing, transport: Transport) -> io::Result<Play> {
        let server = Server::start(subject, &self.accounts, sealing)?;
        let address = server.address;
        let submitters = self.runtime.block_on(async {
            let identity = client::ask(address, &subject.identity()).await;
            let tracker = Tracker::new(subject.sign(&identity, &self.accounts, &self.transfers), &self.transfers);
            let ready = Arc::new(Notify::new());
            tokio::spawn(load::follow(address, subject, tracker.clone(), ready.clone()));
            ready.notified().await;
            let submitters = Submitters::connect(address, transport, subject, tracker).await;
            // Slowly: a server that makes a block for each transaction may not survive a crowd.
            let warm_up = Pace::Closed { outstanding: self.sizes.outstanding.min(500) };
            let warm = 0..self.sizes.warm_up;
            let count = warm.len();
            insist(subject, count, submitters.load(warm, warm_up, false).await).map(|_| submitters)
        })?;
        Ok(Play { server, submitters })
    }
}

impl Play {
    /// Hands in a part of the transfers; what that cost the server, and what became of them.
    fn measure(&self, scene: &Scene, range: Range<u32>, pace: Pace, watch: bool) -> (Cost, Outcome) {
        let before = self.server.cpu();
        let outcome = scene.runtime.block_on(self.submitters.load(range, pace, watch));
        (Cost { cpu: self.server.cpu() - before, wall: outcome.wall }, outcome)
    }
}

/// All transfers are in blocks, or it is an error.
fn insist(subject: &dyn Subject, wanted: usize, outcome: Outcome) -> io::Result<Outcome> {
    let Outcome { included, refused, reason, .. } = &outcome;
    match (refused, outcome.latencies_ms.len() == *included && *included == wanted) {
        (0, true) => Ok(outcome),
        _ => Err(io::Error::other(format!(
            "{}: {included} of {wanted} included, {refused} refused: {reason:?}",
            subject.name()
        ))),
    }
}

/// A load without pause.
#[derive(Clone, Copy, Debug)]
pub struct Saturation {
    /// Seconds from block to block.
    pub block_s: u32,
    /// How transfers are handed in.
    pub transport: Transport,
    /// Which of the paired runs.
    pub run: u32,
}

impl Saturation {
    fn record(&self, name: &str, scene: &Scene, subject: &dyn Subject) -> Record {
        let transport = match self.transport {
            Transport::WebSocket => "ws".to_owned(),
            Transport::Http { batch } => format!("http, batches of {batch}"),
        };
        Record::new(name, subject.name(), self.run)
            .parameter("accounts", scene.sizes.accounts)
            .parameter("block_s", self.block_s)
            .parameter("transport", transport)
    }

    /// As many transfers as `subject` takes; then, over WebSockets and in the first run, the time to a block at a share of that load. Returns
    /// transfers per second of the server's processor time.
    pub fn measure(&self, scene: &Scene, subject: &'static dyn Subject) -> io::Result<f64> {
        let sizes = &scene.sizes;
        let sealing = Sealing::Interval { seconds: self.block_s };
        let play = scene.open(subject, sealing, self.transport)?;
        let pace = Pace::Closed { outstanding: sizes.outstanding };
        let range = sizes.warm_up..sizes.warm_up + sizes.saturation;
        let (cost, outcome) = play.measure(scene, range.clone(), pace, false);
        let outcome = insist(subject, range.len(), outcome)?;
        let per_cpu_second = cost.per_cpu_second(outcome.included);
        self.record("end_to_end", scene, subject)
            .parameter("transfers", sizes.saturation)
            .figure("per_cpu_second", per_cpu_second)
            .figure("per_second", cost.per_second(outcome.included))
            .figure("mib", play.server.resident_mib())
            .tell();
        // Thousands of times are measured, so once is enough.
        if self.transport == Transport::WebSocket && sizes.latency_s > 0 && self.run == 1 {
            let per_second = cost.per_second(outcome.included) * sizes.latency_share;
            self.latency(scene, subject, (&play, range.end), per_second);
        }
        Ok(per_cpu_second)
    }

    fn latency(&self, scene: &Scene, subject: &'static dyn Subject, (play, from): (&Play, u32), per_second: f64) {
        let sizes = &scene.sizes;
        let count = (per_second * f64::from(sizes.latency_s)) as usize;
        let count = count.min(scene.transfers.len() - from as usize) as u32;
        let (cost, outcome) = play.measure(scene, from..from + count, Pace::Open { per_second }, true);
        tell_refused(subject, &outcome);
        let tell = |name: &str, times: &[f64]| {
            let at = |share| percentile(times, share).unwrap_or(f64::NAN);
            self.record(name, scene, subject)
                .parameter("load_percent", sizes.latency_share * 100.0)
                .figure("per_second", per_second)
                .figure("per_cpu_second", cost.per_cpu_second(outcome.included))
                .figure("p50_ms", at(0.5))
                .figure("p99_ms", at(0.99))
                .figure("max_ms", at(1.0))
                .figure("refused", outcome.refused as f64)
                .tell();
        };
        tell("end_to_end_latency", &outcome.latencies_ms);
        if subject.watch().is_some() {
            tell("end_to_end_watched", &outcome.watched_ms);
        }
    }
}

/// All transfers at once, with blocks as soon as there is a transaction.
pub fn burst(scene: &Scene, subject: &'static dyn Subject, count: u32, run: u32) -> io::Result<()> {
    let play = scene.open(subject, Sealing::Instant, Transport::WebSocket)?;
    let from = scene.sizes.warm_up;
    let pace = Pace::Closed { outstanding: count as usize };
    let (cost, outcome) = play.measure(scene, from..from + count, pace, false);
    let seconds = outcome.wall.as_secs_f64();
    let mut each = vec![0; seconds.ceil() as usize + 1];
    for (at, transfers) in &outcome.blocks {
        if let Some(second) = each.get_mut(at.as_secs() as usize) {
            *second += transfers;
        }
    }
    println!("{} in each second: {each:?}", subject.name());
    tell_refused(subject, &outcome);
    // The first and the last second are not whole.
    let worst = each.get(1..(seconds as usize).max(1)).and_then(|whole| whole.iter().min());
    let record = Record::new("burst", subject.name(), run)
        .parameter("transfers", count)
        .figure("confirmed", outcome.included as f64)
        .figure("seconds", seconds)
        .figure("per_second", outcome.included as f64 / seconds)
        .figure("per_cpu_second", cost.per_cpu_second(outcome.included))
        .figure("blocks", outcome.blocks.len() as f64)
        .figure("mib", play.server.resident_mib());
    match worst {
        Some(worst) => record.figure("worst_second", *worst as f64).tell(),
        None => record.tell(),
    }
    Ok(())
}

fn tell_refused(subject: &dyn Subject, outcome: &Outcome) {
    if let Some(reason) = &outcome.reason {
        println!("{} refused {}: {reason}", subject.name(), outcome.refused);
    }
}
