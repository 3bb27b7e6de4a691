//! Assignments: the value first, then the place from left to right, then what the place has, if that is needed.
//!
//! That is the order of Rust (for numbers) and Solidity, whose users expect `total += this.take()` to keep what `take` did to
//! `total`.

use super::{expression::plain, order::is_stable};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Base, Target, Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Expression, Projection, Statement, Type},
    syntax::ast::{self, AssignOperator, BinaryOperator, ExpressionKind},
};

impl<'w> Lowering<'w> {
    pub(super) fn assign(&mut self, target: &'w ast::Expression, operator: AssignOperator, value: &'w ast::Expression) {
        if let ExpressionKind::Tuple(elements) = &plain(target).kind {
            return self.assign_tuple(elements, value);
        }
        if let (ExpressionKind::Name(name), ExpressionKind::Name(same), AssignOperator::Set) =
            (&plain(target).kind, &plain(value).kind, operator)
            && name == same
        {
            let diagnostic = Diagnostic::warning(codes::SELF_ASSIGNMENT, format!("`{name}` is assigned to itself"));
            let diagnostic = diagnostic.label(target.span.to(value.span), "");
            let help = if self.frame.variables.contains_key(name.as_str()) && self.members.contains_key(name.as_str()) {
                format!("`this.{name}` is the contract's member")
            } else {
                "remove it".to_owned()
            };
            self.report(diagnostic.help(help));
        }
        let span = target.span;
        // The place is lowered first, since the value's type depends on it, but evaluated behind the value.
        let mark = self.mark();
        let mut found = self.whole_target(target);
        let before = self.take_since(mark);
        let Some(operator) = binary(operator) else {
            let value = self.typed(value, found.ty);
            let value = self.keep_before_place(value, &found, before);
            return self.write_target(found, value, span);
        };
        let mut right = self.value(value, found.ty.known());
        // A call may change what is assigned to: the old value is read after it, or the change would be lost.
        if super::order::calls(&right.code) {
            right.code = self.keep(right.code);
        }
        right.code = self.keep_before_place(right.code, &found, before);
        let left = Value { ty: found.ty, code: self.read_target(&mut found, span) };
        let result =
            self.arithmetic(operator, (left, span), (right, value.span), found.ty.known(), span.to(value.span));
        let result = self.fitted(result, found.ty, span.to(value.span));
        self.write_target(found, result, span);
    }

    /// What is assigned to: not a map.
    fn whole_target(&mut self, target: &'w ast::Expression) -> Target {
        use ExpressionKind::{Element, Index, Member, Name};
        if !matches!(plain(target).kind, Name(_) | Member { .. } | Element { .. } | Index { .. }) {
            // The parser has complained.
            return Target::error();
        }
        let found = self.target(target);
        if let Base::Map(_) = found.base {
            let diagnostic =
                Diagnostic::error(codes::MAP_VALUE, "a map can't be assigned to as a whole").label(target.span, "");
            self.report(diagnostic.help("assign to its entries: `map[key] = value`"));
            return Target::error();
        }
        found
    }

    /// Evaluates a value before the place that it is for, whose statements are `place`: where nobody can tell the difference, it
    /// stays an expression.
    fn keep_before_place(&mut self, value: Expression, target: &Target, place: Vec<Statement>) -> Expression {
        let is_simple = |step: &Projection| matches!(step, Projection::Field(_));
        let simple = match &target.base {
            Base::Cell(_, keys) => keys.iter().all(is_stable),
            _ => true,
        };
        let simple = simple && place.is_empty() && target.path.iter().all(is_simple);
        let value = if simple { value } else { self.repeatable(value) };
        self.frame.out.extend(place);
        value
    }

    /// `(a, b) = value`: the value first, all of it; then the assignments from left to right, each with its place.
    fn assign_tuple(&mut self, elements: &'w [ast::Expression], value: &'w ast::Expression) {
        let nested = elements.iter().find(|element| matches!(plain(element).kind, ExpressionKind::Tuple(_)));
        if let Some(nested) = nested {
            let diagnostic = Diagnostic::error(codes::NOT_A_PLACE, "a tuple within a tuple can't be assigned to");
            self.report(diagnostic.label(nested.span, "").help("assign its elements in a statement of their own"));
            return;
        }
        let targets: Vec<(Vec<Statement>, Target)> = elements
            .iter()
            .map(|element| {
                let mark = self.mark();
                let target = self.whole_target(element);
                (self.take_since(mark), target)
            })
            .collect();
        let types: Option<Vec<Type>> = targets.iter().map(|(_, target)| target.ty.known()).collect();
        let Some(types) = types else {
            self.value(value, None);
            return;
        };
        // Each element is kept, so that `(a, b) = (b, a)` changes places.
        let values: Vec<Expression> = match &plain(value).kind {
            ExpressionKind::Tuple(parts) if parts.len() == types.len() => {
                let pairs = parts.iter().zip(&types);
                pairs
                    .map(|(part, ty)| {
                        let part = self.typed(part, (*ty).into());
                        self.keep(part)
                    })
                    .collect()
            }
            _ => {
                let ty = self.program.types.tuple(&types);
                let whole = self.typed(value, Ty::Value(ty));
                let whole = self.keep(whole);
                (0..types.len())
                    .map(|index| whole.clone().field(u32::try_from(index).unwrap_or(u32::MAX), &self.program.types))
                    .collect()
            }
        };
        for (((place, target), element), value) in targets.into_iter().zip(elements).zip(values) {
            self.frame.out.extend(place);
            self.write_target(target, value, element.span);
        }
    }
}

fn binary(operator: AssignOperator) -> Option<BinaryOperator> {
    Some(match operator {
        AssignOperator::Set => return None,
        AssignOperator::Add => BinaryOperator::Add,
        AssignOperator::Subtract => BinaryOperator::Subtract,
        AssignOperator::Multiply => BinaryOperator::Multiply,
        AssignOperator::Divide => BinaryOperator::Divide,
        AssignOperator::Remainder => BinaryOperator::Remainder,
    })
}
