//! The calls of this pallet; names, indices and fields are Substrate's.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance};
use ziver_support::{
    Ctx, DispatchInfo, DispatchResult, DispatchResultWithPostInfo, Dispatchable, Origin, PostDispatchInfo,
};

use crate::{Existence, Freezing, burn, issuance::set_free, reducible_balance, transfer, unreserve, weights};

/// What can be asked of this pallet.
#[allow(non_camel_case_types, reason = "clients know calls by these names")]
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(
    replace_segment("ziver_balances", "pallet_balances"),
    replace_segment("call", "pallet"),
    capture_docs = "always"
)]
pub enum Call {
    /// Transfer some free balance to another account. If less than the existential deposit is left, the sender's
    /// account ends and the rest is lost.
    ///
    /// Origin: signed. Events: `Transfer`, `Endowed` for a new account, `DustLost`.
    #[codec(index = 0)]
    transfer_allow_death {
        dest: AccountId20,
        #[codec(compact)]
        value: Balance,
    },
    /// As `transfer_allow_death`, from any account.
    ///
    /// Origin: root.
    #[codec(index = 2)]
    force_transfer {
        source: AccountId20,
        dest: AccountId20,
        #[codec(compact)]
        value: Balance,
    },
    /// As `transfer_allow_death`, but fails if less than the existential deposit would be left.
    ///
    /// Origin: signed.
    #[codec(index = 3)]
    transfer_keep_alive {
        dest: AccountId20,
        #[codec(compact)]
        value: Balance,
    },
    /// Transfer all that can be transferred; with `keep_alive` the existential deposit stays.
    ///
    /// Origin: signed.
    #[codec(index = 4)]
    transfer_all { dest: AccountId20, keep_alive: bool },
    /// Unreserve up to `amount` of what an account has reserved; holds are not touched.
    ///
    /// Origin: root. Events: `Unreserved`.
    #[codec(index = 5)]
    force_unreserve { who: AccountId20, amount: Balance },
    /// Set the free balance of an account; less than the existential deposit means zero.
    ///
    /// Origin: root. Events: `BalanceSet`.
    #[codec(index = 8)]
    force_set_balance {
        who: AccountId20,
        #[codec(compact)]
        new_free: Balance,
    },
    /// Destroy some of the sender's free balance.
    ///
    /// Origin: signed. Events: `Burned`.
    #[codec(index = 10)]
    burn {
        #[codec(compact)]
        value: Balance,
        keep_alive: bool,
    },
}

impl Dispatchable for Call {
    fn dispatch_info(&self) -> DispatchInfo {
        DispatchInfo::normal(match self {
            Self::transfer_allow_death { .. } => weights::TRANSFER_ALLOW_DEATH,
            Self::force_transfer { .. } => weights::FORCE_TRANSFER,
            Self::transfer_keep_alive { .. } => weights::TRANSFER_KEEP_ALIVE,
            Self::transfer_all { .. } => weights::TRANSFER_ALL,
            Self::force_unreserve { .. } => weights::FORCE_UNRESERVE,
            Self::force_set_balance { .. } => weights::FORCE_SET_BALANCE,
            Self::burn { .. } => weights::BURN,
        })
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        self.run(ctx, origin)?;
        Ok(PostDispatchInfo::default())
    }
}

impl Call {
    fn run(self, ctx: &mut Ctx, origin: Origin) -> DispatchResult {
        match self {
            Self::transfer_allow_death { dest, value } => {
                transfer(ctx, &origin.ensure_signed()?, &dest, value, Existence::Expendable)
            }
            Self::force_transfer { source, dest, value } => {
                origin.ensure_root()?;
                transfer(ctx, &source, &dest, value, Existence::Expendable)
            }
            Self::transfer_keep_alive { dest, value } => {
                transfer(ctx, &origin.ensure_signed()?, &dest, value, Existence::Preserve)
            }
            Self::transfer_all { dest, keep_alive } => {
                let (source, existence) = (origin.ensure_signed()?, existence(keep_alive));
                let value = reducible_balance(ctx, &source, existence, Freezing::Respected);
                transfer(ctx, &source, &dest, value, existence)
            }
            Self::force_unreserve { who, amount } => {
                origin.ensure_root()?;
                unreserve(ctx, &who, amount).map(|_| ())
            }
            Self::force_set_balance { who, new_free } => {
                origin.ensure_root()?;
                set_free(ctx, &who, new_free)
            }
            Self::burn { value, keep_alive } => burn(ctx, &origin.ensure_signed()?, value, existence(keep_alive)),
        }
    }
}

fn existence(keep_alive: bool) -> Existence {
    if keep_alive { Existence::Preserve } else { Existence::Expendable }
}

#[cfg(test)]
mod tests;
