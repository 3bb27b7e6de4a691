use k256::ecdsa::SigningKey;
use std::sync::mpsc;

use super::*;

fn inputs(count: u8) -> Vec<RecoverInput> {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let input = |number| {
        let hash = [number; 32];
        let (signature, id) = key.sign_prehash_recoverable(&hash);
        let mut out = [id.to_byte(); 65];
        out[..64].copy_from_slice(&signature.to_bytes());
        // Some can't be recovered.
        out[64] = if number % 5 == 4 { 9 } else { out[64] };
        (out, hash)
    };
    (0..count).map(input).collect()
}

fn recoverers(threads: usize) -> Recoverers {
    let mut recoverers = Recoverers::new(Arc::default());
    recoverers.threads = threads;
    recoverers
}

#[test]
fn answers_are_those_of_recovery_whoever_gives_them() {
    for threads in [1, 3] {
        let (recoverers, all) = (recoverers(threads), inputs(60));
        for _ in 0..3 {
            let found = all.clone();
            let ahead = recoverers.start(Box::new(move || found)).unwrap();
            ahead.wait();
            for (signature, hash) in &all {
                assert_eq!(ahead.ask(signature, hash), Some(super::super::recover(signature, hash)));
            }
            assert_eq!(ahead.ask(&all[0].0, &all[0].1), None, "all were asked for");
        }
    }
}

#[test]
fn signatures_that_the_guest_leaves_out_are_passed_over() {
    let (recoverers, all) = (recoverers(1), inputs(30));
    let found = all.clone();
    let ahead = recoverers.start(Box::new(move || found)).unwrap();
    ahead.wait();
    for (signature, hash) in all.iter().step_by(3) {
        assert_eq!(ahead.ask(signature, hash), Some(super::super::recover(signature, hash)));
    }
    assert_eq!(ahead.ask(&[1; 65], &[2; 32]), None, "nobody expected it");
}

#[test]
fn what_is_asked_for_while_no_thread_is_free_is_recovered_by_who_asks() {
    let (recoverers, all) = (recoverers(1), inputs(20));
    let (release, held) = mpsc::channel::<()>();
    let busy = recoverers.start(Box::new(move || held.recv().map(|()| vec![]).unwrap_or_default())).unwrap();
    let found = all.clone();
    let ahead = recoverers.start(Box::new(move || found)).unwrap();
    ahead.wait();
    for (signature, hash) in &all {
        assert_eq!(ahead.ask(signature, hash), Some(super::super::recover(signature, hash)));
    }
    release.send(()).unwrap();
    drop(busy);
}

#[test]
fn batches_that_nobody_wants_any_more_make_room() {
    let recoverers = recoverers(1);
    for _ in 0..10 * AHEAD_BATCHES_MAX {
        let all = inputs(3);
        // It may be refused for a moment, while the thread takes leave of the ones before.
        drop(recoverers.start(Box::new(move || all)));
    }
    let last = std::iter::from_fn(|| Some(recoverers.start(Box::new(|| inputs(1))))).flatten().next().unwrap();
    last.wait();
    let (signature, hash) = inputs(1)[0];
    assert_eq!(last.ask(&signature, &hash), Some(super::super::recover(&signature, &hash)));
}

#[test]
fn a_search_that_panics_leaves_nobody_waiting() {
    let recoverers = recoverers(2);
    let ahead = recoverers.start(Box::new(|| std::panic::resume_unwind(Box::new("on purpose"))));
    // It is this thread or another that meets the panic.
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ahead.unwrap().wait()));
    drop(waited);
    let ahead = recoverers.start(Box::new(|| inputs(1))).unwrap();
    ahead.wait();
}
