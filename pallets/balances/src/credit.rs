//! Money on its way: withdrawn from one account and not yet given to another or destroyed.
//!
//! Fees and slashes take money before it is known who gets it. It still counts in the total issuance, which therefore
//! need not be touched; a [`Credit`] must be used up by [`deposit`] or [`destroy`] within the same extrinsic.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{ArithmeticError, Ctx, DispatchError};

use crate::{
    Event, Existence,
    event::announce,
    issuance,
    ledger::Entry,
    storage::TOTAL_ISSUANCE,
    transfer::{check_deposit, check_withdraw},
};

/// An amount of money that belongs to nobody at the moment. Dropping one that is not zero breaks the total.
#[must_use = "money that is dropped makes the total issuance wrong: deposit or destroy it"]
#[derive(Debug, PartialEq, Eq)]
pub struct Credit(Balance);

impl Credit {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Money that was taken from an account.
    pub(crate) const fn taken(amount: Balance) -> Self {
        Self(amount)
    }

    /// How much it is, in the smallest unit.
    pub const fn amount(&self) -> Balance {
        self.0
    }

    /// At most `first` of it, and the rest.
    pub fn split(self, first: Balance) -> (Self, Self) {
        let first = self.0.min(first);
        (Self(first), Self(self.0.saturating_sub(first)))
    }

    /// Both together.
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Takes `amount` of free money from `who`.
///
/// Errors: those of [`crate::can_withdraw`].
pub fn withdraw(
    ctx: &mut Ctx,
    who: &AccountId20,
    amount: Balance,
    existence: Existence,
) -> Result<Credit, DispatchError> {
    if amount == 0 {
        return Ok(Credit::ZERO);
    }
    let mut entry = Entry::read(ctx, who);
    check_withdraw(entry.before(), amount, existence)?;
    let left = entry.data().free.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
    entry.data_mut().free = left;
    entry.settle()?.write(ctx);
    announce(ctx, &Event::Withdraw { who: *who, amount });
    Ok(Credit(amount))
}

/// Gives money to `who`; gives it back where `who` can't have it ([`crate::can_deposit`]).
pub fn deposit(ctx: &mut Ctx, who: &AccountId20, credit: Credit) -> Result<(), Credit> {
    let amount = credit.amount();
    if amount == 0 {
        return Ok(());
    }
    let mut entry = Entry::read(ctx, who);
    let Ok(free) = check_deposit(entry.before(), amount) else { return Err(credit) };
    entry.data_mut().free = free;
    let Ok(entry) = entry.settle() else { return Err(credit) };
    entry.write(ctx);
    announce(ctx, &Event::Deposit { who: *who, amount });
    Ok(())
}

/// Destroys money.
pub fn destroy(ctx: &mut Ctx, credit: Credit) {
    let amount = credit.amount();
    if amount > 0 {
        issuance::decrease(ctx, amount);
        announce(ctx, &Event::Rescinded { amount });
    }
}

/// Makes money, for instance rewards. `Arithmetic(Overflow)` where there would be more than a balance can say.
pub fn issue(ctx: &mut Ctx, amount: Balance) -> Result<Credit, DispatchError> {
    let issuance = issuance::total_issuance(ctx).checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    if amount > 0 {
        TOTAL_ISSUANCE.set(ctx, &issuance);
        announce(ctx, &Event::Issued { amount });
    }
    Ok(Credit(amount))
}

#[cfg(test)]
mod tests;
