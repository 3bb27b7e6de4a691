//! SCALE: code that encodes values at the end of the arena, and code that decodes them from where the prelude reads.
//!
//! A value that looks in memory as it is encoded is copied whole; every other type gets a function of its own.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::function::{Compiler, Destination, Held};
use super::module::{Body, Helper, Module};
use crate::ir::{Expression, Fault, Shape, Type};

impl Compiler<'_, '_> {
    /// Encodes the value on the stack at the end of the arena.
    pub(super) fn append(&mut self, ty: Type) {
        let layout = self.layout(ty);
        match (self.held(ty), ty) {
            (Held::Nothing, _) => {}
            (_, Type::String | Type::Bytes) => self.prelude("append_bytes"),
            (_, Type::List(_)) => {
                let element = self.layout(self.element(ty));
                if element.fixed {
                    self.code.i32(element.size);
                    self.prelude("append_plain_list");
                } else {
                    self.call_helper(Helper::Encode(ty));
                }
            }
            (Held::Number(Access::Long), _) => self.prelude("append_i64"),
            (Held::Number(_), _) => {
                self.code.i32(layout.size);
                self.prelude("append_i32");
            }
            (Held::Memory(size), _) if layout.fixed => {
                self.code.i32(size);
                self.prelude("append_raw");
            }
            (Held::Memory(_), _) => self.call_helper(Helper::Encode(ty)),
        }
    }

    /// Evaluates values, then encodes them one after the other at the end of the arena: the local with where they begin.
    pub(super) fn append_values(&mut self, values: &[Expression]) -> u32 {
        // What evaluating takes from the arena would come in between.
        let kept: Vec<_> = values.iter().map(|value| self.evaluate_and_keep(value)).collect();
        let start = self.arena_end();
        for (value, kept) in values.iter().zip(kept) {
            self.fetch(kept);
            self.append(value.ty);
        }
        start
    }

    /// Decodes a value that is held as a number.
    pub(super) fn take(&mut self, ty: Type) {
        match (self.held(ty), ty) {
            (_, Type::String) => self.prelude("take_string"),
            (_, Type::Bytes) => self.prelude("take_bytes"),
            (_, Type::List(_)) => {
                let element = self.layout(self.element(ty));
                if element.plain {
                    self.code.i32(element.size);
                    self.prelude("take_plain_list");
                } else {
                    self.call_helper(Helper::Decode(ty));
                }
            }
            (_, Type::Boolean) => {
                self.code.i32(2);
                self.prelude("take_below");
            }
            (_, Type::Enum(_)) => {
                let variants = self.module.program.types.variants(ty).unwrap_or_default();
                self.code.i32(u32::try_from(variants).unwrap_or(u32::MAX));
                self.prelude("take_below");
            }
            (Held::Number(access), _) => {
                self.code.i32(self.layout(ty).size);
                self.prelude("take");
                self.code.load(access, 0);
            }
            (Held::Memory(_) | Held::Nothing, _) => {}
        }
    }

    /// Decodes a value to somewhere in memory.
    pub(super) fn take_to(&mut self, ty: Type, to: Destination) {
        match self.held(ty) {
            Held::Nothing => {}
            Held::Number(access) => {
                self.address(to);
                self.take(ty);
                self.code.store(access, 0);
            }
            Held::Memory(size) if self.layout(ty).plain => {
                self.address(to);
                self.code.i32(size);
                self.prelude("take");
                self.copy(size);
            }
            Held::Memory(_) => {
                self.address(to);
                self.call_helper(Helper::Decode(ty));
            }
        }
    }

    /// Reverts unless all was decoded.
    pub(super) fn finish_decoding(&mut self) {
        self.prelude("finish");
        self.fault_if(Fault::MalformedData);
    }

    pub(super) fn element(&self, list: Type) -> Type {
        self.module.program.types.element(list).unwrap_or(Type::Unit)
    }
}

/// Encodes a list (by its block) or what is in memory (by its address).
pub(super) fn encode_helper(module: &mut Module, ty: Type) -> Body {
    let shape = module.program.types.shape(ty).cloned();
    let mut compiler = Compiler::new(module, vec![ValType::I32], None);
    match shape {
        Some(Shape::List(element)) => {
            compiler.code.get(0);
            compiler.code.load(Access::Word, 0);
            compiler.prelude("append_compact");
            let size = compiler.layout(element).size;
            compiler.each_element(0, size, |compiler, at| {
                compiler.code.get(at);
                compiler.part(element, 0);
                compiler.append(element);
            });
        }
        Some(Shape::Option(content)) => {
            compiler.code.get(0);
            compiler.code.load(Access::Byte, 0);
            compiler.code.i32(1);
            compiler.prelude("append_i32");
            compiler.code.get(0);
            compiler.code.load(Access::Byte, 0);
            compiler.when(|compiler| {
                compiler.code.get(0);
                compiler.part(content, 1);
                compiler.append(content);
            });
        }
        _ => {
            let mut offset = 0;
            for field in compiler.module.program.types.fields(ty).unwrap_or_default() {
                compiler.code.get(0);
                compiler.part(field, offset);
                compiler.append(field);
                offset += compiler.layout(field).size;
            }
        }
    }
    compiler.finish()
}

/// Decodes a list (its block is the result) or what is in memory (to an address).
pub(super) fn decode_helper(module: &mut Module, ty: Type) -> Body {
    match module.program.types.shape(ty).cloned() {
        Some(Shape::List(element)) => decode_list(module, element),
        Some(Shape::Option(content)) => {
            let mut compiler = Compiler::new(module, vec![ValType::I32], None);
            compiler.code.get(0);
            compiler.code.i32(2);
            compiler.prelude("take_below");
            compiler.code.store(Access::Byte, 0);
            compiler.code.get(0);
            compiler.code.load(Access::Byte, 0);
            let size = compiler.layout(content).size;
            let to = Destination::Local(0, 1);
            compiler.either(None, |it| it.take_to(content, to), |it| it.fill_zeros(to, size));
            compiler.finish()
        }
        _ => {
            let mut compiler = Compiler::new(module, vec![ValType::I32], None);
            let mut offset = 0;
            for field in compiler.module.program.types.fields(ty).unwrap_or_default() {
                compiler.take_to(field, Destination::Local(0, offset));
                offset += compiler.layout(field).size;
            }
            compiler.finish()
        }
    }
}

fn decode_list(module: &mut Module, element: Type) -> Body {
    let mut compiler = Compiler::new(module, vec![], Some(ValType::I32));
    let layout = compiler.layout(element);
    compiler.code.i32(layout.encoded_min);
    compiler.prelude("take_length");
    let length = compiler.temporary(ValType::I32);
    compiler.code.tee(length);
    compiler.code.plain(Instruction::I32Eqz);
    compiler.when(|compiler| {
        compiler.code.i32(0);
        compiler.code.plain(Instruction::Return);
    });
    compiler.code.get(length);
    compiler.code.i32(layout.size);
    compiler.prelude("new_list");
    let list = compiler.keep(ValType::I32);
    compiler.each_element(list, layout.size, |compiler, at| compiler.take_to(element, Destination::Local(at, 0)));
    compiler.code.get(list);
    compiler.finish()
}
