//! The members of a contract: their names, their signatures, its storage and its events.

use super::{actions_of, storage_of};
use crate::{
    analysis::{
        Callee, Lowering, StorageMember, codes,
        signature::Signature,
        types::StorageType,
        value::Ty,
        world::{DeclarationId, DeclarationKind, Place},
    },
    diagnostics::Diagnostic,
    ir::{self, Cell, CellKind, Constant, Event, EventField, EventId, Kind, Statement, Type},
    syntax::ast::{self, ActionKind, MemberKind, StorageKind},
};

/// The function that gives storage its first values.
pub const INITIALISE: &str = "initialise";

impl<'w> Lowering<'w> {
    /// Notes the names and signatures of actions and modifiers.
    pub(super) fn collect(&mut self, contract: &'w ast::Contract) {
        for (_, action) in actions_of(contract) {
            self.action_rules(action);
            if let Some(first) = self.actions.get(action.name.name.as_str()) {
                let first = first.name.span;
                self.duplicate(&action.name, first, "action");
                continue;
            }
            self.actions.insert(&action.name.name, action);
            let signature = self.signature(self.home, action);
            let function = self.declare_function(&action.name.name, signature.result);
            self.functions.insert(Callee::Own(&action.name.name), (function, signature));
        }
        for member in &contract.members {
            let MemberKind::Modifier(modifier) = &member.kind else { continue };
            if let Some(first) = self.modifiers.get(modifier.name.name.as_str()) {
                let first = first.name.span;
                self.duplicate(&modifier.name, first, "modifier");
                continue;
            }
            self.modifiers.insert(&modifier.name.name, modifier);
        }
    }

    /// Declares the storage, and lowers its first values.
    pub(super) fn storage(&mut self, contract: &'w ast::Contract) {
        let mut inferred = Vec::new();
        for (_, storage) in storage_of(contract) {
            let cell = match &storage.ty {
                Some(written) => {
                    let ty = self.storage_type(self.home, written);
                    self.cell(storage, &ty)
                }
                None => {
                    inferred.push(storage.name.name.as_str());
                    self.cell(storage, &StorageType { keys: Vec::new(), enumerable: false, value: Ty::Error })
                }
            };
            if let Some(first) = self.members.get(storage.name.name.as_str()) {
                let first = first.span;
                self.duplicate(&storage.name, first, "storage member");
                continue;
            }
            self.member_name(&storage.name);
            self.members.insert(&storage.name.name, cell);
        }
        self.uninferred = inferred.into_iter().collect();
        self.expression_frame(self.home);
        for (_, storage) in storage_of(contract) {
            if let Some(value) = &storage.value {
                self.first_value(storage, value);
            }
            self.uninferred.remove(storage.name.name.as_str());
        }
        if !self.frame.out.is_empty() {
            let function = self.declare_function(INITIALISE, Ty::Value(Type::Unit));
            self.initialise = Some(function);
            self.define_function(function, INITIALISE);
        }
    }

    /// Complains about a member whose name means something else already.
    fn member_name(&mut self, name: &ast::Identifier) {
        let what = match name.name.as_str() {
            "TX" | "gas" => format!("`{}` is what the language calls the context of a call", name.name),
            "address" | "balance" | "code_hash" => format!("`this.{}` is the contract's own", name.name),
            _ => return self.not_a_type(name),
        };
        self.report(Diagnostic::error(codes::TAKEN, what).label(name.span, "").help("choose another name"));
    }

    fn cell(&mut self, storage: &ast::Storage, ty: &StorageType) -> StorageMember {
        let ledger = storage.kind == StorageKind::Ledger;
        if ledger && ty.enumerable {
            let diagnostic = Diagnostic::error(codes::STORAGE, "a `ledger` can't be an `EnumerableMap`");
            self.report(
                diagnostic.label(storage.name.span, "").help("use `Map`, and keep the keys in a list of their own"),
            );
        }
        let kind = match (ledger, ty.enumerable) {
            (true, _) => CellKind::Ledger,
            (false, true) => CellKind::Enumerable,
            (false, false) => CellKind::Plain,
        };
        let name = &storage.name.name;
        let value = ty.value.or_unit();
        let cell = self.program.add_cell(Cell { kind, ..Cell::plain(name, &ty.keys, value) });
        StorageMember { span: storage.name.span, cell, ty: ty.value }
    }

    fn first_value(&mut self, storage: &'w ast::Storage, value: &'w ast::Expression) {
        let Some(&member) = self.members.get(storage.name.name.as_str()) else { return };
        // The second of two members with one name.
        if member.span != storage.name.span {
            return;
        }
        let cell = &self.program.cells[member.cell.index()];
        if !cell.keys.is_empty() {
            let diagnostic = Diagnostic::error(codes::MAP_VALUE, "a map has no first value");
            self.report(diagnostic.label(value.span, "").help("remove it, and write the entries in the constructor"));
            return;
        }
        let value = if storage.ty.is_some() {
            self.typed(value, member.ty)
        } else {
            let found = self.value(value, None);
            let known = self.inferred(found, value.span);
            self.program.cells[member.cell.index()].value = known.ty.or_unit();
            if let Some(member) = self.members.get_mut(storage.name.name.as_str()) {
                member.ty = known.ty;
            }
            known.code
        };
        self.frame.effects.write(storage.name.span, "this writes storage");
        self.frame.effects.cells_written.insert(member.cell);
        // What was never written reads as zero already; a ledger remembers that it was written.
        if storage.kind == StorageKind::Ledger || !is_zero(&value) {
            self.push(Statement::Write(member.cell, Vec::new(), value));
        }
    }

    /// What an action may not be, whoever calls it.
    fn action_rules(&mut self, action: &ast::Action) {
        for kind in [ActionKind::Async, ActionKind::Native] {
            if let Some(span) = action.kind(kind) {
                let word = kind.word();
                let diagnostic = Diagnostic::error(codes::REFUSED_KIND, format!("there are no `{word}` actions"));
                let why = if kind == ActionKind::Async {
                    "an action runs to its end within one transaction: there is nothing to wait for"
                } else {
                    "an action runs on every node in the same way: there is no code but that of the contract"
                };
                self.report(diagnostic.label(span, "").note(why).help(format!("remove `{word}`")));
            }
        }
        if action.is_constructor() {
            self.constructor_rules(action);
        } else if action.name.name == "fallback" {
            self.fallback_rules(action);
        }
        if let (Some(span), Some(_)) = (action.kind(ActionKind::Private), action.kind(ActionKind::Payable)) {
            self.useless_kind(
                span,
                "payable",
                "`private` and `payable`",
                "only what is called from outside gets value",
            );
        }
        if let (Some(span), Some(_)) = (action.kind(ActionKind::Private), action.kind(ActionKind::Secure)) {
            self.useless_kind(
                span,
                "secure",
                "`private` and `secure`",
                "only what is called from outside can be re-entered",
            );
        }
    }

    fn useless_kind(&mut self, span: crate::source::Span, word: &str, both: &str, why: &str) {
        let diagnostic = Diagnostic::error(codes::ACTION_KIND, format!("an action can't be {both}")).label(span, "");
        self.report(diagnostic.note(why).help(format!("remove `private` or `{word}`")));
    }

    fn constructor_rules(&mut self, action: &ast::Action) {
        let at = |span, message: &str| Diagnostic::error(codes::CONSTRUCTOR, message.to_owned()).label(span, "");
        for kind in [ActionKind::View, ActionKind::Pure, ActionKind::Private] {
            if let Some(span) = action.kind(kind) {
                let word = kind.word();
                let diagnostic = at(span, &format!("a constructor can't be `{word}`"));
                self.report(
                    diagnostic.help(format!(
                        "remove `{word}`: a constructor is called once, from outside, and writes storage"
                    )),
                );
            }
        }
        if let Some(result) = &action.result {
            self.report(
                at(result.span, "a constructor has no result")
                    .help("remove it: who deploys a contract gets its address"),
            );
        }
    }

    fn fallback_rules(&mut self, action: &ast::Action) {
        let is_bytes = |ty: &ast::Type| matches!(&ty.kind, ast::TypeKind::Named { name, .. } if name.name == "bytes");
        let fits = matches!(&action.parameters[..], [input] if is_bytes(&input.ty))
            && action.result.as_ref().is_some_and(is_bytes)
            && action.kind(ActionKind::Payable).is_some()
            && action.kind(ActionKind::Private).is_none();
        if !fits {
            let diagnostic = Diagnostic::error(codes::FALLBACK, "`fallback` is not as a fallback has to be");
            let diagnostic = diagnostic.label(action.header, "");
            self.report(diagnostic.note("it is called when no action has the selector, with all of the input, and gives all of the output").help(
                "write `action payable fallback(input: bytes) -> bytes`, or choose another name",
            ));
        }
    }

    /// An action outside of contracts has nobody to be called by but actions.
    pub(super) fn outside_action_rules(&mut self, action: &ast::Action) {
        self.action_rules_outside(action);
        for modifier in &action.modifiers {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_MODIFIER, "an action outside of a contract can't have modifiers");
            self.report(diagnostic.label(modifier.span, "").help("write what the modifier does into the action"));
        }
    }

    fn action_rules_outside(&mut self, action: &ast::Action) {
        use ActionKind::{Async, Constructor, Init, Native, Payable, Private, Public, Secure};
        for word in &action.kinds {
            if matches!(word.kind, Public | Private | Payable | Secure | Constructor | Init | Async | Native) {
                let message = format!("an action outside of a contract can't be `{}`", word.kind.word());
                let diagnostic = Diagnostic::error(codes::ACTION_KIND, message).label(word.span, "");
                self.report(
                    diagnostic
                        .note("only actions call it; nobody outside can")
                        .help("remove the word, or move the action into a contract"),
                );
            }
        }
    }

    /// The type of a record or an enum.
    pub(super) fn named_type(&mut self, id: DeclarationId) -> Ty {
        let declaration = *self.world.declaration(id);
        match declaration.kind {
            DeclarationKind::Record(record) => self.record(id, record, record.name.span),
            DeclarationKind::Enum(enumeration) => self.enumeration(id, enumeration),
            _ => Ty::Error,
        }
    }

    /// The event of a declaration, which becomes part of the program.
    pub(in crate::analysis) fn event(&mut self, id: DeclarationId) -> Option<EventId> {
        if let Some(event) = self.events.get(&id) {
            return Some(*event);
        }
        let declaration = *self.world.declaration(id);
        let DeclarationKind::Event(event) = declaration.kind else { return None };
        let muted = self.mute_unless_own(id);
        let found = self.event_fields(self.place_of(id), event);
        self.muted = muted;
        let event = self.program.add_event(found);
        self.events.insert(id, event);
        Some(event)
    }

    fn event_fields(&mut self, place: Place, event: &'w ast::Event) -> Event {
        let mut fields: Vec<EventField> = Vec::new();
        let mut spans = std::collections::BTreeMap::new();
        let mut indexed = 0;
        for field in &event.fields {
            let ty = self.ty(place, &field.ty);
            if let Some(first) = spans.insert(field.name.name.as_str(), field.name.span) {
                self.duplicate(&field.name, first, "field");
            }
            indexed += usize::from(field.indexed.is_some());
            if let Some(span) = field.indexed
                && indexed == ir::limits::INDEXED_MAX + 1
            {
                let message = format!("an event has more than {} indexed fields", ir::limits::INDEXED_MAX);
                let diagnostic = Diagnostic::error(codes::INDEXED, message).label(span, "");
                self.report(
                    diagnostic
                        .note("there are four topics, and the first is the event's signature")
                        .help("remove `indexed`"),
                );
            }
            // Clients that decode by metadata look for all fields in the data, the indexed ones too.
            let name = field.name.name.clone();
            fields.push(EventField { name, ty: ty.or_unit(), indexed: field.indexed.is_some(), data: true });
        }
        let types: Vec<String> = fields.iter().map(|field| self.show_all(field.ty)).collect();
        let name = event.name.name.clone();
        Event { signature: format!("{name}({})", types.join(",")), name, fields }
    }

    /// What the comments above the program's events say.
    pub(super) fn event_docs(&self) -> Vec<Vec<String>> {
        let mut docs = vec![Vec::new(); self.program.events.len()];
        for (id, event) in &self.events {
            let declaration = self.world.declaration(*id);
            if let Some(place) = docs.get_mut(event.index()) {
                *place = self.world.docs(declaration.unit, declaration.span);
            }
        }
        docs
    }

    /// Checks the actions of a protocol.
    pub(super) fn check_protocol(&mut self, place: Place, protocol: &'w ast::Protocol) {
        let mut names = std::collections::BTreeMap::new();
        for member in &protocol.members {
            let MemberKind::Action(action) = &member.kind else { continue };
            if let Some(first) = names.insert(action.name.name.as_str(), action.name.span) {
                self.duplicate(&action.name, first, "action");
            }
            if action.is_constructor() || action.kind(ActionKind::Private).is_some() {
                let diagnostic = Diagnostic::error(codes::ACTION_KIND, "this can't be an action of a protocol");
                self.report(diagnostic.label(action.header, "").note("a protocol has what others can call"));
            }
            let Signature { parameters, .. } = self.signature(place, action);
            debug_assert_eq!(parameters.len(), action.parameters.len());
        }
    }
}

/// Whether it is the zero of its type, for certain.
fn is_zero(value: &ir::Expression) -> bool {
    match &value.kind {
        Kind::Constant(Constant::Zero | Constant::Boolean(false) | Constant::Variant(0)) => true,
        Kind::Constant(Constant::Integer(value)) => *value == num_bigint::BigInt::ZERO,
        Kind::Constant(Constant::String(text)) => text.is_empty(),
        Kind::Constant(Constant::Bytes(bytes)) => bytes.is_empty(),
        Kind::List(values) => values.is_empty(),
        _ => false,
    }
}
