//! Random statements, members and items: only what the parser takes.

use super::{
    Choices,
    expressions::{expression, name, string, ty},
};
use crate::{
    source::Span,
    syntax::ast::{
        Action, ActionKind, ActionWord, AssignOperator, Block, Branch, Catch, Contract, Enum, Event, EventField,
        Expression, ExpressionKind, File, Identifier, Invariant, Item, ItemKind, Member, MemberKind, Modifier,
        ModifierCall, Parameter, Pattern, PatternKind, Protocol, Record, SCOPE_WORDS, Statement, StatementKind,
        Storage, StorageKind, Test, Use,
    },
};

/// How deep expressions are.
const DEPTH: usize = 4;

/// A file made up of these bytes.
pub(in crate::syntax) fn file(bytes: &[u8]) -> File {
    let choices = &mut Choices::new(bytes);
    let mut items = Vec::new();
    while choices.bytes.len() > 0 {
        items.push(item(choices));
    }
    File { items, comments: Vec::new(), broken: false }
}

fn item(choices: &mut Choices<'_>) -> Item {
    let kind = match choices.below(9) {
        0 => ItemKind::Use(Use { path: string(choices), library: choices.maybe(name) }),
        1 => ItemKind::Record(record(choices)),
        2 => ItemKind::Enum(enumeration(choices)),
        3 => ItemKind::Event(event(choices)),
        4 => ItemKind::Action(action(choices, true)),
        5 => ItemKind::Test(test(choices)),
        6 => ItemKind::Protocol(Protocol {
            name: name(choices),
            members: choices.several(3, |choices| member(choices, true)),
            body: Span::default(),
        }),
        _ => ItemKind::Contract(Contract {
            name: name(choices),
            implements: choices.several(2, name),
            members: choices.several(6, |choices| member(choices, false)),
            body: Span::default(),
        }),
    };
    let can_be_exported = !matches!(kind, ItemKind::Use(_) | ItemKind::Test(_));
    let export = (can_be_exported && choices.yes()).then(Span::default);
    Item { export, kind, span: Span::default() }
}

fn member(choices: &mut Choices<'_>, protocol: bool) -> Member {
    let kind = match choices.below(if protocol { 4 } else { 9 }) {
        0 => MemberKind::Action(action(choices, !protocol)),
        1 => MemberKind::Event(event(choices)),
        2 => MemberKind::Record(record(choices)),
        3 => MemberKind::Enum(enumeration(choices)),
        4 => MemberKind::Modifier(Modifier {
            name: name(choices),
            parameters: parameters(choices),
            body: block(choices, 2),
        }),
        5 => MemberKind::Invariant(Invariant { condition: expression(choices, DEPTH), message: choices.maybe(string) }),
        6 => MemberKind::Test(test(choices)),
        _ => MemberKind::Storage(storage(choices)),
    };
    Member { kind, span: Span::default() }
}

fn storage(choices: &mut Choices<'_>) -> Storage {
    let kind = choices.one_of(&[StorageKind::Persistent, StorageKind::Data, StorageKind::State, StorageKind::Ledger]);
    let has_type = kind == StorageKind::Persistent || choices.yes();
    Storage {
        kind,
        name: name(choices),
        ty: has_type.then(|| ty(choices, 3)),
        value: (!has_type || choices.yes()).then(|| expression(choices, DEPTH)),
    }
}

fn record(choices: &mut Choices<'_>) -> Record {
    Record { name: name(choices), fields: parameters(choices), body: Span::default() }
}

fn enumeration(choices: &mut Choices<'_>) -> Enum {
    Enum { name: name(choices), variants: choices.several(4, name), body: Span::default() }
}

fn event(choices: &mut Choices<'_>) -> Event {
    let fields = choices.several(3, |choices| EventField {
        indexed: choices.yes().then(Span::default),
        name: name(choices),
        ty: ty(choices, 2),
        span: Span::default(),
    });
    Event { name: name(choices), fields }
}

fn test(choices: &mut Choices<'_>) -> Test {
    Test { name: string(choices), body: block(choices, 3) }
}

fn parameters(choices: &mut Choices<'_>) -> Vec<Parameter> {
    choices.several(4, |choices| Parameter { name: name(choices), ty: ty(choices, 3), span: Span::default() })
}

fn action(choices: &mut Choices<'_>, has_body: bool) -> Action {
    use ActionKind::{Constructor, Inline, Payable, Private, Public, Pure, Secure, View};
    let sets: [&[ActionKind]; 6] =
        [&[], &[View], &[Public, Payable, Secure], &[Private, Pure], &[Inline, Constructor], &[Payable]];
    let kinds = choices.one_of(&sets).iter().map(|kind| ActionWord { kind: *kind, span: Span::default() });
    Action {
        kinds: kinds.collect(),
        name: name(choices),
        parameters: parameters(choices),
        result: choices.maybe(|choices| ty(choices, 2)),
        modifiers: if has_body { choices.several(2, modifier_call) } else { Vec::new() },
        body: has_body.then(|| block(choices, 3)),
        header: Span::default(),
    }
}

fn modifier_call(choices: &mut Choices<'_>) -> ModifierCall {
    let name = Identifier { name: choices.one_of(&["only_owner", "paused", "x"]).to_owned(), span: Span::default() };
    ModifierCall { name, arguments: choices.several(2, |choices| expression(choices, 2)), span: Span::default() }
}

fn block(choices: &mut Choices<'_>, depth: usize) -> Block {
    Block { statements: choices.several(4, |choices| statement(choices, depth)), span: Span::default() }
}

fn pattern(choices: &mut Choices<'_>, depth: usize) -> Pattern {
    let kind = match choices.below(if depth == 0 { 3 } else { 4 }) {
        0 | 1 => PatternKind::Name(name(choices)),
        2 => PatternKind::Ignore,
        _ => PatternKind::Tuple(choices.several(3, |choices| pattern(choices, depth - 1))),
    };
    Pattern { kind, span: Span::default() }
}

fn target(choices: &mut Choices<'_>, whole: bool) -> Expression {
    let base = Box::new(expression(choices, 2));
    let kind = match choices.below(if whole { 5 } else { 4 }) {
        0 => ExpressionKind::Name(name(choices).name),
        1 => ExpressionKind::Index { base, index: Box::new(expression(choices, 2)) },
        2 => ExpressionKind::Member { base, name: name(choices) },
        3 => ExpressionKind::Element { base, index: 1, index_span: Span::default() },
        _ => ExpressionKind::Tuple((0..=choices.below(2)).map(|_| target(choices, false)).collect()),
    };
    Expression { kind, span: Span::default() }
}

fn catch(choices: &mut Choices<'_>, depth: usize) -> Catch {
    Catch { name: choices.maybe(name), body: block(choices, depth - 1), span: Span::default() }
}

fn statement(choices: &mut Choices<'_>, depth: usize) -> Statement {
    use AssignOperator::{Add, Divide, Multiply, Remainder, Set, Subtract};
    let value = |choices: &mut Choices<'_>| expression(choices, DEPTH);
    let kind = match choices.below(if depth == 0 { 13 } else { 19 }) {
        0 => StatementKind::Expression(value(choices)),
        1 => StatementKind::Let {
            pattern: pattern(choices, 2),
            ty: choices.maybe(|choices| ty(choices, 3)),
            value: value(choices),
        },
        2..=4 => {
            let operator = choices.one_of(&[Set, Add, Subtract, Multiply, Divide, Remainder]);
            StatementKind::Assign { target: target(choices, operator == Set), operator, value: value(choices) }
        }
        5 => StatementKind::Break,
        6 => StatementKind::Continue,
        7 => StatementKind::Return(choices.maybe(value)),
        8 => StatementKind::Require { condition: value(choices), message: choices.maybe(value) },
        9 => StatementKind::Revert { message: choices.maybe(value) },
        10 => StatementKind::Emit { event: name(choices), arguments: choices.several(3, value) },
        11 => StatementKind::Limit(value(choices)),
        12 => StatementKind::Print(choices.several(3, value)),
        13 => StatementKind::If {
            branches: (0..=choices.below(3))
                .map(|_| Branch { condition: value(choices), body: block(choices, depth - 1), span: Span::default() })
                .collect(),
            otherwise: choices.maybe(|choices| block(choices, depth - 1)),
        },
        14 => StatementKind::While { condition: value(choices), body: block(choices, depth - 1) },
        15 => StatementKind::ForEach {
            pattern: pattern(choices, 1),
            list: value(choices),
            body: block(choices, depth - 1),
        },
        16 => {
            StatementKind::Tx { body: block(choices, depth - 1), catch: choices.maybe(|choices| catch(choices, depth)) }
        }
        17 => StatementKind::Scope {
            word: Identifier { name: choices.one_of(&SCOPE_WORDS).to_owned(), span: Span::default() },
            arguments: choices.several(2, value),
            body: block(choices, depth - 1),
        },
        _ => StatementKind::Try { body: block(choices, depth - 1), catch: catch(choices, depth) },
    };
    Statement { kind, span: Span::default() }
}
