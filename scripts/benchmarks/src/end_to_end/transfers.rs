//! The load: accounts, and transactions between them that are signed before any clock starts.
//!
//! Senders and receivers are drawn at random, the same in each run. A sender's transactions stand in the order of their nonces.
//! libsecp256k1 signs, on all processors.

use std::{collections::HashMap, num::NonZeroUsize, thread};

use secp256k1::{Message, PublicKey, SecretKey, ecdsa::RecoverableSignature};
use ziver_primitives::hashing::keccak_256;

use crate::generator::Generator;

/// A key and its address: the last 20 bytes of keccak-256 of the public key, on both chains.
pub struct Account {
    key: SecretKey,
    /// The address.
    pub address: [u8; 20],
}

impl Account {
    fn new(index: u32) -> Self {
        let mut seed = *b"end to end benchmark key    ....";
        seed[28..].copy_from_slice(&index.to_be_bytes());
        let key = SecretKey::from_secret_bytes(keccak_256(&seed)).expect("almost every hash is a key");
        let public = PublicKey::from_secret_key(&key).serialize_uncompressed();
        let mut address = [0; 20];
        address.copy_from_slice(&keccak_256(&public[1..])[12..]);
        Self { key, address }
    }

    /// The signature over a hash: r and s, and which of two keys it names.
    pub fn sign(&self, hash: [u8; 32]) -> ([u8; 64], u8) {
        let (id, bytes) =
            RecoverableSignature::sign_ecdsa_recoverable(Message::from_digest(hash), &self.key).serialize_compact();
        (bytes, u8::from(id.to_u8() == 1))
    }
}

/// The accounts that have money.
pub fn accounts(count: u32) -> Vec<Account> {
    let indices: Vec<u32> = (0..count).collect();
    in_parallel(&indices, |index| Account::new(*index))
}

/// One transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Who sends: a place in the list of accounts.
    pub from: u32,
    /// How many the sender has sent before.
    pub nonce: u32,
    /// What it does.
    pub act: Act,
}

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Moves a small amount of money.
    Pay {
        /// Who receives.
        to: u32,
    },
    /// Makes the token, all of which the sender has then.
    Deploy {
        /// How many tokens there are.
        supply: u64,
    },
    /// Calls the token, which moves some of the sender's.
    Give {
        /// Who receives.
        to: u32,
        /// How many tokens.
        tokens: u64,
    },
}

/// Draws `count` senders and receivers among so many accounts.
pub fn draw(accounts: u32, count: usize) -> Vec<(u32, u32)> {
    let mut generator = Generator::new(4);
    (0..count).map(|_| (generator.below(accounts), generator.below(accounts))).collect()
}

/// The transactions that do this, one after the other: each with its sender and act.
pub fn in_order(acts: impl IntoIterator<Item = (u32, Act)>) -> Vec<Transaction> {
    let mut nonces: HashMap<u32, u32> = HashMap::new();
    let number = |(from, act)| {
        let next = nonces.entry(from).or_default();
        let nonce = *next;
        *next += 1;
        Transaction { from, nonce, act }
    };
    acts.into_iter().map(number).collect()
}

/// `count` transfers of money between so many accounts.
pub fn transfers(accounts: u32, count: usize) -> Vec<Transaction> {
    in_order(draw(accounts, count).into_iter().map(|(from, to)| (from, Act::Pay { to })))
}

/// A signed transaction, ready to be sent.
pub struct Signed {
    /// By which the chain names it.
    pub hash: [u8; 32],
    /// The parameter of the request: its bytes in hexadecimal.
    pub text: String,
}

/// `make` of each, on all processors, in their order.
pub fn in_parallel<T: Sync, U: Send>(list: &[T], make: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = list.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let make = &make;
        let parts: Vec<_> =
            list.chunks(part).map(|part| scope.spawn(move || part.iter().map(make).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().expect("signing does not panic")).collect()
    })
}

#[cfg(test)]
mod tests;
