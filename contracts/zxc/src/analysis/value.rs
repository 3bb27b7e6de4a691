//! What the analysis knows of an expression: its type, and its code.

use crate::ir::{CellId, Expression, LocalId, Projection, Type};

/// The type of an expression, as far as it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// A type of values.
    Value(Type),
    /// `null`: a value of any optional type.
    Null,
    /// Not known, because of something that was complained about: it fits everywhere, so that nothing is said twice.
    Error,
}

impl Ty {
    /// The type of values, if it is one.
    pub fn known(self) -> Option<Type> {
        match self {
            Self::Value(ty) => Some(ty),
            Self::Null | Self::Error => None,
        }
    }

    /// A type to build code with, also where there is none.
    pub fn or_unit(self) -> Type {
        self.known().unwrap_or(Type::Unit)
    }
}

impl From<Type> for Ty {
    fn from(ty: Type) -> Self {
        Self::Value(ty)
    }
}

/// An expression: its type and its code. The code of what has no type of values means nothing.
#[derive(Clone, Debug)]
pub struct Value {
    /// The type.
    pub ty: Ty,
    /// The code, of that type.
    pub code: Expression,
}

impl Value {
    /// After a complaint.
    pub fn error() -> Self {
        Self { ty: Ty::Error, code: Expression::unit() }
    }

    /// `null`.
    pub fn null() -> Self {
        Self { ty: Ty::Null, code: Expression::unit() }
    }
}

impl From<Expression> for Value {
    fn from(code: Expression) -> Self {
        Self { ty: Ty::Value(code.ty), code }
    }
}

/// What a name, index or member stands for when it is read.
pub enum Reference {
    /// A value.
    Value(Value),
    /// A storage member with keys missing.
    Map(Map),
}

/// A storage member with some of its keys.
pub struct Map {
    /// The member.
    pub cell: CellId,
    /// The keys that are there: fewer than the member has.
    pub keys: Vec<Expression>,
}

/// Something that can be changed.
pub struct Target {
    /// Where it begins.
    pub base: Base,
    /// The way from there to the part.
    pub path: Vec<Projection>,
    /// The type of the part.
    pub ty: Ty,
}

/// Where a [`Target`] begins.
pub enum Base {
    /// A variable; whether it is optional and known not to be null, and `path` begins in what is in it.
    Local(LocalId, bool),
    /// A storage member, with all its keys.
    Cell(CellId, Vec<Expression>),
    /// A storage member with keys missing.
    Map(Map),
    /// It was complained about.
    Error,
}
