//! Expressions: each kind has the type it says, and so do its parts.

use super::{Checker, Result};
use crate::ir::{
    Binary, CallInput, CallKind, CallOutput, CellId, CellKind, Comparison, Constant, ContractCall, Creation,
    Expression, Kind, Shape, Type, Unary, limits,
};

impl Checker<'_> {
    pub(super) fn expression(&mut self, expression: &Expression, depth: usize) -> Result {
        self.node()?;
        self.at_most(depth, limits::EXPRESSION_DEPTH_MAX, "expressions nested in each other")?;
        self.known(expression.ty)?;
        let (ty, inner) = (expression.ty, depth + 1);
        match &expression.kind {
            Kind::Constant(constant) => self.constant(constant, ty),
            Kind::Local(id) => {
                let locals = self.function.map_or(&[][..], |function| &function.locals);
                let local = self.found(locals.get(id.index()), "local")?;
                self.same(local.ty, ty, "local")
            }
            Kind::Tuple(..) | Kind::List(..) | Kind::Some(..) | Kind::Field(..) | Kind::IsSome(..) => {
                self.composite(expression, inner)
            }
            Kind::Unwrap(..) | Kind::Coalesce(..) | Kind::Choose(..) => self.composite(expression, inner),
            Kind::Element(..) | Kind::Slice(..) | Kind::Length(..) | Kind::Concat(..) | Kind::Contains(..) => {
                self.sequence(expression, inner)
            }
            Kind::Unary(operator, operand) => {
                self.same(ty, operand.ty, "operand")?;
                match operator {
                    Unary::Not => self.same(Type::Boolean, ty, "not")?,
                    Unary::Negate | Unary::Absolute | Unary::Complement => self.integer(ty)?,
                }
                self.expression(operand, inner)
            }
            Kind::Binary(operator, left, right) => {
                self.integer(ty)?;
                self.typed(left, ty, inner, "left operand")?;
                let shift = matches!(operator, Binary::ShiftLeft | Binary::ShiftRight);
                self.typed(right, if shift { Type::U32 } else { ty }, inner, "right operand")
            }
            Kind::Compare(comparison, left, right) => {
                self.same(Type::Boolean, ty, "comparison")?;
                self.expression(left, inner)?;
                self.typed(right, left.ty, inner, "right operand")?;
                if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) && !is_ordered(left.ty) {
                    return self.fail("values without an order are compared");
                }
                Ok(())
            }
            Kind::Convert(operand) => self.convert(operand, ty, inner),
            Kind::Text(operand) => {
                self.same(Type::String, ty, "text")?;
                if !matches!(operand.ty, Type::Integer(_) | Type::Boolean | Type::Address | Type::Hash | Type::Bytes) {
                    return self.fail("a value without text");
                }
                self.expression(operand, inner)
            }
            Kind::Encode(values) => {
                self.same(Type::Bytes, ty, "encoding")?;
                values.iter().try_for_each(|value| self.expression(value, inner))
            }
            Kind::Decode(bytes) => self.typed(bytes, Type::Bytes, inner, "what is decoded"),
            Kind::Hash(_, bytes) => {
                self.same(Type::Hash, ty, "hash")?;
                self.typed(bytes, Type::Bytes, inner, "what is hashed")
            }
            _ => self.chain(expression, inner),
        }
    }

    fn constant(&mut self, constant: &Constant, ty: Type) -> Result {
        let fits = match constant {
            Constant::Zero => true,
            Constant::Boolean(_) => ty == Type::Boolean,
            Constant::Integer(value) => ty.integer().is_some_and(|integer| integer.contains(value)),
            Constant::String(_) => ty == Type::String,
            Constant::Bytes(_) => ty == Type::Bytes,
            Constant::Address(_) => ty == Type::Address,
            Constant::Hash(_) => ty == Type::Hash,
            Constant::Variant(index) => {
                self.program.types.variants(ty).is_some_and(|variants| usize::from(*index) < variants)
            }
        };
        if !fits {
            return self.fail(format!("a constant is no {ty:?}"));
        }
        self.constant_bytes += match constant {
            Constant::String(text) => text.len(),
            Constant::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.at_most(self.constant_bytes, limits::CONSTANT_BYTES_MAX, "bytes of constants")
    }

    fn composite(&mut self, expression: &Expression, depth: usize) -> Result {
        let ty = expression.ty;
        match &expression.kind {
            Kind::Tuple(values) => {
                let Some(fields) = self.program.types.fields(ty) else { return self.fail("a tuple of another type") };
                if fields.len() != values.len() {
                    return self.fail("a tuple of another length");
                }
                values.iter().zip(fields).try_for_each(|(value, ty)| self.typed(value, ty, depth, "field"))
            }
            Kind::List(values) => {
                let Some(Shape::List(element)) = self.program.types.shape(ty).cloned() else {
                    return self.fail("a list of another type");
                };
                values.iter().try_for_each(|value| self.typed(value, element, depth, "element"))
            }
            Kind::Some(value) => {
                let content = self.content(ty)?;
                self.typed(value, content, depth, "content")
            }
            Kind::Field(value, index) => {
                self.expression(value, depth)?;
                let field = self.found(self.program.types.field(value.ty, *index), "field")?;
                self.same(field, ty, "field")
            }
            Kind::IsSome(value) => {
                self.same(Type::Boolean, ty, "test for null")?;
                self.content(value.ty)?;
                self.expression(value, depth)
            }
            Kind::Unwrap(value) => {
                let content = self.content(value.ty)?;
                self.same(content, ty, "content")?;
                self.expression(value, depth)
            }
            Kind::Coalesce(value, other) => {
                let content = self.content(value.ty)?;
                self.same(content, ty, "content")?;
                self.expression(value, depth)?;
                self.typed(other, ty, depth, "other value")
            }
            Kind::Choose(condition, then, otherwise) => {
                self.typed(condition, Type::Boolean, depth, "condition")?;
                self.typed(then, ty, depth, "choice")?;
                self.typed(otherwise, ty, depth, "choice")
            }
            _ => self.fail("not composite"),
        }
    }

    fn sequence(&mut self, expression: &Expression, depth: usize) -> Result {
        let ty = expression.ty;
        match &expression.kind {
            Kind::Element(list, index) => {
                self.expression(list, depth)?;
                let element = self.found(self.program.types.element(list.ty), "element")?;
                self.same(element, ty, "element")?;
                self.any_integer(index, depth)
            }
            Kind::Slice(list, from, to) => {
                self.is_sequence(ty)?;
                self.typed(list, ty, depth, "what is sliced")?;
                self.any_integer(from, depth)?;
                to.iter().try_for_each(|to| self.any_integer(to, depth))
            }
            Kind::Length(list) => {
                self.same(Type::U32, ty, "length")?;
                self.is_sequence(list.ty)?;
                self.expression(list, depth)
            }
            Kind::Concat(parts) => {
                self.is_sequence(ty)?;
                parts.iter().try_for_each(|part| self.typed(part, ty, depth, "part"))
            }
            Kind::Contains(list, element) => {
                self.same(Type::Boolean, ty, "search")?;
                self.expression(list, depth)?;
                let expected = self.found(self.program.types.element(list.ty), "element")?;
                self.typed(element, expected, depth, "element")
            }
            _ => self.fail("no sequence"),
        }
    }

    fn convert(&mut self, operand: &Expression, ty: Type, depth: usize) -> Result {
        let fits = matches!(
            (operand.ty, ty),
            (Type::Integer(_) | Type::Enum(_), Type::Integer(_))
                | (Type::Integer(_), Type::Enum(_))
                | (Type::Address | Type::Hash | Type::String, Type::Bytes)
                | (Type::Bytes, Type::Address | Type::Hash | Type::String)
        );
        if !fits {
            return self.fail(format!("{:?} converted to {ty:?}", operand.ty));
        }
        self.expression(operand, depth)
    }

    /// What asks the chain, and calls.
    fn chain(&mut self, expression: &Expression, depth: usize) -> Result {
        let ty = expression.ty;
        match &expression.kind {
            Kind::Recover(signature, digest) => {
                self.option_of(Type::Address, ty)?;
                self.typed(signature, Type::Bytes, depth, "signature")?;
                self.typed(digest, Type::Hash, depth, "digest")
            }
            Kind::Context(context) => self.same(context.ty(), ty, "context"),
            Kind::BlockHash(number) => {
                self.option_of(Type::Hash, ty)?;
                self.typed(number, Type::U32, depth, "block number")
            }
            Kind::IsContract(address) => {
                self.same(Type::Boolean, ty, "test for a contract")?;
                self.typed(address, Type::Address, depth, "address")
            }
            Kind::CodeHash(address) => {
                self.option_of(Type::Hash, ty)?;
                self.typed(address, Type::Address, depth, "address")
            }
            Kind::Read(..) | Kind::Exists(..) | Kind::Count(..) | Kind::Keys(..) => self.storage(expression, depth),
            Kind::Version(..) | Kind::AtBlock(..) => self.storage(expression, depth),
            Kind::Call(function, arguments) => {
                let callee = self.callee(*function)?;
                self.same(callee.result, ty, "result")?;
                if callee.parameters != arguments.len() {
                    return self.fail("another number of arguments");
                }
                let parameters = arguments.iter().zip(&callee.locals);
                parameters.into_iter().try_for_each(|(value, local)| self.typed(value, local.ty, depth, "argument"))
            }
            Kind::Invoke(call) => self.invoke(call, ty, depth),
            Kind::Create(creation) => {
                let Creation { code, input, value, gas, salt } = &**creation;
                self.same(Type::Address, ty, "creation")?;
                self.typed(code, Type::Hash, depth, "code hash")?;
                self.input(input, depth)?;
                value.iter().try_for_each(|value| self.typed(value, Type::U128, depth, "value"))?;
                gas.iter().try_for_each(|gas| self.typed(gas, Type::U64, depth, "gas"))?;
                salt.iter().try_for_each(|salt| self.typed(salt, Type::Bytes, depth, "salt"))
            }
            _ => self.fail("unknown expression"),
        }
    }

    fn storage(&mut self, expression: &Expression, depth: usize) -> Result {
        let ty = expression.ty;
        match &expression.kind {
            Kind::Read(id, keys) => {
                self.same(self.cell(*id)?.value, ty, "stored value")?;
                self.keys(*id, keys, 0, depth)
            }
            Kind::Exists(id, keys) => {
                self.same(Type::Boolean, ty, "test for a value")?;
                self.keys(*id, keys, 0, depth)
            }
            Kind::Count(id, keys) => {
                self.same(Type::U32, ty, "count")?;
                let missing = match self.cell(*id)?.kind {
                    CellKind::Plain => return self.fail("a plain cell is counted"),
                    CellKind::Enumerable => 1,
                    CellKind::Ledger => 0,
                };
                self.keys(*id, keys, missing, depth)
            }
            Kind::Keys(id, keys) => {
                let cell = self.cell(*id)?;
                let element = self.program.types.element(ty);
                if cell.kind != CellKind::Enumerable || element.is_none() || element != cell.keys.last().copied() {
                    return self.fail("keys of a cell that has none, or of another type");
                }
                self.keys(*id, keys, 1, depth)
            }
            Kind::Version(id, keys, index) => {
                let cell = self.ledger(*id)?;
                if self.program.types.fields(ty) != Some(vec![Type::U32, cell]) {
                    return self.fail("a version of another type");
                }
                self.keys(*id, keys, 0, depth)?;
                self.any_integer(index, depth)
            }
            Kind::AtBlock(id, keys, block) => {
                self.same(self.ledger(*id)?, ty, "stored value")?;
                self.keys(*id, keys, 0, depth)?;
                self.typed(block, Type::U32, depth, "block number")
            }
            _ => self.fail("no storage"),
        }
    }

    fn invoke(&mut self, call: &ContractCall, ty: Type, depth: usize) -> Result {
        let ContractCall { kind, target, input, value, gas, output, reentry: _ } = call;
        let (address, no_value, no_gas) = match kind {
            CallKind::Normal => (Type::Address, false, false),
            CallKind::Static => (Type::Address, true, false),
            CallKind::Delegate => (Type::Hash, true, true),
        };
        self.typed(target, address, depth, "target")?;
        self.input(input, depth)?;
        value.iter().try_for_each(|value| self.typed(value, Type::U128, depth, "value"))?;
        gas.iter().try_for_each(|gas| self.typed(gas, Type::U64, depth, "gas"))?;
        if no_value && value.is_some() || no_gas && gas.is_some() {
            return self.fail("a call of this kind takes no value or no gas");
        }
        match output {
            CallOutput::Value(value) => self.same(*value, ty, "answer"),
            CallOutput::Raw => self.same(Type::Bytes, ty, "answer"),
            CallOutput::Outcome if self.program.types.fields(ty) == Some(vec![Type::Boolean, Type::Bytes]) => Ok(()),
            CallOutput::Outcome => self.fail("an outcome of another type"),
        }
    }

    fn input(&mut self, input: &CallInput, depth: usize) -> Result {
        match input {
            CallInput::Action(_, arguments) => arguments.iter().try_for_each(|value| self.expression(value, depth)),
            CallInput::Raw(bytes) => self.typed(bytes, Type::Bytes, depth, "input"),
        }
    }

    /// The keys of a cell, but for the last `missing`.
    pub(super) fn keys(&mut self, id: CellId, keys: &[Expression], missing: usize, depth: usize) -> Result {
        let cell = self.cell(id)?;
        if keys.len() + missing != cell.keys.len() {
            return self.fail(format!("{} has another number of keys", cell.name));
        }
        keys.iter().zip(&cell.keys).try_for_each(|(key, ty)| self.typed(key, *ty, depth, "key"))
    }

    fn ledger(&self, id: CellId) -> Result<Type> {
        let cell = self.cell(id)?;
        if cell.kind != CellKind::Ledger {
            return self.fail(format!("{} is no ledger", cell.name));
        }
        Ok(cell.value)
    }

    fn content(&self, option: Type) -> Result<Type> {
        self.found(self.program.types.content(option), "option")
    }

    fn option_of(&self, content: Type, option: Type) -> Result {
        let actual = self.content(option)?;
        self.same(content, actual, "content")
    }

    fn integer(&self, ty: Type) -> Result<()> {
        if ty.integer().is_some() {
            return Ok(());
        }
        self.fail(format!("{ty:?} is no integer"))
    }

    pub(super) fn any_integer(&mut self, index: &Expression, depth: usize) -> Result {
        self.integer(index.ty)?;
        self.expression(index, depth)
    }

    fn is_sequence(&self, ty: Type) -> Result {
        if matches!(ty, Type::String | Type::Bytes | Type::List(_)) {
            return Ok(());
        }
        self.fail(format!("{ty:?} has no length"))
    }
}

fn is_ordered(ty: Type) -> bool {
    matches!(ty, Type::Integer(_) | Type::Enum(_) | Type::String | Type::Bytes | Type::Address | Type::Hash)
}
