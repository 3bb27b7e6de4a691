//! Records, tuples, enums: literals, fields, parts.

use super::expression::plain;
use crate::{
    analysis::{
        Lowering, codes,
        value::{Reference, Ty, Value},
        world::DeclarationKind,
    },
    diagnostics::Diagnostic,
    ir::{Expression, Integer, Shape, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

impl<'w> Lowering<'w> {
    /// `Point { x: 1, y: 2 }`: the values are evaluated as they are written.
    pub(super) fn record_literal(
        &mut self,
        name: &'w ast::Identifier,
        fields: &'w [ast::FieldValue],
        span: Span,
    ) -> Value {
        let place = self.frame.place;
        let found = self.world.find(place, &name.name).map(|id| (id, self.world.declaration(id).kind));
        let Some((id, DeclarationKind::Record(record))) = found else {
            self.no_record(name);
            fields.iter().for_each(|field| {
                self.value(&field.value, None);
            });
            return Value::error();
        };
        let ty = self.record(id, record, name.span);
        let declared: Vec<(String, Type)> = match self.program.types.shape(ty.or_unit()) {
            Some(Shape::Record { fields, .. }) => fields.clone(),
            _ => Vec::new(),
        };
        let mut values: Vec<Option<Expression>> = vec![None; declared.len()];
        let mut spans: std::collections::BTreeMap<&str, Span> = std::collections::BTreeMap::new();
        // The record's parts are evaluated in its order: where that is not the literal's, each is kept as it comes.
        let order = fields.iter().map(|field| declared.iter().position(|(name, _)| *name == field.name.name));
        let unordered = !order.is_sorted();
        for field in fields {
            let index = declared.iter().position(|(name, _)| *name == field.name.name);
            if let Some(first) = spans.insert(&field.name.name, field.name.span) {
                let diagnostic =
                    Diagnostic::error(codes::RECORD_FIELDS, format!("the field `{}` is there twice", field.name.name));
                self.report(
                    diagnostic.label(field.name.span, "").context(first, "the first").help("remove one of them"),
                );
            }
            let Some(index) = index else {
                if ty != Ty::Error {
                    self.no_field(ty.or_unit(), &field.name);
                }
                self.value(&field.value, None);
                continue;
            };
            let mark = self.mark();
            let mut value = self.typed(&field.value, declared[index].1.into());
            if unordered {
                value = self.repeatable(value);
            }
            self.keep_before(mark, values.iter_mut().flatten());
            values[index] = Some(value);
        }
        if ty == Ty::Error {
            return Value::error();
        }
        let missing: Vec<String> = declared
            .iter()
            .filter(|(name, _)| !spans.contains_key(name.as_str()))
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("a `{}` lacks {}", name.name, missing.join(", "));
            let diagnostic = Diagnostic::error(codes::RECORD_FIELDS, message).label(span, "");
            self.report(diagnostic.help("give each field a value"));
        }
        let mut parts = Vec::new();
        for (value, (_, ty)) in values.into_iter().zip(&declared) {
            parts.push(value.unwrap_or_else(|| Expression::zero(*ty)));
        }
        Expression::tuple(ty.or_unit(), parts).into()
    }

    fn no_record(&mut self, name: &ast::Identifier) {
        let place = self.frame.place;
        if let Some(id) = self.world.find(place, &name.name) {
            let message = format!("`{}` is {}, no record", name.name, self.world.declaration(id).kind.word());
            return self.report(Diagnostic::error(codes::OTHER_KIND, message).label(name.span, ""));
        }
        let records = self.names_of(|kind| matches!(kind, DeclarationKind::Record(_)));
        let near = self.closest(&name.name, records);
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no record `{}`", name.name)).label(name.span, "");
        self.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("declare it: `record {} {{ field: Type }}`", name.name)),
        });
    }

    /// `base.name`
    pub(super) fn member(&mut self, base: &'w ast::Expression, name: &'w ast::Identifier, span: Span) -> Reference {
        match &plain(base).kind {
            ExpressionKind::This => return self.member_of_this(name, span),
            ExpressionKind::Name(word) if !self.frame.variables.contains_key(word.as_str()) => {
                if let Some(value) = self.named_member(word, name, span) {
                    return Reference::Value(value);
                }
            }
            _ => {}
        }
        let value = self.value(base, None);
        let value = match value.ty {
            Ty::Value(ty) => match self.field_of(ty, name) {
                Some((index, _)) => value.code.field(index, &self.program.types).into(),
                None => Value::error(),
            },
            Ty::Null => {
                self.inferred(value, base.span);
                Value::error()
            }
            Ty::Error => Value::error(),
        };
        Reference::Value(value)
    }

    /// A member of something that has a name but is no variable: `TX.caller`, `Status.Open`.
    fn named_member(&mut self, word: &'w str, name: &'w ast::Identifier, span: Span) -> Option<Value> {
        if matches!(word, "TX" | "gas") {
            return Some(self.context(word, name, span));
        }
        if self.frame.place.owner.is_some() && self.members.contains_key(word) {
            return None;
        }
        let id = self.world.find(self.frame.place, word)?;
        match self.world.declaration(id).kind {
            DeclarationKind::Enum(enumeration) => {
                let ty = self.enumeration(id, enumeration);
                Some(self.variant(ty, word, name))
            }
            _ => None,
        }
    }

    fn variant(&mut self, ty: Ty, word: &str, name: &ast::Identifier) -> Value {
        let Some(Shape::Enum { variants, .. }) = self.program.types.shape(ty.or_unit()) else { return Value::error() };
        let index = variants.iter().position(|variant| *variant == name.name);
        if let Some(index) = index.and_then(|index| u8::try_from(index).ok()) {
            return Expression::variant(ty.or_unit(), index).into();
        }
        let variants = variants.clone();
        let names: Vec<&str> = variants.iter().map(String::as_str).collect();
        let diagnostic = Diagnostic::error(codes::UNKNOWN_MEMBER, format!("`{word}` has no value `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        self.report(match self.closest(&name.name, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("it has {}", listed(&names))),
        });
        Value::error()
    }

    /// The field `name` of a value of type `ty`: its index and its type. None, and a complaint, if there is none.
    pub(super) fn field_of(&mut self, ty: Type, name: &ast::Identifier) -> Option<(u32, Type)> {
        if let Some(Shape::Record { fields, .. }) = self.program.types.shape(ty)
            && let Some(index) = fields.iter().position(|(field, _)| *field == name.name)
        {
            return Some((u32::try_from(index).ok()?, fields[index].1));
        }
        self.no_field(ty, name);
        None
    }

    fn no_field(&mut self, ty: Type, name: &ast::Identifier) {
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_MEMBER,
            format!("{} has no member `{}`", self.quote(ty.into()), name.name),
        );
        let diagnostic = diagnostic.label(name.span, "");
        let fields: Vec<String> = match self.program.types.shape(ty) {
            Some(Shape::Record { fields, .. }) => fields.iter().map(|(field, _)| field.clone()).collect(),
            _ => Vec::new(),
        };
        let names: Vec<&str> = fields.iter().map(String::as_str).collect();
        let near = if names.is_empty() { None } else { self.closest(&name.name, names.iter().copied()) };
        let built_in = match name.name.as_str() {
            "length" | "size" | "count" => Some("write `len(x)`"),
            "push" | "append" | "add" => Some("write `push(list, x)`"),
            "pop" => Some("write `pop(list)`"),
            "contains" | "includes" | "has" => Some("write `contains(list, x)`"),
            "keys" => Some("write `keys(map)`"),
            _ => None,
        };
        self.report(match (near, built_in) {
            (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
            (None, Some(help)) => diagnostic.help(help),
            _ if self.program.types.content(ty).is_some() => {
                diagnostic.help("it may be `null`: check `x != null` before")
            }
            _ if !names.is_empty() => diagnostic.help(format!("it has {}", listed(&names))),
            _ if matches!(ty, Type::Tuple(_)) => diagnostic.help("the elements of a tuple are `.0`, `.1`, ..."),
            _ => diagnostic,
        });
    }

    /// `base.0`
    pub(super) fn element(&mut self, base: &'w ast::Expression, index: u32, span: Span) -> Value {
        let value = self.value(base, None);
        let Ty::Value(ty) = value.ty else { return Value::error() };
        match self.element_of(ty, index, span) {
            Some(_) => value.code.field(index, &self.program.types).into(),
            None => Value::error(),
        }
    }

    /// The type of an element of a tuple of type `ty`. None, and a complaint, if there is none.
    pub(super) fn element_of(&mut self, ty: Type, index: u32, span: Span) -> Option<Type> {
        if let Type::Tuple(_) = ty
            && let Some(element) = self.program.types.field(ty, index)
        {
            return Some(element);
        }
        let message = format!("{} has no element {index}", self.quote(ty.into()));
        let diagnostic = Diagnostic::error(codes::UNKNOWN_MEMBER, message).label(span, "");
        self.report(match ty {
            Type::Tuple(_) => diagnostic.help("the first element is `.0`"),
            Type::Record(_) => diagnostic.help("name a field"),
            Type::List(_) => diagnostic.help("write `list[0]`"),
            _ => diagnostic,
        });
        None
    }

    /// `base[from:to]`
    pub(super) fn slice(
        &mut self,
        base: &'w ast::Expression,
        from: Option<&'w ast::Expression>,
        to: Option<&'w ast::Expression>,
    ) -> Value {
        let value = self.value(base, None);
        let mut parts = vec![value.code];
        for index in [from, to].into_iter().flatten() {
            let mark = self.mark();
            let index = self.index(index);
            self.keep_before(mark, &mut parts);
            parts.push(index);
        }
        let mut parts = parts.into_iter();
        let Some(code) = parts.next() else { return Value::error() };
        let start = if from.is_some() { parts.next() } else { None };
        let start = start.unwrap_or_else(|| Expression::integer(Integer::U32, 0));
        match value.ty {
            Ty::Error => Value::error(),
            Ty::Value(Type::List(_) | Type::Bytes | Type::String) => code.slice(start, parts.next()).into(),
            ty => {
                let message = format!("{} has no parts to take", self.quote(ty));
                let diagnostic = Diagnostic::error(codes::NO_ELEMENTS, message).label(base.span, "");
                self.report(diagnostic.help("`x[from:to]` is for lists, `bytes` and `string`"));
                Value::error()
            }
        }
    }
}

/// Some names for a message: not all of very many.
pub(super) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}
