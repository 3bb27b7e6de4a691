//! Operators.
//!
//! The numbers on both sides have one type: a literal takes that of the other side, and the narrower of two types is widened to
//! the wider if that has all its values. Where a wider type is wanted of the result, the operation is done in that, so that no
//! overflow is needless. All else takes a conversion.

use super::{expression::plain, literal::is_flexible};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Binary, Comparison, Expression, Integer, Kind, Statement, Type, Unary},
    source::Span,
    syntax::ast::{self, BinaryOperator, ExpressionKind, UnaryOperator},
};

/// An operand, and where it stands.
pub(super) type Operand = (Value, Span);

impl<'w> Lowering<'w> {
    pub(super) fn unary(
        &mut self,
        operator: UnaryOperator,
        operand: &'w ast::Expression,
        hint: Option<Type>,
        span: Span,
    ) -> Value {
        match operator {
            UnaryOperator::Not => self.condition(operand).unary(Unary::Not).into(),
            UnaryOperator::Negate => {
                if let ExpressionKind::Integer(literal) = &plain(operand).kind {
                    return self.integer_literal(literal, true, hint, span);
                }
                let value = self.value(operand, hint);
                match value.ty {
                    Ty::Error => Value::error(),
                    Ty::Value(Type::Integer(width)) if width.is_signed() => value.code.unary(Unary::Negate).into(),
                    ty => {
                        let diagnostic =
                            Diagnostic::error(codes::OPERATOR, format!("`-` is not for {}", self.quote(ty)));
                        let diagnostic = diagnostic.label(operand.span, "");
                        self.report(match ty {
                            Ty::Value(Type::Integer(_)) => diagnostic
                                .note("there are no negative numbers of this type")
                                .help("convert it before: `-integer(x)`"),
                            _ => diagnostic,
                        });
                        Value::error()
                    }
                }
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        left: &'w ast::Expression,
        operator: BinaryOperator,
        right: &'w ast::Expression,
        hint: Option<Type>,
        span: Span,
    ) -> Value {
        match operator {
            BinaryOperator::And | BinaryOperator::Or => self.logical(left, operator, right),
            BinaryOperator::Coalesce => self.coalesce(left, right, hint),
            _ if operator.is_comparison() => {
                let (left, right) = self.operands(left, right, None);
                self.comparison(operator, left, right, span)
            }
            _ => {
                let (left, right) = self.operands(left, right, hint);
                self.arithmetic(operator, left, right, hint, span)
            }
        }
    }

    /// Both operands; a literal is lowered last, so that it can take the other's type.
    pub(super) fn operands(
        &mut self,
        left: &'w ast::Expression,
        right: &'w ast::Expression,
        hint: Option<Type>,
    ) -> (Operand, Operand) {
        let (left_span, right_span) = (left.span, right.span);
        if is_flexible(left) && !is_flexible(right) {
            let right = self.value(right, hint);
            let left = self.value(left, self.shared_hint(right.ty, hint));
            return ((left, left_span), (right, right_span));
        }
        let mut left = self.value(left, hint);
        let mark = self.mark();
        let composed = matches!(plain(right).kind, ExpressionKind::List(_) | ExpressionKind::Tuple(_));
        let hint = if composed || is_flexible(right) { self.shared_hint(left.ty, hint) } else { hint };
        let right = self.value(right, hint);
        self.keep_before(mark, [&mut left.code]);
        ((left, left_span), (right, right_span))
    }

    /// The type that a literal takes beside a value of type `other`: the wider of it and what is wanted.
    fn shared_hint(&self, other: Ty, hint: Option<Type>) -> Option<Type> {
        match (other, hint) {
            (Ty::Value(Type::Integer(other)), Some(Type::Integer(hint))) if other.fits(hint) => Some(hint.into()),
            (Ty::Value(other), _) => Some(other),
            _ => hint,
        }
    }

    fn logical(&mut self, left: &'w ast::Expression, operator: BinaryOperator, right: &'w ast::Expression) -> Value {
        let is_and = operator == BinaryOperator::And;
        let facts = self.facts(left, is_and);
        let left = self.condition(left);
        let mark = self.mark();
        let right = self.knowing(facts, |lowering| lowering.condition(right));
        let before = self.take_since(mark);
        if before.is_empty() {
            return if is_and { left.and(right) } else { left.or(right) }.into();
        }
        // What has to be done for the right side is done only if it is evaluated.
        let (local, value) = self.slot(Type::Boolean);
        self.push(Statement::set(local, left));
        let needed: Vec<Statement> = before.into_iter().chain([Statement::set(local, right)]).collect();
        let (then, otherwise) = if is_and { (needed, Vec::new()) } else { (Vec::new(), needed) };
        self.push(Statement::If(value.clone(), then, otherwise));
        value.into()
    }

    /// `left ?? right`
    fn coalesce(&mut self, left: &'w ast::Expression, right: &'w ast::Expression, hint: Option<Type>) -> Value {
        let span = left.span;
        let optional = hint.map(|ty| if matches!(ty, Type::Option(_)) { ty } else { self.program.types.option(ty) });
        let found = self.value(left, optional);
        let content = match found.ty {
            Ty::Error => None,
            Ty::Null => {
                self.never(span, "this is always `null`", "remove it and the `??`");
                return self.value(right, hint);
            }
            Ty::Value(ty) => match self.program.types.content(ty) {
                Some(content) => Some(content),
                None => {
                    self.never(span, "this is never `null`", "remove the `??` and what is behind it");
                    None
                }
            },
        };
        let mark = self.mark();
        let other = self.value(right, content);
        let before = self.take_since(mark);
        let Some(content) = content else {
            // Of the right side, only what is wrong with it mattered.
            return found;
        };
        if other.ty == Ty::Error {
            return Value::error();
        }
        let right_is_optional = other.ty == Ty::Null || other.ty == Ty::Value(found.code.ty);
        let result = if right_is_optional { found.code.ty } else { content };
        let other = self.fitted(other, result.into(), right.span);
        if before.is_empty() && !right_is_optional {
            return found.code.coalesce(other).into();
        }
        let left = self.keep(found.code);
        let (local, value) = self.slot(result);
        let kept = if right_is_optional { left.clone() } else { left.clone().unwrap_some(&self.program.types) };
        let otherwise = before.into_iter().chain([Statement::set(local, other)]).collect();
        self.push(Statement::If(left.is_some(), vec![Statement::set(local, kept)], otherwise));
        value.into()
    }

    fn never(&mut self, span: Span, message: &str, help: &str) {
        self.report(Diagnostic::warning(codes::NEVER_NULL, message).label(span, "").help(help));
    }

    pub(super) fn comparison(&mut self, operator: BinaryOperator, left: Operand, right: Operand, span: Span) -> Value {
        let ((left, left_span), (right, right_span)) = (left, right);
        let comparison = match operator {
            BinaryOperator::Equal => Comparison::Equal,
            BinaryOperator::NotEqual => Comparison::NotEqual,
            BinaryOperator::Less => Comparison::Less,
            BinaryOperator::LessOrEqual => Comparison::LessOrEqual,
            BinaryOperator::Greater => Comparison::Greater,
            _ => Comparison::GreaterOrEqual,
        };
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if left.ty == Ty::Error || right.ty == Ty::Error {
            return Expression::zero(Type::Boolean).into();
        }
        if equality && (left.ty == Ty::Null || right.ty == Ty::Null) {
            return self.null_test(comparison, (left, left_span), (right, right_span));
        }
        let ((left, right), ty) = match self.same_type(left, right, None) {
            Ok(found) => found,
            Err((left, right)) => return self.no_operator(operator, left, right, span, (left_span, right_span)),
        };
        let ordered =
            matches!(ty, Type::Integer(_) | Type::Enum(_) | Type::String | Type::Bytes | Type::Address | Type::Hash);
        if (!equality && !ordered) || ty == Type::Unit {
            let message = format!("{} has no order", self.quote(ty.into()));
            let diagnostic = Diagnostic::error(codes::OPERATOR, message).label(span, "");
            self.report(match self.program.types.content(ty) {
                Some(_) => diagnostic.help("give another value for `null` before: `(x ?? 0) < y`"),
                None => diagnostic.help("it can only be compared by `==` and `!=`"),
            });
        }
        left.compare(comparison, right).into()
    }

    fn null_test(&mut self, comparison: Comparison, left: Operand, right: Operand) -> Value {
        let is_null = comparison == Comparison::Equal;
        let (value, span) = if right.0.ty == Ty::Null { left } else { right };
        let optional = match value.ty {
            Ty::Value(ty @ Type::Option(_)) => Some(ty),
            // A variable that was checked already.
            Ty::Value(_) if matches!(value.code.kind, Kind::Unwrap(_)) => None,
            _ => None,
        };
        if optional.is_none() {
            let message = if value.ty == Ty::Null { "this is always `null`" } else { "this is never `null`" };
            self.never(span, message, "remove the comparison");
            return Expression::boolean((value.ty == Ty::Null) == is_null).into();
        }
        let is_some = value.code.is_some();
        if is_null { is_some.unary(Unary::Not) } else { is_some }.into()
    }

    /// Both values in one type.
    fn same_type(
        &mut self,
        left: Value,
        right: Value,
        wanted: Option<Integer>,
    ) -> Result<((Expression, Expression), Type), (Ty, Ty)> {
        let types = (left.ty, right.ty);
        if let (Ty::Value(Type::Integer(a)), Ty::Value(Type::Integer(b))) = types {
            let common = if a.fits(b) { Some(b) } else { b.fits(a).then_some(a) };
            // In what is wanted of the result, both fit though neither does in the other.
            let common = wanted.filter(|wanted| a.fits(*wanted) && b.fits(*wanted)).or(common);
            let Some(common) = common else { return Err(types) };
            let widen = |code: Expression, from: Integer| if from == common { code } else { code.convert(common) };
            return Ok(((widen(left.code, a), widen(right.code, b)), common.into()));
        }
        // A value beside an optional one: as an optional one.
        for (from, to) in [(types.0, types.1), (types.1, types.0)] {
            if let (_, Ty::Value(to)) = (from, to)
                && let (Ok(a), Ok(b)) = (self.fit(left.clone(), to), self.fit(right.clone(), to))
            {
                return Ok(((a, b), to));
            }
        }
        Err(types)
    }

    /// `+ - * / %`
    pub(super) fn arithmetic(
        &mut self,
        operator: BinaryOperator,
        left: Operand,
        right: Operand,
        hint: Option<Type>,
        span: Span,
    ) -> Value {
        let ((left, left_span), (right, right_span)) = (left, right);
        if left.ty == Ty::Error || right.ty == Ty::Error {
            return Value::error();
        }
        let types = (left.ty, right.ty);
        if let (Ty::Value(Type::Integer(_)), Ty::Value(Type::Integer(_))) = types {
            let binary = match operator {
                BinaryOperator::Add => Binary::Add,
                BinaryOperator::Subtract => Binary::Subtract,
                BinaryOperator::Multiply => Binary::Multiply,
                BinaryOperator::Divide => Binary::Divide,
                _ => Binary::Remainder,
            };
            let hint = hint.map(|ty| self.program.types.content(ty).unwrap_or(ty)).and_then(Type::integer);
            return match self.same_type(left, right, hint) {
                Ok(((left, right), _)) => left.binary(binary, right).into(),
                Err((left, right)) => self.no_operator(operator, left, right, span, (left_span, right_span)),
            };
        }
        if let (BinaryOperator::Add, Ty::Value(ty @ (Type::String | Type::Bytes | Type::List(_)))) = (operator, left.ty)
            && right.ty == left.ty
        {
            return joined(ty, left.code, right.code).into();
        }
        self.no_operator(operator, left.ty, right.ty, span, (left_span, right_span))
    }

    fn no_operator(&mut self, operator: BinaryOperator, left: Ty, right: Ty, span: Span, parts: (Span, Span)) -> Value {
        let symbol = operator.symbol();
        let message = format!("`{symbol}` is not for {} and {}", self.quote(left), self.quote(right));
        let mut diagnostic = Diagnostic::error(codes::OPERATOR, message)
            .label(span, "")
            .context(parts.0, format!("this is {}", self.quote(left)))
            .context(parts.1, format!("this is {}", self.quote(right)));
        let content = |lowering: &Self, ty: Ty| ty.known().and_then(|ty| lowering.program.types.content(ty));
        let help = match (left, right) {
            (Ty::Value(Type::Integer(_)), Ty::Value(Type::Integer(_))) => {
                Some("neither type has all numbers of the other: convert one of them, like `integer(x)`".to_owned())
            }
            (Ty::Value(Type::String), Ty::Value(_)) | (Ty::Value(_), Ty::Value(Type::String)) if symbol == "+" => {
                Some("write `string(...)` around what is no text".to_owned())
            }
            _ if content(self, left).is_some() || content(self, right).is_some() => Some(
                "what may be `null` needs another value for it, `x ?? 0`, or a check `x != null` before".to_owned(),
            ),
            _ => None,
        };
        if let Some(help) = help {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
        if operator.is_comparison() { Expression::zero(Type::Boolean).into() } else { Value::error() }
    }
}

/// One after the other; a chain of them is joined at once.
fn joined(ty: Type, left: Expression, right: Expression) -> Expression {
    let mut parts = match left {
        Expression { kind: Kind::Concat(parts), .. } => parts,
        left => vec![left],
    };
    parts.push(right);
    Expression::new(ty, Kind::Concat(parts))
}
