//! What every call takes: the numbers of the pallets' `weights.rs`, measured in the real Wasm runtime on a real database.
//!
//! # How
//! For each call, blocks full of it are built by one chain and imported by another, on RocksDB: decoding, signatures,
//! execution, state root, the synced write, finality. Of a block's processor time, that of an empty block is subtracted; the
//! rest is divided by the number of calls; then what the call rides on is subtracted (the bare extrinsic, or sudo around
//! it). The least of several blocks counts, since other work on the machine only ever adds. Every sender and receiver
//! is used once, so that no account is warm from the call before; each call takes its longest way (accounts made, killed, dust
//! lost). A benchmark whose calls fail ends with an error.
//!
//! Calls of one block share what lies at one key (a total, sudo's key): that is not in the quotient, so the price of
//! the accesses, which is measured by itself, is added. Reads are of a warm cache.
//!
//! # Prices
//! What is written is [`MARGIN`] times what was measured, rounded up to the next step of [`STEPS`], a quarter apart: noise seldom
//! moves a number, and weights, which are consensus, change when something really changed.
//!
//! ```text
//! cargo bench -p ziver-chain --bench weights [-- ACCOUNTS] [--write LABEL]      50000 by default
//! cargo bench -p ziver-chain --bench weights -- --gas [CASE]                     whether contracts pay for their imports
//! ```
//! With `--write`, the pallets' `weights.rs` are made anew from `weights/*.rs.in`; LABEL (machine, date) stands in their heads.
//! `scripts/weights` calls this. Out of scope: building blocks, which takes longer per extrinsic but recovers no signature.

#[path = "weights/contracts.rs"]
mod contracts;
#[path = "weights/gas.rs"]
mod gas;
mod load;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use codec::{Compact, Decode, Encode};
use load::{ENDOWMENT, Key, Signing, build, cpu_time, genesis, key, open, rocks};
use nix::sys::resource::UsageWho;
use ziver_chain::{Chain, ChainConfig, GenesisSource, Offer};
use ziver_db::{Db, MemoryDb};
use ziver_executor::{Executor, Overlay};
use ziver_primitives::{
    AccountId20, Balance, Block, Hash,
    hashing::{blake2_128, blake2_256, keccak_256},
    storage_keys::item_prefix,
};

/// Calls in a block.
const CALLS: usize = 250;
/// Blocks of each kind; the cheapest counts.
const ROUNDS: usize = 5;
/// Items of a call that takes many.
const ITEMS: usize = 500;
/// Bytes of a long remark.
const LONG: usize = 10_000;
/// Safety: for machines a bit slower, colder caches, what the database does in the background.
const MARGIN: f64 = 1.25;
/// Prices are these times a power of ten.
const STEPS: [u64; 10] = [100, 125, 160, 200, 250, 315, 400, 500, 630, 800];
/// Balances' existential deposit, in the smallest unit.
const EXISTENTIAL_DEPOSIT: Balance = 1_000_000_000_000;
/// The files that are made.
const TEMPLATES: [(&str, &str); 6] = [
    ("balances", include_str!("weights/balances.rs.in")),
    ("contracts", include_str!("weights/contracts.rs.in")),
    ("sudo", include_str!("weights/sudo.rs.in")),
    ("system", include_str!("weights/system.rs.in")),
    ("timestamp", include_str!("weights/timestamp.rs.in")),
    ("utility", include_str!("weights/utility.rs.in")),
];

/// An encoded call.
fn call(pallet: u8, index: u8, arguments: impl Encode) -> Vec<u8> {
    (pallet, index, arguments).encode()
}

fn remark(bytes: usize) -> Vec<u8> {
    call(0, 0, vec![0u8; bytes])
}

fn sudo(inner: &[u8]) -> Vec<u8> {
    [&[7, 0], inner].concat()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let label = arguments.iter().position(|argument| argument == "--write").map(|at| {
        let label = arguments.get(at + 1);
        label.expect("--write takes a label: the machine and the date").clone()
    });
    let accounts: usize = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(50_000);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut bench = Bench::start(folder.path(), accounts);
    if let Some(at) = arguments.iter().position(|argument| argument == "--gas") {
        let base = bench.each("remark", CALLS, |bench| bench.signed(remark(0)));
        let filter = arguments.get(at + 1).map_or("", String::as_str);
        return gas::measure(&mut bench, base, filter);
    }
    let prices = measure(&mut bench);
    if let Some(label) = label {
        let head = format!("//! {label}; {accounts} accounts; `scripts/weights --write`.");
        write(&prices, &head);
    }
}

/// Two chains, and accounts that nothing has touched.
struct Bench {
    author: Chain,
    importer: Chain,
    genesis: GenesisSource,
    folder: PathBuf,
    executor: Arc<Executor>,
    signing: Signing,
    keys: Vec<Key>,
    fresh: usize,
    strangers: u64,
    sudo_nonce: u32,
    empty: Duration,
}

impl Bench {
    fn start(folder: &Path, accounts: usize) -> Self {
        let keys: Vec<Key> = (0..accounts as u64).map(key).collect();
        let genesis = genesis(&keys);
        let (author, _) = open(Arc::new(MemoryDb::default()), &genesis);
        let (importer, executor) = open(rocks(folder), &genesis);
        let signing = Signing::of(&author);
        let (fresh, strangers, sudo_nonce, empty) = (1, 0, 0, Duration::ZERO);
        let folder = folder.to_path_buf();
        let mut bench =
            Self { author, importer, genesis, folder, executor, signing, keys, fresh, strangers, sudo_nonce, empty };
        bench.empty = (0..4 * ROUNDS).map(|_| bench.run(Vec::new())).min().expect("several rounds");
        bench
    }

    /// Opens the importer's database again: what it has read and written is in no cache of its own.
    fn reopen(&mut self) {
        let open = |db: Arc<dyn Db>| {
            Chain::open(db, self.executor.clone(), self.genesis.clone(), ChainConfig::default())
                .expect("the same chain")
        };
        // The database is closed before it is opened again.
        self.importer = open(Arc::new(MemoryDb::default()));
        self.importer = open(rocks(&self.folder));
    }

    /// A key whose account has its endowment and was never used.
    fn key(&mut self) -> Key {
        self.fresh += 1;
        self.keys.get(self.fresh - 1).expect("more ACCOUNTS are needed").clone()
    }

    fn account(&mut self) -> AccountId20 {
        self.key().account()
    }

    /// An account that does not exist.
    fn stranger(&mut self) -> AccountId20 {
        self.strangers += 1;
        let hash = keccak_256(&("stranger", self.strangers).encode());
        AccountId20(hash[..20].try_into().expect("20 bytes"))
    }

    /// A transaction of an account that was never used.
    fn signed(&mut self, call: Vec<u8>) -> Offer {
        let key = self.key();
        self.signing.offer(&key, 0, call)
    }

    /// A transaction of sudo's key.
    fn by_sudo(&mut self, call: Vec<u8>) -> Offer {
        self.sudo_nonce += 1;
        self.signing.offer(&self.keys[0], self.sudo_nonce - 1, call)
    }

    fn root(&mut self, call: Vec<u8>) -> Offer {
        self.by_sudo(sudo(&call))
    }

    /// Processor time of importing a block with `offers`, all of which must succeed.
    fn run(&mut self, offers: Vec<Offer>) -> Duration {
        let block = build(&mut self.author, offers, true);
        let hash = block.header.hash();
        self.author.finalize(&hash).expect("the best block");
        let count = block.extrinsics.len() as u32;
        let before = cpu_time(UsageWho::RUSAGE_SELF);
        self.importer.import(block, None).expect("a good block");
        self.importer.finalize(&hash).expect("the best block");
        let took = cpu_time(UsageWho::RUSAGE_SELF) - before;
        self.assert_success(count);
        took
    }

    fn storage(&self, key: &[u8]) -> Option<Vec<u8>> {
        let view =
            self.importer.reader().view_at(&self.importer.best().hash).expect("a state").expect("the best block");
        view.get(None, key).expect("a readable state")
    }

    /// That the block's events tell of each extrinsic's success (`ExtrinsicSuccess`), and of no error in sudo's calls.
    fn assert_success(&self, count: u32) {
        let events = self.storage(&item_prefix("System", "Events")).expect("each block has events");
        let tells = |index: u32, event: &[u8]| {
            let wanted = [&[0], &index.to_le_bytes()[..], event].concat();
            events.windows(wanted.len()).any(|window| window == wanted)
        };
        for index in 0..count {
            let failed = tells(index, &[7, 0, 1]) || tells(index, &[7, 3, 1]);
            assert!(tells(index, &[0, 0]) && !failed, "extrinsic {index} succeeds");
        }
    }

    fn assert_gone(&self, account: &AccountId20) {
        assert_eq!(self.storage(&account_key(account)), None, "{account:?} is killed");
    }

    /// Picoseconds of each of `count` offers in a block, beyond the empty block.
    fn each(&mut self, name: &str, count: usize, mut make: impl FnMut(&mut Self) -> Offer) -> f64 {
        let mut round = |bench: &mut Self| {
            let offers = (0..count).map(|_| make(bench)).collect();
            bench.run(offers)
        };
        let least = (0..ROUNDS).map(|_| round(self)).min().expect("several rounds");
        let each = least.saturating_sub(self.empty).as_nanos() as f64 * 1_000.0 / count as f64;
        println!("{:<60} {:>14.3} us", format!("ziver-runtime::execute/call={name},calls={count}"), each / 1e6);
        each
    }

    /// What the fee of a transaction will be in the next block.
    fn fee(&self, offer: &Offer) -> Balance {
        let input = [&offer.bytes[..], &(offer.bytes.len() as u32).encode()].concat();
        let best = self.importer.best().hash;
        let answer = self.importer.call_at(&best, "TransactionPaymentApi_query_info", &input).expect("an answer");
        let answer = answer.expect("the best block");
        let (_, _, _, fee) = <(Compact<u64>, Compact<u64>, u8, Balance)>::decode(&mut &answer[..]).expect("an answer");
        fee
    }

    /// The least processor time of this thread for executing blocks that are not kept.
    fn execute(&self, blocks: &[Block]) -> Duration {
        let run = |block: &Block| {
            let view =
                self.importer.reader().view_at(&block.header.parent_hash).expect("a state").expect("a known block");
            let code = view.runtime_code().expect("a readable state").expect("a runtime");
            let mut overlay = Overlay::new(view);
            let before = cpu_time(UsageWho::RUSAGE_THREAD);
            self.executor.call(&code, "Core_execute_block", &block.encode(), &mut overlay).expect("a good block");
            overlay.finish(Default::default()).expect("a root");
            cpu_time(UsageWho::RUSAGE_THREAD) - before
        };
        blocks.iter().map(run).min().expect("blocks")
    }
}

/// Where an account's record lies.
fn account_key(account: &AccountId20) -> Vec<u8> {
    [&item_prefix("System", "Account")[..], &blake2_128(&account.0), &account.0].concat()
}

/// A record of an account with some reserved money: nonce, reference counts, money, flags.
fn with_reserved() -> Vec<u8> {
    (0u32, 1u32, 1u32, 0u32, ENDOWMENT, EXISTENTIAL_DEPOSIT, 0u128, 1u128 << 127).encode()
}

/// Distinct keys that are spread over the state.
fn scattered(first: &mut u64) -> Vec<Vec<u8>> {
    let keys = *first..*first + ITEMS as u64;
    *first = keys.end;
    keys.map(|key| ["bench".as_bytes(), &blake2_256(&key.encode())].concat()).collect()
}

type Prices = BTreeMap<&'static str, u64>;

/// What is written for something that took `picoseconds`.
fn price(picoseconds: f64) -> u64 {
    let wanted = (picoseconds.max(0.0) * MARGIN).ceil() as u64;
    let mut scale = 1;
    loop {
        // Tiny prices (of a byte) need steps below a hundred: they are whole picoseconds anyhow.
        if wanted <= 100 {
            return wanted;
        }
        if let Some(step) = STEPS.iter().map(|step| step * scale).find(|step| *step >= wanted) {
            return step;
        }
        scale *= 10;
    }
}

fn measure(bench: &mut Bench) -> Prices {
    let mut prices = Prices::new();
    prices.insert("BLOCK_BASE", price(bench.empty.as_nanos() as f64 * 1_000.0));
    let base = bench.each("remark", CALLS, |bench| bench.signed(remark(0)));
    prices.insert("EXTRINSIC_BASE", price(base));
    // The same from one sender, whose account is warm after the first: what sudo's transactions ride on.
    let warm = bench.each("remark,sender=one", CALLS, |bench| bench.by_sudo(remark(0)));
    let root = bench.each("sudo(remark)", CALLS, |bench| bench.root(remark(0)));
    prices.insert("SUDO", price(root - warm));
    accesses(bench, &mut prices, root);
    system(bench, &mut prices, base, root);
    let transfer = balances(bench, &mut prices, base, root);
    nesting(bench, &mut prices, base, warm, root, transfer);
    contracts::measure(bench, &mut prices, base);
    prices
}

/// Reads and writes.
fn accesses(bench: &mut Bench, prices: &mut Prices, root: f64) {
    // An account that has nothing reserved is read and left alone.
    let read = bench.each("balances::force_unreserve,reserved=0", CALLS, |bench| {
        let who = bench.account();
        bench.root(call(5, 5, (who, 1u128)))
    });
    prices.insert("DB_READ", price(read - root));
    let items = ITEMS as f64;
    let mut first = 0;
    let write = bench.each("system::set_storage", 1, |bench| {
        let items: Vec<_> = scattered(&mut first).into_iter().map(|key| (key, vec![1u8; 80])).collect();
        bench.root(call(0, 4, items))
    });
    prices.insert("DB_WRITE", price(write / items));
    prices.insert("TIMESTAMP_SET", price(read - root + 2.0 * write / items));
    let mut first = 0;
    let kill = bench.each("system::kill_storage", 1, |bench| bench.root(call(0, 5, scattered(&mut first))));
    prices.insert("KILL_STORAGE_ITEM", price(kill / items));
    // Each round removes what was set for it, under a prefix of its own.
    for round in 0..ROUNDS as u8 {
        let items: Vec<_> = (0..ITEMS as u64)
            .map(|item| ([&[b'p', round], &blake2_256(&item.encode())[..]].concat(), vec![1u8; 80]))
            .collect();
        let offer = bench.root(call(0, 4, items));
        bench.run(vec![offer]);
    }
    let mut round = 0;
    let kill = bench.each("system::kill_prefix", 1, |bench| {
        round += 1;
        bench.root(call(0, 6, (vec![b'p', round - 1], ITEMS as u32)))
    });
    prices.insert("KILL_PREFIX_ITEM", price(kill / items));
}

fn system(bench: &mut Bench, prices: &mut Prices, base: f64, root: f64) {
    let count = CALLS / 5;
    let long = bench.each("system::remark,bytes=10000", count, |bench| bench.signed(remark(LONG)));
    prices.insert("REMARK_BYTE", price((long - base) / LONG as f64));
    let event = bench.each("system::remark_with_event", CALLS, |bench| bench.signed(call(0, 7, Vec::<u8>::new())));
    prices.insert("REMARK_WITH_EVENT", price(event - base));
    let long =
        bench.each("system::remark_with_event,bytes=10000", count, |bench| bench.signed(call(0, 7, vec![0u8; LONG])));
    prices.insert("REMARK_WITH_EVENT_BYTE", price((long - event) / LONG as f64));
    let pages = bench.each("system::set_heap_pages", CALLS, |bench| bench.root(call(0, 1, 32u64)));
    prices.insert("SET_HEAP_PAGES", price(pages - root));
    let authorize = bench.each("system::authorize_upgrade", CALLS, |bench| bench.root(call(0, 9, Hash::zero())));
    prices.insert("AUTHORIZE_UPGRADE", price(authorize - root));

    // Each blob differs by a custom section, so that nothing is known of it. Finding out what it is, is nearly all of it.
    let blobs = (0..ROUNDS as u8).map(|round| [ziver_wasm::UPGRADED, &[0, 3, 1, b'n', round]].concat());
    let offers: Vec<Offer> = blobs
        .map(|blob| {
            let offer = bench.root(call(0, 2, blob));
            bench.sudo_nonce -= 1;
            offer
        })
        .collect();
    // These blocks are not kept: the chain stays with its runtime.
    let blocks: Vec<Block> = offers.into_iter().map(|offer| build(&mut bench.author, vec![offer], false)).collect();
    let took = bench.execute(&blocks);
    println!("{:<60} {:>14.3} us", "ziver-runtime::execute/call=system::set_code,calls=1", took.as_secs_f64() * 1e6);
    prices.insert("SET_CODE", price(took.as_nanos() as f64 * 1_000.0));
}

/// Returns what `transfer_keep_alive` took.
fn balances(bench: &mut Bench, prices: &mut Prices, base: f64, root: f64) -> f64 {
    // The sender dies and leaves dust, the receiver is born.
    let mut fee = 0;
    let mut made = 0;
    let mut last = AccountId20([0; 20]);
    let death = bench.each("balances::transfer_allow_death", CALLS, |bench| {
        let (from, to) = (bench.key(), bench.stranger());
        last = from.account();
        if made % CALLS == 0 {
            fee = bench.fee(&bench.signing.offer(&from, 0, call(5, 0, (to, Compact(ENDOWMENT)))));
        }
        made += 1;
        let value = ENDOWMENT - fee - (EXISTENTIAL_DEPOSIT - 1);
        bench.signing.offer(&from, 0, call(5, 0, (to, Compact(value))))
    });
    bench.assert_gone(&last);
    prices.insert("TRANSFER_ALLOW_DEATH", price(death - base));
    let all = bench.each("balances::transfer_all", CALLS, |bench| {
        let (from, to) = (bench.key(), bench.stranger());
        last = from.account();
        bench.signing.offer(&from, 0, call(5, 4, (to, false)))
    });
    bench.assert_gone(&last);
    prices.insert("TRANSFER_ALL", price(all - base));
    let alive = bench.each("balances::transfer_keep_alive,receiver=new", CALLS, |bench| {
        let to = bench.stranger();
        bench.signed(call(5, 3, (to, Compact(EXISTENTIAL_DEPOSIT))))
    });
    let plain = bench.each("balances::transfer_keep_alive", CALLS, |bench| {
        let to = bench.account();
        bench.signed(call(5, 3, (to, Compact(EXISTENTIAL_DEPOSIT))))
    });
    prices.insert("TRANSFER_KEEP_ALIVE", price(alive.max(plain) - base));
    let force = bench.each("balances::force_transfer", CALLS, |bench| {
        let (from, to) = (bench.account(), bench.stranger());
        last = from;
        bench.root(call(5, 2, (from, to, Compact(ENDOWMENT - EXISTENTIAL_DEPOSIT + 1))))
    });
    bench.assert_gone(&last);
    prices.insert("FORCE_TRANSFER", price(force - root));
    let set = bench.each("balances::force_set_balance,account=new", CALLS, |bench| {
        let who = bench.stranger();
        bench.root(call(5, 8, (who, Compact(ENDOWMENT))))
    });
    let unset = bench.each("balances::force_set_balance,account=killed", CALLS, |bench| {
        last = bench.account();
        bench.root(call(5, 8, (last, Compact(0u128))))
    });
    bench.assert_gone(&last);
    prices.insert("FORCE_SET_BALANCE", price(set.max(unset) - root));
    let burn =
        bench.each("balances::burn", CALLS, |bench| bench.signed(call(5, 10, (Compact(EXISTENTIAL_DEPOSIT), true))));
    prices.insert("BURN", price(burn - base));

    let from = bench.fresh;
    let reserved: Vec<_> = (0..CALLS * ROUNDS).map(|_| (account_key(&bench.account()), with_reserved())).collect();
    let offer = bench.root(call(0, 4, reserved));
    bench.run(vec![offer]);
    let mut next = from;
    let unreserve = bench.each("balances::force_unreserve", CALLS, |bench| {
        next += 1;
        let who = bench.keys[next - 1].account();
        bench.root(call(5, 5, (who, EXISTENTIAL_DEPOSIT)))
    });
    prices.insert("FORCE_UNRESERVE", price(unreserve - root));
    plain
}

/// Calls within calls, and sudo's own.
fn nesting(bench: &mut Bench, prices: &mut Prices, base: f64, warm: f64, root: f64, transfer: f64) {
    let empty = bench.each("utility::batch,items=0", CALLS, |bench| bench.signed(call(1, 0, Vec::<u8>::new())));
    prices.insert("BATCH", price(empty - base));
    let items = 100u32;
    let batch: Vec<u8> = [&[1, 2][..], &Compact(items).encode(), &remark(0).repeat(items as usize)].concat();
    let full = bench.each("utility::batch_all,items=100", CALLS / 5, |bench| bench.signed(batch.clone()));
    prices.insert("BATCH_ITEM", price((full - empty) / f64::from(items)));
    let weighed = [&[1, 5][..], &remark(0), &(Compact(1_000u64), Compact(0u64)).encode()].concat();
    let with_weight = bench.each("utility::with_weight", CALLS, |bench| bench.root(weighed.clone()));
    prices.insert("WITH_WEIGHT", price(with_weight - root));
    // The contained call supposes that its sender's account is warm, as after paying a fee. Here it is not.
    let sudo_as = bench.each("sudo::sudo_as(transfer_keep_alive)", CALLS, |bench| {
        let (from, to) = (bench.account(), bench.account());
        let inner = call(5, 3, (to, Compact(EXISTENTIAL_DEPOSIT)));
        bench.by_sudo([&[7, 3][..], &from.0, &inner].concat())
    });
    prices.insert("SUDO_AS", price(sudo_as - warm - (transfer - base)));
    let holder = bench.keys[0].account();
    let set_key = bench.each("sudo::set_key", CALLS, |bench| bench.by_sudo(call(7, 2, holder)));
    prices.insert("SET_KEY", price(set_key - warm));
}

/// Makes the pallets' files.
fn write(prices: &Prices, head: &str) {
    let pallets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pallets");
    for (pallet, template) in TEMPLATES {
        let mut text = template.replace("@HEAD@", head);
        for (name, price) in prices {
            text = text.replace(&format!("@{name}@"), &grouped(*price));
        }
        assert!(!text.contains('@'), "every number of {pallet} is measured");
        let path = pallets.join(pallet).join("src/weights.rs");
        std::fs::write(&path, text).expect("the pallets' files can be written");
        println!("wrote {}", path.display());
    }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let (lead, rest) = digits.split_at((digits.len() - 1) % 3 + 1);
    rest.as_bytes().chunks(3).fold(lead.to_string(), |text, group| text + "_" + &String::from_utf8_lossy(group))
}
