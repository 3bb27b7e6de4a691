//! Calls: what is called, and with which arguments.

use super::{expression::plain, testing::TEST_WORDS};
use crate::{
    analysis::{
        Callee, Lowering, codes,
        signature::Signature,
        value::{Ty, Value},
        words,
        world::DeclarationKind,
    },
    diagnostics::Diagnostic,
    ir::{Expression, FunctionId, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

/// The parts of a call.
#[derive(Clone, Copy)]
pub(super) struct Call<'w> {
    pub(super) types: &'w [ast::Type],
    pub(super) options: &'w [ast::CallOption],
    pub(super) arguments: &'w [ast::Expression],
    pub(super) span: Span,
}

impl<'w> Lowering<'w> {
    pub(super) fn call(&mut self, expression: &'w ast::Expression, hint: Option<Type>) -> Value {
        let ExpressionKind::Call { callee, type_arguments, options, arguments } = &expression.kind else {
            return Value::error();
        };
        let call = Call { types: type_arguments, options, arguments, span: expression.span };
        match &plain(callee).kind {
            ExpressionKind::Name(name) => self.named_call(name, callee.span, call, hint),
            ExpressionKind::Member { base, name } => match &plain(base).kind {
                ExpressionKind::This => self.own_call(name, call),
                ExpressionKind::Call { callee: handle, options, arguments: address, .. }
                    if let ExpressionKind::Name(word) = &plain(handle).kind
                        && let Some(contract) = self.contract_named(word) =>
                {
                    self.no_options(options);
                    self.typed_call(contract, address, name, call, base.span)
                }
                _ => {
                    self.no_method(base, name);
                    self.skip(call)
                }
            },
            ExpressionKind::Error => self.skip(call),
            _ => {
                let diagnostic =
                    Diagnostic::error(codes::UNKNOWN_ACTION, "this can't be called").label(callee.span, "");
                self.report(diagnostic.help("call an action by its name: `this.action(...)`"));
                self.skip(call)
            }
        }
    }

    /// Looks at the arguments of a call that makes no sense, for what else is wrong.
    fn skip(&mut self, call: Call<'w>) -> Value {
        call.arguments.iter().for_each(|argument| {
            self.value(argument, None);
        });
        Value::error()
    }

    fn named_call(&mut self, name: &'w str, span: Span, call: Call<'w>, hint: Option<Type>) -> Value {
        if let Some(ty) = conversion(name) {
            self.plain_call(call);
            return self.convert(ty, call.arguments, call.span);
        }
        if words::BUILT_INS.contains(&name) {
            return self.built_in(name, call, hint);
        }
        let Some(id) = self.world.find(self.frame.place, name) else {
            if TEST_WORDS.contains(&name) {
                return self.test_word(name, call);
            }
            self.unknown_action(name, span);
            return self.skip(call);
        };
        match self.world.declaration(id).kind {
            DeclarationKind::Action(_) => {
                self.plain_call(call);
                match self.outside_function(id) {
                    Some((function, signature)) => self.function_call(function, &signature, call),
                    None => Value::error(),
                }
            }
            DeclarationKind::Enum(enumeration) => {
                self.plain_call(call);
                match self.enumeration(id, enumeration) {
                    Ty::Value(ty) => self.convert(ty, call.arguments, call.span),
                    _ => self.skip(call),
                }
            }
            other => {
                let (code, message, help) = match other {
                    DeclarationKind::Record(_) => (
                        codes::OTHER_KIND,
                        format!("`{name}` is a record"),
                        format!("write `{name} {{ field: value }}`"),
                    ),
                    DeclarationKind::Event(_) => {
                        (codes::OTHER_KIND, format!("`{name}` is an event"), format!("write `emit {name}(...)`"))
                    }
                    _ => (
                        codes::HANDLE,
                        format!("`{name}(...)` is no value"),
                        format!("call an action of it, `{name}(address).action(...)`, and keep the address"),
                    ),
                };
                self.report(Diagnostic::error(code, message).label(call.span, "").help(help));
                self.skip(call)
            }
        }
    }

    /// Complains about types and options, which this call does not have.
    pub(super) fn plain_call(&mut self, call: Call<'w>) {
        self.no_options(call.options);
        if let Some(ty) = call.types.first() {
            let diagnostic = Diagnostic::error(codes::CALL_TYPES, "this call takes no types").label(ty.span, "");
            self.report(diagnostic.help("remove what is in the angle brackets"));
        }
    }

    pub(super) fn no_options(&mut self, options: &'w [ast::CallOption]) {
        if let Some(option) = options.first() {
            let diagnostic = Diagnostic::error(codes::CALL_OPTION, "this call takes no options").label(option.span, "");
            self.report(diagnostic.help("only calls into other contracts, and `new`, take `{value: v, gas: g}`"));
        }
    }

    /// `this.name(...)`
    fn own_call(&mut self, name: &'w ast::Identifier, call: Call<'w>) -> Value {
        if !self.frame.has_this() {
            self.no_contract(call.span);
            return self.skip(call);
        }
        self.plain_call(call);
        let Some((function, signature)) = self.functions.get(&Callee::Own(&name.name)).cloned() else {
            self.unknown_own_action(name);
            return self.skip(call);
        };
        if signature.action.is_constructor() {
            let diagnostic =
                Diagnostic::error(codes::CONSTRUCTOR, "a constructor can't be called").label(name.span, "");
            self.report(
                diagnostic.note("it runs once, at deployment").help("move what both need into a private action"),
            );
            return self.skip(call);
        }
        self.function_call(function, &signature, call)
    }

    fn function_call(&mut self, function: FunctionId, signature: &Signature<'w>, call: Call<'w>) -> Value {
        let action = signature.action;
        let names: Vec<&ast::Identifier> = action.parameters.iter().map(|parameter| &parameter.name).collect();
        let arguments = self.arguments(call.arguments, &signature.parameters, call.span, (&action.name, &names));
        self.frame.effects.calls.push((function, call.span));
        if signature.result == Ty::Error {
            return Value::error();
        }
        Expression::call(&self.program, function, arguments).into()
    }

    /// The arguments of a call of what is declared as `name`, with parameters of these names and types.
    pub(in crate::analysis) fn arguments(
        &mut self,
        arguments: &'w [ast::Expression],
        types: &[Ty],
        span: Span,
        (name, parameters): (&ast::Identifier, &[&ast::Identifier]),
    ) -> Vec<Expression> {
        if arguments.len() != types.len() {
            let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            let diagnostic = self.count_diagnostic(&name.name, types.len(), arguments.len(), span);
            let diagnostic = diagnostic.context(name.span, "declared here");
            self.report(if names.is_empty() {
                diagnostic
            } else {
                diagnostic.help(format!("it takes ({})", names.join(", ")))
            });
        }
        self.values_of(arguments, types)
    }

    /// The same for the fields of an event.
    pub(super) fn event_arguments(
        &mut self,
        arguments: &'w [ast::Expression],
        types: &[Ty],
        span: Span,
        name: &str,
        fields: &[&str],
    ) -> Vec<Expression> {
        if arguments.len() != types.len() {
            let diagnostic = self.count_diagnostic(name, types.len(), arguments.len(), span);
            self.report(diagnostic.help(format!("its fields are ({})", fields.join(", "))));
        }
        self.values_of(arguments, types)
    }

    /// Values of these types: zeros for those that are missing.
    fn values_of(&mut self, arguments: &'w [ast::Expression], types: &[Ty]) -> Vec<Expression> {
        let mut index = 0;
        let mut values = self.in_order(arguments, |lowering, argument| {
            let ty = types.get(index).copied();
            index += 1;
            match ty {
                Some(ty) => lowering.typed(argument, ty),
                None => {
                    lowering.value(argument, None);
                    Expression::unit()
                }
            }
        });
        values.truncate(types.len());
        values.extend(types.iter().skip(values.len()).map(|ty| Expression::zero(ty.or_unit())));
        values
    }

    pub(super) fn wrong_count(&mut self, name: &str, wanted: usize, found: usize, span: Span) {
        let diagnostic = self.count_diagnostic(name, wanted, found, span);
        self.report(diagnostic);
    }

    fn count_diagnostic(&self, name: &str, wanted: usize, found: usize, span: Span) -> Diagnostic {
        let arguments = match wanted {
            0 => "no arguments".to_owned(),
            1 => "one argument".to_owned(),
            count => format!("{count} arguments"),
        };
        let given = if found == 0 {
            "there are none".to_owned()
        } else if found == 1 {
            "there is one".to_owned()
        } else {
            format!("there are {found}")
        };
        Diagnostic::error(codes::ARGUMENTS, format!("`{name}` takes {arguments}")).label(span, given)
    }

    fn unknown_action(&mut self, name: &str, span: Span) {
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_ACTION, format!("there is nothing called `{name}` that could be called"));
        let diagnostic = diagnostic.label(span, "");
        let own = self.frame.place.owner.is_some();
        if own && self.actions.contains_key(name) {
            return self.report(diagnostic.help(format!("an action of this contract is called by `this.{name}(...)`")));
        }
        if self.frame.variables.contains_key(name) || (own && self.members.contains_key(name)) {
            return self.report(diagnostic.help(format!("`{name}` is a value: an element is written `{name}[index]`")));
        }
        if let Some(help) = self.not_exported(name).or_else(|| foreign_action(name).map(str::to_owned)) {
            return self.report(diagnostic.help(help));
        }
        let declared = self.names_of(|kind| !matches!(kind, DeclarationKind::Event(_) | DeclarationKind::Record(_)));
        let built_in = words::BUILT_INS.into_iter().chain(words::SIMPLE_TYPES.iter().map(|(word, _)| *word));
        let near = self.closest(name, declared.chain(built_in));
        if let Some(near) = near {
            return self.report(diagnostic.help(format!("did you mean `{near}`?")));
        }
        let actions = self.actions.keys().copied().filter(|_| own);
        self.report(match self.closest(name, actions) {
            Some(near) => diagnostic.help(format!("did you mean `this.{near}`?")),
            None => diagnostic,
        });
    }

    fn unknown_own_action(&mut self, name: &ast::Identifier) {
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_ACTION, format!("the contract has no action `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        if self.modifiers.contains_key(name.name.as_str()) {
            return self.report(diagnostic.help(format!(
                "`{0}` is a modifier: write it behind the parameters, `action f() {0} {{ ... }}`",
                name.name
            )));
        }
        if words::BUILT_INS.contains(&name.name.as_str()) || self.world.find(self.frame.place, &name.name).is_some() {
            return self.report(diagnostic.help(format!("write `{}(...)`, without `this`", name.name)));
        }
        self.report(match self.closest(&name.name, self.actions.keys().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `this.{near}`?")),
            None => diagnostic,
        });
    }

    /// A call of a member of a value: there are none.
    fn no_method(&mut self, base: &'w ast::Expression, name: &ast::Identifier) {
        if let ExpressionKind::Name(word) = &plain(base).kind
            && !self.frame.variables.contains_key(word.as_str())
            && self.contract_named(word).is_some()
        {
            let diagnostic =
                Diagnostic::error(codes::HANDLE, format!("which `{word}` is called is not known")).label(base.span, "");
            return self.report(diagnostic.help(format!("give its address: `{word}(address).{}(...)`", name.name)));
        }
        let failed = self.failed;
        self.failed = false;
        let is_map = matches!(self.reference(base, None), crate::analysis::value::Reference::Map(_));
        let complained = std::mem::replace(&mut self.failed, failed);
        self.failed |= complained;
        if complained {
            return;
        }
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ACTION, format!("a value has no action `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        let shown = self.world.sources[base.span.file].slice(base.span);
        let shown = if shown.len() > 40 || shown.contains('\n') { "x" } else { shown };
        self.report(match name.name.as_str() {
            "push" | "append" | "add" => diagnostic.help(format!("write `push({shown}, value)`")),
            "pop" => diagnostic.help(format!("write `pop({shown})`")),
            "length" | "len" | "size" | "count" => diagnostic.help(format!("write `len({shown})`")),
            "contains" | "includes" | "has" => diagnostic.help(format!("write `contains({shown}, value)`")),
            "remove" | "delete" => diagnostic.help(format!("write `remove({shown}, key)`")),
            "keys" => diagnostic.help(format!("write `keys({shown})`")),
            "get" if is_map => diagnostic.help(format!("write `{shown}[key]`")),
            "set" | "insert" if is_map => diagnostic.help(format!("write `{shown}[key] = value`")),
            "toString" | "to_string" => diagnostic.help(format!("write `string({shown})`")),
            "transfer" | "send" => diagnostic.help(format!("write `transfer({shown}, amount)`")),
            action => diagnostic
                .help(format!("to call another contract, name its protocol: `Protocol({shown}).{action}(...)`")),
        });
    }
}

/// The type that a call by this name converts to.
fn conversion(name: &str) -> Option<Type> {
    if name == "address" { Some(Type::Address) } else { words::simple_type(name) }
}

/// What ZX has for an action of other languages.
fn foreign_action(name: &str) -> Option<&'static str> {
    Some(match name {
        "assert" => "write `require(condition, message)`",
        "sha256" => "write `hash(data, \"SHA256\")`",
        "sha3" => "write `keccak256(data)`, or `hash(data, \"SHA3-256\")`",
        "ecrecover" => "write `recover(digest, signature)`",
        "blockhash" => "write `block_hash(number)`",
        "balance" => "write `this.balance`",
        "selfdestruct" => "write `terminate(address)`",
        "log" | "println" | "console" => "write `print(...)`",
        "length" | "size" => "write `len(x)`",
        "str" | "toString" | "to_string" => "write `string(x)`",
        "int" | "uint" => "write `integer(x)`",
        _ => return None,
    })
}
