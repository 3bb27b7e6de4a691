//! What a contract may know: who called, with what, when, and what is left.

use codec::Encode;
use ziver_balances::{EXISTENTIAL_DEPOSIT, Existence, Freezing};
use ziver_primitives::AccountId20;
use ziver_support::Weight;
use ziver_system::block;

use super::{Answer, Host, ReturnCode};
use crate::{
    call::weight_of,
    exec::Touched,
    limits::{BLOCK_HASHES_MAX, DEBUG_BYTES_MAX},
    prices,
    storage::{CONTRACT_INFO_OF, NONCE},
};

impl Host<'_, '_, '_, '_> {
    pub(super) fn context(&mut self, function: u32) -> Answer<u64> {
        let (out, room) = (self.u32(0), self.u32(1));
        match function {
            23 => {
                let caller = self.frame()?.caller;
                self.give(out, room, &caller.0)?;
            }
            24 => {
                self.charge(prices::STORAGE_READ)?;
                let account = self.account(out)?;
                self.touch(Touched::Contract(account), prices::COLD)?;
                return Ok(u64::from(CONTRACT_INFO_OF.contains_key(self.ctx, &account)));
            }
            25 => return self.code_hash_of(),
            26 => {
                let code_hash = self.frame()?.code_hash;
                self.give(out, room, &code_hash.0)?;
            }
            27 => {
                let caller = self.frame()?.caller;
                return Ok(u64::from(caller == self.stack.origin));
            }
            // Root calls no contract.
            28 => return Ok(0),
            29 => {
                let account = self.frame()?.account;
                self.give(out, room, &account.0)?;
            }
            30 => {
                let weight = Weight::from_parts(self.word(0), 0);
                let fee = ziver_fees::price::weight_to_fee(weight);
                self.give(self.u32(1), self.u32(2), &fee.to_le_bytes())?;
            }
            31 => {
                let left = weight_of(self.call.counters.gas).encode();
                self.give(out, room, &left)?;
            }
            32 => {
                self.charge(prices::STORAGE_READ)?;
                let account = self.frame()?.account;
                let free =
                    ziver_balances::reducible_balance(self.ctx, &account, Existence::Preserve, Freezing::Respected);
                self.give(out, room, &free.to_le_bytes())?;
            }
            33 => {
                let value = self.frame()?.value;
                self.give(out, room, &value.to_le_bytes())?;
            }
            34 => {
                let now = ziver_timestamp::now(self.ctx);
                self.give(out, room, &now.to_le_bytes())?;
            }
            35 => self.give(out, room, &EXISTENTIAL_DEPOSIT.to_le_bytes())?,
            36 => {
                let number = block::NUMBER.get_or_default(self.ctx);
                self.give(out, room, &number.to_le_bytes())?;
            }
            37 => self.deposit_event()?,
            38 => return self.debug_message(out, room),
            49 => {
                let account = self.frame()?.account;
                return Ok(self.times_on_stack(&account).saturating_sub(1));
            }
            50 => {
                let account = self.account(out)?;
                return Ok(self.times_on_stack(&account));
            }
            51 => return Ok(NONCE.get_or_default(self.ctx)),
            54 => return Ok(self.call.counters.gas),
            // Less what a limit of its own keeps from it: limit less what is left is always what was used.
            55 => return Ok(self.frame()?.gas_limit.saturating_sub(self.frame()?.gas_kept)),
            56 => {
                let (left, limit) = (self.call.counters.gas, self.word(0));
                let kept = left.saturating_sub(limit);
                let frame = self.frame()?;
                frame.gas_kept = frame.gas_kept.saturating_add(kept);
                self.call.counters.gas = left.min(limit);
            }
            57 => {
                let origin = self.stack.origin;
                self.give(out, room, &origin.0)?;
            }
            _ => return self.block_hash(out, room),
        }
        Ok(0)
    }

    fn times_on_stack(&self, account: &AccountId20) -> u64 {
        let frames = self.stack.frames.iter();
        let times = frames.filter(|frame| frame.account == *account && !frame.is_delegate).count();
        u64::try_from(times).unwrap_or(u64::MAX)
    }

    fn code_hash_of(&mut self) -> Answer<u64> {
        self.charge(prices::STORAGE_READ)?;
        let account = self.account(self.u32(0))?;
        self.touch(Touched::Contract(account), prices::COLD)?;
        let Some(info) = CONTRACT_INFO_OF.get(self.ctx, &account) else { return Ok(ReturnCode::KeyNotFound.into()) };
        self.give(self.u32(1), self.u32(2), &info.code_hash.0)?;
        Ok(ReturnCode::Success.into())
    }

    fn block_hash(&mut self, number: u32, out: u32) -> Answer<u64> {
        self.charge(prices::STORAGE_READ)?;
        let current = block::NUMBER.get_or_default(self.ctx);
        let age = current.checked_sub(number).filter(|age| (1..=BLOCK_HASHES_MAX).contains(age));
        let hash = age.and_then(|_| {
            let parent = block::PARENT_HASH.get_or_default(self.ctx);
            block::ancestor_hash(self.ctx, number, current, &parent)
        });
        let Some(hash) = hash else { return Ok(ReturnCode::KeyNotFound.into()) };
        self.write(out, &hash.0)?;
        Ok(ReturnCode::Success.into())
    }

    fn debug_message(&mut self, pointer: u32, len: u32) -> Answer<u64> {
        self.charge_bytes(prices::DEBUG_BYTE, len)?;
        let message = self.bytes(pointer, len, u32::try_from(DEBUG_BYTES_MAX).unwrap_or(u32::MAX))?;
        if let Some(debug) = &mut self.stack.debug
            && debug.len().saturating_add(message.len()) <= DEBUG_BYTES_MAX
        {
            debug.extend_from_slice(&message);
        }
        // The answer is the same whether somebody listens: it must not depend on that.
        Ok(ReturnCode::Success.into())
    }
}
