//! Moving free money between accounts, and how much of it can move.
//!
//! Of `free`, an amount is untouchable: what freezes need beyond the reserved part, and the existential deposit where
//! the account must keep it. Both overlap: the larger counts.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{ArithmeticError, Ctx, DispatchError, DispatchResult, TokenError};
use ziver_system::account::{self, AccountInfo};

use crate::{
    EXISTENTIAL_DEPOSIT, Event,
    event::announce,
    ledger::{self, Entry},
};

/// Whether spending may end an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It may, unless something depends on the account.
    Expendable,
    /// It may not, but the money need not be what keeps the account alive.
    Protect,
    /// The existential deposit stays, whatever else keeps the account alive.
    Preserve,
}

/// Whether freezes are respected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freezing {
    /// They are.
    Respected,
    /// They are not: for what does not lower the total, and for punishment.
    Ignored,
}

/// Moves `amount` of free money.
///
/// Zero moves nothing but is announced; a transfer to oneself is checked and does nothing.
///
/// Errors: those of [`can_withdraw`] and [`can_deposit`].
pub fn transfer(
    ctx: &mut Ctx,
    from: &AccountId20,
    to: &AccountId20,
    amount: Balance,
    existence: Existence,
) -> DispatchResult {
    let mut source = Entry::read(ctx, from);
    check_withdraw(source.before(), amount, existence)?;
    if from == to {
        return Ok(());
    }
    if amount > 0 {
        let mut dest = Entry::read(ctx, to);
        let dest_free = check_deposit(dest.before(), amount)?;
        let source_free = source.data().free.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
        source.data_mut().free = source_free;
        dest.data_mut().free = dest_free;
        let (source, dest) = (source.settle()?, dest.settle()?);
        source.write(ctx);
        dest.write(ctx);
    }
    announce(ctx, &Event::Transfer { from: *from, to: *to, amount });
    Ok(())
}

/// How much of its free money `who` can spend at once.
pub fn reducible_balance(ctx: &Ctx, who: &AccountId20, existence: Existence, freezing: Freezing) -> Balance {
    reducible(&account::get(ctx, who), existence, freezing)
}

/// Whether `who` can spend `amount`; zero always can.
///
/// Errors: `Token(FundsUnavailable)` beyond what is free, `Token(Frozen)` where freezes keep it, `Token(NotExpendable)`
/// where it would end the account or its existential deposit and `existence` forbids that, `Token(OnlyProvider)` where
/// something depends on the account.
pub fn can_withdraw(ctx: &Ctx, who: &AccountId20, amount: Balance, existence: Existence) -> DispatchResult {
    check_withdraw(&account::get(ctx, who), amount, existence)
}

/// Whether `who` can get `amount`; zero always can.
///
/// Errors: `Token(BelowMinimum)` where that makes less than the existential deposit, `Arithmetic(Overflow)`.
pub fn can_deposit(ctx: &Ctx, who: &AccountId20, amount: Balance) -> DispatchResult {
    check_deposit(&account::get(ctx, who), amount).map(|_| ())
}

/// Whether the existential deposit has to stay.
fn keeps_deposit(info: &AccountInfo, existence: Existence) -> bool {
    let only_provider = ledger::provides(&info.data) && info.providers <= 1;
    match existence {
        Existence::Expendable => only_provider && info.consumers > 0,
        Existence::Protect => only_provider,
        Existence::Preserve => true,
    }
}

/// [`reducible_balance`] of a record.
pub(crate) fn reducible(info: &AccountInfo, existence: Existence, freezing: Freezing) -> Balance {
    let frozen = match freezing {
        Freezing::Respected => info.data.frozen.saturating_sub(info.data.reserved),
        Freezing::Ignored => 0,
    };
    let deposit = if keeps_deposit(info, existence) { EXISTENTIAL_DEPOSIT } else { 0 };
    info.data.free.saturating_sub(frozen.max(deposit))
}

/// [`can_withdraw`] of a record: `Ok` exactly where `amount` is zero or at most [`reducible`], else the reason.
pub(crate) fn check_withdraw(info: &AccountInfo, amount: Balance, existence: Existence) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    let left = info.data.free.checked_sub(amount).ok_or(TokenError::FundsUnavailable)?;
    if left < info.data.frozen.saturating_sub(info.data.reserved) {
        return Err(TokenError::Frozen.into());
    }
    if left < EXISTENTIAL_DEPOSIT && keeps_deposit(info, existence) {
        let expendable = existence == Existence::Expendable;
        return Err(if expendable { TokenError::OnlyProvider } else { TokenError::NotExpendable }.into());
    }
    Ok(())
}

/// [`can_deposit`] of a record: the free money that it would have then.
pub(crate) fn check_deposit(info: &AccountInfo, amount: Balance) -> Result<Balance, DispatchError> {
    if amount == 0 {
        return Ok(info.data.free);
    }
    let free = info.data.free.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    free.checked_add(info.data.reserved).ok_or(ArithmeticError::Overflow)?;
    if free < EXISTENTIAL_DEPOSIT {
        return Err(TokenError::BelowMinimum.into());
    }
    Ok(free)
}

#[cfg(test)]
mod tests;
