//! Tokens to syntax tree.
//!
//! Recursive descent, with precedence climbing for operators. It never stops at the first error: what can't be read is
//! reported, becomes an `Error` node or is left out, and reading goes on behind it, at the next statement or member. A tree
//! always comes out.
//!
//! # Where a statement ends
//! Semicolons are optional, so newlines count; `docs/zx.md` has the rules. In the parser they are three questions: whether a
//! statement is over ([`Parser::end_of_statement`]), whether `(`, `[` or `{` goes on with the expression before it
//! ([`Parser::continues`]), and whether `return` has a value.
//!
//! # Why hostile input is harmless
//! Recursion happens in [`Parser::descend`] only, to a depth of [`NESTING_MAX`]. What only grows to the left (`a.b.c.d`,
//! `a + b + c`) is read in a loop, and its height is counted. Skipping never reads a token twice: brackets are matched once,
//! before anything else. Every loop moves on or ends.

use super::{
    ast::{Expression, ExpressionKind, File, Identifier},
    codes,
    lexer::{Lexed, lex},
    token::{Token, TokenKind},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    limits::NESTING_MAX,
    source::{Source, Span},
};

mod action;
mod branch;
mod expression;
mod foreign;
mod item;
mod list;
mod matching;
mod member;
mod primary;
mod statement;
mod types;

use matching::Matching;

#[cfg(test)]
mod tests;

/// The tree of `source`, and what is wrong with it, in the order of the text. If nothing of that is an error, the tree has all
/// that the source has ([`File::broken`] is false).
pub fn parse(source: &Source) -> (File, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let Lexed { tokens, comments } = lex(source, &mut diagnostics);
    let matching = Matching::of(&tokens);
    let mut parser = Parser {
        source,
        tokens,
        matching,
        at: 0,
        previous: source.span().before(),
        depth: 0,
        newlines_count: true,
        failures: 0,
        last_failure: None,
        told_too_deep: false,
        diagnostics,
    };
    let items = parser.items();
    let broken = parser.diagnostics.has_errors();
    (File { items, comments, broken }, parser.diagnostics.into_sorted())
}

struct Parser<'a> {
    source: &'a Source,
    tokens: Vec<Token>,
    matching: Matching,
    /// Index of the token that is read next. The last one, `End`, is never passed.
    at: usize,
    /// Where the token is that was read last.
    previous: Span,
    /// How many nodes the next one has above it.
    depth: usize,
    /// Whether a newline may end an expression: not within parentheses and brackets.
    newlines_count: bool,
    /// How often something was wrong, told or not.
    failures: usize,
    /// The token where something was wrong last: the same place is not reported twice.
    last_failure: Option<usize>,
    told_too_deep: bool,
    diagnostics: Diagnostics,
}

/// An expression, and how many nodes the longest way down into it has.
struct Grown {
    node: Expression,
    height: usize,
}

impl<'a> Parser<'a> {
    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    fn kind(&self) -> TokenKind {
        self.token().kind
    }

    /// The token `ahead` of the next one; the last one where there are not so many.
    fn ahead(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    fn span(&self) -> Span {
        self.token().span
    }

    fn text(&self) -> &'a str {
        self.source.slice(self.span())
    }

    /// The place from `start` to the end of the token that was read last. Empty if none was read since.
    fn since(&self, start: Span) -> Span {
        let end = self.previous.end;
        if end <= start.start { start.before() } else { Span::new(start.file, start.start, end) }
    }

    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::End {
            self.previous = token.span;
            self.at += 1;
        }
        token
    }

    fn is(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// Whether the next token is this word, which is not reserved.
    fn is_word(&self, word: &str) -> bool {
        self.is(TokenKind::Identifier) && self.text() == word
    }

    fn eat(&mut self, kind: TokenKind) -> Option<Span> {
        self.is(kind).then(|| self.bump().span)
    }

    fn eat_word(&mut self, word: &str) -> Option<Span> {
        self.is_word(word).then(|| self.bump().span)
    }

    /// As [`Self::eat`], but complains.
    fn expect(&mut self, kind: TokenKind, why: &str) -> bool {
        let found = self.eat(kind).is_some();
        if !found {
            self.unexpected(&format!("`{}` {why}", kind.text().unwrap_or_default()));
        }
        found
    }

    /// Whether the next token is on the line of the one before, or lines don't count.
    fn continues(&self) -> bool {
        !self.newlines_count || !self.token().on_new_line
    }

    /// Whether the next token touches the one after it.
    fn touches_next(&self) -> bool {
        self.span().end == self.ahead(1).span.start
    }

    /// Counts something wrong at the next token, and tells it if nothing was told about that one.
    fn fail(&mut self, diagnostic: Diagnostic) {
        self.failures += 1;
        // The lexer has told about its errors already.
        if self.last_failure != Some(self.at) && !self.is(TokenKind::Error) {
            self.diagnostics.push(diagnostic);
        }
        self.last_failure = Some(self.at);
    }

    /// Counts and tells something wrong with what was read already.
    fn fail_at(&mut self, diagnostic: Diagnostic) {
        self.failures += 1;
        self.diagnostics.push(diagnostic);
    }

    /// Fails: there is something else than what is expected.
    fn unexpected(&mut self, expected: &str) {
        let diagnostic = self.unexpected_diagnostic(expected);
        self.fail(diagnostic);
    }

    fn unexpected_diagnostic(&self, expected: &str) -> Diagnostic {
        let found = self.found();
        // What is missing at the end of a line is missing there, not on the next one.
        let (span, label) = if (self.token().on_new_line || self.is(TokenKind::End)) && self.at > 0 {
            (self.previous.after(), format!("expected {expected} here"))
        } else {
            (self.span(), String::new())
        };
        Diagnostic::error(codes::UNEXPECTED, format!("expected {expected}, found {found}")).label(span, label)
    }

    /// That something else than `expected` begins here.
    fn unexpected_begin(&self, expected: &str) -> Diagnostic {
        let message = format!("expected {expected}, found {}", self.found());
        Diagnostic::error(codes::UNEXPECTED, message).label(self.span(), "")
    }

    /// What the next token is called in messages.
    fn found(&self) -> String {
        match self.kind() {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::String => "a string".to_owned(),
            TokenKind::Bytes => "bytes".to_owned(),
            TokenKind::Integer => "a number".to_owned(),
            TokenKind::Error => "something unknown".to_owned(),
            _ => format!("`{}`", shortened(self.text())),
        }
    }

    /// Runs `read` one node deeper; none, and a complaint, where that is too deep.
    fn descend<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth + 1 >= NESTING_MAX {
            self.too_deep();
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// Tells once a file that it nests too deeply.
    fn too_deep(&mut self) {
        self.failures += 1;
        self.last_failure = Some(self.at);
        if !self.told_too_deep {
            self.told_too_deep = true;
            let diagnostic = Diagnostic::error(codes::TOO_DEEP, "the program nests too deeply")
                .label(self.span(), "")
                .note(format!("statements, expressions and types nest at most {NESTING_MAX} deep together"))
                .help("give a name to a part of it, with `let` or as an action of its own");
            self.diagnostics.push(diagnostic);
        }
    }

    /// A node made of parts that were read before it, of which the highest has `height`: an error where that is too deep.
    fn grow(&mut self, kind: ExpressionKind, start: Span, height: usize) -> Grown {
        let span = self.since(start);
        if self.depth + height + 1 >= NESTING_MAX {
            self.too_deep();
            return Grown { node: Expression { kind: ExpressionKind::Error, span }, height: 1 };
        }
        Grown { node: Expression { kind, span }, height: height + 1 }
    }

    /// The name of `what`. Empty, and a complaint, where there is none.
    fn name(&mut self, what: &str) -> Identifier {
        let token = self.token();
        // The first word of the next declaration is not the name that is missing in this one.
        let is_next = token.on_new_line && self.begins_member();
        if token.kind == TokenKind::Identifier && self.text() != "_" && !is_next {
            let name = self.text().to_owned();
            self.bump();
            return Identifier { name, span: token.span };
        }
        if token.kind.is_word() && self.continues() {
            let word = self.text();
            let diagnostic = Diagnostic::error(codes::RESERVED, format!("`{word}` is a reserved word"))
                .label(token.span, format!("the name of {what} is expected here"))
                .help(format!("choose another name, like `{word}_`"));
            self.fail(diagnostic);
            self.bump();
            return Identifier { name: word.to_owned(), span: token.span };
        }
        self.unexpected(&format!("the name of {what}"));
        Identifier { name: String::new(), span: self.previous.after() }
    }
}

/// The beginning of a text that stands in a message.
fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}
