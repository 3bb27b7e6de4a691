//! What contracts import: each function by its number in [`code::imports`](crate::code::imports).
//!
//! An import reads its arguments from the contract's memory, charges gas before it does anything that costs, and answers. It
//! ends the contract where an argument is wrong; what is no mistake of the contract's (no such key, a call that failed) is a
//! [`ReturnCode`]. Names and meaning are those of Substrate's contracts pallet, of `pallet-contracts-uapi`; the functions of the
//! module `zx` are this chain's own.
//!
//! Out of scope: which modules may import what ([`code`](crate::code)).

use alloc::{vec, vec::Vec};
use codec::DecodeAll;
use ziver_primitives::{AccountId20, Balance, Hash};
use ziver_support::{
    Ctx, DispatchError,
    sandbox::{Control, ImportCall},
};

use crate::{
    Error,
    code::imports::{EXHAUSTED, OUT_OF_STACK},
    exec::{Frame, Stack, Touched},
    limits::CALL_BYTES_MAX,
    prices,
};

mod calls;
mod context;
mod crypto;
mod events;
mod storage;
mod transactions;

/// What is told to a contract that goes on; the numbers are those of `pallet-contracts-uapi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ReturnCode {
    /// It went well.
    Success = 0,
    /// The called contract failed.
    CalleeTrapped = 1,
    /// The called contract reverted; its output is there.
    CalleeReverted = 2,
    /// There is no such key.
    KeyNotFound = 3,
    /// Money could not be moved.
    TransferFailed = 5,
    /// There is no such code.
    CodeNotFound = 7,
    /// There is no contract at the address.
    NotCallable = 8,
    /// Nobody sees the message.
    LoggingDisabled = 9,
    /// The runtime does not allow that call.
    CallRuntimeFailed = 10,
    /// There is no key behind the signature.
    EcdsaRecoveryFailed = 11,
    /// The signature is wrong.
    Sr25519VerifyFailed = 12,
}

/// The import ends the contract; why, and whether that is an error, is noted in its frame.
struct Stop;

type Answer<T = ()> = Result<T, Stop>;

/// An import that is being answered.
struct Host<'a, 'b, 'c, 'm> {
    ctx: &'a mut Ctx<'b>,
    stack: &'a mut Stack,
    call: &'c mut ImportCall<'m>,
}

/// Answers an import of the contract that runs now.
pub fn answer(ctx: &mut Ctx, stack: &mut Stack, call: &mut ImportCall) -> Control {
    let function = call.function;
    let mut host = Host { ctx, stack, call };
    match host.charge(prices::IMPORT).and_then(|()| host.dispatch(function)) {
        Ok(result) => {
            call.result = result;
            Control::Continue
        }
        Err(Stop) => Control::Stop,
    }
}

impl Host<'_, '_, '_, '_> {
    fn dispatch(&mut self, function: u32) -> Answer<u64> {
        match u16::try_from(function).map_err(|_| Stop)? {
            EXHAUSTED => self.exhausted(),
            1 => self.set_storage_fixed(),
            2 => self.set_storage(self.u32(0), 32, 1),
            3 => self.set_storage(self.u32(0), self.u32(1), 2),
            4 => self.clear_storage(self.u32(0), 32).map(|_| 0),
            5 => self.clear_storage(self.u32(0), self.u32(1)),
            6 => self.get_storage(self.u32(0), 32, 1),
            7 => self.get_storage(self.u32(0), self.u32(1), 2),
            8 => self.contains_storage(self.u32(0), 32),
            9 => self.contains_storage(self.u32(0), self.u32(1)),
            10 => self.take_storage(),
            11 => self.transfer(),
            12..=14 => self.call_contract(function),
            15 => self.delegate_call(),
            16..=18 => self.instantiate(function),
            19 => self.terminate(self.u32(0)),
            20 => self.terminate(self.u32(0)),
            21 => self.input(),
            22 => self.seal_return(),
            23..=38 => self.context(function),
            39..=42 | 45..=47 | 59 => self.crypto(function),
            43 => self.fail(Error::NoChainExtension),
            44 => Ok(ReturnCode::CallRuntimeFailed.into()),
            48 => self.set_code_hash(),
            49..=51 | 54..=58 => self.context(function),
            60..=62 => self.transaction(function),
            _ => self.fail(Error::UnknownFunction),
        }
    }

    fn exhausted<T>(&mut self) -> Answer<T> {
        if self.call.arguments.first().is_some_and(|kind| *kind == u64::from(OUT_OF_STACK.unsigned_abs())) {
            return self.fail(Error::MaxCallDepthReached);
        }
        self.call.counters.gas = 0;
        self.fail(Error::OutOfGas)
    }

    /// Ends the contract as failed.
    fn fail<T>(&mut self, error: impl Into<DispatchError>) -> Answer<T> {
        if let Some(frame) = self.stack.frames.last_mut() {
            frame.failure = Some(error.into());
        }
        Err(Stop)
    }

    /// The value, or the end of the contract.
    fn expect<T, E: Into<DispatchError>>(&mut self, result: Result<T, E>) -> Answer<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => self.fail(error),
        }
    }

    /// The contract that runs now.
    fn frame(&mut self) -> Answer<&mut Frame> {
        self.stack.frames.last_mut().ok_or(Stop)
    }

    /// Ends the contract where it may only read.
    fn ensure_writable(&mut self) -> Answer {
        if self.frame()?.read_only { self.fail(Error::StateChangeDenied) } else { Ok(()) }
    }

    /// Takes gas; ends the contract where there is not enough.
    fn charge(&mut self, gas: u64) -> Answer {
        match self.call.counters.gas.checked_sub(gas) {
            Some(left) => {
                self.call.counters.gas = left;
                Ok(())
            }
            None => {
                self.call.counters.gas = 0;
                self.fail(Error::OutOfGas)
            }
        }
    }

    /// Takes `cold` where a record is asked for the first time in this transaction.
    fn touch(&mut self, record: Touched, cold: u64) -> Answer {
        if self.stack.touch(record) { self.charge(cold) } else { Ok(()) }
    }

    /// Takes what moving money from this contract to `to` costs.
    fn charge_transfer(&mut self, to: &AccountId20) -> Answer {
        self.charge(prices::TRANSFER)?;
        let from = self.frame()?.account;
        self.touch(Touched::Account(from), prices::ACCOUNT)?;
        self.touch(Touched::Account(*to), prices::ACCOUNT)
    }

    /// Takes gas by the byte.
    fn charge_bytes(&mut self, price: u64, bytes: u32) -> Answer {
        self.charge(price.saturating_mul(u64::from(bytes)))
    }

    fn charge_copy(&mut self, bytes: u32) -> Answer {
        self.charge(u64::from(bytes).checked_div(prices::BYTES_PER_COPY_GAS).unwrap_or(0))
    }

    fn word(&self, index: usize) -> u64 {
        self.call.arguments.get(index).copied().unwrap_or_default()
    }

    #[allow(clippy::cast_possible_truncation, reason = "the upper half of a word that holds 32 bits is zero")]
    fn u32(&self, index: usize) -> u32 {
        self.word(index) as u32
    }

    /// `len` bytes of the contract's memory, at most `max`.
    fn bytes(&mut self, pointer: u32, len: u32, max: u32) -> Answer<Vec<u8>> {
        if len > max {
            return self.fail(Error::ValueTooLarge);
        }
        self.charge_copy(len)?;
        let mut out = vec![0; usize::try_from(len).map_err(|_| Stop)?];
        if self.call.memory.read(pointer, &mut out) { Ok(out) } else { self.fail(Error::OutOfBounds) }
    }

    fn array<const N: usize>(&mut self, pointer: u32) -> Answer<[u8; N]> {
        let mut out = [0; N];
        if self.call.memory.read(pointer, &mut out) { Ok(out) } else { self.fail(Error::OutOfBounds) }
    }

    fn account(&mut self, pointer: u32) -> Answer<AccountId20> {
        self.array(pointer).map(AccountId20)
    }

    fn hash(&mut self, pointer: u32) -> Answer<Hash> {
        self.array::<32>(pointer).map(Hash::from)
    }

    fn balance_at(&mut self, pointer: u32) -> Answer<Balance> {
        self.array(pointer).map(Balance::from_le_bytes)
    }

    /// Old imports give a length beside each pointer: it must be that of the type.
    fn decode<T: DecodeAll>(&mut self, pointer: u32, len: u32) -> Answer<T> {
        let bytes = self.bytes(pointer, len, 64)?;
        let decoded = T::decode_all(&mut bytes.as_slice()).map_err(|_| Error::DecodingFailed);
        self.expect(decoded)
    }

    /// Copies `bytes` into the contract's memory.
    fn write(&mut self, pointer: u32, bytes: &[u8]) -> Answer {
        if self.call.memory.write(pointer, bytes) { Ok(()) } else { self.fail(Error::OutOfBounds) }
    }

    /// Answers `bytes` where the contract wants them: `room` names a length, which must suffice and becomes that of `bytes`.
    fn give(&mut self, out: u32, room: u32, bytes: &[u8]) -> Answer {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let available = u32::from_le_bytes(self.array(room)?);
        if len > available {
            return self.fail(Error::OutputBufferTooSmall);
        }
        self.charge_copy(len)?;
        self.write(out, bytes)?;
        self.write(room, &len.to_le_bytes())
    }

    /// [`Host::give`] where the contract wants an answer at all: `u32::MAX` in place of a pointer says no.
    fn give_output(&mut self, out: u32, room: u32, bytes: &[u8]) -> Answer {
        if out == u32::MAX { Ok(()) } else { self.give(out, room, bytes) }
    }

    fn input(&mut self) -> Answer<u64> {
        let Some(input) = self.frame()?.input.take() else { return self.fail(Error::InputForwarded) };
        let (out, room) = (self.u32(0), self.u32(1));
        let given = self.give(out, room, &input);
        self.frame()?.input = Some(input);
        given.map(|()| 0)
    }

    fn seal_return(&mut self) -> Answer<u64> {
        let (flags, pointer, len) = (self.u32(0), self.u32(1), self.u32(2));
        let data = self.bytes(pointer, len, CALL_BYTES_MAX)?;
        if flags & !crate::api::REVERT != 0 {
            return self.fail(Error::DecodingFailed);
        }
        let flags = crate::api::ReturnFlags { bits: flags };
        self.frame()?.output = Some(crate::api::ReturnValue { flags, data });
        Err(Stop)
    }
}

impl From<ReturnCode> for u64 {
    fn from(code: ReturnCode) -> Self {
        Self::from(code as u32)
    }
}
