//! What can be called from outside, and the invariants that hold when it is done.
//!
//! An action that may break an invariant gets a function around it: it calls the action, and then the checks of those
//! invariants that read something that the action, or what it calls, can change. Calls within the contract are not checked:
//! in the middle of an action an invariant may be broken.

use super::{actions_of, read_only_word};
use crate::{
    analysis::{Callee, Lowering, codes, effects::Effects, signature::Signature, value::Ty},
    diagnostics::Diagnostic,
    ir::{self, Comparison, Context, Expression, Fault, FunctionBuilder, FunctionId, LocalId, Statement, Type},
    source::Span,
    syntax::{
        self,
        ast::{self, ActionKind, MemberKind},
    },
};

/// What clients call the constructor: `constructor` they can't, since every object of JavaScript has a member of that name.
const CONSTRUCTOR_LABEL: &str = "new";
/// How much of an invariant the message of a revert shows, bytes.
const SHOWN_BYTES: usize = 96;

/// An invariant of the contract.
struct Invariant {
    function: FunctionId,
    effects: Effects,
}

impl<'w> Lowering<'w> {
    /// Adds the entries; gives their documentation.
    pub(super) fn entries(&mut self, contract: &'w ast::Contract) -> Vec<Vec<String>> {
        let invariants = self.invariants(contract);
        self.spread_effects();
        let invariants: Vec<Invariant> = invariants
            .into_iter()
            .map(|function| Invariant { function, effects: self.effects[function.index()].clone() })
            .collect();
        for invariant in &invariants {
            if let Some((span, what)) = invariant.effects.writes {
                let diagnostic = Diagnostic::error(codes::VIEW_WRITES, "an invariant changes state").label(span, what);
                self.report(diagnostic.help("an invariant may only read"));
            }
        }
        let mut docs = Vec::new();
        let mut spans: Vec<(ir::EntryKind, [u8; 4], Span)> = Vec::new();
        for (member, action) in actions_of(contract) {
            let Some((function, signature)) = self.functions.get(&Callee::Own(&action.name.name)).cloned() else {
                continue;
            };
            if !std::ptr::eq(signature.action, action) {
                continue;
            }
            if let Some(word) = read_only_word(action) {
                self.check_effects(function, word, action.name.span);
            }
            if signature.is(ActionKind::Private) {
                continue;
            }
            let checked = self.with_invariants(function, &signature, &invariants);
            if action.name.name == "fallback" {
                let secure = signature.is(ActionKind::Secure);
                self.program.fallback = Some(if secure { self.refusing_reentry(checked) } else { checked });
                continue;
            }
            self.entry(checked, &signature);
            if let Some(entry) = self.program.entries.last() {
                spans.push((entry.kind, entry.selector, action.name.span));
            }
            docs.push(self.world.docs(self.home.unit, member.span));
            self.client_name(action);
        }
        self.selectors(&spans);
        if !self.program.entries.iter().any(|entry| entry.kind == ir::EntryKind::Constructor) {
            self.default_constructor(&invariants);
            docs.push(Vec::new());
        }
        docs
    }

    fn entry(&mut self, function: FunctionId, signature: &Signature<'w>) {
        let action = signature.action;
        let entry = if action.is_constructor() {
            let label = match action.name.name.as_str() {
                "constructor" | "init" => CONSTRUCTOR_LABEL,
                name => name,
            };
            self.program.add_constructor(label, function)
        } else {
            self.program.add_message(&action.name.name, function)
        };
        entry.mutates = !signature.is_read_only();
        entry.payable = signature.is(ActionKind::Payable);
        entry.secure = signature.is(ActionKind::Secure);
    }

    /// The function that refuses re-entry before it calls the fallback: unlike entries, a fallback has no words of its own.
    fn refusing_reentry(&mut self, fallback: FunctionId) -> FunctionId {
        let mut around = FunctionBuilder::new("fallback", Type::Bytes);
        let input = around.parameter("input", Type::Bytes);
        let first = Expression::context(Context::Reentrance)
            .compare(Comparison::Equal, Expression::integer(ir::Integer::U32, 0));
        around.push(Statement::require(first, Expression::string(Fault::ReentryRefused.message())));
        let call = Expression::call(&self.program, fallback, vec![Expression::local(input, Type::Bytes)]);
        self.program.add_function(around.finish([Statement::Return(Some(call))]))
    }

    /// A contract without a constructor has one that takes nothing.
    fn default_constructor(&mut self, invariants: &[Invariant]) {
        let mut function = FunctionBuilder::new(CONSTRUCTOR_LABEL, Type::Unit);
        let checks = invariants.iter().map(|invariant| invariant.function);
        for called in self.initialise.into_iter().chain(checks) {
            function.push(Statement::Evaluate(Expression::call(&self.program, called, Vec::new())));
        }
        let function = self.program.add_function(function.finish([]));
        self.program.add_constructor(CONSTRUCTOR_LABEL, function);
    }

    /// The function that also checks the invariants which `function` may break; `function` itself if there are none.
    fn with_invariants(
        &mut self,
        function: FunctionId,
        signature: &Signature<'w>,
        invariants: &[Invariant],
    ) -> FunctionId {
        let effects = &self.effects[function.index()];
        // What comes with the call changes the balance. Before a constructor nothing has been checked yet: what is still zero may
        // break an invariant too.
        let (first, payable) = (signature.action.is_constructor(), signature.is(ActionKind::Payable));
        let broken: Vec<FunctionId> = invariants
            .iter()
            .filter(|it| first || effects.may_break(&it.effects) || (payable && it.effects.reads_outside))
            .map(|it| it.function)
            .collect();
        if broken.is_empty() || signature.is_read_only() {
            return function;
        }
        let result = signature.result.or_unit();
        let mut around = FunctionBuilder::new(&signature.action.name.name, result);
        let mut arguments = Vec::new();
        for (parameter, ty) in signature.action.parameters.iter().zip(&signature.parameters) {
            let ty = ty.or_unit();
            let local: LocalId = around.parameter(&parameter.name.name, ty);
            arguments.push(Expression::local(local, ty));
        }
        let call = Expression::call(&self.program, function, arguments);
        let kept = if result == Type::Unit {
            around.push(Statement::Evaluate(call));
            None
        } else {
            let local = around.local("", result);
            around.push(Statement::set(local, call));
            Some(Expression::local(local, result))
        };
        for invariant in broken {
            around.push(Statement::Evaluate(Expression::call(&self.program, invariant, Vec::new())));
        }
        self.program.add_function(around.finish(kept.map(|value| Statement::Return(Some(value)))))
    }

    /// A function for each invariant, which reverts unless it holds.
    fn invariants(&mut self, contract: &'w ast::Contract) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        for member in &contract.members {
            let MemberKind::Invariant(invariant) = &member.kind else { continue };
            self.expression_frame(self.home);
            let condition = self.typed(&invariant.condition, Ty::Value(Type::Boolean));
            let message = match &invariant.message {
                Some(message) => message.value.clone(),
                None => invariant_message(&invariant.condition),
            };
            self.push(Statement::require(condition, Expression::string(&message)));
            let function = self.declare_function("invariant", Ty::Value(Type::Unit));
            self.define_function(function, "invariant");
            functions.push(function);
        }
        functions
    }

    fn selectors(&mut self, spans: &[(ir::EntryKind, [u8; 4], Span)]) {
        let mut seen: std::collections::BTreeMap<(bool, [u8; 4]), Span> = std::collections::BTreeMap::new();
        for (kind, selector, span) in spans {
            let Some(first) = seen.insert((*kind == ir::EntryKind::Constructor, *selector), *span) else { continue };
            let diagnostic = if *kind == ir::EntryKind::Constructor {
                Diagnostic::error(codes::CONSTRUCTOR, "a contract has two constructors of one name")
                    .note("`constructor` and `init` are two words for one: clients call it `new`")
                    .help("give one of them a name of its own: `action constructor with_owner(...)`")
            } else {
                Diagnostic::error(codes::SELECTOR, "two actions have the same selector")
                    .note("a selector is made of the hash of the action's name: both begin with the same four bytes")
                    .help("rename one of them")
            };
            self.report(diagnostic.label(*span, "").context(first, "the first"));
        }
    }

    /// Warns of names that every object of JavaScript has: clients in it would call that instead.
    fn client_name(&mut self, action: &ast::Action) {
        const TAKEN: [&str; 6] =
            ["tostring", "valueof", "hasownproperty", "isprototypeof", "tolocalestring", "propertyisenumerable"];
        let plain = action.name.name.replace('_', "").to_ascii_lowercase();
        if TAKEN.contains(&plain.as_str()) {
            let message = format!("clients in JavaScript can't call `{}` by its name", action.name.name);
            let diagnostic = Diagnostic::warning(codes::CLIENT_NAME, message).label(action.name.span, "");
            self.report(diagnostic.note("every object there has a member of that name").help("choose another name"));
        }
    }
}

/// `invariant violated: total >= 0`; the same however the condition was written.
fn invariant_message(condition: &ast::Expression) -> String {
    let mut shown = syntax::on_one_line(condition);
    if shown.len() > SHOWN_BYTES {
        shown.truncate(shown.floor_char_boundary(SHOWN_BYTES));
        shown.push_str("...");
    }
    format!("invariant violated: {shown}")
}
