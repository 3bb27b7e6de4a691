//! When blocks are built.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use codec::Encode;

use ziver_db::MemoryDb;
use ziver_engine::{
    Action, Budget, Engine, EngineConfig, Event, MiningChange, MiningStatus, SealError, Sealing, Status,
};

use crate::fixture::{Baltathar, Bed, Charleth, START_MS, chain, config};

fn timers(bed: &Bed) -> Vec<u64> {
    let timer = |action: &Action| match action {
        Action::SetTimer { at_ms } => Some(*at_ms),
        _ => None,
    };
    bed.actions.iter().filter_map(timer).collect()
}

fn timestamp(bed: &Bed, number: u32) -> u64 {
    let reader = bed.engine.reader();
    let hash = reader.hash_by_number(number).unwrap().unwrap();
    let key = ziver_primitives::storage_keys::item_prefix("Timestamp", "Now");
    let value = reader.view_at(&hash).unwrap().unwrap().get(None, &key).unwrap().unwrap();
    u64::from_le_bytes(value.try_into().unwrap())
}

#[test]
fn interval_builds_one_block_a_slot_empty_or_not_without_drift() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    assert_eq!(timers(&bed), [START_MS], "the first block is due at once");
    for late_ms in [0, 900, 1_999, 3] {
        bed.now_ms = timers(&bed).last().copied().unwrap() + late_ms;
        bed.handle(Event::Tick);
        bed.handle(Event::Tick);
    }
    assert_eq!(bed.best().number, 4, "the second tick of a slot builds nothing");
    assert!(timers(&bed).iter().all(|at_ms| at_ms % 2_000 == 0));
    assert_eq!(bed.engine.reader().finalized().number, 2);
}

#[test]
fn timestamps_grow_though_the_clock_stands_or_goes_back() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    for now_ms in [START_MS + 2_000, START_MS + 50_000, START_MS - 100_000, START_MS - 90_000, START_MS] {
        bed.now_ms = now_ms;
        bed.handle(Event::Tick);
    }
    assert_eq!(bed.best().number, 5);
    let times: Vec<u64> = (1..=5).map(|number| timestamp(&bed, number)).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    let mut standing = Bed::manual();
    for _ in 0..3 {
        standing.now_ms = START_MS - 2_000;
        standing.seal();
    }
    assert_eq!(timestamp(&standing, 3), START_MS + 2);
}

#[test]
fn clock_set_back_by_an_hour_does_not_stop_blocks() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    bed.now_ms += 2_000;
    bed.handle(Event::Tick);
    assert_eq!(timers(&bed).last(), Some(&(START_MS + 4_000)));
    // Any event will do to learn of it, the next tick comes with the next slot of the new time.
    let back = START_MS - 3_600_000;
    bed.now_ms = back + 500;
    bed.pending();
    assert_eq!(timers(&bed).last(), Some(&(back + 2_000)));
    for slot in 1..=3 {
        bed.now_ms = timers(&bed).last().copied().unwrap();
        assert_eq!(bed.now_ms, back + slot * 2_000);
        bed.handle(Event::Tick);
    }
    assert_eq!(bed.best().number, 4);
}

#[test]
fn early_ticks_do_no_harm() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    for _ in 0..10 {
        bed.handle(Event::Tick);
        bed.now_ms += 100;
        assert_eq!(bed.best().number, 1);
    }
    bed.now_ms = START_MS + 2_000;
    bed.handle(Event::Tick);
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 2);
}

#[test]
fn restart_leaves_a_slot_its_one_block() {
    let db = Arc::new(MemoryDb::new());
    let sealing = config(Sealing::Interval { interval_ms: 2_000 });
    let mut first = Bed::on(db.clone(), sealing.clone());
    first.handle(Event::Tick);
    assert_eq!(first.best().number, 1);
    drop(first);
    let mut again = Bed::on(db, sealing);
    assert_eq!(timers(&again), [START_MS + 2_000]);
    again.handle(Event::Tick);
    assert_eq!(again.best().number, 1);
}

#[test]
fn restart_after_its_last_slot_makes_a_block_at_once() {
    let db = Arc::new(MemoryDb::new());
    let sealing = config(Sealing::Interval { interval_ms: 2_000 });
    let mut first = Bed::on(db.clone(), sealing.clone());
    first.now_ms = START_MS - 1;
    first.handle(Event::Tick);
    drop(first);
    let mut again = Bed::on(db, sealing);
    assert_eq!(timers(&again), [START_MS]);
    again.handle(Event::Tick);
    assert_eq!(again.best().number, 2);
}

#[test]
fn instant_makes_one_block_of_a_burst_and_none_without_transactions() {
    let mut bed = Bed::new(config(Sealing::Instant));
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 0);
    for nonce in 0..20 {
        let transfer = bed.transfer(Baltathar, nonce);
        bed.submit(&transfer).unwrap();
    }
    assert_eq!(timers(&bed), [START_MS], "one tick is asked for, at once");
    bed.handle(Event::Tick);
    let best = bed.best();
    assert_eq!((best.number, bed.transactions(&best.hash).len()), (1, 20));
    bed.handle(Event::Tick);
    assert_eq!(bed.best(), best);
}

#[test]
fn manual_refuses_an_empty_block_unless_it_is_wanted() {
    let mut bed = Bed::manual();
    assert!(matches!(bed.seal_on(None, false), Err(SealError::Empty)));
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 0);
    assert_eq!(bed.seal_on(None, true).unwrap().number, 1);
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let block = bed.seal_on(None, false).unwrap();
    assert_eq!(bed.transactions(&block.hash), [hash]);
}

#[test]
fn sealing_with_finality_finalises_at_once() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    bed.handle(Event::Seal { id: 1, create_empty: false, finalize: true, parent: None });
    let best = bed.best();
    assert_eq!(bed.engine.reader().finalized(), best);
    assert_eq!(
        bed.statuses(&hash),
        [
            Status::Ready,
            Status::InBlock { block: best.hash, index: 1 },
            Status::Finalized { block: best.hash, index: 1 },
        ],
    );
}

#[test]
fn finality_follows_at_its_distance() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    let block = bed.seal();
    bed.seal();
    assert_eq!(bed.engine.reader().finalized().number, 0);
    assert_eq!(bed.statuses(&hash).len(), 2);
    bed.seal();
    assert_eq!(bed.engine.reader().finalized(), block);
    assert_eq!(bed.statuses(&hash).last(), Some(&Status::Finalized { block: block.hash, index: 1 }));
}

#[test]
fn stopped_mining_leaves_slots_empty_and_blocks_on_demand_go_on() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    assert!(bed.mining(MiningChange::Nothing).mining);
    assert!(!bed.mining(MiningChange::Stop).mining);
    bed.now_ms += 2_000;
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 0);
    assert_eq!(timers(&bed).last(), Some(&(START_MS + 4_000)), "the timer goes on");
    assert_eq!(bed.seal().number, 1);
    assert!(bed.mining(MiningChange::Start).mining);
    bed.now_ms += 2_000;
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 2);
}

#[test]
fn instant_sealing_takes_up_what_waits_when_mining_starts() {
    let mut bed = Bed::new(config(Sealing::Instant));
    bed.mining(MiningChange::Stop);
    let transfer = bed.transfer(Baltathar, 0);
    bed.submit(&transfer).unwrap();
    bed.handle(Event::Tick);
    assert_eq!((timers(&bed), bed.best().number), (vec![], 0));
    bed.mining(MiningChange::Start);
    assert_eq!(timers(&bed), [START_MS]);
    bed.handle(Event::Tick);
    assert_eq!(bed.best().number, 1);
}

#[test]
fn other_author_is_named_by_the_next_block() {
    let mut bed = Bed::manual();
    let status = bed.mining(MiningChange::SetAuthor(Charleth.account()));
    let expected = MiningStatus { mining: false, author: Charleth.account(), sealing: Sealing::Manual };
    assert_eq!(status, expected, "with manual sealing nothing is built unasked");
    let block = bed.seal();
    let digest = &bed.block(&block.hash).header.digest.logs[0];
    assert_eq!(*digest, ziver_chain::author_digest(&Charleth.account()));
}

#[test]
fn what_fits_in_no_block_leaves_the_pool_though_more_waits_behind_it() {
    let settings = EngineConfig { body_bytes_max: 300, ..config(Sealing::Manual) };
    let mut bed = Bed::new(settings);
    for nonce in 0..9 {
        let remark = bed.signed(Baltathar, nonce, 0, (0u8, 0u8, vec![0u8; 400]).encode());
        bed.submit(&remark).unwrap();
    }
    assert!(matches!(bed.seal_on(None, false), Err(SealError::Empty)), "an empty block: {:?}", bed.best());
    assert_eq!(bed.engine.pool().size().ready_count, 0);
}

/// Counts how often it is asked, which is once for each transaction that is offered.
struct Counting(Arc<AtomicUsize>);

impl Budget for Counting {
    fn start(&mut self, _: u64) {}

    fn is_spent(&mut self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        false
    }
}

#[test]
fn dependents_of_a_refused_transaction_are_not_offered() {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut bed = Bed::manual();
    bed.engine =
        Engine::new(chain(Arc::new(MemoryDb::new())), config(Sealing::Manual), Box::new(Counting(Arc::clone(&asked))));
    // Balances.transfer_all
    let spends = bed.signed(Baltathar, 0, 0, (5u8, 4u8, Charleth.account(), false).encode());
    bed.submit(&spends).unwrap();
    for nonce in 1..500 {
        let next = bed.transfer(Baltathar, nonce);
        bed.submit(&next).unwrap();
    }
    let honest = bed.transfer(Charleth, 0);
    bed.submit(&honest).unwrap();
    let block = bed.seal();
    let included = bed.transactions(&block.hash);
    assert!([&spends, &honest].iter().all(|wanted| included.contains(&wanted.hash())), "{included:?}");
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked < 150, "{asked} were offered");
}
