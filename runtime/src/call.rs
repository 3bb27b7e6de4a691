//! The runtime's enum of calls: one `match` from a decoded call to the pallet that runs it.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_support::{Ctx, DispatchInfo, DispatchResultWithPostInfo, Dispatchable, Origin};

/// Every call of every pallet. Indices are those of `ziver_support::pallets`; a test compares.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum RuntimeCall {
    /// Accounts, events, upgrades.
    #[codec(index = 0)]
    System(ziver_system::Call),
    /// Batches of calls.
    #[codec(index = 1)]
    Utility(ziver_utility::Call<RuntimeCall>),
    /// The time.
    #[codec(index = 3)]
    Timestamp(ziver_timestamp::Call),
    /// Money.
    #[codec(index = 5)]
    Balances(ziver_balances::Call),
    /// The key that may do anything.
    #[codec(index = 7)]
    Sudo(ziver_sudo::Call<RuntimeCall>),
    /// Contracts.
    #[codec(index = 8)]
    Contracts(ziver_contracts::Call),
}

impl Dispatchable for RuntimeCall {
    fn dispatch_info(&self) -> DispatchInfo {
        match self {
            Self::System(call) => call.dispatch_info(),
            Self::Utility(call) => call.dispatch_info(),
            Self::Timestamp(call) => call.dispatch_info(),
            Self::Balances(call) => call.dispatch_info(),
            Self::Sudo(call) => call.dispatch_info(),
            Self::Contracts(call) => call.dispatch_info(),
        }
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        match self {
            Self::System(call) => call.dispatch(ctx, origin),
            Self::Utility(call) => call.dispatch(ctx, origin),
            Self::Timestamp(call) => call.dispatch(ctx, origin),
            Self::Balances(call) => call.dispatch(ctx, origin),
            Self::Sudo(call) => call.dispatch(ctx, origin),
            Self::Contracts(call) => call.dispatch(ctx, origin),
        }
    }
}

#[cfg(test)]
mod tests;
