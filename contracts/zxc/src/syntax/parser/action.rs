//! Actions: the words before the name, what may follow the parameters, and whether a body has to be there.

use super::{Parser, list::Separator, member::Place};
use crate::{
    diagnostics::Diagnostic,
    source::Span,
    syntax::{
        ast::{Action, ActionKind, ActionWord, Block, ModifierCall, Parameter, Type},
        codes,
        token::TokenKind,
    },
};

/// Words that can't be together.
const EXCLUSIVE: [(ActionKind, ActionKind); 4] = [
    (ActionKind::View, ActionKind::Pure),
    (ActionKind::View, ActionKind::Payable),
    (ActionKind::Pure, ActionKind::Payable),
    (ActionKind::Public, ActionKind::Private),
];

/// What stands between an action's parameters and its body.
#[derive(Default)]
struct Tail {
    result: Option<Type>,
    modifiers: Vec<ModifierCall>,
}

impl Parser<'_> {
    /// An action; none as place: an action of the file.
    pub(super) fn action(&mut self, place: Option<Place>) -> Action {
        let start = self.bump().span;
        let mut kinds = Vec::new();
        while let Some(kind) = self.kind_word() {
            // Before `(` it is the name: `action constructor()`.
            if self.ahead(1).kind == TokenKind::OpenParenthesis {
                break;
            }
            let span = self.bump().span;
            self.add_kind(&mut kinds, ActionWord { kind, span });
        }
        let name = self.name("an action");
        let parameters = if self.is(TokenKind::OpenParenthesis) {
            self.parameters("a parameter")
        } else {
            self.unexpected("`(` and the action's parameters");
            Vec::new()
        };
        let Tail { result, modifiers } = self.tail(&mut kinds);
        let header = self.since(start);
        let body = self.body(place, header, &modifiers);
        Action { kinds, name, parameters, result, modifiers, body, header }
    }

    /// `(NAME: TYPE, ...)`
    pub(super) fn parameters(&mut self, what: &str) -> Vec<Parameter> {
        self.list(Separator::Comma, |parser| parser.parameter(what)).elements
    }

    fn kind_word(&self) -> Option<ActionKind> {
        if self.is(TokenKind::Identifier) { ActionKind::from_word(self.text()) } else { None }
    }

    fn add_kind(&mut self, kinds: &mut Vec<ActionWord>, word: ActionWord) {
        let clash = kinds.iter().find(|other| {
            let pair = (other.kind, word.kind);
            pair.0 == pair.1 || EXCLUSIVE.iter().any(|(a, b)| pair == (*a, *b) || pair == (*b, *a))
        });
        let Some(other) = clash else { return kinds.push(word) };
        let message = if other.kind == word.kind {
            format!("`{}` is there twice", word.kind.word())
        } else {
            format!("an action can't be `{}` and `{}`", other.kind.word(), word.kind.word())
        };
        let diagnostic = Diagnostic::error(codes::ACTION_KINDS, message)
            .label(word.span, "")
            .context(other.span, "this is there already")
            .help("remove one of them");
        // Nothing has to be skipped because of it.
        self.diagnostics.push(diagnostic);
    }

    /// `-> TYPE` and modifiers, in any order.
    fn tail(&mut self, kinds: &mut Vec<ActionWord>) -> Tail {
        let mut tail = Tail::default();
        loop {
            match self.kind() {
                TokenKind::Arrow => {
                    let arrow = self.bump().span;
                    let result = self.ty();
                    self.set_result(&mut tail, arrow, result);
                }
                TokenKind::Colon => {
                    let diagnostic = Diagnostic::error(codes::FOREIGN, "a result's type stands behind `->`");
                    self.fail(diagnostic.label(self.span(), "").help("write `-> Type`"));
                    let colon = self.bump().span;
                    let result = self.ty();
                    self.set_result(&mut tail, colon, result);
                }
                TokenKind::Identifier if self.begins_member() => break,
                TokenKind::Identifier if self.text() == "returns" => {
                    self.foreign_word("-> Type");
                    let word = self.bump().span;
                    let result = self.ty();
                    self.set_result(&mut tail, word, result);
                }
                TokenKind::Identifier => self.modifier_call(kinds, &mut tail.modifiers),
                _ => break,
            }
        }
        tail
    }

    fn set_result(&mut self, tail: &mut Tail, place: Span, result: Type) {
        if tail.result.is_some() {
            let diagnostic = Diagnostic::error(codes::UNEXPECTED, "an action has two result types").label(place, "");
            self.fail_at(diagnostic.help("to return several values, return a tuple: `-> (A, B)`"));
            return;
        }
        tail.result = Some(result);
    }

    fn modifier_call(&mut self, kinds: &mut Vec<ActionWord>, modifiers: &mut Vec<ModifierCall>) {
        let start = self.span();
        if let Some(kind) = self.kind_word() {
            let word = kind.word();
            let diagnostic =
                Diagnostic::error(codes::ACTION_KINDS, format!("`{word}` stands before the action's name"))
                    .label(start, "")
                    .help(format!("write `action {word} name(...)`"));
            self.diagnostics.push(diagnostic);
            self.bump();
            return self.add_kind(kinds, ActionWord { kind, span: start });
        }
        let name = self.name("a modifier");
        if name.name.is_empty() {
            // `_`: nothing that a modifier is called.
            self.bump();
            return;
        }
        let arguments = if self.is(TokenKind::OpenParenthesis) {
            self.arguments(&mut 0, "the modifier's arguments")
        } else {
            Vec::new()
        };
        modifiers.push(ModifierCall { name, arguments, span: self.since(start) });
    }

    fn body(&mut self, place: Option<Place>, header: Span, modifiers: &[ModifierCall]) -> Option<Block> {
        if place == Some(Place::Protocol) {
            if let Some(modifier) = modifiers.first() {
                let diagnostic = Diagnostic::error(codes::MISPLACED, "an action of a protocol has a modifier")
                    .label(modifier.span, "")
                    .help("remove it: modifiers belong to the contracts that implement the protocol");
                self.fail_at(diagnostic);
            }
            if self.is(TokenKind::OpenBrace) {
                let diagnostic = Diagnostic::error(codes::BODY, "an action of a protocol has a body")
                    .label(self.span(), "")
                    .help("remove it: the contracts that implement the protocol have the bodies");
                self.fail(diagnostic);
                self.block();
            }
            return None;
        }
        if self.is(TokenKind::OpenBrace) {
            return Some(self.block());
        }
        if self.ends_statement() || self.token().on_new_line {
            let diagnostic = Diagnostic::error(codes::BODY, "an action has no body")
                .label(header, "")
                .help("write `{ ... }` behind it; only actions of protocols have none");
            self.fail(diagnostic);
        } else {
            self.unexpected("`{` and the action's body");
        }
        Some(Block { statements: Vec::new(), span: self.previous.after() })
    }
}
