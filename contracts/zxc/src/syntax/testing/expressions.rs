//! Random expressions, types and names.

use super::Choices;
use crate::{
    source::Span,
    syntax::{
        ast::{
            BinaryOperator, CallOption, Expression, ExpressionKind, FieldValue, Identifier, StringLiteral, Type,
            TypeKind, UnaryOperator,
        },
        literal,
    },
};

/// Words that have a meaning somewhere are names elsewhere.
const NAMES: [&str; 24] = [
    "a",
    "b",
    "balances",
    "data",
    "state",
    "event",
    "in",
    "each",
    "from",
    "test",
    "view",
    "record",
    "ledger",
    "indexed",
    "value",
    "gas",
    "TX",
    "and",
    "not",
    "match",
    "storage",
    "persistent",
    "constructor",
    "__x1",
];

const STRINGS: [&str; 6] = [
    "",
    "text",
    "a \"quoted\" one",
    "line\nline\t\\ \0",
    "é \u{1f600} \u{202e}\u{200b}",
    "a rather long text that fills lines",
];

pub(super) fn name(choices: &mut Choices<'_>) -> Identifier {
    Identifier { name: choices.one_of(&NAMES).to_owned(), span: Span::default() }
}

pub(super) fn string(choices: &mut Choices<'_>) -> StringLiteral {
    StringLiteral::quoted(choices.one_of(&STRINGS), Span::default())
}

pub(super) fn ty(choices: &mut Choices<'_>, depth: usize) -> Type {
    let kinds = if depth == 0 { 1 } else { 4 };
    let kind = match choices.below(kinds) {
        1 => TypeKind::Named {
            name: Identifier { name: choices.one_of(&["List", "Map"]).to_owned(), span: Span::default() },
            arguments: (0..=choices.below(2)).map(|_| ty(choices, depth - 1)).collect(),
        },
        2 => match ty(choices, depth - 1) {
            Type { kind: TypeKind::Optional(inner), .. } => inner.kind,
            inner => TypeKind::Optional(Box::new(inner)),
        },
        3 => TypeKind::Tuple(choices.several(3, |choices| ty(choices, depth - 1))),
        _ => TypeKind::Named { name: name(choices), arguments: Vec::new() },
    };
    Type { kind, span: Span::default() }
}

pub(super) fn expression(choices: &mut Choices<'_>, depth: usize) -> Expression {
    let kinds = if depth == 0 { 8 } else { 20 };
    Expression { kind: kind(choices, kinds, depth), span: Span::default() }
}

fn boxed(choices: &mut Choices<'_>, depth: usize) -> Box<Expression> {
    Box::new(expression(choices, depth - 1))
}

fn kind(choices: &mut Choices<'_>, kinds: usize, depth: usize) -> ExpressionKind {
    let arguments = |choices: &mut Choices<'_>| choices.several(3, |choices| expression(choices, depth - 1));
    match choices.below(kinds) {
        0 => ExpressionKind::Name(name(choices).name),
        1 => ExpressionKind::This,
        2 => ExpressionKind::Null,
        3 => ExpressionKind::Boolean(choices.yes()),
        4 | 5 => {
            let text = choices.one_of(&["0", "5", "1_000", "0xff", "12e18", "0x00"]);
            ExpressionKind::Integer(literal::integer(text, Span::default()).0)
        }
        6 => ExpressionKind::String(string(choices)),
        7 => ExpressionKind::Bytes(literal::bytes(choices.one_of(&["hex\"\"", "hex\"00Ff_aa\""]), Span::default()).0),
        8 => ExpressionKind::List(arguments(choices)),
        9 => ExpressionKind::Tuple(arguments(choices)),
        10 => ExpressionKind::Parenthesised(boxed(choices, depth)),
        11 => ExpressionKind::Record {
            name: name(choices),
            fields: (0..=choices.below(3))
                .map(|_| FieldValue {
                    name: name(choices),
                    value: expression(choices, depth - 1),
                    span: Span::default(),
                })
                .collect(),
        },
        12 => ExpressionKind::Unary {
            operator: choices.one_of(&[UnaryOperator::Not, UnaryOperator::Negate]),
            operand: boxed(choices, depth),
        },
        13 | 14 => ExpressionKind::Binary {
            left: boxed(choices, depth),
            operator: choices.one_of(&BinaryOperator::ALL),
            right: boxed(choices, depth),
        },
        15 => ExpressionKind::Index { base: boxed(choices, depth), index: boxed(choices, depth) },
        16 => ExpressionKind::Slice {
            base: boxed(choices, depth),
            from: choices.maybe(|choices| boxed(choices, depth)),
            to: choices.maybe(|choices| boxed(choices, depth)),
        },
        17 if choices.yes() => ExpressionKind::Element {
            base: boxed(choices, depth),
            index: choices.below(20) as u32,
            index_span: Span::default(),
        },
        17 => ExpressionKind::Member { base: boxed(choices, depth), name: name(choices) },
        18 if choices.yes() => ExpressionKind::New {
            contract: name(choices),
            options: options(choices, depth),
            arguments: arguments(choices),
        },
        18 => ExpressionKind::Call {
            callee: Box::new(Expression {
                kind: ExpressionKind::Name(choices.one_of(&["decode", "contract_call"]).to_owned()),
                span: Span::default(),
            }),
            type_arguments: vec![ty(choices, 2)],
            options: options(choices, depth),
            arguments: arguments(choices),
        },
        _ => ExpressionKind::Call {
            callee: boxed(choices, depth),
            type_arguments: Vec::new(),
            options: options(choices, depth),
            arguments: arguments(choices),
        },
    }
}

fn options(choices: &mut Choices<'_>, depth: usize) -> Vec<CallOption> {
    choices.several(2, |choices| CallOption {
        name: name(choices),
        value: expression(choices, depth - 1),
        span: Span::default(),
    })
}
