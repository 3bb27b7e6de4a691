//! The runtime's enums of events and errors, as clients decode them.
//!
//! The runtime itself never makes one: pallets deposit their events as bytes behind their index, and errors travel as
//! `ModuleError`. These types describe both to clients and to tests.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// Every event of every pallet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum RuntimeEvent {
    /// Accounts, extrinsics, upgrades.
    #[codec(index = 0)]
    System(ziver_system::Event),
    /// Batches.
    #[codec(index = 1)]
    Utility(ziver_utility::Event),
    /// Money.
    #[codec(index = 5)]
    Balances(ziver_balances::Event),
    /// Fees.
    #[codec(index = 6)]
    TransactionPayment(ziver_fees::Event),
    /// The key that may do anything.
    #[codec(index = 7)]
    Sudo(ziver_sudo::Event),
    /// Contracts.
    #[codec(index = 8)]
    Contracts(ziver_contracts::Event),
}

/// Every error of every pallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum RuntimeError {
    /// Accounts, upgrades.
    #[codec(index = 0)]
    System(ziver_system::Error),
    /// Batches.
    #[codec(index = 1)]
    Utility(ziver_utility::Error),
    /// The time.
    #[codec(index = 3)]
    Timestamp(ziver_timestamp::Error),
    /// Money.
    #[codec(index = 5)]
    Balances(ziver_balances::Error),
    /// The key that may do anything.
    #[codec(index = 7)]
    Sudo(ziver_sudo::Error),
    /// Contracts.
    #[codec(index = 8)]
    Contracts(ziver_contracts::Error),
}
