//! The syntax tree: what was written, with the place of each part, and nothing about what it means.
//!
//! A [`File`] has [`Item`]s; a contract or protocol has [`Member`]s; an action has [`Statement`]s; those have [`Expression`]s
//! and [`Type`]s. Names are not resolved: `TX.caller`, `Status.Open` and `point.x` are all [`ExpressionKind::Member`],
//! `u8(x)`, `len(x)` and `Token(address)` are all [`ExpressionKind::Call`].
//!
//! What the parser could not read is left out or stands as an `Error` node, about which a diagnostic was given already: later
//! stages pass over it in silence.
//!
//! The tree serialises (`serde`), so that other tools can read it.
//!
//! Invariant: no node of a tree that the parser returns is deeper than [`NESTING_MAX`](crate::limits::NESTING_MAX).
//!
//! Invariant: no two expressions of a file that are no [`ExpressionKind::Error`] have the same span, so that a span may be the
//! key of what later stages know about an expression.

use serde::Serialize;

use crate::source::Span;

mod expression;
mod literal;
mod member;
mod statement;

pub use expression::{
    Associativity, BinaryOperator, CallOption, Expression, ExpressionKind, FieldValue, UnaryOperator,
};
pub use literal::{BytesLiteral, IntegerLiteral, StringLiteral};
pub use member::{
    Action, ActionKind, ActionWord, Event, EventField, Invariant, Member, MemberKind, Modifier, ModifierCall,
    Parameter, Storage, StorageKind,
};
pub use statement::{
    AssignOperator, Block, Branch, Catch, Pattern, PatternKind, SCOPE_WORDS, Statement, StatementKind,
};

/// A name as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Identifier {
    /// The name. Empty where one is missing in the source.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct File {
    /// What it declares, in order.
    pub items: Vec<Item>,
    /// Its comments, in order. The comments directly above a member or an item are its documentation: [`File::docs`].
    pub comments: Vec<Comment>,
    /// Whether the parser found errors, and so the tree may lack parts of the text.
    pub broken: bool,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// How it is written.
    pub kind: CommentKind,
    /// All of it, its marks included; a line comment without the end of the line and blanks before that.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// How a comment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CommentKind {
    /// `// to the end of the line`
    Slashes,
    /// `# to the end of the line`
    Hash,
    /// `/* up to this: */`. They do not nest.
    Block,
}

/// Something that a file declares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// `export`, if it is there: whoever uses the file sees the item.
    pub export: Option<Span>,
    /// What it is.
    pub kind: ItemKind,
    /// All of it, `export` included.
    pub span: Span,
}

/// The kinds of [`Item`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ItemKind {
    /// `use "interfaces/zrc20.zx"`, `use "zrc20" from std`
    Use(Use),
    /// `contract Token implements ZRC20 { ... }`
    Contract(Contract),
    /// `protocol ZRC20 { ... }`
    Protocol(Protocol),
    /// `record Point { x: integer, y: integer }`
    Record(Record),
    /// `enum Status { Open, Closed }`
    Enum(Enum),
    /// `event Transfer(from: Address)`, for all contracts that see it.
    Event(Event),
    /// `action double(x: integer) -> integer { ... }`: a function outside of any contract. It has no `this` and no storage.
    Action(Action),
    /// `test "it adds" { ... }`
    Test(Test),
}

/// `use PATH [from LIBRARY]`: makes what another file exports visible.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Use {
    /// Which file: a path relative to this one, or a name within a library.
    pub path: StringLiteral,
    /// The library: `std` is the only one.
    pub library: Option<Identifier>,
}

/// `contract NAME [implements A, B] { MEMBERS }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contract {
    /// Its name.
    pub name: Identifier,
    /// The protocols whose actions it has to have.
    pub implements: Vec<Identifier>,
    /// What is in it.
    pub members: Vec<Member>,
    /// From `{` to `}`.
    pub body: Span,
}

/// `protocol NAME { MEMBERS }`: actions without bodies that others can call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Protocol {
    /// Its name.
    pub name: Identifier,
    /// Actions (without bodies), events, records and enums: the parser has complained about all others, and about bodies.
    pub members: Vec<Member>,
    /// From `{` to `}`.
    pub body: Span,
}

/// `record NAME { FIELDS }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Its name.
    pub name: Identifier,
    /// Its fields.
    pub fields: Vec<Parameter>,
    /// From `{` to `}`.
    pub body: Span,
}

/// `enum NAME { VARIANTS }`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enum {
    /// Its name.
    pub name: Identifier,
    /// Its values: the first is its zero.
    pub variants: Vec<Identifier>,
    /// From `{` to `}`.
    pub body: Span,
}

/// `test NAME { STATEMENTS }`: what `zxc test` runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Test {
    /// What it is called in reports.
    pub name: StringLiteral,
    /// What it does.
    pub body: Block,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where.
    pub span: Span,
}

/// The kinds of [`Type`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum TypeKind {
    /// `integer`, `Point`, `List<T>`, `Map<K, V>`: a name, and types in angle brackets.
    Named {
        /// The name.
        name: Identifier,
        /// What is in the brackets; empty without them.
        arguments: Vec<Type>,
    },
    /// `T?`: a `T` or `null`.
    Optional(Box<Type>),
    /// `(A, B)`; `()` has no elements, and one element is written `(A,)`.
    Tuple(Vec<Type>),
    /// Could not be read.
    Error,
}

impl File {
    /// The documentation of what is at `span`: the text of the comments that end on the lines directly above it, without their
    /// marks, one string a line. `text` is the file's.
    ///
    /// A comment behind code belongs to that code, and one that an empty line follows to nobody.
    pub fn docs(&self, source: &crate::source::Source, span: Span) -> Vec<String> {
        let mut next_line = source.line(span.start);
        let end = self.comments.partition_point(|comment| comment.span.start < span.start);
        let mut lines = Vec::new();
        for comment in self.comments[..end].iter().rev() {
            let start = source.line_start(source.line(comment.span.start));
            let before = source.slice(Span::new(span.file, start, comment.span.start));
            if source.line(comment.span.end) + 1 != next_line || !before.trim().is_empty() {
                break;
            }
            next_line = source.line(comment.span.start);
            lines.extend(comment.lines().rev().map(str::to_owned));
        }
        lines.reverse();
        lines
    }
}

impl Comment {
    /// What it says, without its marks: one string a line, without the blanks around.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        let block = self.kind == CommentKind::Block;
        let text = match self.kind {
            CommentKind::Slashes => self.text.trim_start_matches('/'),
            CommentKind::Hash => self.text.trim_start_matches('#'),
            CommentKind::Block => self.text.trim_start_matches('/').trim_end_matches('/').trim_matches('*').trim(),
        };
        // A block comment often has a star at the beginning of each line.
        text.split('\n').map(move |line| {
            let line = line.trim();
            if block { line.strip_prefix('*').unwrap_or(line).trim() } else { line }
        })
    }
}
