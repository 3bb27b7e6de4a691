//! The first accounts.

use alloc::collections::BTreeSet;
use core::fmt;
use ziver_primitives::{AccountId20, Balance};
use ziver_support::Ctx;
use ziver_system::account::{self, AccountData, AccountInfo};

use crate::{EXISTENTIAL_DEPOSIT, storage::TOTAL_ISSUANCE};

/// What is wrong with the first balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesisError {
    /// An account is listed twice.
    Duplicate(AccountId20),
    /// An account has less than the existential deposit.
    BelowExistentialDeposit(AccountId20, Balance),
    /// All balances together are more than a balance can say.
    Overflow,
}

impl fmt::Display for GenesisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate(who) => write!(f, "balances: {who} is listed twice"),
            Self::BelowExistentialDeposit(who, amount) => {
                write!(f, "balances: {who} has {amount}, less than the existential deposit of {EXISTENTIAL_DEPOSIT}")
            }
            Self::Overflow => f.write_str("balances: the sum does not fit 128 bits"),
        }
    }
}

impl core::error::Error for GenesisError {}

/// Makes the first accounts. Checks everything before it writes.
pub fn genesis(ctx: &mut Ctx, balances: &[(AccountId20, Balance)]) -> Result<(), GenesisError> {
    let mut seen = BTreeSet::new();
    let mut total: Balance = 0;
    for (who, amount) in balances {
        if !seen.insert(who) {
            return Err(GenesisError::Duplicate(*who));
        }
        if *amount < EXISTENTIAL_DEPOSIT {
            return Err(GenesisError::BelowExistentialDeposit(*who, *amount));
        }
        total = total.checked_add(*amount).ok_or(GenesisError::Overflow)?;
    }
    TOTAL_ISSUANCE.set(ctx, &total);
    for (who, amount) in balances {
        let before = account::get(ctx, who);
        let mut after = AccountInfo { data: AccountData { free: *amount, ..before.data }, ..before };
        after.add_provider();
        account::put(ctx, who, &before, &after);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
