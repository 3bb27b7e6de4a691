//! Taking the fee before a call runs, and settling it afterwards.
//!
//! ```text
//! pool:   check                       -> can the sender pay?
//! block:  withdraw -> (call runs) -> settle -> refund to the sender, rest to the author
//! ```

use ziver_balances::{Credit, Existence, can_withdraw, deposit, destroy, total_balance};
use ziver_primitives::{
    AccountId20, Balance,
    validity::{InvalidTransaction, TransactionValidityError},
};
use ziver_support::{Ctx, DispatchInfo, PostDispatchInfo, pallets};
use ziver_system::deposit_event;

use crate::{
    Event, price,
    storage::{BURN_SHARE, BURN_SHARE_WHOLE},
};

/// A fee that was taken and is to be settled.
#[must_use = "a fee that is not settled is lost money"]
#[derive(Debug, PartialEq, Eq)]
pub struct Charge {
    who: AccountId20,
    bytes: u32,
    tip: Balance,
    taken: Credit,
}

impl Charge {
    /// What was taken, tip included.
    pub fn amount(&self) -> Balance {
        self.taken.amount()
    }
}

/// Whether `who` can pay for a transaction of `bytes`; writes nothing. Says what it announces to cost, tip included.
///
/// Errors: `Payment`.
pub fn check(
    ctx: &Ctx,
    who: &AccountId20,
    bytes: u32,
    info: &DispatchInfo,
    tip: Balance,
) -> Result<Balance, TransactionValidityError> {
    let fee = price::announced(ctx, bytes, info, tip).total();
    can_withdraw(ctx, who, fee, Existence::Preserve).map_err(|_| InvalidTransaction::Payment)?;
    Ok(fee)
}

/// Takes the announced fee and the tip from `who`, who keeps at least the existential deposit.
///
/// Errors: `Payment`.
pub fn withdraw(
    ctx: &mut Ctx,
    who: &AccountId20,
    bytes: u32,
    info: &DispatchInfo,
    tip: Balance,
) -> Result<Charge, TransactionValidityError> {
    let fee = price::announced(ctx, bytes, info, tip).total();
    let taken = ziver_balances::withdraw(ctx, who, fee, Existence::Preserve);
    let taken = taken.map_err(|_| InvalidTransaction::Payment)?;
    Ok(Charge { who: *who, bytes, tip, taken })
}

/// Gives back what the call did not take, and the rest to the author (of the fee, not of the tip, less what is burnt).
///
/// Nothing is given back to an account that has ended meanwhile. Without an author, or where the author can't have it
/// (too little to make an account), it is destroyed.
pub fn settle(
    ctx: &mut Ctx,
    charge: Charge,
    info: &DispatchInfo,
    post: &PostDispatchInfo,
    author: Option<&AccountId20>,
) {
    let Charge { who, bytes, tip, taken } = charge;
    let due = price::actual(ctx, bytes, info, post, tip).total();
    let (mut kept, refund) = taken.split(due);
    if refund.amount() > 0 {
        let refused = if total_balance(ctx, &who) > 0 { deposit(ctx, &who, refund).err() } else { Some(refund) };
        kept = kept.merge(refused.unwrap_or(Credit::ZERO));
    }
    let actual_fee = kept.amount();
    let (tip, fee) = kept.split(tip);
    let paid_tip = tip.amount();
    let (burnt, fee) = fee.split(burnt_of(ctx, actual_fee.saturating_sub(paid_tip)));
    destroy(ctx, burnt);
    let reward = fee.merge(tip);
    let refused = match author {
        Some(author) => deposit(ctx, author, reward).err(),
        None => Some(reward),
    };
    if let Some(nobodys) = refused {
        destroy(ctx, nobodys);
    }
    let event = Event::TransactionFeePaid { who, actual_fee, tip: paid_tip };
    deposit_event(ctx, pallets::TRANSACTION_PAYMENT, &event);
}

/// How much of `fee` is burnt.
fn burnt_of(ctx: &Ctx, fee: Balance) -> Balance {
    let share = BURN_SHARE.get_or_default(ctx).min(BURN_SHARE_WHOLE);
    if share == 0 {
        return 0;
    }
    // Whole parts first: a product with the fee itself could exceed a balance.
    let whole = Balance::from(BURN_SHARE_WHOLE);
    let (parts, rest) = (fee.checked_div(whole).unwrap_or(0), fee.checked_rem(whole).unwrap_or(0));
    let of_rest = rest.saturating_mul(Balance::from(share)).checked_div(whole).unwrap_or(0);
    parts.saturating_mul(Balance::from(share)).saturating_add(of_rest)
}

#[cfg(test)]
mod tests;
