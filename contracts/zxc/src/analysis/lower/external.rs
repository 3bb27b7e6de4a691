//! Calls into other contracts, and contracts that are made.
//!
//! An action that says that it is `view` or `pure` is called so that the other contract can't change anything, whatever it does.

use super::{call::Call, expression::plain};
use crate::{
    analysis::{
        Lowering, codes,
        signature::Signature,
        value::{Ty, Value},
        world::{DeclarationId, DeclarationKind},
    },
    diagnostics::Diagnostic,
    ir::{CallInput, CallKind, CallOutput, ContractCall, Creation, Expression, Type, program::selector},
    source::Span,
    syntax::ast::{self, ActionKind, ExpressionKind, MemberKind},
};

/// What stands in the braces of a call.
#[derive(Default)]
struct Options {
    value: Option<Expression>,
    gas: Option<Expression>,
    salt: Option<Expression>,
    reentry: bool,
}

impl<'w> Lowering<'w> {
    /// The protocol or contract that a name stands for.
    pub(super) fn contract_named(&self, name: &str) -> Option<DeclarationId> {
        let id = self.world.find(self.frame.place, name)?;
        let kind = self.world.declaration(id).kind;
        matches!(kind, DeclarationKind::Contract(_) | DeclarationKind::Protocol(_)).then_some(id)
    }

    /// The actions of a protocol or contract, by their names.
    fn actions_of_other(&mut self, id: DeclarationId) -> &std::collections::BTreeMap<&'w str, &'w ast::Action> {
        let world = self.world;
        self.other_actions.entry(id).or_insert_with(|| {
            let members: &'w [ast::Member] = match world.declaration(id).kind {
                DeclarationKind::Contract(contract) => &contract.members,
                DeclarationKind::Protocol(protocol) => &protocol.members,
                _ => &[],
            };
            let actions = members.iter().filter_map(|member| match &member.kind {
                MemberKind::Action(action) => Some((action.name.name.as_str(), action)),
                _ => None,
            });
            actions.collect()
        })
    }

    /// `Token(address).name(...)`
    pub(super) fn typed_call(
        &mut self,
        contract: DeclarationId,
        address: &'w [ast::Expression],
        name: &'w ast::Identifier,
        call: Call<'w>,
        handle: Span,
    ) -> Value {
        if let Some(ty) = call.types.first() {
            let diagnostic = Diagnostic::error(codes::CALL_TYPES, "this call takes no types").label(ty.span, "");
            self.report(diagnostic.help("remove them: the action's result has a type"));
        }
        let [address] = address else {
            let word = &self.world.declaration(contract).name.name;
            self.wrong_count(word, 1, address.len(), handle);
            return Value::error();
        };
        let mut parts = vec![self.typed(address, Type::Address.into())];
        let Some(signature) = self.signature_of_other(contract, name) else {
            call.arguments.iter().for_each(|argument| {
                self.value(argument, None);
            });
            return Value::error();
        };
        let mark = self.mark();
        let mut options = self.options(call.options, &["value", "gas", "reentry"]);
        if let (Some(_), false) = (&options.value, signature.is(ActionKind::Payable)) {
            let message = format!("`{}` accepts no value", name.name);
            let diagnostic = Diagnostic::error(codes::CALL_OPTION, message).label(call.span, "");
            let diagnostic = diagnostic.context(signature.span(), "declared here, not `payable`");
            self.report(diagnostic.help("remove `value`"));
            options.value = None;
        }
        let names: Vec<&ast::Identifier> =
            signature.action.parameters.iter().map(|parameter| &parameter.name).collect();
        let arguments =
            self.arguments(call.arguments, &signature.parameters, call.span, (&signature.action.name, &names));
        self.keep_before(mark, &mut parts);
        let kind = if signature.is_read_only() { CallKind::Static } else { CallKind::Normal };
        self.note_call(kind, options.reentry, call.span);
        let Ty::Value(result) = signature.result else { return Value::error() };
        let Some(target) = parts.pop() else { return Value::error() };
        let call = ContractCall {
            kind,
            target,
            input: CallInput::Action(selector(&name.name), arguments),
            value: options.value,
            gas: options.gas,
            reentry: options.reentry,
            output: CallOutput::Value(result),
        };
        Expression::invoke(call, &mut self.program.types).into()
    }

    fn note_call(&mut self, kind: CallKind, reentry: bool, span: Span) {
        self.frame.effects.read_outside(span, "this asks another contract");
        if kind != CallKind::Static {
            self.frame.effects.write(span, "this calls another contract");
            self.frame.effects.writes_anything |= reentry || kind == CallKind::Delegate;
        }
    }

    /// The signature of an action that others can call.
    fn signature_of_other(&mut self, contract: DeclarationId, name: &'w ast::Identifier) -> Option<Signature<'w>> {
        let word = self.world.declaration(contract).name.name.as_str();
        let found = self.actions_of_other(contract).get(name.name.as_str()).copied();
        let Some(action) = found.filter(|action| !action.is_constructor()) else {
            let message = format!("`{word}` has no action `{}`", name.name);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_ACTION, message).label(name.span, "");
            let near =
                self.other_actions.get(&contract).and_then(|actions| self.closest(&name.name, actions.keys().copied()));
            self.report(match near {
                _ if found.is_some() => {
                    diagnostic.note("its constructor runs at deployment only").help(format!("write `new {word}(...)`"))
                }
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            });
            return None;
        };
        if let Some(private) = action.kind(ActionKind::Private) {
            let message = format!("`{}` is private", name.name);
            let diagnostic =
                Diagnostic::error(codes::PRIVATE, message).label(name.span, "").context(private, "declared here");
            self.report(diagnostic.help("only its own contract can call it, by `this`"));
        }
        let muted = self.mute_unless_own(contract);
        let signature = self.signature(self.place_of(contract), action);
        self.muted = muted;
        Some(signature)
    }

    /// `{value: v, gas: g}`, evaluated before the arguments.
    fn options(&mut self, options: &'w [ast::CallOption], allowed: &[&str]) -> Options {
        let mut found = Options::default();
        let mut seen = std::collections::BTreeMap::new();
        for option in options {
            let name = option.name.name.as_str();
            if !allowed.contains(&name) {
                let diagnostic = Diagnostic::error(codes::CALL_OPTION, format!("this call has no option `{name}`"));
                let listed = allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let help = if allowed.is_empty() { "it has none".to_owned() } else { format!("it has {listed}") };
                self.report(diagnostic.label(option.name.span, "").help(help));
                self.value(&option.value, None);
                continue;
            }
            if let Some(first) = seen.insert(name, option.name.span) {
                self.duplicate(&option.name, first, "option");
            }
            match name {
                "value" => found.value = Some(self.option_value(&option.value, Type::U128)),
                "gas" => found.gas = Some(self.option_value(&option.value, Type::U64)),
                "salt" => found.salt = Some(self.salt(&option.value)),
                _ => match &plain(&option.value).kind {
                    ExpressionKind::Boolean(value) => found.reentry = *value,
                    _ => {
                        let diagnostic = Diagnostic::error(codes::NOT_LITERAL, "`reentry` is `true` or `false`");
                        self.report(diagnostic.label(option.value.span, ""));
                    }
                },
            }
        }
        found
    }

    fn option_value(&mut self, value: &'w ast::Expression, ty: Type) -> Expression {
        let value = self.typed(value, ty.into());
        self.repeatable(value)
    }

    /// A salt: bytes or a hash as they are, a number by its encoding.
    fn salt(&mut self, salt: &'w ast::Expression) -> Expression {
        let value = self.value(salt, None);
        let bytes = match value.ty {
            Ty::Value(Type::Integer(_)) => Expression::encode(vec![value.code]),
            _ => self.bytes_of(value, salt.span),
        };
        self.repeatable(bytes)
    }

    /// `contract_call`, `static_call`, `delegate_call`: an action by its name and arguments, or bytes as they are.
    pub(super) fn untyped_call(&mut self, name: &str, call: Call<'w>) -> Value {
        let (kind, target, allowed): (CallKind, Type, &[&str]) = match name {
            "contract_call" => (CallKind::Normal, Type::Address, &["value", "gas", "reentry"]),
            "static_call" => (CallKind::Static, Type::Address, &["gas", "reentry"]),
            _ => (CallKind::Delegate, Type::Hash, &[]),
        };
        let output = match call.types {
            [] => Some(CallOutput::Raw),
            [ast::Type { kind: ast::TypeKind::Tuple(elements), .. }] if elements.is_empty() => {
                Some(CallOutput::Value(Type::Unit))
            }
            [ty] => self.ty(self.frame.place, ty).known().map(CallOutput::Value),
            [_, second, ..] => {
                let diagnostic =
                    Diagnostic::error(codes::CALL_TYPES, format!("`{name}` takes one type")).label(second.span, "");
                self.report(diagnostic.help("write a tuple for several values: `<(A, B)>`"));
                None
            }
        };
        let [to, what, arguments @ ..] = call.arguments else {
            let message = format!("`{name}` takes a contract, and what it is asked");
            let diagnostic = Diagnostic::error(codes::ARGUMENTS, message).label(call.span, "");
            let first = if kind == CallKind::Delegate { "code_hash" } else { "address" };
            self.report(
                diagnostic
                    .help(format!("write `{name}<T>({first}, \"action\", arguments...)`, or `{name}({first}, bytes)`")),
            );
            return Value::error();
        };
        let options = self.options(call.options, allowed);
        let mut parts = vec![self.typed(to, target.into())];
        let mark = self.mark();
        let input = match &plain(what).kind {
            ExpressionKind::String(action) => {
                CallInput::Action(selector(&action.value), self.untyped_arguments(arguments))
            }
            _ => {
                if let Some(argument) = arguments.first() {
                    let diagnostic =
                        Diagnostic::error(codes::NOT_LITERAL, "the name of an action has to be written out");
                    self.report(
                        diagnostic
                            .label(what.span, "")
                            .context(argument.span, "its arguments")
                            .help("write it as a string: `\"action\"`"),
                    );
                }
                CallInput::Raw(self.typed(what, Type::Bytes.into()))
            }
        };
        self.keep_before(mark, &mut parts);
        self.note_call(kind, options.reentry, call.span);
        let (Some(target), Some(output)) = (parts.pop(), output) else { return Value::error() };
        let Options { value, gas, reentry, .. } = options;
        let call = ContractCall { kind, target, input, value, gas, reentry, output };
        Expression::invoke(call, &mut self.program.types).into()
    }

    fn untyped_arguments(&mut self, arguments: &'w [ast::Expression]) -> Vec<Expression> {
        self.in_order(arguments, |lowering, argument| {
            let value = lowering.value(argument, None);
            lowering.inferred(value, argument.span).code
        })
    }

    /// `new Token{value: v}(...)`
    pub(super) fn create_contract(
        &mut self,
        name: &'w ast::Identifier,
        options: &'w [ast::CallOption],
        arguments: &'w [ast::Expression],
        span: Span,
    ) -> Value {
        let found = self.contract_named(&name.name).map(|id| (id, self.world.declaration(id).kind));
        let Some((id, DeclarationKind::Contract(contract))) = found else {
            if !name.name.is_empty() {
                let what = if found.is_some() {
                    format!("`{}` is a protocol: it has no code", name.name)
                } else {
                    format!("there is no contract `{}`", name.name)
                };
                let diagnostic = Diagnostic::error(codes::UNKNOWN_CONTRACT, what).label(name.span, "");
                self.report(diagnostic.help("`use` the file that exports the contract; by the hash of its code it is made by `create(code_hash, ...)`"));
            }
            arguments.iter().for_each(|argument| {
                self.value(argument, None);
            });
            return Value::error();
        };
        if self.home.owner == Some(id) {
            let diagnostic =
                Diagnostic::error(codes::CREATION_CYCLE, "a contract can't contain the hash of its own code");
            self.report(diagnostic.label(span, "").help("write `create(this.code_hash, ...)`"));
        }
        self.creates.insert(id);
        let options = self.options(options, &["value", "gas", "salt"]);
        let constructors: Vec<&'w ast::Action> = contract
            .members
            .iter()
            .filter_map(|member| match &member.kind {
                MemberKind::Action(action) if action.is_constructor() => Some(action),
                _ => None,
            })
            .collect();
        let main = constructors.iter().find(|action| matches!(action.name.name.as_str(), "constructor" | "init"));
        let arguments = match (main, constructors.first()) {
            (Some(action), _) => {
                let muted = self.mute_unless_own(id);
                let signature = self.signature(self.place_of(id), action);
                self.muted = muted;
                if let (Some(_), false) = (&options.value, signature.is(ActionKind::Payable)) {
                    let diagnostic =
                        Diagnostic::error(codes::CALL_OPTION, "the constructor accepts no value").label(span, "");
                    self.report(
                        diagnostic.context(action.name.span, "declared here, not `payable`").help("remove `value`"),
                    );
                }
                let names: Vec<&ast::Identifier> = action.parameters.iter().map(|parameter| &parameter.name).collect();
                self.arguments(arguments, &signature.parameters, span, (&action.name, &names))
            }
            (None, None) => self.arguments(arguments, &[], span, (&contract.name, &[])),
            (None, Some(other)) => {
                let message = format!("`{}` has no constructor that is called just `constructor`", name.name);
                let diagnostic = Diagnostic::error(codes::CONSTRUCTOR, message)
                    .label(span, "")
                    .context(other.name.span, "this one has a name");
                self.report(diagnostic.help("`new` calls `action constructor(...)`; add one"));
                Vec::new()
            }
        };
        self.frame.effects.write(span, "this creates a contract");
        self.frame.effects.reads_outside = true;
        let code = Expression::hash(self.hashes.get(&id).copied().unwrap_or_default());
        let Options { value, gas, salt, .. } = options;
        let input = CallInput::Action(selector("new"), arguments);
        Expression::create(Creation { code, input, value, gas, salt }).into()
    }

    /// `create{value: v}(code_hash, ...)`
    pub(super) fn create_from_hash(&mut self, call: Call<'w>) -> Value {
        if let Some(ty) = call.types.first() {
            self.report(Diagnostic::error(codes::CALL_TYPES, "this call takes no types").label(ty.span, ""));
        }
        let Some((code, arguments)) = call.arguments.split_first() else {
            self.report(
                Diagnostic::error(
                    codes::ARGUMENTS,
                    "`create` takes the hash of the code, and what its constructor takes",
                )
                .label(call.span, "")
                .help("write `create(code_hash, arguments...)`"),
            );
            return Value::error();
        };
        let options = self.options(call.options, &["value", "gas", "salt"]);
        let mut parts = vec![self.typed(code, Type::Hash.into())];
        let mark = self.mark();
        let arguments = self.untyped_arguments(arguments);
        self.keep_before(mark, &mut parts);
        self.frame.effects.write(call.span, "this creates a contract");
        self.frame.effects.reads_outside = true;
        let Some(code) = parts.pop() else { return Value::error() };
        let Options { value, gas, salt, .. } = options;
        let input = CallInput::Action(selector("new"), arguments);
        Expression::create(Creation { code, input, value, gas, salt }).into()
    }
}
