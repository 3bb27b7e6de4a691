//! Types, and the patterns of `let` and `for each`.

use super::{Parser, list::Separator, shortened};
use crate::{
    diagnostics::Diagnostic,
    source::Span,
    syntax::{
        ast::{Parameter, Pattern, PatternKind, Type, TypeKind},
        codes,
        token::{Token, TokenKind},
    },
};

impl Parser<'_> {
    /// A type.
    pub(super) fn ty(&mut self) -> Type {
        let start = self.span();
        // Twice, so that there is room for the node that a `?` makes.
        let inner = self.descend(|parser| parser.descend(Self::ty_without_option)).flatten();
        let Some(mut ty) = inner else {
            return Type { kind: TypeKind::Error, span: start.before() };
        };
        if self.is(TokenKind::QuestionQuestion) {
            let diagnostic = Diagnostic::error(codes::OPTION_OF_OPTION, "an optional type is made optional again")
                .label(self.span(), "")
                .help("one `?` says that there may be no value");
            self.fail(diagnostic);
        }
        if self.eat(TokenKind::Question).is_some() || self.eat(TokenKind::QuestionQuestion).is_some() {
            let span = self.since(start);
            ty = Type { kind: TypeKind::Optional(Box::new(ty)), span };
        }
        if self.is(TokenKind::OpenBracket) && self.ahead(1).kind == TokenKind::CloseBracket {
            let diagnostic = Diagnostic::error(codes::FOREIGN, "a list's type is written `List<T>`")
                .label(self.since(start).to(self.ahead(1).span), "")
                .help(format!("write `List<{}>`", shortened(self.source.slice(ty.span))));
            self.fail(diagnostic);
            self.bump();
            self.bump();
        }
        ty
    }

    fn ty_without_option(&mut self) -> Type {
        let start = self.span();
        let kind = match self.kind() {
            TokenKind::OpenParenthesis => {
                let mut list = self.list(Separator::Comma, Self::ty);
                match list.elements.len() {
                    // Parentheses around one type mean nothing.
                    1 if !list.trailing_comma => list.elements.remove(0).kind,
                    _ => TypeKind::Tuple(list.elements),
                }
            }
            TokenKind::Identifier => {
                let name = self.name("a type");
                let arguments = if self.is(TokenKind::Less) { self.type_arguments() } else { Vec::new() };
                TypeKind::Named { name, arguments }
            }
            _ => {
                self.unexpected("a type");
                TypeKind::Error
            }
        };
        Type { kind, span: self.since(start) }
    }

    /// `<A, B>`
    pub(super) fn type_arguments(&mut self) -> Vec<Type> {
        let open = self.bump().span;
        let mut arguments = Vec::new();
        while !self.eat_greater() {
            let failures = self.failures;
            arguments.push(self.ty());
            if self.eat(TokenKind::Comma).is_some() {
                continue;
            }
            if !self.eat_greater() && self.failures == failures {
                let diagnostic = self.unexpected_diagnostic("`,` or `>`");
                self.fail(diagnostic.context(open, "in the list that begins here"));
            }
            break;
        }
        arguments
    }

    /// Eats `>`: also the first half of a `>=`, as in `let x: List<integer>= y`.
    fn eat_greater(&mut self) -> bool {
        if self.is(TokenKind::GreaterEqual) {
            let Span { file, start, end } = self.span();
            self.tokens[self.at] =
                Token { kind: TokenKind::Equal, span: Span::new(file, start + 1, end), on_new_line: false };
            self.previous = Span::new(file, start, start + 1);
            return true;
        }
        self.eat(TokenKind::Greater).is_some()
    }

    /// `NAME: TYPE`
    pub(super) fn parameter(&mut self, what: &str) -> Parameter {
        let start = self.span();
        let name = self.name(what);
        let ty = self.type_behind_colon(what);
        Parameter { name, ty, span: self.since(start) }
    }

    /// `: TYPE`
    pub(super) fn type_behind_colon(&mut self, what: &str) -> Type {
        if self.expect(TokenKind::Colon, &format!("and the type of {what}")) {
            return self.ty();
        }
        Type { kind: TypeKind::Error, span: self.previous.after() }
    }

    /// What a value is taken apart into.
    pub(super) fn pattern(&mut self) -> Pattern {
        let start = self.span();
        let kind = match self.kind() {
            TokenKind::Identifier if self.text() == "_" => {
                self.bump();
                PatternKind::Ignore
            }
            TokenKind::OpenParenthesis => self.descend(Self::tuple_pattern).unwrap_or(PatternKind::Error),
            _ => {
                let name = self.name("a variable");
                if name.name.is_empty() { PatternKind::Error } else { PatternKind::Name(name) }
            }
        };
        Pattern { kind, span: self.since(start) }
    }

    fn tuple_pattern(&mut self) -> PatternKind {
        let mut list = self.list(Separator::Comma, Self::pattern);
        match list.elements.len() {
            // As with types: parentheses around one pattern mean nothing.
            1 if !list.trailing_comma => list.elements.remove(0).kind,
            _ => PatternKind::Tuple(list.elements),
        }
    }
}
