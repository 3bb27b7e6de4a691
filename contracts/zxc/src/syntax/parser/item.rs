//! What a file declares.

use super::{Parser, foreign, member::Place};
use crate::{
    diagnostics::Diagnostic,
    syntax::{
        ast::{Contract, Identifier, Item, ItemKind, Protocol, StringLiteral, Use},
        codes,
        token::TokenKind,
    },
};

impl Parser<'_> {
    /// Whether something begins here that only files declare, for certain.
    pub(super) fn begins_item(&self) -> bool {
        match self.kind() {
            TokenKind::Use | TokenKind::Export | TokenKind::Contract | TokenKind::Protocol => true,
            TokenKind::Identifier => {
                let named = matches!(self.ahead(1).kind, TokenKind::Identifier | TokenKind::String);
                named && matches!(foreign::declaration(self.text()), Some("use" | "contract" | "protocol"))
            }
            _ => false,
        }
    }

    /// All of the file.
    pub(super) fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            while self.eat(TokenKind::Semicolon).is_some() {}
            if self.is(TokenKind::End) {
                break;
            }
            let before = self.at;
            let failures = self.failures;
            if let Some(item) = self.descend(Self::item).flatten() {
                if failures == self.failures {
                    self.end_of_statement("declaration", ends_with_block(&item.kind));
                }
                items.push(item);
            }
            self.recover(before, failures, |parser| parser.begins_member() || parser.begins_item());
        }
        items
    }

    fn stray_brace(&mut self) {
        let diagnostic = Diagnostic::error(codes::UNBALANCED, "`}` closes nothing").label(self.span(), "");
        self.fail(diagnostic.help("remove it, or look for a `{` that is missing above"));
    }

    /// An item. None, and a complaint, where none begins or where it can't be in a file.
    pub(super) fn item(&mut self) -> Option<Item> {
        let start = self.span();
        let export = self.eat(TokenKind::Export);
        let kind = self.item_kind()?;
        let span = self.since(start);
        if let (Some(export), ItemKind::Use(_) | ItemKind::Test(_)) = (export, &kind) {
            let diagnostic = Diagnostic::error(codes::MISPLACED, "this can't be exported").label(export, "");
            self.diagnostics.push(diagnostic.help("contracts, protocols, records, enums, events and actions can be"));
        }
        Some(Item { export, kind, span })
    }

    fn item_kind(&mut self) -> Option<ItemKind> {
        let kind = match self.kind() {
            TokenKind::Use => ItemKind::Use(self.use_file()),
            TokenKind::Contract => ItemKind::Contract(self.contract()),
            TokenKind::Protocol => ItemKind::Protocol(self.protocol()),
            TokenKind::Action => ItemKind::Action(self.action(None)),
            TokenKind::CloseBrace => {
                self.stray_brace();
                return None;
            }
            TokenKind::Identifier => match self.text() {
                "record" => ItemKind::Record(self.record()),
                "enum" => ItemKind::Enum(self.enumeration()),
                "event" => ItemKind::Event(self.event()),
                "test" => ItemKind::Test(self.test()),
                word => match foreign::declaration(word) {
                    Some(own) => self.foreign_item(own),
                    None => return self.no_item(),
                },
            },
            _ => return self.no_item(),
        };
        Some(kind)
    }

    /// An item that begins with another language's word for `own`.
    fn foreign_item(&mut self, own: &str) -> ItemKind {
        self.foreign_word(own);
        match own {
            "use" => ItemKind::Use(self.use_file()),
            "contract" => ItemKind::Contract(self.contract()),
            "protocol" => ItemKind::Protocol(self.protocol()),
            "record" => ItemKind::Record(self.record()),
            _ => ItemKind::Action(self.action(None)),
        }
    }

    fn no_item(&mut self) -> Option<ItemKind> {
        if self.begins_member() {
            let diagnostic =
                Diagnostic::error(codes::MISPLACED, format!("{} can't be outside of a contract", self.found()))
                    .label(self.span(), "")
                    .help("move it into a contract");
            self.fail(if self.matching.braces_match() {
                diagnostic
            } else {
                diagnostic.note("the braces of this file don't match: one `}` too many may have ended the contract")
            });
            self.member(Place::Contract);
            return None;
        }
        let diagnostic = self.unexpected_begin("a declaration");
        self.fail(diagnostic.help(
            "a file has `use`, `contract`, `protocol`, `record`, `enum`, `event`, `action` and \
             `test`, most of them with `export` or without",
        ));
        None
    }

    fn use_file(&mut self) -> Use {
        self.bump();
        let path =
            self.string("the path of a file").unwrap_or_else(|| StringLiteral::quoted("", self.previous.after()));
        let library = self.eat_word("from").map(|_| self.name("a library"));
        Use { path, library }
    }

    fn contract(&mut self) -> Contract {
        self.bump();
        let name = self.name("a contract");
        if self.is_word("extends") || self.is_word("is") {
            self.foreign_word("implements");
            self.bump();
            self.protocols();
        }
        let implements = if self.eat(TokenKind::Implements).is_some() { self.protocols() } else { Vec::new() };
        let (members, body) = self.members(Place::Contract);
        Contract { name, implements, members, body }
    }

    /// `A, B`: the names behind `implements`.
    fn protocols(&mut self) -> Vec<Identifier> {
        let mut names = vec![self.name("a protocol")];
        while self.eat(TokenKind::Comma).is_some() {
            names.push(self.name("a protocol"));
        }
        names
    }

    fn protocol(&mut self) -> Protocol {
        self.bump();
        let name = self.name("a protocol");
        let (members, body) = self.members(Place::Protocol);
        Protocol { name, members, body }
    }
}

/// Whether it ends with `}`, so that another may follow on the same line.
fn ends_with_block(kind: &ItemKind) -> bool {
    !matches!(kind, ItemKind::Use(_) | ItemKind::Event(_))
}
