//! What can be changed: variables, storage members, and parts of them.

use crate::{
    analysis::{
        Lowering, codes,
        value::{Base, Map, Target, Ty},
    },
    diagnostics::Diagnostic,
    ir::{CellId, Expression, Kind, LocalId, Place, Projection, Shape, Statement, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind},
};

impl<'w> Lowering<'w> {
    /// What `expression` names, to be changed. Its indices are evaluated where it is used.
    pub(super) fn target(&mut self, expression: &'w ast::Expression) -> Target {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match &expression.kind {
            ExpressionKind::Parenthesised(inner) => self.target(inner),
            ExpressionKind::Name(name) => self.named_target(name, expression.span),
            ExpressionKind::Member { base, name } if matches!(base.kind, ExpressionKind::This) => {
                self.member_target(name)
            }
            ExpressionKind::Member { base, name } => {
                let target = self.target(base);
                self.field_target(target, name)
            }
            ExpressionKind::Element { base, index, index_span } => {
                let target = self.target(base);
                self.element_target(target, *index, *index_span)
            }
            ExpressionKind::Index { base, index } => {
                let target = self.target(base);
                self.index_target(target, base.span, index)
            }
            ExpressionKind::Error => Target::error(),
            _ => {
                let diagnostic =
                    Diagnostic::error(codes::NOT_A_PLACE, "this can't be changed").label(expression.span, "");
                self.report(diagnostic.help("name a variable or a storage member, or a part of one"));
                Target::error()
            }
        })
    }

    fn named_target(&mut self, name: &'w str, span: Span) -> Target {
        if let Some(variable) = self.find_variable(name, false) {
            return Target { base: Base::Local(variable.local, false), path: Vec::new(), ty: variable.ty };
        }
        match self.storage_member(name) {
            Some(target) => target,
            None => {
                self.unknown_name(name, span);
                Target::error()
            }
        }
    }

    fn member_target(&mut self, name: &'w ast::Identifier) -> Target {
        if !self.frame.has_this() {
            self.no_contract(name.span);
            return Target::error();
        }
        if matches!(name.name.as_str(), "address" | "balance" | "code_hash") {
            let message = format!("the contract's {} can't be assigned to", name.name.replace('_', " "));
            self.report(Diagnostic::error(codes::NOT_A_PLACE, message).label(name.span, ""));
            return Target::error();
        }
        match self.storage_member(&name.name) {
            Some(target) => target,
            None => {
                self.unknown_member_of_this(name);
                Target::error()
            }
        }
    }

    fn storage_member(&mut self, name: &str) -> Option<Target> {
        self.frame.place.owner?;
        let member = *self.members.get(name)?;
        let base = if self.program.cells[member.cell.index()].keys.is_empty() {
            Base::Cell(member.cell, Vec::new())
        } else {
            Base::Map(Map { cell: member.cell, keys: Vec::new() })
        };
        Some(Target { base, path: Vec::new(), ty: member.ty })
    }

    /// The part of a target begins in what is in an optional variable.
    fn enter(&mut self, target: Target, span: Span) -> Target {
        let Target { base, path, ty } = target;
        let Ty::Value(Type::Option(_)) = ty else { return Target { base, path, ty } };
        let content = ty.known().and_then(|ty| self.program.types.content(ty)).map_or(Ty::Error, Ty::from);
        match base {
            Base::Local(local, false) if path.is_empty() && self.frame.not_null.contains(&local) => {
                Target { base: Base::Local(local, true), path, ty: content }
            }
            _ => {
                let diagnostic = Diagnostic::error(codes::NULLABLE, "this may be `null`").label(span, "");
                self.report(
                    diagnostic.help(
                        "keep it in a variable, check that with `require(x != null)`, change it, and write it back",
                    ),
                );
                Target::error()
            }
        }
    }

    fn field_target(&mut self, target: Target, name: &'w ast::Identifier) -> Target {
        if let Base::Map(_) = target.base {
            self.map_as_value(name.span);
            return Target::error();
        }
        let mut target = self.enter(target, name.span);
        let Ty::Value(ty) = target.ty else { return Target::error() };
        let Some((index, field)) = self.field_of(ty, name) else { return Target::error() };
        target.path.push(Projection::Field(index));
        target.ty = field.into();
        target
    }

    fn element_target(&mut self, target: Target, index: u32, span: Span) -> Target {
        if let Base::Map(_) = target.base {
            self.map_as_value(span);
            return Target::error();
        }
        let mut target = self.enter(target, span);
        let Ty::Value(ty) = target.ty else { return Target::error() };
        let Some(element) = self.element_of(ty, index, span) else { return Target::error() };
        target.path.push(Projection::Field(index));
        target.ty = element.into();
        target
    }

    fn index_target(&mut self, target: Target, base: Span, index: &'w ast::Expression) -> Target {
        if let Base::Map(map) = target.base {
            let map = self.with_key(map, index);
            let cell = &self.program.cells[map.cell.index()];
            let complete = cell.keys.len() == map.keys.len();
            let base = if complete { Base::Cell(map.cell, map.keys) } else { Base::Map(map) };
            return Target { base, path: Vec::new(), ty: target.ty };
        }
        let mut target = self.enter(target, base);
        let element = match target.ty {
            Ty::Value(ty) => match self.program.types.shape(ty) {
                Some(Shape::List(element)) => Ty::from(*element),
                _ => {
                    let message = format!("no part of {} can be changed", self.quote(target.ty));
                    let diagnostic = Diagnostic::error(codes::NOT_A_PLACE, message).label(base, "");
                    self.report(match ty {
                        Type::Bytes | Type::String => {
                            diagnostic.help("make a new one of its parts: `x[:1] + y + x[2:]`")
                        }
                        _ => diagnostic.help("only lists and maps have an index"),
                    });
                    Ty::Error
                }
            },
            _ => {
                // It may have been a map, with any keys.
                self.value(index, None);
                return Target::error();
            }
        };
        let mark = self.mark();
        let index = self.index(index);
        // The keys and indices before it come first.
        let mut before: Vec<&mut Expression> = match &mut target.base {
            Base::Cell(_, keys) => keys.iter_mut().collect(),
            _ => Vec::new(),
        };
        before.extend(target.path.iter_mut().filter_map(|step| match step {
            Projection::Element(index) => Some(index),
            Projection::Field(_) => None,
        }));
        self.keep_before(mark, before);
        if element == Ty::Error {
            return Target::error();
        }
        target.path.push(Projection::Element(index));
        target.ty = element;
        target
    }

    /// A map with one more key.
    pub(super) fn with_key(&mut self, mut map: Map, key: &'w ast::Expression) -> Map {
        let ty = self.program.cells[map.cell.index()].keys.get(map.keys.len()).copied();
        let mark = self.mark();
        let key = self.typed(key, ty.map_or(Ty::Error, Ty::from));
        self.keep_before(mark, &mut map.keys);
        map.keys.push(key);
        map
    }

    /// The value that a target has now. What it is made of is evaluated; the target can be used once more.
    pub(super) fn read_target(&mut self, target: &mut Target, span: Span) -> Expression {
        self.settle(target);
        let mut value = match &target.base {
            Base::Local(local, entered) => {
                let ty = self.frame.locals.get(local.index()).map_or(Type::Unit, |local| local.ty);
                let value = Expression::local(*local, ty);
                if *entered { value.unwrap_some(&self.program.types) } else { value }
            }
            Base::Cell(cell, keys) => self.read_cell(*cell, keys.clone(), span),
            Base::Map(_) | Base::Error => return Expression::zero(target.ty.or_unit()),
        };
        for step in &target.path {
            value = match step {
                Projection::Field(index) => value.field(*index, &self.program.types),
                Projection::Element(index) => value.element(index.clone(), &self.program.types),
            };
        }
        value
    }

    /// Stores a value in a target.
    pub(super) fn write_target(&mut self, mut target: Target, value: Expression, span: Span) {
        match target.base {
            Base::Error | Base::Map(_) => {}
            Base::Local(local, false) => {
                if target.path.is_empty() {
                    self.forget(local, &value);
                }
                self.push(Statement::Assign(Place { local, path: target.path }, value));
            }
            Base::Cell(cell, keys) if target.path.is_empty() => {
                self.writes_cell(cell, span);
                self.push(Statement::Write(cell, keys, value));
            }
            _ => {
                // The value may come from a call that changes what the target is in: that is read after it.
                self.settle(&mut target);
                let value = self.repeatable(value);
                self.change_inside(target, span, |lowering, place| lowering.push(Statement::Assign(place, value)));
            }
        }
    }

    /// Evaluates the keys and indices of a target.
    pub(super) fn settle(&mut self, target: &mut Target) {
        if let Base::Cell(_, keys) = &mut target.base {
            for key in keys {
                let value = std::mem::replace(key, Expression::unit());
                *key = self.repeatable(value);
            }
        }
        for step in &mut target.path {
            if let Projection::Element(index) = step {
                let value = std::mem::replace(index, Expression::unit());
                *index = self.repeatable(value);
            }
        }
    }

    fn writes_cell(&mut self, cell: CellId, span: Span) {
        self.frame.effects.write(span, "this writes storage");
        self.frame.effects.cells_written.insert(cell);
    }

    /// Changes something in a target: takes what holds it into a local if it is in none, lets `change` do its work there, and
    /// writes it back.
    pub(super) fn change_inside(&mut self, mut target: Target, span: Span, change: impl FnOnce(&mut Self, Place)) {
        self.settle(&mut target);
        match target.base {
            Base::Error | Base::Map(_) => {}
            Base::Local(local, false) => change(self, Place { local, path: target.path }),
            Base::Local(local, true) => {
                let ty = self.frame.locals.get(local.index()).map_or(Type::Unit, |local| local.ty);
                let content = Expression::local(local, ty).unwrap_some(&self.program.types);
                let (held, value) = self.slot(content.ty);
                self.push(Statement::set(held, content));
                change(self, Place { local: held, path: target.path });
                let whole = value.some(&mut self.program.types);
                self.push(Statement::set(local, whole));
            }
            Base::Cell(cell, keys) => {
                self.writes_cell(cell, span);
                let (held, value) = self.slot(self.program.cells[cell.index()].value);
                let read = self.read_cell(cell, keys.clone(), span);
                self.push(Statement::set(held, read));
                change(self, Place { local: held, path: target.path });
                self.push(Statement::Write(cell, keys, value));
            }
        }
    }

    /// What is assigned to a variable may be null again.
    fn forget(&mut self, local: LocalId, value: &Expression) {
        let ty = self.frame.locals.get(local.index()).map_or(Type::Unit, |local| local.ty);
        if matches!(ty, Type::Option(_)) {
            if matches!(value.kind, Kind::Some(_)) {
                self.frame.not_null.insert(local);
            } else {
                self.frame.not_null.remove(&local);
            }
        }
    }
}

impl Target {
    /// After a complaint.
    pub(super) fn error() -> Self {
        Self { base: Base::Error, path: Vec::new(), ty: Ty::Error }
    }
}
