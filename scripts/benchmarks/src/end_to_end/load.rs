//! Handing transfers in, and noting when each is in a block.
//!
//! ```text
//! feeder -> one queue per connection -> writer -> server -> reader (answers)
//!                                                 server -> follower (heads, then the blocks' hashes)
//! ```
//!
//! A sender's transfers all go over one connection, in order. The feeder works to one of two rules: a closed loop hands in as
//! fast as the server answers, with bounded numbers of requests in flight and of transfers that are in no block yet; an open
//! loop hands in at a fixed rate, whatever the server does, and a transfer's time begins when it was due.

use std::{
    collections::HashMap,
    net::SocketAddr,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::SinkExt;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore, mpsc};

use super::{
    client,
    subject::Subject,
    transfers::{Signed, Transaction},
};

mod connection;

/// Connections that transfers are handed in over.
pub const CONNECTIONS: usize = 16;
/// How often the open loop looks at the clock.
const PACE: Duration = Duration::from_millis(2);
/// Transfers that wait for one connection.
const QUEUED_MAX: usize = 1 << 16;
/// A load during which nothing happens for so long has failed.
const STALL_MAX: Duration = Duration::from_secs(30);
/// So has one that takes longer than this, once all of it is handed in.
const LOAD_MAX: Duration = Duration::from_secs(90);
/// Of so many transfers of a latency measurement one is watched.
pub const WATCHED_EACH: u32 = 16;

/// Over what transfers are handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Each in a message of its own.
    WebSocket,
    /// In batches, one after the other on each connection.
    Http {
        /// Most transfers in a batch.
        batch: usize,
    },
}

/// When transfers are handed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As fast as the server answers, with at most so many transfers that are in no block yet.
    Closed {
        /// How many.
        outstanding: usize,
    },
    /// So many a second.
    Open {
        /// How many.
        per_second: f64,
    },
}

/// What became of a load.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// From the first submission until the last transfer was in a block, or until nothing happened any more.
    pub wall: Duration,
    /// Transfers in blocks.
    pub included: usize,
    /// Transfers that the server refused.
    pub refused: usize,
    /// What it said first.
    pub reason: Option<String>,
    /// From submission until the client knew of the block, in milliseconds.
    pub latencies_ms: Vec<f64>,
    /// The same of transfers that were watched, until the status `inBlock`.
    pub watched_ms: Vec<f64>,
    /// When blocks came, and how many transfers of the load they had.
    pub blocks: Vec<(Duration, usize)>,
}

/// Everything about the transfers of one server.
pub struct Tracker {
    signed: Vec<Signed>,
    from: Vec<u32>,
    index: HashMap<[u8; 32], u32>,
    begin: Instant,
    /// Microseconds since the beginning, or 0.
    sent_us: Vec<AtomicU64>,
    included_us: Vec<AtomicU64>,
    watched_us: Vec<AtomicU64>,
    included: AtomicUsize,
    refused: AtomicUsize,
    reason: Mutex<Option<String>>,
    blocks: Mutex<Vec<(Duration, usize)>>,
    /// Room for transfers that are in no block.
    room: Semaphore,
    changed: Notify,
}

impl Tracker {
    /// Nothing is sent yet.
    pub fn new(signed: Vec<Signed>, transactions: &[Transaction]) -> Arc<Self> {
        let zeros = || signed.iter().map(|_| AtomicU64::new(0)).collect();
        Arc::new(Self {
            index: signed.iter().zip(0..).map(|(signed, index)| (signed.hash, index)).collect(),
            from: transactions.iter().map(|transaction| transaction.from).collect(),
            begin: Instant::now(),
            sent_us: zeros(),
            included_us: zeros(),
            watched_us: zeros(),
            signed,
            included: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            reason: Mutex::new(None),
            blocks: Mutex::default(),
            room: Semaphore::new(0),
            changed: Notify::new(),
        })
    }

    /// Which transaction has this hash: its place among all.
    pub fn place(&self, hash: &[u8; 32]) -> Option<u32> {
        self.index.get(hash).copied()
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn refuse(&self, why: &str) {
        self.reason.lock().expect("nobody panics").get_or_insert_with(|| why.to_owned());
        self.refused.fetch_add(1, Relaxed);
        self.room.add_permits(1);
        self.changed.notify_one();
    }

    fn include(&self, came: Instant, hashes: &[String]) {
        let at = came - self.begin;
        let at_us = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        let mut count = 0;
        for hash in hashes {
            let mut bytes = [0; 32];
            let digits = hash.strip_prefix("0x").unwrap_or(hash);
            let is_hash = hex::decode_to_slice(digits, &mut bytes).is_ok();
            let Some(index) = self.index.get(&bytes).filter(|_| is_hash) else { continue };
            if self.included_us[*index as usize].swap(at_us, Relaxed) == 0 {
                count += 1;
            }
        }
        self.blocks.lock().expect("nobody panics").push((at, count));
        self.included.fetch_add(count, Relaxed);
        self.room.add_permits(count);
        self.changed.notify_one();
    }

    fn settled(&self) -> usize {
        self.included.load(Relaxed) + self.refused.load(Relaxed)
    }

    /// Waits until so many are settled, or nothing has happened for long; whether they are.
    async fn wait(&self, count: usize) -> bool {
        while self.settled() < count {
            let before = self.settled();
            let changed = tokio::time::timeout(STALL_MAX, async {
                while self.settled() == before {
                    self.changed.notified().await;
                }
            });
            if changed.await.is_err() {
                return false;
            }
        }
        true
    }
}

/// Follows the heads of the server's chain, and notes what their blocks contain, for as long as the server lives.
pub async fn follow(address: SocketAddr, subject: &'static dyn Subject, tracker: Arc<Tracker>, ready: Arc<Notify>) {
    let (mut writer, mut reader) = client::connect(address).await;
    let (method, params) = subject.heads();
    writer.send(client::request(0, method, &params)).await.expect("the server is there");
    let mut came: Vec<Instant> = Vec::new();
    while let Some(text) = client::next(&mut reader).await {
        let message = client::read(&text);
        match (message.params, message.id, message.result) {
            (Some(notification), ..) => {
                came.push(Instant::now());
                let head: Value = serde_json::from_str(notification.result.get()).expect("a head");
                let (method, params) = subject.block(&head);
                if writer.send(client::request(came.len() as u64, method, &params)).await.is_err() {
                    return;
                }
            }
            (None, Some(0), _) => ready.notify_one(),
            (None, Some(id), Some(block)) => {
                #[derive(serde::Deserialize)]
                struct Block {
                    transactions: Vec<String>,
                }
                let block: Block = serde_json::from_str(block.get()).expect("a block with hashes");
                tracker.include(came[id as usize - 1], &block.transactions);
            }
            _ => panic!("{text}"),
        }
    }
}

/// The connections over which transfers are handed in.
pub struct Submitters {
    queues: Vec<mpsc::Sender<Order>>,
    tracker: Arc<Tracker>,
}

/// To hand in one transfer.
struct Order {
    index: u32,
    /// When it was due; else it is due when it is written.
    due_us: Option<u64>,
    watch: bool,
}

impl Submitters {
    /// Opens them.
    pub async fn connect(
        address: SocketAddr,
        transport: Transport,
        subject: &'static dyn Subject,
        tracker: Arc<Tracker>,
    ) -> Self {
        let mut queues = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let (queue, orders) = mpsc::channel(QUEUED_MAX);
            match transport {
                Transport::WebSocket => connection::open(address, orders, subject, tracker.clone()).await,
                Transport::Http { batch } => {
                    connection::open_http(address, (orders, batch), subject, tracker.clone()).await;
                }
            }
            queues.push(queue);
        }
        Self { queues, tracker }
    }

    /// Hands in a part of the transfers, which follows the last one, and waits until they are in blocks.
    pub async fn load(&self, range: Range<u32>, pace: Pace, watch: bool) -> Outcome {
        let tracker = &self.tracker;
        let settled = tracker.settled();
        let (included, refused) = (tracker.included.load(Relaxed), tracker.refused.load(Relaxed));
        let blocks = tracker.blocks.lock().expect("nobody panics").len();
        let begin = Instant::now();
        let fed = match pace {
            Pace::Closed { outstanding } => self.feed_closed(range.clone(), outstanding).await,
            Pace::Open { per_second } => {
                self.feed_open(range.clone(), per_second, watch).await;
                true
            }
        };
        let all = tracker.wait(settled + range.len());
        let is_whole = fed && tokio::time::timeout(LOAD_MAX, all).await.unwrap_or(false);
        let times = |from: &[AtomicU64]| -> Vec<f64> {
            let latency = |index: u32| {
                let (sent, arrived) = (&tracker.sent_us[index as usize], &from[index as usize]);
                let (sent, arrived) = (sent.load(Relaxed), arrived.load(Relaxed));
                (arrived > 0).then(|| arrived.saturating_sub(sent) as f64 / 1_000.0)
            };
            range.clone().filter_map(latency).collect()
        };
        let all = tracker.blocks.lock().expect("nobody panics");
        let since = begin - tracker.begin;
        let blocks: Vec<_> = all[blocks..].iter().map(|(at, count)| (at.saturating_sub(since), *count)).collect();
        let last = blocks.iter().filter(|(_, count)| *count > 0).map(|(at, _)| *at).max();
        Outcome {
            wall: if is_whole { last.unwrap_or_default() } else { begin.elapsed() },
            included: tracker.included.load(Relaxed) - included,
            refused: tracker.refused.load(Relaxed) - refused,
            reason: tracker.reason.lock().expect("nobody panics").clone(),
            latencies_ms: times(&tracker.included_us),
            watched_ms: times(&tracker.watched_us),
            blocks,
        }
    }

    async fn hand_in(&self, index: u32, due_us: Option<u64>, watch: bool) {
        let queue = self.tracker.from[index as usize] as usize % self.queues.len();
        self.queues[queue].send(Order { index, due_us, watch }).await.expect("the server is there");
    }

    /// Whether all were handed in: a server in which nothing happens any more is given up.
    async fn feed_closed(&self, range: Range<u32>, outstanding: usize) -> bool {
        let room = &self.tracker.room;
        room.forget_permits(usize::MAX >> 3);
        room.add_permits(outstanding);
        for index in range {
            match tokio::time::timeout(STALL_MAX, room.acquire()).await {
                Ok(permit) => permit.expect("never closed").forget(),
                Err(_) => return false,
            }
            self.hand_in(index, None, false).await;
        }
        true
    }

    async fn feed_open(&self, range: Range<u32>, per_second: f64, watch: bool) {
        let begin_us = self.tracker.now_us();
        let mut ticks = tokio::time::interval(PACE);
        let mut next = range.start;
        while next < range.end {
            ticks.tick().await;
            let now_us = self.tracker.now_us();
            while next < range.end {
                let due_us = begin_us + (f64::from(next - range.start) / per_second * 1e6) as u64;
                if due_us > now_us {
                    break;
                }
                self.hand_in(next, Some(due_us), watch && next.is_multiple_of(WATCHED_EACH)).await;
                next += 1;
            }
        }
    }
}
