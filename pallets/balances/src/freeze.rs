//! Freezes: an account's total must not fall below an amount by spending, under a reason.
//!
//! Freezes overlap: the largest counts. They may exceed what the account has.

use alloc::vec::Vec;
use ziver_primitives::{AccountId20, Balance};
use ziver_support::{Ctx, DispatchResult};

use crate::{
    Error, Event, Reason,
    event::announce,
    ledger::Entry,
    limits::FREEZES_MAX,
    storage::{FREEZES, IdAmount, amount_of, with_amount},
};

/// What `reason` freezes of `who`.
pub fn frozen_by(ctx: &Ctx, reason: Reason, who: &AccountId20) -> Balance {
    amount_of(&FREEZES.get_or_default(ctx, who), reason)
}

/// Sets what `reason` freezes of `who`; zero ends it.
///
/// Errors: `TooManyFreezes`, `NoProviders` where the account does not exist, `TooManyConsumers`.
pub fn set_freeze(ctx: &mut Ctx, reason: Reason, who: &AccountId20, amount: Balance) -> DispatchResult {
    let freezes = FREEZES.get_or_default(ctx, who);
    let freezes = with_amount(freezes, reason, amount, FREEZES_MAX).ok_or(Error::TooManyFreezes)?;
    update(ctx, who, &freezes)
}

/// Raises what `reason` freezes of `who` to at least `amount`.
///
/// Errors: those of [`set_freeze`].
pub fn extend_freeze(ctx: &mut Ctx, reason: Reason, who: &AccountId20, amount: Balance) -> DispatchResult {
    if amount <= frozen_by(ctx, reason, who) { Ok(()) } else { set_freeze(ctx, reason, who, amount) }
}

/// Ends what `reason` freezes of `who`.
///
/// Errors: none in a state that only this pallet wrote.
pub fn thaw(ctx: &mut Ctx, reason: Reason, who: &AccountId20) -> DispatchResult {
    set_freeze(ctx, reason, who, 0)
}

fn update(ctx: &mut Ctx, who: &AccountId20, freezes: &Vec<IdAmount>) -> DispatchResult {
    let frozen = freezes.iter().map(|freeze| freeze.amount).max().unwrap_or_default();
    let mut entry = Entry::read(ctx, who);
    let before = entry.before().data.frozen;
    entry.data_mut().frozen = frozen;
    let entry = entry.settle()?;
    entry.write(ctx);
    if freezes.is_empty() {
        FREEZES.remove(ctx, who)
    } else {
        FREEZES.insert(ctx, who, freezes)
    }
    if frozen > before {
        announce(ctx, &Event::Frozen { who: *who, amount: frozen.saturating_sub(before) });
    } else if frozen < before {
        announce(ctx, &Event::Thawed { who: *who, amount: before.saturating_sub(frozen) });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
