//! Literals: a number takes the type that is wanted, and is an `integer` where none is.

use num_bigint::{BigInt, Sign};

use crate::{
    analysis::{
        Lowering, codes,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Expression, Integer, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind, UnaryOperator},
};

impl<'w> Lowering<'w> {
    /// A number, perhaps with a minus before it.
    pub(super) fn integer_literal(
        &mut self,
        literal: &ast::IntegerLiteral,
        negative: bool,
        hint: Option<Type>,
        span: Span,
    ) -> Value {
        let hint = hint.map(|ty| self.program.types.content(ty).unwrap_or(ty));
        if let (Some(ty @ (Type::Address | Type::Hash)), false) = (hint, negative) {
            return self.digits(literal, ty, span);
        }
        let width = hint.and_then(Type::integer).unwrap_or(Integer::I256);
        let mut value = BigInt::from_bytes_be(Sign::Plus, &literal.value.to_big_endian());
        if negative {
            value = -value;
        }
        if !width.contains(&value) {
            let name = self.show(width.into());
            let diagnostic = Diagnostic::error(codes::LITERAL, format!("`{name}` has no such number")).label(span, "");
            let note = format!("the numbers of `{name}` go from {} to {}", limit(&width.min()), limit(&width.max()));
            let diagnostic = diagnostic.note(note);
            let larger = Integer::ALL.into_iter().find(|width| width.contains(&value));
            self.report(match larger {
                Some(larger) => diagnostic.help(format!("`{}` has it", self.show(larger.into()))),
                None => diagnostic,
            });
            return Expression::zero(width.into()).into();
        }
        Expression::integer(width, value).into()
    }

    /// `0x` and all digits of an address or a hash.
    fn digits(&mut self, literal: &ast::IntegerLiteral, ty: Type, span: Span) -> Value {
        let exact = if ty == Type::Address {
            literal.bytes(20).and_then(|bytes| bytes.try_into().ok()).map(Expression::address)
        } else {
            literal.bytes(32).and_then(|bytes| bytes.try_into().ok()).map(Expression::hash)
        };
        if let Some(value) = exact {
            return value.into();
        }
        let (name, digits) = if ty == Type::Address { ("an address", 40) } else { ("a hash", 64) };
        let diagnostic = Diagnostic::error(codes::LITERAL, format!("this is no literal of {name}")).label(span, "");
        let zero = if ty == Type::Address { "address(0)" } else { "Hash(0)" };
        self.report(diagnostic.help(format!("write `0x` and {digits} digits; `{zero}` is the one of zeros")));
        Value::error()
    }

    /// `hex"..."`: bytes, or an address or hash where one is wanted and the length is right.
    pub(super) fn bytes_literal(&mut self, literal: &ast::BytesLiteral, hint: Option<Type>) -> Value {
        let fixed = match hint {
            Some(Type::Address) => literal.value.as_slice().try_into().ok().map(Expression::address),
            Some(Type::Hash) => literal.value.as_slice().try_into().ok().map(Expression::hash),
            _ => None,
        };
        fixed.unwrap_or_else(|| Expression::bytes(&literal.value)).into()
    }

    /// `[a, b]`: the elements have the type that is wanted, or that of the first.
    pub(super) fn list(&mut self, elements: &'w [ast::Expression], hint: Option<Type>, span: Span) -> Value {
        let hint = hint.map(|ty| self.program.types.content(ty).unwrap_or(ty));
        let wanted = hint.filter(|ty| matches!(ty, Type::List(_))).and_then(|ty| self.program.types.element(ty));
        if elements.is_empty() {
            return match wanted {
                Some(element) => Expression::zero(self.program.types.list(element)).into(),
                None => {
                    let diagnostic =
                        Diagnostic::error(codes::NOT_INFERRED, "the type of this list is not known").label(span, "");
                    self.report(diagnostic.help("write the type: `name: List<T> = []`"));
                    Value::error()
                }
            };
        }
        // Without a type that is wanted, the first element that is no plain number tells. Those before it do nothing, and so
        // may come later.
        let teller = elements.iter().position(|element| !is_flexible(element)).unwrap_or_default();
        let (numbers, others) = elements.split_at(if wanted.is_some() { 0 } else { teller });
        let (element, told) = match (wanted, others.first()) {
            (None, Some(first)) => {
                let found = self.value(first, None);
                let found = self.inferred(found, first.span);
                (found.ty, Some(found.code))
            }
            (wanted, _) => (wanted.map_or(Ty::Error, Ty::from), None),
        };
        let mut all = self.in_order(numbers, |lowering, number| lowering.typed(number, element));
        let others = if told.is_some() { others.get(1..).unwrap_or_default() } else { others };
        all.extend(told);
        let mark = self.mark();
        let others = self.in_order(others, |lowering, other| lowering.typed(other, element));
        self.keep_before(mark, &mut all);
        all.extend(others);
        match element {
            Ty::Value(element) => Expression::list(self.program.types.list(element), all).into(),
            _ => Value::error(),
        }
    }

    /// `(a, b)`
    pub(super) fn tuple(&mut self, elements: &'w [ast::Expression], hint: Option<Type>) -> Value {
        if elements.is_empty() {
            return Expression::unit().into();
        }
        let hint = hint.map(|ty| self.program.types.content(ty).unwrap_or(ty));
        let wanted = hint.filter(|ty| matches!(ty, Type::Tuple(_))).and_then(|ty| self.program.types.fields(ty));
        let wanted = wanted.filter(|wanted| wanted.len() == elements.len());
        let mut types = Vec::new();
        let mut index = 0;
        let values = self.in_order(elements, |lowering, element| {
            let hint = wanted.as_ref().and_then(|wanted| wanted.get(index)).copied();
            index += 1;
            let value = lowering.value(element, hint);
            // An element that fits what is wanted takes its type.
            let value = match hint {
                Some(hint) if value.ty != Ty::Error => match lowering.fit(value.clone(), hint) {
                    Ok(code) => code.into(),
                    Err(_) => lowering.inferred(value, element.span),
                },
                _ => lowering.inferred(value, element.span),
            };
            types.push(value.ty);
            value.code
        });
        let known: Option<Vec<Type>> = types.into_iter().map(Ty::known).collect();
        match known {
            Some(known) => Expression::tuple(self.program.types.tuple(&known), values).into(),
            None => Value::error(),
        }
    }
}

/// Whether an expression takes any type that is wanted of it: numbers, `null`, and what is made of them.
pub(super) fn is_flexible(expression: &ast::Expression) -> bool {
    let plain = super::expression::plain(expression);
    match &plain.kind {
        ExpressionKind::Integer(_) | ExpressionKind::Null => true,
        ExpressionKind::List(elements) => elements.is_empty(),
        ExpressionKind::Unary { operator: UnaryOperator::Negate, operand } => is_flexible(operand),
        ExpressionKind::Binary { left, operator, right } => {
            use ast::BinaryOperator::{Add, Divide, Multiply, Remainder, Subtract};
            matches!(operator, Add | Subtract | Multiply | Divide | Remainder)
                && is_flexible(left)
                && is_flexible(right)
        }
        _ => false,
    }
}

/// The limit of a type, as people write it.
fn limit(value: &BigInt) -> String {
    let text = value.to_string();
    if text.len() <= 20 {
        return text;
    }
    let exponent = (value.magnitude() + 1u32).bits() - 1;
    if value.sign() == Sign::Minus {
        format!("-2^{}", value.magnitude().bits() - 1)
    } else {
        format!("2^{exponent} - 1")
    }
}
