//! Transfers from a client to a block: a load process beside a server, over JSON-RPC.
//!
//! The same transfers go to each subject in turn, each time to a new server on a new folder: pre-signed, over several
//! WebSockets, many in flight. Figures are of the server alone: processor time of all its threads, and what its clients see.
//! They are transfers of money ([`Scene::of_money`]), or calls of a contract that moves tokens ([`Scene::of_tokens`]), which must
//! all have succeeded.
//!
//! - [`Saturation`]: as many transfers as the server takes, with blocks at intervals; then the time from submission to block at
//!   a share of that load.
//! - [`burst`]: all at once, with a block as soon as there is a transaction.
//!
//! What a client does beside is the same everywhere: it follows the heads and asks each block for its hashes.

use std::{io, ops::Range, sync::Arc};

use tokio::{runtime::Runtime, sync::Notify};
use ziver_primitives::AccountId20;

use crate::{cpu::Cost, node, record::Record, statistics::percentile};

pub mod client;
pub mod load;
pub mod server;
pub mod subject;
pub mod tokens;
pub mod transfers;

use load::{Outcome, Pace, Submitters, Tracker, Transport};
use server::Server;
use subject::{Sealing, Subject};
use tokens::Books;
use transfers::{Account, Transaction};

/// How much of everything.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Accounts that send and receive.
    pub accounts: u32,
    /// Transfers of money before anything is measured: caches fill, compilers finish.
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
    kind: Kind,
    accounts: Vec<Account>,
    transactions: Vec<Transaction>,
    /// Parts of them that are handed in before anything is measured, each when the one before it is in blocks.
    before: Vec<(Range<u32>, Pace)>,
    runtime: Runtime,
}

/// What transactions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They transfer money.
    Money,
    /// They call a contract that transfers tokens.
    Tokens,
}

/// A server under load.
struct Play {
    server: Server,
    submitters: Submitters,
    tracker: Arc<Tracker>,
}

impl Scene {
    /// Draws accounts and transfers of money.
    pub fn of_money(sizes: Sizes) -> io::Result<Self> {
        let transactions = transfers::transfers(sizes.accounts, sizes.transfers());
        // Slowly: a server that makes a block for each transaction may not survive a crowd.
        let pace = Pace::Closed { outstanding: sizes.outstanding.min(500) };
        let before = vec![(0..sizes.warm_up, pace)];
        Self::new(sizes, Kind::Money, transactions, before)
    }

    /// Draws accounts and transfers of tokens, as many as a load without pause has: nothing else can be measured with them.
    pub fn of_tokens(sizes: Sizes) -> io::Result<Self> {
        let (transactions, parts) = tokens::plan(sizes.accounts, sizes.saturation as usize);
        let pace = Pace::Closed { outstanding: sizes.outstanding };
        let before = parts.into_iter().map(|part| (part, pace)).collect();
        Self::new(Sizes { latency_s: 0, ..sizes }, Kind::Tokens, transactions, before)
    }

    fn new(
        sizes: Sizes,
        kind: Kind,
        transactions: Vec<Transaction>,
        before: Vec<(Range<u32>, Pace)>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let accounts = transfers::accounts(sizes.accounts);
        Ok(Self { sizes, kind, accounts, transactions, before, runtime })
    }

    /// The first transaction that may be measured.
    fn begin(&self) -> u32 {
        self.before.last().map_or(0, |(part, _)| part.end)
    }

    /// Starts a server, signs for it, follows its heads, and warms it up.
    fn open(&self, subject: &'static dyn Subject, sealing: Sealing, transport: Transport) -> io::Result<Play> {
        let server = Server::start(subject, &self.accounts, sealing)?;
        let address = server.address;
        let (submitters, tracker) = self.runtime.block_on(async {
            let identity = client::ask(address, &subject.identity()).await;
            let tracker = Tracker::new(subject.sign(&identity, &self.accounts, &self.transactions), &self.transactions);
            let ready = Arc::new(Notify::new());
            tokio::spawn(load::follow(address, subject, tracker.clone(), ready.clone()));
            ready.notified().await;
            let submitters = Submitters::connect(address, transport, subject, tracker.clone()).await;
            for (part, pace) in &self.before {
                insist(subject, part.len(), submitters.load(part.clone(), *pace, false).await)?;
            }
            io::Result::Ok((submitters, tracker))
        })?;
        if self.kind == Kind::Tokens {
            // All of its code is new to the server, which compiles it once more beside the load.
            server.wait_until_idle();
        }
        Ok(Play { server, submitters, tracker })
    }
}

impl Play {
    /// Hands in a part of the transfers; what that cost the server, and what became of them.
    fn measure(&self, scene: &Scene, range: Range<u32>, pace: Pace, watch: bool) -> (Cost, Outcome) {
        let before = self.server.cpu();
        let outcome = scene.runtime.block_on(self.submitters.load(range, pace, watch));
        (Cost { cpu: self.server.cpu() - before, wall: outcome.wall }, outcome)
    }

    /// Whether all calls before `end` have done what they should, as events and balances tell.
    fn audit(&self, scene: &Scene, subject: &dyn Subject, end: u32) -> io::Result<()> {
        let mut books = Books::new(&scene.accounts, &scene.transactions[..end as usize]);
        let token = subject::token(&scene.accounts);
        let ask = |request| scene.runtime.block_on(client::ask(self.server.address, &[request])).remove(0);
        let failed = |what: String| io::Error::other(format!("{}: {what}", subject.name()));
        for block in 0..=node::number(&ask(subject.best()))? {
            let events = ask(subject.events(token, block));
            for event in events.as_array().ok_or_else(|| failed(format!("no events: {events}")))? {
                let moved = subject.moved(event).ok_or_else(|| failed(format!("not a transfer: {event}")))?;
                books.note(self.tracker.place(&moved.by), &moved).map_err(failed)?;
            }
        }
        books.all_noted().map_err(failed)?;
        for (account, tokens) in books.balances() {
            let answer = ask(subject.balance(token, AccountId20(account.address)));
            if subject.balance_told(&answer) != Some(tokens) {
                return Err(failed(format!("{tokens} tokens expected, but: {answer}")));
            }
        }
        Ok(())
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
        let range = scene.begin()..scene.begin() + sizes.saturation;
        let (cost, outcome) = play.measure(scene, range.clone(), pace, false);
        let outcome = insist(subject, range.len(), outcome)?;
        let per_cpu_second = cost.per_cpu_second(outcome.included);
        let mib = play.server.resident_mib();
        if scene.kind == Kind::Tokens {
            play.audit(scene, subject, range.end)?;
        }
        let (name, what) = match scene.kind {
            Kind::Money => ("end_to_end", "transfers"),
            Kind::Tokens => ("end_to_end_calls", "calls"),
        };
        self.record(name, scene, subject)
            .parameter(what, sizes.saturation)
            .figure("per_cpu_second", per_cpu_second)
            .figure("per_second", cost.per_second(outcome.included))
            .figure("mib", mib)
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
        let count = count.min(scene.transactions.len() - from as usize) as u32;
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
    let from = scene.begin();
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
