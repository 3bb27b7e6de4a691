//! What a block's worth of changes costs: `cargo bench -p ziver-state`.
//!
//! Prints `state::operation/keys=..,changes=..` with microseconds a change, on RocksDB in a temporary folder with synced
//! writes. `BENCH_KEYS` and `BENCH_CHANGES` set the size.

use std::{collections::BTreeMap, hint::black_box, sync::Arc, time::Instant};

use ziver_db::{Batch, Db, RocksDb, RocksOptions};
use ziver_primitives::hashing;
use ziver_state::{Changes, Hash, Overlay, Pruning, StateDb, StateVersion};

const BLOCKS: u32 = 20;

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// As long as an account's key: 32 bytes of pallet and item, a 16 byte hash, 20 bytes of account.
fn key(number: u32) -> Vec<u8> {
    let hash = hashing::blake2_128(&number.to_le_bytes());
    [&[0xaa; 32][..], &hash, &hash, &number.to_le_bytes()].concat()
}

fn value(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(20)
}

fn hash(number: u32) -> Hash {
    Hash::from_low_u64_be(u64::from(number) + 1)
}

fn main() {
    let (keys, changes) = (setting("BENCH_KEYS", 100_000), setting("BENCH_CHANGES", 2_000));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db: Arc<dyn Db> = Arc::new(RocksDb::open(folder.path(), &RocksOptions::default()).expect("a database"));
    let state = StateDb::<ziver_state::KeccakHasher>::open(db.clone(), Pruning::Keep(8)).expect("a state");
    let genesis = Changes { main: (0..keys).map(|n| (key(n), Some(value(n)))).collect(), child: BTreeMap::new() };
    let view = StateDb::<ziver_state::KeccakHasher>::empty_view();
    let (_, trie) = view.compute_root(&genesis, StateVersion::V1).expect("a root");
    let mut batch = Batch::new();
    state.insert_genesis(hash(0), genesis, trie, &mut batch).expect("a genesis");
    db.write(batch).expect("a write");
    state.written();

    let mut micros = [0.0; 4];
    for number in 1..=BLOCKS {
        let view = state.view_at(hash(number - 1)).expect("a view");
        let mut overlay = Overlay::new(view);
        let touched: Vec<u32> =
            (0..changes).map(|n| n.wrapping_mul(7_919).wrapping_add(number * 104_729) % keys).collect();
        let mut lap = Instant::now();
        let mut next = |at: usize| {
            micros[at] += lap.elapsed().as_secs_f64() * 1e6 / f64::from(changes) / f64::from(BLOCKS);
            lap = Instant::now();
        };
        for n in &touched {
            black_box(overlay.get(None, &key(*n)).expect("a value"));
        }
        next(0);
        for n in &touched {
            overlay.set(None, &key(*n), value(n.wrapping_add(number)));
        }
        next(1);
        let finished = overlay.finish(StateVersion::V1).expect("a root");
        next(2);
        let mut batch = Batch::new();
        let parent = hash(number - 1);
        state.insert_block(hash(number), number, parent, finished.changes, finished.trie, &mut batch).expect("a block");
        state.finalize(hash(number.saturating_sub(2)), &mut batch).expect("finality");
        db.write(batch).expect("a write");
        state.written();
        next(3);
    }
    for (name, micros) in ["read", "set", "root", "insert_and_finalize"].into_iter().zip(micros) {
        println!("state::{name}/keys={keys},changes={changes}: {micros:.2} us a change");
    }
    println!("{:?}", state.figures());
}
