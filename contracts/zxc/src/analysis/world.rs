//! What the files of a program declare, and which names are visible where.
//!
//! Each file has one scope for everything that it declares (contracts, protocols, records, enums, events, actions), and for
//! what the files that it uses export; what they use in turn is not visible. Contracts and protocols have a scope of their own
//! for the records, enums and events in them; the records and enums of a protocol are visible wherever the protocol is, since
//! those who call it need them.
//!
//! Shadowing: no declaration may have a name that is visible already, nor one of the language's own.

use std::collections::BTreeMap;

use super::{codes, loader::Unit, words};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    source::{Sources, Span},
    syntax::ast::{self, ItemKind, MemberKind},
};

/// An index in [`World::declarations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclarationId(pub usize);

/// Something with a name that is not a variable.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// The unit that it is in.
    pub unit: usize,
    /// The contract or protocol that it is in.
    pub owner: Option<DeclarationId>,
    /// Its name.
    pub name: &'a ast::Identifier,
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: DeclarationKind<'a>,
    /// Whether files that use its file see it.
    pub exported: bool,
}

/// The kinds of [`Declaration`].
#[derive(Clone, Copy, Debug)]
pub enum DeclarationKind<'a> {
    /// A contract.
    Contract(&'a ast::Contract),
    /// A protocol.
    Protocol(&'a ast::Protocol),
    /// A record.
    Record(&'a ast::Record),
    /// An enum.
    Enum(&'a ast::Enum),
    /// An event.
    Event(&'a ast::Event),
    /// An action outside of any contract.
    Action(&'a ast::Action),
}

impl DeclarationKind<'_> {
    /// What it is called in messages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Contract(_) => "a contract",
            Self::Protocol(_) => "a protocol",
            Self::Record(_) => "a record",
            Self::Enum(_) => "an enum",
            Self::Event(_) => "an event",
            Self::Action(_) => "an action",
        }
    }
}

/// Names, and what they stand for.
pub type Scope<'a> = BTreeMap<&'a str, DeclarationId>;

/// Where a name is looked up: first in the contract or protocol, then in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The unit.
    pub unit: usize,
    /// The contract or protocol.
    pub owner: Option<DeclarationId>,
}

/// All declarations of a program.
#[derive(Debug)]
pub struct World<'a> {
    /// The files.
    pub units: &'a [Unit],
    /// Their texts.
    pub sources: &'a Sources,
    /// Whether a part of some file is missing: what seems not to be there may be in it.
    pub incomplete: bool,
    /// What they declare.
    pub declarations: Vec<Declaration<'a>>,
    /// What is visible in each file.
    files: Vec<Scope<'a>>,
    /// What contracts and protocols declare for themselves.
    owners: BTreeMap<DeclarationId, Scope<'a>>,
}

impl<'a> World<'a> {
    /// Collects the declarations of `units`, each of which comes after those that it uses.
    pub fn new(units: &'a [Unit], sources: &'a Sources, diagnostics: &mut Diagnostics) -> Self {
        let incomplete = units.iter().any(|unit| unit.incomplete);
        let (declarations, files, owners) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut world = Self { units, sources, incomplete, declarations, files, owners };
        for index in 0..units.len() {
            world.unit(index, diagnostics);
        }
        world
    }

    /// The declaration of an id.
    pub fn declaration(&self, id: DeclarationId) -> &Declaration<'a> {
        &self.declarations[id.0]
    }

    /// What `name` stands for at `place`.
    pub fn find(&self, place: Place, name: &str) -> Option<DeclarationId> {
        let own = place.owner.and_then(|owner| self.owners.get(&owner)?.get(name));
        own.or_else(|| self.files.get(place.unit)?.get(name)).copied()
    }

    /// The declaration of a contract of a file.
    pub fn contract_at(&self, unit: usize, contract: &ast::Contract) -> Option<DeclarationId> {
        let mut declarations = self.declarations.iter();
        let index = declarations.position(|declaration| {
            declaration.unit == unit
                && matches!(declaration.kind, DeclarationKind::Contract(found) if std::ptr::eq(found, contract))
        });
        index.map(DeclarationId)
    }

    /// All names that are visible at `place`, with what they stand for.
    pub fn visible(&self, place: Place) -> impl Iterator<Item = (&'a str, DeclarationId)> + '_ {
        let own = place.owner.and_then(|owner| self.owners.get(&owner)).into_iter().flatten();
        let file = self.files.get(place.unit).into_iter().flatten();
        own.chain(file).map(|(name, id)| (*name, *id))
    }

    /// What a contract or protocol declares for itself.
    pub fn own(&self, owner: DeclarationId) -> impl Iterator<Item = DeclarationId> + '_ {
        self.owners.get(&owner).into_iter().flat_map(|scope| scope.values().copied())
    }

    /// The documentation above `span`.
    pub fn docs(&self, unit: usize, span: Span) -> Vec<String> {
        let unit = &self.units[unit];
        unit.file.docs(&self.sources[unit.source], span)
    }

    fn unit(&mut self, index: usize, diagnostics: &mut Diagnostics) {
        self.files.push(Scope::new());
        let unit = &self.units[index];
        for (span, used) in &unit.uses {
            self.usage(index, *span, *used, diagnostics);
        }
        for item in &unit.file.items {
            let (name, kind) = match &item.kind {
                ItemKind::Use(_) | ItemKind::Test(_) => continue,
                ItemKind::Contract(contract) => (&contract.name, DeclarationKind::Contract(contract)),
                ItemKind::Protocol(protocol) => (&protocol.name, DeclarationKind::Protocol(protocol)),
                ItemKind::Record(record) => (&record.name, DeclarationKind::Record(record)),
                ItemKind::Enum(enumeration) => (&enumeration.name, DeclarationKind::Enum(enumeration)),
                ItemKind::Event(event) => (&event.name, DeclarationKind::Event(event)),
                ItemKind::Action(action) => (&action.name, DeclarationKind::Action(action)),
            };
            let exported = item.export.is_some();
            let declaration = Declaration { unit: index, owner: None, name, span: item.span, kind, exported };
            let id = self.declare(declaration, diagnostics);
            match kind {
                DeclarationKind::Contract(contract) => self.members(id, &contract.members, false, diagnostics),
                DeclarationKind::Protocol(protocol) => self.members(id, &protocol.members, exported, diagnostics),
                _ => {}
            }
        }
    }

    /// Makes what a file exports visible in one that uses it.
    fn usage(&mut self, index: usize, span: Span, used: usize, diagnostics: &mut Diagnostics) {
        let exported = self.declarations.iter().enumerate().filter(|(_, it)| it.unit == used && it.exported);
        let exported: Vec<(DeclarationId, &'a ast::Identifier)> =
            exported.map(|(id, declaration)| (DeclarationId(id), declaration.name)).collect();
        if exported.is_empty() && !self.incomplete {
            let diagnostic = Diagnostic::warning(codes::EMPTY_USE, "this file exports nothing").label(span, "");
            diagnostics.push(diagnostic.help("write `export` before what others are to see, or remove the `use`"));
        }
        for (id, name) in exported {
            let before = self.files[index].get(name.name.as_str()).copied();
            match before {
                Some(before) if before != id => {
                    let first = self.declaration(before);
                    let message = format!("two of the used files export `{}`", name.name);
                    diagnostics.push(
                        Diagnostic::error(codes::DUPLICATE, message)
                            .label(span, "")
                            .context(first.name.span, "the first")
                            .context(name.span, "the second")
                            .help("rename one of them, or use only one of the files"),
                    );
                }
                _ => {
                    self.files[index].insert(&name.name, id);
                }
            }
        }
    }

    /// Adds a declaration to its scope. One that can't be there gets an id all the same, so that what is in it is checked.
    fn declare(&mut self, declaration: Declaration<'a>, diagnostics: &mut Diagnostics) -> DeclarationId {
        let id = DeclarationId(self.declarations.len());
        self.declarations.push(declaration);
        let Declaration { unit, owner, name, kind, .. } = declaration;
        if name.name.is_empty() {
            return id;
        }
        if let Some(what) = taken(&name.name, kind) {
            let diagnostic = Diagnostic::error(codes::TAKEN, format!("`{}` is {what}", name.name));
            diagnostics.push(diagnostic.label(name.span, "").help("choose another name"));
            return id;
        }
        if let Some(before) = self.find(Place { unit, owner }, &name.name) {
            let before = self.declaration(before);
            let message = format!("there are two declarations of `{}`", name.name);
            let diagnostic = Diagnostic::error(codes::DUPLICATE, message)
                .label(name.span, "")
                .context(before.name.span, format!("this is {} of that name", before.kind.word()))
                .help("choose another name");
            diagnostics.push(diagnostic);
            return id;
        }
        let scope = match owner {
            Some(owner) => self.owners.entry(owner).or_default(),
            None => &mut self.files[unit],
        };
        scope.insert(&name.name, id);
        id
    }

    /// Declares what is in a contract or protocol.
    fn members(
        &mut self,
        owner: DeclarationId,
        members: &'a [ast::Member],
        exported: bool,
        diagnostics: &mut Diagnostics,
    ) {
        let Declaration { unit, kind, .. } = *self.declaration(owner);
        let is_protocol = matches!(kind, DeclarationKind::Protocol(_));
        for member in members {
            let (name, kind) = match &member.kind {
                MemberKind::Record(record) => (&record.name, DeclarationKind::Record(record)),
                MemberKind::Enum(enumeration) => (&enumeration.name, DeclarationKind::Enum(enumeration)),
                MemberKind::Event(event) => (&event.name, DeclarationKind::Event(event)),
                _ => continue,
            };
            // Callers of a protocol have to name its types; its events are those of who implements it.
            let is_type = !matches!(kind, DeclarationKind::Event(_));
            let owner = if is_protocol && is_type { None } else { Some(owner) };
            let exported = exported && is_type;
            self.declare(Declaration { unit, owner, name, span: member.span, kind, exported }, diagnostics);
        }
    }
}

/// What a name means in the language, so that no declaration may have it.
fn taken(name: &str, kind: DeclarationKind<'_>) -> Option<&'static str> {
    if words::is_type(name) {
        return Some("a type of the language");
    }
    if matches!(name, "TX" | "gas") {
        return Some("what the language calls the context of a call");
    }
    // Only what is called like a built-in can be taken for one.
    let called =
        matches!(kind, DeclarationKind::Action(_) | DeclarationKind::Protocol(_) | DeclarationKind::Contract(_));
    let built_in = words::BUILT_INS.contains(&name) || matches!(name, "limit" | "print");
    (called && built_in).then_some("a built-in of the language")
}
