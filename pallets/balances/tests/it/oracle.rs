//! The oracle: accounts as sums of named parts, changed freely and then judged as a whole.
//!
//! Nothing is taken from the pallet but its names: totals, frozen amounts, reference counts and the life of an account
//! follow from the parts each time they are asked for.

use std::collections::BTreeMap;
use ziver_balances::{BalanceStatus, EXISTENTIAL_DEPOSIT as ED, Error, Existence, Precision};
use ziver_support::{ArithmeticError, DispatchError, TokenError};

pub type Amount = u128;
pub type Who = u8;

/// An account's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub free: Amount,
    pub plain: Amount,
    pub holds: BTreeMap<u8, Amount>,
    pub freezes: BTreeMap<u8, Amount>,
    pub other_providers: u32,
    pub other_consumers: u32,
}

impl Account {
    pub fn reserved(&self) -> Amount {
        self.plain + self.holds.values().sum::<Amount>()
    }

    pub fn frozen(&self) -> Amount {
        self.freezes.values().copied().max().unwrap_or(0)
    }

    pub fn lives_on_money(&self) -> bool {
        self.free >= ED
    }

    pub fn providers(&self) -> u32 {
        self.other_providers + u32::from(self.lives_on_money())
    }

    fn money_consumes(&self) -> bool {
        self.reserved() > 0 || self.frozen() > 0
    }

    pub fn consumers(&self) -> u32 {
        self.other_consumers + u32::from(self.money_consumes())
    }

    /// Whether `amount` may leave; why not.
    fn may_spend(&self, amount: Amount, existence: Existence) -> Result<(), DispatchError> {
        if amount == 0 {
            return Ok(());
        }
        if amount > self.free {
            return Err(TokenError::FundsUnavailable.into());
        }
        let left = self.free - amount;
        if left + self.reserved() < self.frozen() {
            return Err(TokenError::Frozen.into());
        }
        let would_lose_its_living = self.lives_on_money() && left < ED && self.other_providers == 0;
        match existence {
            Existence::Preserve if left < ED => Err(TokenError::NotExpendable.into()),
            Existence::Protect if would_lose_its_living => Err(TokenError::NotExpendable.into()),
            Existence::Expendable if would_lose_its_living && self.consumers() > 0 => {
                Err(TokenError::OnlyProvider.into())
            }
            _ => Ok(()),
        }
    }

    /// The most that may leave, found by asking.
    pub fn spendable(&self, existence: Existence) -> Amount {
        let (mut low, mut high) = (0, self.free);
        while low < high {
            let middle = high - (high - low) / 2;
            if self.may_spend(middle, existence).is_ok() { low = middle } else { high = middle - 1 }
        }
        low
    }

    fn may_get(&self, amount: Amount) -> Result<(), DispatchError> {
        let all = self.free.checked_add(amount).and_then(|free| free.checked_add(self.reserved()));
        match all {
            _ if amount == 0 => Ok(()),
            None => Err(ArithmeticError::Overflow.into()),
            Some(_) if self.free + amount < ED => Err(TokenError::BelowMinimum.into()),
            Some(_) => Ok(()),
        }
    }

    /// What may be pledged: all but the existential deposit, where the account lives on it.
    fn pledgeable(&self) -> Amount {
        let keep = if self.lives_on_money() && self.other_providers == 0 { ED } else { 0 };
        self.free.saturating_sub(keep)
    }

    /// What of the reserved part may go to somebody else: freezes are about the total.
    fn movable(&self) -> Amount {
        self.reserved().saturating_sub(self.frozen().saturating_sub(self.free))
    }

    /// Whether an account may change like this, reference counts being what they are.
    fn may_become(&self, after: &Self) -> Result<(), DispatchError> {
        let begins_to_consume = after.money_consumes() && !self.money_consumes();
        // Money that comes in provides before anything consumes; money that goes out stops providing last.
        let providers = after.providers().max(self.providers());
        if begins_to_consume && providers == 0 {
            return Err(DispatchError::NoProviders);
        }
        if begins_to_consume && self.consumers() >= 16 {
            return Err(DispatchError::TooManyConsumers);
        }
        if self.providers() > 0 && after.providers() == 0 && after.consumers() > 0 {
            return Err(DispatchError::ConsumerRemaining);
        }
        Ok(())
    }
}

/// All accounts and all money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    pub accounts: BTreeMap<Who, Account>,
    pub issuance: Amount,
}

/// What is done.
#[derive(Clone, Debug)]
pub enum Op {
    Transfer { from: Who, to: Who, amount: Amount, existence: Existence },
    TransferAll { from: Who, to: Who, keep_alive: bool },
    ForceUnreserve { who: Who, amount: Amount },
    ForceSetBalance { who: Who, free: Amount },
    Mint { who: Who, amount: Amount },
    Burn { who: Who, amount: Amount, existence: Existence },
    WithdrawThenDeposit { from: Who, to: Who, amount: Amount, existence: Existence },
    Hold { who: Who, reason: u8, amount: Amount },
    Release { who: Who, reason: u8, amount: Amount, precision: Precision },
    SlashHeld { who: Who, reason: u8, amount: Amount },
    TransferHeld { from: Who, to: Who, reason: u8, amount: Amount, precision: Precision, status: BalanceStatus },
    Reserve { who: Who, amount: Amount },
    SlashReserved { who: Who, amount: Amount },
    Repatriate { from: Who, to: Who, amount: Amount, status: BalanceStatus },
    SetFreeze { who: Who, reason: u8, amount: Amount },
    ExtendFreeze { who: Who, reason: u8, amount: Amount },
    AddProvider { who: Who },
    RemoveProvider { who: Who },
    AddConsumer { who: Who },
    RemoveConsumer { who: Who },
}

impl Model {
    pub fn account(&self, who: Who) -> Account {
        self.accounts.get(&who).cloned().unwrap_or_default()
    }

    /// The model after the operation, or why it must fail.
    pub fn after(&self, op: &Op) -> Result<Self, DispatchError> {
        let mut next = self.clone();
        next.apply(op)?;
        next.judge(self)
    }

    fn of(&mut self, who: Who) -> &mut Account {
        self.accounts.entry(who).or_default()
    }

    fn apply(&mut self, op: &Op) -> Result<(), DispatchError> {
        match *op {
            Op::Transfer { from, to, amount, existence } => self.transfer(from, to, amount, existence)?,
            Op::TransferAll { from, to, keep_alive } => {
                let existence = if keep_alive { Existence::Preserve } else { Existence::Expendable };
                let amount = self.account(from).spendable(existence);
                self.transfer(from, to, amount, existence)?;
            }
            Op::ForceUnreserve { who, amount } => {
                let actual = amount.min(self.of(who).plain);
                self.of(who).plain -= actual;
                self.of(who).free += actual;
            }
            Op::ForceSetBalance { who, free } => {
                let free = if free < ED { 0 } else { free };
                let others = self.issuance - self.of(who).free;
                self.issuance = others.checked_add(free).ok_or(ArithmeticError::Overflow)?;
                self.of(who).free = free;
            }
            Op::Mint { who, amount } => {
                self.issuance = self.issuance.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
                self.of(who).may_get(amount)?;
                self.of(who).free += amount;
            }
            Op::Burn { who, amount, existence } => {
                self.of(who).may_spend(amount, existence)?;
                self.of(who).free -= amount;
                self.issuance -= amount;
            }
            Op::AddProvider { who } => self.of(who).other_providers += 1,
            Op::RemoveProvider { who } => {
                let account = self.of(who);
                if account.providers() <= 1 && account.consumers() > 0 {
                    return Err(DispatchError::ConsumerRemaining);
                }
                account.other_providers -= 1;
            }
            Op::AddConsumer { who } => {
                let account = self.of(who);
                if account.providers() == 0 {
                    return Err(DispatchError::NoProviders);
                }
                if account.consumers() >= 16 {
                    return Err(DispatchError::TooManyConsumers);
                }
                account.other_consumers += 1;
            }
            Op::RemoveConsumer { who } => self.of(who).other_consumers -= 1,
            Op::WithdrawThenDeposit { .. } => unreachable!("it is two operations"),
            _ => self.apply_pledge(op)?,
        }
        Ok(())
    }

    fn transfer(&mut self, from: Who, to: Who, amount: Amount, existence: Existence) -> Result<(), DispatchError> {
        self.of(from).may_spend(amount, existence)?;
        if from != to {
            self.of(to).may_get(amount)?;
            self.of(from).free -= amount;
            self.of(to).free += amount;
        }
        Ok(())
    }

    fn apply_pledge(&mut self, op: &Op) -> Result<(), DispatchError> {
        match *op {
            Op::Hold { who, reason, amount } if amount > 0 => {
                let account = self.of(who);
                if account.providers() == 0 {
                    return Err(TokenError::CannotCreateHold.into());
                }
                if amount > account.pledgeable() {
                    return Err(TokenError::FundsUnavailable.into());
                }
                if account.holds.len() >= 16 && !account.holds.contains_key(&reason) {
                    return Err(Error::TooManyHolds.into());
                }
                account.free -= amount;
                *account.holds.entry(reason).or_default() += amount;
            }
            Op::Release { who, reason, amount, precision } => {
                let actual = self.lower(who, reason, amount, precision, Amount::MAX)?;
                self.of(who).free += actual;
            }
            Op::SlashHeld { who, reason, amount } => {
                self.issuance -= self.lower(who, reason, amount, Precision::BestEffort, Amount::MAX)?;
            }
            Op::TransferHeld { from, to, reason, amount, precision, status } => {
                self.transfer_held(from, to, reason, amount, precision, status)?;
            }
            Op::Reserve { who, amount } if amount > 0 => {
                let account = self.of(who);
                if amount > account.pledgeable() {
                    return Err(Error::InsufficientBalance.into());
                }
                account.free -= amount;
                account.plain += amount;
            }
            Op::SlashReserved { who, amount } => {
                let actual = amount.min(self.of(who).plain);
                self.of(who).plain -= actual;
                self.issuance -= actual;
            }
            Op::Repatriate { from, to, amount, status } => {
                let source = self.account(from);
                let actual = amount.min(source.plain).min(source.movable());
                if actual == 0 || (from == to && status == BalanceStatus::Reserved) {
                    return Ok(());
                }
                self.of(from).plain -= actual;
                self.receive(from, to, actual, status, |account| account.plain += actual)?;
            }
            Op::SetFreeze { who, reason, amount } => self.freeze(who, reason, amount)?,
            Op::ExtendFreeze { who, reason, amount } => {
                let now = self.account(who).freezes.get(&reason).copied().unwrap_or(0);
                if amount > now {
                    self.freeze(who, reason, amount)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn freeze(&mut self, who: Who, reason: u8, amount: Amount) -> Result<(), DispatchError> {
        let account = self.of(who);
        if amount == 0 {
            account.freezes.remove(&reason);
        } else if account.freezes.len() >= 16 && !account.freezes.contains_key(&reason) {
            return Err(Error::TooManyFreezes.into());
        } else {
            account.freezes.insert(reason, amount);
        }
        Ok(())
    }

    /// Takes from a hold.
    fn lower(
        &mut self,
        who: Who,
        reason: u8,
        amount: Amount,
        precision: Precision,
        max: Amount,
    ) -> Result<Amount, DispatchError> {
        let held = self.of(who).holds.get(&reason).copied().unwrap_or(0);
        let actual = amount.min(held).min(max);
        if precision == Precision::Exact && actual < amount {
            return Err(TokenError::FundsUnavailable.into());
        }
        if actual == held {
            self.of(who).holds.remove(&reason);
        } else {
            self.of(who).holds.insert(reason, held - actual);
        }
        Ok(actual)
    }

    fn transfer_held(
        &mut self,
        from: Who,
        to: Who,
        reason: u8,
        amount: Amount,
        precision: Precision,
        status: BalanceStatus,
    ) -> Result<(), DispatchError> {
        let own_release = from == to && status == BalanceStatus::Free;
        let max = if own_release { Amount::MAX } else { self.account(from).movable() };
        let before = self.clone();
        let actual = self.lower(from, reason, amount, precision, max)?;
        if from == to && status == BalanceStatus::Reserved {
            *self = before;
            return Ok(());
        }
        if actual == 0 {
            return Ok(());
        }
        self.receive(from, to, actual, status, |account| *account.holds.entry(reason).or_default() += actual)?;
        if self.account(to).holds.len() > 16 {
            return Err(Error::TooManyHolds.into());
        }
        Ok(())
    }

    /// Somebody gets what was pledged.
    fn receive(
        &mut self,
        from: Who,
        to: Who,
        actual: Amount,
        status: BalanceStatus,
        pledge: impl FnOnce(&mut Account),
    ) -> Result<(), DispatchError> {
        let account = self.of(to);
        if from == to {
            account.free += actual;
            return Ok(());
        }
        if account.providers() == 0 {
            return Err(Error::DeadAccount.into());
        }
        match status {
            BalanceStatus::Free => {
                account.may_get(actual)?;
                account.free += actual;
            }
            BalanceStatus::Reserved => pledge(account),
        }
        Ok(())
    }

    /// Whether every account may have become what it is; dust is lost, the dead are removed.
    fn judge(mut self, before: &Self) -> Result<Self, DispatchError> {
        for (who, account) in &self.accounts {
            before.account(*who).may_become(account)?;
        }
        for account in self.accounts.values_mut() {
            if !account.lives_on_money() && account.reserved() == 0 {
                self.issuance -= std::mem::take(&mut account.free);
            }
        }
        self.accounts.retain(|_, account| account.providers() > 0);
        Ok(self)
    }
}
