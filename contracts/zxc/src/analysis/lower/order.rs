//! Operands in the order in which they are written.
//!
//! The code of an operand is an expression that is evaluated where it stands. Some operands need statements before them
//! (`pop` takes an element away). Those run before the whole expression, so the operands to the left of such a one are
//! evaluated before its statements, and kept.

use crate::{
    analysis::Lowering,
    ir::{Constant, Context, Expression, Kind, LocalId, Statement, Type},
};

impl<'w> Lowering<'w> {
    /// How many statements the block has: to be given to [`Lowering::keep_before`].
    pub(super) fn mark(&self) -> usize {
        self.frame.out.len()
    }

    /// If statements were added since `mark`, evaluates these operands before them.
    pub(super) fn keep_before<'a>(&mut self, mark: usize, operands: impl IntoIterator<Item = &'a mut Expression>) {
        if self.mark() == mark {
            return;
        }
        let mut at = mark;
        for operand in operands {
            if self.never_changes(operand) {
                continue;
            }
            let (ty, local) = (operand.ty, self.frame.local("", operand.ty));
            let value = std::mem::replace(operand, Expression::local(local, ty));
            self.frame.out.insert(at, Statement::set(local, value));
            at += 1;
        }
    }

    /// Lowers each of some operands.
    pub(super) fn in_order<T>(
        &mut self,
        operands: &'w [T],
        mut lower: impl FnMut(&mut Self, &'w T) -> Expression,
    ) -> Vec<Expression> {
        let mut values: Vec<Expression> = Vec::with_capacity(operands.len());
        // Those before this one can't change any more.
        let mut kept = 0;
        for operand in operands {
            let mark = self.mark();
            let value = lower(self, operand);
            if self.mark() != mark {
                self.keep_before(mark, values.iter_mut().skip(kept));
                kept = values.len();
            }
            values.push(value);
        }
        values
    }

    /// Constants, and locals that have no name: those get one value.
    fn never_changes(&self, value: &Expression) -> bool {
        match value.kind {
            Kind::Constant(_) => true,
            Kind::Local(local) => self.frame.locals.get(local.index()).is_some_and(|local| local.name.is_empty()),
            _ => false,
        }
    }

    /// The statements that were added since `mark`, taken out of the block.
    pub(super) fn take_since(&mut self, mark: usize) -> Vec<Statement> {
        self.frame.out.split_off(mark)
    }

    /// The same value again and again, whatever happens in between: in a local, unless it is simple.
    pub(super) fn repeatable(&mut self, value: Expression) -> Expression {
        if is_stable(&value) { value } else { self.keep(value) }
    }

    /// A fresh local without a value, and its value.
    pub(super) fn slot(&mut self, ty: Type) -> (LocalId, Expression) {
        let local = self.frame.local("", ty);
        (local, Expression::local(local, ty))
    }
}

/// Whether evaluating it may change something. No deeper than the tree that it was made of.
pub(super) fn calls(value: &Expression) -> bool {
    matches!(value.kind, Kind::Call(..) | Kind::Invoke(_) | Kind::Create(_)) || value.children().into_iter().any(calls)
}

/// Whether it costs little and gives the same however often it is evaluated within a statement.
pub(super) fn is_stable(value: &Expression) -> bool {
    match &value.kind {
        Kind::Constant(Constant::String(_) | Constant::Bytes(_)) => false,
        Kind::Constant(_) => true,
        // What has a list in it can be changed by `pop`.
        Kind::Local(_) => !matches!(value.ty, Type::List(_) | Type::Option(_) | Type::Tuple(_) | Type::Record(_)),
        Kind::Context(context) => !matches!(context, Context::Balance | Context::GasLeft | Context::GasUsed),
        _ => false,
    }
}
