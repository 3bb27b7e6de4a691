//! Lists that are changed in place, and how others do not notice.
//!
//! Values have no identity, yet a list is an address: assigning one shares it. That does no harm until it is changed. So a local
//! whose lists are changed in place **owns** them: what it is assigned is copied unless nobody else can have it (it is *fresh*),
//! and what is taken from it to be kept elsewhere is copied too. All other locals share.

use super::code::{Access, Callee, Op};
use super::function::{Compiler, Destination, Held};
use super::module::{Body, Helper, Module};
use crate::ir::{Expression, Kind, LocalId, Shape, Type};
use wasm_encoder::{Instruction, ValType};

impl Compiler<'_, '_> {
    /// Whether nobody else can have the lists of a value once [`store`](Self::store) has stored it.
    pub(super) fn is_fresh(&self, expression: &Expression) -> bool {
        if !self.layout(expression.ty).has_list {
            return true;
        }
        match &expression.kind {
            Kind::Constant(_) | Kind::Read(..) | Kind::Decode(_) | Kind::Invoke(_) => true,
            Kind::Tuple(values) | Kind::List(values) => values.iter().all(|value| self.is_fresh(value)),
            Kind::Some(value) => self.is_fresh(value),
            Kind::Choose(_, a, b) | Kind::Coalesce(a, b) => self.is_fresh(a) && self.is_fresh(b),
            Kind::Slice(..) | Kind::Concat(_) => {
                let element = self.module.program.types.element(expression.ty).unwrap_or(Type::Unit);
                !self.layout(element).has_list
            }
            _ => self.is_owned(expression) && !self.leaving,
        }
    }

    /// Whether a value with lists is part of a local that owns them: to be kept elsewhere it is copied.
    pub(super) fn is_owned(&self, expression: &Expression) -> bool {
        self.layout(expression.ty).has_list && root(expression).is_some_and(|local| self.owning.contains(&local))
    }

    /// Copies the lists of the value somewhere in memory.
    pub(super) fn unshare(&mut self, ty: Type, at: Destination) {
        if !self.layout(ty).has_list {
            return;
        }
        if self.held(ty) == Held::Number(Access::Word) {
            self.address(at);
        }
        self.address(at);
        if self.held(ty) == Held::Number(Access::Word) {
            self.code.load(Access::Word, 0);
        }
        let helper = self.module.helper(Helper::Copy(ty));
        self.code.call(helper);
        if self.held(ty) == Held::Number(Access::Word) {
            self.code.store(Access::Word, 0);
        }
    }
}

/// The local that a value is a part of.
fn root(expression: &Expression) -> Option<LocalId> {
    match &expression.kind {
        Kind::Local(local) => Some(*local),
        Kind::Field(value, _) | Kind::Element(value, _) | Kind::Unwrap(value) => root(value),
        _ => None,
    }
}

/// Copies the lists in a value: of a list, gives its copy; of what is in memory, changes it there.
pub(super) fn copy_helper(module: &mut Module, ty: Type) -> Body {
    let shape = module.program.types.shape(ty).cloned();
    let is_list = matches!(shape, Some(Shape::List(_)));
    let mut compiler = Compiler::new(module, vec![ValType::I32], is_list.then_some(ValType::I32));
    match shape {
        Some(Shape::List(element)) => {
            let size = compiler.layout(element).size;
            compiler.code.get(0);
            compiler.code.i32(size);
            compiler.prelude("list_copy");
            if compiler.layout(element).has_list {
                compiler.code.set(0);
                compiler.each_element(0, size, |compiler, at| {
                    compiler.unshare(element, Destination::Local(at, 0));
                });
                compiler.code.get(0);
            }
        }
        Some(Shape::Option(content)) => {
            compiler.code.get(0);
            compiler.code.load(Access::Byte, 0);
            compiler.when(|compiler| compiler.unshare(content, Destination::Local(0, 1)));
        }
        _ => {
            let fields = compiler.module.program.types.fields(ty).unwrap_or_default();
            let mut offset = 0;
            for field in fields {
                compiler.unshare(field, Destination::Local(0, offset));
                offset += compiler.layout(field).size;
            }
        }
    }
    compiler.finish()
}

impl Compiler<'_, '_> {
    /// Runs code for each element of the list in a local, with a local that has the element's address.
    pub(super) fn each_element(&mut self, list: u32, size: u32, code: impl FnOnce(&mut Self, u32)) {
        let (at, end) = (self.temporary(ValType::I32), self.temporary(ValType::I32));
        self.code.get(list);
        self.code.offset(8);
        self.code.tee(at);
        self.code.get(list);
        self.code.load(Access::Word, 0);
        self.code.i32(size);
        self.code.plain(Instruction::I32Mul);
        self.code.plain(Instruction::I32Add);
        self.code.set(end);
        let done = self.code.block();
        let next = self.code.loops();
        self.code.get(at);
        self.code.get(end);
        self.code.plain(Instruction::I32GeU);
        self.code.br_if(done);
        code(self, at);
        self.code.get(at);
        self.code.i32(size);
        self.code.plain(Instruction::I32Add);
        self.code.set(at);
        self.code.br(next);
        self.code.end(next);
        self.code.end(done);
    }

    pub(super) fn call_helper(&mut self, helper: Helper) {
        let callee: Callee = self.module.helper(helper);
        self.code.op(Op::Call(callee));
    }
}
