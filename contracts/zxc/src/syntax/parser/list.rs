//! Brackets with elements in them, and how to go on behind what could not be read.

use super::Parser;
use crate::{
    diagnostics::Diagnostic,
    source::Span,
    syntax::{codes, token::TokenKind},
};

/// The elements between two brackets.
pub(super) struct List<T> {
    pub(super) elements: Vec<T>,
    /// Whether a comma follows the last one.
    pub(super) trailing_comma: bool,
    /// From the one bracket to the other.
    pub(super) span: Span,
}

/// What may stand between elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// A comma.
    Comma,
    /// A comma, a semicolon or the end of a line: in declarations.
    CommaOrLine,
}

impl Parser<'_> {
    /// The elements from the opening bracket that is next to the one that closes it. One that can't be read is in the list as
    /// whatever `element` makes of it.
    pub(super) fn list<T>(&mut self, separator: Separator, mut element: impl FnMut(&mut Self) -> T) -> List<T> {
        let open = self.at;
        let start = self.bump();
        let close = start.kind.closing().unwrap_or(TokenKind::End);
        let closing = self.matching.closing(open);
        let lines = std::mem::replace(&mut self.newlines_count, false);
        let mut elements = Vec::new();
        let mut trailing_comma = false;
        loop {
            if self.eat(close).is_some() {
                break;
            }
            if self.is(TokenKind::End) {
                self.unclosed(start.span, close);
                break;
            }
            let before = self.at;
            let failures = self.failures;
            elements.push(element(self));
            trailing_comma = self.eat(TokenKind::Comma).is_some();
            let by_line = separator == Separator::CommaOrLine
                && self.at > before
                && (self.eat(TokenKind::Semicolon).is_some() || self.token().on_new_line);
            if trailing_comma || by_line || self.is(close) {
                continue;
            }
            if self.failures == failures {
                self.not_in_list(start.span, close);
            }
            let Some(closing) = closing else { break };
            let skipped_from = self.at;
            self.skip_to(closing, |parser| {
                let line =
                    separator == Separator::CommaOrLine && parser.at > skipped_from && parser.token().on_new_line;
                line || parser.is(TokenKind::Comma)
            });
            self.eat(TokenKind::Comma);
        }
        self.newlines_count = lines;
        List { elements, trailing_comma, span: self.since(start.span) }
    }

    fn not_in_list(&mut self, open: Span, close: TokenKind) {
        let close = close.text().unwrap_or_default();
        let diagnostic = self.unexpected_diagnostic(&format!("`,` or `{close}`"));
        self.fail(diagnostic.context(open, "in the list that begins here"));
    }

    /// Fails: what begins at `open` does not end.
    pub(super) fn unclosed(&mut self, open: Span, close: TokenKind) {
        let close = close.text().unwrap_or_default();
        let diagnostic = Diagnostic::error(codes::UNBALANCED, format!("`{close}` is missing"))
            .label(open, "this bracket is never closed")
            .context(self.previous.after(), format!("`{close}` is expected here at the latest"));
        self.fail(diagnostic);
    }

    /// The end of what begins at the token with index `open`; where there is something else, that is skipped.
    pub(super) fn close(&mut self, open: usize) {
        let open_token = self.tokens[open];
        let close = open_token.kind.closing().unwrap_or(TokenKind::End);
        if self.eat(close).is_some() {
            return;
        }
        let diagnostic = self.unexpected_diagnostic(&format!("`{}`", close.text().unwrap_or_default()));
        self.fail(diagnostic.context(open_token.span, "for the bracket that is opened here"));
        if let Some(closing) = self.matching.closing(open) {
            self.skip_to(closing, |_| false);
            self.bump();
        }
    }

    /// Moves on to the next token where `stop` holds, or to the one at index `end`. Groups in brackets are skipped whole.
    fn skip_to(&mut self, end: usize, stop: impl Fn(&Self) -> bool) {
        while self.at < end && !self.is(TokenKind::End) && !stop(self) {
            self.skip_one();
        }
    }

    /// Moves on behind the next token, or behind the whole group that it opens.
    pub(super) fn skip_one(&mut self) {
        if let Some(closing) = self.matching.closing(self.at) {
            self.at = closing;
        }
        self.bump();
    }

    /// Moves on to where the next statement or member may begin: a new line, behind a `;`, or the end of the body.
    pub(super) fn skip_line(&mut self) {
        let start = self.at;
        while !matches!(self.kind(), TokenKind::End | TokenKind::CloseBrace | TokenKind::Semicolon)
            && (self.at == start || !self.token().on_new_line)
        {
            self.skip_one();
        }
    }
}
