//! Expressions: operators, and what follows an operand. What an operand begins with is in `primary`.

use super::{Grown, Parser, foreign, shortened};
use crate::{
    diagnostics::Diagnostic,
    source::Span,
    syntax::{
        ast::{Associativity, BinaryOperator, Expression, ExpressionKind, Identifier, Type, UnaryOperator},
        codes,
        token::TokenKind,
    },
};

/// The built-ins that take types: only behind them `<` begins a list of types.
const TAKE_TYPES: [&str; 4] = ["decode", "contract_call", "static_call", "delegate_call"];

impl Parser<'_> {
    /// An expression. An `Error`, and a complaint, where there is none.
    pub(super) fn expression(&mut self) -> Expression {
        self.grown().node
    }

    /// An expression, with its height.
    pub(super) fn grown(&mut self) -> Grown {
        self.deeper(|parser| parser.binary(1))
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Grown) -> Grown {
        let span = self.span().before();
        self.descend(read).unwrap_or(Grown { node: Expression { kind: ExpressionKind::Error, span }, height: 1 })
    }

    /// Operands, and operators between them of at least this precedence.
    fn binary(&mut self, least: u8) -> Grown {
        let start = self.span();
        let mut left = self.unary();
        let mut compared = None;
        while let Some(operator) = self.binary_operator() {
            let precedence = operator.precedence();
            if precedence < least {
                break;
            }
            if let Some(error) = self.step_operator(start) {
                return error;
            }
            let operator_span = self.span();
            if operator.is_comparison() {
                self.compare(compared.replace(operator_span), operator_span);
            }
            self.bump();
            // Equal ones in a row: from the right, the next is part of this one's right side.
            let right_least = precedence + u8::from(operator.associativity() != Associativity::Right);
            let right = self.deeper(|parser| parser.binary(right_least));
            let height = left.height.max(right.height);
            let (left_node, right_node) = (Box::new(left.node), Box::new(right.node));
            let kind = ExpressionKind::Binary { left: left_node, operator, right: right_node };
            left = self.grow(kind, start, height);
        }
        left
    }

    fn binary_operator(&mut self) -> Option<BinaryOperator> {
        if self.is(TokenKind::Identifier) && self.continues() {
            return self.foreign_operator();
        }
        let kind = self.kind();
        BinaryOperator::ALL.into_iter().find(|operator| Some(operator.symbol()) == kind.text())
    }

    /// Complains about the second of two comparisons in a row.
    fn compare(&mut self, before: Option<Span>, operator: Span) {
        let Some(before) = before else { return };
        let diagnostic = Diagnostic::error(codes::COMPARISON_CHAIN, "comparisons can't follow each other")
            .label(operator, "")
            .context(before, "compares already")
            .help("join two comparisons with `&&`, or put one of them in parentheses");
        self.fail(diagnostic);
    }

    /// `i++`, `i--`
    fn step_operator(&mut self, start: Span) -> Option<Grown> {
        let kind = self.kind();
        let next = self.ahead(1);
        let behind = self.ahead(2);
        let is_step = match kind {
            TokenKind::Plus => true,
            // `a--b` subtracts a negative number.
            TokenKind::Minus => behind.on_new_line || behind.kind == TokenKind::Semicolon || behind.kind.is_closing(),
            _ => false,
        };
        if !is_step || next.kind != kind || !self.touches_next() {
            return None;
        }
        let symbol = kind.text().unwrap_or_default();
        let target = shortened(self.source.slice(self.since(start)));
        let diagnostic = Diagnostic::error(codes::FOREIGN, format!("`{symbol}{symbol}` is no operator of ZX"))
            .label(self.span().to(next.span), "")
            .help(format!("write `{target} {symbol}= 1`"));
        self.fail(diagnostic);
        self.bump();
        self.bump();
        Some(self.grow(ExpressionKind::Error, start, 0))
    }

    fn unary(&mut self) -> Grown {
        let start = self.span();
        let operator = match self.kind() {
            TokenKind::Bang => UnaryOperator::Not,
            TokenKind::Minus => UnaryOperator::Negate,
            TokenKind::Identifier if self.foreign_not() => UnaryOperator::Not,
            _ => return self.postfix(),
        };
        self.bump();
        let operand = self.deeper(Self::unary);
        let kind = ExpressionKind::Unary { operator, operand: Box::new(operand.node) };
        self.grow(kind, start, operand.height)
    }

    /// An operand and what follows it: members, indices, calls.
    fn postfix(&mut self) -> Grown {
        let start = self.span();
        let mut base = self.primary();
        loop {
            base = match self.kind() {
                TokenKind::Dot => self.access(base, start),
                TokenKind::OpenBracket if self.continues() => self.index(base, start),
                TokenKind::OpenParenthesis if self.continues() => self.call(base, start, Vec::new()),
                TokenKind::OpenBrace if self.continues() && self.begins_fields() => self.options_or_record(base, start),
                TokenKind::Less if takes_types(&base.node) => {
                    let types = self.type_arguments();
                    self.call(base, start, types)
                }
                TokenKind::Question if self.continues() => self.ternary(start),
                _ => return base,
            };
        }
    }

    fn access(&mut self, base: Grown, start: Span) -> Grown {
        self.bump();
        let span = self.span();
        let height = base.height;
        let base = Box::new(base.node);
        let kind = match self.kind() {
            TokenKind::Integer => match self.text().parse::<u32>() {
                Ok(index) if self.text() == index.to_string() => {
                    self.bump();
                    ExpressionKind::Element { base, index, index_span: span }
                }
                _ => {
                    let diagnostic =
                        Diagnostic::error(codes::BAD_NUMBER, "this is no place in a tuple").label(span, "");
                    self.fail(diagnostic.help("write `.0` for the first element, `.1` for the second"));
                    self.bump();
                    ExpressionKind::Error
                }
            },
            TokenKind::Dot => {
                let diagnostic = Diagnostic::error(codes::FOREIGN, "`..` is no operator of ZX")
                    .label(self.previous.to(span), "")
                    .help("a part of a list is written `list[from:to]`");
                self.fail(diagnostic);
                self.bump();
                ExpressionKind::Error
            }
            kind if (kind == TokenKind::Identifier || kind.is_word()) && self.continues() && self.text() != "_" => {
                let name = self.name("a member");
                ExpressionKind::Member { base, name }
            }
            _ => {
                self.unexpected("the name of a member after `.`");
                ExpressionKind::Error
            }
        };
        self.grow(kind, start, height)
    }

    /// `[index]`, `[from:to]`
    fn index(&mut self, base: Grown, start: Span) -> Grown {
        let lines = std::mem::replace(&mut self.newlines_count, false);
        let open = self.at;
        self.bump();
        let mut height = base.height;
        let base = Box::new(base.node);
        let mut part = |parser: &mut Self| {
            let part = parser.grown();
            height = height.max(part.height);
            Box::new(part.node)
        };
        let from = (!self.is(TokenKind::Colon)).then(|| part(self));
        let kind = if self.eat(TokenKind::Colon).is_some() {
            let to = (!self.is(TokenKind::CloseBracket)).then(|| part(self));
            ExpressionKind::Slice { base, from, to }
        } else {
            match from {
                Some(index) => ExpressionKind::Index { base, index },
                None => ExpressionKind::Error,
            }
        };
        self.close(open);
        self.newlines_count = lines;
        self.grow(kind, start, height)
    }

    /// `(ARGUMENTS)`, and `{OPTIONS}` before it.
    fn call(&mut self, callee: Grown, start: Span, type_arguments: Vec<Type>) -> Grown {
        let mut height = callee.height.max(type_height(&type_arguments));
        let options =
            if self.is(TokenKind::OpenBrace) && self.begins_fields() { self.options(&mut height) } else { Vec::new() };
        let arguments = self.arguments(&mut height, "the call's arguments");
        let callee = Box::new(callee.node);
        self.grow(ExpressionKind::Call { callee, type_arguments, options, arguments }, start, height)
    }

    /// `{value: v}(...)` behind anything, and `{x: 1}` behind a name.
    fn options_or_record(&mut self, base: Grown, start: Span) -> Grown {
        let closing = self.matching.closing(self.at).unwrap_or(self.at);
        let behind = self.tokens[(closing + 1).min(self.tokens.len() - 1)];
        let is_call = behind.kind == TokenKind::OpenParenthesis && (!behind.on_new_line || !self.newlines_count);
        match base.node.kind {
            ExpressionKind::Name(name) if !is_call => {
                let mut height = base.height;
                let fields = self.fields(&mut height);
                let name = Identifier { name, span: base.node.span };
                self.grow(ExpressionKind::Record { name, fields }, start, height)
            }
            _ => self.call(base, start, Vec::new()),
        }
    }

    /// `condition ? a : b`
    fn ternary(&mut self, start: Span) -> Grown {
        let diagnostic = Diagnostic::error(codes::FOREIGN, "`?` is no operator of ZX")
            .label(self.span(), "")
            .help("use `if` and `else`; `a ?? b` is `a`, or `b` where `a` is `null`");
        self.fail(diagnostic);
        self.bump();
        if !self.ends_statement() {
            self.expression();
            if self.eat(TokenKind::Colon).is_some() {
                self.expression();
            }
        }
        self.grow(ExpressionKind::Error, start, 0)
    }

    /// `and`, `or`: words of other languages between two operands.
    fn foreign_operator(&mut self) -> Option<BinaryOperator> {
        let (word, operator) = match self.text() {
            "and" => ("and", BinaryOperator::And),
            "or" => ("or", BinaryOperator::Or),
            _ => return None,
        };
        let diagnostic = foreign::word(word, &format!("`{}`", operator.symbol()), self.span());
        self.fail(diagnostic);
        Some(operator)
    }

    /// `not x`
    fn foreign_not(&mut self) -> bool {
        let behind = self.ahead(1);
        let is_not = self.text() == "not"
            && !behind.on_new_line
            && matches!(behind.kind, TokenKind::Identifier | TokenKind::This | TokenKind::True | TokenKind::False);
        if is_not {
            let diagnostic = foreign::word("not", "`!`", self.span());
            self.fail(diagnostic);
        }
        is_not
    }
}

/// How many nodes the longest way down into one of these types has, at most.
fn type_height(types: &[Type]) -> usize {
    use crate::syntax::ast::TypeKind;
    // The types are not deeper than the parser allows any: this recursion ends.
    let heights = types.iter().map(|ty| match &ty.kind {
        TypeKind::Named { arguments, .. } => 1 + type_height(arguments),
        TypeKind::Optional(inner) => 1 + type_height(std::slice::from_ref(inner)),
        TypeKind::Tuple(elements) => 1 + type_height(elements),
        TypeKind::Error => 1,
    });
    heights.max().unwrap_or_default()
}

fn takes_types(callee: &Expression) -> bool {
    matches!(&callee.kind, ExpressionKind::Name(name) if TAKE_TYPES.contains(&name.as_str()))
}
