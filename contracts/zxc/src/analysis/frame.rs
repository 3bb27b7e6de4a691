//! The function that is being lowered: its variables, what is known of them, the code so far, and what it does to state.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Lowering, codes,
    effects::Effects,
    value::Ty,
    world::{DeclarationKind, Place},
};
use crate::{
    diagnostics::Diagnostic,
    ir::{self, Expression, LocalId, Statement, Type},
    source::Span,
    syntax::ast,
};

/// What kind of function it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// An action.
    Action,
    /// A modifier: it can't return.
    Modifier,
    /// A test: it is in a contract, perhaps, but not of it.
    Test,
    /// First values of storage, invariants: expressions only.
    Expression,
}

/// A variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Where it is declared.
    pub span: Span,
    /// Where its value is.
    pub local: LocalId,
    /// Its type.
    pub ty: Ty,
    /// Whether somebody reads it.
    pub read: bool,
    /// Whether it is a parameter: those may be there for others.
    pub parameter: bool,
}

/// A function that is being lowered.
pub struct Frame<'w> {
    /// What it is.
    pub kind: FrameKind,
    /// Where its names are looked up.
    pub place: Place,
    /// Its locals so far.
    pub locals: Vec<ir::Local>,
    /// How many of them are parameters.
    pub parameters: usize,
    /// The type of its result.
    pub result: Ty,
    /// The variables that are visible.
    pub variables: BTreeMap<&'w str, Variable>,
    /// The names declared in each block around, outermost first.
    pub blocks: Vec<Vec<&'w str>>,
    /// The optional variables that are known not to be null here.
    pub not_null: BTreeSet<LocalId>,
    /// The statements of the innermost block so far.
    pub out: Vec<Statement>,
    /// How many loops are around.
    pub loops: u32,
    /// Whether nothing here may change state, so that nothing has to be undone.
    pub read_only: bool,
    /// What it does.
    pub effects: Effects,
    /// How many `as` and `expect_revert` are around: loops around them are not counted.
    pub scopes: u32,
    /// Who acted before the outermost `as` around.
    pub acts_for: Option<Expression>,
    /// Whether there are errors in it: who reads a variable is not known for certain.
    pub failed: bool,
}

impl Frame<'_> {
    /// Whether there is a contract that this runs in.
    pub fn has_this(&self) -> bool {
        self.place.owner.is_some() && self.kind != FrameKind::Test
    }

    /// A function without anything yet.
    pub fn new(kind: FrameKind, place: Place, result: Ty) -> Self {
        Self {
            kind,
            place,
            locals: Vec::new(),
            parameters: 0,
            result,
            variables: BTreeMap::new(),
            blocks: vec![Vec::new()],
            not_null: BTreeSet::new(),
            out: Vec::new(),
            loops: 0,
            read_only: false,
            effects: Effects::default(),
            scopes: 0,
            acts_for: None,
            failed: false,
        }
    }

    /// A new local.
    pub fn local(&mut self, name: &str, ty: Type) -> LocalId {
        let id = LocalId(u32::try_from(self.locals.len()).unwrap_or(u32::MAX));
        self.locals.push(ir::Local { name: name.to_owned(), ty });
        id
    }

    /// The function, of all that was lowered.
    pub fn finish(self, name: &str) -> (ir::Function, Effects) {
        let Self { parameters, locals, result, out, effects, .. } = self;
        let function = ir::Function { name: name.to_owned(), parameters, locals, result: result.or_unit(), body: out };
        (function, effects)
    }
}

impl<'w> Lowering<'w> {
    /// Adds a statement to the block.
    pub(super) fn push(&mut self, statement: Statement) {
        self.frame.out.push(statement);
    }

    /// A new local that has this value from here on.
    pub(super) fn keep(&mut self, value: Expression) -> Expression {
        let ty = value.ty;
        let local = self.frame.local("", ty);
        self.push(Statement::set(local, value));
        Expression::local(local, ty)
    }

    /// Lowers what makes up a block: its statements, and what `lower` gives. Variables declared in it end with it.
    pub(super) fn in_block<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> (Vec<Statement>, T) {
        let around = std::mem::take(&mut self.frame.out);
        self.frame.blocks.push(Vec::new());
        let result = lower(self);
        self.leave_block();
        (std::mem::replace(&mut self.frame.out, around), result)
    }

    /// The variables of the innermost block end.
    pub(super) fn leave_block(&mut self) {
        for name in self.frame.blocks.pop().unwrap_or_default() {
            let Some(variable) = self.frame.variables.remove(name) else { continue };
            if !variable.read && !variable.parameter && !name.starts_with('_') && !self.frame.failed {
                let diagnostic = Diagnostic::warning(codes::UNUSED, format!("`{name}` is never read"));
                self.report(
                    diagnostic
                        .label(variable.span, "")
                        .help(format!("remove it, or call it `_{name}` if that is meant")),
                );
            }
        }
    }

    /// Declares a parameter; all come before any other local. It may have the name of a member: `this.owner = owner`.
    pub(super) fn parameter(&mut self, name: &'w ast::Identifier, ty: Ty) {
        let local = self.declare(name, ty, true);
        self.frame.parameters = local.index() + 1;
    }

    /// Declares a variable.
    pub(super) fn variable(&mut self, name: &'w ast::Identifier, ty: Ty) -> LocalId {
        self.declare(name, ty, false)
    }

    fn declare(&mut self, name: &'w ast::Identifier, ty: Ty, parameter: bool) -> LocalId {
        let local = self.frame.local(&name.name, ty.or_unit());
        if name.name.is_empty() {
            return local;
        }
        let variable = Variable { span: name.span, local, ty, read: false, parameter };
        if matches!(name.name.as_str(), "TX" | "gas") {
            let message = format!("`{}` is what the language calls the context of a call", name.name);
            self.report(Diagnostic::error(codes::TAKEN, message).label(name.span, "").help("choose another name"));
        }
        if let Some(before) = self.frame.variables.get(name.name.as_str()) {
            let what = if before.parameter { "a parameter" } else { "a variable" };
            let diagnostic = Diagnostic::error(codes::DUPLICATE, format!("there is {what} `{}` already", name.name))
                .label(name.span, "")
                .context(before.span, "declared here")
                .help("choose another name, or assign to it: `name = value` without `let`");
            self.report(diagnostic);
            // The latter counts from here on; the block of the former will not find it, and need not.
            if let Some(first) = self.frame.variables.get_mut(name.name.as_str()) {
                *first = Variable { read: true, ..variable };
            }
            return local;
        }
        self.not_a_type(name);
        if !parameter {
            self.shadowed_member(name);
        }
        self.frame.variables.insert(&name.name, variable);
        if let Some(block) = self.frame.blocks.last_mut() {
            block.push(&name.name);
        }
        local
    }

    /// Complains about a value with the name of something that is named before a dot or braces too.
    pub(super) fn not_a_type(&mut self, name: &ast::Identifier) {
        let Some(id) = self.world.find(self.frame.place, &name.name) else { return };
        let declaration = self.world.declaration(id);
        if matches!(declaration.kind, DeclarationKind::Event(_) | DeclarationKind::Action(_)) {
            return;
        }
        let diagnostic = Diagnostic::error(codes::TAKEN, format!("`{}` is {}", name.name, declaration.kind.word()))
            .label(name.span, "")
            .context(declaration.name.span, "declared here")
            .help("choose another name");
        self.report(diagnostic);
    }

    fn shadowed_member(&mut self, name: &ast::Identifier) {
        if let Some(member) = self.members.get(name.name.as_str()) {
            let diagnostic =
                Diagnostic::warning(codes::SHADOWS, format!("`{}` hides the contract's member", name.name))
                    .label(name.span, "")
                    .context(member.span, "the member")
                    .help(format!(
                        "here, `{0}` is the variable and `this.{0}` the member; another name makes that clear",
                        name.name
                    ));
            self.report(diagnostic);
        }
    }

    /// The variable of this name.
    pub(super) fn find_variable(&mut self, name: &str, read: bool) -> Option<Variable> {
        let variable = self.frame.variables.get_mut(name)?;
        variable.read |= read;
        Some(*variable)
    }
}
