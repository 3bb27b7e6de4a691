//! Lists, bytes and strings.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::expression::Kept;
use super::function::{Compiler, Destination, Held};
use super::module::Helper;
use crate::ir::{Expression, Fault, Integer, Kind, Type};

impl Compiler<'_, '_> {
    /// An element of a list, or a byte.
    pub(super) fn list_element(&mut self, list: &Expression, index: &Expression, ty: Type) {
        self.value(list);
        if list.ty == Type::Bytes {
            let bytes = self.keep(ValType::I64);
            let index = self.index(index);
            self.code.get(index);
            self.code.get(bytes);
            self.prelude("length");
            self.code.plain(Instruction::I32GeU);
            self.fault_if(Fault::IndexOutOfRange);
            self.code.get(bytes);
            self.code.plain(Instruction::I32WrapI64);
            self.code.get(index);
            self.code.plain(Instruction::I32Add);
            self.code.load(Access::Byte, 0);
            return;
        }
        let list = self.keep(ValType::I32);
        let index = self.index(index);
        self.element_address(list, index, self.layout(ty).size);
        self.part(ty, 8);
    }

    /// The address of an element of the list in a local, less the 8 bytes before the first one.
    pub(super) fn element_address(&mut self, list: u32, index: u32, size: u32) {
        self.code.get(index);
        self.code.get(list);
        self.code.load(Access::Word, 0);
        self.code.plain(Instruction::I32GeU);
        self.fault_if(Fault::IndexOutOfRange);
        self.code.get(list);
        self.code.get(index);
        self.code.i32(size);
        self.code.plain(Instruction::I32Mul);
        self.code.plain(Instruction::I32Add);
    }

    /// An index of any width, in a local: one that no list can have is the greatest.
    pub(super) fn index(&mut self, index: &Expression) -> u32 {
        let local = self.temporary(ValType::I32);
        self.value(index);
        match index.ty.integer() {
            Some(Integer::U64 | Integer::I64) => self.prelude("index64"),
            Some(Integer::U128 | Integer::I128) => self.prelude("index128"),
            Some(Integer::U256 | Integer::I256) => self.prelude("index256"),
            _ => {}
        }
        self.code.set(local);
        local
    }

    pub(super) fn sequence(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::List(values) => self.list(values, expression.ty),
            Kind::Length(list) => {
                self.value(list);
                match list.ty {
                    Type::List(_) => self.code.load(Access::Word, 0),
                    _ => self.prelude("length"),
                }
            }
            Kind::Slice(list, from, to) => self.slice(list, from, to.as_deref()),
            Kind::Concat(parts) => self.concat(parts, expression.ty),
            Kind::Contains(list, element) if list.ty == Type::Bytes => {
                self.value(list);
                self.value(element);
                self.prelude("contains_byte");
            }
            Kind::Contains(list, element) => self.contains(list, element),
            _ => unreachable!("a sequence"),
        }
    }

    fn list(&mut self, values: &[Expression], ty: Type) {
        if values.is_empty() {
            return self.code.i32(0);
        }
        let size = self.layout(self.element(ty)).size;
        self.code.i32(u32::try_from(values.len()).unwrap_or(u32::MAX));
        self.code.i32(size);
        self.prelude("new_list");
        let list = self.keep(ValType::I32);
        let mut offset = 8;
        for value in values {
            self.store(value, Destination::Local(list, offset));
            offset += size;
        }
        self.code.get(list);
    }

    fn slice(&mut self, list: &Expression, from: &Expression, to: Option<&Expression>) {
        let is_list = matches!(list.ty, Type::List(_));
        let whole_type = if is_list { ValType::I32 } else { ValType::I64 };
        self.value(list);
        let whole = self.keep(whole_type);
        let from = self.index(from);
        let length = self.temporary(ValType::I32);
        self.code.get(whole);
        if is_list {
            self.code.load(Access::Word, 0)
        } else {
            self.prelude("length")
        }
        self.code.set(length);
        let to = to.map_or(length, |to| self.index(to));
        for local in [from, to, length] {
            self.code.get(local);
        }
        self.prelude("is_no_range");
        self.fault_if(Fault::IndexOutOfRange);
        if list.ty == Type::String {
            for at in [from, to] {
                self.code.get(whole);
                self.code.get(at);
                self.prelude("is_cut");
                self.fault_if(Fault::MalformedText);
            }
        }
        for local in [whole, from, to] {
            self.code.get(local);
        }
        if is_list {
            let size = self.layout(self.element(list.ty)).size;
            self.code.i32(size);
        }
        self.prelude(if is_list { "list_slice" } else { "slice" });
    }

    fn concat(&mut self, parts: &[Expression], ty: Type) {
        let kept: Vec<Kept> = parts.iter().map(|part| self.evaluate_and_keep(part)).collect();
        let Some((first, rest)) = kept.split_first() else { return self.code.i64(0) };
        self.fetch(*first);
        for part in rest {
            self.fetch(*part);
            if matches!(ty, Type::List(_)) {
                let size = self.layout(self.element(ty)).size;
                self.code.i32(size);
                self.prelude("list_join");
            } else {
                self.prelude("join");
            }
        }
    }

    fn contains(&mut self, list: &Expression, element: &Expression) {
        self.value(list);
        let list_at = self.keep(ValType::I32);
        let wanted = self.evaluate_and_keep(element);
        let found = self.temporary(ValType::I32);
        self.code.i32(0);
        self.code.set(found);
        let (ty, size) = (element.ty, self.layout(element.ty).size);
        let done = self.code.block();
        self.each_element(list_at, size, |it, at| {
            it.code.get(at);
            it.part(ty, 0);
            it.equals_kept(ty, at, wanted);
            it.when(|it| {
                it.code.i32(1);
                it.code.set(found);
                it.code.br(done);
            });
        });
        self.code.end(done);
        self.code.get(found);
    }

    /// Whether the value on the stack, which is at the address in a local, is a kept one.
    fn equals_kept(&mut self, ty: Type, at: u32, wanted: Kept) {
        match (self.held(ty), ty) {
            (_, Type::String | Type::Bytes) => {
                self.fetch(wanted);
                self.prelude("equal_bytes");
            }
            (Held::Number(access), _) if !matches!(ty, Type::List(_)) => {
                self.fetch(wanted);
                let is_long = access == Access::Long;
                self.code.plain(if is_long { Instruction::I64Eq } else { Instruction::I32Eq });
            }
            (Held::Memory(size), _) if self.layout(ty).fixed => {
                self.fetch(wanted);
                self.code.i32(size);
                self.prelude("equal_memory");
            }
            (Held::Number(_), _) => {
                let list = self.keep(ValType::I32);
                self.equal_encoded(ty, [Kept::Local(list), wanted]);
            }
            _ => {
                self.code.plain(Instruction::Drop);
                self.equal_encoded(ty, [Kept::Local(at), wanted]);
            }
        }
    }

    /// A copy of the list on the stack whose elements nobody else has.
    pub(super) fn copy_list(&mut self, ty: Type) {
        self.call_helper(Helper::Copy(ty));
    }
}
