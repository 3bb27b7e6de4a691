//! What has a value.

use serde::Serialize;

use super::{BytesLiteral, Identifier, IntegerLiteral, StringLiteral, Type};
use crate::source::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of [`Expression`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ExpressionKind {
    /// `x`; also `TX`, `gas`, and the names of types, protocols and built-ins.
    Name(String),
    /// `this`
    This,
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// `42`
    Integer(IntegerLiteral),
    /// `"text"`
    String(StringLiteral),
    /// `hex"00ff"`
    Bytes(BytesLiteral),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `(a, b)`; `()` has no elements, and one element is written `(a,)`.
    Tuple(Vec<Expression>),
    /// `(a)`: means what is in it.
    Parenthesised(Box<Expression>),
    /// `Point { x: 1, y: 2 }`: at least one field.
    Record {
        /// The record's name.
        name: Identifier,
        /// Its fields' values, in any order.
        fields: Vec<FieldValue>,
    },
    /// `!a`, `-a`
    Unary {
        /// What is done.
        operator: UnaryOperator,
        /// To what.
        operand: Box<Expression>,
    },
    /// `a + b`
    Binary {
        /// What is on the left.
        left: Box<Expression>,
        /// What is done.
        operator: BinaryOperator,
        /// What is on the right.
        right: Box<Expression>,
    },
    /// `list[i]`, `map[key]`
    Index {
        /// In what.
        base: Box<Expression>,
        /// Which.
        index: Box<Expression>,
    },
    /// `list[from:to]`: from `from` up to, but not including, `to`.
    Slice {
        /// Of what.
        base: Box<Expression>,
        /// The first; none: from the beginning.
        from: Option<Box<Expression>>,
        /// The one after the last; none: to the end.
        to: Option<Box<Expression>>,
    },
    /// `point.x`, `TX.caller`, `this.f`, `Status.Open`
    Member {
        /// Of what.
        base: Box<Expression>,
        /// Which.
        name: Identifier,
    },
    /// `pair.0`
    Element {
        /// Of what.
        base: Box<Expression>,
        /// Which, from 0.
        index: u32,
        /// Where the index is.
        index_span: Span,
    },
    /// `f(a)`, `this.f(a)`, `Token(address).f{value: v}(a)`, `u8(x)`, `decode<T>(data)`
    Call {
        /// What is called: any expression.
        callee: Box<Expression>,
        /// `<T>`, after the built-ins that take it: `decode`, `contract_call`, `static_call`, `delegate_call`.
        type_arguments: Vec<Type>,
        /// `{value: v, gas: g}`
        options: Vec<CallOption>,
        /// What is in the parentheses.
        arguments: Vec<Expression>,
    },
    /// `new Token{value: v}(a)`
    New {
        /// The contract.
        contract: Identifier,
        /// `{value: v, gas: g, salt: s}`
        options: Vec<CallOption>,
        /// What its constructor gets.
        arguments: Vec<Expression>,
    },
    /// Could not be read.
    Error,
}

/// `NAME: VALUE` in a record literal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldValue {
    /// The field.
    pub name: Identifier,
    /// Its value.
    pub value: Expression,
    /// All of it.
    pub span: Span,
}

/// `NAME: VALUE` in the options of a call. The parser does not know the names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallOption {
    /// `value`, `gas`, `salt`, ...
    pub name: Identifier,
    /// Its value.
    pub value: Expression,
    /// All of it.
    pub span: Span,
}

/// What stands before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

impl UnaryOperator {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Not => "!",
            Self::Negate => "-",
        }
    }
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `??`: the left one, or the right one where that is `null`.
    Coalesce,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// Which of two equal operators in a row comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Associativity {
    /// The left: `a - b - c` is `(a - b) - c`.
    Left,
    /// The right: `a ?? b ?? c` is `a ?? (b ?? c)`.
    Right,
    /// Neither: `a < b < c` is an error.
    None,
}

impl BinaryOperator {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Or,
        Self::And,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Coalesce,
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Remainder,
    ];

    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Coalesce => "??",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// How tightly it binds, from 1 (`||`) to 6 (`*`).
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            _ if self.is_comparison() => 3,
            Self::Coalesce => 4,
            Self::Add | Self::Subtract => 5,
            _ => 6,
        }
    }

    /// Which of two of its precedence in a row comes first.
    pub fn associativity(self) -> Associativity {
        match self {
            Self::Coalesce => Associativity::Right,
            _ if self.is_comparison() => Associativity::None,
            _ => Associativity::Left,
        }
    }

    /// Whether it compares.
    pub fn is_comparison(self) -> bool {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}
