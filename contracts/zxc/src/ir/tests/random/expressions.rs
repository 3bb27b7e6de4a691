//! Random expressions of a type.

use super::{Maker, Scope};
use crate::ir::interpret::Value;
use crate::ir::{
    Binary, CallInput, CallKind, CallOutput, CellKind, Comparison, Constant, Context, ContractCall, Creation,
    Expression, Hasher, Integer, Kind, Shape, Type, Unary,
};

const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];
const BINARY: [Binary; 10] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::Remainder,
    Binary::Minimum,
    Binary::Maximum,
    Binary::And,
    Binary::Or,
    Binary::Xor,
];

impl Maker<'_> {
    /// An expression of a type, at most so deep.
    pub(super) fn expression(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let locals: Vec<_> = scope.locals.iter().filter(|(_, it)| *it == ty).copied().collect();
        if depth == 0 || self.at > self.tape.len() {
            return match self.pick(&locals) {
                Some((local, _)) => Expression::local(local, ty),
                None => self.constant(ty),
            };
        }
        let inner = depth - 1;
        match self.choose(16) {
            0 | 1 => self.constant(ty),
            2..=4 if !locals.is_empty() => {
                let (local, _) = self.pick(&locals).expect("there are some");
                Expression::local(local, ty)
            }
            5 => {
                let condition = self.expression(scope, Type::Boolean, inner);
                condition.choose(self.expression(scope, ty, inner), self.expression(scope, ty, inner))
            }
            6 => self.part(scope, ty, inner),
            7 => self.stored(scope, ty, inner),
            8 => {
                let functions: Vec<_> = self.functions.clone();
                let fits = |id: &crate::ir::FunctionId| self.program.functions[id.index()].result == ty;
                let functions: Vec<_> = functions.into_iter().filter(|(id, _)| fits(id)).collect();
                let Some((id, parameters)) = self.pick(&functions) else { return self.made(scope, ty, inner) };
                let arguments = parameters.into_iter().map(|ty| self.expression(scope, ty, inner)).collect();
                Expression::call(&self.program, id, arguments)
            }
            9 => {
                let bytes = if self.choose(8) != 0 {
                    Expression::encode(vec![self.expression(scope, ty, inner)])
                } else {
                    self.expression(scope, Type::Bytes, inner)
                };
                bytes.decode(ty)
            }
            10 if self.choose(3) == 0 => self.answer(scope, ty, inner),
            _ => self.made(scope, ty, inner),
        }
    }

    fn constant(&mut self, ty: Type) -> Expression {
        if self.flip() {
            return Expression::zero(ty);
        }
        let constant = match self.random_value(ty) {
            Value::Boolean(value) => Constant::Boolean(value),
            Value::Integer(value) => Constant::Integer(value),
            Value::String(value) => Constant::String(value),
            Value::Bytes(value) => Constant::Bytes(value),
            Value::Address(value) => Constant::Address(value),
            Value::Hash(value) => Constant::Hash(value),
            Value::Variant(index) => Constant::Variant(index),
            _ => Constant::Zero,
        };
        Expression::new(ty, Kind::Constant(constant))
    }

    /// Part of something else.
    fn part(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let types = self.types.clone();
        let whole: Vec<Type> = types
            .into_iter()
            .filter(|it| match self.program.types.shape(*it) {
                Some(Shape::List(inner) | Shape::Option(inner)) => *inner == ty,
                Some(Shape::Tuple(_) | Shape::Record { .. }) => {
                    self.program.types.fields(*it).expect("fields").contains(&ty)
                }
                _ => false,
            })
            .collect();
        let Some(whole_type) = self.pick(&whole) else { return self.made(scope, ty, depth) };
        let whole = self.expression(scope, whole_type, depth);
        match self.program.types.shape(whole_type).cloned() {
            Some(Shape::List(_)) => {
                let index = self.index(scope, depth);
                whole.element(index, &self.program.types)
            }
            Some(Shape::Option(_)) if self.flip() => whole.unwrap_some(&self.program.types),
            Some(Shape::Option(_)) => whole.coalesce(self.expression(scope, ty, depth)),
            _ => {
                let fields = self.program.types.fields(whole_type).expect("fields");
                let index = fields.iter().position(|it| *it == ty).expect("it has one");
                whole.field(u32::try_from(index).expect("a few"), &self.program.types)
            }
        }
    }

    pub(super) fn index(&mut self, scope: &Scope, depth: usize) -> Expression {
        let ty = self.integer_type();
        if self.flip() {
            let width = ty.integer().expect("an integer");
            return Expression::integer(width, self.choose(3));
        }
        self.expression(scope, ty, depth.min(1))
    }

    pub(super) fn keys(&mut self, scope: &Scope, types: &[Type], depth: usize) -> Vec<Expression> {
        let key = |ty: &Type| match self.choose(6) {
            0 => self.expression(scope, *ty, depth.min(2)),
            1 => self.expression(scope, *ty, 0),
            2 if *ty == Type::Address => Expression::context(Context::Caller),
            _ => self.key(*ty),
        };
        types.iter().map(key).collect()
    }

    /// What is in storage.
    fn stored(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let (id, cell) = self.any_cell();
        let prefix = cell.keys.len().saturating_sub(1);
        if ty == Type::Boolean && self.flip() {
            let keys = self.keys(scope, &cell.keys, depth);
            return Expression::exists(id, keys);
        }
        match cell.kind {
            CellKind::Enumerable if ty == Type::U32 => {
                let keys = self.keys(scope, &cell.keys[..prefix], depth);
                return Expression::new(ty, Kind::Count(id, keys));
            }
            CellKind::Enumerable
                if self.program.types.element(ty) == cell.keys.last().copied() && ty != Type::Bytes =>
            {
                let keys = self.keys(scope, &cell.keys[..prefix], depth);
                return Expression::new(ty, Kind::Keys(id, keys));
            }
            CellKind::Ledger if ty == Type::U32 => {
                let keys = self.keys(scope, &cell.keys, depth);
                return Expression::new(ty, Kind::Count(id, keys));
            }
            CellKind::Ledger if self.program.types.fields(ty) == Some(vec![Type::U32, cell.value]) => {
                let keys = self.keys(scope, &cell.keys, depth);
                let index = self.index(scope, depth);
                return Expression::new(ty, Kind::Version(id, keys, Box::new(index)));
            }
            CellKind::Ledger if ty == cell.value && self.flip() => {
                let keys = self.keys(scope, &cell.keys, depth);
                let block = self.expression(scope, Type::U32, depth.min(1));
                return Expression::new(ty, Kind::AtBlock(id, keys, Box::new(block)));
            }
            _ => {}
        }
        if cell.value != ty {
            return self.made(scope, ty, depth);
        }
        let keys = self.keys(scope, &cell.keys, depth);
        Expression::read(&self.program, id, keys)
    }

    /// What another contract says.
    fn answer(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let raw = ty == Type::Bytes && self.flip();
        if ty == Type::Address && self.flip() {
            let salt = if self.flip() { Some(self.expression(scope, Type::Bytes, depth)) } else { None };
            let value = if self.flip() { Some(self.expression(scope, Type::U128, depth)) } else { None };
            let code = self.expression(scope, Type::Hash, depth);
            let input = self.input(scope, depth);
            return Expression::create(Creation { code, input, value, gas: None, salt });
        }
        let kind = [CallKind::Normal, CallKind::Static, CallKind::Delegate][self.choose(3)];
        let target = if kind == CallKind::Delegate { Type::Hash } else { Type::Address };
        let call = ContractCall {
            kind,
            target: self.expression(scope, target, depth),
            input: self.input(scope, depth),
            value: if kind == CallKind::Normal && self.flip() {
                Some(self.expression(scope, Type::U128, depth))
            } else {
                None
            },
            gas: if kind != CallKind::Delegate && self.flip() {
                Some(self.expression(scope, Type::U64, depth))
            } else {
                None
            },
            reentry: self.flip(),
            output: if raw { CallOutput::Raw } else { CallOutput::Value(ty) },
        };
        Expression::invoke(call, &mut self.program.types)
    }

    fn input(&mut self, scope: &Scope, depth: usize) -> CallInput {
        if self.flip() {
            return CallInput::Raw(self.expression(scope, Type::Bytes, depth));
        }
        let mut values = Vec::new();
        for _ in 0..self.choose(3) {
            let ty = self.any_type();
            values.push(self.expression(scope, ty, depth));
        }
        CallInput::Action([self.byte(), 2, 3, 4], values)
    }

    /// Something made of other things.
    fn made(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        match ty {
            Type::Unit => Expression::unit(),
            Type::Boolean => self.boolean(scope, depth),
            Type::Integer(width) => self.integer(scope, width, depth),
            Type::String => match self.choose(4) {
                0 => {
                    let from = [Type::INTEGER, Type::Boolean, Type::Address, Type::Hash, Type::Bytes];
                    let from = if self.flip() { self.integer_type() } else { from[self.choose(5)] };
                    self.expression(scope, from, depth).text()
                }
                1 => self.expression(scope, Type::Bytes, depth).convert(ty),
                2 => self.slice(scope, ty, depth),
                _ => self.concat(scope, ty, depth),
            },
            Type::Bytes => match self.choose(5) {
                0 => {
                    let other = self.any_type();
                    let values = vec![self.expression(scope, other, depth), self.expression(scope, Type::U32, depth)];
                    Expression::encode(values)
                }
                1 => {
                    let from = [Type::Address, Type::Hash, Type::String][self.choose(3)];
                    self.expression(scope, from, depth).convert(ty)
                }
                2 => self.slice(scope, ty, depth),
                _ => self.concat(scope, ty, depth),
            },
            Type::Address => match self.choose(4) {
                0 => Expression::context([Context::Caller, Context::Origin, Context::This][self.choose(3)]),
                1 => {
                    let option = self.program.types.option(ty);
                    let signature = Expression::bytes(&[self.byte(); 65]);
                    let digest = self.expression(scope, Type::Hash, depth);
                    let recover = Kind::Recover(Box::new(signature), Box::new(digest));
                    Expression::new(option, recover).coalesce(self.expression(scope, ty, depth))
                }
                2 => self
                    .expression(scope, Type::Hash, depth)
                    .convert(Type::Bytes)
                    .slice(Expression::integer(Integer::U8, 12), None)
                    .convert(ty),
                _ => self.expression(scope, Type::Bytes, depth).convert(ty),
            },
            Type::Hash => {
                let hashers = [Hasher::Sha256, Hasher::Keccak256, Hasher::Blake2b256, Hasher::Sha3256];
                match self.choose(4) {
                    0 => Expression::context(Context::OwnCodeHash),
                    1 => {
                        let option = self.program.types.option(ty);
                        let hash = if self.flip() {
                            Kind::BlockHash(Box::new(self.expression(scope, Type::U32, depth)))
                        } else {
                            Kind::CodeHash(Box::new(self.expression(scope, Type::Address, depth)))
                        };
                        Expression::new(option, hash).coalesce(self.expression(scope, ty, depth))
                    }
                    _ => self.expression(scope, Type::Bytes, depth).hashed(hashers[self.choose(4)]),
                }
            }
            _ => self.composite(scope, ty, depth),
        }
    }

    fn composite(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        match self.program.types.shape(ty).cloned().expect("composite") {
            Shape::List(_) if self.choose(3) == 0 => self.slice(scope, ty, depth),
            Shape::List(_) if self.choose(3) == 0 => self.concat(scope, ty, depth),
            Shape::List(element) => {
                let length = self.choose(4);
                Expression::list(ty, (0..length).map(|_| self.expression(scope, element, depth)).collect())
            }
            Shape::Option(content) => {
                let content = self.expression(scope, content, depth);
                content.some(&mut self.program.types)
            }
            Shape::Tuple(_) | Shape::Record { .. } => {
                let fields = self.program.types.fields(ty).expect("fields");
                Expression::tuple(ty, fields.into_iter().map(|ty| self.expression(scope, ty, depth)).collect())
            }
            Shape::Enum { .. } => {
                let from = self.integer_type();
                self.expression(scope, from, depth).convert(ty)
            }
        }
    }

    fn slice(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let (list, from) = (self.expression(scope, ty, depth), self.index(scope, depth));
        let to = if self.flip() { Some(self.index(scope, depth)) } else { None };
        list.slice(from, to)
    }

    fn concat(&mut self, scope: &Scope, ty: Type, depth: usize) -> Expression {
        let count = 1 + self.choose(3);
        Expression::new(ty, Kind::Concat((0..count).map(|_| self.expression(scope, ty, depth)).collect()))
    }

    fn boolean(&mut self, scope: &Scope, depth: usize) -> Expression {
        match self.choose(6) {
            0 => self.expression(scope, Type::Boolean, depth).unary(Unary::Not),
            1 => {
                let options: Vec<Type> =
                    self.types.iter().copied().filter(|it| matches!(it, Type::Option(_))).collect();
                let option = self.pick(&options).expect("there are some");
                self.expression(scope, option, depth).is_some()
            }
            2 => {
                let lists: Vec<Type> = self.types.iter().copied().filter(|it| matches!(it, Type::List(_))).collect();
                let list = if self.choose(4) == 0 { Type::Bytes } else { self.pick(&lists).expect("there are some") };
                let element = self.program.types.element(list).expect("an element");
                let list = self.expression(scope, list, depth);
                list.contains(self.expression(scope, element, depth))
            }
            3 => {
                let ordered = [Type::String, Type::Bytes, Type::Address, Type::Hash];
                let ty = if self.flip() { self.integer_type() } else { ordered[self.choose(4)] };
                let comparison = COMPARISONS[self.choose(6)];
                let left = self.expression(scope, ty, depth);
                left.compare(comparison, self.expression(scope, ty, depth))
            }
            4 => {
                let ty = self.any_type();
                let left = self.expression(scope, ty, depth);
                left.compare(COMPARISONS[self.choose(2)], self.expression(scope, ty, depth))
            }
            _ => {
                let left = self.expression(scope, Type::Boolean, depth);
                let right = self.expression(scope, Type::Boolean, depth);
                if self.flip() { left.and(right) } else { left.or(right) }
            }
        }
    }

    fn integer(&mut self, scope: &Scope, width: Integer, depth: usize) -> Expression {
        let ty = Type::from(width);
        match self.choose(8) {
            0 => {
                let context = match ty {
                    Type::U32 => [Context::BlockNumber, Context::Reentrance][self.choose(2)],
                    Type::U64 => {
                        [Context::Timestamp, Context::GasLimit, Context::GasLeft, Context::GasUsed][self.choose(4)]
                    }
                    _ => [Context::Value, Context::Balance][self.choose(2)],
                };
                let context = Expression::context(context);
                if context.ty == ty { context } else { context.convert(ty) }
            }
            1 => {
                let from = self.integer_type();
                self.expression(scope, from, depth).convert(ty)
            }
            2 => {
                let operators = [Unary::Negate, Unary::Absolute, Unary::Complement];
                self.expression(scope, ty, depth).unary(operators[self.choose(3)])
            }
            3 => {
                let operator = [Binary::ShiftLeft, Binary::ShiftRight][self.choose(2)];
                let left = self.expression(scope, ty, depth);
                left.binary(operator, self.expression(scope, Type::U32, depth.min(1)))
            }
            4 if ty == Type::U32 => {
                let sequences: Vec<Type> = self
                    .types
                    .iter()
                    .copied()
                    .filter(|it| matches!(it, Type::List(_) | Type::String | Type::Bytes))
                    .collect();
                let sequence = self.pick(&sequences).expect("there are some");
                self.expression(scope, sequence, depth).length()
            }
            _ => {
                let operator = BINARY[self.choose(BINARY.len())];
                let left = self.expression(scope, ty, depth);
                left.binary(operator, self.expression(scope, ty, depth))
            }
        }
    }
}
