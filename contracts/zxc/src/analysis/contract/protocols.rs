//! `implements`: the contract has the actions of its protocols, and their events.

use crate::{
    analysis::{
        Callee, Lowering, codes,
        signature::Signature,
        world::{DeclarationId, DeclarationKind},
    },
    diagnostics::Diagnostic,
    ir::EventId,
    syntax::ast::{self, ActionKind, MemberKind},
};

impl<'w> Lowering<'w> {
    /// The protocols that the contract implements.
    pub(in crate::analysis) fn protocols(&self) -> Vec<(DeclarationId, &'w ast::Protocol)> {
        let Some(owner) = self.home.owner else { return Vec::new() };
        let DeclarationKind::Contract(contract) = self.world.declaration(owner).kind else { return Vec::new() };
        let ids = contract.implements.iter().filter_map(|name| self.world.find(self.home, &name.name));
        let protocols = ids.filter_map(|id| match self.world.declaration(id).kind {
            DeclarationKind::Protocol(protocol) => Some((id, protocol)),
            _ => None,
        });
        protocols.collect()
    }

    /// Compares the contract with its protocols.
    pub(super) fn implements(&mut self, contract: &'w ast::Contract) {
        let mut seen = std::collections::BTreeMap::new();
        for name in &contract.implements {
            if name.name.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert(name.name.as_str(), name.span) {
                self.duplicate(name, first, "protocol");
                continue;
            }
            let found = self.world.find(self.home, &name.name);
            match found.map(|id| (id, self.world.declaration(id).kind)) {
                Some((id, DeclarationKind::Protocol(protocol))) => self.implements_protocol(name, id, protocol),
                Some((_, other)) => {
                    let message = format!("`{}` is {}, no protocol", name.name, other.word());
                    self.report(
                        Diagnostic::error(codes::OTHER_KIND, message)
                            .label(name.span, "")
                            .help("only protocols can be implemented"),
                    );
                }
                None => self.unknown_protocol(name),
            }
        }
    }

    fn unknown_protocol(&mut self, name: &ast::Identifier) {
        let diagnostic = Diagnostic::error(codes::UNKNOWN_CONTRACT, format!("there is no protocol `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        let protocols = self.names_of(|kind| matches!(kind, DeclarationKind::Protocol(_)));
        self.report(match self.closest(&name.name, protocols) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!(
                "declare `protocol {} {{ ... }}`, or `use` the file that does, like `use \"zrc20\" from std`",
                name.name
            )),
        });
    }

    fn implements_protocol(&mut self, name: &ast::Identifier, id: DeclarationId, protocol: &'w ast::Protocol) {
        let place = self.place_of(id);
        let mut missing = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        for member in &protocol.members {
            let MemberKind::Action(action) = &member.kind else { continue };
            // Those can't be in a protocol, and two of one name neither: that is told where the protocol is checked.
            let refused = action.is_constructor() || action.kind(ActionKind::Private).is_some();
            if refused || !names.insert(action.name.name.as_str()) {
                continue;
            }
            let muted = self.mute_unless_own(id);
            let wanted = self.signature(place, action);
            self.muted = muted;
            match self.functions.get(&Callee::Own(&action.name.name)).cloned() {
                None => missing.push(self.show_signature(&wanted)),
                Some((_, found)) => self.compare(name, &wanted, &found),
            }
        }
        if !missing.is_empty() {
            let count = missing.len();
            let actions = if count == 1 { "an action".to_owned() } else { format!("{count} actions") };
            let message = format!("the contract lacks {actions} of `{}`", name.name);
            let mut diagnostic = Diagnostic::error(codes::NOT_IMPLEMENTED, message).label(name.span, "");
            for signature in missing {
                diagnostic = diagnostic.help(format!("write `action {signature} {{ ... }}`"));
            }
            self.report(diagnostic);
        }
        self.protocol_events(name, id);
    }

    fn compare(&mut self, protocol: &ast::Identifier, wanted: &Signature<'w>, found: &Signature<'w>) {
        let differ = |message: String| {
            Diagnostic::error(codes::SIGNATURE, message)
                .label(found.span(), "")
                .context(wanted.span(), format!("`{}` has it like this", protocol.name))
        };
        let name = &found.action.name.name;
        let same_types = wanted.parameters.len() == found.parameters.len()
            && wanted
                .parameters
                .iter()
                .zip(&found.parameters)
                .all(|(a, b)| a == b || a.known().is_none() || b.known().is_none())
            && (wanted.result == found.result || wanted.result.known().is_none() || found.result.known().is_none());
        if !same_types {
            let help = format!("write `action {}`", self.show_signature(wanted));
            return self.report(differ(format!("`{name}` has other types than in `{}`", protocol.name)).help(help));
        }
        if found.is(ActionKind::Private) {
            let diagnostic = differ(format!("`{name}` is private, but others call it by `{}`", protocol.name));
            self.report(diagnostic.help("remove `private`"));
        }
        if wanted.is_read_only() && !found.is_read_only() {
            let diagnostic = differ(format!("`{name}` is no view action, but `{}` promises that it is", protocol.name));
            self.report(diagnostic.help("write `action view`"));
        }
        if wanted.is(ActionKind::Payable) && !found.is(ActionKind::Payable) {
            let diagnostic =
                differ(format!("`{name}` accepts no value, but `{}` promises that it does", protocol.name));
            self.report(diagnostic.help("write `action payable`"));
        }
    }

    /// An event that contract and protocol both declare is the same.
    fn protocol_events(&mut self, protocol: &ast::Identifier, id: DeclarationId) {
        for theirs in self.world.own(id).collect::<Vec<_>>() {
            let name = self.world.declaration(theirs).name;
            let own = self
                .world
                .find(self.home, &name.name)
                .filter(|own| self.world.declaration(*own).owner == self.home.owner);
            let Some(own) = own else { continue };
            let own_name = self.world.declaration(own).name;
            let DeclarationKind::Event(_) = self.world.declaration(own).kind else { continue };
            let (Some(a), Some(b)) = (self.event(own), self.protocol_event(theirs)) else { continue };
            let shape = |event: &crate::ir::Event| -> Vec<(crate::ir::Type, bool)> {
                event.fields.iter().map(|field| (field.ty, field.indexed)).collect()
            };
            if shape(&self.program.events[a.index()]) != b {
                let message = format!("the event `{}` is another than in `{}`", name.name, protocol.name);
                let diagnostic = Diagnostic::error(codes::SIGNATURE, message)
                    .label(own_name.span, "")
                    .context(name.span, "declared here");
                self.report(diagnostic.help("remove it: the contract can emit the events of its protocols"));
            }
        }
    }

    /// The fields of an event, without making it one of the contract.
    fn protocol_event(&mut self, id: DeclarationId) -> Option<Vec<(crate::ir::Type, bool)>> {
        let DeclarationKind::Event(event) = self.world.declaration(id).kind else { return None };
        let muted = std::mem::replace(&mut self.muted, true);
        let place = self.place_of(id);
        let fields =
            event.fields.iter().map(|field| (self.ty(place, &field.ty).or_unit(), field.indexed.is_some())).collect();
        self.muted = muted;
        Some(fields)
    }

    /// The event that `name` stands for: the contract's, one of its protocols', or one of the file.
    pub(in crate::analysis) fn find_event(&mut self, name: &str) -> Option<EventId> {
        let place = self.frame.place;
        let is_event = |id: &DeclarationId| matches!(self.world.declaration(*id).kind, DeclarationKind::Event(_));
        let found = self.world.find(place, name).filter(is_event).or_else(|| {
            let protocols = if place.owner.is_some() { self.protocols() } else { Vec::new() };
            let mut events = protocols.into_iter().flat_map(|(id, _)| self.world.own(id));
            events.find(|id| self.world.declaration(*id).name.name == name)
        });
        self.event(found?)
    }

    /// The names of the events that can be emitted here.
    pub(in crate::analysis) fn visible_events(&self) -> impl Iterator<Item = &'w str> + '_ {
        let place = self.frame.place;
        let protocols = if place.owner.is_some() { self.protocols() } else { Vec::new() };
        let theirs = protocols.into_iter().flat_map(|(id, _)| self.world.own(id));
        let visible = self.world.visible(place).map(|(_, id)| id).chain(theirs);
        let events = visible.filter(|id| matches!(self.world.declaration(*id).kind, DeclarationKind::Event(_)));
        events.map(|id| self.world.declaration(id).name.name.as_str())
    }
}
