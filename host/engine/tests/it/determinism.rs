//! Equal events, equal actions and states.

use codec::Encode;
use ziver_engine::{Event, Sealing, Submission};

use crate::fixture::{Alith, Baltathar, Bed, Charleth, START_MS, config, transfer_call};

/// Actions as text, and the root of the best state.
fn run(seed: u64) -> (Vec<String>, String) {
    let mut bed = Bed::new(config(Sealing::Interval { interval_ms: 1_000 }));
    let mut random = seed;
    let mut draw = |below: u64| {
        // Knuth's multiplier; the low bits are weak, so the high ones are taken.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for id in 0..60 {
        bed.now_ms += draw(700);
        let event = match draw(6) {
            0 => Event::Tick,
            1 => Event::Seal { id, create_empty: draw(2) == 0, finalize: false, parent: None },
            2 => {
                let parent = bed.engine.reader().snapshot().non_final.first().map(|block| block.parent);
                Event::Seal { id, create_empty: true, finalize: draw(4) == 0, parent }
            }
            _ => {
                let who = [Alith, Baltathar, Charleth][usize::try_from(draw(3)).unwrap()];
                let tip = u128::from(draw(5)) * 10u128.pow(12);
                let extrinsic = bed.signed(who, u32::try_from(draw(6)).unwrap(), tip, transfer_call(1));
                Event::Submit { id, submission: Submission { watch: true, ..Submission::local(extrinsic.encode()) } }
            }
        };
        bed.handle(event);
    }
    assert!(bed.now_ms > START_MS && bed.best().number > 0);
    let root = bed.engine.reader().view_at(&bed.best().hash).unwrap().unwrap().root();
    (bed.actions.iter().map(|action| format!("{action:?}")).collect(), format!("{root:?}"))
}

#[test]
fn equal_events_give_equal_actions_and_roots() {
    for seed in [1, 2, 3] {
        let (first, second) = (run(seed), run(seed));
        assert_eq!(first.1, second.1, "seed {seed}");
        assert_eq!(first.0, second.0, "seed {seed}");
    }
    assert_ne!(run(1).0, run(2).0, "the seed matters");
}
