//! What callers have to know of an action: its parameters, its result, its kind.

use super::{Lowering, value::Ty, world::Place};
use crate::{
    source::Span,
    syntax::ast::{self, ActionKind, TypeKind},
};

/// An action from outside.
#[derive(Clone, Debug)]
pub struct Signature<'w> {
    /// The action.
    pub action: &'w ast::Action,
    /// Its parameters' types.
    pub parameters: Vec<Ty>,
    /// The type of its result.
    pub result: Ty,
}

impl Signature<'_> {
    /// Whether a word stands before its name.
    pub fn is(&self, kind: ActionKind) -> bool {
        self.action.kind(kind).is_some()
    }

    /// Whether it says that it changes nothing.
    pub fn is_read_only(&self) -> bool {
        self.is(ActionKind::View) || self.is(ActionKind::Pure)
    }

    /// Where its name is.
    pub fn span(&self) -> Span {
        self.action.name.span
    }
}

impl<'w> Lowering<'w> {
    /// The signature of an action, whose types are looked up at `place`.
    pub(super) fn signature(&mut self, place: Place, action: &'w ast::Action) -> Signature<'w> {
        let parameters = action.parameters.iter().map(|parameter| self.ty(place, &parameter.ty)).collect();
        let result = match &action.result {
            None => Ty::Value(crate::ir::Type::Unit),
            Some(ast::Type { kind: TypeKind::Tuple(elements), .. }) if elements.is_empty() => {
                Ty::Value(crate::ir::Type::Unit)
            }
            Some(result) => self.ty(place, result),
        };
        Signature { action, parameters, result }
    }

    /// How an action is written, behind the word `action`.
    pub(super) fn show_signature(&self, signature: &Signature<'_>) -> String {
        let parameters = signature.action.parameters.iter().zip(&signature.parameters);
        let parameters: Vec<String> =
            parameters.map(|(parameter, ty)| format!("{}: {}", parameter.name.name, self.show(ty.or_unit()))).collect();
        let result = match signature.result {
            Ty::Value(crate::ir::Type::Unit) => String::new(),
            ty => format!(" -> {}", self.show(ty.or_unit())),
        };
        let words = signature
            .action
            .kinds
            .iter()
            .filter(|word| matches!(word.kind, ActionKind::View | ActionKind::Pure | ActionKind::Payable));
        let words: String = words.map(|word| format!("{} ", word.kind.word())).collect();
        format!("{words}{}({}){result}", signature.action.name.name, parameters.join(", "))
    }
}
