//! Storage reads: a value that was just read or written is kept in a local while nobody can have changed it.
//!
//! A walk in the order of execution with the cells that are known. Each read or write that could make one known has a number;
//! the first walk finds which of them are of use later, the second gives those a local. Where ways meet, only what all of them
//! know is known; a loop's body knows nothing that the loop may change.
//!
//! Only plain cells with keys of a fixed size, and values without pointers, take part: their reads do not revert, and keeping
//! them costs no memory of the arena.

mod effects;

use std::collections::BTreeSet;

use self::effects::Effects;
use crate::ir::layout::Layouts;
use crate::ir::walk::diverges;
use crate::ir::{
    CallKind, Cell, CellId, CellKind, Context, Expression, Kind, Local, LocalId, Place, Program, Statement, Type,
};

/// Locals that are added to a function at most.
const ADDED_MAX: usize = 64;
/// Cells that are known at a time: the first are forgotten for others, or very long functions would take very long.
const KNOWN_MAX: usize = 128;

/// Reuses reads in all functions.
pub(super) fn reuse(program: &mut Program) {
    let effects = effects::of(program);
    let layouts = Layouts::new(&program.types);
    for index in 0..program.functions.len() {
        let function = &program.functions[index];
        let (locals, mut body) = (function.locals.clone(), function.body.clone());
        let mut first = Walk::new(&program.cells, &layouts, &effects, locals.clone());
        first.block(&mut body);
        if first.hits.is_empty() {
            continue;
        }
        let mut second = Walk::new(&program.cells, &layouts, &effects, locals);
        second.wanted = Some(first.hits.into_iter().take(ADDED_MAX).collect());
        let function = &mut program.functions[index];
        second.block(&mut function.body);
        function.locals = second.locals;
    }
}

/// A cell whose value is known.
#[derive(Clone, PartialEq)]
struct Known {
    cell: CellId,
    keys: Vec<Expression>,
    /// The number of what made it known.
    number: usize,
    /// Where the value is, in the second walk.
    local: Option<LocalId>,
}

struct Walk<'a> {
    cells: &'a [Cell],
    layouts: &'a Layouts,
    effects: &'a [Effects],
    locals: Vec<Local>,
    known: Vec<Known>,
    next: usize,
    /// What is used again, for the first walk to find.
    hits: BTreeSet<usize>,
    /// What gets a local, in the second walk.
    wanted: Option<BTreeSet<usize>>,
    /// Whether nothing in this statement has changed storage before.
    clean: bool,
}

impl<'a> Walk<'a> {
    fn new(cells: &'a [Cell], layouts: &'a Layouts, effects: &'a [Effects], locals: Vec<Local>) -> Self {
        let (known, hits) = (Vec::new(), BTreeSet::new());
        Self { cells, layouts, effects, locals, known, next: 0, hits, wanted: None, clean: true }
    }

    fn block(&mut self, block: &mut Vec<Statement>) {
        for mut statement in std::mem::take(block) {
            let mut before = Vec::new();
            self.clean = true;
            self.statement(&mut statement, &mut before);
            block.append(&mut before);
            block.push(statement);
        }
    }

    fn statement(&mut self, statement: &mut Statement, before: &mut Vec<Statement>) {
        if let Statement::Loop { condition, body, step } = statement {
            return self.rounds(condition, body, step);
        }
        for expression in statement.expressions_mut() {
            self.expression(expression, false, before);
        }
        match statement {
            Statement::If(_, then, otherwise) => {
                let start = self.known.clone();
                self.block(then);
                let first = std::mem::replace(&mut self.known, start);
                self.block(otherwise);
                self.meet(first, diverges(then), diverges(otherwise));
            }
            Statement::Guard { body, handler, message, .. } => {
                let mut start = self.known.clone();
                let effects = Effects::of_block(body, self.effects);
                start.retain(|known| !effects.may_write(known.cell));
                self.block(body);
                let first = std::mem::replace(&mut self.known, start);
                self.forget_assigned(body);
                message.iter().for_each(|local| self.forget_local(*local));
                self.block(handler);
                self.meet(first, diverges(body), diverges(handler));
            }
            Statement::Write(cell, keys, value) => {
                self.known.retain(|known| known.cell != *cell);
                if self.takes_part(*cell, keys)
                    && let Some(local) = self.define(*cell, keys, value.ty)
                {
                    let kept = std::mem::replace(value, Expression::local(local, value.ty));
                    before.push(Statement::set(local, kept));
                }
            }
            Statement::Clear(cell, _) => self.known.retain(|known| known.cell != *cell),
            Statement::Assign(Place { local, .. }, _) | Statement::Push(Place { local, .. }, _) => {
                self.forget_local(*local);
            }
            Statement::Pop(place, into) => {
                self.forget_local(place.local);
                into.iter().for_each(|local| self.forget_local(*local));
            }
            _ => {}
        }
    }

    fn rounds(&mut self, condition: &mut Expression, body: &mut Vec<Statement>, step: &mut Vec<Statement>) {
        let mut effects = Effects::of_block(body, self.effects);
        effects.add(&Effects::of_block(step, self.effects));
        effects.add(&Effects::of_expression(condition, self.effects));
        self.known.retain(|known| !effects.may_write(known.cell));
        self.forget_assigned(body);
        self.forget_assigned(step);
        // Evaluated in each round: nothing may be moved before it.
        self.expression(condition, true, &mut Vec::new());
        let start = self.known.clone();
        self.block(body);
        self.known.clone_from(&start);
        self.block(step);
        self.known = start;
    }

    /// What is known where two ways meet: here and at the end of another one.
    fn meet(&mut self, first: Vec<Known>, first_diverges: bool, second_diverges: bool) {
        match (first_diverges, second_diverges) {
            (true, _) => {}
            (false, true) => self.known = first,
            (false, false) => self.known.retain(|known| first.contains(known)),
        }
    }

    fn expression(&mut self, expression: &mut Expression, conditional: bool, before: &mut Vec<Statement>) {
        let is_choice = matches!(expression.kind, Kind::Choose(..) | Kind::Coalesce(..));
        for (index, child) in expression.children_mut().into_iter().enumerate() {
            self.expression(child, conditional || is_choice && index > 0, before);
        }
        let ty = expression.ty;
        let replacement = match &expression.kind {
            Kind::Read(cell, keys) if self.takes_part(*cell, keys) => self.read(*cell, keys, ty, conditional, before),
            Kind::Call(id, _) => {
                let effects = &self.effects[id.index()];
                self.known.retain(|known| !effects.may_write(known.cell));
                self.clean &= effects.is_none();
                None
            }
            Kind::Invoke(call) if call.kind == CallKind::Static => None,
            Kind::Invoke(_) | Kind::Create(_) => {
                self.known.clear();
                self.clean = false;
                None
            }
            _ => None,
        };
        if let Some(local) = replacement {
            *expression = Expression::local(local, ty);
        }
    }

    /// The local with the value, if there is one or can be one.
    fn read(
        &mut self,
        cell: CellId,
        keys: &[Expression],
        ty: Type,
        conditional: bool,
        before: &mut Vec<Statement>,
    ) -> Option<LocalId> {
        if let Some(known) = self.known.iter().find(|known| known.cell == cell && known.keys == keys) {
            self.hits.insert(known.number);
            return known.local;
        }
        if conditional || !self.clean {
            return None;
        }
        let local = self.define(cell, keys, ty)?;
        let read = Expression::new(ty, Kind::Read(cell, keys.to_vec()));
        before.push(Statement::set(local, read));
        Some(local)
    }

    /// From here on a cell is known; the local for it, if it gets one.
    fn define(&mut self, cell: CellId, keys: &[Expression], ty: Type) -> Option<LocalId> {
        let number = self.next;
        self.next += 1;
        let local = match &self.wanted {
            Some(wanted) if wanted.contains(&number) => {
                let local = LocalId(u32::try_from(self.locals.len()).ok()?);
                let name = self.cells[cell.index()].name.clone();
                self.locals.push(Local { name, ty });
                Some(local)
            }
            _ => None,
        };
        if self.known.len() >= KNOWN_MAX {
            self.known.remove(0);
        }
        // Also without a local: both walks have to number alike.
        self.known.push(Known { cell, keys: keys.to_vec(), number, local });
        local
    }

    fn takes_part(&self, cell: CellId, keys: &[Expression]) -> bool {
        let Cell { kind, value, .. } = &self.cells[cell.index()];
        let is_fixed = |key: &Expression| self.layouts.of(key.ty).fixed && is_steady(key);
        *kind == CellKind::Plain && !self.layouts.of(*value).has_pointer && keys.iter().all(is_fixed)
    }

    fn forget_local(&mut self, local: LocalId) {
        self.known.retain(|known| !known.keys.iter().any(|key| key.kind == Kind::Local(local)));
    }

    /// Forgets what depends on locals that are assigned in a block.
    fn forget_assigned(&mut self, block: &[Statement]) {
        let mut assigned = BTreeSet::new();
        let mut collect = |statement: &Statement| {
            match statement {
                Statement::Assign(place, _) | Statement::Push(place, _) => {
                    assigned.insert(place.local);
                }
                Statement::Pop(place, into) => {
                    assigned.insert(place.local);
                    assigned.extend(into);
                }
                Statement::Guard { message, .. } => assigned.extend(message),
                _ => {}
            }
            false
        };
        block.iter().for_each(|statement| {
            statement.any(&mut collect);
        });
        assigned.into_iter().for_each(|local| self.forget_local(local));
    }
}

/// Whether an expression has the same value wherever it stands, until its local is assigned.
fn is_steady(key: &Expression) -> bool {
    match &key.kind {
        Kind::Local(_) | Kind::Constant(_) => true,
        Kind::Context(context) => !matches!(context, Context::Balance | Context::GasLeft | Context::GasUsed),
        _ => false,
    }
}
