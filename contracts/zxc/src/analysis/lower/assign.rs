//! Assignments.

use super::expression::plain;
use crate::{
    analysis::{
        Lowering, codes,
        value::{Base, Target, Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Expression, Projection, Type},
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
        let mut found = self.whole_target(target);
        let Some(operator) = binary(operator) else {
            let mark = self.mark();
            let value = self.typed(value, found.ty);
            self.keep_target_before(mark, &mut found);
            return self.write_target(found, value, span);
        };
        let mark = self.mark();
        let mut right = self.value(value, found.ty.known());
        self.keep_target_before(mark, &mut found);
        // A call may change what is assigned to: the old value is read after it, or the change would be lost.
        if super::order::calls(&right.code) {
            right.code = self.keep(right.code);
        }
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

    fn keep_target_before(&mut self, mark: usize, target: &mut Target) {
        let mut parts: Vec<&mut Expression> = match &mut target.base {
            Base::Cell(_, keys) => keys.iter_mut().collect(),
            _ => Vec::new(),
        };
        parts.extend(target.path.iter_mut().filter_map(|step| match step {
            Projection::Element(index) => Some(index),
            Projection::Field(_) => None,
        }));
        self.keep_before(mark, parts);
    }

    /// `(a, b) = value`: the value first, all of it; then the assignments from left to right.
    fn assign_tuple(&mut self, elements: &'w [ast::Expression], value: &'w ast::Expression) {
        let nested = elements.iter().find(|element| matches!(plain(element).kind, ExpressionKind::Tuple(_)));
        if let Some(nested) = nested {
            let diagnostic = Diagnostic::error(codes::NOT_A_PLACE, "a tuple within a tuple can't be assigned to");
            self.report(diagnostic.label(nested.span, "").help("assign its elements in a statement of their own"));
            return;
        }
        let targets: Vec<Target> = elements.iter().map(|element| self.whole_target(element)).collect();
        let types: Option<Vec<Type>> = targets.iter().map(|target| target.ty.known()).collect();
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
        for ((target, element), value) in targets.into_iter().zip(elements).zip(values) {
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
