//! One account while it is being changed: read once, judged, written once.
//!
//! An [`Entry`] is changed freely in memory. [`Entry::settle`] applies the rules of life and death and may refuse;
//! [`Settled::write`] can't fail. Settling all entries before writing the first is what makes a failed call leave no
//! trace.

use ziver_primitives::{AccountId20, Balance};
use ziver_support::{Ctx, DispatchError};
use ziver_system::account::{self, AccountData, AccountInfo};

use crate::{EXISTENTIAL_DEPOSIT, Event, event::announce, issuance};

/// An account as it was and as it is to be.
#[derive(Debug)]
pub(crate) struct Entry {
    who: AccountId20,
    before: AccountInfo,
    after: AccountInfo,
}

impl Entry {
    /// Reads an account; one that does not exist has nothing.
    pub(crate) fn read(ctx: &Ctx, who: &AccountId20) -> Self {
        let before = account::get(ctx, who);
        Self { who: *who, before, after: before }
    }

    /// The account as it was.
    pub(crate) fn before(&self) -> &AccountInfo {
        &self.before
    }

    /// Its money, to be changed.
    pub(crate) fn data_mut(&mut self) -> &mut AccountData {
        &mut self.after.data
    }

    /// Its money as it is to be.
    pub(crate) fn data(&self) -> &AccountData {
        &self.after.data
    }

    /// Applies the rules of life and death: free money from the existential deposit on provides for the account,
    /// reserved or frozen money needs it to live, and dust is lost.
    ///
    /// Errors: `ConsumerRemaining` where the account would die but may not; `NoProviders` where it has reserved or
    /// frozen money, but nothing to live on; `TooManyConsumers`.
    pub(crate) fn settle(mut self) -> Result<Settled, DispatchError> {
        let (provided, provides) = (provides(&self.before.data), provides(&self.after.data));
        let (consumed, consumes) = (consumes(&self.before.data), consumes(&self.after.data));
        if provides && !provided {
            self.after.add_provider();
        }
        if consumes && !consumed {
            self.after.add_consumer()?;
        }
        if consumed && !consumes {
            self.after.remove_consumer();
        }
        if provided && !provides {
            self.after.remove_provider()?;
        }
        let mut dust = 0;
        if !provides && self.after.data.reserved == 0 {
            dust = core::mem::take(&mut self.after.data.free);
        }
        Ok(Settled { entry: self, dust })
    }
}

/// Whether the money keeps its account alive.
pub(crate) fn provides(data: &AccountData) -> bool {
    data.free >= EXISTENTIAL_DEPOSIT
}

/// Whether the money needs its account to stay alive.
fn consumes(data: &AccountData) -> bool {
    data.reserved > 0 || data.frozen > 0
}

/// An account that may be written as it is.
#[derive(Debug)]
#[must_use]
pub(crate) struct Settled {
    entry: Entry,
    dust: Balance,
}

impl Settled {
    /// Writes the account, announces its birth or death, burns its dust.
    pub(crate) fn write(self, ctx: &mut Ctx) {
        let Self { entry: Entry { who, before, after }, dust } = self;
        if after != before {
            account::put(ctx, &who, &before, &after);
        }
        let (had, has) = (before.data.free > 0 || before.data.reserved > 0, after.data.free > 0);
        if has && !had {
            announce(ctx, &Event::Endowed { account: who, free_balance: after.data.free });
        }
        if dust > 0 {
            issuance::decrease(ctx, dust);
            announce(ctx, &Event::DustLost { account: who, amount: dust });
        }
    }
}
