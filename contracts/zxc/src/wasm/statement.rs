//! Statements.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::function::{Compiler, Destination, Held, Loop, Variable};
use crate::ir::walk::diverges;
use crate::ir::{Constant, Expression, Fault, FunctionId, Kind, LocalId, Place, Projection, Statement, Type};

impl Compiler<'_, '_> {
    pub(super) fn statements(&mut self, block: &[Statement]) {
        for statement in block {
            let mark = self.mark();
            self.statement(statement);
            self.release(mark);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::If(condition, then, otherwise) => self.branch(condition, then, otherwise),
            Statement::Loop { condition, body, step } => self.loops(condition, body, step),
            Statement::Break => {
                let Loop { leave, guards, .. } = *self.loops.last().expect("a break is in a loop");
                self.leave_guards(guards);
                self.code.br(leave);
            }
            Statement::Continue => {
                let Loop { next, guards, .. } = *self.loops.last().expect("a continue is in a loop");
                self.leave_guards(guards);
                self.code.br(next);
            }
            Statement::Return(value) => self.return_value(value.as_ref()),
            Statement::Revert(message) => {
                self.value(message);
                self.raise();
            }
            Statement::Guard { body, atomic, message, handler } => self.guard(body, *atomic, *message, handler),
            Statement::Assign(place, value) => self.assign(place, value),
            Statement::Push(place, value) => self.push(place, value),
            Statement::Pop(place, into) => self.pop(place, *into),
            _ => {
                let expressions = statement.expressions();
                self.give_back(&expressions, |it| it.simple(statement));
            }
        }
    }

    /// What stores no value in a local.
    fn simple(&mut self, statement: &Statement) {
        match statement {
            Statement::Evaluate(value) => {
                self.value(value);
                if self.held(value.ty) != Held::Nothing {
                    self.code.plain(Instruction::Drop);
                }
            }
            Statement::Emit(event, values) => self.emit(*event, values),
            Statement::Write(cell, keys, value) => self.write(*cell, keys, value),
            Statement::Clear(cell, keys) => self.clear(*cell, keys),
            Statement::Transfer(to, amount) => {
                let [to, amount] = [to, amount].map(|value| self.evaluate_and_keep(value));
                self.fetch(to);
                self.code.i32(20);
                self.fetch(amount);
                self.code.i32(16);
                self.prelude("transfer");
                self.fault_if(Fault::TransferFailed);
            }
            Statement::LimitGas(gas) => {
                self.value(gas);
                self.prelude("limit_gas");
            }
            Statement::Debug(message) => {
                self.value(message);
                self.split_text();
                self.prelude("debug_message");
                self.code.plain(Instruction::Drop);
            }
            Statement::SetCode(hash) => {
                self.value(hash);
                self.prelude("set_code_hash");
                self.fault_if(Fault::NotCallable);
            }
            Statement::Terminate(to) => {
                self.value(to);
                self.prelude("terminate");
                self.code.plain(Instruction::Unreachable);
            }
            _ => unreachable!("a simple statement"),
        }
    }

    fn branch(&mut self, condition: &Expression, then: &[Statement], otherwise: &[Statement]) {
        self.give_back(&[condition], |it| it.value(condition));
        if then.is_empty() {
            self.code.plain(Instruction::I32Eqz);
            return self.branches(otherwise, &[]);
        }
        self.branches(then, otherwise);
    }

    fn branches(&mut self, then: &[Statement], otherwise: &[Statement]) {
        let label = self.code.if_(None);
        let before = self.keys.clone();
        self.statements(then);
        let mut after = std::mem::replace(&mut self.keys, before);
        if !otherwise.is_empty() {
            self.code.else_();
            self.statements(otherwise);
        }
        match (diverges(then), diverges(otherwise)) {
            (true, _) => {}
            (false, true) => std::mem::swap(&mut self.keys, &mut after),
            (false, false) => self.keys.retain(|cell, parts| after.get(cell) == Some(parts)),
        }
        self.code.end(label);
    }

    fn loops(&mut self, condition: &Expression, body: &[Statement], step: &[Statement]) {
        self.keys.clear();
        let leave = self.code.block();
        let again = self.code.loops();
        let next = self.code.label();
        self.loops.push(Loop { leave, next, guards: self.guards.len() });
        if !matches!(condition.kind, Kind::Constant(Constant::Boolean(true))) {
            let mark = self.mark();
            self.give_back(&[condition], |it| it.value(condition));
            self.release(mark);
            self.code.plain(Instruction::I32Eqz);
            self.code.br_if(leave);
        }
        self.code.begin(next);
        self.statements(body);
        self.code.end(next);
        self.keys.clear();
        self.statements(step);
        self.code.br(again);
        self.code.end(again);
        self.code.end(leave);
        self.loops.pop();
        self.keys.clear();
    }

    fn guard(&mut self, body: &[Statement], atomic: bool, message: Option<LocalId>, handler: &[Statement]) {
        let after = self.code.block();
        self.open_guard();
        self.guards.push(atomic);
        if atomic {
            self.prelude("start_transaction");
        }
        self.statements(body);
        if atomic && !diverges(body) {
            self.prelude("commit_transaction");
        }
        // Also where the body never gets here: code that is not reached has to be valid.
        self.code.br(after);
        self.guards.pop();
        self.close_guard();
        self.keys.clear();
        if atomic {
            self.prelude("rollback_transaction");
        }
        self.code.i32(0);
        self.global_set("status");
        match message.map(|local| (local, self.variable(local))) {
            Some((local, Variable::Number(to))) => {
                self.global_get("message");
                self.code.set(to);
                self.forget_local(local);
            }
            Some((local, Variable::Frame(at))) => {
                self.address(Destination::Frame(at));
                self.global_get("message");
                self.code.store(Access::Long, 0);
                self.forget_local(local);
            }
            _ => {}
        }
        self.statements(handler);
        self.code.end(after);
        self.keys.clear();
    }

    /// Commits the atomic guards that are left, innermost first, down to so many.
    fn leave_guards(&mut self, remaining: usize) {
        let left = self.guards.split_at(remaining).1.iter().filter(|atomic| **atomic).count();
        (0..left).for_each(|_| self.prelude("commit_transaction"));
    }

    fn return_value(&mut self, value: Option<&Expression>) {
        self.leaving = true;
        match (value, self.result_to) {
            (Some(value), Some(to)) => self.store(value, Destination::Local(to, 0)),
            (Some(value), None) => self.value(value),
            (None, _) => {}
        }
        self.leaving = false;
        self.leave_guards(0);
        self.leave();
    }

    pub(super) fn call(&mut self, id: FunctionId, arguments: &[Expression], to: Option<Destination>) {
        let result = self.module.program.functions[id.index()].result;
        let shares = self.layout(result).has_list;
        if let Some(to) = to {
            self.address(to);
        }
        for argument in arguments {
            if !(shares && self.is_owned(argument)) {
                self.value(argument);
            } else if let Held::Memory(size) = self.held(argument.ty) {
                // The result may have the argument's lists.
                let at = Destination::Frame(self.slot(size));
                self.store(argument, at);
                self.address(at);
            } else {
                self.value(argument);
                self.copy_list(argument.ty);
            }
        }
        self.call_function(id);
        self.keys.clear();
    }
}

/// Places.
impl Compiler<'_, '_> {
    fn assign(&mut self, place: &Place, value: &Expression) {
        let ty = value.ty;
        if self.layout(ty).has_pointer {
            self.assign_kept(place, value);
        } else {
            let expressions: Vec<&Expression> = place
                .path
                .iter()
                .filter_map(|step| if let Projection::Element(it) = step { Some(it) } else { None })
                .collect();
            let expressions = [expressions, vec![value]].concat();
            self.give_back(&expressions, |it| it.assign_kept(place, value));
        }
        self.forget_local(place.local);
    }

    fn assign_kept(&mut self, place: &Place, value: &Expression) {
        let owning = self.owning.contains(&place.local) && !self.is_fresh(value);
        if !place.path.is_empty() {
            let at = self.place(place);
            let to = Destination::Local(at, 0);
            return self.assign_at(value, to, true, owning);
        }
        match self.variable(place.local) {
            Variable::Number(local) => {
                self.value(value);
                if self.is_owned(value) {
                    self.copy_list(value.ty);
                }
                self.code.set(local);
            }
            Variable::Frame(at) => {
                let mentions = value.any(&mut |it| it.kind == Kind::Local(place.local));
                let safe = matches!(value.kind, Kind::Binary(..) | Kind::Unary(..));
                let direct = self.guards.is_empty() && (!mentions || safe);
                self.assign_at(value, Destination::Frame(at), !direct, owning);
            }
            Variable::Nothing | Variable::Borrowed(_) => self.value(value),
        }
    }

    /// Stores a value; by way of a slot where what it replaces is needed to make it, or has to stay if making it reverts.
    fn assign_at(&mut self, value: &Expression, to: Destination, by_slot: bool, owning: bool) {
        match self.held(value.ty) {
            Held::Nothing => self.value(value),
            Held::Number(access) => {
                self.address(to);
                self.value(value);
                if self.is_owned(value) {
                    self.copy_list(value.ty);
                }
                self.code.store(access, 0);
            }
            Held::Memory(size) if by_slot => {
                let at = Destination::Frame(self.slot(size));
                self.store(value, at);
                self.address(to);
                self.address(at);
                self.copy(size);
            }
            Held::Memory(_) => self.store(value, to),
        }
        if owning {
            self.unshare(value.ty, to);
        }
    }

    /// The address of a place, in a local.
    fn place(&mut self, place: &Place) -> u32 {
        let Variable::Frame(at) = self.variable(place.local) else {
            unreachable!("what is changed in part is in the frame");
        };
        let result = self.temporary(ValType::I32);
        let (mut ty, mut offset) = (self.local_type(place.local), 0);
        let mut base = Destination::Frame(at);
        for step in &place.path {
            match step {
                Projection::Field(index) => {
                    offset += self.module.layouts.offset(&self.module.program.types, ty, *index);
                    ty = self.module.program.types.field(ty, *index).unwrap_or(Type::Unit);
                }
                Projection::Element(index) => {
                    ty = self.element(ty);
                    let size = self.layout(ty).size;
                    // The index first: what it costs comes before what is wrong with it.
                    let index = self.index(index);
                    self.address(base.plus(offset));
                    self.code.load(Access::Word, 0);
                    let list = self.keep(ValType::I32);
                    self.element_address(list, index, size);
                    self.code.set(result);
                    (base, offset) = (Destination::Local(result, 0), 8);
                }
            }
        }
        self.address(base.plus(offset));
        self.code.set(result);
        result
    }

    fn push(&mut self, place: &Place, value: &Expression) {
        let (ty, size) = (value.ty, self.layout(value.ty).size);
        let at = self.place(place);
        let owning = !self.is_fresh(value);
        let kept = self.evaluate_and_keep(value);
        self.code.get(at);
        self.code.i32(size);
        self.prelude("list_push");
        let element = self.keep(ValType::I32);
        self.code.get(element);
        self.fetch(kept);
        match self.held(ty) {
            Held::Number(access) => self.code.store(access, 0),
            Held::Memory(size) => self.copy(size),
            Held::Nothing => {}
        }
        if owning || self.is_owned(value) {
            self.unshare(ty, Destination::Local(element, 0));
        }
        self.forget_local(place.local);
    }

    fn pop(&mut self, place: &Place, into: Option<LocalId>) {
        let at = self.place(place);
        let list = self.temporary(ValType::I32);
        self.code.get(at);
        self.code.load(Access::Word, 0);
        self.code.tee(list);
        self.code.load(Access::Word, 0);
        self.code.plain(Instruction::I32Eqz);
        self.fault_if(Fault::EmptyList);
        let ty = into.map_or(Type::Unit, |local| self.local_type(local));
        let size = self.popped_size(place);
        self.code.get(list);
        self.code.i32(size);
        self.prelude("list_pop");
        match into.map(|local| (local, self.variable(local))) {
            Some((local, Variable::Number(to))) => {
                self.part(ty, 0);
                self.code.set(to);
                self.forget_local(local);
            }
            Some((local, Variable::Frame(to))) => {
                let element = self.keep(ValType::I32);
                self.address(Destination::Frame(to));
                self.code.get(element);
                self.part(ty, 0);
                match self.held(ty) {
                    Held::Number(access) => self.code.store(access, 0),
                    _ => self.copy(size),
                }
                self.forget_local(local);
            }
            _ => self.code.plain(Instruction::Drop),
        }
        self.forget_local(place.local);
    }

    /// The size of the elements of the list in a place.
    fn popped_size(&self, place: &Place) -> u32 {
        let types = &self.module.program.types;
        let ty = place.path.iter().fold(self.local_type(place.local), |ty, step| match step {
            Projection::Field(index) => types.field(ty, *index).unwrap_or(Type::Unit),
            Projection::Element(_) => types.element(ty).unwrap_or(Type::Unit),
        });
        self.layout(self.element(ty)).size
    }
}
