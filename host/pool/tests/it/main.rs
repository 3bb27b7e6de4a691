//! The pool against a naive one: after any operations both hold the same transactions in the same order.
//!
//! The naive pool keeps a list and works everything out anew each time: a transaction is ready if each required tag is
//! given by the chain or by a ready transaction. It shares no code with the real one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use ziver_pool::{Candidate, Included, Limits, Placed, Pool, Sender, Status, SubmitError};
use ziver_primitives::{AccountId20, Hash, validity::ValidTransaction};

const ACCOUNTS: u8 = 3;
const NONCES: u8 = 6;
const LIMITS: fn() -> Limits = || Limits {
    ready_count_max: 6,
    ready_bytes_max: 500,
    future_count_max: 3,
    future_bytes_max: 400,
    account_count_max: 4,
    account_bytes_max: 400,
    ..Limits::default()
};

/// A transaction of an account: requires the nonce before, provides its own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    account: u8,
    nonce: u8,
    priority: u64,
    bytes: usize,
}

#[derive(Clone, Debug)]
enum Op {
    Submit(Plan),
    /// The ready transaction at this place leaves into a block, after all that come before it.
    Include(usize),
    Remove(usize),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let plan = (0..ACCOUNTS, 0..NONCES, prop_oneof![0..4u64, 9..24u64], prop_oneof![Just(50usize), Just(150)])
        .prop_map(|(account, nonce, priority, bytes)| Plan { account, nonce, priority, bytes });
    let op = prop_oneof![
        6 => plan.prop_map(Op::Submit),
        1 => (0..6usize).prop_map(Op::Include),
        1 => (0..9usize).prop_map(Op::Remove),
    ];
    prop::collection::vec(op, 1..60)
}

fn tag(account: u8, nonce: u8) -> Vec<u8> {
    vec![account, nonce]
}

fn hash(number: u64) -> Hash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Hash::from(bytes)
}

#[derive(Clone, Debug)]
struct Waiting {
    number: u64,
    plan: Plan,
}

#[derive(Default)]
struct Naive {
    waiting: Vec<Waiting>,
    /// Next nonce of each account on the chain.
    chain: BTreeMap<u8, u8>,
}

impl Naive {
    fn next_nonce(&self, account: u8) -> u8 {
        self.chain.get(&account).copied().unwrap_or(0)
    }

    fn ready(&self) -> BTreeSet<u64> {
        let mut ready = BTreeSet::new();
        loop {
            let before = ready.len();
            for one in &self.waiting {
                let Plan { account, nonce, .. } = one.plan;
                let is_given = nonce <= self.next_nonce(account)
                    || self.waiting.iter().any(|other| {
                        ready.contains(&other.number) && (other.plan.account, other.plan.nonce + 1) == (account, nonce)
                    });
                if is_given {
                    ready.insert(one.number);
                }
            }
            if ready.len() == before {
                return ready;
            }
        }
    }

    /// Best first, dependencies before dependents: in each step the best of those whose dependencies were taken.
    fn order(&self) -> Vec<u64> {
        let ready = self.ready();
        let mut left: Vec<&Waiting> = self.waiting.iter().filter(|one| ready.contains(&one.number)).collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let is_free = |one: &&Waiting| {
                !left
                    .iter()
                    .any(|other| (other.plan.account, other.plan.nonce + 1) == (one.plan.account, one.plan.nonce))
            };
            let best =
                left.iter().copied().filter(is_free).max_by_key(|one| (one.plan.priority, u64::MAX - one.number));
            let best = best.expect("chains of nonces have a start").number;
            order.push(best);
            left.retain(|one| one.number != best);
        }
        order
    }

    /// Of the lowest priority; of whoever has most of that; the last of it.
    fn worst(&self, ready: bool) -> Option<u64> {
        let set = self.ready();
        let lane = || self.waiting.iter().filter(|one| set.contains(&one.number) == ready);
        let lowest = lane().map(|one| one.plan.priority).min()?;
        let of = |account| lane().filter(move |one| one.plan.priority == lowest && one.plan.account == account);
        let size = |account| (of(account).count(), of(account).map(|one| one.number).max());
        let largest = (0..ACCOUNTS).max_by_key(|account| size(*account))?;
        of(largest).max_by_key(|one| (one.plan.nonce, one.number)).map(|one| one.number)
    }

    fn enforce_account(&mut self, account: u8, limits: &Limits) {
        loop {
            let own: Vec<&Waiting> = self.waiting.iter().filter(|one| one.plan.account == account).collect();
            let bytes: usize = own.iter().map(|one| one.plan.bytes).sum();
            if own.len() <= limits.account_count_max && bytes <= limits.account_bytes_max {
                return;
            }
            let last = own.iter().max_by_key(|one| (one.plan.nonce, one.number)).expect("there are some").number;
            self.waiting.retain(|one| one.number != last);
        }
    }

    fn size(&self, ready: bool) -> (usize, usize) {
        let set = self.ready();
        let lane = self.waiting.iter().filter(|one| set.contains(&one.number) == ready);
        lane.fold((0, 0), |(count, bytes), one| (count + 1, bytes + one.plan.bytes))
    }

    fn enforce(&mut self, limits: &Limits) {
        loop {
            let over = |(count, bytes): (usize, usize), count_max, bytes_max| count > count_max || bytes > bytes_max;
            let ready = if over(self.size(true), limits.ready_count_max, limits.ready_bytes_max) {
                true
            } else if over(self.size(false), limits.future_count_max, limits.future_bytes_max) {
                false
            } else {
                return;
            };
            let worst = self.worst(ready);
            self.waiting.retain(|one| Some(one.number) != worst);
        }
    }

    fn submit(&mut self, number: u64, plan: Plan, limits: &Limits) -> Result<Placed, SubmitError> {
        let same = |one: &Waiting| (one.plan.account, one.plan.nonce) == (plan.account, plan.nonce);
        if let Some(old) = self.waiting.iter().find(|one| same(one))
            && (plan.priority * 100 < old.plan.priority * (100 + u64::from(limits.replace_percent))
                || plan.priority == old.plan.priority)
        {
            let (old, new) = (old.plan.priority, plan.priority);
            let needed = (old + 1..).find(|needed| needed * 100 >= old * (100 + u64::from(limits.replace_percent)));
            return Err(SubmitError::TooLowPriority { old, new, needed: needed.expect("there is one") });
        }
        self.waiting.retain(|one| !same(one));
        let account = plan.account;
        self.waiting.push(Waiting { number, plan });
        self.enforce_account(account, limits);
        let is_full = !self.waiting.iter().any(|one| one.number == number);
        self.enforce(limits);
        if is_full {
            let (count_max, bytes_max) = (limits.account_count_max, limits.account_bytes_max);
            return Err(SubmitError::AccountFull { count_max, bytes_max });
        }
        if !self.waiting.iter().any(|one| one.number == number) {
            return Err(SubmitError::ImmediatelyDropped);
        }
        Ok(if self.ready().contains(&number) { Placed::Ready } else { Placed::Future })
    }
}

/// What the runtime would say: the required tag is named only if the chain does not give it.
fn candidate(number: u64, plan: &Plan, next_nonce: u8) -> Candidate {
    let requires = if plan.nonce > next_nonce { vec![tag(plan.account, plan.nonce - 1)] } else { vec![] };
    let provides = vec![tag(plan.account, plan.nonce)];
    Candidate {
        hash: hash(number),
        bytes: Arc::from(vec![0; plan.bytes]),
        valid: ValidTransaction { priority: plan.priority, requires, provides, ..Default::default() },
        validated_at: 0,
        sender: Some(Sender { account: AccountId20([plan.account; 20]), nonce: plan.nonce.into() }),
        watch: true,
        local: false,
        replace: false,
    }
}

fn order(pool: &Pool) -> Vec<u64> {
    let number = |hash: Hash| u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap());
    pool.ready().map(|transaction| number(transaction.hash)).collect()
}

fn compare(pool: &Pool, naive: &Naive) -> Result<(), TestCaseError> {
    prop_assert_eq!(order(pool), naive.order());
    let size = pool.size();
    prop_assert_eq!((size.ready_count, size.ready_bytes), naive.size(true));
    prop_assert_eq!((size.future_count, size.future_bytes), naive.size(false));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pool_agrees_with_the_naive_one_after_any_operations(ops in ops()) {
        let limits = LIMITS();
        let (mut pool, mut naive) = (Pool::new(limits.clone()), Naive::default());
        let mut last: BTreeMap<Hash, Status> = BTreeMap::new();
        for (number, op) in (0u64..).zip(ops) {
            match op {
                Op::Submit(plan) => {
                    let next = naive.next_nonce(plan.account);
                    if plan.nonce < next {
                        continue; // The runtime calls it stale.
                    }
                    let expected = naive.submit(number, plan.clone(), &limits);
                    prop_assert_eq!(pool.submit(candidate(number, &plan, next), 0), expected);
                }
                Op::Include(place) => {
                    let included: Vec<u64> = order(&pool).into_iter().take(place + 1).collect();
                    let block: Vec<Included> =
                        included.iter().map(|n| Included { hash: hash(*n), provides: vec![] }).collect();
                    for one in naive.waiting.iter().filter(|one| included.contains(&one.number)) {
                        let next = naive.chain.entry(one.plan.account).or_default();
                        *next = (*next).max(one.plan.nonce + 1);
                    }
                    naive.waiting.retain(|one| !included.contains(&one.number));
                    pool.enact(hash(1 << 40 | number), 1, &block);
                    naive.enforce(&limits);
                }
                Op::Remove(place) => {
                    let Some(one) = naive.waiting.get(place).cloned() else { continue };
                    naive.waiting.remove(place);
                    pool.remove_invalid(&hash(one.number), 0);
                    naive.enforce(&limits);
                }
            }
            compare(&pool, &naive)?;
            for event in pool.take_events() {
                let before = last.insert(event.hash, event.status.clone());
                prop_assert!(!before.as_ref().is_some_and(Status::is_last), "{event:?} after {before:?}");
                prop_assert_ne!(before, Some(event.status), "a status told twice");
            }
        }
        for one in &naive.waiting {
            let status = last.get(&hash(one.number));
            let expected = if naive.ready().contains(&one.number) { Status::Ready } else { Status::Future };
            prop_assert_eq!(status, Some(&expected));
        }
    }
}
