//! What functions do to state, and what they learn of it: the base of `view`, `pure` and of which invariants are checked.
//!
//! Each function notes what it does itself, and which functions it calls; at the end the effects flow from the called to the
//! callers. So a private action or one outside of a contract needs no words: a view action may call it if it changes nothing.

use std::collections::BTreeSet;

use super::{Lowering, codes};
use crate::{
    diagnostics::Diagnostic,
    ir::{self, CellId, FunctionId},
    source::Span,
};

/// What a function does.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// The first thing that it reads besides its arguments: where, and what it is.
    pub reads: Option<(Span, &'static str)>,
    /// The first thing that it changes.
    pub writes: Option<(Span, &'static str)>,
    /// The storage members that it reads.
    pub cells_read: BTreeSet<CellId>,
    /// The storage members that it changes.
    pub cells_written: BTreeSet<CellId>,
    /// Whether it reads what other contracts or the chain can change.
    pub reads_outside: bool,
    /// Whether it may change any member: by another contract's code.
    pub writes_anything: bool,
    /// The functions that it calls, and where.
    pub calls: Vec<(FunctionId, Span)>,
}

impl Effects {
    /// It reads something besides its arguments.
    pub fn read(&mut self, span: Span, what: &'static str) {
        self.reads.get_or_insert((span, what));
    }

    /// It reads what others can change.
    pub fn read_outside(&mut self, span: Span, what: &'static str) {
        self.read(span, what);
        self.reads_outside = true;
    }

    /// It changes something.
    pub fn write(&mut self, span: Span, what: &'static str) {
        self.writes.get_or_insert((span, what));
    }

    /// Adds what a function that it calls does; true: that was something new.
    fn absorb(&mut self, called: &Self, span: Span) -> bool {
        let before = self.weight();
        if let Some((_, what)) = called.reads {
            self.read(span, what);
        }
        if let Some((_, what)) = called.writes {
            self.write(span, what);
        }
        self.cells_read.extend(&called.cells_read);
        self.cells_written.extend(&called.cells_written);
        self.reads_outside |= called.reads_outside;
        self.writes_anything |= called.writes_anything;
        before != self.weight()
    }

    fn weight(&self) -> (usize, usize, [bool; 4]) {
        let flags = [self.reads.is_some(), self.writes.is_some(), self.reads_outside, self.writes_anything];
        (self.cells_read.len(), self.cells_written.len(), flags)
    }

    /// Whether a condition that reads `read` may become false by what this does.
    pub fn may_break(&self, read: &Self) -> bool {
        self.writes.is_some()
            && (self.writes_anything || read.reads_outside || !self.cells_written.is_disjoint(&read.cells_read))
    }
}

impl Lowering<'_> {
    /// Lets the effects flow from called functions to their callers, until nothing changes. Functions that call each other in
    /// circles are fine: effects only grow.
    pub(super) fn spread_effects(&mut self) {
        let count = self.effects.len();
        if count > ir::limits::FUNCTIONS_MAX || self.program.cells.len() > ir::limits::CELLS_MAX {
            // The program will be refused, and this would take long.
            return;
        }
        let mut callers: Vec<Vec<(usize, Span)>> = vec![Vec::new(); count];
        for (caller, effects) in self.effects.iter().enumerate() {
            for (called, span) in &effects.calls {
                if let Some(list) = callers.get_mut(called.index()) {
                    list.push((caller, *span));
                }
            }
        }
        let mut changed: Vec<usize> = (0..count).collect();
        while let Some(called) = changed.pop() {
            let effects = std::mem::take(&mut self.effects[called]);
            for (caller, span) in &callers[called] {
                if *caller != called && self.effects[*caller].absorb(&effects, *span) {
                    changed.push(*caller);
                }
            }
            self.effects[called] = effects;
        }
    }

    /// Complains about a view action that changes state, or a pure one that reads it.
    pub(super) fn check_effects(&mut self, function: FunctionId, word: &'static str, name: Span) {
        let Some(effects) = self.effects.get(function.index()) else { return };
        let (writes, reads) = (effects.writes, effects.reads);
        if let Some((span, what)) = writes {
            let diagnostic = Diagnostic::error(codes::VIEW_WRITES, format!("a {word} action changes state"))
                .label(span, what)
                .context(name, format!("this action is {word}"))
                .help(format!("remove `{word}`, or what changes state"));
            return self.report(diagnostic);
        }
        if word == "pure"
            && let Some((span, what)) = reads
        {
            let diagnostic = Diagnostic::error(codes::PURE_READS, "a pure action depends on more than its arguments")
                .label(span, what)
                .context(name, "this action is pure")
                .help("write `view` for an action that reads state and changes none");
            self.report(diagnostic);
        }
    }
}
