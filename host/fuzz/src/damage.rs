//! Damage to valid input.
//!
//! ```ignore
//! fuzz(&[valid.encode()], |bytes| assert!(Header::decode(&mut &bytes[..]).is_err()));
//! ```

use std::{env, time::Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

/// How long a target runs, unless `ZIVER_FUZZ_SECONDS` says otherwise.
const SECONDS: u64 = 1;
/// Runs between two looks at the clock.
const RUNS: u32 = 50;
/// Edits at most, so that much of the input stays valid.
const EDITS_MAX: usize = 6;

/// One change. Places wrap around the end of the input.
#[derive(Clone, Debug)]
enum Edit {
    Flip {
        at: u32,
        bit: u8,
    },
    Set {
        at: u32,
        to: u8,
    },
    /// A number of up to 8 bytes that is likely to lie at an edge.
    Number {
        at: u32,
        bytes: u8,
        shift: u8,
        less: bool,
    },
    Insert {
        at: u32,
        bytes: [u8; 4],
        count: u8,
    },
    Remove {
        at: u32,
        count: u8,
    },
    /// A part is put somewhere else, over what is there.
    Copy {
        from: u32,
        to: u32,
        count: u8,
    },
    Truncate {
        at: u32,
    },
}

/// Which valid input, and what is done to it.
#[derive(Clone, Debug)]
struct Damage {
    seed: u16,
    edits: Vec<Edit>,
}

impl Damage {
    /// One of the seeds, damaged.
    fn of(&self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[usize::from(self.seed) % seeds.len()].clone();
        for edit in self.edits.iter() {
            edit.apply(&mut bytes);
        }
        bytes
    }
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        let place = |at: u32| at as usize % (len + 1);
        let cut = |at: usize, count: u8| at..len.min(at + usize::from(count));
        match *self {
            Edit::Insert { at, bytes: new, count } => {
                let at = place(at);
                bytes.splice(at..at, new.into_iter().take(usize::from(count % 5)));
            }
            _ if len == 0 => {}
            Edit::Flip { at, bit } => bytes[at as usize % len] ^= 1 << (bit % 8),
            Edit::Set { at, to } => bytes[at as usize % len] = to,
            Edit::Number { at, bytes: width, shift, less } => {
                let number = 1u64.rotate_left(u32::from(shift)).wrapping_sub(u64::from(less)).to_le_bytes();
                let range = cut(place(at), 1 << (width % 4));
                let width = range.len();
                bytes[range].copy_from_slice(&number[..width]);
            }
            Edit::Remove { at, count } => drop(bytes.drain(cut(place(at), count))),
            Edit::Copy { from, to, count } => {
                let part = bytes[cut(place(from), count)].to_vec();
                let to = place(to);
                let end = len.min(to + part.len());
                bytes.splice(to..end, part);
            }
            Edit::Truncate { at } => bytes.truncate(place(at)),
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<u32>;
    let small = any::<u8>;
    prop_oneof![
        3 => (at(), small()).prop_map(|(at, bit)| Edit::Flip { at, bit }),
        2 => (at(), small()).prop_map(|(at, to)| Edit::Set { at, to }),
        3 => (at(), small(), small(), any::<bool>()).prop_map(|(at, bytes, shift, less)| Edit::Number { at, bytes, shift, less }),
        1 => (at(), any::<[u8; 4]>(), small()).prop_map(|(at, bytes, count)| Edit::Insert { at, bytes, count }),
        1 => (at(), small()).prop_map(|(at, count)| Edit::Remove { at, count }),
        1 => (at(), at(), small()).prop_map(|(from, to, count)| Edit::Copy { from, to, count }),
        1 => at().prop_map(|at| Edit::Truncate { at }),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    (any::<u16>(), prop::collection::vec(edit(), 1..=EDITS_MAX)).prop_map(|(seed, edits)| Damage { seed, edits })
}

/// How long to run. A wrong number is no reason to run for a second alone, and none for no run at all.
fn seconds() -> u64 {
    let parse = |text: String| text.parse().ok().filter(|seconds| *seconds > 0);
    env::var("ZIVER_FUZZ_SECONDS")
        .map_or(SECONDS, |text| parse(text).expect("ZIVER_FUZZ_SECONDS must be a whole number from 1 on"))
}

/// Runs `check` on the seeds and then on damaged ones until the time is over. A panic is a finding: what led to it is made
/// smaller and printed.
pub fn fuzz(seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    for seed in seeds {
        check(seed);
    }
    fuzz_with(&damage().prop_map(|damage| damage.of(seeds)), |bytes| check(&bytes));
}

/// Runs `check` on what a strategy makes up until the time is over. A panic is a finding, as above.
pub fn fuzz_with<S: Strategy>(inputs: &S, check: impl Fn(S::Value)) {
    let seconds = seconds();
    let start = Instant::now();
    let mut runs = 0;
    while start.elapsed().as_secs() < seconds {
        let config = Config { cases: RUNS, failure_persistence: None, ..Config::default() };
        let result = TestRunner::new(config).run(inputs, |input| {
            check(input);
            Ok(())
        });
        match result {
            Ok(()) => runs += RUNS,
            Err(TestError::Fail(reason, input)) => panic!("{reason}: input {input:?}"),
            Err(error) => panic!("{error}"),
        }
    }
    println!("{runs} runs in {seconds} s");
}
