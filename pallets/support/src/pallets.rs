//! The one list of pallets: name (and storage prefix) and index in calls, events and errors.
//!
//! Both are part of the chain's interface: never change or reuse one.

/// A pallet's place in the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pallet {
    /// Name in metadata and prefix of its storage.
    pub name: &'static str,
    /// Index in calls, events and errors.
    pub index: u8,
}

/// Accounts, events, block data, code upgrades.
pub const SYSTEM: Pallet = Pallet { name: "System", index: 0 };
/// Batches of calls.
pub const UTILITY: Pallet = Pallet { name: "Utility", index: 1 };
/// The time.
pub const TIMESTAMP: Pallet = Pallet { name: "Timestamp", index: 3 };
/// Money.
pub const BALANCES: Pallet = Pallet { name: "Balances", index: 5 };
/// Fees (`pallets/fees`), under the name that clients look for.
pub const TRANSACTION_PAYMENT: Pallet = Pallet { name: "TransactionPayment", index: 6 };
/// Contracts.
pub const CONTRACTS: Pallet = Pallet { name: "Contracts", index: 8 };
/// The key that may do anything, on development chains.
pub const SUDO: Pallet = Pallet { name: "Sudo", index: 7 };
