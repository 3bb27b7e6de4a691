//! `emitted(...)`: events of the last transaction, by their names.

use crate::{
    analysis::{
        Lowering, codes,
        lower::{call::Call, expression::plain},
        value::{Ty, Value},
        world::{DeclarationId, DeclarationKind, Place},
    },
    diagnostics::Diagnostic,
    ir::{EventId, Expression, Type},
    syntax::ast::{self, ExpressionKind},
    testing::Ask,
};

impl<'w> Lowering<'w> {
    /// `emitted(Event(...))`, `emitted(contract, Token.Event(...))`, `emitted(Event)`
    pub(super) fn emitted(&mut self, call: Call<'w>) -> Value {
        let (emitter, event) = match call.arguments {
            [event] => (None, event),
            [emitter, event] => (Some(emitter), event),
            _ => {
                self.wrong_count("emitted", 1, call.arguments.len(), call.span);
                return Value::error();
            }
        };
        let optional = self.program.types.option(Type::Address);
        let emitter = match emitter {
            Some(emitter) => {
                let emitter = self.typed(emitter, optional.into());
                self.keep(emitter)
            }
            None => Expression::zero(optional),
        };
        let (named, arguments) = match &plain(event).kind {
            ExpressionKind::Call { callee, arguments, .. } => (plain(callee), Some(arguments)),
            _ => (plain(event), None),
        };
        let Some(found) = self.event_named(named) else { return Value::error() };
        let data = self.program.types.option(Type::Bytes);
        let (name, topic, fields) = {
            let event = &self.program.events[found.index()];
            (event.name.clone(), event.topic(), event.fields.clone())
        };
        let data = match arguments {
            None => Expression::zero(data),
            Some(arguments) => {
                let types: Vec<Ty> = fields.iter().map(|field| field.ty.into()).collect();
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                let values = self.event_arguments(arguments, &types, event.span, &name, &names);
                let values = values.into_iter().zip(&fields).filter(|(_, field)| field.data).map(|(value, _)| value);
                Expression::encode(values.collect()).some(&mut self.program.types)
            }
        };
        self.ask(Ask::Emitted, vec![emitter, Expression::hash(topic), data], Type::Boolean).into()
    }

    /// The event that `Transfer` or `Token.Transfer` stands for. None, and a complaint, if there is none.
    fn event_named(&mut self, named: &'w ast::Expression) -> Option<EventId> {
        let found = match &named.kind {
            ExpressionKind::Name(name) => self.event_anywhere(name),
            ExpressionKind::Member { base, name } => match &plain(base).kind {
                ExpressionKind::Name(contract) => {
                    let contract = self.contract_named(contract)?;
                    self.event_of(contract, &name.name)
                }
                _ => None,
            },
            ExpressionKind::Error => return None,
            _ => None,
        };
        let event = found.and_then(|id| self.event(id));
        if event.is_none() {
            let text = self.world.sources[named.span.file].slice(named.span);
            let shown = if text.len() > 40 || text.contains('\n') { "this" } else { text };
            let diagnostic = Diagnostic::error(codes::UNKNOWN_EVENT, format!("there is no event `{shown}`"));
            self.report(
                diagnostic
                    .label(named.span, "")
                    .help("write `emitted(Token.Transfer(from, to, amount))`, or only its name"),
            );
        }
        event
    }

    /// An event that is visible here, or else one of a contract or protocol that is.
    fn event_anywhere(&self, name: &str) -> Option<DeclarationId> {
        let place = self.frame.place;
        let is_event = |id: &DeclarationId| matches!(self.world.declaration(*id).kind, DeclarationKind::Event(_));
        let own = self.world.find(place, name).filter(is_event);
        own.or_else(|| place.owner.and_then(|owner| self.event_of(owner, name)))
            .or_else(|| self.world.visible(place).find_map(|(_, id)| self.event_of(id, name)))
    }

    /// An event of a contract, of the protocols that it implements, or of its file.
    fn event_of(&self, owner: DeclarationId, name: &str) -> Option<DeclarationId> {
        let declaration = self.world.declaration(owner);
        let is_event = |id: &DeclarationId| matches!(self.world.declaration(*id).kind, DeclarationKind::Event(_));
        let own = |id: DeclarationId| {
            self.world.own(id).find(|id| is_event(id) && self.world.declaration(*id).name.name == name)
        };
        let place = Place { unit: declaration.unit, owner: Some(owner) };
        match declaration.kind {
            DeclarationKind::Contract(contract) => own(owner)
                .or_else(|| {
                    contract.implements.iter().find_map(|protocol| own(self.world.find(place, &protocol.name)?))
                })
                .or_else(|| self.world.find(place, name).filter(is_event)),
            DeclarationKind::Protocol(_) => own(owner),
            _ => None,
        }
    }
}
