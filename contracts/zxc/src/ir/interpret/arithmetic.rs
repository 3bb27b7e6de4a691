//! Operations and comparisons.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::expression::width;
use super::{Interpreter, Result, Value, malformed};
use crate::ir::{Binary, Comparison, Expression, Fault, Integer, Kind, Unary};

impl Interpreter<'_> {
    pub(super) fn arithmetic(&mut self, expression: &Expression) -> Result<Value> {
        match &expression.kind {
            Kind::Unary(operator, operand) => match self.expression(operand)? {
                Value::Boolean(value) => Ok(Value::Boolean(!value)),
                Value::Integer(value) => Ok(Value::Integer(unary(*operator, &value, width(expression.ty))?)),
                _ => malformed(),
            },
            Kind::Binary(operator, left, right) => match (self.expression(left)?, self.expression(right)?) {
                (Value::Integer(left), Value::Integer(right)) => {
                    Ok(Value::Integer(binary(*operator, &left, &right, width(expression.ty))?))
                }
                _ => malformed(),
            },
            Kind::Compare(comparison, left, right) => {
                let (left, right) = (self.expression(left)?, self.expression(right)?);
                Ok(Value::Boolean(compare(*comparison, &left, &right)))
            }
            _ => malformed(),
        }
    }
}

/// An operation on one integer.
pub fn unary(operator: Unary, value: &BigInt, width: Integer) -> std::result::Result<BigInt, Fault> {
    let result = match operator {
        Unary::Negate => -value,
        Unary::Absolute => value.abs(),
        Unary::Complement if width.is_signed() => -value - 1,
        Unary::Complement => width.max() - value,
        Unary::Not => return Err(Fault::Overflow),
    };
    fit(result, width)
}

/// An operation on two integers.
pub fn binary(operator: Binary, left: &BigInt, right: &BigInt, width: Integer) -> std::result::Result<BigInt, Fault> {
    if matches!(operator, Binary::Divide | Binary::Remainder) && right.is_zero() {
        return Err(Fault::DivisionByZero);
    }
    // Shifted by 256 or more, every width is empty: a greater shift gives no other result.
    let shift = right.to_u32().map_or(256, |shift| shift.min(256));
    let result = match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::Remainder => left % right,
        Binary::Minimum => left.min(right).clone(),
        Binary::Maximum => left.max(right).clone(),
        Binary::And => left & right,
        Binary::Or => left | right,
        Binary::Xor => left ^ right,
        Binary::ShiftLeft => left << shift,
        Binary::ShiftRight => left >> shift,
    };
    fit(result, width)
}

fn fit(value: BigInt, width: Integer) -> std::result::Result<BigInt, Fault> {
    if width.contains(&value) { Ok(value) } else { Err(Fault::Overflow) }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => order(left, right).is_lt(),
        Comparison::LessOrEqual => order(left, right).is_le(),
        Comparison::Greater => order(left, right).is_gt(),
        Comparison::GreaterOrEqual => order(left, right).is_ge(),
    }
}

fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Variant(left), Value::Variant(right)) => left.cmp(right),
        (Value::String(left), Value::String(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Address(left), Value::Address(right)) => left.cmp(right),
        (Value::Hash(left), Value::Hash(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}
