//! What actions do.

use serde::Serialize;

use super::{Expression, Identifier, Type};
use crate::source::Span;

/// Statements in braces.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Block {
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// From `{` to `}`.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// All of it, without the semicolon.
    pub span: Span,
}

/// The words of [`StatementKind::Scope`].
pub const SCOPE_WORDS: [&str; 2] = ["as", "expect_revert"];

/// The kinds of [`Statement`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum StatementKind {
    /// `let PATTERN [: TYPE] = VALUE`
    Let {
        /// What the value is called.
        pattern: Pattern,
        /// Its type, if written.
        ty: Option<Type>,
        /// The value.
        value: Expression,
    },
    /// `TARGET = VALUE`, `TARGET += VALUE`, ...
    Assign {
        /// What changes: a name, an index, a member, or (with `=` only) a tuple of such, each of them in parentheses or not;
        /// the parser has complained about all else.
        target: Expression,
        /// How.
        operator: AssignOperator,
        /// By what.
        value: Expression,
    },
    /// `if A { } elif B { } else { }`
    If {
        /// `if` and each `elif`: at least one.
        branches: Vec<Branch>,
        /// `else`.
        otherwise: Option<Block>,
    },
    /// `while CONDITION { }`
    While {
        /// As long as this is true.
        condition: Expression,
        /// What is done.
        body: Block,
    },
    /// `for each PATTERN in LIST { }`
    ForEach {
        /// What an element is called.
        pattern: Pattern,
        /// Whose elements.
        list: Expression,
        /// What is done for each.
        body: Block,
    },
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return [VALUE]`
    Return(Option<Expression>),
    /// `require(CONDITION [, MESSAGE])`
    Require {
        /// What has to be true.
        condition: Expression,
        /// What the revert says.
        message: Option<Expression>,
    },
    /// `revert([MESSAGE])`
    Revert {
        /// What it says.
        message: Option<Expression>,
    },
    /// `emit EVENT(ARGUMENTS)`
    Emit {
        /// The event.
        event: Identifier,
        /// The values of its fields, in order.
        arguments: Vec<Expression>,
    },
    /// `tx { } [catch [(NAME)] { }]`: all or nothing.
    Tx {
        /// What is done.
        body: Block,
        /// What is done when that reverts; without it the revert goes on.
        catch: Option<Catch>,
    },
    /// `try { } catch [(NAME)] { }`
    Try {
        /// What is done.
        body: Block,
        /// What is done when a call into another contract reverts.
        catch: Catch,
    },
    /// `as(ACCOUNT) { }`, `expect_revert(MESSAGE) { }`: in tests only.
    Scope {
        /// Which of them.
        word: Identifier,
        /// What it takes.
        arguments: Vec<Expression>,
        /// What it is about.
        body: Block,
    },
    /// `limit(GAS)`: a gas limit for the rest of the action.
    Limit(Expression),
    /// `print(ARGUMENTS)`: a debug message.
    Print(Vec<Expression>),
    /// An expression for its effect.
    Expression(Expression),
    /// Could not be read.
    Error,
}

/// `if CONDITION { }`, `elif CONDITION { }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Branch {
    /// When.
    pub condition: Expression,
    /// What.
    pub body: Block,
    /// From `if` or `elif` to `}`.
    pub span: Span,
}

/// `catch [(NAME)] { }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Catch {
    /// What the error's message is called.
    pub name: Option<Identifier>,
    /// What is done.
    pub body: Block,
    /// All of it.
    pub span: Span,
}

/// What a value is taken apart into.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The kinds of [`Pattern`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum PatternKind {
    /// `x`
    Name(Identifier),
    /// `_`: nobody needs it.
    Ignore,
    /// `(a, b)`: the elements of a tuple.
    Tuple(Vec<Pattern>),
    /// Could not be read.
    Error,
}

/// How an assignment changes its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum AssignOperator {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Subtract,
    /// `*=`
    Multiply,
    /// `/=`
    Divide,
    /// `%=`
    Remainder,
}

impl AssignOperator {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Set => "=",
            Self::Add => "+=",
            Self::Subtract => "-=",
            Self::Multiply => "*=",
            Self::Divide => "/=",
            Self::Remainder => "%=",
        }
    }
}
