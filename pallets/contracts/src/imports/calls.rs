//! Calls of other contracts, money, and the contract's own end.

use alloc::vec::Vec;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{DispatchError, sandbox::Counters};
use ziver_system::account;

use super::{Answer, Host, ReturnCode, Stop};
use crate::{
    Error,
    api::ReturnValue,
    create,
    exec::{self, Message, Touched},
    limits::{CALL_BYTES_MAX, SALT_BYTES_MAX},
    prices,
    storage::CODE_INFO_OF,
};

/// Flags of a call (`CallFlags` of `pallet-contracts-uapi`).
mod flags {
    /// The input is the caller's own, which is gone afterwards.
    pub const FORWARD_INPUT: u32 = 1;
    /// The input is a copy of the caller's own.
    pub const CLONE_INPUT: u32 = 2;
    /// The answer is the caller's answer too.
    pub const TAIL_CALL: u32 = 4;
    /// The caller may be called again meanwhile.
    pub const ALLOW_REENTRY: u32 = 8;
    /// State must not change.
    pub const READ_ONLY: u32 = 16;
}

/// Where a call's arguments are.
struct Pointers {
    flags: u32,
    gas: u64,
    value: u32,
    input: (u32, u32),
    output: (u32, u32),
    /// Of the limit for deposits; `u32::MAX` for none.
    deposit_limit: u32,
}

/// In place of a pointer: there is nothing.
const NONE: u32 = u32::MAX;

impl Host<'_, '_, '_, '_> {
    pub(super) fn transfer(&mut self) -> Answer<u64> {
        self.ensure_writable()?;
        let to: AccountId20 = self.decode(self.u32(0), self.u32(1))?;
        let value: Balance = self.decode(self.u32(2), self.u32(3))?;
        self.charge_transfer(&to)?;
        if value > 0 && !account::get(self.ctx, &to).exists() {
            self.charge(prices::STORAGE_WRITE)?;
        }
        let from = self.frame()?.account;
        Ok(match exec::move_value(self.ctx, &from, &to, value) {
            Ok(()) => ReturnCode::Success,
            Err(_) => ReturnCode::TransferFailed,
        }
        .into())
    }

    /// `call` in its three versions.
    pub(super) fn call_contract(&mut self, function: u32) -> Answer<u64> {
        let word = |index| self.u32(index);
        let (callee, pointers) = match function {
            // (callee, its length, gas, value, its length, input, its length, output, its length)
            12 => {
                let pointers = Pointers {
                    flags: flags::ALLOW_REENTRY,
                    gas: self.word(2),
                    value: word(3),
                    input: (word(5), word(6)),
                    output: (word(7), word(8)),
                    deposit_limit: NONE,
                };
                (word(0), pointers)
            }
            // (flags, callee, gas, value, input, its length, output, its length)
            13 => {
                let pointers = Pointers {
                    flags: word(0),
                    gas: self.word(2),
                    value: word(3),
                    input: (word(4), word(5)),
                    output: (word(6), word(7)),
                    deposit_limit: NONE,
                };
                (word(1), pointers)
            }
            // (flags, callee, time, proof size, deposit limit, value, input, its length, output, its length)
            _ => {
                let pointers = Pointers {
                    flags: word(0),
                    gas: self.word(2),
                    value: word(5),
                    input: (word(6), word(7)),
                    output: (word(8), word(9)),
                    deposit_limit: word(4),
                };
                (word(1), pointers)
            }
        };
        self.charge(prices::CALL)?;
        let (callee, value) = (self.account(callee)?, self.balance_at(pointers.value)?);
        self.touch(Touched::Contract(callee), prices::COLD)?;
        if value > 0 {
            self.charge_transfer(&callee)?;
        }
        let read_only = pointers.flags & flags::READ_ONLY != 0 || self.frame()?.read_only;
        if read_only && value > 0 {
            return self.fail(Error::StateChangeDenied);
        }
        let input = self.input_of(&pointers)?;
        let caller = self.frame()?.account;
        let deposit_limit = self.deposit_limit(&pointers)?;
        let message = Message { caller, value, input, read_only, deposit_limit };
        let answer =
            self.nested(&pointers, |host, counters| exec::call(host.ctx, host.stack, &callee, message, counters))?;
        self.finish(&pointers, answer)
    }

    /// `delegate_call(flags, code hash, input, its length, output, its length)`
    pub(super) fn delegate_call(&mut self) -> Answer<u64> {
        self.charge(prices::CALL)?;
        let pointers = Pointers {
            // Whether the contract may be called meanwhile is up to the code that runs, as if it were the contract's own.
            flags: self.u32(0) | flags::ALLOW_REENTRY,
            gas: 0,
            value: 0,
            input: (self.u32(2), self.u32(3)),
            output: (self.u32(4), self.u32(5)),
            deposit_limit: NONE,
        };
        let code_hash = self.hash(self.u32(1))?;
        let read_only = pointers.flags & flags::READ_ONLY != 0;
        let input = self.input_of(&pointers)?;
        let answer = self.nested(&pointers, |host, counters| {
            exec::delegate_call(host.ctx, host.stack, code_hash, input, read_only, counters)
        })?;
        self.finish(&pointers, answer)
    }

    /// `instantiate` in its three versions.
    pub(super) fn instantiate(&mut self, function: u32) -> Answer<u64> {
        let word = |index| self.u32(index);
        let (gas, code_hash, deposit_limit, value, input, address, output, salt) = match function {
            // (code hash, its length, gas, value, its length, input, address, output, salt: each with a length)
            16 => (
                self.word(2),
                word(0),
                NONE,
                word(3),
                (word(5), word(6)),
                (word(7), word(8)),
                (word(9), word(10)),
                (word(11), word(12)),
            ),
            // (code hash, gas, value, input, address, output, salt: each with a length)
            17 => (
                self.word(1),
                word(0),
                NONE,
                word(2),
                (word(3), word(4)),
                (word(5), word(6)),
                (word(7), word(8)),
                (word(9), word(10)),
            ),
            // (code hash, time, proof size, deposit limit, value, input, address, output, salt)
            _ => (
                self.word(1),
                word(0),
                word(3),
                word(4),
                (word(5), word(6)),
                (word(7), word(8)),
                (word(9), word(10)),
                (word(11), word(12)),
            ),
        };
        self.ensure_writable()?;
        self.charge(prices::CREATE.saturating_add(prices::STORAGE_WRITE))?;
        let pointers = Pointers { flags: 0, gas, value, input, output, deposit_limit };
        let (code_hash, value) = (self.hash(code_hash)?, self.balance_at(value)?);
        let input = self.input_of(&pointers)?;
        let salt = self.bytes(salt.0, salt.1, u32::try_from(SALT_BYTES_MAX).unwrap_or(u32::MAX))?;
        if !salt.is_empty() {
            // The address is a hash of both.
            let hashed = input.len().saturating_add(salt.len());
            self.charge(prices::hash(hashed, prices::HASH_BYTE))?;
        }
        let caller = self.frame()?.account;
        let deposit_limit = self.deposit_limit(&pointers)?;
        let message = Message { caller, value, input, read_only: false, deposit_limit };
        let mut made = None;
        let answer = self.nested(&pointers, |host, counters| {
            let (account, answer) = exec::instantiate(host.ctx, host.stack, code_hash, message, &salt, counters)?;
            made = Some(account);
            Ok(answer)
        })?;
        if let (Some(made), Ok(answer)) = (made, &answer)
            && !answer.did_revert()
        {
            self.give_output(address.0, address.1, &made.0)?;
        }
        self.finish(&pointers, answer)
    }

    fn deposit_limit(&mut self, pointers: &Pointers) -> Answer<Option<Balance>> {
        if pointers.deposit_limit == NONE { Ok(None) } else { self.balance_at(pointers.deposit_limit).map(Some) }
    }

    /// The input of a call by its flags.
    fn input_of(&mut self, pointers: &Pointers) -> Answer<Vec<u8>> {
        let known =
            flags::FORWARD_INPUT | flags::CLONE_INPUT | flags::TAIL_CALL | flags::ALLOW_REENTRY | flags::READ_ONLY;
        let both = flags::FORWARD_INPUT | flags::CLONE_INPUT;
        if pointers.flags & !known != 0 || pointers.flags & both == both {
            return self.fail(Error::InvalidCallFlags);
        }
        if pointers.flags & both == 0 {
            return self.bytes(pointers.input.0, pointers.input.1, CALL_BYTES_MAX);
        }
        let Some(input) = self.frame()?.input.take() else { return self.fail(Error::InputForwarded) };
        if pointers.flags & flags::CLONE_INPUT != 0 {
            self.charge_copy(u32::try_from(input.len()).unwrap_or(u32::MAX))?;
            self.frame()?.input = Some(input.clone());
        }
        Ok(input)
    }

    /// Runs a call with the gas that it may use.
    fn nested<T>(
        &mut self,
        pointers: &Pointers,
        call: impl FnOnce(&mut Self, &mut Counters) -> Result<T, DispatchError>,
    ) -> Answer<Result<T, DispatchError>> {
        let left = self.call.counters.gas;
        let gas = if pointers.gas == 0 { left } else { pointers.gas.min(left) };
        let mut counters = Counters { gas, stack: self.call.counters.stack };
        self.frame()?.allows_reentry = pointers.flags & flags::ALLOW_REENTRY != 0;
        let result = call(self, &mut counters);
        self.frame()?.allows_reentry = false;
        self.call.counters.gas = left.saturating_sub(gas).saturating_add(counters.gas);
        Ok(result)
    }

    /// Tells the contract how its call ended.
    fn finish(&mut self, pointers: &Pointers, answer: Result<ReturnValue, DispatchError>) -> Answer<u64> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failed(error),
        };
        if pointers.flags & flags::TAIL_CALL != 0 {
            self.frame()?.output = Some(answer);
            return Err(Stop);
        }
        self.give_output(pointers.output.0, pointers.output.1, &answer.data)?;
        let code = if answer.did_revert() { ReturnCode::CalleeReverted } else { ReturnCode::Success };
        Ok(code.into())
    }

    /// A call that failed: what is its own fault is told to the caller, the other reasons say more.
    fn failed(&mut self, error: DispatchError) -> Answer<u64> {
        let is = |other: Error| error == DispatchError::from(other);
        Ok(if is(Error::TransferFailed) {
            ReturnCode::TransferFailed
        } else if is(Error::CodeNotFound) {
            ReturnCode::CodeNotFound
        } else if is(Error::ContractNotFound) {
            ReturnCode::NotCallable
        } else {
            ReturnCode::CalleeTrapped
        }
        .into())
    }

    pub(super) fn terminate(&mut self, beneficiary: u32) -> Answer<u64> {
        self.ensure_writable()?;
        self.charge(prices::TERMINATE)?;
        let beneficiary = self.account(beneficiary)?;
        let ended = create::terminate(self.ctx, self.stack, &beneficiary);
        self.expect(ended)?;
        Err(Stop)
    }

    pub(super) fn set_code_hash(&mut self) -> Answer<u64> {
        self.ensure_writable()?;
        self.charge(prices::SET_CODE)?;
        let code_hash: Hash = self.hash(self.u32(0))?;
        if !CODE_INFO_OF.contains_key(self.ctx, &code_hash) {
            return Ok(ReturnCode::CodeNotFound.into());
        }
        let account = self.frame()?.account;
        let done = create::set_code(self.ctx, &account, code_hash);
        self.expect(done)?;
        Ok(ReturnCode::Success.into())
    }
}
