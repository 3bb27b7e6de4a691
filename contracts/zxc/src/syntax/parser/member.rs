//! Members of contracts and protocols.

use super::{Parser, foreign, list::Separator};
use crate::{
    diagnostics::Diagnostic,
    source::Span,
    syntax::{
        ast::{
            Enum, Event, EventField, Invariant, Member, MemberKind, Modifier, Record, Storage, StorageKind,
            StringLiteral, Test,
        },
        codes, literal,
        token::TokenKind,
    },
};

/// Where a member is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Contract,
    Protocol,
}

/// Words that begin a member when a name follows.
const WORDS: [&str; 9] = ["persistent", "storage", "data", "state", "ledger", "event", "modifier", "record", "enum"];

impl Parser<'_> {
    /// Whether a member begins here, for certain: these tokens are nowhere else in a row on one line.
    pub(super) fn begins_member(&self) -> bool {
        let next = self.ahead(1);
        let next = if next.on_new_line { TokenKind::End } else { next.kind };
        match self.kind() {
            TokenKind::Action | TokenKind::At => true,
            TokenKind::Identifier if next == TokenKind::Identifier => {
                WORDS.contains(&self.text()) || matches!(foreign::declaration(self.text()), Some("action" | "record"))
            }
            TokenKind::Identifier if next == TokenKind::String => self.text() == "test",
            _ => false,
        }
    }

    /// `{ MEMBERS }`
    pub(super) fn members(&mut self, place: Place) -> (Vec<Member>, Span) {
        let start = self.span();
        if !self.is(TokenKind::OpenBrace) {
            self.unexpected("`{` and members");
            while !self.is(TokenKind::OpenBrace) && !self.ends_statement() && !self.token().on_new_line {
                self.skip_one();
            }
        }
        if self.eat(TokenKind::OpenBrace).is_none() {
            return (Vec::new(), self.previous.after());
        }
        let mut members = Vec::new();
        loop {
            while self.eat(TokenKind::Semicolon).is_some() {}
            if self.eat(TokenKind::CloseBrace).is_some() {
                break;
            }
            let outer = self.begins_item() && !self.begins_member();
            if self.is(TokenKind::End) || (outer && !self.matching.braces_match()) {
                self.unclosed(start, TokenKind::CloseBrace);
                break;
            }
            let before = self.at;
            let failures = self.failures;
            if self.is(TokenKind::Export) && !self.ahead(1).on_new_line {
                let diagnostic =
                    Diagnostic::error(codes::MISPLACED, "a member can't be exported").label(self.span(), "");
                self.fail(diagnostic.help("remove `export`: actions are public unless they are `private`"));
                self.bump();
                continue;
            }
            if outer {
                let diagnostic = Diagnostic::error(codes::MISPLACED, format!("{} can't be in here", self.found()));
                self.fail(
                    diagnostic.label(self.span(), "").help("move it to the beginning of the file, or behind this"),
                );
                self.descend(Self::item);
            } else if let Some(member) = self.descend(|parser| parser.member(place)).flatten() {
                if failures == self.failures {
                    self.end_of_statement("declaration", ends_with_block(&member.kind));
                }
                members.extend(self.allowed(member, place));
            }
            self.recover(before, failures, |parser| parser.begins_member() || parser.begins_item());
        }
        (members, self.since(start))
    }

    /// The member, if it may be there.
    fn allowed(&mut self, member: Member, place: Place) -> Option<Member> {
        let what = match &member.kind {
            MemberKind::Storage(_) => "storage",
            MemberKind::Modifier(_) => "a modifier",
            MemberKind::Invariant(_) => "an invariant",
            MemberKind::Test(_) => "a test",
            MemberKind::Event(_) | MemberKind::Action(_) | MemberKind::Record(_) | MemberKind::Enum(_) => {
                return Some(member);
            }
        };
        if place == Place::Contract {
            return Some(member);
        }
        let diagnostic = Diagnostic::error(codes::MISPLACED, format!("a protocol can't have {what}"))
            .label(member.span, "")
            .help("a protocol has actions without bodies, events, records and enums; move the rest to a contract");
        self.fail_at(diagnostic);
        None
    }

    /// A member. None, and a complaint, where none begins.
    pub(super) fn member(&mut self, place: Place) -> Option<Member> {
        let start = self.span();
        let kind = match self.kind() {
            TokenKind::Action => MemberKind::Action(self.action(Some(place))),
            TokenKind::At => MemberKind::Invariant(self.annotation()?),
            TokenKind::Identifier => self.word_member(place)?,
            _ => {
                self.no_member(place);
                return None;
            }
        };
        Some(Member { kind, span: self.since(start) })
    }

    fn word_member(&mut self, place: Place) -> Option<MemberKind> {
        let word = self.text();
        let kind = match word {
            "persistent" | "storage" => MemberKind::Storage(self.persistent_storage()),
            "data" => MemberKind::Storage(self.storage(StorageKind::Data)),
            "state" => MemberKind::Storage(self.storage(StorageKind::State)),
            "ledger" => MemberKind::Storage(self.storage(StorageKind::Ledger)),
            "event" => MemberKind::Event(self.event()),
            "modifier" => MemberKind::Modifier(self.modifier()),
            "record" => MemberKind::Record(self.record()),
            "enum" => MemberKind::Enum(self.enumeration()),
            "test" => MemberKind::Test(self.test()),
            _ => match foreign::declaration(word) {
                Some("action") => {
                    self.foreign_word("action");
                    MemberKind::Action(self.action(Some(place)))
                }
                Some("record") => {
                    self.foreign_word("record");
                    MemberKind::Record(self.record())
                }
                _ => {
                    self.no_member(place);
                    return None;
                }
            },
        };
        Some(kind)
    }

    /// Complains about the next word, for which ZX has `own`.
    pub(super) fn foreign_word(&mut self, own: &str) {
        let diagnostic = foreign::word(self.text(), &format!("`{own}`"), self.span());
        self.fail(diagnostic);
    }

    fn no_member(&mut self, place: Place) {
        let diagnostic = self.unexpected_begin(match place {
            Place::Contract => "a member of the contract",
            Place::Protocol => "an action of the protocol",
        });
        self.fail(match place {
            Place::Contract if matches!(self.text(), "constructor" | "init") => {
                diagnostic.help(format!("write `action {}(...)`", self.text()))
            }
            Place::Contract => diagnostic.help(
                "a member begins with `persistent storage`, `data`, `state`, `ledger`, `event`, `modifier`, \
                       `action`, `record`, `enum`, `test` or `@invariant`",
            ),
            Place::Protocol => diagnostic.help("write `action name(parameters) -> type`"),
        });
    }

    fn persistent_storage(&mut self) -> Storage {
        let start = self.span();
        let persistent = self.eat_word("persistent").is_some();
        let storage = self.eat_word("storage").is_some();
        if !persistent || !storage {
            let diagnostic = Diagnostic::error(codes::UNEXPECTED, "a persistent member begins with two words")
                .label(start, "")
                .help("write `persistent storage`");
            self.fail(diagnostic);
        }
        self.storage_behind_word(StorageKind::Persistent)
    }

    fn storage(&mut self, kind: StorageKind) -> Storage {
        self.bump();
        self.storage_behind_word(kind)
    }

    fn storage_behind_word(&mut self, kind: StorageKind) -> Storage {
        let failures = self.failures;
        let name = self.name("a persistent member");
        let ty = self.eat(TokenKind::Colon).map(|_| self.ty());
        let value = self.eat(TokenKind::Equal).map(|_| self.expression());
        let stops = self.ends_statement() || self.token().on_new_line;
        let missing = match (kind, &ty, &value) {
            (_, None, None) if !stops && !name.name.is_empty() => {
                self.unexpected("`:` and a type, or `=` and a value");
                None
            }
            (StorageKind::Persistent, None, _) => Some((
                "`persistent storage` has no type",
                "write `persistent storage name: Type`, or `data name = value` to have the type inferred",
            )),
            (_, None, None) => {
                Some(("a persistent member has neither a type nor a value", "write `: Type` or `= value`"))
            }
            _ => None,
        };
        if let Some((message, help)) = missing
            && self.failures == failures
        {
            let diagnostic = Diagnostic::error(codes::INCOMPLETE_DECLARATION, message).label(name.span, "").help(help);
            self.fail(diagnostic);
        }
        Storage { kind, name, ty, value }
    }

    pub(super) fn event(&mut self) -> Event {
        self.bump();
        let name = self.name("an event");
        let fields = if self.is(TokenKind::OpenParenthesis) {
            self.list(Separator::Comma, Self::event_field).elements
        } else {
            self.unexpected("`(` and the event's fields");
            Vec::new()
        };
        Event { name, fields }
    }

    fn event_field(&mut self) -> EventField {
        let start = self.span();
        // A field may be called `indexed` too.
        let is_name = self.ahead(1).kind == TokenKind::Colon;
        let indexed = if is_name { None } else { self.eat_word("indexed") };
        let field = self.parameter("a field");
        EventField { indexed, name: field.name, ty: field.ty, span: self.since(start) }
    }

    fn modifier(&mut self) -> Modifier {
        self.bump();
        let name = self.name("a modifier");
        let parameters = if self.is(TokenKind::OpenParenthesis) { self.parameters("a parameter") } else { Vec::new() };
        Modifier { name, parameters, body: self.block() }
    }

    fn annotation(&mut self) -> Option<Invariant> {
        let start = self.bump().span;
        if self.eat_word("invariant").is_none() {
            let span = if self.continues() { start.to(self.span()) } else { start };
            let diagnostic = Diagnostic::error(codes::UNKNOWN_ANNOTATION, "this annotation means nothing")
                .label(span, "")
                .help("`@invariant condition` is the only one");
            self.fail(diagnostic);
            self.skip_line();
            return None;
        }
        let condition = self.expression();
        let message =
            if self.eat(TokenKind::Comma).is_some() { self.string("the message of the invariant") } else { None };
        Some(Invariant { condition, message })
    }

    /// A string. None, and a complaint, where there is none.
    pub(super) fn string(&mut self, what: &str) -> Option<StringLiteral> {
        if !self.is(TokenKind::String) {
            self.unexpected(&format!("{what} in double quotes"));
            return None;
        }
        let (literal, problem) = literal::string(self.text(), self.span());
        self.diagnostics.extend(problem);
        self.bump();
        Some(literal)
    }

    pub(super) fn record(&mut self) -> Record {
        self.bump();
        let name = self.name("a record");
        if !self.is(TokenKind::OpenBrace) {
            self.unexpected("`{` and the record's fields");
            return Record { name, fields: Vec::new(), body: self.previous.after() };
        }
        let list = self.list(Separator::CommaOrLine, |parser| parser.parameter("a field"));
        Record { name, fields: list.elements, body: list.span }
    }

    pub(super) fn enumeration(&mut self) -> Enum {
        self.bump();
        let name = self.name("an enum");
        if !self.is(TokenKind::OpenBrace) {
            self.unexpected("`{` and the enum's values");
            return Enum { name, variants: Vec::new(), body: self.previous.after() };
        }
        let list = self.list(Separator::CommaOrLine, |parser| parser.name("a value"));
        Enum { name, variants: list.elements, body: list.span }
    }

    pub(super) fn test(&mut self) -> Test {
        self.bump();
        let name =
            self.string("the name of a test").unwrap_or_else(|| StringLiteral::quoted("", self.previous.after()));
        Test { name, body: self.block() }
    }
}

/// Whether it ends with `}`, so that another may follow on the same line.
fn ends_with_block(kind: &MemberKind) -> bool {
    match kind {
        MemberKind::Action(action) => action.body.is_some(),
        MemberKind::Modifier(_) | MemberKind::Record(_) | MemberKind::Enum(_) | MemberKind::Test(_) => true,
        MemberKind::Storage(_) | MemberKind::Event(_) | MemberKind::Invariant(_) => false,
    }
}
