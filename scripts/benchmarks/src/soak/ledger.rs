//! What the load handed in, and what of it is final: the other half of double-entry bookkeeping, beside the chain's own.

use std::collections::{HashMap, HashSet};

use ziver_primitives::hashing::blake2_256;

use crate::end_to_end::transfers::Signed;

/// A transfer that was handed in and is not final yet.
pub struct Pending {
    /// Who sent it: a place in the list of accounts.
    pub from: u32,
    /// How many the sender had sent before.
    pub nonce: u32,
    /// The parameter of the request that hands it in.
    pub text: String,
}

/// A final block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Final {
    /// Its hash, as the node writes it.
    pub hash: String,
    /// A hash over the hashes of its transactions.
    pub digest: [u8; 32],
    /// Signed transactions in it.
    pub signed: usize,
}

/// All of it.
#[derive(Default)]
pub struct Ledger {
    pending: HashMap<[u8; 32], Pending>,
    /// Final transfers of each sender.
    pub sent: Vec<u32>,
    /// Final blocks, from number 1.
    pub blocks: Vec<Final>,
    /// The best block that the node told of: number and hash.
    pub best: Option<(u64, String)>,
    /// Transfers that the node took.
    pub taken: u64,
    /// Final transfers.
    pub confirmed: u64,
    /// What was refused, by reason, but for repetitions after a restart.
    pub refused: HashMap<String, u64>,
    /// Of transfers that were handed in again after a restart: those that the node had lost.
    pub handed_in_again: u64,
}

impl Ledger {
    /// Nothing is sent by so many accounts.
    pub fn new(accounts: usize) -> Self {
        Self { sent: vec![0; accounts], ..Self::default() }
    }

    /// Notes a transfer, before it is handed in.
    pub fn begin(&mut self, signed: Signed, from: u32, nonce: u32) {
        self.pending.insert(signed.hash, Pending { from, nonce, text: signed.text });
    }

    /// Transfers that are not final.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// What of some senders is not final, in the order of their nonces.
    pub fn waiting_of(&self, is_of: impl Fn(u32) -> bool) -> Vec<(u32, u32, String)> {
        let of = self.pending.values().filter(|pending| is_of(pending.from));
        let mut list: Vec<_> = of.map(|pending| (pending.from, pending.nonce, pending.text.clone())).collect();
        list.sort_unstable();
        list
    }

    /// Notes the next final block with the hashes of its transactions. An error if somebody else's are among them, or one that
    /// was final before.
    pub fn finalize(&mut self, hash: String, transactions: &[String]) -> Result<(), String> {
        let mut signed = 0;
        for transaction in transactions {
            if let Some(pending) = bytes(transaction).and_then(|hash| self.pending.remove(&hash)) {
                let sent = &mut self.sent[pending.from as usize];
                if pending.nonce != *sent {
                    return Err(format!("account {}: nonce {} is final after {sent}", pending.from, pending.nonce));
                }
                *sent += 1;
                signed += 1;
            }
        }
        // Each block has one inherent.
        if signed + 1 != transactions.len() {
            return Err(format!("block {hash}: {} transactions, {signed} of them known", transactions.len()));
        }
        self.confirmed += signed as u64;
        self.blocks.push(Final { hash, digest: digest(transactions), signed });
        Ok(())
    }

    /// Numbers of blocks to look at again: the newest, and some that are drawn.
    pub fn sample(&self, newest: usize, mut draw: impl FnMut(u32) -> u32, drawn: usize) -> Vec<u64> {
        let count = self.blocks.len();
        let mut numbers: HashSet<u64> = (count.saturating_sub(newest)..count).map(|index| index as u64 + 1).collect();
        if let Some(bound) = u32::try_from(count).ok().filter(|bound| *bound > 0) {
            numbers.extend((0..drawn).map(|_| u64::from(draw(bound)) + 1));
        }
        let mut numbers: Vec<_> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers
    }
}

/// A hash over hashes.
pub fn digest(transactions: &[String]) -> [u8; 32] {
    blake2_256(transactions.concat().as_bytes())
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(digits.strip_prefix("0x")?, &mut hash).ok().map(|()| hash)
}

#[cfg(test)]
mod tests;
