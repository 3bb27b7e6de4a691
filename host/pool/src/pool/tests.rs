//! Unit tests of the pool, case by case; `tests/it` compares it with a naive one.

use std::sync::Arc;

use ziver_primitives::{AccountId20, Hash, validity::ValidTransaction};

use super::{Included, Placed, Pool, PoolSize};
use crate::{Candidate, Event, Limits, Sender, Status, SubmitError};

const NOW: u64 = 1_000;

fn hash(n: u64) -> Hash {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&n.to_be_bytes());
    Hash::from(bytes)
}

fn valid(priority: u64, requires: &[&str], provides: &[&str]) -> ValidTransaction {
    let tags = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect();
    ValidTransaction { priority, requires: tags(requires), provides: tags(provides), longevity: 64, propagate: true }
}

fn candidate(n: u64, priority: u64, requires: &[&str], provides: &[&str]) -> Candidate {
    Candidate {
        hash: hash(n),
        bytes: Arc::from(vec![0; 100]),
        valid: valid(priority, requires, provides),
        validated_at: 10,
        sender: None,
        watch: true,
        local: false,
        replace: false,
    }
}

fn pool() -> Pool {
    Pool::new(Limits::default())
}

fn order(pool: &Pool) -> Vec<u64> {
    let number = |hash: Hash| u64::from_be_bytes(hash.as_bytes()[24..].try_into().unwrap());
    pool.ready().map(|transaction| number(transaction.hash)).collect()
}

fn statuses(pool: &mut Pool, n: u64) -> Vec<Status> {
    let events = pool.take_events().into_iter().filter(|event| event.hash == hash(n));
    events.map(|event| event.status).collect()
}

fn included(n: u64) -> Included {
    Included { hash: hash(n), provides: Vec::new() }
}

#[test]
fn ready_transactions_come_by_priority_then_arrival() {
    let mut pool = pool();
    for (n, priority) in [(1, 5), (2, 9), (3, 5), (4, 0)] {
        let placed = pool.submit(candidate(n, priority, &[], &[&format!("t{n}")]), NOW);
        assert_eq!(placed, Ok(Placed::Ready));
    }
    assert_eq!(order(&pool), [2, 1, 3, 4]);
}

#[test]
fn dependency_comes_before_a_dependent_of_higher_priority() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 100, &["a"], &["b"]), NOW).unwrap();
    pool.submit(candidate(3, 50, &[], &["c"]), NOW).unwrap();
    assert_eq!(order(&pool), [3, 1, 2]);
}

#[test]
fn transaction_after_a_gap_waits_and_becomes_ready_when_it_is_filled() {
    let mut pool = pool();
    assert_eq!(pool.submit(candidate(3, 1, &["b"], &["c"]), NOW), Ok(Placed::Future));
    assert_eq!(pool.submit(candidate(2, 1, &["a"], &["b"]), NOW), Ok(Placed::Future));
    assert_eq!(order(&pool), []);
    assert_eq!(pool.submit(candidate(1, 1, &[], &["a"]), NOW), Ok(Placed::Ready));
    assert_eq!(order(&pool), [1, 2, 3]);
    assert_eq!(statuses(&mut pool, 3), [Status::Future, Status::Ready]);
}

#[test]
fn removing_a_transaction_makes_its_dependents_wait() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    pool.submit(candidate(3, 1, &["b"], &["c"]), NOW).unwrap();
    pool.remove_invalid(&hash(1), NOW);
    assert_eq!(order(&pool), []);
    assert_eq!(pool.size(), PoolSize { future_count: 2, future_bytes: 200, ..PoolSize::default() });
    assert_eq!(statuses(&mut pool, 3), [Status::Ready, Status::Future]);
}

#[test]
fn same_transaction_twice_is_refused_with_its_hash() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    let again = pool.submit(candidate(1, 1, &[], &["a"]), NOW);
    assert_eq!(again, Err(SubmitError::AlreadyImported(hash(1))));
    assert_eq!(order(&pool), [1]);
}

#[test]
fn equal_priority_for_the_same_tag_is_refused() {
    let mut pool = pool();
    pool.submit(candidate(1, 5, &[], &["a"]), NOW).unwrap();
    let refused = pool.submit(candidate(2, 5, &[], &["a"]), NOW);
    assert_eq!(refused, Err(SubmitError::TooLowPriority { old: 5, new: 5, needed: 6 }));
    assert_eq!(order(&pool), [1]);
}

#[test]
fn higher_priority_for_the_same_tag_usurps_and_keeps_dependents_ready() {
    let mut pool = pool();
    pool.submit(candidate(1, 5, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    assert_eq!(pool.submit(candidate(3, 6, &[], &["a"]), NOW), Ok(Placed::Ready));
    assert_eq!(order(&pool), [3, 2]);
    let events: Vec<(Hash, Status)> =
        pool.take_events().into_iter().skip(2).map(|event| (event.hash, event.status)).collect();
    assert_eq!(events, [(hash(1), Status::Usurped { by: hash(3) }), (hash(3), Status::Ready)], "2 just stays");
}

#[test]
fn replacement_that_would_close_a_cycle_waits_instead() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    assert_eq!(pool.submit(candidate(3, 9, &["b"], &["a"]), NOW), Ok(Placed::Future));
    assert_eq!(order(&pool), []);
}

#[test]
fn invalid_transaction_is_banned_for_a_while() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.remove_invalid(&hash(1), NOW);
    let ban_ms = Limits::default().ban_ms;
    let again = pool.submit(candidate(1, 1, &[], &["a"]), NOW + ban_ms - 1);
    assert_eq!(again, Err(SubmitError::TemporarilyBanned));
    assert_eq!(pool.submit(candidate(1, 1, &[], &["a"]), NOW + ban_ms), Ok(Placed::Ready));
}

#[test]
fn ban_list_forgets_the_oldest_beyond_its_limit() {
    let mut pool = Pool::new(Limits { banned_count_max: 2, ..Limits::default() });
    for n in 1..=3 {
        pool.remove_invalid(&hash(n), NOW);
    }
    assert_eq!(pool.check(&hash(1), 1, NOW), Ok(()));
    assert_eq!(pool.check(&hash(2), 1, NOW), Err(SubmitError::TemporarilyBanned));
}

#[test]
fn full_pool_drops_the_worst_for_a_better_one() {
    let mut pool = Pool::new(Limits { ready_count_max: 2, ..Limits::default() });
    pool.submit(candidate(1, 5, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 5, &[], &["b"]), NOW).unwrap();
    let refused = pool.submit(candidate(3, 5, &[], &["c"]), NOW);
    assert_eq!(refused, Err(SubmitError::ImmediatelyDropped));
    assert_eq!(pool.submit(candidate(4, 6, &[], &["d"]), NOW), Ok(Placed::Ready));
    assert_eq!(order(&pool), [4, 1]);
    assert_eq!(pool.take_events().last(), Some(&Event { hash: hash(2), status: Status::Dropped }),);
}

#[test]
fn refused_newcomer_leaves_no_status_and_no_watch() {
    let mut pool = Pool::new(Limits { ready_count_max: 1, ..Limits::default() });
    pool.submit(candidate(1, 5, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &[], &["b"]), NOW).unwrap_err();
    assert_eq!(statuses(&mut pool, 2), []);
    assert_eq!(pool.watched_count(), 1);
}

#[test]
fn bytes_are_limited_too() {
    let mut pool = Pool::new(Limits { ready_bytes_max: 250, future_bytes_max: 150, ..Limits::default() });
    for n in 1..=3 {
        let _ = pool.submit(candidate(n, n, &[], &[&format!("r{n}")]), NOW);
        let _ = pool.submit(candidate(n + 10, n, &["x"], &[&format!("f{n}")]), NOW);
    }
    assert_eq!(order(&pool), [3, 2]);
    assert_eq!(pool.size(), PoolSize { ready_count: 2, ready_bytes: 200, future_count: 1, future_bytes: 100 });
}

#[test]
fn oversize_transaction_is_refused() {
    let mut pool = Pool::new(Limits { transaction_bytes_max: 99, ..Limits::default() });
    let refused = pool.submit(candidate(1, 1, &[], &["a"]), NOW);
    assert_eq!(refused, Err(SubmitError::TooLong { bytes: 100, bytes_max: 99 }));
}

#[test]
fn transaction_without_or_with_too_many_tags_is_refused() {
    let mut pool = Pool::new(Limits { tags_max: 2, tag_bytes_max: 3, ..Limits::default() });
    assert_eq!(pool.submit(candidate(1, 1, &["a"], &[]), NOW), Err(SubmitError::NoTags));
    assert_eq!(pool.submit(candidate(1, 1, &["a", "b"], &["c"]), NOW), Err(SubmitError::TooManyTags));
    assert_eq!(pool.submit(candidate(1, 1, &[], &["long"]), NOW), Err(SubmitError::TooManyTags));
}

#[test]
fn skipping_leaves_out_all_dependents_and_nothing_else() {
    let mut pool = pool();
    pool.submit(candidate(1, 9, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 9, &["a"], &["b"]), NOW).unwrap();
    pool.submit(candidate(3, 9, &["b"], &["c"]), NOW).unwrap();
    pool.submit(candidate(4, 1, &[], &["d"]), NOW).unwrap();
    let mut ready = pool.ready();
    assert_eq!(ready.next().unwrap().hash, hash(1));
    ready.skip_dependents();
    assert_eq!(ready.next().unwrap().hash, hash(4));
    assert!(ready.next().is_none());
}

#[test]
fn dependent_of_two_comes_after_both() {
    let mut pool = pool();
    pool.submit(candidate(1, 9, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &[], &["b"]), NOW).unwrap();
    pool.submit(candidate(3, 99, &["a", "b"], &["c"]), NOW).unwrap();
    assert_eq!(order(&pool), [1, 2, 3]);
}

#[test]
fn included_transactions_leave_and_their_dependents_stay_ready() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    pool.take_events();
    pool.enact(hash(100), 11, &[included(99), included(1)]);
    assert_eq!(order(&pool), [2]);
    assert_eq!(pool.take_events(), [Event { hash: hash(1), status: Status::InBlock { block: hash(100), index: 1 } }],);
    pool.finalize(hash(100));
    assert_eq!(statuses(&mut pool, 1), [Status::Finalized { block: hash(100), index: 1 }]);
    assert_eq!(pool.watched_count(), 1);
}

#[test]
fn block_with_a_rival_of_the_same_tag_usurps_ours() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    let rival = Included { hash: hash(7), provides: vec![b"a".to_vec()] };
    pool.enact(hash(100), 11, &[rival]);
    assert_eq!(order(&pool), [2]);
    assert_eq!(statuses(&mut pool, 1), [Status::Ready, Status::Usurped { by: hash(7) }]);
}

#[test]
fn retracted_transaction_comes_back_before_its_dependent() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 100, &["a"], &["b"]), NOW).unwrap();
    pool.enact(hash(100), 11, &[included(1)]);
    pool.retract(hash(100));
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(order(&pool), [1, 2]);
    assert_eq!(
        statuses(&mut pool, 1),
        [
            Status::Ready,
            Status::InBlock { block: hash(100), index: 0 },
            Status::Retracted { block: hash(100) },
            Status::Ready,
        ],
    );
}

#[test]
fn retracted_transaction_that_does_not_come_back_gets_a_last_status() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.enact(hash(100), 11, &[included(1)]);
    pool.give_up(&hash(1), Status::Invalid);
    assert_eq!(pool.watched_count(), 1, "it is in a block");
    pool.retract(hash(100));
    pool.give_up(&hash(1), Status::Invalid);
    assert_eq!(statuses(&mut pool, 1).last(), Some(&Status::Invalid));
    assert_eq!(pool.watched_count(), 0);
}

#[test]
fn transaction_that_is_too_old_becomes_invalid() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(pool.expire(74, NOW), []);
    assert_eq!(pool.expire(75, NOW), [hash(1)]);
    assert_eq!(statuses(&mut pool, 1), [Status::Ready, Status::Invalid]);
}

#[test]
fn watched_transaction_that_never_gets_final_is_given_up() {
    let mut pool = Pool::new(Limits { finality_timeout_blocks: 5, ..Limits::default() });
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.enact(hash(100), 11, &[included(1)]);
    pool.expire(16, NOW);
    assert_eq!(pool.watched_count(), 1);
    pool.expire(17, NOW);
    assert_eq!(statuses(&mut pool, 1).last(), Some(&Status::FinalityTimeout { block: hash(100) }));
    assert_eq!(pool.watched_count(), 0);
}

#[test]
fn watches_are_bounded() {
    let mut pool = Pool::new(Limits { watched_count_max: 1, ..Limits::default() });
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    let refused = pool.submit(candidate(2, 1, &[], &["b"]), NOW);
    assert_eq!(refused, Err(SubmitError::TooManyWatched { watched_count_max: 1 }));
    pool.unwatch(&hash(1));
    assert_eq!(pool.submit(candidate(2, 1, &[], &["b"]), NOW), Ok(Placed::Ready));
}

#[test]
fn revalidation_with_other_tags_moves_the_transaction() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["b"]), NOW).unwrap();
    pool.take_events();
    pool.update(&hash(1), valid(1, &[], &["b"]), 11);
    assert_eq!(pool.take_events(), [], "nothing to tell when nothing changed");
    pool.update(&hash(1), valid(1, &["a"], &["b"]), 12);
    assert_eq!(statuses(&mut pool, 1), [Status::Future]);
    assert_eq!(order(&pool), []);
}

#[test]
fn revalidation_keeps_dependents_ready() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    pool.take_events();
    pool.update(&hash(1), valid(3, &[], &["a"]), 11);
    assert_eq!(order(&pool), [1, 2]);
    assert_eq!(pool.take_events(), []);
}

#[test]
fn broadcast_is_told_to_watchers() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.broadcast(hash(1), vec!["peer".to_owned()]);
    assert_eq!(statuses(&mut pool, 1), [Status::Ready, Status::Broadcast(vec!["peer".to_owned()])]);
}

#[test]
fn tag_that_the_chain_took_back_is_waited_for_again() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    pool.submit(candidate(3, 1, &["b"], &["c"]), NOW).unwrap();
    pool.enact(hash(90), 11, &[included(1)]);
    assert_eq!(order(&pool), [2, 3]);
    // The block goes, its transaction can't come back.
    pool.retract(hash(90));
    pool.take_events();
    pool.update(&hash(2), valid(1, &["a"], &["b"]), 11);
    assert_eq!(order(&pool), []);
    assert_eq!(pool.size(), PoolSize { future_count: 2, future_bytes: 200, ..PoolSize::default() });
    assert_eq!(statuses(&mut pool, 2), [Status::Future]);
    pool.submit(candidate(4, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(order(&pool), [4, 2, 3]);
}

/// A transaction of an account; its tag is made of both.
fn sent(n: u64, priority: u64, account: u8, nonce: u32) -> Candidate {
    let sender = Some(Sender { account: AccountId20([account; 20]), nonce });
    Candidate { sender, ..candidate(n, priority, &[], &[&format!("{account}/{nonce}")]) }
}

#[test]
fn replacement_takes_so_many_percent_more_rounded_up() {
    for (percent, old, needed) in
        [(10, 5, 6), (10, 10, 11), (10, 11, 13), (10, 1_000, 1_100), (0, 7, 8), (100, 7, 14), (10, 0, 1)]
    {
        let mut pool = Pool::new(Limits { replace_percent: percent, ..Limits::default() });
        pool.submit(candidate(1, old, &[], &["a"]), NOW).unwrap();
        let new = needed - 1;
        let refused = pool.submit(candidate(2, new, &[], &["a"]), NOW);
        assert_eq!(refused, Err(SubmitError::TooLowPriority { old, new, needed }), "{percent} % of {old}");
        assert_eq!(pool.submit(candidate(2, needed, &[], &["a"]), NOW), Ok(Placed::Ready));
    }
}

#[test]
fn priority_that_no_number_exceeds_enough_is_not_replaced() {
    let mut pool = pool();
    let old = u64::MAX / 11 * 10 + 11;
    pool.submit(candidate(1, old, &[], &["a"]), NOW).unwrap();
    let (new, needed) = (u64::MAX, u64::MAX);
    let refused = pool.submit(candidate(2, new, &[], &["a"]), NOW);
    assert_eq!(refused, Err(SubmitError::TooLowPriority { old, new, needed }));
}

#[test]
fn replacement_with_nothing_to_replace_is_refused() {
    let mut pool = pool();
    let replacing = |n| Candidate { replace: true, ..candidate(n, 9, &[], &["a"]) };
    assert_eq!(pool.submit(replacing(1), NOW), Err(SubmitError::NothingToReplace));
    assert_eq!(pool.size(), PoolSize::default());
    pool.submit(candidate(2, 5, &[], &["a"]), NOW).unwrap();
    assert_eq!(pool.submit(replacing(3), NOW), Ok(Placed::Ready));
}

#[test]
fn account_at_its_limit_gives_its_highest_nonce() {
    let mut pool = Pool::new(Limits { account_count_max: 2, ..Limits::default() });
    pool.submit(sent(1, 5, 1, 1), NOW).unwrap();
    pool.submit(sent(2, 5, 1, 2), NOW).unwrap();
    let full = SubmitError::AccountFull { count_max: 2, bytes_max: Limits::default().account_bytes_max };
    assert_eq!(pool.submit(sent(3, 900, 1, 3), NOW), Err(full), "whatever it pays, it comes after the others");
    assert_eq!(statuses(&mut pool, 3), []);
    assert_eq!(pool.submit(sent(4, 1, 1, 0), NOW), Ok(Placed::Ready));
    assert_eq!(statuses(&mut pool, 2), [Status::Dropped]);
    assert_eq!(pool.submit(sent(5, 1, 2, 0), NOW), Ok(Placed::Ready), "another account has its own limit");
    assert_eq!(order(&pool), [1, 4, 5]);
}

#[test]
fn bytes_of_an_account_are_limited_too_and_given_back() {
    let mut pool = Pool::new(Limits { account_bytes_max: 250, ..Limits::default() });
    pool.submit(sent(1, 5, 1, 0), NOW).unwrap();
    pool.submit(sent(2, 5, 1, 1), NOW).unwrap();
    assert!(matches!(pool.submit(sent(3, 5, 1, 2), NOW), Err(SubmitError::AccountFull { .. })));
    pool.enact(hash(90), 11, &[included(1)]);
    assert_eq!(pool.submit(sent(3, 5, 1, 2), NOW), Ok(Placed::Ready));
}

#[test]
fn full_pool_of_equals_takes_from_whoever_has_most() {
    let mut pool = Pool::new(Limits { ready_count_max: 4, ..Limits::default() });
    for nonce in 0..4 {
        pool.submit(sent(10 + u64::from(nonce), 5, 1, nonce), NOW).unwrap();
    }
    assert_eq!(pool.submit(sent(1, 5, 2, 0), NOW), Ok(Placed::Ready));
    assert_eq!(statuses(&mut pool, 13).last(), Some(&Status::Dropped));
    assert_eq!(pool.submit(sent(2, 5, 3, 0), NOW), Ok(Placed::Ready));
    assert_eq!(pool.submit(sent(3, 5, 4, 0), NOW), Ok(Placed::Ready));
    assert_eq!(order(&pool), [10, 1, 2, 3]);
    assert_eq!(pool.submit(sent(4, 5, 5, 0), NOW), Err(SubmitError::ImmediatelyDropped), "all have one");
    assert_eq!(pool.submit(sent(5, 6, 1, 1), NOW), Ok(Placed::Ready), "who pays more goes first whatever he has");
    assert_eq!(order(&pool), [5, 10, 1, 2]);
}

#[test]
fn pool_that_was_full_and_is_full_again_takes_from_whoever_has_most() {
    let mut pool = Pool::new(Limits { ready_count_max: 4, ..Limits::default() });
    for nonce in 0..4 {
        pool.submit(sent(10 + u64::from(nonce), 5, 1, nonce), NOW).unwrap();
    }
    assert_eq!(pool.submit(sent(1, 5, 2, 0), NOW), Ok(Placed::Ready));
    pool.enact(hash(90), 11, &[included(1), included(10)]);
    assert_eq!(order(&pool), [11, 12]);
    pool.submit(sent(14, 5, 1, 3), NOW).unwrap();
    pool.submit(sent(2, 5, 3, 0), NOW).unwrap();
    assert_eq!(pool.submit(sent(3, 5, 4, 0), NOW), Ok(Placed::Ready));
    assert_eq!(order(&pool), [11, 12, 2, 3]);
}

/// Numbers of the transactions that are told of as newly ready.
fn newly_ready(pool: &mut Pool) -> Vec<u64> {
    let number = |hash: Hash| u64::from_be_bytes(hash.as_bytes()[24..].try_into().unwrap());
    pool.take_newly_ready().iter().map(|transaction| number(transaction.hash)).collect()
}

#[test]
fn transaction_is_told_of_as_ready_once() {
    let mut pool = pool();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [], "it waits");
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [1, 2]);
    // Another takes the first one's place, so that the second waits for a moment.
    pool.submit(candidate(3, 9, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [3]);
    pool.remove_invalid(&hash(3), NOW);
    pool.submit(candidate(4, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [4], "the second is ready again");
    pool.update(&hash(4), valid(7, &[], &["a"]), 11);
    pool.update(&hash(4), valid(7, &[], &["a", "d"]), 11);
    assert_eq!(newly_ready(&mut pool), [], "validated again, with other tags too");
}

#[test]
fn transaction_that_waits_again_or_is_gone_is_not_told_of_as_ready() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(candidate(2, 1, &["a"], &["b"]), NOW).unwrap();
    pool.remove_invalid(&hash(1), NOW);
    assert_eq!(newly_ready(&mut pool), []);
    pool.submit(candidate(3, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [3, 2]);
}

#[test]
fn transaction_that_comes_back_from_a_block_is_told_of_again() {
    let mut pool = pool();
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [1]);
    pool.enact(hash(100), 11, &[included(1)]);
    pool.retract(hash(100));
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    assert_eq!(newly_ready(&mut pool), [1]);
}

#[test]
fn who_joins_is_told_the_present_status_alone() {
    let mut pool = pool();
    assert_eq!(pool.join(&hash(1)), Ok(None));
    pool.submit(Candidate { watch: false, ..candidate(1, 1, &[], &["a"]) }, NOW).unwrap();
    pool.submit(candidate(2, 1, &["x"], &["y"]), NOW).unwrap();
    pool.take_events();
    assert_eq!(pool.join(&hash(1)), Ok(Some(Status::Ready)));
    assert_eq!(pool.join(&hash(2)), Ok(Some(Status::Future)));
    assert_eq!(pool.take_events(), []);
    let status = Status::InBlock { block: hash(100), index: 0 };
    pool.enact(hash(100), 11, &[included(1)]);
    assert_eq!(pool.join(&hash(1)), Ok(Some(status.clone())));
    assert_eq!(statuses(&mut pool, 1), [status]);
    pool.finalize(hash(100));
    assert_eq!(pool.join(&hash(1)), Ok(None));
}

#[test]
fn joining_is_refused_when_too_many_are_watched() {
    let mut pool = Pool::new(Limits { watched_count_max: 1, ..Limits::default() });
    pool.submit(candidate(1, 1, &[], &["a"]), NOW).unwrap();
    pool.submit(Candidate { watch: false, ..candidate(2, 1, &[], &["b"]) }, NOW).unwrap();
    assert_eq!(pool.join(&hash(1)), Ok(Some(Status::Ready)));
    assert_eq!(pool.join(&hash(2)), Err(SubmitError::TooManyWatched { watched_count_max: 1 }));
}
