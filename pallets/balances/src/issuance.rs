//! How much money there is: making and destroying it.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{ArithmeticError, Ctx, DispatchResult};

use crate::{
    EXISTENTIAL_DEPOSIT, Event, Existence,
    event::announce,
    ledger::Entry,
    storage::{INACTIVE_ISSUANCE, TOTAL_ISSUANCE},
    transfer::{check_deposit, check_withdraw},
};

/// All money there is, in the smallest unit.
pub fn total_issuance(ctx: &Ctx) -> Balance {
    TOTAL_ISSUANCE.get_or_default(ctx)
}

/// Makes `amount` and gives it to `who`.
///
/// Errors: those of [`crate::can_deposit`]; `Arithmetic(Overflow)` where there would be more than a balance can say.
pub fn mint(ctx: &mut Ctx, who: &AccountId20, amount: Balance) -> DispatchResult {
    let issuance = total_issuance(ctx).checked_add(amount).ok_or(ArithmeticError::Overflow)?;
    let mut entry = Entry::read(ctx, who);
    entry.data_mut().free = check_deposit(entry.before(), amount)?;
    let entry = entry.settle()?;
    TOTAL_ISSUANCE.set(ctx, &issuance);
    entry.write(ctx);
    announce(ctx, &Event::Minted { who: *who, amount });
    Ok(())
}

/// Takes `amount` of free money from `who` and destroys it.
///
/// Errors: those of [`crate::can_withdraw`].
pub fn burn(ctx: &mut Ctx, who: &AccountId20, amount: Balance, existence: Existence) -> DispatchResult {
    let mut entry = Entry::read(ctx, who);
    check_withdraw(entry.before(), amount, existence)?;
    if amount > 0 {
        let left = entry.data().free.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
        entry.data_mut().free = left;
        let entry = entry.settle()?;
        decrease(ctx, amount);
        entry.write(ctx);
    }
    announce(ctx, &Event::Burned { who: *who, amount });
    Ok(())
}

/// Sets the free money of `who`, by making or destroying the difference; less than the existential deposit means zero.
///
/// Errors: `ConsumerRemaining` where the account would die but may not, `Arithmetic(Overflow)`.
pub(crate) fn set_free(ctx: &mut Ctx, who: &AccountId20, free: Balance) -> DispatchResult {
    let free = if free < EXISTENTIAL_DEPOSIT { 0 } else { free };
    let mut entry = Entry::read(ctx, who);
    let others = total_issuance(ctx).saturating_sub(entry.before().data.free);
    let issuance = others.checked_add(free).ok_or(ArithmeticError::Overflow)?;
    entry.data_mut().free = free;
    let entry = entry.settle()?;
    TOTAL_ISSUANCE.set(ctx, &issuance);
    entry.write(ctx);
    announce(ctx, &Event::BalanceSet { who: *who, free });
    Ok(())
}

/// Money was destroyed.
pub(crate) fn decrease(ctx: &mut Ctx, amount: Balance) {
    let issuance = total_issuance(ctx).saturating_sub(amount);
    TOTAL_ISSUANCE.set(ctx, &issuance);
}

/// Marks `amount` more of all money as unable to vote, at most all of it.
pub fn deactivate(ctx: &mut Ctx, amount: Balance) {
    let inactive = INACTIVE_ISSUANCE.get_or_default(ctx).saturating_add(amount).min(total_issuance(ctx));
    INACTIVE_ISSUANCE.set(ctx, &inactive);
}

/// Marks `amount` of all money as able to vote again.
pub fn reactivate(ctx: &mut Ctx, amount: Balance) {
    let inactive = INACTIVE_ISSUANCE.get_or_default(ctx).saturating_sub(amount);
    INACTIVE_ISSUANCE.set(ctx, &inactive);
}

#[cfg(test)]
mod tests;
