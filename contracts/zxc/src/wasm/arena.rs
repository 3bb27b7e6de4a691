//! What takes memory from the arena, and when it is given back.
//!
//! The arena only grows while something may point into it. It is reset where nothing can: at the end of a function whose result
//! has no pointers, and in loops at the end of every statement that stores none. So a loop that works with texts needs no more
//! memory than its longest round, unless it keeps them.
//!
//! What encodes something for the chain, or to compare it, gives it back at once and does not count here.

use wasm_encoder::ValType;

use super::function::Compiler;
use super::module::Module;
use crate::ir::{Expression, Kind, Projection, Statement, Type};

/// Whether running a block may leave something in the arena.
pub(super) fn grows(module: &Module, block: &[Statement]) -> bool {
    block.iter().any(|statement| {
        statement.any(&mut |it| statement_takes(module, it)) || statement.any_expression(&mut |it| takes(module, it))
    })
}

/// Whether a statement itself, not its expressions, may leave something there.
fn statement_takes(module: &Module, statement: &Statement) -> bool {
    match statement {
        Statement::Push(..) | Statement::Guard { .. } => true,
        // Lists may be copied, so that two places do not share them.
        Statement::Assign(place, value) => {
            module.layouts.of(value.ty).has_list || place.path.iter().any(|step| matches!(step, Projection::Element(_)))
        }
        _ => false,
    }
}

/// Whether evaluating an expression, not what is in it, may leave something there.
fn takes(module: &Module, expression: &Expression) -> bool {
    let has_pointer = module.layouts.of(expression.ty).has_pointer;
    match &expression.kind {
        Kind::Concat(_) | Kind::Encode(_) | Kind::Invoke(_) | Kind::Create(_) | Kind::Text(_) => true,
        Kind::List(values) => !values.is_empty(),
        Kind::Slice(list, ..) => matches!(list.ty, Type::List(_)),
        Kind::Convert(value) => matches!(value.ty, Type::Address | Type::Hash),
        Kind::Decode(_) | Kind::Call(..) => has_pointer,
        Kind::Read(..) => {
            !module.layouts.of(expression.ty).plain && !matches!(expression.ty, Type::Boolean | Type::Enum(_))
        }
        // An argument may be copied for the callee.
        Kind::Local(_) | Kind::Field(..) | Kind::Element(..) => module.layouts.of(expression.ty).has_list,
        _ => false,
    }
}

impl Compiler<'_, '_> {
    /// In a loop: gives back what `code` takes, if it takes anything. What it leaves must not point into the arena.
    pub(super) fn give_back(&mut self, expressions: &[&Expression], code: impl FnOnce(&mut Self)) {
        let takes = |module: &Module| expressions.iter().any(|it| it.any(&mut |it| takes(module, it)));
        if self.loops.is_empty() || !takes(self.module) {
            return code(self);
        }
        self.global_get("heap");
        let heap = self.keep(ValType::I32);
        code(self);
        self.code.get(heap);
        self.global_set("heap");
    }

    /// The end of the arena, kept to go back to.
    pub(super) fn arena_end(&mut self) -> u32 {
        self.global_get("heap");
        self.keep(ValType::I32)
    }

    /// Gives back what was taken since [`arena_end`](Self::arena_end).
    pub(super) fn arena_back(&mut self, end: u32) {
        self.code.get(end);
        self.global_set("heap");
    }
}
