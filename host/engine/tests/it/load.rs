//! However full the pool is, one event costs few calls of the runtime.

use ziver_engine::{EngineConfig, Event, Sealing};

use crate::fixture::{Alith, Baltathar, Bed, Charleth, config};

const COUNT: u32 = 120;

/// Calls of the runtime's validation while this happens.
fn validations(bed: &mut Bed, happens: impl FnOnce(&mut Bed)) -> u64 {
    let before = bed.engine.validation_count();
    happens(bed);
    bed.engine.validation_count() - before
}

fn tick(bed: &mut Bed) {
    bed.handle(Event::Tick);
}

#[test]
fn events_cost_a_bounded_number_of_validations_with_many_pooled() {
    // Blocks of few transfers, so that the pool stays full.
    let settings = EngineConfig { body_bytes_max: 400, finality_lag: None, ..config(Sealing::Manual) };
    let per_round = u64::try_from(settings.revalidate_count_max).unwrap();
    let mut bed = Bed::new(settings);
    for nonce in 0..COUNT {
        let transfer = bed.transfer(Baltathar, nonce);
        assert_eq!(validations(&mut bed, |bed| assert!(bed.submit(&transfer).is_ok())), 1, "one for itself");
    }
    let genesis = bed.best().hash;
    let ready = bed.engine.pool().size().ready_count;
    assert_eq!(validations(&mut bed, |bed| assert!(bed.seal().number > 0)), per_round, "a block starts one round");
    let fit = ready - bed.engine.pool().size().ready_count;
    assert!((1..9).contains(&fit), "{fit}");
    let transfer = bed.transfer(Charleth, 0);
    assert_eq!(validations(&mut bed, |bed| assert!(bed.submit(&transfer).is_ok())), 1, "nobody pays for the others");
    assert_eq!(validations(&mut bed, tick), 0, "one round a block");
    // Another branch becomes the best one: all are due, in rounds, and orphans beside.
    let side = bed.seal_on(Some(genesis), true).unwrap();
    let cost = validations(&mut bed, |bed| assert!(bed.seal_on(Some(side.hash), true).is_ok()));
    // At most the block that left and the one that is best come back beside the first round.
    let came_back = cost - per_round;
    assert!((1..=2 * u64::try_from(fit).unwrap()).contains(&came_back), "{came_back} beside the first round");
    let mut rounds = 0;
    while validations(&mut bed, tick) == per_round {
        rounds += 1;
    }
    assert!((2..=4).contains(&rounds), "{rounds}");
    assert!(bed.engine.pool().size().ready_count >= ready, "all are valid still");
}

#[test]
fn block_comes_before_the_rest_of_a_revalidation() {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 2_000 }));
    for nonce in 0..COUNT {
        let transfer = bed.transfer(Alith, nonce);
        bed.submit(&transfer).unwrap();
    }
    bed.now_ms += 2_000;
    bed.handle(Event::Tick);
    let block = bed.best();
    assert_eq!((block.number, bed.transactions(&block.hash).len()), (1, 120));
}
