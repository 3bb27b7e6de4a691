//! Transfers at a rate, to a node that comes and goes.
//!
//! Each thread has its share of the accounts and one connection. When the node goes, it waits for the next one; then it asks the
//! chain for the nonces of its accounts, hands in again what is neither in a block nor final, and goes on.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ziver_primitives::{hashing::blake2_128, storage_keys::item_prefix};

use super::ledger::Ledger;
use crate::{
    end_to_end::{subject::ziver::Signer, transfers::Account},
    generator::Generator,
    node::Client,
};

/// Threads that hand in.
pub const THREADS: u32 = 4;
/// Transfers in one request.
const BATCH: usize = 50;
/// Keys in one request.
const KEYS_COUNT_MAX: usize = 1_000;
/// How long to wait for a node, or for the next transfer to be due.
const PAUSE: Duration = Duration::from_millis(5);
/// The node knows the transaction already; its nonce is used already. Both are fine after a restart.
const KNOWN: [i64; 2] = [1013, 1010];
/// The node is about to end.
const ENDING: i64 = 10000;

/// What all threads share.
pub struct Load {
    /// Who sends and receives.
    pub accounts: Vec<Account>,
    /// Signs for the chain.
    pub signer: Signer,
    /// What became of the transfers.
    ledger: Mutex<Ledger>,
    /// Where the node listens, while there is one, and which start of it that is.
    address: Mutex<Option<(SocketAddr, u64)>>,
    /// Thousandths of transfers a second, all threads together.
    rate: AtomicU64,
    /// Transfers that may wait for finality.
    pub waiting_max: usize,
    is_over: AtomicBool,
    seed: u64,
}

impl Load {
    /// As fast as the node takes them, until a rate is set.
    pub fn new(accounts: Vec<Account>, signer: Signer, waiting_max: usize, seed: u64) -> Self {
        let ledger = Mutex::new(Ledger::new(accounts.len()));
        let (address, rate, is_over) = (Mutex::new(None), AtomicU64::new(u64::MAX), AtomicBool::new(false));
        Self { accounts, signer, ledger, address, rate, waiting_max, is_over, seed }
    }

    /// What became of the transfers.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("nobody panics with it")
    }

    /// From now on so many transfers a second.
    pub fn set_rate(&self, per_second: f64) {
        self.rate.store((per_second * 1e3) as u64, Relaxed);
    }

    /// The node has gone, or another one has come: the `start`-th.
    pub fn set_address(&self, address: Option<(SocketAddr, u64)>) {
        *self.address.lock().expect("nobody panics with it") = address;
    }

    /// No more transfers.
    pub fn end(&self) {
        self.is_over.store(true, Relaxed);
    }

    /// Whether there is an end.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    /// Where the node listens.
    pub fn address(&self) -> Option<(SocketAddr, u64)> {
        *self.address.lock().expect("nobody panics with it")
    }

    /// What thread number `index` does until the end.
    pub fn run(&self, index: u32) {
        let mut worker = Worker::new(self, index);
        let mut start = 0;
        while !self.is_over() {
            match self.address().filter(|(_, of)| *of != start) {
                None => thread::sleep(PAUSE),
                Some((address, of)) => {
                    start = of;
                    // The node has gone: the next one is waited for.
                    let _ = worker.serve(address);
                }
            }
        }
    }
}

struct Worker<'a> {
    load: &'a Load,
    index: u32,
    generator: Generator,
    /// Transfers that each account has sent, final or not.
    nonces: Vec<u32>,
}

impl<'a> Worker<'a> {
    fn new(load: &'a Load, index: u32) -> Self {
        let nonces = vec![0; load.accounts.len()];
        Self { load, index, generator: Generator::new(load.seed ^ u64::from(index + 1) << 32), nonces }
    }

    /// Hands in until the node goes or the end comes.
    fn serve(&mut self, address: SocketAddr) -> io::Result<()> {
        let mut client = Client::connect(address)?;
        self.hand_in_again(&mut client)?;
        let mut due = Instant::now();
        while !self.load.is_over() {
            let rate = self.load.rate.load(Relaxed);
            if self.load.ledger().waiting() > self.load.waiting_max || (rate != u64::MAX && Instant::now() < due) {
                thread::sleep(PAUSE);
                continue;
            }
            if rate != u64::MAX {
                // Who is late does not make up for more than a second: a node that was away is not to be flooded.
                let step = BATCH as f64 * f64::from(THREADS) * 1e3 / rate as f64;
                due = (due + Duration::from_secs_f64(step)).max(Instant::now() - Duration::from_secs(1));
            }
            let texts: Vec<String> = (0..BATCH).map(|_| self.next_transfer()).collect();
            self.submit(&mut client, &texts, false)?;
        }
        Ok(())
    }

    fn next_transfer(&mut self) -> String {
        let count = u32::try_from(self.load.accounts.len()).expect("few accounts");
        let from = self.generator.below(count / THREADS) * THREADS + self.index;
        let to = self.generator.below(count);
        let nonce = self.nonces[from as usize];
        self.nonces[from as usize] += 1;
        let [sender, receiver] = [from, to].map(|index| &self.load.accounts[index as usize]);
        let signed = self.load.signer.transfer(sender, receiver, nonce);
        let text = signed.text.clone();
        self.load.ledger().begin(signed, from, nonce);
        text
    }

    fn submit(&self, client: &mut Client, texts: &[String], is_again: bool) -> io::Result<()> {
        let calls = texts.iter().map(|text| json!([text]));
        let answers = client.ask_each("author_submitExtrinsic", calls)?;
        let mut ledger = self.load.ledger();
        for answer in answers {
            match answer {
                Ok(_) => {
                    ledger.taken += u64::from(!is_again);
                    ledger.handed_in_again += u64::from(is_again);
                }
                Err(error) if error["code"] == ENDING => return Err(io::ErrorKind::ConnectionAborted.into()),
                Err(error) if is_again && error["code"].as_i64().is_some_and(|code| KNOWN.contains(&code)) => {}
                Err(error) => *ledger.refused.entry(error.to_string()).or_default() += 1,
            }
        }
        Ok(())
    }

    /// What the chain does not have goes to the node once more: it keeps only so many over a restart.
    fn hand_in_again(&mut self, client: &mut Client) -> io::Result<()> {
        let (index, load) = (self.index, self.load);
        let waiting = load.ledger().waiting_of(|from| from % THREADS == index);
        let mut senders: Vec<u32> = waiting.iter().map(|(from, ..)| *from).collect();
        senders.dedup();
        let mut on_chain = vec![0; load.accounts.len()];
        for part in senders.chunks(KEYS_COUNT_MAX) {
            let accounts: Vec<_> = part.iter().map(|from| &load.accounts[*from as usize]).collect();
            for (from, nonce) in part.iter().zip(nonces(client, &accounts)?) {
                on_chain[*from as usize] = nonce;
            }
        }
        let is_missing = |(from, nonce, _): &(u32, u32, String)| *nonce >= on_chain[*from as usize];
        let texts: Vec<String> = waiting.into_iter().filter(is_missing).map(|(.., text)| text).collect();
        texts.chunks(BATCH).try_for_each(|part| self.submit(client, part, true))
    }
}

/// Where the chain keeps an account.
pub fn storage_key(account: &Account) -> String {
    let key = [&item_prefix("System", "Account")[..], &blake2_128(&account.address), &account.address].concat();
    format!("0x{}", hex::encode(key))
}

/// Nonces in the state of the best block.
fn nonces(client: &mut Client, accounts: &[&Account]) -> io::Result<Vec<u32>> {
    let keys: Vec<_> = accounts.iter().map(|account| storage_key(account)).collect();
    let found = client.ask("state_queryStorageAt", &json!([keys]))?;
    let changes = found[0]["changes"].as_array().filter(|changes| changes.len() == keys.len());
    let changes = changes.ok_or_else(|| io::Error::other("an answer without its changes"))?;
    let find = |key: &String| changes.iter().find(|change| change[0] == **key).map_or(0, |change| nonce(&change[1]));
    // In the order that was asked for, whatever order the answer has.
    match changes.iter().zip(&keys).all(|(change, key)| change[0] == **key) {
        true => Ok(changes.iter().map(|change| nonce(&change[1])).collect()),
        false => Ok(keys.iter().map(find).collect()),
    }
}

/// An account begins with its nonce.
fn nonce(value: &Value) -> u32 {
    let digits = value.as_str().and_then(|text| text.get(2..10)).and_then(|digits| hex::decode(digits).ok());
    digits.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}
