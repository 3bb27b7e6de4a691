//! Which keys change, and to what.

use ziver_benchmarks::generator::Generator;
use ziver_primitives::hashing::{blake2_128, twox_128};

/// Bytes of a value: as many as an account takes.
const VALUE_BYTES: usize = 80;

/// A key and its new value.
pub type Update = (Vec<u8>, Vec<u8>);

/// Key number `index`, made like an account's: two names, a hash of the account, the account.
pub fn key(index: u32) -> Vec<u8> {
    let mut account = [0; 20];
    account[..4].copy_from_slice(&index.to_le_bytes());
    [&twox_128(b"System")[..], &twox_128(b"Account"), &blake2_128(&account), &account].concat()
}

/// What key number `index` has after block `number`: no two keys share a value.
fn value(index: u32, number: u32) -> Vec<u8> {
    let mut value = [index.to_le_bytes(), number.to_le_bytes()].concat();
    value.resize(VALUE_BYTES, 0x5a);
    value
}

/// The state at the beginning.
pub fn genesis(keys: u32) -> impl Iterator<Item = Update> {
    (0..keys).map(|index| (key(index), value(index, 0)))
}

/// The blocks from some number on, the same for all subjects.
pub struct Load {
    keys: u32,
    number: u32,
}

impl Load {
    /// The blocks after `number`.
    pub fn new(keys: u32, number: u32) -> Self {
        Self { keys, number }
    }

    /// The next block's `changes` changes, of different keys.
    pub fn block(&mut self, changes: u32) -> Vec<Update> {
        self.number += 1;
        let mut generator = Generator::new(u64::from(self.number));
        let mut drawn = std::collections::BTreeSet::new();
        while drawn.len() < changes.min(self.keys) as usize {
            drawn.insert(generator.below(self.keys));
        }
        drawn.into_iter().map(|index| (key(index), value(index, self.number))).collect()
    }
}
