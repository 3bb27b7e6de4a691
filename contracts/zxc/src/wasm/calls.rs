//! Calls of other contracts.
//!
//! The input is made in the frame if its size is known, else in the arena. The answer comes to the end of the arena, as large
//! as it is.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::expression::Kept;
use super::function::{Compiler, Destination, Held};
use super::module::{Body, Helper, Module};
use super::prelude::address;
use crate::ir::chain::ReturnCode;
use crate::ir::{CallInput, CallKind, CallOutput, ContractCall, Creation, Expression, Fault, Type};

const ALLOW_REENTRY: u32 = 8;
const READ_ONLY: u32 = 16;

/// Where an input is: its address and length.
#[derive(Clone, Copy)]
enum Input {
    /// A number with both.
    Text(Kept),
    Fixed(Destination, u32),
}

impl Compiler<'_, '_> {
    pub(super) fn invoke(&mut self, call: &ContractCall, to: Option<Destination>) {
        let target = self.evaluate_and_keep(&call.target);
        let input = self.input(&call.input);
        let value = call.value.as_ref().map(|value| self.evaluate_and_keep(value));
        let gas = call.gas.as_ref().map(|gas| self.evaluate_and_keep(gas));
        self.prelude("answer_room");
        let flags = if call.reentry { ALLOW_REENTRY } else { 0 };
        self.code.i32(flags | if call.kind == CallKind::Static { READ_ONLY } else { 0 });
        self.fetch(target);
        if call.kind != CallKind::Delegate {
            self.gas_and_value(gas, value);
        }
        self.put_input(input);
        self.global_get("heap");
        self.code.i32(address::LENGTH);
        self.prelude(if call.kind == CallKind::Delegate { "delegate_call" } else { "call" });
        let code = self.keep(ValType::I32);
        self.prelude("answer");
        let answer = self.keep(ValType::I64);
        match call.output {
            CallOutput::Outcome => {
                let to = to.expect("an outcome goes to memory");
                self.address(to);
                self.code.get(code);
                self.code.plain(Instruction::I32Eqz);
                self.code.store(Access::Byte, 0);
                self.address(to);
                self.code.get(answer);
                self.code.store(Access::Long, 1);
            }
            CallOutput::Raw => {
                self.refuse_failure(code, answer);
                self.code.get(answer);
            }
            CallOutput::Value(ty) => {
                self.refuse_failure(code, answer);
                self.decode_answer(answer, ty, to);
            }
        }
    }

    pub(super) fn create(&mut self, creation: &Creation, to: Destination) {
        let target = self.evaluate_and_keep(&creation.code);
        let input = self.input(&creation.input);
        let value = creation.value.as_ref().map(|value| self.evaluate_and_keep(value));
        let gas = creation.gas.as_ref().map(|gas| self.evaluate_and_keep(gas));
        let salt = creation.salt.as_ref().map_or(Kept::I64(0), |salt| self.evaluate_and_keep(salt));
        self.prelude("answer_room");
        self.code.i32(address::SCALAR);
        self.code.i32(20);
        self.code.store(Access::Word, 0);
        self.fetch(target);
        self.gas_and_value(gas, value);
        self.put_input(input);
        self.address(to);
        self.code.i32(address::SCALAR);
        self.global_get("heap");
        self.code.i32(address::LENGTH);
        self.fetch(salt);
        self.split_text();
        self.prelude("instantiate");
        let code = self.keep(ValType::I32);
        self.prelude("answer");
        let answer = self.keep(ValType::I64);
        self.refuse_failure(code, answer);
    }

    fn gas_and_value(&mut self, gas: Option<Kept>, value: Option<Kept>) {
        self.fetch(gas.unwrap_or(Kept::I64(0)));
        self.fetch(value.unwrap_or(Kept::At(Destination::Fixed(address::ZEROS))));
    }

    fn input(&mut self, input: &CallInput) -> Input {
        match input {
            CallInput::Raw(bytes) => Input::Text(self.evaluate_and_keep(bytes)),
            CallInput::Action(selector, values) => {
                let selector = u32::from_le_bytes(*selector);
                if values.iter().all(|value| self.layout(value.ty).fixed) {
                    return self.fixed_input(selector, values);
                }
                let kept: Vec<Kept> = values.iter().map(|value| self.evaluate_and_keep(value)).collect();
                let start = self.arena_end();
                self.code.i32(selector);
                self.code.i32(4);
                self.prelude("append_i32");
                for (value, kept) in values.iter().zip(kept) {
                    self.fetch(kept);
                    self.append(value.ty);
                }
                self.code.get(start);
                self.prelude("since");
                Input::Text(Kept::Local(self.keep(ValType::I64)))
            }
        }
    }

    fn fixed_input(&mut self, selector: u32, values: &[Expression]) -> Input {
        let size = values.iter().map(|value| self.layout(value.ty).size).fold(4, u32::saturating_add);
        let at = Destination::Frame(self.slot(size));
        self.address(at);
        self.code.i32(selector);
        self.code.store(Access::Word, 0);
        let mut to = at.plus(4);
        for value in values {
            self.store(value, to);
            to = to.plus(self.layout(value.ty).size);
        }
        Input::Fixed(at, size)
    }

    fn put_input(&mut self, input: Input) {
        match input {
            Input::Text(kept) => {
                self.fetch(kept);
                self.split_text();
            }
            Input::Fixed(at, size) => {
                self.address(at);
                self.code.i32(size);
            }
        }
    }

    /// Reverts with the message of a call that failed: its code and its answer are in locals.
    fn refuse_failure(&mut self, code: u32, answer: u32) {
        self.code.get(code);
        self.when(|it| {
            it.code.get(code);
            it.code.get(answer);
            it.call_helper(Helper::CallFailure);
            it.raise();
        });
    }

    /// The value in an answer: a 0, then its encoding. A contract that has ended itself says nothing, which will do where no
    /// value is wanted.
    fn decode_answer(&mut self, answer: u32, ty: Type, to: Option<Destination>) {
        if ty == Type::Unit {
            self.code.get(answer);
            self.prelude("length");
            self.when(|it| it.decode_value(answer, ty, to));
        } else {
            self.decode_value(answer, ty, to);
        }
    }

    fn decode_value(&mut self, answer: u32, ty: Type, to: Option<Destination>) {
        self.code.get(answer);
        self.prelude("begin_bytes");
        self.code.i32(1);
        self.prelude("take_below");
        self.code.plain(Instruction::Drop);
        match (self.held(ty), to) {
            (Held::Memory(_), Some(to)) => self.take_to(ty, to),
            _ => self.take(ty),
        }
        self.finish_decoding();
    }
}

/// The message of a call that failed, given the chain's code and what the other contract returned.
pub(super) fn failure_helper(module: &mut Module) -> Body {
    let mut compiler = Compiler::new(module, vec![ValType::I32, ValType::I64], Some(ValType::I64));
    let faults = [
        (ReturnCode::CalleeTrapped, Fault::CallTrapped),
        (ReturnCode::TransferFailed, Fault::TransferFailed),
        (ReturnCode::CodeNotFound, Fault::NotCallable),
        (ReturnCode::NotCallable, Fault::NotCallable),
    ];
    for (code, fault) in faults {
        compiler.is_code(code);
        compiler.when(|it| {
            it.message(fault.message());
            it.code.plain(Instruction::Return);
        });
    }
    compiler.is_code(ReturnCode::CalleeReverted);
    compiler.when(|it| {
        // A 1, then a string, then nothing: its message.
        it.code.get(1);
        it.prelude("begin_bytes");
        it.code.i32(1);
        it.prelude("take");
        it.code.load(Access::Byte, 0);
        let first = it.keep(ValType::I32);
        it.prelude("take_string");
        it.code.set(1);
        it.code.get(first);
        it.code.i32(1);
        it.code.plain(Instruction::I32Eq);
        it.prelude("finish");
        it.code.plain(Instruction::I32Eqz);
        it.code.plain(Instruction::I32And);
        it.when(|it| {
            it.code.get(1);
            it.code.plain(Instruction::Return);
        });
        it.message(Fault::CallReverted.message());
        it.code.plain(Instruction::Return);
    });
    compiler.message(Fault::CallFailed.message());
    compiler.finish()
}

impl Compiler<'_, '_> {
    /// Whether the number in the first local is a return code.
    fn is_code(&mut self, code: ReturnCode) {
        self.code.get(0);
        self.code.i32(code as u32);
        self.code.plain(Instruction::I32Eq);
    }
}
