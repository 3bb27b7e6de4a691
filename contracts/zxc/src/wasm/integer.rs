//! Operations on integers, and comparisons.
//!
//! Up to 64 bits they are done in place; 128 and 256 bits are operations of the prelude, which read their operands before they
//! write the result: it may go where an operand is.

use num_bigint::BigInt;
use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::function::{Compiler, Destination, Held};
use crate::ir::{Binary, Comparison, Expression, Fault, Integer, Type, Unary};

/// The width of an integer of at most 64 bits, as it is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Small {
    /// Below 2^16: sums, differences and products do not leave an i32 unnoticed.
    Short(u32),
    U32,
    U64,
    I64,
}

fn small(ty: Type) -> Option<Small> {
    match ty.integer()? {
        Integer::U8 => Some(Small::Short(0xff)),
        Integer::U16 => Some(Small::Short(0xffff)),
        Integer::U32 => Some(Small::U32),
        Integer::U64 => Some(Small::U64),
        Integer::I64 => Some(Small::I64),
        _ => None,
    }
}

/// The prefix of an integer's functions in the prelude.
pub(super) fn prefix(ty: Type) -> &'static str {
    match ty.integer() {
        Some(Integer::U128) => "u128",
        Some(Integer::I128) => "i128",
        Some(Integer::U256) => "u256",
        _ => "i256",
    }
}

/// 128 and 256 bits.
impl Compiler<'_, '_> {
    pub(super) fn wide_unary(&mut self, operator: Unary, operand: &Expression, to: Destination) {
        let ty = operand.ty;
        match operator {
            Unary::Complement => {
                self.address(to);
                self.value(operand);
                self.code.i32(self.layout(ty).size);
                self.prelude("complement");
            }
            Unary::Absolute if !ty.integer().is_some_and(Integer::is_signed) => self.store(operand, to),
            Unary::Absolute => {
                self.value(operand);
                let operand = self.keep(ValType::I32);
                let size = self.layout(ty).size;
                self.code.get(operand);
                self.code.load(Access::Long, size - 8);
                self.code.i64(0);
                self.code.plain(Instruction::I64LtS);
                self.either(
                    None,
                    |it| it.negate(ty, operand, to),
                    |it| {
                        it.address(to);
                        it.code.get(operand);
                        it.copy(size);
                    },
                );
            }
            Unary::Negate | Unary::Not => {
                self.value(operand);
                let operand = self.keep(ValType::I32);
                self.negate(ty, operand, to);
            }
        }
    }

    /// 0 minus what is at the address in a local.
    fn negate(&mut self, ty: Type, operand: u32, to: Destination) {
        self.address(to);
        self.code.i32(super::prelude::address::ZEROS);
        self.code.get(operand);
        self.prelude(&format!("{}_subtract", prefix(ty)));
        self.fault_if(Fault::Overflow);
    }

    pub(super) fn wide_binary(&mut self, operator: Binary, left: &Expression, right: &Expression, to: Destination) {
        let (ty, size) = (left.ty, self.layout(left.ty).size);
        let name = match operator {
            Binary::Add => "add",
            Binary::Subtract => "subtract",
            Binary::Multiply => "multiply",
            Binary::Divide => "divide",
            Binary::Remainder => "remainder",
            Binary::ShiftLeft => "shift_left",
            Binary::ShiftRight => "shift_right",
            Binary::And | Binary::Or | Binary::Xor => return self.wide_bits(operator, left, right, to),
            Binary::Minimum | Binary::Maximum => {
                self.address(to);
                self.value(left);
                let first = self.keep(ValType::I32);
                self.value(right);
                let second = self.keep(ValType::I32);
                self.code.get(first);
                self.code.get(second);
                self.code.get(first);
                self.code.get(second);
                let comparison = if operator == Binary::Minimum { "less" } else { "greater" };
                self.prelude(&format!("{}_{comparison}", prefix(ty)));
                self.code.plain(Instruction::Select);
                return self.copy(size);
            }
        };
        self.address(to);
        self.value(left);
        self.value(right);
        if matches!(operator, Binary::Divide | Binary::Remainder) {
            let divisor = self.temporary(ValType::I32);
            self.code.tee(divisor);
            self.code.get(divisor);
            self.prelude(if size == 16 { "is_zero16" } else { "is_zero32" });
            self.fault_if(Fault::DivisionByZero);
        }
        self.prelude(&format!("{}_{name}", prefix(ty)));
        self.fault_if(Fault::Overflow);
    }

    fn wide_bits(&mut self, operator: Binary, left: &Expression, right: &Expression, to: Destination) {
        self.value(left);
        let left_at = self.keep(ValType::I32);
        self.value(right);
        let right_at = self.keep(ValType::I32);
        for offset in (0..self.layout(left.ty).size).step_by(8) {
            self.address(to);
            for operand in [left_at, right_at] {
                self.code.get(operand);
                self.code.load(Access::Long, offset);
            }
            self.code.plain(match operator {
                Binary::And => Instruction::I64And,
                Binary::Or => Instruction::I64Or,
                _ => Instruction::I64Xor,
            });
            self.code.store(Access::Long, offset);
        }
    }
}

/// Up to 64 bits.
impl Compiler<'_, '_> {
    pub(super) fn small_unary(&mut self, operator: Unary, operand: &Expression) {
        let ty = operand.ty;
        let is_long = self.held(ty) == Held::Number(Access::Long);
        match operator {
            Unary::Not => {
                self.value(operand);
                self.code.plain(Instruction::I32Eqz);
            }
            Unary::Complement => {
                self.value(operand);
                let ones = ty
                    .integer()
                    .filter(|integer| !integer.is_signed())
                    .map_or(u64::MAX, |integer| u64::MAX >> (64 - integer.bits()));
                if is_long {
                    self.code.i64(ones);
                    self.code.plain(Instruction::I64Xor);
                } else {
                    self.code.i32(u32::try_from(ones).unwrap_or(u32::MAX));
                    self.code.plain(Instruction::I32Xor);
                }
            }
            Unary::Absolute if small(ty) != Some(Small::I64) => self.value(operand),
            Unary::Negate if small(ty) != Some(Small::I64) => {
                // Of what has no sign, only 0 has another one.
                self.value(operand);
                if is_long {
                    self.code.plain(Instruction::I64Eqz);
                    self.code.plain(Instruction::I32Eqz);
                }
                self.fault_if(Fault::Overflow);
                if is_long { self.code.i64(0) } else { self.code.i32(0) }
            }
            Unary::Negate | Unary::Absolute => {
                self.value(operand);
                let operand = self.keep(ValType::I64);
                self.code.get(operand);
                self.code.i64(i64::MIN.cast_unsigned());
                self.code.plain(Instruction::I64Eq);
                self.fault_if(Fault::Overflow);
                self.code.i64(0);
                self.code.get(operand);
                self.code.plain(Instruction::I64Sub);
                if operator == Unary::Absolute {
                    self.code.get(operand);
                    self.code.get(operand);
                    self.code.i64(0);
                    self.code.plain(Instruction::I64LtS);
                    self.code.plain(Instruction::Select);
                }
            }
        }
    }

    pub(super) fn small_binary(&mut self, operator: Binary, left: &Expression, right: &Expression) {
        if matches!(operator, Binary::ShiftLeft | Binary::ShiftRight) {
            return self.small_shift(operator, left, right);
        }
        let Some(small) = small(left.ty) else { unreachable!("an integer of at most 64 bits") };
        match (operator, small) {
            (Binary::Divide | Binary::Remainder, _) => self.small_divide(operator, small, left, right),
            (Binary::Minimum | Binary::Maximum, _) => {
                let ty = self.held(left.ty).val_type().unwrap_or(ValType::I32);
                self.value(left);
                let first = self.keep(ty);
                self.value(right);
                let second = self.keep(ty);
                for local in [first, second, first, second] {
                    self.code.get(local);
                }
                let comparison = if operator == Binary::Minimum { Comparison::Less } else { Comparison::Greater };
                self.code.plain(number_comparison(comparison, left.ty));
                self.code.plain(Instruction::Select);
            }
            (Binary::And | Binary::Or | Binary::Xor, _) => {
                self.value(left);
                self.value(right);
                self.code.plain(match (operator, small) {
                    (Binary::And, Small::U64 | Small::I64) => Instruction::I64And,
                    (Binary::Or, Small::U64 | Small::I64) => Instruction::I64Or,
                    (Binary::Xor, Small::U64 | Small::I64) => Instruction::I64Xor,
                    (Binary::And, _) => Instruction::I32And,
                    (Binary::Or, _) => Instruction::I32Or,
                    _ => Instruction::I32Xor,
                });
            }
            (_, Small::Short(max)) => {
                self.value(left);
                self.value(right);
                self.code.plain(match operator {
                    Binary::Add => Instruction::I32Add,
                    Binary::Subtract => Instruction::I32Sub,
                    _ => Instruction::I32Mul,
                });
                let result = self.temporary(ValType::I32);
                self.code.tee(result);
                self.code.i32(max);
                // Below 0 is above the greatest, too.
                self.code.plain(Instruction::I32GtU);
                self.fault_if(Fault::Overflow);
                self.code.get(result);
            }
            (_, Small::U32) => {
                for operand in [left, right] {
                    self.value(operand);
                    self.code.plain(Instruction::I64ExtendI32U);
                }
                self.code.plain(match operator {
                    Binary::Add => Instruction::I64Add,
                    Binary::Subtract => Instruction::I64Sub,
                    _ => Instruction::I64Mul,
                });
                let result = self.temporary(ValType::I64);
                self.code.tee(result);
                self.code.i64(0xffff_ffff);
                self.code.plain(Instruction::I64GtU);
                self.fault_if(Fault::Overflow);
                self.code.get(result);
                self.code.plain(Instruction::I32WrapI64);
            }
            (_, Small::U64 | Small::I64) => self.long_binary(operator, small == Small::I64, left, right),
        }
    }

    fn long_binary(&mut self, operator: Binary, signed: bool, left: &Expression, right: &Expression) {
        self.value(left);
        let a = self.keep(ValType::I64);
        self.value(right);
        let b = self.keep(ValType::I64);
        let operation = match operator {
            Binary::Add => Instruction::I64Add,
            Binary::Subtract => Instruction::I64Sub,
            _ => Instruction::I64Mul,
        };
        let result = self.temporary(ValType::I64);
        self.code.get(a);
        self.code.get(b);
        self.code.plain(operation);
        self.code.set(result);
        match (operator, signed) {
            (Binary::Multiply, _) => {
                self.code.get(a);
                self.code.get(b);
                self.prelude(if signed { "i64_multiply_exceeds" } else { "u64_multiply_exceeds" });
            }
            (Binary::Add, false) => {
                self.code.get(result);
                self.code.get(a);
                self.code.plain(Instruction::I64LtU);
            }
            (_, false) => {
                self.code.get(a);
                self.code.get(b);
                self.code.plain(Instruction::I64LtU);
            }
            (_, true) => {
                // Of a sum: both operands differ from it in sign. Of a difference: the first differs from both others.
                let other = if operator == Binary::Add { result } else { a };
                for (x, y) in [(a, result), (b, other)] {
                    self.code.get(x);
                    self.code.get(y);
                    self.code.plain(Instruction::I64Xor);
                }
                self.code.plain(Instruction::I64And);
                self.code.i64(0);
                self.code.plain(Instruction::I64LtS);
            }
        }
        self.fault_if(Fault::Overflow);
        self.code.get(result);
    }

    fn small_divide(&mut self, operator: Binary, small: Small, left: &Expression, right: &Expression) {
        let is_long = matches!(small, Small::U64 | Small::I64);
        let ty = if is_long { ValType::I64 } else { ValType::I32 };
        let is_quotient = operator == Binary::Divide;
        self.value(left);
        let dividend = self.keep(ty);
        self.value(right);
        let divisor = self.keep(ty);
        self.code.get(divisor);
        self.code.plain(if is_long { Instruction::I64Eqz } else { Instruction::I32Eqz });
        self.fault_if(Fault::DivisionByZero);
        if small == Small::I64 && is_quotient {
            self.code.get(dividend);
            self.code.i64(i64::MIN.cast_unsigned());
            self.code.plain(Instruction::I64Eq);
            self.code.get(divisor);
            self.code.i64(u64::MAX);
            self.code.plain(Instruction::I64Eq);
            self.code.plain(Instruction::I32And);
            self.fault_if(Fault::Overflow);
        }
        self.code.get(dividend);
        self.code.get(divisor);
        self.code.plain(match (small, is_quotient) {
            (Small::I64, true) => Instruction::I64DivS,
            (Small::I64, false) => Instruction::I64RemS,
            (Small::U64, true) => Instruction::I64DivU,
            (Small::U64, false) => Instruction::I64RemU,
            (_, true) => Instruction::I32DivU,
            (_, false) => Instruction::I32RemU,
        });
    }

    /// Shifts are rare: they are done in 256 bits.
    fn small_shift(&mut self, operator: Binary, left: &Expression, right: &Expression) {
        let ty = left.ty;
        let wide = Destination::Frame(self.slot(32));
        self.convert_to(left, Type::INTEGER, wide);
        self.address(wide);
        self.address(wide);
        self.value(right);
        self.prelude(if operator == Binary::ShiftLeft { "i256_shift_left" } else { "i256_shift_right" });
        self.fault_if(Fault::Overflow);
        self.address(wide);
        self.narrow(ty, Fault::Overflow);
    }
}

/// Comparisons.
impl Compiler<'_, '_> {
    pub(super) fn compare(&mut self, comparison: Comparison, left: &Expression, right: &Expression) {
        let ty = left.ty;
        match (self.held(ty), ty) {
            (Held::Nothing, _) => {
                self.value(left);
                self.value(right);
                self.code.i32((comparison == Comparison::Equal).into());
            }
            (_, Type::String | Type::Bytes) => {
                self.value(left);
                self.value(right);
                if is_equality(comparison) {
                    self.prelude("equal_bytes");
                    self.not_if(comparison == Comparison::NotEqual);
                } else {
                    self.prelude("order_bytes");
                    self.order(comparison);
                }
            }
            (_, Type::List(_)) => self.compare_encoded(comparison, left, right),
            (Held::Number(_), _) => {
                if is_equality(comparison) && is_zero(right) {
                    self.value(left);
                    let is_long = self.held(ty) == Held::Number(Access::Long);
                    self.code.plain(if is_long { Instruction::I64Eqz } else { Instruction::I32Eqz });
                    return self.not_if(comparison == Comparison::NotEqual);
                }
                self.value(left);
                self.value(right);
                self.code.plain(number_comparison(comparison, ty));
            }
            (Held::Memory(_), Type::Integer(_)) if !is_equality(comparison) => {
                self.value(left);
                self.value(right);
                let (name, not) = match comparison {
                    Comparison::Less => ("less", false),
                    Comparison::GreaterOrEqual => ("less", true),
                    Comparison::Greater => ("greater", false),
                    _ => ("greater", true),
                };
                self.prelude(&format!("{}_{name}", prefix(ty)));
                self.not_if(not);
            }
            (Held::Memory(size), _) if self.layout(ty).fixed => {
                self.value(left);
                self.value(right);
                match (size, is_equality(comparison)) {
                    (16, true) => self.prelude("equal16"),
                    (20, true) => self.prelude("equal20"),
                    (32, true) => self.prelude("equal32"),
                    (_, true) => {
                        self.code.i32(size);
                        self.prelude("equal_memory");
                    }
                    (_, false) => {
                        self.code.i32(size);
                        self.prelude("order_memory");
                        return self.order(comparison);
                    }
                }
                self.not_if(comparison == Comparison::NotEqual);
            }
            (Held::Memory(_), _) => self.compare_encoded(comparison, left, right),
        }
    }

    /// Values that are equal if their encodings are.
    fn compare_encoded(&mut self, comparison: Comparison, left: &Expression, right: &Expression) {
        let kept = [left, right].map(|operand| self.evaluate_and_keep(operand));
        self.equal_encoded(left.ty, kept);
        self.not_if(comparison == Comparison::NotEqual);
    }

    /// Whether two values that are kept are equal, by their encodings, which are given up.
    pub(super) fn equal_encoded(&mut self, ty: Type, [left, right]: [super::expression::Kept; 2]) {
        let start = self.arena_end();
        self.fetch(left);
        self.append(ty);
        self.code.get(start);
        self.prelude("since");
        let first = self.keep(ValType::I64);
        let middle = self.arena_end();
        self.fetch(right);
        self.append(ty);
        self.code.get(first);
        self.code.get(middle);
        self.prelude("since");
        self.prelude("equal_bytes");
        self.arena_back(start);
    }

    pub(super) fn not_if(&mut self, not: bool) {
        if not {
            self.code.plain(Instruction::I32Eqz);
        }
    }

    /// A comparison made of -1, 0 or 1.
    fn order(&mut self, comparison: Comparison) {
        self.code.i32(0);
        self.code.plain(match comparison {
            Comparison::Less => Instruction::I32LtS,
            Comparison::LessOrEqual => Instruction::I32LeS,
            Comparison::Greater => Instruction::I32GtS,
            Comparison::GreaterOrEqual => Instruction::I32GeS,
            Comparison::Equal => Instruction::I32Eq,
            Comparison::NotEqual => Instruction::I32Ne,
        });
    }
}

fn is_equality(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual)
}

fn is_zero(expression: &Expression) -> bool {
    use crate::ir::{Constant, Kind};
    match &expression.kind {
        Kind::Constant(Constant::Zero | Constant::Boolean(false)) => true,
        Kind::Constant(Constant::Integer(value)) => *value == BigInt::ZERO,
        _ => false,
    }
}

fn number_comparison(comparison: Comparison, ty: Type) -> Instruction<'static> {
    let (is_long, signed) = match ty.integer() {
        Some(Integer::I64) => (true, true),
        Some(Integer::U64) => (true, false),
        _ => (false, false),
    };
    match (comparison, is_long, signed) {
        (Comparison::Equal, true, _) => Instruction::I64Eq,
        (Comparison::NotEqual, true, _) => Instruction::I64Ne,
        (Comparison::Less, true, true) => Instruction::I64LtS,
        (Comparison::LessOrEqual, true, true) => Instruction::I64LeS,
        (Comparison::Greater, true, true) => Instruction::I64GtS,
        (Comparison::GreaterOrEqual, true, true) => Instruction::I64GeS,
        (Comparison::Less, true, false) => Instruction::I64LtU,
        (Comparison::LessOrEqual, true, false) => Instruction::I64LeU,
        (Comparison::Greater, true, false) => Instruction::I64GtU,
        (Comparison::GreaterOrEqual, true, false) => Instruction::I64GeU,
        (Comparison::Equal, false, _) => Instruction::I32Eq,
        (Comparison::NotEqual, false, _) => Instruction::I32Ne,
        (Comparison::Less, false, _) => Instruction::I32LtU,
        (Comparison::LessOrEqual, false, _) => Instruction::I32LeU,
        (Comparison::Greater, false, _) => Instruction::I32GtU,
        (Comparison::GreaterOrEqual, false, _) => Instruction::I32GeU,
    }
}
