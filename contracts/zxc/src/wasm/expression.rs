//! Expressions, but for what has a file of its own.
//!
//! [`value`](Compiler::value) leaves a value on the stack as it is held; [`store`](Compiler::store) puts it somewhere in memory.
//! What is made in memory is made right there; only what must outlive its making gets a slot.

use wasm_encoder::{Instruction, ValType};

use super::code::Access;
use super::function::{Compiler, Destination, Held, Variable};
use super::prelude::address;
use crate::ir::{Constant, Context, Expression, Fault, Hasher, Kind, LocalId, Type};

/// A value that was evaluated and is needed later.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    Nothing,
    /// A number, or the address of what is in memory.
    Local(u32),
    /// A number that is known.
    I32(u32),
    I64(u64),
    /// Memory with a known address.
    At(Destination),
}

impl Compiler<'_, '_> {
    /// Leaves the value on the stack: a number, or an address that is good until the statement ends.
    pub(super) fn value(&mut self, expression: &Expression) {
        match self.held(expression.ty) {
            Held::Nothing => self.nothing(expression),
            Held::Number(_) => {
                let mark = self.mark();
                self.number(expression);
                // What is left is a number: nothing that was needed to make it is needed any more.
                self.release(mark);
            }
            Held::Memory(size) => self.place_of(expression, size),
        }
    }

    /// Puts the value somewhere in memory, its lists copied where somebody may change them.
    pub(super) fn store(&mut self, expression: &Expression, to: Destination) {
        let mark = self.mark();
        match self.held(expression.ty) {
            Held::Nothing => self.nothing(expression),
            Held::Number(access) => {
                self.address(to);
                self.number(expression);
                self.code.store(access, 0);
                self.unshare_owned(expression, to);
            }
            Held::Memory(size) => self.store_memory(expression, to, size),
        }
        self.release(mark);
    }

    fn unshare_owned(&mut self, expression: &Expression, to: Destination) {
        if self.is_owned(expression) && !self.leaving {
            self.unshare(expression.ty, to);
        }
    }

    /// Evaluates now what [`fetch`](Self::fetch) puts on the stack later.
    pub(super) fn evaluate_and_keep(&mut self, expression: &Expression) -> Kept {
        match (self.held(expression.ty), &expression.kind) {
            (Held::Nothing, _) => {
                self.value(expression);
                Kept::Nothing
            }
            (Held::Memory(_), Kind::Local(local)) => match self.variable(*local) {
                Variable::Frame(at) => Kept::At(Destination::Frame(at)),
                Variable::Borrowed(local) => Kept::Local(local),
                _ => Kept::Nothing,
            },
            (Held::Memory(_), Kind::Constant(constant)) => {
                let at = self.constant_address(constant, expression.ty);
                Kept::At(Destination::Fixed(at))
            }
            (Held::Memory(_), Kind::Context(_) | Kind::Field(..) | Kind::Element(..) | Kind::Unwrap(_)) => {
                self.value(expression);
                Kept::Local(self.keep(ValType::I32))
            }
            (Held::Memory(size), _) => {
                let at = Destination::Frame(self.slot(size));
                self.store(expression, at);
                Kept::At(at)
            }
            (Held::Number(_), Kind::Local(local)) => match self.variable(*local) {
                Variable::Number(local) => Kept::Local(local),
                _ => self.keep_number(expression),
            },
            (Held::Number(access), Kind::Constant(constant)) => {
                match (self.constant_number(constant, expression.ty), access) {
                    (number, Access::Long) => Kept::I64(number),
                    (number, _) => Kept::I32(u32::try_from(number).unwrap_or_default()),
                }
            }
            (Held::Number(_), _) => self.keep_number(expression),
        }
    }

    fn keep_number(&mut self, expression: &Expression) -> Kept {
        let ty = self.held(expression.ty).val_type().unwrap_or(ValType::I32);
        // The local comes first: it has to outlive what is needed to make the value.
        let local = self.temporary(ty);
        self.value(expression);
        self.code.set(local);
        Kept::Local(local)
    }

    pub(super) fn fetch(&mut self, kept: Kept) {
        match kept {
            Kept::Nothing => {}
            Kept::Local(local) => self.code.get(local),
            Kept::I32(number) => self.code.i32(number),
            Kept::I64(number) => self.code.i64(number),
            Kept::At(at) => self.address(at),
        }
    }

    /// Evaluates what has no value for its effect.
    fn nothing(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::Call(function, arguments) => self.call(*function, arguments, None),
            Kind::Invoke(call) => self.invoke(call, None),
            Kind::Decode(bytes) => {
                self.value(bytes);
                self.prelude("begin_bytes");
                self.finish_decoding();
            }
            Kind::Choose(condition, then, otherwise) => {
                self.value(condition);
                self.either(None, |it| it.value(then), |it| it.value(otherwise));
            }
            Kind::Coalesce(option, other) => {
                self.value(option);
                self.code.load(Access::Byte, 0);
                self.either(None, |_| {}, |it| it.value(other));
            }
            Kind::Unwrap(option) => {
                self.value(option);
                self.code.load(Access::Byte, 0);
                self.code.plain(Instruction::I32Eqz);
                self.fault_if(Fault::NullValue);
            }
            Kind::Read(cell, keys) => {
                let to = Destination::Fixed(address::SCALAR);
                self.read(*cell, keys, to);
            }
            _ => {
                for child in expression.children() {
                    self.value(child);
                    if self.held(child.ty) != Held::Nothing {
                        self.code.plain(Instruction::Drop);
                    }
                }
            }
        }
    }

    /// Leaves the address of a value in memory.
    fn place_of(&mut self, expression: &Expression, size: u32) {
        match &expression.kind {
            Kind::Constant(constant) => {
                let at = self.constant_address(constant, expression.ty);
                self.code.i32(at);
            }
            Kind::Local(local) => self.local(*local),
            Kind::Field(value, index) => self.field(value, *index, expression.ty),
            Kind::Element(list, index) => self.list_element(list, index, expression.ty),
            Kind::Unwrap(option) => self.unwrap(option, expression.ty),
            Kind::Context(context) if *context != Context::Balance => self.context(*context),
            Kind::Choose(condition, then, otherwise) => {
                self.value(condition);
                self.either(Some(ValType::I32), |it| it.value(then), |it| it.value(otherwise));
            }
            Kind::Coalesce(option, other) => {
                self.value(option);
                let option = self.keep(ValType::I32);
                self.code.get(option);
                self.code.load(Access::Byte, 0);
                let content = expression.ty;
                self.either(
                    Some(ValType::I32),
                    |it| {
                        it.code.get(option);
                        it.part(content, 1);
                    },
                    |it| it.value(other),
                );
            }
            _ => {
                let at = Destination::Frame(self.slot(size));
                self.store(expression, at);
                self.address(at);
            }
        }
    }

    fn store_memory(&mut self, expression: &Expression, to: Destination, size: u32) {
        let ty = expression.ty;
        match &expression.kind {
            Kind::Constant(Constant::Zero) if size != 32 => self.fill_zeros(to, size),
            Kind::Constant(_) | Kind::Local(_) | Kind::Field(..) | Kind::Element(..) | Kind::Unwrap(_) => {
                self.address(to);
                self.value(expression);
                self.copy(size);
                self.unshare_owned(expression, to);
            }
            Kind::Context(Context::Balance) => {
                self.address(to);
                self.prelude("balance");
            }
            Kind::Context(context) => {
                self.address(to);
                self.context(*context);
                self.copy(size);
            }
            Kind::Tuple(values) => {
                let mut to = to;
                for value in values {
                    self.store(value, to);
                    to = to.plus(self.layout(value.ty).size);
                }
            }
            Kind::Some(value) => {
                self.address(to);
                self.code.i32(1);
                self.code.store(Access::Byte, 0);
                self.store(value, to.plus(1));
            }
            Kind::Choose(condition, then, otherwise) => {
                self.value(condition);
                self.either(None, |it| it.store(then, to), |it| it.store(otherwise, to));
            }
            Kind::Coalesce(option, other) => {
                self.value(option);
                let kept = self.keep(ValType::I32);
                self.code.get(kept);
                self.code.load(Access::Byte, 0);
                let owned = self.is_owned(option) && !self.leaving;
                self.either(
                    None,
                    |it| {
                        it.address(to);
                        it.code.get(kept);
                        it.part(ty, 1);
                        it.copy(size);
                        if owned {
                            it.unshare(ty, to);
                        }
                    },
                    |it| it.store(other, to),
                );
            }
            Kind::Unary(operator, operand) => self.wide_unary(*operator, operand, to),
            Kind::Binary(operator, left, right) => self.wide_binary(*operator, left, right, to),
            Kind::Convert(value) => self.convert_to(value, ty, to),
            Kind::Decode(bytes) => {
                self.value(bytes);
                self.prelude("begin_bytes");
                self.take_to(ty, to);
                self.finish_decoding();
            }
            Kind::Hash(hasher, bytes) => self.hash(*hasher, bytes, to),
            Kind::Recover(signature, digest) => {
                self.value(signature);
                self.value(digest);
                self.address(to);
                self.prelude("recover");
            }
            Kind::BlockHash(number) => {
                self.value(number);
                self.address(to);
                self.prelude("block_hash");
            }
            Kind::CodeHash(account) => {
                self.value(account);
                self.address(to);
                self.prelude("code_hash");
            }
            Kind::Read(cell, keys) => self.read(*cell, keys, to),
            Kind::Call(function, arguments) => self.call(*function, arguments, Some(to)),
            Kind::Invoke(call) => self.invoke(call, Some(to)),
            Kind::Create(creation) => self.create(creation, to),
            _ => unreachable!("a checked expression of another kind is held as a number"),
        }
    }

    /// Leaves a number on the stack.
    fn number(&mut self, expression: &Expression) {
        let ty = expression.ty;
        let result = self.held(ty).val_type();
        match &expression.kind {
            Kind::Constant(constant) => {
                let number = self.constant_number(constant, ty);
                match result {
                    Some(ValType::I64) => self.code.i64(number),
                    _ => self.code.i32(u32::try_from(number).unwrap_or_default()),
                }
            }
            Kind::Local(local) => self.local(*local),
            Kind::Field(value, index) => self.field(value, *index, ty),
            Kind::Unwrap(option) => self.unwrap(option, ty),
            Kind::IsSome(option) => {
                self.value(option);
                self.code.load(Access::Byte, 0);
            }
            Kind::Choose(condition, then, otherwise) => {
                self.value(condition);
                self.either(result, |it| it.value(then), |it| it.value(otherwise));
            }
            Kind::Coalesce(option, other) => {
                self.value(option);
                let option = self.keep(ValType::I32);
                self.code.get(option);
                self.code.load(Access::Byte, 0);
                self.either(
                    result,
                    |it| {
                        it.code.get(option);
                        it.part(ty, 1);
                    },
                    |it| it.value(other),
                );
            }
            Kind::Element(list, index) => self.list_element(list, index, ty),
            Kind::List(..) | Kind::Slice(..) | Kind::Length(..) | Kind::Concat(..) | Kind::Contains(..) => {
                self.sequence(expression)
            }
            Kind::Unary(operator, operand) => self.small_unary(*operator, operand),
            Kind::Binary(operator, left, right) => self.small_binary(*operator, left, right),
            Kind::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Kind::Convert(value) => self.convert(value, ty),
            Kind::Text(value) => self.text(value),
            Kind::Encode(values) => {
                let start = self.append_values(values);
                self.code.get(start);
                self.prelude("since");
            }
            Kind::Decode(bytes) => {
                self.value(bytes);
                self.prelude("begin_bytes");
                self.take(ty);
                self.finish_decoding();
            }
            Kind::Context(context) => self.context(*context),
            Kind::IsContract(account) => {
                self.value(account);
                self.prelude("is_contract");
                self.code.plain(Instruction::I32Eqz);
                self.code.plain(Instruction::I32Eqz);
            }
            Kind::Read(cell, keys) => self.read_number(*cell, keys),
            Kind::Exists(cell, keys) => self.exists(*cell, keys),
            Kind::Call(function, arguments) => self.call(*function, arguments, None),
            Kind::Invoke(call) => self.invoke(call, None),
            _ => unreachable!("a checked and expanded expression of another kind is held in memory"),
        }
    }

    fn local(&mut self, local: LocalId) {
        match self.variable(local) {
            Variable::Nothing => {}
            Variable::Number(local) | Variable::Borrowed(local) => self.code.get(local),
            Variable::Frame(at) => {
                self.address(Destination::Frame(at));
                let ty = self.local_type(local);
                self.part(ty, 0);
            }
        }
    }

    fn field(&mut self, value: &Expression, index: u32, ty: Type) {
        let offset = self.module.layouts.offset(&self.module.program.types, value.ty, index);
        self.value(value);
        self.part(ty, offset);
    }

    fn unwrap(&mut self, option: &Expression, ty: Type) {
        self.value(option);
        let option = self.keep(ValType::I32);
        self.code.get(option);
        self.code.load(Access::Byte, 0);
        self.code.plain(Instruction::I32Eqz);
        self.fault_if(Fault::NullValue);
        self.code.get(option);
        self.part(ty, 1);
    }

    fn hash(&mut self, hasher: Hasher, bytes: &Expression, to: Destination) {
        self.value(bytes);
        self.split_text();
        self.address(to);
        self.prelude(match hasher {
            Hasher::Sha256 => "hash_sha2_256",
            Hasher::Keccak256 => "hash_keccak_256",
            Hasher::Blake2b256 => "hash_blake2_256",
            Hasher::Sha3256 => "hash_sha3_256",
        });
    }

    /// The address and the length of the string or bytes on the stack.
    pub(super) fn split_text(&mut self) {
        let text = self.keep(ValType::I64);
        self.code.get(text);
        self.code.plain(Instruction::I32WrapI64);
        self.code.get(text);
        self.prelude("length");
    }

    /// A number, or the address of what stays the same during the call.
    fn context(&mut self, context: Context) {
        match context {
            Context::Caller => self.prelude("caller"),
            Context::Origin => self.prelude("origin"),
            Context::This => self.prelude("this"),
            Context::Value => self.prelude("value"),
            Context::Balance => unreachable!("the balance is stored"),
            Context::BlockNumber => self.prelude("block_number"),
            Context::Timestamp => self.prelude("now"),
            Context::GasLimit => self.prelude("gas_limit"),
            Context::GasLeft => self.prelude("gas_left"),
            Context::GasUsed => {
                self.prelude("gas_limit");
                self.prelude("gas_left");
                self.code.plain(Instruction::I64Sub);
            }
            Context::OwnCodeHash => self.prelude("own_code_hash"),
            Context::CallerIsOrigin => {
                self.prelude("caller_is_origin");
                self.code.plain(Instruction::I32Eqz);
                self.code.plain(Instruction::I32Eqz);
            }
            Context::Reentrance => self.prelude("reentrance_count"),
        }
    }

    fn constant_number(&mut self, constant: &Constant, ty: Type) -> u64 {
        match constant {
            Constant::Boolean(value) => (*value).into(),
            Constant::Integer(value) => {
                let width = ty.integer().unwrap_or(crate::ir::Integer::U64);
                let mut number = [0; 8];
                let bytes = crate::ir::interpret::value::integer_bytes(value, width);
                number.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
                u64::from_le_bytes(number)
            }
            Constant::String(text) => self.module.memory.text(text.as_bytes()),
            Constant::Bytes(bytes) => self.module.memory.text(bytes),
            Constant::Variant(index) => (*index).into(),
            _ => 0,
        }
    }

    fn constant_address(&mut self, constant: &Constant, ty: Type) -> u32 {
        match constant {
            Constant::Integer(value) => {
                let width = ty.integer().unwrap_or(crate::ir::Integer::I256);
                let bytes = crate::ir::interpret::value::integer_bytes(value, width);
                self.module.memory.constant(&bytes)
            }
            Constant::Address(address) => self.module.memory.constant(address),
            Constant::Hash(hash) => self.module.memory.constant(hash),
            _ => address::ZEROS,
        }
    }
}
