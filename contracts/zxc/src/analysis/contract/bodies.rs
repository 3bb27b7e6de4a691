//! The bodies of actions and modifiers.
//!
//! A modifier is a function that an action calls before its own body: its code stands in the contract once, and what is wrong
//! with it is said once.

use super::actions_of;
use crate::{
    analysis::{
        Callee, Lowering, codes,
        frame::{Frame, FrameKind},
        lower::Flow,
        signature::Signature,
        value::Ty,
        world::Place,
    },
    diagnostics::Diagnostic,
    ir::{Expression, FunctionId, Statement, Type},
    syntax::ast::{self, MemberKind},
};

impl<'w> Lowering<'w> {
    /// Lowers the modifiers and actions of the contract.
    pub(super) fn bodies(&mut self, contract: &'w ast::Contract) {
        for member in &contract.members {
            if let MemberKind::Modifier(modifier) = &member.kind {
                self.modifier(modifier);
            }
        }
        for (_, action) in actions_of(contract) {
            let found = self.functions.get(&Callee::Own(&action.name.name)).cloned();
            if let Some((function, signature)) = found
                && std::ptr::eq(signature.action, action)
            {
                let first = if action.is_constructor() { self.initialise } else { None };
                self.body(self.home, function, &signature, first);
            }
        }
    }

    /// Lowers an action; `first` is a function that it calls before anything else.
    pub(super) fn body(
        &mut self,
        place: Place,
        function: FunctionId,
        signature: &Signature<'w>,
        first: Option<FunctionId>,
    ) {
        let action = signature.action;
        self.frame = Frame::new(FrameKind::Action, place, signature.result);
        self.frame.read_only = signature.is_read_only();
        for (parameter, ty) in action.parameters.iter().zip(&signature.parameters) {
            self.parameter(&parameter.name, *ty);
        }
        if let Some(first) = first {
            self.call_plainly(first, Vec::new(), action.name.span);
        }
        for call in &action.modifiers {
            self.modifier_call(place, call);
        }
        let Some(body) = &action.body else { return };
        let flow = self.statements(&body.statements);
        self.leave_block();
        if flow == Flow::Goes && !matches!(signature.result, Ty::Value(Type::Unit)) {
            let diagnostic = Diagnostic::error(codes::MISSING_RETURN, "an action may end without its result");
            let result = action.result.as_ref().map_or(action.header, |result| result.span);
            let end = crate::source::Span::new(body.span.file, body.span.end.saturating_sub(1), body.span.end);
            self.report(
                diagnostic
                    .label(end, "no `return` on some way to here")
                    .context(result, "this is promised")
                    .help("write `return value` at its end, or `revert(\"why\")`"),
            );
        }
        self.define_function(function, &action.name.name);
    }

    /// Calls a function that has no result.
    fn call_plainly(&mut self, function: FunctionId, arguments: Vec<Expression>, span: crate::source::Span) {
        self.frame.effects.calls.push((function, span));
        let call = Expression::call(&self.program, function, arguments);
        self.push(Statement::Evaluate(call));
    }

    fn modifier_call(&mut self, place: Place, call: &'w ast::ModifierCall) {
        let Some(modifier) = self.modifiers.get(call.name.name.as_str()).copied().filter(|_| place.owner.is_some())
        else {
            if place.owner.is_some() {
                self.unknown_modifier(&call.name);
            }
            call.arguments.iter().for_each(|argument| {
                self.value(argument, None);
            });
            return;
        };
        let types: Vec<Ty> = modifier.parameters.iter().map(|parameter| self.quiet_ty(place, &parameter.ty)).collect();
        let parameters: Vec<&ast::Identifier> = modifier.parameters.iter().map(|parameter| &parameter.name).collect();
        let arguments = self.arguments(&call.arguments, &types, call.span, (&modifier.name, &parameters));
        let function = self.modifier_function(modifier);
        self.call_plainly(function, arguments, call.span);
    }

    fn unknown_modifier(&mut self, name: &ast::Identifier) {
        let diagnostic = Diagnostic::error(codes::UNKNOWN_MODIFIER, format!("there is no modifier `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        self.report(match self.closest(&name.name, self.modifiers.keys().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("declare it in the contract: `modifier {} {{ require(...) }}`", name.name)),
        });
    }

    /// The same as [`Lowering::ty`], for a type that is complained about elsewhere.
    fn quiet_ty(&mut self, place: Place, ty: &'w ast::Type) -> Ty {
        let muted = std::mem::replace(&mut self.muted, true);
        let ty = self.ty(place, ty);
        self.muted = muted;
        ty
    }

    fn modifier_function(&mut self, modifier: &'w ast::Modifier) -> FunctionId {
        if let Some(function) = self.modifier_functions.get(modifier.name.name.as_str()) {
            return *function;
        }
        let function = self.declare_function(&modifier.name.name, Ty::Value(Type::Unit));
        self.modifier_functions.insert(&modifier.name.name, function);
        function
    }

    fn modifier(&mut self, modifier: &'w ast::Modifier) {
        let is_first =
            self.modifiers.get(modifier.name.name.as_str()).is_some_and(|first| std::ptr::eq(*first, modifier));
        self.frame = Frame::new(FrameKind::Modifier, self.home, Ty::Value(Type::Unit));
        for parameter in &modifier.parameters {
            let ty = self.ty(self.home, &parameter.ty);
            self.parameter(&parameter.name, ty);
        }
        self.statements(&modifier.body.statements);
        self.leave_block();
        if is_first {
            let function = self.modifier_function(modifier);
            self.define_function(function, &modifier.name.name);
        }
    }
}
