//! Accounts: nonce, reference counts, and the money that `pallets/balances` keeps in the same record.
//!
//! An account exists while it has a provider or is sufficient by itself; something that must not outlive an account is
//! a consumer of it. [`put`] is the one place that writes a record, so that creation and death are always announced.
//!
//! An account that dies takes its nonce along, as in Substrate: should it exist again, it begins at nonce 0, and immortal
//! transactions of its first life are valid again. Who lets accounts die should sign mortal transactions, as clients do
//! unless told otherwise (docs/decisions/0005).
//!
//! Out of scope: what money may do (`pallets/balances`).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance, Nonce};
use ziver_support::{
    Ctx, DispatchError, pallets,
    storage::{Blake2_128Concat, StorageMap},
};

use crate::{Event, event::deposit};

/// How many consumers an account may have.
pub const CONSUMERS_MAX: u32 = 16;
/// Set in [`AccountData::flags`] of every account: holds and freezes as tools know them since 2023.
pub const FLAG_NEW_LOGIC: u128 = 1 << 127;

/// All accounts.
pub static ACCOUNT: StorageMap<Blake2_128Concat, AccountId20, AccountInfo> =
    StorageMap::new(pallets::SYSTEM.name, "Account");

/// An account's record.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct AccountInfo {
    /// How many transactions it has sent.
    pub nonce: Nonce,
    /// How many things depend on the account's existence.
    pub consumers: u32,
    /// How many things keep the account in existence.
    pub providers: u32,
    /// How many things keep it in existence that nobody may depend on.
    pub sufficients: u32,
    /// Its money.
    pub data: AccountData,
}

/// An account's money, in the smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AccountData {
    /// What it may transfer, except what is frozen.
    pub free: Balance,
    /// What is on hold or reserved; it can't be transferred, only slashed or released.
    pub reserved: Balance,
    /// The total (free and reserved) must not fall below this by transfers.
    pub frozen: Balance,
    /// [`FLAG_NEW_LOGIC`].
    pub flags: u128,
}

impl Default for AccountData {
    fn default() -> Self {
        Self { free: 0, reserved: 0, frozen: 0, flags: FLAG_NEW_LOGIC }
    }
}

impl AccountInfo {
    /// Whether the account exists.
    pub fn exists(&self) -> bool {
        self.providers > 0 || self.sufficients > 0
    }

    /// One more thing depends on the account. `NoProviders` where nothing keeps it alive, `TooManyConsumers` beyond
    /// [`CONSUMERS_MAX`].
    pub fn add_consumer(&mut self) -> Result<(), DispatchError> {
        if self.providers == 0 {
            return Err(DispatchError::NoProviders);
        }
        if self.consumers >= CONSUMERS_MAX {
            return Err(DispatchError::TooManyConsumers);
        }
        self.consumers = self.consumers.saturating_add(1);
        Ok(())
    }

    /// One thing less depends on the account.
    pub fn remove_consumer(&mut self) {
        self.consumers = self.consumers.saturating_sub(1);
    }

    /// One more thing keeps the account alive.
    pub fn add_provider(&mut self) {
        self.providers = self.providers.saturating_add(1);
    }

    /// One thing less keeps the account alive. `ConsumerRemaining` where it is the last and something depends on it.
    pub fn remove_provider(&mut self) -> Result<(), DispatchError> {
        if self.providers <= 1 && self.consumers > 0 {
            return Err(DispatchError::ConsumerRemaining);
        }
        self.providers = self.providers.saturating_sub(1);
        Ok(())
    }
}

/// The record of `who`; the default where there is none.
pub fn get(ctx: &Ctx, who: &AccountId20) -> AccountInfo {
    ACCOUNT.get_or_default(ctx, who)
}

/// Writes the record of `who`, which was `before`. Announces an account that begins to exist; removes one that ends.
pub fn put(ctx: &mut Ctx, who: &AccountId20, before: &AccountInfo, after: &AccountInfo) {
    match (before.exists(), after.exists()) {
        (_, true) => ACCOUNT.insert(ctx, who, after),
        (true, false) => ACCOUNT.remove(ctx, who),
        // A record of no account that holds something (a nonce, say): kept as it is. An account that dies is another
        // case: its nonce is forgotten.
        (false, false) if *after != AccountInfo::default() => ACCOUNT.insert(ctx, who, after),
        (false, false) => {}
    }
    match (before.exists(), after.exists()) {
        (false, true) => deposit(ctx, &Event::NewAccount { account: *who }),
        (true, false) => deposit(ctx, &Event::KilledAccount { account: *who }),
        _ => {}
    }
}

/// Reads the record of `who`, lets `change` change it, and writes it unless that fails or changes nothing.
pub fn mutate<T, E>(
    ctx: &mut Ctx,
    who: &AccountId20,
    change: impl FnOnce(&mut AccountInfo) -> Result<T, E>,
) -> Result<T, E> {
    let before = get(ctx, who);
    let mut after = before;
    let result = change(&mut after)?;
    if after != before {
        put(ctx, who, &before, &after);
    }
    Ok(result)
}

/// How many transactions `who` has sent.
pub fn nonce(ctx: &Ctx, who: &AccountId20) -> Nonce {
    get(ctx, who).nonce
}

#[cfg(test)]
mod tests;
