//! Constants: operations on them are done now, and choices between what they decide are made.

use num_bigint::BigInt;

use crate::ir::interpret::{binary, text, unary, value::Value};
use crate::ir::{Comparison, Constant, Expression, Integer, Kind, Statement, Type, Unary};

/// Folds all expressions of a block, and then the statements that they decide.
pub(super) fn block(block: &mut Vec<Statement>) {
    let mut folded = Vec::with_capacity(block.len());
    for mut statement in std::mem::take(block) {
        statement.expressions_mut().into_iter().for_each(expression);
        statement.blocks_mut().into_iter().for_each(self::block);
        match statement {
            Statement::If(condition, then, otherwise) => match boolean(&condition) {
                Some(true) => folded.extend(then),
                Some(false) => folded.extend(otherwise),
                None if then.is_empty() && otherwise.is_empty() => folded.push(Statement::Evaluate(condition)),
                None => folded.push(Statement::If(condition, then, otherwise)),
            },
            Statement::Loop { ref condition, .. } if boolean(condition) == Some(false) => {}
            Statement::Evaluate(value) if is_silent(&value) => {}
            other => folded.push(other),
        }
    }
    *block = folded;
}

/// Folds an expression, from the inside out.
pub(super) fn expression(expression: &mut Expression) {
    expression.children_mut().into_iter().for_each(self::expression);
    let ty = expression.ty;
    let folded = match &mut expression.kind {
        Kind::Choose(condition, then, otherwise) => match boolean(condition) {
            Some(true) => Some((**then).clone()),
            Some(false) => Some((**otherwise).clone()),
            None => None,
        },
        Kind::Unary(Unary::Not, operand) => match &operand.kind {
            Kind::Unary(Unary::Not, inner) => Some((**inner).clone()),
            _ => boolean(operand).map(|value| Expression::boolean(!value)),
        },
        Kind::Unary(operator, operand) => known(operand)
            .zip(ty.integer())
            .and_then(|(value, width)| integer(unary(*operator, &value, width).ok(), width)),
        Kind::Binary(operator, left, right) => match (known(left), known(right), ty.integer()) {
            (Some(left), Some(right), Some(width)) => integer(binary(*operator, &left, &right, width).ok(), width),
            _ => None,
        },
        Kind::Compare(comparison, left, right) => compare(*comparison, left, right),
        Kind::Convert(operand) => match (known(operand), operand.ty, ty) {
            (Some(value), Type::Integer(_), Type::Integer(width)) if width.contains(&value) => {
                integer(Some(value), width)
            }
            _ if operand.ty == ty => Some((**operand).clone()),
            _ => None,
        },
        Kind::Text(operand) => match (known(operand), boolean(operand)) {
            (Some(value), _) => Some(Expression::string(&text(&Value::Integer(value)))),
            (_, Some(value)) => Some(Expression::string(&text(&Value::Boolean(value)))),
            _ => None,
        },
        Kind::Length(operand) => match &operand.kind {
            Kind::Constant(Constant::String(text)) => length(text.len()),
            Kind::Constant(Constant::Bytes(bytes)) => length(bytes.len()),
            Kind::Constant(Constant::Zero) => length(0),
            _ => None,
        },
        Kind::Concat(parts) => concat(parts, ty),
        Kind::Coalesce(option, other) => match &option.kind {
            Kind::Some(value) => Some((**value).clone()),
            Kind::Constant(Constant::Zero) => Some((**other).clone()),
            _ => None,
        },
        Kind::IsSome(option) if option.kind == Kind::Constant(Constant::Zero) => Some(Expression::boolean(false)),
        _ => None,
    };
    if let Some(folded) = folded {
        *expression = folded;
    }
}

/// Strings or bytes side by side that are known become one; what is empty goes.
fn concat(parts: &mut Vec<Expression>, ty: Type) -> Option<Expression> {
    if !matches!(ty, Type::String | Type::Bytes) {
        return None;
    }
    let mut joined: Vec<Expression> = Vec::with_capacity(parts.len());
    for part in std::mem::take(parts) {
        match (joined.last_mut().map(|last| &mut last.kind), &part.kind) {
            (_, Kind::Constant(Constant::Zero)) => {}
            (Some(Kind::Constant(Constant::String(last))), Kind::Constant(Constant::String(text))) => {
                last.push_str(text)
            }
            (Some(Kind::Constant(Constant::Bytes(last))), Kind::Constant(Constant::Bytes(bytes))) => last.extend(bytes),
            _ => joined.push(part),
        }
    }
    *parts = joined;
    match parts.len() {
        0 => Some(Expression::zero(ty)),
        1 => parts.pop(),
        _ => None,
    }
}

fn compare(comparison: Comparison, left: &Expression, right: &Expression) -> Option<Expression> {
    let (left, right) = (known(left)?, known(right)?);
    Some(Expression::boolean(match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }))
}

fn integer(value: Option<BigInt>, width: Integer) -> Option<Expression> {
    value.map(|value| Expression::integer(width, value))
}

fn length(length: usize) -> Option<Expression> {
    u32::try_from(length).ok().map(|length| Expression::integer(Integer::U32, length))
}

/// The integer that an expression is known to be.
fn known(expression: &Expression) -> Option<BigInt> {
    match (&expression.kind, expression.ty) {
        (Kind::Constant(Constant::Integer(value)), _) => Some(value.clone()),
        (Kind::Constant(Constant::Zero), Type::Integer(_)) => Some(BigInt::ZERO),
        _ => None,
    }
}

/// The boolean that an expression is known to be.
fn boolean(expression: &Expression) -> Option<bool> {
    match (&expression.kind, expression.ty) {
        (Kind::Constant(Constant::Boolean(value)), _) => Some(*value),
        (Kind::Constant(Constant::Zero), Type::Boolean) => Some(false),
        _ => None,
    }
}

/// Whether evaluating an expression does nothing that anybody sees.
fn is_silent(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Constant(_) | Kind::Local(_) | Kind::Context(_) => true,
        Kind::Tuple(_) | Kind::List(_) | Kind::Some(_) | Kind::Field(..) | Kind::Length(_) | Kind::IsSome(_) => {
            expression.children().into_iter().all(is_silent)
        }
        Kind::Compare(..) | Kind::Choose(..) | Kind::Coalesce(..) | Kind::Concat(_) | Kind::Encode(_) => {
            expression.children().into_iter().all(is_silent)
        }
        _ => false,
    }
}
