//! Holds: money of an account that a pallet keeps as a pledge, under a reason.
//!
//! It is part of `reserved`, can be slashed, and counts against freezes. Frozen money can be put on hold: that does not
//! lower the total.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{ArithmeticError, Ctx, DispatchError, DispatchResult, TokenError};

use crate::{
    BalanceStatus, Credit, Error, Event, Existence, Freezing, Reason,
    event::announce,
    ledger::Entry,
    limits::HOLDS_MAX,
    storage::{HOLDS, IdAmount, amount_of, with_amount},
    transfer::reducible,
};
use alloc::vec::Vec;

/// Whether less than the amount will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// All of it or an error.
    Exact,
    /// As much as there is.
    BestEffort,
}

/// What `who` has on hold for `reason`.
pub fn held_by(ctx: &Ctx, reason: Reason, who: &AccountId20) -> Balance {
    amount_of(&HOLDS.get_or_default(ctx, who), reason)
}

/// Puts `amount` of free money on hold. The existential deposit stays free where the account lives on it.
///
/// Errors: `Token(FundsUnavailable)`, `Token(CannotCreateHold)` where the account does not exist, `TooManyHolds`,
/// `TooManyConsumers`.
pub fn hold(ctx: &mut Ctx, reason: Reason, who: &AccountId20, amount: Balance) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    let mut entry = Entry::read(ctx, who);
    if entry.before().providers == 0 {
        return Err(TokenError::CannotCreateHold.into());
    }
    if amount > reducible(entry.before(), Existence::Protect, Freezing::Ignored) {
        return Err(TokenError::FundsUnavailable.into());
    }
    let holds = HOLDS.get_or_default(ctx, who);
    let held = amount_of(&holds, reason).checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    let holds = with_amount(holds, reason, held, HOLDS_MAX).ok_or(Error::TooManyHolds)?;
    to_reserved(&mut entry, amount)?;
    let entry = entry.settle()?;
    write_holds(ctx, who, &holds);
    entry.write(ctx);
    announce(ctx, &Event::Held { reason, who: *who, amount });
    Ok(())
}

/// Makes money on hold free again; says how much.
///
/// Errors: `Token(FundsUnavailable)` where less is on hold and `precision` is exact.
pub fn release(
    ctx: &mut Ctx,
    reason: Reason,
    who: &AccountId20,
    amount: Balance,
    precision: Precision,
) -> Result<Balance, DispatchError> {
    let (holds, actual) = lowered(ctx, reason, who, amount, precision, Balance::MAX)?;
    if actual == 0 {
        return Ok(0);
    }
    let mut entry = Entry::read(ctx, who);
    take_reserved(&mut entry, actual)?;
    add_free(&mut entry, actual)?;
    let entry = entry.settle()?;
    write_holds(ctx, who, &holds);
    entry.write(ctx);
    announce(ctx, &Event::Released { reason, who: *who, amount: actual });
    Ok(actual)
}

/// Takes at most `amount` from what is on hold, freezes or not.
///
/// Errors: `Arithmetic(Underflow)` where the state was overwritten and does not add up.
pub fn slash_held(ctx: &mut Ctx, reason: Reason, who: &AccountId20, amount: Balance) -> Result<Credit, DispatchError> {
    let (holds, actual) = lowered(ctx, reason, who, amount, Precision::BestEffort, Balance::MAX)?;
    if actual == 0 {
        return Ok(Credit::ZERO);
    }
    let mut entry = Entry::read(ctx, who);
    take_reserved(&mut entry, actual)?;
    let entry = entry.settle()?;
    write_holds(ctx, who, &holds);
    entry.write(ctx);
    announce(ctx, &Event::Slashed { who: *who, amount: actual });
    Ok(Credit::taken(actual))
}

/// Moves money on hold to another account that exists, where it is free or on hold for the same reason. Freezes are
/// respected. Says how much was moved.
///
/// Errors: `Token(FundsUnavailable)` where less can be moved and `precision` is exact, `DeadAccount`,
/// `Token(BelowMinimum)`, `TooManyHolds`, `TooManyConsumers`.
pub fn transfer_held(
    ctx: &mut Ctx,
    reason: Reason,
    (from, to): (&AccountId20, &AccountId20),
    amount: Balance,
    precision: Precision,
    status: BalanceStatus,
) -> Result<Balance, DispatchError> {
    let mut source = Entry::read(ctx, from);
    let data = source.before().data;
    let movable = data.reserved.saturating_sub(data.frozen.saturating_sub(data.free));
    if from == to {
        return match status {
            BalanceStatus::Free => release(ctx, reason, from, amount, precision),
            BalanceStatus::Reserved => lowered(ctx, reason, from, amount, precision, movable).map(|(_, actual)| actual),
        };
    }
    let (source_holds, actual) = lowered(ctx, reason, from, amount, precision, movable)?;
    if actual == 0 {
        return Ok(0);
    }
    let mut dest = Entry::read(ctx, to);
    if !dest.before().exists() {
        return Err(Error::DeadAccount.into());
    }
    take_reserved(&mut source, actual)?;
    let dest_holds = match status {
        BalanceStatus::Free => {
            dest.data_mut().free = crate::transfer::check_deposit(dest.before(), actual)?;
            None
        }
        BalanceStatus::Reserved => {
            let holds = HOLDS.get_or_default(ctx, to);
            let held = amount_of(&holds, reason).checked_add(actual).ok_or(ArithmeticError::Overflow)?;
            add_reserved(&mut dest, actual)?;
            Some(with_amount(holds, reason, held, HOLDS_MAX).ok_or(Error::TooManyHolds)?)
        }
    };
    let (source, dest) = (source.settle()?, dest.settle()?);
    write_holds(ctx, from, &source_holds);
    if let Some(holds) = dest_holds {
        write_holds(ctx, to, &holds);
    }
    source.write(ctx);
    dest.write(ctx);
    announce(ctx, &Event::TransferOnHold { reason, source: *from, dest: *to, amount: actual });
    Ok(actual)
}

/// The holds of `who` with up to `amount` less for `reason` (never more than `max`), and how much less.
fn lowered(
    ctx: &Ctx,
    reason: Reason,
    who: &AccountId20,
    amount: Balance,
    precision: Precision,
    max: Balance,
) -> Result<(Vec<IdAmount>, Balance), DispatchError> {
    let holds = HOLDS.get_or_default(ctx, who);
    let held = amount_of(&holds, reason);
    let actual = amount.min(held).min(max);
    if actual < amount && precision == Precision::Exact {
        return Err(TokenError::FundsUnavailable.into());
    }
    let holds = with_amount(holds, reason, held.saturating_sub(actual), HOLDS_MAX).ok_or(Error::TooManyHolds)?;
    Ok((holds, actual))
}

/// Moves free money to reserved.
pub(crate) fn to_reserved(entry: &mut Entry, amount: Balance) -> DispatchResult {
    let data = entry.data_mut();
    data.free = data.free.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
    add_reserved(entry, amount)
}

/// Adds reserved money; it and the free money must fit a balance together.
pub(crate) fn add_reserved(entry: &mut Entry, amount: Balance) -> DispatchResult {
    let data = entry.data_mut();
    data.reserved = data.reserved.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    data.reserved.checked_add(data.free).ok_or(ArithmeticError::Overflow)?;
    Ok(())
}

/// Takes reserved money away.
pub(crate) fn take_reserved(entry: &mut Entry, amount: Balance) -> DispatchResult {
    let data = entry.data_mut();
    data.reserved = data.reserved.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
    Ok(())
}

/// Adds free money.
pub(crate) fn add_free(entry: &mut Entry, amount: Balance) -> DispatchResult {
    let data = entry.data_mut();
    data.free = data.free.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    Ok(())
}

/// Writes the list, or removes it where it is empty.
fn write_holds(ctx: &mut Ctx, who: &AccountId20, holds: &Vec<IdAmount>) {
    if holds.is_empty() { HOLDS.remove(ctx, who) } else { HOLDS.insert(ctx, who, holds) }
}

#[cfg(test)]
mod tests;
