//! Reserves without a reason: the simplest pledge, for deposits.
//!
//! They are the part of `reserved` that is no hold: freeing or slashing them never touches a hold.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{Ctx, DispatchError, DispatchResult};

use crate::{
    BalanceStatus, Credit, Error, Event, Existence, Freezing,
    event::announce,
    hold::{add_free, add_reserved, take_reserved, to_reserved},
    ledger::Entry,
    storage::HOLDS,
    transfer::{check_deposit, reducible},
};

/// What `who` has reserved without a reason.
pub fn reserved_plain(ctx: &Ctx, who: &AccountId20) -> Balance {
    plain(ctx, who, &Entry::read(ctx, who))
}

fn plain(ctx: &Ctx, who: &AccountId20, entry: &Entry) -> Balance {
    let held = HOLDS.get_or_default(ctx, who).iter().fold(0, |sum: Balance, hold| sum.saturating_add(hold.amount));
    entry.before().data.reserved.saturating_sub(held)
}

/// Reserves `amount` of free money. The existential deposit stays free where the account lives on it.
///
/// Errors: `InsufficientBalance`, `TooManyConsumers`.
pub fn reserve(ctx: &mut Ctx, who: &AccountId20, amount: Balance) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    let mut entry = Entry::read(ctx, who);
    if amount > reducible(entry.before(), Existence::Protect, Freezing::Ignored) {
        return Err(Error::InsufficientBalance.into());
    }
    to_reserved(&mut entry, amount)?;
    entry.settle()?.write(ctx);
    announce(ctx, &Event::Reserved { who: *who, amount });
    Ok(())
}

/// Makes at most `amount` of reserved money free again; says how much.
///
/// Errors: `Arithmetic(Overflow)` where the state was overwritten and does not add up.
pub fn unreserve(ctx: &mut Ctx, who: &AccountId20, amount: Balance) -> Result<Balance, DispatchError> {
    let mut entry = Entry::read(ctx, who);
    let actual = plain(ctx, who, &entry).min(amount);
    if actual == 0 {
        return Ok(0);
    }
    take_reserved(&mut entry, actual)?;
    add_free(&mut entry, actual)?;
    entry.settle()?.write(ctx);
    announce(ctx, &Event::Unreserved { who: *who, amount: actual });
    Ok(actual)
}

/// Takes at most `amount` of reserved money.
///
/// Errors: `Arithmetic(Underflow)` where the state was overwritten and does not add up.
pub fn slash_reserved(ctx: &mut Ctx, who: &AccountId20, amount: Balance) -> Result<Credit, DispatchError> {
    let mut entry = Entry::read(ctx, who);
    let actual = plain(ctx, who, &entry).min(amount);
    if actual == 0 {
        return Ok(Credit::ZERO);
    }
    take_reserved(&mut entry, actual)?;
    entry.settle()?.write(ctx);
    announce(ctx, &Event::Slashed { who: *who, amount: actual });
    Ok(Credit::taken(actual))
}

/// Moves at most `amount` of reserved money to another account that exists; freezes are respected. Says how much.
///
/// Errors: `DeadAccount`, `Token(BelowMinimum)`, `TooManyConsumers`.
pub fn repatriate_reserved(
    ctx: &mut Ctx,
    from: &AccountId20,
    to: &AccountId20,
    amount: Balance,
    status: BalanceStatus,
) -> Result<Balance, DispatchError> {
    let mut source = Entry::read(ctx, from);
    let data = source.before().data;
    let movable = data.reserved.saturating_sub(data.frozen.saturating_sub(data.free));
    let actual = plain(ctx, from, &source).min(movable).min(amount);
    if from == to {
        return if status == BalanceStatus::Free { unreserve(ctx, from, actual) } else { Ok(actual) };
    }
    if actual == 0 {
        return Ok(0);
    }
    let mut dest = Entry::read(ctx, to);
    if !dest.before().exists() {
        return Err(Error::DeadAccount.into());
    }
    take_reserved(&mut source, actual)?;
    match status {
        BalanceStatus::Free => dest.data_mut().free = check_deposit(dest.before(), actual)?,
        BalanceStatus::Reserved => add_reserved(&mut dest, actual)?,
    }
    let (source, dest) = (source.settle()?, dest.settle()?);
    source.write(ctx);
    dest.write(ctx);
    let event = Event::ReserveRepatriated { from: *from, to: *to, amount: actual, destination_status: status };
    announce(ctx, &event);
    Ok(actual)
}

#[cfg(test)]
mod tests;
