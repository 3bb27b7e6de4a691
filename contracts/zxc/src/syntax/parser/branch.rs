//! Statements with blocks: `if`, `while`, `for each`, `tx`, `try`.

use super::{Parser, shortened};
use crate::{
    diagnostics::Diagnostic,
    syntax::{
        ast::{Block, Branch, Catch, Expression, StatementKind},
        codes,
        token::TokenKind,
    },
};

impl Parser<'_> {
    /// The condition of `if`, `elif` and `while`.
    pub(super) fn condition(&mut self) -> Expression {
        let condition = self.expression();
        if self.is(TokenKind::Equal) {
            self.assignment_as_value();
        }
        condition
    }

    pub(super) fn if_statement(&mut self) -> StatementKind {
        let mut branches = Vec::new();
        loop {
            let start = self.bump().span;
            let condition = self.condition();
            let body = self.block();
            branches.push(Branch { condition, body, span: self.since(start) });
            if self.is(TokenKind::Else) && self.ahead(1).kind == TokenKind::If {
                let span = self.span().to(self.ahead(1).span);
                let diagnostic = Diagnostic::error(codes::FOREIGN, "`else if` is written `elif`").label(span, "");
                self.fail(diagnostic.help("write `elif`"));
                self.bump();
                continue;
            }
            if !self.is(TokenKind::Elif) {
                break;
            }
        }
        let otherwise = self.eat(TokenKind::Else).map(|_| self.block());
        StatementKind::If { branches, otherwise }
    }

    /// `elif`, `else` or `catch` behind nothing that has it: read, and left out.
    pub(super) fn stray_branch(&mut self) -> StatementKind {
        let word = self.text();
        let owner = if self.is(TokenKind::Catch) { "`try` or `tx`" } else { "`if`" };
        let diagnostic = Diagnostic::error(codes::UNEXPECTED, format!("`{word}` has no {owner} before it"));
        self.fail(diagnostic.label(self.span(), ""));
        if self.is(TokenKind::Catch) {
            self.catch();
        } else {
            let condition = self.bump().kind == TokenKind::Elif || self.eat(TokenKind::If).is_some();
            if condition {
                self.condition();
            }
            self.block();
        }
        StatementKind::Error
    }

    pub(super) fn for_statement(&mut self) -> StatementKind {
        let word = self.bump();
        if self.eat_word("each").is_none() {
            let counts = self.is(TokenKind::OpenParenthesis)
                && self.matching.closing(self.at).is_some_and(|closing| {
                    let behind = self.tokens[(closing + 1).min(self.tokens.len() - 1)];
                    behind.kind == TokenKind::OpenBrace
                });
            let help = if counts { "to count, use `while`" } else { "write `for each x in list`" };
            let diagnostic =
                Diagnostic::error(codes::FOREIGN, "`for` is written `for each` in ZX").label(word.span, "");
            self.fail(diagnostic.help(help));
            if counts {
                self.skip_one();
                self.block();
                return StatementKind::Error;
            }
        }
        let pattern = self.pattern();
        if self.eat_word("in").is_none() {
            self.unexpected("`in` and a list");
        }
        let list = self.expression();
        StatementKind::ForEach { pattern, list, body: self.block() }
    }

    pub(super) fn try_statement(&mut self) -> StatementKind {
        let word = self.bump().span;
        let body = self.block();
        let catch = if self.is(TokenKind::Catch) {
            self.catch()
        } else {
            let diagnostic = Diagnostic::error(codes::NO_CATCH, "`try` has no `catch`")
                .label(word, "")
                .context(self.previous.after(), "`catch (error) { }` is expected here")
                .help("say what happens when a call reverts; without `try`, this action would revert too");
            self.fail(diagnostic);
            let span = self.previous.after();
            Catch { name: None, body: Block { statements: Vec::new(), span }, span }
        };
        StatementKind::Try { body, catch }
    }

    pub(super) fn catch(&mut self) -> Catch {
        let start = self.bump().span;
        if self.is(TokenKind::Identifier) && self.ahead(1).kind == TokenKind::OpenBrace {
            let diagnostic = Diagnostic::error(codes::FOREIGN, "the name behind `catch` is not in parentheses");
            self.fail(diagnostic.label(self.span(), "").help(format!("write `catch ({})`", shortened(self.text()))));
            self.bump();
        }
        let name = self.is(TokenKind::OpenParenthesis).then(|| {
            let open = self.at;
            self.bump();
            let name = self.name("the error's message");
            self.close(open);
            name
        });
        let body = self.block();
        Catch { name, body, span: self.since(start) }
    }
}
