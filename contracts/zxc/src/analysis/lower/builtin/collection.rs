//! Built-ins for lists and maps: `len`, `contains`, `keys`, `remove`, `push`, `pop`.

use super::super::call::Call;
use crate::{
    analysis::{
        Lowering, codes,
        value::{Base, Map, Reference, Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{CellKind, Expression, Kind, Statement, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

impl<'w> Lowering<'w> {
    pub(super) fn collection(&mut self, name: &str, call: Call<'w>) -> Value {
        match name {
            "len" => self.exactly(name, call).map_or(Expression::zero(Type::U32).into(), |[it]| self.length(it)),
            "keys" => match self.exactly(name, call) {
                Some([map]) => match self.reference(map, None) {
                    Reference::Map(found) => self.last_keys(&found, map.span).map_or_else(Value::error, Value::from),
                    Reference::Value(value) => self.no_map(value.ty, map.span),
                },
                None => Value::error(),
            },
            "contains" => match self.exactly(name, call) {
                Some([whole, part]) => self.contains(whole, part),
                None => Expression::zero(Type::Boolean).into(),
            },
            "remove" => {
                if let Some([map, key]) = self.exactly(name, call) {
                    self.remove(map, key);
                }
                Expression::unit().into()
            }
            "push" => {
                if let Some([list, value]) = self.exactly(name, call) {
                    self.push_element(list, value);
                }
                Expression::unit().into()
            }
            _ => match self.exactly(name, call) {
                Some([list]) => self.pop_element(list),
                None => Value::error(),
            },
        }
    }

    fn no_map(&mut self, found: Ty, span: Span) -> Value {
        if found != Ty::Error {
            let message = format!("a map is needed here, not {}", self.quote(found));
            self.report(Diagnostic::error(codes::MISMATCH, message).label(span, ""));
        }
        Value::error()
    }

    fn length(&mut self, whole: &'w ast::Expression) -> Value {
        match self.reference(whole, None) {
            Reference::Map(map) => match self.last_keys(&map, whole.span) {
                Some(_) => Expression::new(Type::U32, Kind::Count(map.cell, map.keys)).into(),
                None => Expression::zero(Type::U32).into(),
            },
            Reference::Value(value) => match value.ty {
                Ty::Value(Type::List(_) | Type::Bytes | Type::String) => value.code.length().into(),
                Ty::Error => Expression::zero(Type::U32).into(),
                ty => {
                    let message = format!("{} has no length", self.quote(ty));
                    let diagnostic = Diagnostic::error(codes::MISMATCH, message).label(whole.span, "");
                    self.report(diagnostic.help("`len` is for lists, `bytes`, `string` and each `EnumerableMap`"));
                    Expression::zero(Type::U32).into()
                }
            },
        }
    }

    fn contains(&mut self, whole: &'w ast::Expression, part: &'w ast::Expression) -> Value {
        let value = match self.reference(whole, None) {
            Reference::Map(map) => {
                let Some(map) = self.complete(map, part, whole.span) else {
                    return Expression::zero(Type::Boolean).into();
                };
                self.frame.effects.read(whole.span, "this reads storage");
                self.frame.effects.cells_read.insert(map.cell);
                return Expression::exists(map.cell, map.keys).into();
            }
            Reference::Value(value) => value,
        };
        let element = match value.ty {
            Ty::Value(ty @ (Type::List(_) | Type::Bytes)) => self.program.types.element(ty),
            Ty::Error => None,
            ty => {
                let message = format!("{} has no elements", self.quote(ty));
                let diagnostic = Diagnostic::error(codes::MISMATCH, message).label(whole.span, "");
                self.report(diagnostic.help("`contains` is for lists, `bytes` and maps"));
                None
            }
        };
        let mut code = value.code;
        let mark = self.mark();
        let part = self.typed(part, element.map_or(Ty::Error, Ty::from));
        self.keep_before(mark, [&mut code]);
        if element.is_none() { Expression::zero(Type::Boolean).into() } else { code.contains(part).into() }
    }

    /// A map with its last key. None, and a complaint, if there are more missing.
    fn complete(&mut self, map: Map, key: &'w ast::Expression, span: Span) -> Option<Map> {
        let map = self.with_key(map, key);
        if self.program.cells[map.cell.index()].keys.len() == map.keys.len() {
            return Some(map);
        }
        let diagnostic =
            Diagnostic::error(codes::MAP_VALUE, "the entries of this map are maps themselves").label(span, "");
        self.report(diagnostic.help("give the keys of the maps around the last: `map[key]`"));
        None
    }

    fn remove(&mut self, map: &'w ast::Expression, key: &'w ast::Expression) {
        match self.reference(map, None) {
            Reference::Map(found) => {
                let Some(found) = self.complete(found, key, map.span) else { return };
                if self.program.cells[found.cell.index()].kind == CellKind::Ledger {
                    let diagnostic = Diagnostic::error(codes::NOT_A_PLACE, "nothing is ever removed from a ledger");
                    return self.report(diagnostic.label(map.span, "").help("write a version that stands for nothing"));
                }
                self.frame.effects.write(map.span, "this writes storage");
                self.frame.effects.cells_written.insert(found.cell);
                self.push(Statement::Clear(found.cell, found.keys));
            }
            Reference::Value(value) => {
                self.no_map(value.ty, map.span);
                self.value(key, None);
            }
        }
    }

    fn push_element(&mut self, list: &'w ast::Expression, value: &'w ast::Expression) {
        let mut target = self.target(list);
        let element = self.list_element(&target.base, target.ty, list.span);
        // As all arguments: which list it is comes before what is added.
        self.settle(&mut target);
        let mark = self.mark();
        let value = self.typed(value, element);
        let value =
            if self.mark() == mark && matches!(target.base, Base::Local(..)) { value } else { self.repeatable(value) };
        if element != Ty::Error {
            self.change_inside(target, list.span, |lowering, place| lowering.push(Statement::Push(place, value)));
        }
    }

    fn pop_element(&mut self, list: &'w ast::Expression) -> Value {
        let target = self.target(list);
        if let Some(name) = root(list) {
            self.find_variable(name, true);
        }
        let Ty::Value(element) = self.list_element(&target.base, target.ty, list.span) else { return Value::error() };
        let (local, value) = self.slot(element);
        self.change_inside(target, list.span, |lowering, place| lowering.push(Statement::Pop(place, Some(local))));
        value.into()
    }

    /// The type of the elements of a list that is changed.
    fn list_element(&mut self, base: &Base, ty: Ty, span: Span) -> Ty {
        if let Base::Map(_) = base {
            self.map_as_value(span);
            return Ty::Error;
        }
        match ty {
            Ty::Value(ty @ Type::List(_)) => self.program.types.element(ty).map_or(Ty::Error, Ty::from),
            Ty::Error => Ty::Error,
            ty => {
                let message = format!("{} is no list", self.quote(ty));
                let diagnostic = Diagnostic::error(codes::MISMATCH, message).label(span, "");
                self.report(match ty {
                    Ty::Value(Type::Bytes | Type::String) => diagnostic.help("write `x += y`"),
                    _ => diagnostic,
                });
                Ty::Error
            }
        }
    }
}

/// The variable that a place begins with.
fn root(place: &ast::Expression) -> Option<&str> {
    let mut place = place;
    loop {
        place = match &place.kind {
            ExpressionKind::Name(name) => return Some(name),
            ExpressionKind::Parenthesised(inner) => inner,
            ExpressionKind::Index { base, .. }
            | ExpressionKind::Member { base, .. }
            | ExpressionKind::Element { base, .. } => base,
            _ => return None,
        };
    }
}
