//! How fast blocks of signed transfers are imported, beside what their signatures alone cost.
//!
//! One chain, in memory, makes full blocks; another, on RocksDB with every block synced, imports them: the cheap checks,
//! execution in the Wasm runtime, state root, one batch. Senders and receivers are drawn from all accounts. Processor time
//! is of the whole process, so it counts RocksDB's threads too.
//!
//! ```text
//! cargo bench -p ziver-chain --bench import [-- ACCOUNTS BLOCKS TRANSFERS]      10000 20 1000 by default
//! ```

mod load;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use codec::{Compact, Encode};
use load::{Signing, build, cpu_time, genesis, key, open, rocks};
use nix::sys::resource::UsageWho;
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use ziver_chain::{Chain, Offer};
use ziver_db::MemoryDb;
use ziver_primitives::{Block, UNIT, hashing::keccak_256, transaction::SecretKey};

/// Pallet Balances, call `transfer_keep_alive`.
const TRANSFER_KEEP_ALIVE: [u8; 2] = [5, 3];
/// Which blocks are final: this many below the best, as on a development chain.
const FINALITY_LAG: usize = 2;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let [accounts, blocks, transfers] = match numbers[..] {
        [] => [10_000, 20, 1_000],
        [accounts, blocks, transfers] => [accounts, blocks, transfers],
        _ => return eprintln!("usage: import [ACCOUNTS BLOCKS TRANSFERS]"),
    };
    let keys: Vec<SecretKey> = (0..accounts as u64).map(key).collect();
    let genesis = genesis(&keys);
    let (mut author, _) = open(Arc::new(MemoryDb::default()), &genesis);
    let mut load = Load { keys: &keys, nonces: vec![0; accounts], seed: 1, signing: Signing::of(&author) };
    let mut made = || build(&mut author, (0..transfers).map(|_| load.transfer()).collect(), true);
    let made: Vec<Block> = (0..blocks).map(|_| made()).collect();

    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut importer, _) = open(rocks(folder.path()), &genesis);
    let (import, recovery) = (measure(|| import(&mut importer, &made)), recoveries(blocks * transfers));
    assert_eq!(importer.best(), author.best(), "both chains end with the same block");
    let parameters = format!("accounts={accounts},blocks={blocks},transfers={transfers}");
    let count = (blocks * transfers) as f64;
    println!("{:<72} {:>12} {:>12}", "benchmark", "/ CPU-second", "/ second");
    import.print(&format!("ziver-chain::import/{parameters}"), count);
    recovery.print("secp256k1::recover", count);
    let ratio = recovery.cpu.as_secs_f64() / import.cpu.as_secs_f64();
    println!("importing reaches {:.1} % of bare signature recovery, per CPU-second", ratio * 100.0);
}

/// What something took.
struct Cost {
    cpu: Duration,
    wall: Duration,
}

impl Cost {
    fn print(&self, name: &str, count: f64) {
        println!("{name:<72} {:>12.0} {:>12.0}", count / self.cpu.as_secs_f64(), count / self.wall.as_secs_f64());
    }
}

fn measure(run: impl FnOnce()) -> Cost {
    let (cpu, wall) = (cpu_time(UsageWho::RUSAGE_SELF), Instant::now());
    run();
    Cost { cpu: cpu_time(UsageWho::RUSAGE_SELF) - cpu, wall: wall.elapsed() }
}

/// Transfers between accounts drawn by a small generator: the same in each run.
struct Load<'a> {
    keys: &'a [SecretKey],
    nonces: Vec<u32>,
    seed: u64,
    signing: Signing,
}

impl Load<'_> {
    fn draw(&mut self) -> usize {
        // Multiplier and increment of PCG's underlying generator (O'Neill 2014).
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % self.keys.len()
    }

    fn transfer(&mut self) -> Offer {
        let (from, to) = (self.draw(), self.draw());
        let call = (TRANSFER_KEEP_ALIVE, self.keys[to].account(), Compact(UNIT / 1_000)).encode();
        let offer = self.signing.offer(&self.keys[from], self.nonces[from], call);
        self.nonces[from] += 1;
        offer
    }
}

fn import(chain: &mut Chain, blocks: &[Block]) {
    for (index, block) in blocks.iter().enumerate() {
        // As a node that has received more than it has imported: one block ahead.
        blocks[index..].iter().take(2).for_each(|next| chain.prepare(next));
        chain.import(block.clone(), None).expect("a good block");
        if let Some(last) = index.checked_sub(FINALITY_LAG) {
            chain.finalize(&blocks[last].header.hash()).expect("a block of the best chain");
        }
    }
}

/// As many recoveries as there were transfers, with the library that the host uses.
fn recoveries(count: usize) -> Cost {
    let key = key(0);
    let signed: Vec<_> =
        (0..count as u64).map(|index| (keccak_256(&index.encode()), key.sign(&index.encode()).0)).collect();
    measure(|| {
        for (hash, signature) in &signed {
            let id = RecoveryId::try_from(i32::from(signature[64])).expect("0 or 1");
            let signature = RecoverableSignature::from_compact(&signature[..64], id).expect("just made");
            let recovered = signature.recover(Message::from_digest(*hash)).expect("just made");
            std::hint::black_box(recovered);
        }
    })
}
