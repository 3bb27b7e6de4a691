//! Errors of this pallet. Most failures are `TokenError`s, as in Substrate.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::{impl_module_error, pallets};

/// Why a call failed; the order is Substrate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_balances", "pallet_balances"),
    replace_segment("error", "pallet"),
    capture_docs = "always"
)]
pub enum Error {
    /// Vesting balance too high to send value.
    VestingBalance,
    /// Account liquidity restrictions prevent withdrawal.
    LiquidityRestrictions,
    /// Balance too low to send value.
    InsufficientBalance,
    /// Value too low to create account due to existential deposit.
    ExistentialDeposit,
    /// Transfer or payment would kill account.
    Expendability,
    /// A vesting schedule already exists for this account.
    ExistingVestingSchedule,
    /// Beneficiary account must exist already.
    DeadAccount,
    /// Too many named reserves.
    TooManyReserves,
    /// Too many holds.
    TooManyHolds,
    /// Too many freezes.
    TooManyFreezes,
    /// The issuance cannot be modified since it is already deactivated.
    IssuanceDeactivated,
    /// The delta cannot be zero.
    DeltaZero,
}

impl_module_error!(Error, pallets::BALANCES);
