//! The versions of `ledger` members: `versions(l)`, `version(l, index)`, `at_block(l, number)`.

use super::call::Call;
use crate::{
    analysis::{
        Lowering, codes,
        value::{Base, Value},
    },
    diagnostics::Diagnostic,
    ir::{CellId, CellKind, Expression, Kind, Type},
    syntax::ast,
};

impl<'w> Lowering<'w> {
    pub(super) fn ledger_call(&mut self, name: &str, call: Call<'w>) -> Value {
        self.plain_call(call);
        let wanted = if name == "versions" { 1 } else { 2 };
        let ([ledger] | [ledger, _]) = call.arguments else {
            self.wrong_count(name, wanted, call.arguments.len(), call.span);
            return Value::error();
        };
        if call.arguments.len() != wanted {
            self.wrong_count(name, wanted, call.arguments.len(), call.span);
        }
        let Some((cell, mut keys)) = self.ledger(ledger) else { return Value::error() };
        let value = self.program.cells[cell.index()].value;
        let Some(which) = call.arguments.get(1) else {
            return Expression::new(Type::U32, Kind::Count(cell, keys)).into();
        };
        let mark = self.mark();
        if name == "at_block" {
            let block = self.typed(which, Type::U32.into());
            self.keep_before(mark, &mut keys);
            return Expression::new(value, Kind::AtBlock(cell, keys, Box::new(block))).into();
        }
        let index = self.index(which);
        self.keep_before(mark, &mut keys);
        let version = self.program.types.tuple(&[Type::U32, value]);
        Expression::new(version, Kind::Version(cell, keys, Box::new(index))).into()
    }

    /// The ledger that an expression names, with all its keys.
    fn ledger(&mut self, expression: &'w ast::Expression) -> Option<(CellId, Vec<Expression>)> {
        let target = self.target(expression);
        let problem = match target.base {
            Base::Error => return None,
            Base::Cell(cell, keys)
                if target.path.is_empty() && self.program.cells[cell.index()].kind == CellKind::Ledger =>
            {
                self.frame.effects.read(expression.span, "this reads storage");
                self.frame.effects.cells_read.insert(cell);
                return Some((cell, keys));
            }
            Base::Map(_) => "the ledger's keys are missing",
            _ => "this is no ledger",
        };
        let diagnostic = Diagnostic::error(codes::MISMATCH, problem).label(expression.span, "");
        self.report(diagnostic.help("name a storage member that is declared by `ledger`, with all its keys"));
        None
    }
}
