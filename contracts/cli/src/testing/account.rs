//! The accounts of tests: a name is a key, so that contracts can check signatures of them too.

use codec::{Decode, Encode};
use ziver_primitives::{
    hashing::{blake2_128, keccak_256},
    storage_keys::item_prefix,
    transaction::SecretKey,
};

/// What an account has when a test first names it: a million units.
pub const FUNDS: u128 = 1_000_000 * 1_000_000_000_000_000_000;
/// Who acts until a test says otherwise.
pub const FIRST: &str = "alice";
/// The flag that each account's record has (`pallets/system`).
const FLAG_NEW_LOGIC: u128 = 1 << 127;

/// The key of a name. Everybody can make it: it is good for tests only.
pub fn key(name: &str) -> Option<SecretKey> {
    SecretKey::from_bytes(&keccak_256(&[b"zx test account: ", name.as_bytes()].concat()))
}

/// The record of an account in the chain's state, as `System.Account` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    /// How many transactions it has sent.
    pub nonce: u32,
    /// What depends on it.
    pub consumers: u32,
    /// What keeps it.
    pub providers: u32,
    /// The same, for those on whom nothing may depend.
    pub sufficients: u32,
    /// What it may spend.
    pub free: u128,
    /// What is held.
    pub reserved: u128,
    /// What can't be spent.
    pub frozen: u128,
    flags: u128,
}

impl Record {
    /// An account that nobody has seen.
    pub fn new() -> Self {
        Self {
            nonce: 0,
            consumers: 0,
            providers: 1,
            sufficients: 0,
            free: 0,
            reserved: 0,
            frozen: 0,
            flags: FLAG_NEW_LOGIC,
        }
    }
}

/// Where the record of an account is.
pub fn storage_key(address: &[u8; 20]) -> Vec<u8> {
    [item_prefix("System", "Account").as_slice(), &blake2_128(address), address].concat()
}
