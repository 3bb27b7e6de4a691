//! One contract, from its members to a program.
//!
//! Order: the names and signatures of everything, so that members may use each other in any order; first values of storage,
//! from which types are inferred; bodies; then what needs all bodies: effects, invariants, entries.

use std::collections::BTreeSet;

use super::{
    Callee, ContractId, Lowering, codes,
    frame::{Frame, FrameKind},
    value::Ty,
    world::{DeclarationId, DeclarationKind, Place},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    ir::{self, Program},
    syntax::ast::{self, MemberKind},
};

mod bodies;
mod entries;
mod members;
mod protocols;

/// Contracts of one compilation: each is lowered with all that it uses.
pub const CONTRACTS_MAX: usize = 32;

/// A contract that was lowered.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    /// Its program; none if there were errors.
    pub program: Option<Program>,
    /// What its comments say.
    pub docs: ContractDocs,
    /// The contracts that it creates.
    pub creates: BTreeSet<ContractId>,
}

/// The documentation of a contract: the comments above its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractDocs {
    /// Of the contract.
    pub contract: Vec<String>,
    /// Of each entry of the program.
    pub entries: Vec<Vec<String>>,
    /// Of each event of the program.
    pub events: Vec<Vec<String>>,
}

impl<'w> Lowering<'w> {
    /// Lowers the contract.
    pub(super) fn lower_contract(mut self, id: DeclarationId, diagnostics: &mut Diagnostics) -> Lowered {
        let declaration = *self.world.declaration(id);
        let DeclarationKind::Contract(contract) = declaration.kind else { return Lowered::default() };
        let mut docs =
            ContractDocs { contract: self.world.docs(declaration.unit, declaration.span), ..ContractDocs::default() };
        for own in self.world.own(id).collect::<Vec<_>>() {
            self.check_declaration(own);
        }
        self.collect(contract);
        self.storage(contract);
        self.bodies(contract);
        self.outside_actions();
        let entries = self.entries(contract);
        self.implements(contract);
        docs.entries = entries;
        docs.events = self.event_docs();
        let creates = self.creates.iter().map(|id| ContractId(*id)).collect();
        let program = self.finish(declaration.name);
        diagnostics.extend(std::mem::take(&mut self.diagnostics).into_sorted());
        Lowered { program, docs, creates }
    }

    /// Checks what a file has outside of contracts.
    pub(super) fn check_unit(mut self, diagnostics: &mut Diagnostics) {
        let unit = self.home.unit;
        let ids = (0..self.world.declarations.len()).map(DeclarationId);
        let own: Vec<DeclarationId> = ids.filter(|id| self.world.declaration(*id).unit == unit).collect();
        for id in own {
            let declaration = self.world.declaration(id);
            let in_protocol = declaration
                .owner
                .is_some_and(|owner| matches!(self.world.declaration(owner).kind, DeclarationKind::Protocol(_)));
            if declaration.owner.is_none() || in_protocol {
                self.check_declaration(id);
            }
        }
        self.outside_actions();
        self.spread_effects();
        let outside: Vec<_> = self.functions.values().map(|(id, signature)| (*id, signature.clone())).collect();
        for (id, signature) in outside {
            let declared_here = self.world.units[unit].source == signature.span().file;
            if let (true, Some(word)) = (declared_here, read_only_word(signature.action)) {
                self.check_effects(id, word, signature.span());
            }
        }
        diagnostics.extend(self.diagnostics.into_sorted());
    }

    /// Checks a declaration by itself, whether somebody uses it or not.
    fn check_declaration(&mut self, id: DeclarationId) {
        let declaration = *self.world.declaration(id);
        match declaration.kind {
            DeclarationKind::Record(_) | DeclarationKind::Enum(_) => {
                self.named_type(id);
            }
            DeclarationKind::Event(_) => {
                self.event(id);
            }
            DeclarationKind::Action(action) => {
                self.outside_action_rules(action);
                self.outside_function(id);
            }
            DeclarationKind::Protocol(protocol) => self.check_protocol(self.place_of(id), protocol),
            DeclarationKind::Contract(_) => {}
        }
    }

    /// The function of an action outside of contracts: its body is lowered later.
    pub(super) fn outside_function(&mut self, id: DeclarationId) -> Option<(ir::FunctionId, super::Signature<'w>)> {
        if let Some(found) = self.functions.get(&Callee::Outside(id)) {
            return Some(found.clone());
        }
        let DeclarationKind::Action(action) = self.world.declaration(id).kind else { return None };
        let muted = self.mute_unless_own(id);
        let signature = self.signature(self.place_of(id), action);
        self.muted = muted;
        let function = self.declare_function(&action.name.name, signature.result);
        self.functions.insert(Callee::Outside(id), (function, signature.clone()));
        self.pending.push(id);
        Some((function, signature))
    }

    /// Lowers the actions outside of contracts that something calls, and those that they call.
    pub(super) fn outside_actions(&mut self) {
        while let Some(id) = self.pending.pop() {
            let Some((function, signature)) = self.functions.get(&Callee::Outside(id)).cloned() else { continue };
            let muted = self.mute_unless_own(id);
            let place = self.place_of(id);
            self.body(place, function, &signature, None);
            self.muted = muted;
        }
    }

    /// The program, if it is whole.
    pub(super) fn finish(&mut self, name: &ast::Identifier) -> Option<Program> {
        // The tree lacks what the parser could not read: what is left may be well typed and mean something else.
        if self.failed || self.world.incomplete {
            return None;
        }
        match ir::check(&self.program) {
            Ok(()) => Some(std::mem::take(&mut self.program)),
            Err(problem @ ir::CheckError::Limit { .. }) => {
                let diagnostic = Diagnostic::error(codes::LIMIT, "the contract is larger than contracts may be");
                self.report(diagnostic.label(name.span, problem.to_string()).help("split what is too large"));
                None
            }
            Err(problem) => {
                let diagnostic = Diagnostic::error(codes::INTERNAL, "the compiler has made a mistake, not you");
                self.report(
                    diagnostic.label(name.span, problem.to_string()).help("please report it, with this program"),
                );
                None
            }
        }
    }

    /// A frame for expressions that stand outside of actions.
    fn expression_frame(&mut self, place: Place) {
        self.frame = Frame::new(FrameKind::Expression, place, Ty::Value(ir::Type::Unit));
    }
}

/// `view` or `pure`, if an action says so.
fn read_only_word(action: &ast::Action) -> Option<&'static str> {
    use ast::ActionKind::{Pure, View};
    [View, Pure].into_iter().find(|kind| action.kind(*kind).is_some()).map(ast::ActionKind::word)
}

/// The storage members of a contract.
fn storage_of(contract: &ast::Contract) -> impl Iterator<Item = (&ast::Member, &ast::Storage)> {
    contract.members.iter().filter_map(|member| match &member.kind {
        MemberKind::Storage(storage) => Some((member, storage)),
        _ => None,
    })
}

/// The actions of a contract.
fn actions_of(contract: &ast::Contract) -> impl Iterator<Item = (&ast::Member, &ast::Action)> {
    contract.members.iter().filter_map(|member| match &member.kind {
        MemberKind::Action(action) => Some((member, action)),
        _ => None,
    })
}
