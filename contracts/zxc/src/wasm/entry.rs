//! `call` and `deploy`: what the chain calls.
//!
//! They read the input to where the arena begins, look for the entry with its selector, decode the arguments, call the entry's
//! function and return its result, encoded. Arguments that look in memory as they are encoded stay where they are.

use wasm_encoder::{Instruction, ValType};

use super::code::{Access, Op};
use super::expression::Kept;
use super::function::{Compiler, Destination, Held};
use super::module::{Body, Module};
use crate::ir::{Entry, EntryKind, Fault, FunctionId, Type};

/// Makes `call` or `deploy`.
pub(super) fn dispatcher(module: &mut Module, kind: EntryKind) -> Body {
    let program = module.program;
    let mut compiler = Compiler::new(module, vec![], None);
    compiler.open_call();
    let (length, selector) = (compiler.temporary(ValType::I32), compiler.temporary(ValType::I32));
    compiler.code.op(Op::Input(0));
    compiler.prelude("take_input");
    compiler.code.tee(length);
    compiler.code.i32(4);
    compiler.code.plain(Instruction::I32GeU);
    compiler.when(|it| {
        it.code.op(Op::Input(0));
        it.code.load(Access::Word, 0);
        it.code.set(selector);
        for entry in program.entries.iter().filter(|entry| entry.kind == kind) {
            it.code.get(selector);
            it.code.i32(u32::from_le_bytes(entry.selector));
            it.code.plain(Instruction::I32Eq);
            it.when(|it| {
                let mark = it.mark();
                it.entry(entry, length);
                it.release(mark);
            });
        }
    });
    match program.fallback.filter(|_| kind == EntryKind::Message) {
        Some(fallback) => compiler.fallback(fallback, length),
        None => compiler.fault(Fault::UnknownSelector),
    }
    compiler.close_call();
    compiler.finish()
}

impl Compiler<'_, '_> {
    fn entry(&mut self, entry: &Entry, length: u32) {
        if !entry.payable {
            self.prelude("has_value");
            self.fault_if(Fault::ValueRefused);
        }
        if entry.secure {
            self.prelude("reentrance_count");
            self.fault_if(Fault::ReentryRefused);
        }
        let function = &self.module.program.functions[entry.function.index()];
        let types: Vec<Type> = function.locals.iter().take(function.parameters).map(|local| local.ty).collect();
        let arguments = self.arguments(&types, length);
        let layout = self.layout(function.result);
        match self.held(function.result) {
            Held::Memory(size) => {
                // A 0 and the result; in the frame, for it to be returned from there.
                let at = Destination::Frame(self.slot(size + 1));
                self.address(at.plus(1));
                self.call_with(entry.function, &arguments);
                if layout.fixed {
                    self.finish_fixed(at, size + 1);
                } else {
                    self.finish_encoded(function.result, Kept::At(at.plus(1)));
                }
            }
            Held::Number(_) if !layout.fixed => {
                self.call_with(entry.function, &arguments);
                let result = self.keep(self.held(function.result).val_type().unwrap_or(ValType::I32));
                self.finish_encoded(function.result, Kept::Local(result));
            }
            Held::Number(access) => {
                let at = Destination::Frame(self.slot(layout.size + 1));
                self.address(at);
                self.call_with(entry.function, &arguments);
                self.code.store(access, 1);
                self.finish_fixed(at, layout.size + 1);
            }
            Held::Nothing => {
                let at = Destination::Frame(self.slot(1));
                self.call_with(entry.function, &arguments);
                self.finish_fixed(at, 1);
            }
        }
    }

    fn call_with(&mut self, function: FunctionId, arguments: &[Kept]) {
        arguments.iter().for_each(|argument| self.fetch(*argument));
        self.call_function(function);
    }

    /// Returns so many bytes, of which the first has to become 0.
    fn finish_fixed(&mut self, at: Destination, size: u32) {
        self.address(at);
        self.code.i32(0);
        self.code.store(Access::Byte, 0);
        self.code.i32(0);
        self.address(at);
        self.code.i32(size);
        self.prelude("seal_return");
        self.code.plain(Instruction::Unreachable);
    }

    fn finish_encoded(&mut self, ty: Type, result: Kept) {
        let start = self.arena_end();
        self.code.i32(0);
        self.code.i32(1);
        self.prelude("append_i32");
        self.fetch(result);
        self.append(ty);
        self.return_since(start);
    }

    /// Returns what was put into the arena since its end was kept in a local.
    fn return_since(&mut self, start: u32) {
        self.code.i32(0);
        self.code.get(start);
        self.global_get("heap");
        self.code.get(start);
        self.code.plain(Instruction::I32Sub);
        self.prelude("seal_return");
        self.code.plain(Instruction::Unreachable);
    }

    fn arguments(&mut self, types: &[Type], length: u32) -> Vec<Kept> {
        let at_once = |it: &Self, ty: &Type| {
            let layout = it.layout(*ty);
            layout.plain || matches!(ty, Type::Boolean | Type::Enum(_))
        };
        if types.iter().all(|ty| at_once(self, ty)) {
            return self.arguments_in_place(types, length);
        }
        self.code.op(Op::Input(4));
        self.code.get(length);
        self.code.i32(4);
        self.code.plain(Instruction::I32Sub);
        self.prelude("begin");
        let mut arguments = Vec::new();
        for ty in types {
            arguments.push(match self.held(*ty) {
                Held::Nothing => Kept::Nothing,
                Held::Memory(size) if self.layout(*ty).plain => {
                    self.code.i32(size);
                    self.prelude("take");
                    Kept::Local(self.keep(ValType::I32))
                }
                Held::Memory(size) => {
                    let at = Destination::Frame(self.slot(size));
                    self.take_to(*ty, at);
                    Kept::At(at)
                }
                held @ Held::Number(_) => {
                    self.take(*ty);
                    Kept::Local(self.keep(held.val_type().unwrap_or(ValType::I32)))
                }
            });
        }
        self.finish_decoding();
        arguments
    }

    /// All have a fixed size: so has the input.
    fn arguments_in_place(&mut self, types: &[Type], length: u32) -> Vec<Kept> {
        let size = types.iter().map(|ty| self.layout(*ty).size).fold(4, u32::saturating_add);
        self.code.get(length);
        self.code.i32(size);
        self.code.plain(Instruction::I32Ne);
        self.fault_if(Fault::MalformedData);
        let (mut arguments, mut offset) = (Vec::new(), 4);
        for ty in types {
            let layout = self.layout(*ty);
            self.code.op(Op::Input(offset));
            arguments.push(match self.held(*ty) {
                Held::Nothing => {
                    self.code.plain(Instruction::Drop);
                    Kept::Nothing
                }
                Held::Memory(_) => Kept::Local(self.keep(ValType::I32)),
                held @ Held::Number(access) => {
                    self.code.load(access, 0);
                    let number = self.keep(held.val_type().unwrap_or(ValType::I32));
                    if !layout.plain {
                        let count = self.module.program.types.variants(*ty).unwrap_or(2);
                        self.code.get(number);
                        self.code.i32(u32::try_from(count).unwrap_or(u32::MAX));
                        self.code.plain(Instruction::I32GeU);
                        self.fault_if(Fault::MalformedData);
                    }
                    Kept::Local(number)
                }
            });
            offset += layout.size;
        }
        arguments
    }

    fn fallback(&mut self, function: FunctionId, length: u32) {
        self.code.op(Op::Input(0));
        self.code.get(length);
        self.prelude("fat");
        self.call_function(function);
        self.split_text();
        let size = self.keep(ValType::I32);
        let at = self.keep(ValType::I32);
        self.code.i32(0);
        self.code.get(at);
        self.code.get(size);
        self.prelude("seal_return");
        self.code.plain(Instruction::Unreachable);
    }
}
