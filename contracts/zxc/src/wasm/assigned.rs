//! Which locals may be read before they are assigned: only those have to be set to zero when a function is entered.
//!
//! A walk in the order of execution with the set of locals that are certainly assigned. Where ways meet, only what all of them
//! have assigned counts; a loop's body counts for nothing after it.

use std::collections::BTreeSet;

use crate::ir::{Expression, Function, Kind, LocalId, Place, Projection, Statement};

/// The locals (no parameters) that have to be zero at the beginning.
pub(super) fn zeroed(function: &Function) -> BTreeSet<LocalId> {
    let parameters = (0..function.parameters).filter_map(|index| u32::try_from(index).ok()).map(LocalId);
    let mut walk = Walk { zeroed: BTreeSet::new() };
    walk.block(&function.body, &mut parameters.collect());
    walk.zeroed
}

type Assigned = BTreeSet<LocalId>;

struct Walk {
    zeroed: BTreeSet<LocalId>,
}

impl Walk {
    /// Goes through a block: false if what follows it is not reached.
    fn block(&mut self, block: &[Statement], assigned: &mut Assigned) -> bool {
        block.iter().all(|statement| self.statement(statement, assigned))
    }

    fn statement(&mut self, statement: &Statement, assigned: &mut Assigned) -> bool {
        statement.expressions().into_iter().for_each(|expression| self.expression(expression, assigned));
        match statement {
            Statement::Assign(place, _) if place.path.is_empty() => {
                assigned.insert(place.local);
            }
            Statement::Assign(place, _) | Statement::Push(place, _) => self.read(place.local, assigned),
            Statement::Pop(place, into) => {
                self.read(place.local, assigned);
                assigned.extend(into);
            }
            Statement::If(_, then, otherwise) => {
                let mut other = assigned.clone();
                let (first, second) = (self.block(then, assigned), self.block(otherwise, &mut other));
                match (first, second) {
                    (true, true) => assigned.retain(|local| other.contains(local)),
                    (true, false) => {}
                    (false, true) => *assigned = other,
                    (false, false) => return false,
                }
            }
            Statement::Loop { body, step, .. } => {
                let mut inner = assigned.clone();
                // A `continue` in the body may come before its assignments: the step counts on none of them.
                self.block(body, &mut inner);
                self.block(step, &mut assigned.clone());
            }
            Statement::Guard { body, message, handler, .. } => {
                let mut caught = assigned.clone();
                caught.extend(message);
                let (first, second) = (self.block(body, assigned), self.block(handler, &mut caught));
                match (first, second) {
                    (true, true) => assigned.retain(|local| caught.contains(local)),
                    (true, false) => {}
                    (false, true) => *assigned = caught,
                    (false, false) => return false,
                }
            }
            Statement::Return(_) | Statement::Revert(_) | Statement::Break | Statement::Continue => return false,
            _ => {}
        }
        true
    }

    fn expression(&mut self, expression: &Expression, assigned: &Assigned) {
        if let Kind::Local(local) = &expression.kind {
            self.read(*local, assigned);
        }
        expression.children().into_iter().for_each(|child| self.expression(child, assigned));
    }

    fn read(&mut self, local: LocalId, assigned: &Assigned) {
        if !assigned.contains(&local) {
            self.zeroed.insert(local);
        }
    }
}

/// The locals whose lists are changed in place: they share them with nobody. See [`super::owning`].
pub(super) fn changed_in_place(function: &Function) -> BTreeSet<LocalId> {
    let mut changed = BTreeSet::new();
    let mut collect = |statement: &Statement| {
        let place: Option<&Place> = match statement {
            Statement::Assign(place, _) => {
                place.path.iter().any(|step| matches!(step, Projection::Element(_))).then_some(place)
            }
            Statement::Push(place, _) | Statement::Pop(place, _) => Some(place),
            _ => None,
        };
        changed.extend(place.map(|place| place.local));
        false
    };
    function.body.iter().for_each(|statement| {
        statement.any(&mut collect);
    });
    changed
}

/// The locals that are assigned, also in part.
pub(super) fn assigned(function: &Function) -> BTreeSet<LocalId> {
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
    function.body.iter().for_each(|statement| {
        statement.any(&mut collect);
    });
    assigned
}
