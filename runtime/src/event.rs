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
}

/// Every error of every pallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum RuntimeError {
    /// Accounts, upgrades.
    #[codec(index = 0)]
    System(ziver_system::Error),
    /// The time.
    #[codec(index = 3)]
    Timestamp(ziver_timestamp::Error),
}
