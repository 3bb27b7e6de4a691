//! The compiler of one function: its locals, its frame, its variables, and how it reverts.
//!
//! # Where values are
//!
//! | types | as a Wasm value | in memory |
//! |---|---|---|
//! | boolean, u8, u16, u32, enum | i32, zero-extended | 1, 2 or 4 bytes |
//! | u64, i64 | i64 | 8 bytes |
//! | string, bytes | i64: address, and length in the upper half | 8 bytes |
//! | list | i32: the address of its block; 0 is the empty one | 4 bytes |
//! | all others | i32: the address of their bytes | see [`ir::layout`](crate::ir::layout) |
//!
//! What an expression gives as an address stays as it is until the statement ends: it is a variable, a constant, a part of one,
//! or a slot of the frame. A statement's slots and temporary locals are free again after it.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{Instruction, ValType};

use super::assigned;
use super::code::{Access, Callee, Code, Label, Op};
use super::module::{Body, Module};
use super::prelude::Prelude;
use super::storage::KeyPart;
use crate::ir::layout::Layout;
use crate::ir::walk::diverges;
use crate::ir::{CellId, Fault, Function, FunctionId, Integer, LocalId, Type};

/// How the values of a type are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// There is nothing to hold.
    Nothing,
    /// As a number, which memory accesses so.
    Number(Access),
    /// By the address of so many bytes.
    Memory(u32),
}

impl Held {
    pub(super) fn val_type(self) -> Option<ValType> {
        match self {
            Self::Nothing => None,
            Self::Number(Access::Long) => Some(ValType::I64),
            Self::Number(_) | Self::Memory(_) => Some(ValType::I32),
        }
    }
}

/// Where a local of the program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// It has no value.
    Nothing,
    /// A number in a Wasm local.
    Number(u32),
    /// Memory of the caller, by the address in a Wasm local: a parameter that is not changed.
    Borrowed(u32),
    /// The frame.
    Frame(u32),
}

/// Somewhere in memory that an expression's value goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A byte of the frame.
    Frame(u32),
    /// An address.
    Fixed(u32),
    /// So many bytes after the address in a Wasm local.
    Local(u32, u32),
}

impl Destination {
    pub(super) fn plus(self, offset: u32) -> Self {
        match self {
            Self::Frame(at) => Self::Frame(at + offset),
            Self::Fixed(at) => Self::Fixed(at + offset),
            Self::Local(local, at) => Self::Local(local, at + offset),
        }
    }
}

/// Where a revert goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Out of the call, at once.
    End,
    /// To the caller, with a status.
    Unwind,
    /// To the handler of a guard of this function.
    Catch,
}

/// What a revert inside of it does: a function, or the body of a guard.
#[derive(Debug)]
struct Scope {
    way: Way,
    /// Where each fault goes.
    faults: BTreeMap<Fault, Label>,
    /// Where everything else goes, once the message is known.
    raise: Label,
}

/// A loop around a statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) leave: Label,
    pub(super) next: Label,
    /// How many guards were around it.
    pub(super) guards: usize,
}

/// What is given up together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    frame: u32,
    temporaries: usize,
}

/// A function in the making.
pub(super) struct Compiler<'a, 'm> {
    pub(super) module: &'m mut Module<'a>,
    pub(super) code: Code,
    pub(super) function: Option<&'a Function>,
    parameters: Vec<ValType>,
    result: Option<ValType>,
    locals: Vec<ValType>,
    free: Vec<(ValType, u32)>,
    temporaries: Vec<(ValType, u32)>,
    frame_used: u32,
    frame_size: u32,
    variables: Vec<Variable>,
    /// The local with the address that a result in memory goes to.
    pub(super) result_to: Option<u32>,
    /// The local with the address of the frame, if it is not fixed.
    frame_local: Option<u32>,
    /// The local with the end of the arena at the beginning, if it goes back there at the end.
    arena_local: Option<u32>,
    scopes: Vec<Scope>,
    pub(super) loops: Vec<Loop>,
    /// For each guard around the statement, whether it is atomic.
    pub(super) guards: Vec<bool>,
    /// What is known to be in the key buffers of cells.
    pub(super) keys: BTreeMap<CellId, Vec<KeyPart>>,
    /// The locals whose lists nobody else has.
    pub(super) owning: BTreeSet<LocalId>,
    /// The function is about to return: what its locals own may leave with the result.
    pub(super) leaving: bool,
}

impl<'a, 'm> Compiler<'a, 'm> {
    /// A function that is none of the program's.
    pub(super) fn new(module: &'m mut Module<'a>, parameters: Vec<ValType>, result: Option<ValType>) -> Self {
        Self {
            module,
            code: Code::default(),
            function: None,
            parameters,
            result,
            locals: Vec::new(),
            free: Vec::new(),
            temporaries: Vec::new(),
            frame_used: 0,
            frame_size: 0,
            variables: Vec::new(),
            result_to: None,
            frame_local: None,
            arena_local: None,
            scopes: Vec::new(),
            loops: Vec::new(),
            guards: Vec::new(),
            keys: BTreeMap::new(),
            owning: BTreeSet::new(),
            leaving: false,
        }
    }

    /// Compiles a function of the program.
    pub(super) fn function(module: &'m mut Module<'a>, id: FunctionId) -> Body {
        let function = &module.program.functions[id.index()];
        let (parameters, result) = module.signature(function);
        let mut compiler = Self::new(module, parameters, result);
        compiler.function = Some(function);
        compiler.owning = assigned::changed_in_place(function)
            .into_iter()
            .filter(|local| compiler.layout(function.locals[local.index()].ty).has_list)
            .collect();
        let index = id.index();
        let way = if compiler.module.graph.unwinding[index] { Way::Unwind } else { Way::End };
        compiler.open(way);
        compiler.prologue(function, index);
        compiler.statements(&function.body);
        if !diverges(&function.body) {
            compiler.zero_result();
            compiler.leave();
        } else if !compiler.code.ends() {
            // All ways out of an `if` leave the function, but what follows it counts as reached.
            compiler.code.plain(Instruction::Unreachable);
        }
        compiler.close();
        if way == Way::Unwind {
            compiler.zero_number();
        }
        compiler.finish()
    }

    pub(super) fn finish(self) -> Body {
        Body {
            parameters: self.parameters,
            result: self.result,
            locals: self.locals,
            code: self.code,
            frame_size: self.frame_size,
            frame_local: self.frame_local,
        }
    }

    fn prologue(&mut self, function: &'a Function, index: usize) {
        let result_in_memory = matches!(self.held(function.result), Held::Memory(_));
        if result_in_memory {
            self.result_to = Some(0);
        }
        let own = self.module.graph.inner[index] && !self.layout(function.result).has_pointer;
        if own && (self.module.graph.recursive[index] || super::arena::grows(self.module, &function.body)) {
            let local = self.new_local(ValType::I32);
            self.global_get("heap");
            self.code.set(local);
            self.arena_local = Some(local);
        }
        if self.module.graph.recursive[index] {
            let local = self.new_local(ValType::I32);
            self.frame_local = Some(local);
            self.code.op(Op::FrameSize);
            self.prelude("alloc");
            self.code.set(local);
        }
        let changed = assigned::assigned(function);
        let mut next = u32::from(result_in_memory);
        for (position, local) in function.locals.iter().enumerate() {
            let id = LocalId(u32::try_from(position).expect("a function has few locals"));
            let is_parameter = position < function.parameters;
            let variable = match self.held(local.ty) {
                Held::Nothing => Variable::Nothing,
                Held::Memory(_) if is_parameter && !changed.contains(&id) => Variable::Borrowed(next),
                Held::Number(_) if !self.owning.contains(&id) => {
                    Variable::Number(if is_parameter { next } else { self.new_local_of(local.ty) })
                }
                held => {
                    let size = self.layout(local.ty).size;
                    let at = self.slot(size);
                    if is_parameter {
                        self.keep_parameter(next, local.ty, held, at, self.owning.contains(&id));
                    }
                    Variable::Frame(at)
                }
            };
            if is_parameter && variable != Variable::Nothing {
                next += 1;
            }
            self.variables.push(variable);
        }
        for local in assigned::zeroed(function) {
            if let Variable::Frame(at) = self.variable(local) {
                let size = self.layout(function.locals[local.index()].ty).size;
                self.fill_zeros(Destination::Frame(at), size);
            }
        }
    }

    /// Copies a parameter that will be changed into the frame.
    fn keep_parameter(&mut self, parameter: u32, ty: Type, held: Held, at: u32, owning: bool) {
        self.code.op(Op::Frame(at));
        self.code.get(parameter);
        match held {
            Held::Number(access) => self.code.store(access, 0),
            _ => self.copy(self.layout(ty).size),
        }
        if owning {
            self.unshare(ty, Destination::Frame(at));
        }
    }
}

/// Locals and the frame.
impl Compiler<'_, '_> {
    fn new_local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        u32::try_from(self.parameters.len() + self.locals.len() - 1).expect("locals are counted in `Module::emit`")
    }

    fn new_local_of(&mut self, ty: Type) -> u32 {
        let ty = self.held(ty).val_type().unwrap_or(ValType::I32);
        self.new_local(ty)
    }

    /// A Wasm local until [`release`](Self::release).
    pub(super) fn temporary(&mut self, ty: ValType) -> u32 {
        let free = self.free.iter().rposition(|(free, _)| *free == ty);
        let local = match free {
            Some(index) => self.free.remove(index).1,
            None => self.new_local(ty),
        };
        self.temporaries.push((ty, local));
        local
    }

    /// A local that takes what is on the stack.
    pub(super) fn keep(&mut self, ty: ValType) -> u32 {
        let local = self.temporary(ty);
        self.code.set(local);
        local
    }

    /// Room in the frame until [`release`](Self::release).
    pub(super) fn slot(&mut self, size: u32) -> u32 {
        let at = self.frame_used;
        self.frame_used = at.saturating_add(size);
        self.frame_size = self.frame_size.max(self.frame_used);
        at
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { frame: self.frame_used, temporaries: self.temporaries.len() }
    }

    /// Gives up the slots and temporary locals since a mark.
    pub(super) fn release(&mut self, mark: Mark) {
        self.frame_used = mark.frame;
        let released = self.temporaries.split_off(mark.temporaries);
        self.free.extend(released);
    }

    pub(super) fn variable(&self, local: LocalId) -> Variable {
        self.variables[local.index()]
    }

    pub(super) fn local_type(&self, local: LocalId) -> Type {
        self.function.map_or(Type::Unit, |function| function.locals[local.index()].ty)
    }

    pub(super) fn layout(&self, ty: Type) -> Layout {
        self.module.layouts.of(ty)
    }

    pub(super) fn held(&self, ty: Type) -> Held {
        held(ty, self.layout(ty))
    }
}

/// How the values of a type are held.
pub(super) fn held(ty: Type, layout: Layout) -> Held {
    match ty {
        Type::Boolean | Type::Enum(_) | Type::Integer(Integer::U8) => Held::Number(Access::Byte),
        Type::Integer(Integer::U16) => Held::Number(Access::Half),
        Type::Integer(Integer::U32) | Type::List(_) => Held::Number(Access::Word),
        Type::Integer(Integer::U64 | Integer::I64) | Type::String | Type::Bytes => Held::Number(Access::Long),
        _ if layout.size == 0 => Held::Nothing,
        _ => Held::Memory(layout.size),
    }
}

/// Small pieces of code.
impl Compiler<'_, '_> {
    pub(super) fn prelude(&mut self, name: &str) {
        self.code.call(Prelude::get().callee(name));
    }

    pub(super) fn global_get(&mut self, name: &str) {
        self.code.plain(Instruction::GlobalGet(Prelude::get().global(name)));
    }

    pub(super) fn global_set(&mut self, name: &str) {
        self.code.plain(Instruction::GlobalSet(Prelude::get().global(name)));
    }

    pub(super) fn address(&mut self, to: Destination) {
        match to {
            Destination::Frame(at) => self.code.op(Op::Frame(at)),
            Destination::Fixed(at) => self.code.i32(at),
            Destination::Local(local, offset) => {
                self.code.get(local);
                self.code.offset(offset);
            }
        }
    }

    /// Copies so many bytes; the addresses, first the one they go to, are on the stack.
    pub(super) fn copy(&mut self, size: u32) {
        match size {
            16 => self.prelude("copy16"),
            20 => self.prelude("copy20"),
            32 => self.prelude("copy32"),
            _ => {
                self.code.i32(size);
                self.code.plain(Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 });
            }
        }
    }

    pub(super) fn fill_zeros(&mut self, to: Destination, size: u32) {
        match size {
            0 => {}
            1 | 4 | 8 => {
                self.address(to);
                if size == 8 {
                    self.code.i64(0)
                } else {
                    self.code.i32(0)
                }
                self.code.store(
                    if size == 8 {
                        Access::Long
                    } else if size == 4 {
                        Access::Word
                    } else {
                        Access::Byte
                    },
                    0,
                );
            }
            _ => {
                self.address(to);
                self.code.i32(0);
                self.code.i32(size);
                self.code.plain(Instruction::MemoryFill(0));
            }
        }
    }

    /// What a value of a type at the address on the stack, plus an offset, is held as.
    pub(super) fn part(&mut self, ty: Type, offset: u32) {
        match self.held(ty) {
            Held::Nothing => self.code.plain(Instruction::Drop),
            Held::Number(access) => self.code.load(access, offset),
            Held::Memory(_) => self.code.offset(offset),
        }
    }

    /// A constant message.
    pub(super) fn message(&mut self, text: &str) {
        let text = self.module.memory.text(text.as_bytes());
        self.code.i64(text);
    }

    /// The zero of a type that is held as a number.
    pub(super) fn zero_number(&mut self) {
        match self.result {
            Some(ValType::I64) => self.code.i64(0),
            Some(_) => self.code.i32(0),
            None => {}
        }
    }

    fn zero_result(&mut self) {
        let size = self.function.map_or(0, |function| self.layout(function.result).size);
        if let Some(to) = self.result_to {
            self.fill_zeros(Destination::Local(to, 0), size);
        }
        self.zero_number();
    }

    /// Leaves the function; its result, if it is a number, is on the stack.
    pub(super) fn leave(&mut self) {
        if let Some(local) = self.arena_local {
            self.code.get(local);
            self.global_set("heap");
        }
        self.code.plain(Instruction::Return);
    }
}

/// Reverts.
impl Compiler<'_, '_> {
    /// From here on reverts go another way, until [`close`](Self::close).
    fn open(&mut self, way: Way) {
        let raise = self.code.block();
        let faults = Fault::ALL.into_iter().map(|fault| (fault, self.code.block())).collect();
        self.scopes.push(Scope { way, faults, raise });
    }

    /// Ends what [`open`](Self::open) began. The code before must not go on to here.
    fn close(&mut self) {
        let Scope { way, faults, raise } = self.scopes.pop().expect("a scope was opened");
        for (fault, label) in faults.into_iter().rev() {
            self.code.end(label);
            if !self.code.is_used(label) {
                continue;
            }
            self.message(fault.message());
            match way {
                Way::End => self.end_call(),
                Way::Unwind => {
                    self.prelude("raise");
                    self.code.br(raise);
                }
                Way::Catch => {
                    self.global_set("message");
                    self.code.br(raise);
                }
            }
        }
        self.code.end(raise);
        if way == Way::End && self.code.is_used(raise) {
            self.global_get("message");
            self.end_call();
        }
    }

    fn end_call(&mut self) {
        self.prelude("revert");
        self.code.plain(Instruction::Unreachable);
    }

    pub(super) fn open_call(&mut self) {
        self.open(Way::End);
    }

    pub(super) fn close_call(&mut self) {
        self.close();
    }

    pub(super) fn open_guard(&mut self) {
        self.open(Way::Catch);
    }

    pub(super) fn close_guard(&mut self) {
        self.close();
    }

    fn scope(&self) -> &Scope {
        self.scopes.last().expect("code is inside of a scope")
    }

    /// Reverts if the number on the stack is not 0.
    pub(super) fn fault_if(&mut self, fault: Fault) {
        let label = self.scope().faults[&fault];
        self.code.br_if(label);
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        let label = self.scope().faults[&fault];
        self.code.br(label);
    }

    /// Reverts with the message on the stack.
    pub(super) fn raise(&mut self) {
        let (way, raise) = (self.scope().way, self.scope().raise);
        match way {
            Way::End => self.end_call(),
            Way::Unwind => {
                self.prelude("raise");
                self.code.br(raise);
            }
            Way::Catch => {
                self.global_set("message");
                self.code.br(raise);
            }
        }
    }

    /// Goes on reverting if a function that was called has begun to.
    pub(super) fn check_status(&mut self) {
        let raise = self.scope().raise;
        self.global_get("status");
        self.code.br_if(raise);
    }

    pub(super) fn call_function(&mut self, id: FunctionId) {
        self.code.call(Callee::Function(id));
        if self.module.graph.unwinding[id.index()] {
            // A result in the way is dropped by the branch.
            self.check_status();
        }
    }

    /// An if without a result around what `then` writes; the condition is on the stack.
    pub(super) fn when(&mut self, then: impl FnOnce(&mut Self)) {
        let label = self.code.if_(None);
        then(self);
        self.code.end(label);
    }

    /// An if with two branches, which give a value of a type or none.
    pub(super) fn either(
        &mut self,
        result: Option<ValType>,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let label = self.code.if_(result);
        let before = self.keys.clone();
        then(self);
        let after = std::mem::replace(&mut self.keys, before);
        self.code.else_();
        otherwise(self);
        self.keys.retain(|cell, parts| after.get(cell) == Some(parts));
        self.code.end(label);
    }
}
