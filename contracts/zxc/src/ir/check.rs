//! Proves that a program is well typed and within [`limits`]. What comes after relies on it and proves nothing again.
//!
//! A program that the checker of the source has lowered can only fail on a limit: everything else is an error of the compiler,
//! and the message is for its makers. The first error is enough.

mod expression;
mod statement;

use std::collections::BTreeSet;

use super::layout::Layouts;
use super::{Cell, CellKind, Entry, Event, Expression, Function, FunctionId, Program, Shape, Type, limits};

/// What is wrong with a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The contract is larger than contracts may be.
    #[error("{subject}: more than {max} {what}")]
    Limit {
        /// Whose.
        subject: String,
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        max: usize,
    },
    /// The compiler has made something that makes no sense.
    #[error("{subject}: {what}")]
    Malformed {
        /// Where.
        subject: String,
        /// What.
        what: String,
    },
}

type Result<T = ()> = std::result::Result<T, CheckError>;

/// Checks a program.
pub fn check(program: &Program) -> Result {
    let mut checker = Checker {
        program,
        layouts: Layouts::new(&program.types),
        subject: program.name.clone(),
        function: None,
        nodes: 0,
        constant_bytes: 0,
    };
    checker.types()?;
    checker.cells()?;
    checker.events()?;
    checker.functions()?;
    checker.entries()
}

struct Checker<'a> {
    program: &'a Program,
    layouts: Layouts,
    subject: String,
    function: Option<&'a Function>,
    nodes: usize,
    constant_bytes: usize,
}

impl<'a> Checker<'a> {
    fn types(&self) -> Result {
        let shapes = self.program.types.shapes();
        self.at_most(shapes.len(), limits::TYPES_MAX, "types")?;
        for (shape, layout) in shapes.iter().zip(self.layouts.composite()) {
            self.at_most(layout.depth, limits::TYPE_DEPTH_MAX, "types nested in each other")?;
            self.at_most(layout.size as usize, limits::VALUE_BYTES_MAX as usize, "bytes in a value")?;
            match shape {
                Shape::List(element) => {
                    self.known(*element)?;
                    if self.layouts.of(*element).size == 0 {
                        return self.fail("a list of nothing");
                    }
                }
                Shape::Option(content) => self.known(*content)?,
                Shape::Tuple(elements) => {
                    self.at_most(elements.len(), limits::FIELDS_MAX, "elements in a tuple")?;
                    elements.iter().try_for_each(|ty| self.known(*ty))?;
                }
                Shape::Record { fields, .. } => {
                    self.at_most(fields.len(), limits::FIELDS_MAX, "fields in a record")?;
                    fields.iter().try_for_each(|(_, ty)| self.known(*ty))?;
                }
                Shape::Enum { variants, .. } => {
                    self.at_most(variants.len(), limits::VARIANTS_MAX, "variants in an enum")?;
                    if variants.is_empty() {
                        return self.fail("an enum without variants");
                    }
                }
            }
        }
        Ok(())
    }

    /// The type is of this program.
    fn known(&self, ty: Type) -> Result {
        use super::Type::{Enum, List, Option, Record, Tuple};
        let fits = match (ty, self.program.types.shape(ty)) {
            (List(_), shape) => matches!(shape, Some(Shape::List(_))),
            (Option(_), shape) => matches!(shape, Some(Shape::Option(_))),
            (Tuple(_), shape) => matches!(shape, Some(Shape::Tuple(_))),
            (Record(_), shape) => matches!(shape, Some(Shape::Record { .. })),
            (Enum(_), shape) => matches!(shape, Some(Shape::Enum { .. })),
            _ => true,
        };
        if !fits {
            return self.fail(format!("{ty:?} is no type of the program"));
        }
        Ok(())
    }

    fn cells(&mut self) -> Result {
        let cells = &self.program.cells;
        self.at_most(cells.len(), limits::CELLS_MAX, "storage members")?;
        let mut roots = BTreeSet::new();
        for cell in cells {
            self.subject.clone_from(&cell.name);
            self.at_most(cell.keys.len(), limits::KEYS_MAX, "keys")?;
            cell.keys.iter().chain([&cell.value]).try_for_each(|ty| self.known(*ty))?;
            let least = cell.keys.iter().map(|key| self.layouts.of(*key).encoded_min).fold(36, u32::saturating_add);
            self.at_most(least as usize, limits::KEY_BYTES_MAX as usize, "bytes in a storage key")?;
            if cell.kind == CellKind::Enumerable && cell.keys.is_empty() {
                return self.fail("an enumerable cell without keys");
            }
            if let (CellKind::Enumerable, Some(key)) = (cell.kind, cell.keys.last())
                && self.layouts.of(*key).size == 0
            {
                return self.fail("an enumerable cell with a key of nothing");
            }
            if !parts(cell).into_iter().all(|root| roots.insert(root)) {
                return self.fail("another member has this path");
            }
        }
        Ok(())
    }

    fn events(&mut self) -> Result {
        let events = &self.program.events;
        self.at_most(events.len(), limits::EVENTS_MAX, "events")?;
        for Event { name, fields, .. } in events {
            self.subject.clone_from(name);
            self.at_most(fields.len(), limits::FIELDS_MAX, "fields in an event")?;
            let indexed = fields.iter().filter(|field| field.indexed).count();
            self.at_most(indexed, limits::INDEXED_MAX, "indexed fields")?;
            fields.iter().try_for_each(|field| self.known(field.ty))?;
        }
        Ok(())
    }

    fn functions(&mut self) -> Result {
        let functions = &self.program.functions;
        self.at_most(functions.len(), limits::FUNCTIONS_MAX, "functions")?;
        for function in functions {
            self.subject.clone_from(&function.name);
            self.at_most(function.parameters, limits::PARAMETERS_MAX, "parameters")?;
            self.at_most(function.locals.len(), limits::LOCALS_MAX, "locals")?;
            if function.parameters > function.locals.len() {
                return self.fail("more parameters than locals");
            }
            function.locals.iter().try_for_each(|local| self.known(local.ty))?;
            self.known(function.result)?;
            self.function = Some(function);
            self.block(&function.body, statement::Scope::default())?;
        }
        self.function = None;
        Ok(())
    }

    fn entries(&mut self) -> Result {
        let entries = &self.program.entries;
        self.at_most(entries.len(), limits::ENTRIES_MAX, "actions")?;
        let mut selectors = BTreeSet::new();
        for Entry { name, selector, kind, function, .. } in entries {
            self.subject.clone_from(name);
            self.callee(*function)?;
            if !selectors.insert((*kind as u8, selector)) {
                return self.fail("another action has the same selector");
            }
        }
        if let Some(fallback) = self.program.fallback {
            let function = self.callee(fallback)?;
            let parameters: Vec<Type> =
                function.locals.iter().take(function.parameters).map(|local| local.ty).collect();
            if parameters != [Type::Bytes] || function.result != Type::Bytes {
                return self.fail("the fallback is no function from bytes to bytes");
            }
        }
        Ok(())
    }

    fn callee(&self, id: FunctionId) -> Result<&'a Function> {
        self.found(self.program.functions.get(id.index()), "function")
    }

    fn cell(&self, id: super::CellId) -> Result<&'a Cell> {
        self.found(self.program.cells.get(id.index()), "cell")
    }

    fn found<T>(&self, item: Option<T>, what: &str) -> Result<T> {
        item.ok_or_else(|| self.error(format!("no such {what}")))
    }

    /// One more node.
    fn node(&mut self) -> Result {
        self.nodes += 1;
        self.at_most(self.nodes, limits::NODES_MAX, "statements and expressions in the contract")
    }

    fn same(&self, expected: Type, actual: Type, what: &str) -> Result {
        if expected == actual {
            return Ok(());
        }
        self.fail(format!("{what}: {expected:?} expected, {actual:?} found"))
    }

    fn typed(&mut self, expression: &Expression, ty: Type, depth: usize, what: &str) -> Result {
        self.same(ty, expression.ty, what)?;
        self.expression(expression, depth)
    }

    fn at_most(&self, count: usize, max: usize, what: &'static str) -> Result {
        if count <= max {
            return Ok(());
        }
        Err(CheckError::Limit { subject: self.subject.clone(), what, max })
    }

    fn fail<T>(&self, what: impl Into<String>) -> Result<T> {
        Err(self.error(what))
    }

    fn error(&self, what: impl Into<String>) -> CheckError {
        CheckError::Malformed { subject: self.subject.clone(), what: what.into() }
    }
}

/// The root keys that a cell has.
fn parts(cell: &Cell) -> Vec<[u8; 32]> {
    let parts: &[&str] = match cell.kind {
        CellKind::Plain => &[],
        CellKind::Enumerable => &["#position", "#keys", "#key"],
        CellKind::Ledger => &["#version"],
    };
    parts.iter().map(|part| cell.part(part)).chain([cell.root()]).collect()
}

#[cfg(test)]
mod tests;
