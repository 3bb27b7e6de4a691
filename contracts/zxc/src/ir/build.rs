//! Short ways to make functions and expressions. They fill in types but prove nothing: [`check`](super::check) does.

use num_bigint::BigInt;

use super::{
    Binary, CellId, Comparison, Constant, Context, ContractCall, Creation, Expression, Function, FunctionId, Hasher,
    Integer, Kind, Local, LocalId, Program, Statement, Type, Types, Unary,
};

/// A function in the making.
#[derive(Debug)]
pub struct FunctionBuilder {
    function: Function,
}

impl FunctionBuilder {
    /// A function without parameters, locals and body.
    pub fn new(name: &str, result: Type) -> Self {
        let (name, locals, body) = (name.to_owned(), Vec::new(), Vec::new());
        Self { function: Function { name, parameters: 0, locals, result, body } }
    }

    /// Adds a parameter. All parameters come before the first other local.
    pub fn parameter(&mut self, name: &str, ty: Type) -> LocalId {
        self.function.parameters += 1;
        self.local(name, ty)
    }

    /// Adds a local.
    pub fn local(&mut self, name: &str, ty: Type) -> LocalId {
        let id = LocalId(u32::try_from(self.function.locals.len()).unwrap_or(u32::MAX));
        self.function.locals.push(Local { name: name.to_owned(), ty });
        id
    }

    /// The value of a local.
    pub fn get(&self, local: LocalId) -> Expression {
        let ty = self.function.locals.get(local.index()).map_or(Type::Unit, |local| local.ty);
        Expression::local(local, ty)
    }

    /// Adds a statement to the body.
    pub fn push(&mut self, statement: Statement) {
        self.function.body.push(statement);
    }

    /// The function with this body after what was pushed.
    pub fn finish(mut self, body: impl IntoIterator<Item = Statement>) -> Function {
        self.function.body.extend(body);
        self.function
    }
}

impl Statement {
    /// Stores a value in a local.
    pub fn set(local: LocalId, value: Expression) -> Self {
        Self::Assign(local.into(), value)
    }

    /// Reverts with a message unless a condition is true. The message is evaluated only then.
    pub fn require(condition: Expression, message: Expression) -> Self {
        Self::If(condition, Vec::new(), vec![Self::Revert(message)])
    }
}

/// Constants, locals and composite values.
impl Expression {
    /// An expression of a kind that has no constructor here.
    pub fn new(ty: Type, kind: Kind) -> Self {
        Self { ty, kind }
    }

    /// The zero of a type.
    pub fn zero(ty: Type) -> Self {
        Self::new(ty, Kind::Constant(Constant::Zero))
    }

    /// No value: what a function without a result gives.
    pub fn unit() -> Self {
        Self::zero(Type::Unit)
    }

    /// A boolean.
    pub fn boolean(value: bool) -> Self {
        Self::new(Type::Boolean, Kind::Constant(Constant::Boolean(value)))
    }

    /// An integer of a width.
    pub fn integer(width: Integer, value: impl Into<BigInt>) -> Self {
        Self::new(width.into(), Kind::Constant(Constant::Integer(value.into())))
    }

    /// A string.
    pub fn string(value: &str) -> Self {
        Self::new(Type::String, Kind::Constant(Constant::String(value.to_owned())))
    }

    /// Bytes.
    pub fn bytes(value: &[u8]) -> Self {
        Self::new(Type::Bytes, Kind::Constant(Constant::Bytes(value.to_vec())))
    }

    /// An address.
    pub fn address(value: [u8; 20]) -> Self {
        Self::new(Type::Address, Kind::Constant(Constant::Address(value)))
    }

    /// A hash.
    pub fn hash(value: [u8; 32]) -> Self {
        Self::new(Type::Hash, Kind::Constant(Constant::Hash(value)))
    }

    /// A variant of an enum.
    pub fn variant(ty: Type, index: u8) -> Self {
        Self::new(ty, Kind::Constant(Constant::Variant(index)))
    }

    /// The value of a local.
    pub fn local(local: LocalId, ty: Type) -> Self {
        Self::new(ty, Kind::Local(local))
    }

    /// A tuple or record of type `ty`.
    pub fn tuple(ty: Type, values: Vec<Self>) -> Self {
        Self::new(ty, Kind::Tuple(values))
    }

    /// A list of type `ty`.
    pub fn list(ty: Type, values: Vec<Self>) -> Self {
        Self::new(ty, Kind::List(values))
    }

    /// This value as an option.
    pub fn some(self, types: &mut Types) -> Self {
        Self::new(types.option(self.ty), Kind::Some(Box::new(self)))
    }

    /// An element of this tuple or a field of this record.
    pub fn field(self, index: u32, types: &Types) -> Self {
        let ty = types.field(self.ty, index).unwrap_or(Type::Unit);
        Self::new(ty, Kind::Field(Box::new(self), index))
    }

    /// An element of this list.
    pub fn element(self, index: Self, types: &Types) -> Self {
        let ty = types.element(self.ty).unwrap_or(Type::Unit);
        Self::new(ty, Kind::Element(Box::new(self), Box::new(index)))
    }

    /// A part of this list, bytes or string.
    pub fn slice(self, from: Self, to: Option<Self>) -> Self {
        Self::new(self.ty, Kind::Slice(Box::new(self), Box::new(from), to.map(Box::new)))
    }

    /// The length of this list, bytes or string.
    pub fn length(self) -> Self {
        Self::new(Type::U32, Kind::Length(Box::new(self)))
    }

    /// This, and something of its type after it.
    pub fn concat(self, other: Self) -> Self {
        Self::new(self.ty, Kind::Concat(vec![self, other]))
    }

    /// Whether this list has an element.
    pub fn contains(self, element: Self) -> Self {
        Self::new(Type::Boolean, Kind::Contains(Box::new(self), Box::new(element)))
    }

    /// Whether this option has a value.
    pub fn is_some(self) -> Self {
        Self::new(Type::Boolean, Kind::IsSome(Box::new(self)))
    }

    /// What is in this option.
    pub fn unwrap_some(self, types: &Types) -> Self {
        let ty = types.content(self.ty).unwrap_or(Type::Unit);
        Self::new(ty, Kind::Unwrap(Box::new(self)))
    }

    /// What is in this option, or else `other`.
    pub fn coalesce(self, other: Self) -> Self {
        Self::new(other.ty, Kind::Coalesce(Box::new(self), Box::new(other)))
    }
}

/// Operations.
impl Expression {
    /// `then` if this is true, else `otherwise`.
    pub fn choose(self, then: Self, otherwise: Self) -> Self {
        Self::new(then.ty, Kind::Choose(Box::new(self), Box::new(then), Box::new(otherwise)))
    }

    /// Whether both are true. The other is evaluated only if this is.
    pub fn and(self, other: Self) -> Self {
        self.choose(other, Self::boolean(false))
    }

    /// Whether one is true. The other is evaluated only if this is not.
    pub fn or(self, other: Self) -> Self {
        self.choose(Self::boolean(true), other)
    }

    /// An operation on this.
    pub fn unary(self, operator: Unary) -> Self {
        Self::new(self.ty, Kind::Unary(operator, Box::new(self)))
    }

    /// An operation on this and another.
    pub fn binary(self, operator: Binary, other: Self) -> Self {
        Self::new(self.ty, Kind::Binary(operator, Box::new(self), Box::new(other)))
    }

    /// A comparison with another.
    pub fn compare(self, comparison: Comparison, other: Self) -> Self {
        Self::new(Type::Boolean, Kind::Compare(comparison, Box::new(self), Box::new(other)))
    }

    /// This as another type.
    pub fn convert(self, ty: impl Into<Type>) -> Self {
        Self::new(ty.into(), Kind::Convert(Box::new(self)))
    }

    /// This as text.
    pub fn text(self) -> Self {
        Self::new(Type::String, Kind::Text(Box::new(self)))
    }

    /// The encoding of values.
    pub fn encode(values: Vec<Self>) -> Self {
        Self::new(Type::Bytes, Kind::Encode(values))
    }

    /// The value of type `ty` that these bytes encode.
    pub fn decode(self, ty: Type) -> Self {
        Self::new(ty, Kind::Decode(Box::new(self)))
    }

    /// The hash of these bytes.
    pub fn hashed(self, hasher: Hasher) -> Self {
        Self::new(Type::Hash, Kind::Hash(hasher, Box::new(self)))
    }

    /// Something about the call.
    pub fn context(context: Context) -> Self {
        Self::new(context.ty(), Kind::Context(context))
    }
}

/// Storage and calls.
impl Expression {
    /// The value of a cell.
    pub fn read(program: &Program, cell: CellId, keys: Vec<Self>) -> Self {
        let ty = program.cells.get(cell.index()).map_or(Type::Unit, |cell| cell.value);
        Self::new(ty, Kind::Read(cell, keys))
    }

    /// Whether a cell is written.
    pub fn exists(cell: CellId, keys: Vec<Self>) -> Self {
        Self::new(Type::Boolean, Kind::Exists(cell, keys))
    }

    /// The result of a function, which is at least declared.
    pub fn call(program: &Program, function: FunctionId, arguments: Vec<Self>) -> Self {
        let ty = program.functions.get(function.index()).map_or(Type::Unit, |function| function.result);
        Self::new(ty, Kind::Call(function, arguments))
    }

    /// The answer of another contract.
    pub fn invoke(call: ContractCall, types: &mut Types) -> Self {
        let ty = call.ty(types);
        Self::new(ty, Kind::Invoke(Box::new(call)))
    }

    /// The address of a new contract.
    pub fn create(creation: Creation) -> Self {
        Self::new(Type::Address, Kind::Create(Box::new(creation)))
    }
}

impl ContractCall {
    /// The type that the call has.
    pub fn ty(&self, types: &mut Types) -> Type {
        match self.output {
            super::CallOutput::Value(ty) => ty,
            super::CallOutput::Raw => Type::Bytes,
            super::CallOutput::Outcome => types.tuple(&[Type::Boolean, Type::Bytes]),
        }
    }
}
