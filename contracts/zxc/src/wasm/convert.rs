//! Conversions, and values as text.
//!
//! Integers wider than 64 bits are converted through a signed one of 256 bits. The only one that does not fit there, a great
//! `u256`, fits no other type either.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::function::{Compiler, Destination, Held};
use super::integer::prefix;
use super::prelude::address;
use crate::ir::{Expression, Fault, Integer, Type};

impl Compiler<'_, '_> {
    /// A conversion to what is held as a number.
    pub(super) fn convert(&mut self, value: &Expression, to: Type) {
        match (value.ty, to) {
            (Type::Address | Type::Hash, Type::Bytes) => {
                let size = self.layout(value.ty).size;
                self.value(value);
                // The variable that it may be can change: bytes do not.
                let from = self.keep(ValType::I32);
                let start = self.arena_end();
                self.code.get(from);
                self.code.i32(size);
                self.prelude("append_raw");
                self.code.get(start);
                self.prelude("since");
            }
            (Type::String, Type::Bytes) => self.value(value),
            (Type::Bytes, Type::String) => {
                self.value(value);
                let text = self.keep(ValType::I64);
                self.code.get(text);
                self.prelude("is_utf8");
                self.code.plain(Instruction::I32Eqz);
                self.fault_if(Fault::MalformedText);
                self.code.get(text);
            }
            (Type::Integer(from), to) if from.bits() > 64 => {
                self.value(value);
                match from {
                    Integer::U128 | Integer::I128 => {
                        let from_at = self.keep(ValType::I32);
                        self.code.i32(address::WIDE);
                        self.code.get(from_at);
                        self.prelude(if from == Integer::U128 { "widen_u128" } else { "widen_i128" });
                        self.code.i32(address::WIDE);
                    }
                    Integer::U256 => self.refuse_great(),
                    _ => {}
                }
                self.narrow(to, Fault::OutOfRange);
            }
            (from, to) => {
                self.value(value);
                self.convert_small(from, to);
            }
        }
    }

    /// A number on the stack to another one.
    fn convert_small(&mut self, from: Type, to: Type) {
        let max = match to {
            Type::Enum(_) => self.module.program.types.variants(to).unwrap_or(1) as u64 - 1,
            _ => to.integer().map_or(0, |integer| match integer {
                Integer::I64 => i64::MAX.cast_unsigned(),
                integer => u64::MAX >> (64 - integer.bits().min(64)),
            }),
        };
        let from_max = match from {
            Type::Enum(_) => 0xff,
            _ => from.integer().map_or(0, |integer| match integer {
                Integer::I64 => u64::MAX,
                integer => u64::MAX >> (64 - integer.bits().min(64)),
            }),
        };
        let is_long = |it: &Self, ty| it.held(ty) == Held::Number(Access::Long);
        let (from_long, to_long) = (is_long(self, from), is_long(self, to));
        if from == to {
            return;
        }
        if from_long {
            if max < from_max {
                // What is below 0 is above every greatest one, too.
                let number = self.temporary(ValType::I64);
                self.code.tee(number);
                if max == i64::MAX.cast_unsigned() || max == u64::MAX {
                    self.code.i64(0);
                    self.code.plain(Instruction::I64LtS);
                } else {
                    self.code.i64(max);
                    self.code.plain(Instruction::I64GtU);
                }
                self.fault_if(Fault::OutOfRange);
                self.code.get(number);
            } else if from == Type::Integer(Integer::I64) {
                let number = self.temporary(ValType::I64);
                self.code.tee(number);
                self.code.i64(0);
                self.code.plain(Instruction::I64LtS);
                self.fault_if(Fault::OutOfRange);
                self.code.get(number);
            }
            if !to_long {
                self.code.plain(Instruction::I32WrapI64);
            }
            return;
        }
        if max < from_max {
            let number = self.temporary(ValType::I32);
            self.code.tee(number);
            self.code.i32(u32::try_from(max).unwrap_or(u32::MAX));
            self.code.plain(Instruction::I32GtU);
            self.fault_if(Fault::OutOfRange);
            self.code.get(number);
        }
        if to_long {
            self.code.plain(Instruction::I64ExtendI32U);
        }
    }

    /// Reverts if the `u256` at the address on the stack, which stays there, is above every signed one.
    fn refuse_great(&mut self) {
        let at = self.temporary(ValType::I32);
        self.code.tee(at);
        self.prelude("is_negative32");
        self.fault_if(Fault::OutOfRange);
        self.code.get(at);
    }

    /// The signed 256-bit integer at the address on the stack, as a number or variant.
    pub(super) fn narrow(&mut self, to: Type, fault: Fault) {
        let at = self.temporary(ValType::I32);
        self.code.tee(at);
        let (signed, bits) = to.integer().map_or((false, 8), |integer| (integer.is_signed(), integer.bits()));
        self.code.i32(bits);
        self.prelude(if signed { "exceeds_signed" } else { "exceeds_unsigned" });
        self.fault_if(fault);
        self.code.get(at);
        self.code.load(if bits == 64 { Access::Long } else { Access::Word }, 0);
        if let Some(variants) = self.module.program.types.variants(to) {
            let index = self.temporary(ValType::I32);
            self.code.tee(index);
            self.code.i32(u32::try_from(variants).unwrap_or(u32::MAX));
            self.code.plain(Instruction::I32GeU);
            self.fault_if(fault);
            self.code.get(index);
        }
    }

    /// A conversion to what is held in memory.
    pub(super) fn convert_to(&mut self, value: &Expression, ty: Type, to: Destination) {
        match (value.ty, ty) {
            (Type::Bytes, _) => {
                let size = self.layout(ty).size;
                self.value(value);
                let bytes = self.keep(ValType::I64);
                self.code.get(bytes);
                self.prelude("length");
                self.code.i32(size);
                self.code.plain(Instruction::I32Ne);
                self.fault_if(Fault::OutOfRange);
                self.address(to);
                self.code.get(bytes);
                self.code.plain(Instruction::I32WrapI64);
                self.copy(size);
            }
            (from, Type::Integer(target)) if from.integer().is_some_and(|from| from.bits() > 64) => {
                let from = from.integer().unwrap_or(target);
                self.convert_wide(value, from, target, to);
            }
            (from, Type::Integer(target)) => {
                self.value(value);
                let is_long = self.held(from) == Held::Number(Access::Long);
                if !is_long {
                    self.code.plain(Instruction::I64ExtendI32U);
                }
                let number = self.keep(ValType::I64);
                let signed = from == Type::Integer(Integer::I64);
                if signed && !target.is_signed() {
                    self.code.get(number);
                    self.code.i64(0);
                    self.code.plain(Instruction::I64LtS);
                    self.fault_if(Fault::OutOfRange);
                }
                self.widen(number, signed, target, to);
            }
            _ => unreachable!("a checked conversion"),
        }
    }

    /// The number in a local, as an integer of 128 or 256 bits that it fits.
    fn widen(&mut self, number: u32, signed: bool, target: Integer, to: Destination) {
        if target.bits() == 256 {
            self.address(to);
            self.code.get(number);
            self.prelude(if signed { "widen_i64" } else { "widen_u64" });
            return;
        }
        self.address(to);
        self.code.get(number);
        self.code.store(Access::Long, 0);
        self.address(to);
        if signed {
            self.code.get(number);
            self.code.i64(63);
            self.code.plain(Instruction::I64ShrS);
        } else {
            self.code.i64(0);
        }
        self.code.store(Access::Long, 8);
    }

    fn convert_wide(&mut self, value: &Expression, from: Integer, target: Integer, to: Destination) {
        if from == target {
            return self.store(value, to);
        }
        let name = |integer| if integer == Integer::U128 { "widen_u128" } else { "widen_i128" };
        if from.bits() == 128 && target.bits() == 256 {
            self.value(value);
            let from_at = self.keep(ValType::I32);
            if from.is_signed() && !target.is_signed() {
                self.code.get(from_at);
                self.code.load(Access::Long, 8);
                self.code.i64(0);
                self.code.plain(Instruction::I64LtS);
                self.fault_if(Fault::OutOfRange);
            }
            self.address(to);
            self.code.get(from_at);
            return self.prelude(name(from));
        }
        self.value(value);
        if from.bits() == 128 {
            // The other of 128 bits: both have what the first bit says is below 2^127.
            let from_at = self.keep(ValType::I32);
            self.code.get(from_at);
            self.code.load(Access::Long, 8);
            self.code.i64(0);
            self.code.plain(Instruction::I64LtS);
            self.fault_if(Fault::OutOfRange);
            self.address(to);
            self.code.get(from_at);
            return self.copy(16);
        }
        if from == Integer::U256 {
            self.refuse_great();
        }
        let from_at = self.keep(ValType::I32);
        if !(from == Integer::U256 && target == Integer::I256) {
            self.code.get(from_at);
            self.code.i32(target.bits());
            self.prelude(if target.is_signed() { "exceeds_signed" } else { "exceeds_unsigned" });
            self.fault_if(Fault::OutOfRange);
        }
        self.address(to);
        self.code.get(from_at);
        self.copy(target.bytes());
    }

    /// A value as text.
    pub(super) fn text(&mut self, value: &Expression) {
        let ty = value.ty;
        match ty {
            Type::Boolean => {
                let texts = [b"true".as_slice(), b"false"].map(|text| self.module.memory.text(text));
                self.value(value);
                let condition = self.keep(ValType::I32);
                texts.into_iter().for_each(|text| self.code.i64(text));
                self.code.get(condition);
                self.code.plain(Instruction::Select);
            }
            Type::Address | Type::Hash => {
                self.value(value);
                self.code.i32(self.layout(ty).size);
                self.prelude("hex");
            }
            Type::Bytes => {
                self.value(value);
                self.split_text();
                self.prelude("hex");
            }
            _ if self.layout(ty).size > 8 => {
                self.value(value);
                self.prelude(&format!("{}_text", prefix(ty)));
            }
            _ => {
                self.value(value);
                let is_long = self.held(ty) == Held::Number(Access::Long);
                if !is_long {
                    self.code.plain(Instruction::I64ExtendI32U);
                }
                let number = self.keep(ValType::I64);
                self.widen(number, ty == Type::Integer(Integer::I64), Integer::I256, Destination::Fixed(address::WIDE));
                self.code.i32(address::WIDE);
                self.prelude("i256_text");
            }
        }
    }
}
