//! What contracts and protocols consist of.

use serde::Serialize;

use super::{Block, Enum, Expression, Identifier, Record, StringLiteral, Test, Type};
use crate::source::Span;

/// A member of a contract or protocol.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of [`Member`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum MemberKind {
    /// `persistent storage`, `data`, `state`, `ledger`
    Storage(Storage),
    /// `event Transfer(indexed from: Address)`
    Event(Event),
    /// `modifier only_owner { ... }`
    Modifier(Modifier),
    /// `action f() { ... }`
    Action(Action),
    /// `@invariant total >= 0`
    Invariant(Invariant),
    /// `record Point { ... }`
    Record(Record),
    /// `enum Status { ... }`
    Enum(Enum),
    /// `test "it adds" { ... }`
    Test(Test),
}

/// A persistent member: `persistent storage NAME: TYPE [= VALUE]`, `data NAME [: TYPE] = VALUE`, ...
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Storage {
    /// Which word declares it.
    pub kind: StorageKind,
    /// Its name.
    pub name: Identifier,
    /// Its type; the parser sees to it that there is a type or a value, and a type for `persistent storage`.
    pub ty: Option<Type>,
    /// Its first value, evaluated at deployment before the constructor runs; without one, the type's zero.
    pub value: Option<Expression>,
}

/// The words for persistent members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum StorageKind {
    /// `persistent storage`: has a type.
    Persistent,
    /// `data`: the type may be inferred.
    Data,
    /// `state`: as `data`.
    State,
    /// `ledger`: each write makes a version that keeps its block number; old ones stay readable.
    Ledger,
}

/// `event NAME(FIELDS)`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Its name.
    pub name: Identifier,
    /// Its fields.
    pub fields: Vec<EventField>,
}

/// `[indexed] NAME: TYPE`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventField {
    /// `indexed`, if it is there: the field is a topic.
    pub indexed: Option<Span>,
    /// Its name.
    pub name: Identifier,
    /// Its type.
    pub ty: Type,
    /// All of it.
    pub span: Span,
}

/// `modifier NAME[(PARAMETERS)] { STATEMENTS }`: what runs before the body of each action that names it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Modifier {
    /// Its name.
    pub name: Identifier,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it does.
    pub body: Block,
}

/// `action KINDS NAME(PARAMETERS) [-> TYPE] MODIFIERS { STATEMENTS }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Action {
    /// The words before the name, in order. None is there twice, and no two exclude each other (`view pure`,
    /// `public private`, `view payable`, `pure payable`): the parser has complained and kept the first.
    pub kinds: Vec<ActionWord>,
    /// Its name. `constructor` or `init` stands for the kind too: [`Action::is_constructor`].
    pub name: Identifier,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The type of its result; none: it has no result.
    pub result: Option<Type>,
    /// The modifiers that run before the body, in this order.
    pub modifiers: Vec<ModifierCall>,
    /// What it does. None exactly in protocols (elsewhere the parser has complained and put an empty one).
    pub body: Option<Block>,
    /// From `action` to the end of the last part before the body.
    pub header: Span,
}

impl Action {
    /// Where `kind` is written, if it is.
    pub fn kind(&self, kind: ActionKind) -> Option<Span> {
        self.kinds.iter().find(|word| word.kind == kind).map(|word| word.span)
    }

    /// Whether it runs once, at deployment: its name is `constructor` or `init`, or one of them is a word before the name.
    pub fn is_constructor(&self) -> bool {
        matches!(self.name.name.as_str(), "constructor" | "init")
            || self.kind(ActionKind::Constructor).is_some()
            || self.kind(ActionKind::Init).is_some()
    }
}

/// A word before an action's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ActionWord {
    /// Which.
    pub kind: ActionKind,
    /// Where.
    pub span: Span,
}

/// The words before an action's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// Runs once, at deployment: `action constructor with_supply(...)`. Mostly it is the name itself.
    Constructor,
    /// The same.
    Init,
    /// Can be called from outside: the default.
    Public,
    /// Can be called by `this.NAME(...)` only.
    Private,
    /// Cannot write state.
    View,
    /// Cannot read state.
    Pure,
    /// Accepts value.
    Payable,
    /// Refuses re-entry even where the caller allows it.
    Secure,
    /// A hint that its code may stand where it is called.
    Inline,
    /// Refused by the compiler, with a clear message: not by the parser.
    Async,
    /// The same.
    Native,
}

impl ActionKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Public,
        Self::Private,
        Self::View,
        Self::Pure,
        Self::Payable,
        Self::Secure,
        Self::Inline,
        Self::Async,
        Self::Native,
        Self::Constructor,
        Self::Init,
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Constructor => "constructor",
            Self::Init => "init",
            Self::Public => "public",
            Self::Private => "private",
            Self::View => "view",
            Self::Pure => "pure",
            Self::Payable => "payable",
            Self::Secure => "secure",
            Self::Inline => "inline",
            Self::Async => "async",
            Self::Native => "native",
        }
    }

    /// The kind that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A modifier that an action names: `only_owner`, `only(Role.Admin)`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModifierCall {
    /// Its name.
    pub name: Identifier,
    /// Its arguments; without parentheses there are none.
    pub arguments: Vec<Expression>,
    /// All of it.
    pub span: Span,
}

/// `NAME: TYPE`: a parameter, or a record's field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: Identifier,
    /// Its type.
    pub ty: Type,
    /// All of it.
    pub span: Span,
}

/// `@invariant CONDITION [, MESSAGE]`: holds after each action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Invariant {
    /// What holds.
    pub condition: Expression,
    /// What a revert because of it says.
    pub message: Option<StringLiteral>,
}
