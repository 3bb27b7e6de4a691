//! Transfers of tokens, as a load, and the books of who must have how many.
//!
//! The first account makes the token and has all of it. It gives some to a few accounts, which give some to everybody who will
//! send: two steps for any number of senders, where each account's transactions stay few. Receivers need none. What is measured
//! follows then.
//!
//! That a block has a transaction says nothing of whether its call succeeded. So afterwards each call must have left its event,
//! exactly once and with its sender, receiver and amount, and balances must be those of the books ([`Books`]).
//!
//! Out of scope: what was never handed in; only calls that are in blocks are written to the books.

use std::ops::Range;

use super::{
    subject::Moved,
    transfers::{Account, Act, Transaction, draw, in_order},
};

/// What everybody who sends begins with: more than anybody sends.
const HELD: u64 = 1_000_000_000;
/// The most that one transfer moves.
const MOVED_MAX: u64 = 1_000;
/// Of so many accounts the balance of one is asked.
const ASKED_EACH: usize = 50;

/// All transactions, and in which parts those are handed in that must be in blocks before `count` random transfers can follow.
pub fn plan(accounts: u32, count: usize) -> (Vec<Transaction>, Vec<Range<u32>>) {
    let drawn = draw(accounts, count);
    let give = |&(from, to): &(u32, u32)| (from, Act::Give { to, tokens: 1 + u64::from(from + to) % MOVED_MAX });
    let mut senders: Vec<u32> = drawn.iter().map(|(from, _)| *from).filter(|from| *from != 0).collect();
    senders.sort_unstable();
    senders.dedup();
    let (givers, others) = senders.split_at(senders.len().isqrt());
    let shares: Vec<&[u32]> = others.chunks(others.len().div_ceil(givers.len().max(1)).max(1)).collect();

    // Twice what is given away, so that the first account can send, too.
    let supply = 2 * HELD * (1 + senders.len() as u64);
    let deployment = [(0, Act::Deploy { supply })];
    let to_givers = givers.iter().enumerate().map(|(index, giver)| {
        let share = shares.get(index).map_or(0, |share| share.len());
        (0, Act::Give { to: *giver, tokens: HELD * (1 + share as u64) })
    });
    let to_others = givers
        .iter()
        .zip(&shares)
        .flat_map(|(giver, share)| share.iter().map(|other| (*giver, Act::Give { to: *other, tokens: HELD })));
    let parts = [Vec::from(deployment), to_givers.collect(), to_others.collect()];
    let mut end = 0;
    let ranges = parts.iter().map(|part| {
        let begin = end;
        end += part.len() as u32;
        begin..end
    });
    let ranges = ranges.collect();
    (in_order(parts.into_iter().flatten().chain(drawn.iter().map(give))), ranges)
}

/// Who must have how many tokens, and which calls have shown that they succeeded.
pub struct Books<'a> {
    accounts: &'a [Account],
    transactions: &'a [Transaction],
    has_event: Vec<bool>,
}

impl<'a> Books<'a> {
    /// Of transactions that are in blocks; none has shown anything yet.
    pub fn new(accounts: &'a [Account], transactions: &'a [Transaction]) -> Self {
        Self { accounts, transactions, has_event: vec![false; transactions.len()] }
    }

    /// Notes the event of the transaction at this place.
    ///
    /// # Errors
    /// It is another event than that transaction's, or its second one.
    pub fn note(&mut self, place: Option<u32>, moved: &Moved) -> Result<(), String> {
        let address = |index: u32| self.accounts[index as usize].address;
        let place = place.map_or(usize::MAX, |place| place as usize);
        let transaction = self.transactions.get(place).ok_or_else(|| format!("{moved:?} of an unknown transaction"))?;
        let (from, to, tokens) = match transaction.act {
            Act::Pay { .. } => return Err(format!("{moved:?} of a transfer of money")),
            Act::Deploy { supply } => ([0; 20], address(transaction.from), supply),
            Act::Give { to, tokens } => (address(transaction.from), address(to), tokens),
        };
        if (moved.from, moved.to, moved.tokens) != (from, to, tokens) {
            return Err(format!("{moved:?} of {transaction:?}"));
        }
        match std::mem::replace(&mut self.has_event[place], true) {
            true => Err(format!("{moved:?} twice")),
            false => Ok(()),
        }
    }

    /// Whether all calls have left their events.
    ///
    /// # Errors
    /// How many have not, and the first of them.
    pub fn all_noted(&self) -> Result<(), String> {
        let missing = || self.transactions.iter().zip(&self.has_event).filter(|(_, has)| !**has);
        match missing().next() {
            None => Ok(()),
            Some((first, _)) => Err(format!("{} calls left no event; the first is {first:?}", missing().count())),
        }
    }

    /// What some accounts must have: the first one, and one of many others.
    pub fn balances(&self) -> impl Iterator<Item = (&'a Account, u64)> {
        let mut tokens = vec![0u64; self.accounts.len()];
        for transaction in self.transactions {
            match transaction.act {
                Act::Pay { .. } => {}
                Act::Deploy { supply } => tokens[transaction.from as usize] += supply,
                Act::Give { to, tokens: given } => {
                    tokens[transaction.from as usize] -= given;
                    tokens[to as usize] += given;
                }
            }
        }
        self.accounts.iter().zip(tokens).step_by(ASKED_EACH)
    }
}

#[cfg(test)]
mod tests;
