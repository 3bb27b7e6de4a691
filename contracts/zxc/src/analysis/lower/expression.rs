//! Expressions: which kind is lowered where, names, and how a value is made to fit what is needed.

use num_bigint::BigInt;

use crate::{
    analysis::{
        Lowering, codes,
        value::{Map, Reference, Ty, Value},
        world::DeclarationKind,
    },
    diagnostics::Diagnostic,
    ir::{CellId, Expression, Integer, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

/// What is in the parentheses.
pub fn plain(expression: &ast::Expression) -> &ast::Expression {
    let mut inner = expression;
    while let ExpressionKind::Parenthesised(next) = &inner.kind {
        inner = next;
    }
    inner
}

impl<'w> Lowering<'w> {
    /// The value of an expression. `hint` is the type that is wanted, if there is one: literals take it; the value may have
    /// another all the same.
    pub(in crate::analysis) fn value(&mut self, expression: &'w ast::Expression, hint: Option<Type>) -> Value {
        match self.reference(expression, hint) {
            Reference::Value(value) => value,
            Reference::Map(_) => {
                self.map_as_value(expression.span);
                Value::error()
            }
        }
    }

    /// The code of an expression whose type has to be `ty`.
    pub(in crate::analysis) fn typed(&mut self, expression: &'w ast::Expression, ty: Ty) -> Expression {
        let value = self.value(expression, ty.known());
        self.fitted(value, ty, expression.span)
    }

    /// A value that nothing says the type of: `null` has none.
    pub(in crate::analysis) fn inferred(&mut self, value: Value, span: Span) -> Value {
        match value.ty {
            Ty::Null => {
                let diagnostic =
                    Diagnostic::error(codes::NOT_INFERRED, "the type of `null` is not known here").label(span, "");
                self.report(diagnostic.help("write the type: `name: T? = null`"));
                Value::error()
            }
            Ty::Value(Type::Unit) => {
                let diagnostic = Diagnostic::error(codes::NO_VALUE, "this has no value").label(span, "");
                self.report(diagnostic.help("make it a statement of its own"));
                Value::error()
            }
            _ => value,
        }
    }

    /// The code of `value` as a `ty`.
    pub(in crate::analysis) fn fitted(&mut self, value: Value, ty: Ty, span: Span) -> Expression {
        let Ty::Value(wanted) = ty else { return Expression::unit() };
        if value.ty == Ty::Error {
            return Expression::zero(wanted);
        }
        match self.fit(value, wanted) {
            Ok(code) => code,
            Err(found) => {
                self.mismatch(found, wanted, span);
                Expression::zero(wanted)
            }
        }
    }

    /// The code of `value` as a `wanted`; or its type, which is another.
    pub(super) fn fit(&mut self, value: Value, wanted: Type) -> Result<Expression, Ty> {
        let found = value.ty;
        let Ty::Value(ty) = found else {
            return match wanted {
                Type::Option(_) => Ok(Expression::zero(wanted)),
                _ => Err(found),
            };
        };
        if ty == wanted {
            return Ok(value.code);
        }
        if let (Type::Integer(from), Type::Integer(to)) = (ty, wanted)
            && from.fits(to)
        {
            return Ok(value.code.convert(to));
        }
        if let Some(content) = self.program.types.content(wanted) {
            let code = self.fit(value, content)?;
            return Ok(code.some(&mut self.program.types));
        }
        Err(found)
    }

    fn mismatch(&mut self, found: Ty, wanted: Type, span: Span) {
        let label = format!("this is {}", self.quote(found));
        let message = format!("{} is needed here", self.quote(wanted.into()));
        let diagnostic = Diagnostic::error(codes::MISMATCH, message).label(span, label);
        let help = match (found, wanted) {
            (Ty::Null, _) => Some(format!("only an optional type has `null`: `{}?`", self.show(wanted))),
            (Ty::Value(found), wanted) if self.program.types.content(found) == Some(wanted) => {
                Some("give another value for `null` by `x ?? other`, or check `x != null` before".to_owned())
            }
            (Ty::Value(Type::Integer(_)), Type::Integer(_)) => {
                Some(format!("write `{}(...)`: it reverts where the number does not fit", self.show(wanted)))
            }
            (Ty::Value(Type::Integer(_) | Type::Boolean | Type::Address | Type::Hash), Type::String) => {
                Some("write `string(...)`".to_owned())
            }
            (Ty::Value(Type::Address | Type::Hash | Type::String), Type::Bytes) => {
                Some("write `bytes(...)`".to_owned())
            }
            (Ty::Value(Type::Bytes), Type::String) => {
                Some("write `string(...)`: it reverts where the bytes are no UTF-8".to_owned())
            }
            (Ty::Value(Type::Bytes), Type::Address | Type::Hash) => {
                Some(format!("write `{}(...)`: it reverts where the length is another", self.show(wanted)))
            }
            (Ty::Value(Type::Integer(_)), Type::Address) => Some(
                "an address is written with all of its 40 digits: `0x0102030405060708090a0b0c0d0e0f1011121314`"
                    .to_owned(),
            ),
            (Ty::Value(Type::Integer(_)), Type::Boolean) => Some("compare it: `x != 0`".to_owned()),
            _ => None,
        };
        self.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    /// An index: any integer.
    pub(super) fn index(&mut self, expression: &'w ast::Expression) -> Expression {
        let value = self.value(expression, None);
        match value.ty {
            Ty::Value(Type::Integer(_)) => value.code,
            Ty::Error => Expression::integer(Integer::U32, BigInt::ZERO),
            ty => {
                let message = format!("an index is a number, not {}", self.quote(ty));
                self.report(Diagnostic::error(codes::MISMATCH, message).label(expression.span, ""));
                Expression::integer(Integer::U32, BigInt::ZERO)
            }
        }
    }

    /// What an expression stands for when it is read.
    pub(super) fn reference(&mut self, expression: &'w ast::Expression, hint: Option<Type>) -> Reference {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match &expression.kind {
            ExpressionKind::Parenthesised(inner) => self.reference(inner, hint),
            ExpressionKind::Name(name) => self.name(name, expression.span),
            ExpressionKind::Index { base, index } => self.index_expression(base, index),
            ExpressionKind::Member { base, name } => self.member(base, name, expression.span),
            _ => Reference::Value(self.plain_value(expression, hint)),
        })
    }

    /// What is no name, index or member.
    fn plain_value(&mut self, expression: &'w ast::Expression, hint: Option<Type>) -> Value {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Null => match hint.filter(|ty| matches!(ty, Type::Option(_))) {
                Some(ty) => Expression::zero(ty).into(),
                None => Value::null(),
            },
            ExpressionKind::Boolean(value) => Expression::boolean(*value).into(),
            ExpressionKind::Integer(literal) => self.integer_literal(literal, false, hint, span),
            ExpressionKind::String(literal) => Expression::string(&literal.value).into(),
            ExpressionKind::Bytes(literal) => self.bytes_literal(literal, hint),
            ExpressionKind::List(elements) => self.list(elements, hint, span),
            ExpressionKind::Tuple(elements) => self.tuple(elements, hint),
            ExpressionKind::Record { name, fields } => self.record_literal(name, fields, span),
            ExpressionKind::Unary { operator, operand } => self.unary(*operator, operand, hint, span),
            ExpressionKind::Binary { left, operator, right } => self.binary(left, *operator, right, hint, span),
            ExpressionKind::Slice { base, from, to } => self.slice(base, from.as_deref(), to.as_deref()),
            ExpressionKind::Element { base, index, index_span } => self.element(base, *index, *index_span),
            ExpressionKind::Call { .. } => self.call(expression, hint),
            ExpressionKind::New { contract, options, arguments } => {
                self.create_contract(contract, options, arguments, span)
            }
            ExpressionKind::This => {
                let diagnostic = Diagnostic::error(codes::HANDLE, "`this` is no value").label(span, "");
                self.report(diagnostic.help("write `this.address`, or `this.action(...)`"));
                Value::error()
            }
            ExpressionKind::Error
            | ExpressionKind::Parenthesised(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Index { .. }
            | ExpressionKind::Member { .. } => Value::error(),
        }
    }

    fn name(&mut self, name: &'w str, span: Span) -> Reference {
        if let Some(variable) = self.find_variable(name, true) {
            let Ty::Value(ty) = variable.ty else { return Reference::Value(Value::error()) };
            let value = Expression::local(variable.local, ty);
            let known = self.frame.not_null.contains(&variable.local) && matches!(ty, Type::Option(_));
            return Reference::Value(if known { value.unwrap_some(&self.program.types) } else { value }.into());
        }
        match self.read_member(name, span) {
            Some(reference) => reference,
            None => {
                self.unknown_name(name, span);
                Reference::Value(Value::error())
            }
        }
    }

    /// A storage member of the contract.
    pub(super) fn read_member(&mut self, name: &str, span: Span) -> Option<Reference> {
        self.frame.place.owner?;
        let member = *self.members.get(name)?;
        if self.uninferred.contains(name) {
            let message = format!("the type of `{name}` is not known here");
            let diagnostic =
                Diagnostic::error(codes::NOT_INFERRED, message).label(span, "").context(member.span, "declared here");
            self.report(diagnostic.help(format!("write its type, or declare it before this: `{name}: T = ...`")));
            return Some(Reference::Value(Value::error()));
        }
        if !self.program.cells[member.cell.index()].keys.is_empty() {
            return Some(Reference::Map(Map { cell: member.cell, keys: Vec::new() }));
        }
        if member.ty == Ty::Error {
            return Some(Reference::Value(Value::error()));
        }
        Some(Reference::Value(self.read_cell(member.cell, Vec::new(), span).into()))
    }

    /// The value of a storage member.
    pub(super) fn read_cell(&mut self, cell: CellId, keys: Vec<Expression>, span: Span) -> Expression {
        self.frame.effects.read(span, "this reads storage");
        self.frame.effects.cells_read.insert(cell);
        Expression::read(&self.program, cell, keys)
    }

    fn index_expression(&mut self, base: &'w ast::Expression, index: &'w ast::Expression) -> Reference {
        let span = base.span.to(index.span);
        match self.reference(base, None) {
            Reference::Map(map) => {
                let map = self.with_key(map, index);
                let cell = &self.program.cells[map.cell.index()];
                if map.keys.len() < cell.keys.len() {
                    return Reference::Map(map);
                }
                let known = self.member_ty(map.cell);
                let value = self.read_cell(map.cell, map.keys, span);
                Reference::Value(if known == Ty::Error { Value::error() } else { value.into() })
            }
            Reference::Value(value) => Reference::Value(self.element_at(value, base.span, index)),
        }
    }

    fn member_ty(&self, cell: CellId) -> Ty {
        let name = self.program.cells[cell.index()].name.as_str();
        self.members.get(name).map_or(Ty::Error, |member| member.ty)
    }

    fn element_at(&mut self, value: Value, base: Span, index: &'w ast::Expression) -> Value {
        let Value { ty, mut code } = value;
        let mark = self.mark();
        let index_span = index.span;
        if ty == Ty::Error {
            // It may have been a map, with any keys.
            self.value(index, None);
            return Value::error();
        }
        let index = self.index(index);
        self.keep_before(mark, [&mut code]);
        match ty {
            Ty::Value(Type::List(_) | Type::Bytes) => code.element(index, &self.program.types).into(),
            ty => {
                let message = format!("{} has no elements with an index", self.quote(ty));
                let diagnostic =
                    Diagnostic::error(codes::NO_ELEMENTS, message).label(base, "").context(index_span, "the index");
                self.report(match ty {
                    Ty::Value(Type::String) => {
                        diagnostic.help("take a part of it, `text[0:1]`, or its bytes, `bytes(text)[0]`")
                    }
                    Ty::Value(Type::Tuple(_)) => diagnostic.help("an element of a tuple is written `pair.0`"),
                    Ty::Value(Type::Option(_)) => {
                        diagnostic.help("it may be `null`: check `x != null` before, or write `(x ?? other)[...]`")
                    }
                    _ => diagnostic,
                });
                Value::error()
            }
        }
    }

    /// Complains about a map where a value is needed.
    pub(super) fn map_as_value(&mut self, span: Span) {
        let diagnostic = Diagnostic::error(codes::MAP_VALUE, "a map is no value").label(span, "");
        self.report(
            diagnostic
                .note("a map is never loaded whole: each entry is a cell of storage")
                .help("name an entry: `map[key]`"),
        );
    }

    /// Complains about a name that stands for no value.
    pub(super) fn unknown_name(&mut self, name: &str, span: Span) {
        let place = self.frame.place;
        if let Some(id) = self.world.find(place, name) {
            let other = self.world.declaration(id).kind;
            let diagnostic =
                Diagnostic::error(codes::OTHER_KIND, format!("`{name}` is {}, no value", other.word())).label(span, "");
            self.report(match other {
                DeclarationKind::Enum(_) => diagnostic.help(format!("name one of its values: `{name}.Value`")),
                DeclarationKind::Record(_) => diagnostic.help(format!("write `{name} {{ field: value }}`")),
                DeclarationKind::Contract(_) | DeclarationKind::Protocol(_) => {
                    diagnostic.help(format!("write `{name}(address).action(...)`"))
                }
                DeclarationKind::Event(_) => diagnostic.help(format!("write `emit {name}(...)`")),
                DeclarationKind::Action(_) => diagnostic.help(format!("call it: `{name}(...)`")),
            });
            return;
        }
        let is_word = matches!(name, "TX" | "gas") || crate::analysis::words::is_type(name);
        let message =
            if is_word { format!("`{name}` is no value") } else { format!("there is nothing called `{name}` here") };
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message).label(span, "");
        if let Some(help) = self.name_help(name) {
            return self.report(diagnostic.help(help));
        }
        let members = self.members.keys().filter(|_| place.owner.is_some());
        let names = self.frame.variables.keys().chain(members).copied().chain(["TX", "gas"]);
        self.report(match self.closest(name, names) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    }

    /// What to write for a name that other languages have, or that stands for something that is called.
    fn name_help(&self, name: &str) -> Option<String> {
        if self.frame.place.owner.is_some() && self.actions.contains_key(name) {
            return Some(format!("an action of this contract is called by `this.{name}(...)`"));
        }
        let help = match name {
            "msg" => "write `TX.caller`, `TX.value`",
            "block" => "write `TX.block_number`, `TX.timestamp`",
            "self" => "write `this`",
            "now" => "write `TX.timestamp`",
            "caller" | "sender" => "write `TX.caller`",
            "None" | "nil" | "undefined" => "write `null`",
            "True" => "write `true`",
            "False" => "write `false`",
            "TX" => "name a part of it: `TX.caller`",
            "gas" => "name a part of it: `gas.remaining`",
            _ if crate::analysis::words::simple_type(name).is_some() => {
                return Some(format!("it is a type: `{name}(x)` converts"));
            }
            _ if crate::analysis::words::BUILT_INS.contains(&name) => {
                return Some(format!("it is called: `{name}(...)`"));
            }
            _ => return None,
        };
        Some(help.to_owned())
    }
}
