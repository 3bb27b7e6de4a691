//! What an operand begins with: literals, names, brackets, `new`.

use super::{
    Grown, Parser,
    list::{List, Separator},
};
use crate::{
    diagnostics::Diagnostic,
    syntax::{
        ast::{CallOption, Expression, ExpressionKind, FieldValue},
        codes, literal,
        token::TokenKind,
    },
};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Grown {
        let start = self.span();
        let text = self.text();
        let kind = match self.kind() {
            TokenKind::OpenParenthesis => return self.parenthesised(),
            TokenKind::OpenBracket => {
                let mut height = 0;
                let list = self.expressions(&mut height);
                return self.grow(ExpressionKind::List(list.elements), start, height);
            }
            TokenKind::New => return self.new_contract(),
            // Nor is the first word of the next declaration a value that is missing in this one.
            TokenKind::Identifier if text != "_" && !self.begins_member() => ExpressionKind::Name(text.to_owned()),
            TokenKind::Integer => {
                let (literal, problem) = literal::integer(text, start);
                self.literal_problem(problem);
                ExpressionKind::Integer(literal)
            }
            TokenKind::String => {
                let (literal, problem) = literal::string(text, start);
                self.literal_problem(problem);
                ExpressionKind::String(literal)
            }
            TokenKind::Bytes => {
                let (literal, problem) = literal::bytes(text, start);
                self.literal_problem(problem);
                ExpressionKind::Bytes(literal)
            }
            TokenKind::This => ExpressionKind::This,
            TokenKind::Null => ExpressionKind::Null,
            TokenKind::True => ExpressionKind::Boolean(true),
            TokenKind::False => ExpressionKind::Boolean(false),
            TokenKind::Error => {
                // The lexer has told about it.
                self.failures += 1;
                ExpressionKind::Error
            }
            _ => return self.no_expression(),
        };
        self.bump();
        Grown { node: Expression { kind, span: start }, height: 1 }
    }

    /// A wrong literal is a literal: only its value is not known.
    fn literal_problem(&mut self, problem: Option<Diagnostic>) {
        if let Some(diagnostic) = problem {
            self.diagnostics.push(diagnostic);
        }
    }

    fn no_expression(&mut self) -> Grown {
        let start = self.span();
        if self.is(TokenKind::Tx) && self.ahead(1).kind == TokenKind::Dot {
            let diagnostic = Diagnostic::error(codes::FOREIGN, "`tx` is a statement").label(start, "");
            self.fail(diagnostic.help("the transaction's data are in `TX`: `TX.caller`, `TX.value`"));
            self.bump();
            return Grown { node: Expression { kind: ExpressionKind::Error, span: start }, height: 1 };
        }
        if self.is(TokenKind::Plus) {
            if self.ahead(1).kind == TokenKind::Plus && self.touches_next() {
                let diagnostic = Diagnostic::error(codes::FOREIGN, "`++` is no operator of ZX");
                self.fail(diagnostic.label(start.to(self.ahead(1).span), "").help("write `x += 1`"));
                self.bump();
            } else {
                let diagnostic = Diagnostic::error(codes::FOREIGN, "`+` needs an operand on its left").label(start, "");
                self.fail(diagnostic.help("remove it"));
            }
            self.bump();
            return self.deeper_primary();
        }
        self.unexpected("an expression");
        Grown { node: Expression { kind: ExpressionKind::Error, span: self.previous.after() }, height: 1 }
    }

    /// What stands behind a needless `+`.
    fn deeper_primary(&mut self) -> Grown {
        let span = self.span().before();
        let error = Grown { node: Expression { kind: ExpressionKind::Error, span }, height: 1 };
        self.descend(Self::primary).unwrap_or(error)
    }

    /// `(a)`, `(a, b)`, `()`
    fn parenthesised(&mut self) -> Grown {
        let start = self.span();
        let mut height = 0;
        let mut list = self.expressions(&mut height);
        let kind = if list.elements.len() == 1 && !list.trailing_comma {
            ExpressionKind::Parenthesised(Box::new(list.elements.remove(0)))
        } else {
            ExpressionKind::Tuple(list.elements)
        };
        self.grow(kind, start, height)
    }

    /// `new NAME{OPTIONS}(ARGUMENTS)`
    fn new_contract(&mut self) -> Grown {
        let start = self.bump().span;
        let mut height = 0;
        let contract = self.name("a contract");
        let options = if self.is(TokenKind::OpenBrace) { self.options(&mut height) } else { Vec::new() };
        let arguments = self.arguments(&mut height, "the arguments of its constructor");
        self.grow(ExpressionKind::New { contract, options, arguments }, start, height)
    }

    /// Expressions in brackets. `height` becomes that of the highest, if that is more.
    pub(super) fn expressions(&mut self, height: &mut usize) -> List<Expression> {
        self.list(Separator::Comma, |parser| {
            let expression = parser.grown();
            *height = (*height).max(expression.height);
            expression.node
        })
    }

    /// `(ARGUMENTS)`
    pub(super) fn arguments(&mut self, height: &mut usize, what: &str) -> Vec<Expression> {
        if self.is(TokenKind::OpenParenthesis) {
            return self.expressions(height).elements;
        }
        self.unexpected(&format!("`(` and {what}"));
        Vec::new()
    }

    /// Whether `{ NAME:` comes next: no block begins so, as no statement does.
    pub(super) fn begins_fields(&self) -> bool {
        self.fields_begin(0)
    }

    /// The same, `ahead` tokens later.
    pub(super) fn fields_begin(&self, ahead: usize) -> bool {
        let kinds = [ahead, ahead + 1, ahead + 2].map(|ahead| self.ahead(ahead).kind);
        kinds == [TokenKind::OpenBrace, TokenKind::Identifier, TokenKind::Colon]
    }

    /// `{NAME: VALUE, ...}` of a call.
    pub(super) fn options(&mut self, height: &mut usize) -> Vec<CallOption> {
        let fields = self.fields(height).into_iter();
        fields.map(|FieldValue { name, value, span }| CallOption { name, value, span }).collect()
    }

    /// `{NAME: VALUE, ...}` of a record.
    pub(super) fn fields(&mut self, height: &mut usize) -> Vec<FieldValue> {
        let list = self.list(Separator::Comma, |parser| {
            let start = parser.span();
            let name = parser.name("a field");
            let value = if parser.expect(TokenKind::Colon, "and a value") {
                let value = parser.grown();
                *height = (*height).max(value.height);
                value.node
            } else {
                Expression { kind: ExpressionKind::Error, span: parser.previous.after() }
            };
            FieldValue { name, value, span: parser.since(start) }
        });
        list.elements
    }
}
