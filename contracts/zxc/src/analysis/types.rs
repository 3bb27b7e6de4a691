//! Types: from what is written to those of the intermediate representation, and back to text for messages.
//!
//! A type is resolved once for each program that needs it, since a handle of the intermediate representation belongs to one.

use super::{
    Lowering, codes,
    value::Ty,
    words,
    world::{DeclarationId, DeclarationKind, Place},
};
use crate::{
    diagnostics::Diagnostic,
    ir::{self, Shape, Type},
    source::Span,
    syntax::ast::{self, TypeKind},
};

/// How much of a type a message shows, bytes.
const SHOWN_BYTES: usize = 100;

/// What a storage member keeps: a value, or with keys a map of them.
#[derive(Clone, Debug)]
pub struct StorageType {
    /// The types of the keys, outermost first.
    pub keys: Vec<Type>,
    /// Whether the last key can be listed.
    pub enumerable: bool,
    /// The type of a value.
    pub value: Ty,
}

impl<'w> Lowering<'w> {
    /// The type of values that `ty` names at `place`.
    pub(super) fn ty(&mut self, place: Place, ty: &'w ast::Type) -> Ty {
        match &ty.kind {
            TypeKind::Error => Ty::Error,
            TypeKind::Optional(content) => {
                let content = self.ty(place, content);
                self.composite(content, |types, content| types.option(content))
            }
            TypeKind::Tuple(elements) if elements.is_empty() => {
                let diagnostic = Diagnostic::error(codes::NO_VALUE, "`()` is no type of values").label(ty.span, "");
                self.report(diagnostic.help("only the result of an action can be nothing"));
                Ty::Error
            }
            TypeKind::Tuple(elements) => {
                let elements: Vec<Ty> = elements.iter().map(|element| self.ty(place, element)).collect();
                let known: Option<Vec<Type>> = elements.into_iter().map(Ty::known).collect();
                known.map_or(Ty::Error, |known| self.program.types.tuple(&known).into())
            }
            TypeKind::Named { name, arguments } => self.named(place, name, arguments, ty.span),
        }
    }

    fn named(&mut self, place: Place, name: &'w ast::Identifier, arguments: &'w [ast::Type], span: Span) -> Ty {
        let word = name.name.as_str();
        if word.is_empty() {
            return Ty::Error;
        }
        if word == "List" {
            let Some([element]) = self.type_arguments::<1>(word, arguments, span) else { return Ty::Error };
            let element = self.ty(place, element);
            return self.composite(element, |types, element| types.list(element));
        }
        if matches!(word, "Map" | "EnumerableMap") {
            let diagnostic =
                Diagnostic::error(codes::MAP_TYPE, "a map can only be a storage member, or the value of a map in one");
            self.report(
                diagnostic
                    .label(span, "")
                    .help("declare `persistent storage name: Map<K, V>` in the contract; elsewhere, use a list"),
            );
            return Ty::Error;
        }
        if !arguments.is_empty() {
            let diagnostic = Diagnostic::error(codes::TYPE_ARGUMENTS, format!("`{word}` takes no types"));
            self.report(diagnostic.label(span, "").help("remove what is in the angle brackets"));
        }
        if let Some(ty) = words::simple_type(word) {
            return ty.into();
        }
        let Some(id) = self.world.find(place, word) else {
            self.unknown_type(place, name);
            return Ty::Error;
        };
        match self.world.declaration(id).kind {
            DeclarationKind::Record(record) => self.record(id, record, name.span),
            DeclarationKind::Enum(enumeration) => self.enumeration(id, enumeration),
            other => {
                let diagnostic = Diagnostic::error(codes::OTHER_KIND, format!("`{word}` is {}, no type", other.word()));
                let diagnostic = diagnostic.label(name.span, "");
                self.report(match other {
                    DeclarationKind::Contract(_) | DeclarationKind::Protocol(_) => diagnostic
                        .help(format!("keep the contract's `Address`, and call it by `{word}(address).action(...)`")),
                    _ => diagnostic,
                });
                Ty::Error
            }
        }
    }

    /// The type that is made of another.
    pub(super) fn composite(&mut self, part: Ty, make: impl FnOnce(&mut ir::Types, Type) -> Type) -> Ty {
        part.known().map_or(Ty::Error, |part| make(&mut self.program.types, part).into())
    }

    fn type_arguments<const N: usize>(
        &mut self,
        word: &str,
        arguments: &'w [ast::Type],
        span: Span,
    ) -> Option<[&'w ast::Type; N]> {
        let found: Vec<&'w ast::Type> = arguments.iter().collect();
        match found.try_into() {
            Ok(found) => Some(found),
            Err(_) => {
                let example = if N == 1 { format!("{word}<T>") } else { format!("{word}<K, V>") };
                let count = if N == 1 { "one type".to_owned() } else { format!("{N} types") };
                let diagnostic = Diagnostic::error(codes::TYPE_ARGUMENTS, format!("`{word}` takes {count}"));
                self.report(diagnostic.label(span, "").help(format!("write `{example}`")));
                None
            }
        }
    }

    fn unknown_type(&mut self, place: Place, name: &ast::Identifier) {
        let diagnostic = Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no type `{}`", name.name));
        let diagnostic = diagnostic.label(name.span, "");
        let near = words::foreign_type(&name.name).map(str::to_owned).or_else(|| {
            let declared = self.world.visible(place).filter(|(_, id)| {
                matches!(self.world.declaration(*id).kind, DeclarationKind::Record(_) | DeclarationKind::Enum(_))
            });
            let own = words::SIMPLE_TYPES.iter().map(|(word, _)| *word).chain(words::GENERIC_TYPES);
            self.closest(&name.name, declared.map(|(name, _)| name).chain(own))
        });
        self.report(match (self.not_exported(&name.name), near) {
            (Some(hidden), _) => diagnostic.help(hidden),
            (_, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
            _ => diagnostic.help(
                "the types are `integer`, `u8` to `u256`, `i64`, `i128`, `boolean`, `string`, `bytes`, `Address`, `Hash`, `List<T>`, `T?`, `(A, B)`, and what `record` and `enum` declare",
            ),
        });
    }

    /// The type of a record. What is wrong with its fields is told where the record itself is checked.
    pub(super) fn record(&mut self, id: DeclarationId, record: &'w ast::Record, user: Span) -> Ty {
        match self.named_types.get(&id) {
            Some(Some(ty)) => return *ty,
            Some(None) => {
                let diagnostic = Diagnostic::error(
                    codes::RECURSIVE_TYPE,
                    format!("the record `{}` contains itself", record.name.name),
                );
                self.report(
                    diagnostic
                        .label(user, "")
                        .help("keep a list of records in storage, and in each the number of another"),
                );
                return Ty::Error;
            }
            None => {}
        }
        self.named_types.insert(id, None);
        let muted = self.mute_unless_own(id);
        let ty = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.record_fields(id, record));
        self.muted = muted;
        self.named_types.insert(id, Some(ty));
        ty
    }

    fn record_fields(&mut self, id: DeclarationId, record: &'w ast::Record) -> Ty {
        let place = self.place_of(id);
        if record.fields.is_empty() || record.fields.len() > ir::limits::FIELDS_MAX {
            let (what, max) = (if record.fields.is_empty() { "no" } else { "too many" }, ir::limits::FIELDS_MAX);
            let diagnostic = Diagnostic::error(codes::LIMIT, format!("a record has {what} fields"));
            self.report(
                diagnostic.label(record.name.span, "").help(format!("a record has between 1 and {max} fields")),
            );
            return Ty::Error;
        }
        let mut fields: Vec<(&str, Ty)> = Vec::new();
        let mut seen = std::collections::BTreeMap::new();
        for field in &record.fields {
            let ty = self.ty(place, &field.ty);
            if let Some(first) = seen.insert(field.name.name.as_str(), field.name.span) {
                self.duplicate(&field.name, first, "field");
                continue;
            }
            fields.push((&field.name.name, ty));
        }
        let known: Option<Vec<(&str, Type)>> = fields.into_iter().map(|(name, ty)| Some((name, ty.known()?))).collect();
        match known {
            Some(known) => self.program.types.record(&record.name.name, &known).into(),
            None => Ty::Error,
        }
    }

    pub(super) fn enumeration(&mut self, id: DeclarationId, enumeration: &'w ast::Enum) -> Ty {
        if let Some(Some(ty)) = self.named_types.get(&id) {
            return *ty;
        }
        let muted = self.mute_unless_own(id);
        let ty = self.enum_variants(enumeration);
        self.muted = muted;
        self.named_types.insert(id, Some(ty));
        ty
    }

    fn enum_variants(&mut self, enumeration: &'w ast::Enum) -> Ty {
        let mut variants = Vec::new();
        let mut seen = std::collections::BTreeMap::new();
        for variant in &enumeration.variants {
            if let Some(first) = seen.insert(variant.name.as_str(), variant.span) {
                self.duplicate(variant, first, "value");
                continue;
            }
            variants.push(variant.name.as_str());
        }
        let diagnostic =
            |message: &str| Diagnostic::error(codes::LIMIT, message.to_owned()).label(enumeration.name.span, "");
        if variants.is_empty() {
            self.report(diagnostic("an enum has no values").help("write at least one: the first is its zero"));
            return Ty::Error;
        }
        if variants.len() > ir::limits::VARIANTS_MAX {
            let help = format!("an enum has at most {} values", ir::limits::VARIANTS_MAX);
            self.report(diagnostic("an enum has too many values").help(help));
            return Ty::Error;
        }
        self.program.types.enumeration(&enumeration.name.name, &variants).into()
    }

    /// What a storage member of type `ty` keeps.
    pub(super) fn storage_type(&mut self, place: Place, ty: &'w ast::Type) -> StorageType {
        let mut storage = StorageType { keys: Vec::new(), enumerable: false, value: Ty::Error };
        let mut ty = ty;
        // No deeper than the tree.
        while let TypeKind::Named { name, arguments } = &ty.kind
            && let word @ ("Map" | "EnumerableMap") = name.name.as_str()
        {
            let Some([key, value]) = self.type_arguments::<2>(word, arguments, ty.span) else { return storage };
            if storage.enumerable {
                let diagnostic = Diagnostic::error(codes::MAP_TYPE, "the values of an `EnumerableMap` can't be maps");
                self.report(
                    diagnostic.label(ty.span, "").help("put the `EnumerableMap` inside: `Map<A, EnumerableMap<B, T>>`"),
                );
                return storage;
            }
            let Some(key) = self.ty(place, key).known() else {
                // The value is looked at all the same, for what else is wrong.
                self.storage_type(place, value);
                return storage;
            };
            storage.keys.push(key);
            storage.enumerable = word == "EnumerableMap";
            ty = value;
        }
        if storage.keys.len() > ir::limits::KEYS_MAX {
            let message = format!("maps are nested more than {} deep", ir::limits::KEYS_MAX);
            self.report(
                Diagnostic::error(codes::LIMIT, message)
                    .label(ty.span, "")
                    .help("use a tuple as key: `Map<(A, B), V>`"),
            );
            return storage;
        }
        storage.value = self.ty(place, ty);
        storage
    }

    /// The type as it is written; of a very long one, the beginning: inferred tuples of tuples may be longer than any memory.
    pub(super) fn show(&self, ty: Type) -> String {
        let mut text = String::new();
        self.write_type(ty, SHOWN_BYTES, &mut text);
        text
    }

    /// All of a type that was written somewhere.
    pub(super) fn show_all(&self, ty: Type) -> String {
        let mut text = String::new();
        self.write_type(ty, usize::MAX, &mut text);
        text
    }

    fn write_type(&self, ty: Type, most: usize, text: &mut String) {
        if text.len() > most {
            if !text.ends_with("...") {
                text.push_str("...");
            }
            return;
        }
        if let Some((word, _)) = words::SIMPLE_TYPES.iter().find(|(_, simple)| *simple == ty) {
            return text.push_str(word);
        }
        match self.program.types.shape(ty) {
            Some(Shape::List(element)) => {
                text.push_str("List<");
                self.write_type(*element, most, text);
                text.push('>');
            }
            Some(Shape::Option(content)) => {
                self.write_type(*content, most, text);
                text.push('?');
            }
            Some(Shape::Tuple(elements)) => {
                text.push('(');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    self.write_type(*element, most, text);
                    if text.len() > most {
                        break;
                    }
                }
                text.push_str(if elements.len() == 1 { ",)" } else { ")" });
            }
            Some(Shape::Record { name, .. } | Shape::Enum { name, .. }) => text.push_str(name),
            None => text.push_str("()"),
        }
    }

    /// The same, in the backquotes of messages.
    pub(super) fn quote(&self, ty: Ty) -> String {
        match ty {
            Ty::Value(Type::Unit) => "no value".to_owned(),
            Ty::Value(ty) => format!("`{}`", self.show(ty)),
            Ty::Null => "`null`".to_owned(),
            Ty::Error => "an unknown type".to_owned(),
        }
    }
}
