//! Storage deposits: who lets a contract store something pays for as long as it is stored.
//!
//! The deposit lies on the contract's own account, on hold. It comes from the transaction's signer, and goes to the signer of
//! the transaction that gives the storage back, as in Substrate: that is the incentive to give it back.

use alloc::{collections::BTreeMap, vec::Vec};
use ziver_balances::{Existence, Precision, Reason};
use ziver_primitives::{AccountId20, Balance};
use ziver_support::{Ctx, DispatchError, DispatchResult, pallets};

use crate::{
    Error, Event,
    api::StorageDeposit,
    event::announce,
    limits::{DEPOSIT_PER_BYTE, DEPOSIT_PER_ITEM},
    storage::{CONTRACT_INFO_OF, ContractInfo, StorageId},
};

/// On hold for uploaded code.
pub const CODE_UPLOAD: Reason = Reason::new(pallets::CONTRACTS, 0);
/// On hold for what a contract stores.
pub const STORAGE: Reason = Reason::new(pallets::CONTRACTS, 1);

/// What is held for `bytes` and `items`.
pub fn price(bytes: u64, items: u64) -> Balance {
    let bytes = DEPOSIT_PER_BYTE.saturating_mul(Balance::from(bytes));
    bytes.saturating_add(DEPOSIT_PER_ITEM.saturating_mul(Balance::from(items)))
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A contract stores more or less.
    Cells { contract: AccountId20, storage_id: StorageId, bytes: i64, items: i64 },
    /// The signer has paid.
    Paid(Balance),
    /// The signer was paid.
    Refunded(Balance),
}

/// The steps of a transaction, in order; those of a frame that is undone are cut off.
#[derive(Debug, Default)]
pub struct Deposits(Vec<Step>);

impl Deposits {
    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets the steps from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Notes that a cell of `contract` had `before` bytes and has `after`; `None` where there is none.
    pub fn cell(
        &mut self,
        from: usize,
        contract: &AccountId20,
        storage_id: &StorageId,
        before: Option<usize>,
        after: Option<usize>,
    ) {
        let bytes = |len: Option<usize>| i64::try_from(len.unwrap_or(0)).unwrap_or(i64::MAX);
        let items = |len: Option<usize>| i64::from(len.is_some());
        let (more, new) = (bytes(after).saturating_sub(bytes(before)), items(after).saturating_sub(items(before)));
        // A contract's steps in a row become one: a loop of writes needs no memory.
        let merged = self.0.get_mut(from..).and_then(<[Step]>::last_mut);
        if let Some(Step::Cells { contract: last, storage_id: id, bytes, items }) = merged
            && (&*last, &*id) == (contract, storage_id)
        {
            (*bytes, *items) = (bytes.saturating_add(more), items.saturating_add(new));
        } else if (more, new) != (0, 0) {
            self.0.push(Step::Cells { contract: *contract, storage_id: *storage_id, bytes: more, items: new });
        }
    }

    /// Takes `amount` from the signer and holds it on `contract`'s account.
    pub fn charge(
        &mut self,
        ctx: &mut Ctx,
        signer: &AccountId20,
        contract: &AccountId20,
        amount: Balance,
    ) -> DispatchResult {
        pay(ctx, signer, contract, amount)?;
        self.0.push(Step::Paid(amount));
        Ok(())
    }

    /// Notes that the signer has paid `amount` otherwise.
    pub fn paid(&mut self, amount: Balance) {
        self.0.push(Step::Paid(amount));
    }

    /// Gives `amount` that is on hold on `contract`'s account to the signer.
    pub fn refund(
        &mut self,
        ctx: &mut Ctx,
        signer: &AccountId20,
        contract: &AccountId20,
        amount: Balance,
    ) -> DispatchResult {
        repay(ctx, signer, contract, amount)?;
        self.0.push(Step::Refunded(amount));
        Ok(())
    }

    /// What the steps from `from` on cost the signer at today's prices; zero where he gets something back.
    pub fn charge_since(&self, ctx: &Ctx, from: usize) -> Balance {
        let (mut paid, mut refunded): (Balance, Balance) = (0, 0);
        for step in self.0.iter().skip(from) {
            match step {
                Step::Paid(amount) => paid = paid.saturating_add(*amount),
                Step::Refunded(amount) => refunded = refunded.saturating_add(*amount),
                Step::Cells { contract, storage_id, bytes, items } => {
                    if CONTRACT_INFO_OF.get(ctx, contract).is_none_or(|info| info.storage_id != *storage_id) {
                        continue;
                    }
                    for (change, each) in [(*bytes, DEPOSIT_PER_BYTE), (*items, DEPOSIT_PER_ITEM)] {
                        let amount = each.saturating_mul(Balance::from(change.unsigned_abs()));
                        let side = if change > 0 { &mut paid } else { &mut refunded };
                        *side = side.saturating_add(amount);
                    }
                }
            }
        }
        paid.saturating_sub(refunded)
    }

    /// Settles what the contracts stored, each at once and those first that give something back, and says what the signer paid
    /// in all.
    ///
    /// Errors: `StorageDepositNotEnoughFunds`; `StorageDepositLimitExhausted` beyond `limit`.
    pub fn settle(
        &mut self,
        ctx: &mut Ctx,
        signer: &AccountId20,
        limit: Option<Balance>,
    ) -> Result<StorageDeposit, DispatchError> {
        let (mut paid, mut refunded): (Balance, Balance) = (0, 0);
        let mut changed = BTreeMap::new();
        for step in core::mem::take(&mut self.0) {
            match step {
                Step::Paid(amount) => paid = paid.saturating_add(amount),
                Step::Refunded(amount) => refunded = refunded.saturating_add(amount),
                Step::Cells { contract, storage_id, bytes, items } => {
                    let known = || CONTRACT_INFO_OF.get(ctx, &contract);
                    let (info, more, less) = changed.entry(contract).or_insert_with(|| (known(), 0, 0));
                    // A contract that ended has been settled; another one may have its address by now.
                    let Some(info) = info.as_mut().filter(|info| info.storage_id == storage_id) else { continue };
                    let (up, down): (Balance, Balance) = change(info, bytes, items);
                    (*more, *less) = (up.saturating_add(*more), down.saturating_add(*less));
                }
            }
        }
        let mut owed = Vec::new();
        for (contract, (info, more, less)) in changed {
            let Some(info) = info else { continue };
            CONTRACT_INFO_OF.insert(ctx, &contract, &info);
            repay(ctx, signer, &contract, less.saturating_sub(more))?;
            owed.push((contract, more.saturating_sub(less)));
            (paid, refunded) = (paid.saturating_add(more), refunded.saturating_add(less));
        }
        for (contract, amount) in owed {
            pay(ctx, signer, &contract, amount)?;
        }
        let charge = paid.saturating_sub(refunded);
        if limit.is_some_and(|limit| charge > limit) {
            return Err(Error::StorageDepositLimitExhausted.into());
        }
        let refund = refunded.saturating_sub(paid);
        Ok(if refund > 0 { StorageDeposit::Refund(refund) } else { StorageDeposit::Charge(charge) })
    }
}

/// Changes what a contract stores and what is held for it; answers what is to be paid and what is to be refunded. A refund is
/// the share of what was held, at whatever prices that was.
fn change(info: &mut ContractInfo, bytes: i64, items: i64) -> (Balance, Balance) {
    let by_bytes = part(&mut info.storage_bytes, &mut info.storage_byte_deposit, bytes, DEPOSIT_PER_BYTE);
    let by_items = part(&mut info.storage_items, &mut info.storage_item_deposit, items, DEPOSIT_PER_ITEM);
    (by_bytes.0.saturating_add(by_items.0), by_bytes.1.saturating_add(by_items.1))
}

fn part(count: &mut u32, deposit: &mut Balance, change: i64, price: Balance) -> (Balance, Balance) {
    let size = u32::try_from(change.unsigned_abs()).unwrap_or(u32::MAX);
    if change >= 0 {
        let more = price.saturating_mul(Balance::from(size));
        *count = count.saturating_add(size);
        *deposit = deposit.saturating_add(more);
        return (more, 0);
    }
    let share = deposit.saturating_mul(Balance::from(size)).checked_div(Balance::from(*count));
    let less = share.unwrap_or(*deposit).min(*deposit);
    *count = count.saturating_sub(size);
    *deposit = deposit.saturating_sub(less);
    (0, less)
}

fn pay(ctx: &mut Ctx, signer: &AccountId20, contract: &AccountId20, amount: Balance) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    let moved = ziver_balances::transfer(ctx, signer, contract, amount, Existence::Preserve)
        .and_then(|()| ziver_balances::hold(ctx, STORAGE, contract, amount));
    moved.map_err(|_| DispatchError::from(Error::StorageDepositNotEnoughFunds))?;
    announce(ctx, &Event::StorageDepositTransferredAndHeld { from: *signer, to: *contract, amount });
    Ok(())
}

fn repay(ctx: &mut Ctx, signer: &AccountId20, contract: &AccountId20, amount: Balance) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    let released = ziver_balances::release(ctx, STORAGE, contract, amount, Precision::BestEffort)?;
    ziver_balances::transfer(ctx, contract, signer, released, Existence::Preserve)?;
    announce(ctx, &Event::StorageDepositTransferredAndReleased { from: *contract, to: *signer, amount: released });
    Ok(())
}
