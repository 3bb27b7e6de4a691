//! Code in the making: instructions whose addresses, functions and branch targets are still names.
//!
//! [`Code`] is what the compiler of functions writes. Blocks have [`Label`]s, and branches name them; a block that nothing
//! branches to is left out in the end. [`finish`](Code::finish) turns it into instructions once addresses and function indices are
//! known.

use std::collections::BTreeSet;

use wasm_encoder::{BlockType, Instruction, MemArg, MemArgTarget, ValType};

use crate::ir::FunctionId;

/// An instruction.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// One that needs nothing else. In code of the prelude also blocks and branches.
    Plain(Instruction<'static>),
    /// A call.
    Call(Callee),
    /// The address of a byte of the function's frame.
    Frame(u32),
    /// The size of the function's frame.
    FrameSize,
    /// The address of a byte of the call's input, where the arena begins.
    Input(u32),
    Block(Label, BlockType),
    Loop(Label),
    If(Label, BlockType),
    Else,
    /// The end of a block, loop or if.
    End(Label),
    Br(Label),
    BrIf(Label),
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Callee {
    /// Of the program.
    Function(FunctionId),
    /// Made for a type: an index in the module's list.
    Helper(usize),
    /// Of the prelude, an import or not.
    Prelude(u32),
}

/// A block that can be branched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(u32);

/// A list of instructions.
#[derive(Clone, Debug, Default)]
pub(super) struct Code {
    ops: Vec<Op>,
    labels: u32,
    used: BTreeSet<Label>,
}

/// The widths of loads and stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// One byte, as i32.
    Byte,
    /// Two bytes, as i32.
    Half,
    /// An i32.
    Word,
    /// An i64.
    Long,
}

/// Where things are in the end.
pub(super) struct Addresses<'a> {
    /// Of the function's frame, if it has a fixed place; else the local with its address.
    pub(super) frame: Frame,
    /// How large it is.
    pub(super) frame_size: u32,
    /// Of the input.
    pub(super) input: u32,
    /// The index of a function.
    pub(super) function: &'a dyn Fn(Callee) -> u32,
}

/// Where a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// At an address.
    Fixed(u32),
    /// At the address in a local.
    Local(u32),
}

impl Code {
    pub(super) fn from_ops(ops: Vec<Op>) -> Self {
        Self { ops, ..Self::default() }
    }

    /// Whether what follows is not reached.
    pub(super) fn ends(&self) -> bool {
        matches!(self.ops.last(), Some(Op::Plain(Instruction::Return | Instruction::Unreachable) | Op::Br(_)))
    }

    pub(super) fn plain(&mut self, instruction: Instruction<'static>) {
        self.ops.push(Op::Plain(instruction));
    }

    pub(super) fn op(&mut self, op: Op) {
        self.ops.push(op);
    }

    pub(super) fn i32(&mut self, value: u32) {
        self.plain(Instruction::I32Const(value.cast_signed()));
    }

    pub(super) fn i64(&mut self, value: u64) {
        self.plain(Instruction::I64Const(value.cast_signed()));
    }

    pub(super) fn get(&mut self, local: u32) {
        self.plain(Instruction::LocalGet(local));
    }

    pub(super) fn set(&mut self, local: u32) {
        self.plain(Instruction::LocalSet(local));
    }

    pub(super) fn tee(&mut self, local: u32) {
        self.plain(Instruction::LocalTee(local));
    }

    pub(super) fn call(&mut self, callee: Callee) {
        self.ops.push(Op::Call(callee));
    }

    /// The address on the stack, plus `offset`.
    pub(super) fn offset(&mut self, offset: u32) {
        if offset == 0 {
            return;
        }
        if let Some(Op::Frame(at) | Op::Input(at)) = self.ops.last_mut() {
            *at += offset;
            return;
        }
        if let Some(Op::Plain(Instruction::I32Const(at))) = self.ops.last_mut() {
            *at = at.wrapping_add_unsigned(offset);
            return;
        }
        self.i32(offset);
        self.plain(Instruction::I32Add);
    }

    pub(super) fn load(&mut self, access: Access, offset: u32) {
        self.plain(match access {
            Access::Byte => Instruction::I32Load8U(argument(offset)),
            Access::Half => Instruction::I32Load16U(argument(offset)),
            Access::Word => Instruction::I32Load(argument(offset)),
            Access::Long => Instruction::I64Load(argument(offset)),
        });
    }

    pub(super) fn store(&mut self, access: Access, offset: u32) {
        self.plain(match access {
            Access::Byte => Instruction::I32Store8(argument(offset)),
            Access::Half => Instruction::I32Store16(argument(offset)),
            Access::Word => Instruction::I32Store(argument(offset)),
            Access::Long => Instruction::I64Store(argument(offset)),
        });
    }

    /// A label for a block to come.
    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels)
    }

    pub(super) fn block(&mut self) -> Label {
        let label = self.label();
        self.begin(label);
        label
    }

    /// A block with a label that was made before.
    pub(super) fn begin(&mut self, label: Label) {
        self.ops.push(Op::Block(label, BlockType::Empty));
    }

    pub(super) fn loops(&mut self) -> Label {
        let label = self.label();
        self.ops.push(Op::Loop(label));
        label
    }

    /// Takes the condition from the stack; a result of a type, or none.
    pub(super) fn if_(&mut self, result: Option<ValType>) -> Label {
        let label = self.label();
        let ty = result.map_or(BlockType::Empty, BlockType::Result);
        self.ops.push(Op::If(label, ty));
        label
    }

    pub(super) fn else_(&mut self) {
        self.ops.push(Op::Else);
    }

    pub(super) fn end(&mut self, label: Label) {
        self.ops.push(Op::End(label));
    }

    pub(super) fn br(&mut self, label: Label) {
        self.used.insert(label);
        self.ops.push(Op::Br(label));
    }

    pub(super) fn br_if(&mut self, label: Label) {
        self.used.insert(label);
        self.ops.push(Op::BrIf(label));
    }

    /// Whether something branches to a label.
    pub(super) fn is_used(&self, label: Label) -> bool {
        self.used.contains(&label)
    }

    /// The functions that are called.
    pub(super) fn callees(&self) -> impl Iterator<Item = Callee> {
        self.ops.iter().filter_map(|op| match op {
            Op::Call(callee) => Some(*callee),
            _ => None,
        })
    }

    /// The instructions, without the last `end`, and how deep their blocks are nested.
    pub(super) fn finish(&self, addresses: &Addresses) -> (Vec<Instruction<'static>>, usize) {
        let mut out = Vec::with_capacity(self.ops.len());
        let (mut open, mut nesting): (Vec<Label>, usize) = (Vec::new(), 0);
        let depth = |open: &[Label], label: &Label| {
            let index = open.iter().rposition(|it| it == label).expect("branches stay within their block");
            u32::try_from(open.len() - 1 - index).expect("nesting is bounded")
        };
        for op in &self.ops {
            nesting = nesting.max(open.len());
            match op {
                Op::Plain(instruction) => push(&mut out, instruction.clone()),
                Op::Call(callee) => out.push(Instruction::Call((addresses.function)(*callee))),
                Op::Frame(offset) => match addresses.frame {
                    Frame::Fixed(base) => out.push(Instruction::I32Const((base + offset).cast_signed())),
                    Frame::Local(local) => {
                        push(&mut out, Instruction::LocalGet(local));
                        if *offset != 0 {
                            out.push(Instruction::I32Const(offset.cast_signed()));
                            out.push(Instruction::I32Add);
                        }
                    }
                },
                Op::FrameSize => out.push(Instruction::I32Const(addresses.frame_size.cast_signed())),
                Op::Input(offset) => out.push(Instruction::I32Const((addresses.input + offset).cast_signed())),
                Op::Block(label, BlockType::Empty) if !self.used.contains(label) => {}
                Op::Block(label, ty) => {
                    open.push(*label);
                    out.push(Instruction::Block(*ty));
                }
                Op::Loop(label) => {
                    open.push(*label);
                    out.push(Instruction::Loop(BlockType::Empty));
                }
                Op::If(label, ty) => {
                    open.push(*label);
                    out.push(Instruction::If(*ty));
                }
                Op::Else => out.push(Instruction::Else),
                // The end of a block that was left out is left out.
                Op::End(label) if open.last() != Some(label) => {}
                Op::End(_) => {
                    open.pop();
                    out.push(Instruction::End);
                }
                Op::Br(label) => out.push(Instruction::Br(depth(&open, label))),
                Op::BrIf(label) => out.push(Instruction::BrIf(depth(&open, label))),
            }
        }
        (out, nesting)
    }
}

/// Adds an instruction; `local.set x, local.get x` becomes `local.tee x`.
fn push(out: &mut Vec<Instruction<'static>>, instruction: Instruction<'static>) {
    if let (Instruction::LocalGet(get), Some(last)) = (&instruction, out.last_mut())
        && matches!(last, Instruction::LocalSet(set) if set == get)
    {
        *last = Instruction::LocalTee(*get);
        return;
    }
    out.push(instruction);
}

/// What is loaded or stored is not aligned: values are packed.
fn argument(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 0, target: MemArgTarget::Memory(0), ordering: None }
}
