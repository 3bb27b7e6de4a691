//! Random well-typed programs, from a tape of bytes.
//!
//! Each choice takes a byte from the tape; at its end every choice is the first, which is the simplest. So a shorter tape is a
//! simpler program, and proptest can shrink what fails.

mod expressions;
mod statements;

use crate::ir::chain::{Answer, ReturnCode};
use crate::ir::interpret::value::{Value, encode};
use crate::ir::{
    Cell, CellId, Constant, Event, EventField, Expression, FunctionBuilder, FunctionId, Integer, Kind, LocalId,
    Program, Shape, Statement, Type,
};
use num_bigint::BigInt;
use num_traits::One;

/// A program and what it is run with.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) program: Program,
    /// Calls of its only action, one after the other.
    pub(crate) inputs: Vec<Vec<u8>>,
    pub(crate) answers: Vec<Answer>,
}

/// Makes a case from a tape.
pub(crate) fn case(tape: &[u8]) -> Case {
    let mut maker = Maker {
        tape,
        at: 0,
        program: Program::new("Random"),
        types: Vec::new(),
        palette: Vec::new(),
        functions: Vec::new(),
    };
    maker.add_types();
    for _ in 0..2 + maker.choose(3) {
        let index = maker.choose(maker.types.len());
        let ty = maker.types[index];
        maker.palette.push(ty);
    }
    maker.add_cells();
    maker.add_events();
    let count = 1 + maker.choose(3);
    for _ in 0..count {
        maker.add_function();
    }
    let (entry, parameters) = maker.functions.last().cloned().expect("there is one");
    let message = maker.program.add_message("run", entry);
    message.payable = true;
    let selector = message.selector;
    let mut inputs = Vec::new();
    for _ in 0..=maker.choose(4) {
        let mut input = selector.to_vec();
        for ty in &parameters {
            let value = maker.random_value(*ty);
            encode(&value, *ty, &maker.program.types, &mut input);
        }
        maker.spoil(&mut input);
        inputs.push(input);
    }
    let answers = maker.answers();
    Case { program: maker.program, inputs, answers }
}

struct Maker<'a> {
    tape: &'a [u8],
    at: usize,
    program: Program,
    types: Vec<Type>,
    /// The few types that most of the program is about: so what it does with them meets.
    palette: Vec<Type>,
    /// What can be called, with the types of its parameters.
    functions: Vec<(FunctionId, Vec<Type>)>,
}

/// A function in the making.
struct Scope {
    builder: FunctionBuilder,
    locals: Vec<(LocalId, Type)>,
    result: Type,
    /// Statements that may still be made.
    budget: usize,
    in_loop: bool,
    /// Whether most statements have a guard around them.
    careful: bool,
    /// Locals that count rounds: nothing else may change them.
    counters: usize,
}

/// Tells the values of locals.
fn show(locals: impl Iterator<Item = (LocalId, Type)>) -> Statement {
    let values = locals.map(|(local, ty)| Expression::local(local, ty)).collect();
    Statement::Debug(Expression::encode(values).text())
}

impl Maker<'_> {
    fn byte(&mut self) -> u8 {
        let byte = self.tape.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    /// A number below `count`.
    fn choose(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    fn flip(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let index = self.choose(from.len());
        from.get(index).cloned()
    }

    fn any_type(&mut self) -> Type {
        if self.choose(8) < 7 {
            let index = self.choose(self.palette.len());
            return self.palette[index];
        }
        let index = self.choose(self.types.len());
        self.types[index]
    }

    fn integer_type(&mut self) -> Type {
        Type::from(Integer::ALL[8 - self.choose(9)])
    }

    fn add_types(&mut self) {
        let mut types: Vec<Type> = Integer::ALL.into_iter().map(Type::from).rev().collect();
        types.extend([Type::Boolean, Type::String, Type::Bytes, Type::Address, Type::Hash, Type::Unit]);
        let make = &mut self.program.types;
        let choice = make.enumeration("Choice", &["A", "B", "C"]);
        let bytes = make.list(Type::U8);
        let numbers = make.list(Type::INTEGER);
        let texts = make.list(Type::String);
        let maybe = make.option(Type::U64);
        let pair = make.tuple(&[Type::Boolean, Type::String]);
        let record = make.record("Record", &[("a", Type::U32), ("b", bytes), ("c", maybe), ("d", choice)]);
        let nothing = make.option(Type::Unit);
        let plain = make.tuple(&[Type::U8, Type::Address, Type::U128]);
        types.extend([choice, bytes, numbers, texts, maybe, pair, record, plain, nothing]);
        let (records, lists) = (make.list(record), make.list(bytes));
        types.extend([records, lists, make.option(record), make.option(numbers), make.list(maybe), make.list(plain)]);
        let nested = make.record("Nested", &[("x", record), ("y", lists), ("z", Type::Boolean)]);
        types.extend([nested, make.option(Type::Address), make.option(Type::Hash), make.list(Type::Boolean)]);
        types.push(make.tuple(&[Type::U32, Type::INTEGER]));
        self.types = types;
    }

    fn add_cells(&mut self) {
        let keys: [&[Type]; 6] = [
            &[],
            &[Type::Address],
            &[Type::Address, Type::Integer(Integer::U16)],
            &[Type::String],
            &[Type::INTEGER],
            &[Type::Boolean, Type::Bytes],
        ];
        for index in 0..4 {
            let (keys, value) = (self.pick(&keys).expect("there are some"), self.any_type());
            let name = format!("cell{index}");
            let cell = match self.choose(4) {
                2 if !keys.is_empty() => Cell::enumerable(&name, keys, value),
                3 => Cell::ledger(&name, keys, value),
                _ => Cell::plain(&name, keys, value),
            };
            self.program.add_cell(cell);
        }
    }

    fn add_events(&mut self) {
        for index in 0..2 {
            let mut fields = Vec::new();
            for field in 0..self.choose(5) {
                let indexed = self.flip() && fields.iter().filter(|it: &&EventField| it.indexed).count() < 3;
                let (ty, data) = (self.any_type(), self.flip());
                fields.push(EventField { name: format!("field{field}"), ty, indexed, data });
            }
            let name = format!("Event{index}");
            self.program.add_event(Event { signature: format!("{name}()"), name, fields });
        }
    }

    fn add_function(&mut self) {
        let result = self.any_type();
        let mut builder = FunctionBuilder::new(&format!("f{}", self.functions.len()), result);
        let (mut locals, mut parameters) = (Vec::new(), Vec::new());
        for index in 0..self.choose(4) {
            let ty = self.any_type();
            parameters.push(ty);
            locals.push((builder.parameter(&format!("p{index}"), ty), ty));
        }
        for index in 0..2 + self.choose(6) {
            let ty = self.any_type();
            locals.push((builder.local(&format!("v{index}"), ty), ty));
        }
        let careful = self.choose(4) != 0;
        let mut scope = Scope { builder, locals, result, budget: 30, in_loop: false, careful, counters: 0 };
        let mut body = self.block(&mut scope, 0);
        body.push(show(scope.locals.iter().copied()));
        let value = self.expression(&scope, result, 3);
        body.push(Statement::Return(Some(value)));
        let id = self.program.add_function(scope.builder.finish(body));
        self.functions.push((id, parameters));
    }

    /// A value of a type, mostly near an edge.
    fn random_value(&mut self, ty: Type) -> Value {
        match ty {
            Type::Unit => Value::Unit,
            Type::Boolean => Value::Boolean(self.flip()),
            Type::Integer(width) => Value::Integer(self.random_integer(width)),
            Type::String => {
                let text =
                    ["", "a", "grüße", "hello world, this is more than sixty-three bytes of text, to need two of them"];
                Value::String(text[self.choose(text.len())].to_owned())
            }
            Type::Bytes => {
                let length = self.choose(70);
                Value::Bytes((0..length).map(|_| self.byte()).collect())
            }
            Type::Address => Value::Address([[0, 0x75, 0xca, 0xff][self.choose(4)]; 20]),
            Type::Hash => Value::Hash([[0, 0x33, 0xcc][self.choose(3)]; 32]),
            Type::Enum(_) => {
                let count = self.program.types.variants(ty).expect("an enum");
                Value::Variant(u8::try_from(self.choose(count)).expect("a few"))
            }
            _ => match self.program.types.shape(ty).cloned().expect("composite") {
                Shape::List(element) => {
                    let length = self.choose(4);
                    Value::List((0..length).map(|_| self.random_value(element)).collect())
                }
                Shape::Option(content) => {
                    Value::Option(if self.flip() { Some(Box::new(self.random_value(content))) } else { None })
                }
                Shape::Tuple(elements) => Value::Tuple(elements.into_iter().map(|it| self.random_value(it)).collect()),
                Shape::Record { fields, .. } => {
                    Value::Tuple(fields.into_iter().map(|(_, ty)| self.random_value(ty)).collect())
                }
                Shape::Enum { .. } => Value::Variant(0),
            },
        }
    }

    fn random_integer(&mut self, width: Integer) -> BigInt {
        let value = match self.choose(6) {
            0 => BigInt::from(self.choose(5)),
            1 => width.max() - self.choose(3),
            2 => width.min() + self.choose(3),
            3 => (BigInt::one() << self.choose(width.bits() as usize)) - self.choose(3),
            _ => BigInt::from(self.byte()) * BigInt::from(self.byte()),
        };
        if width.contains(&value) { value } else { BigInt::from(self.choose(3)) }
    }

    /// Now and then makes an input wrong.
    fn spoil(&mut self, input: &mut Vec<u8>) {
        match self.choose(60) {
            1 => input.push(0),
            2 => {
                input.pop();
            }
            3 => {
                let at = self.choose(input.len());
                input[at] ^= 1 << self.choose(8);
            }
            _ => {}
        }
    }

    fn answers(&mut self) -> Vec<Answer> {
        let codes = [
            ReturnCode::Success,
            ReturnCode::CalleeReverted,
            ReturnCode::CalleeTrapped,
            ReturnCode::TransferFailed,
            ReturnCode::NotCallable,
            ReturnCode::OutOfResources,
        ];
        let mut answers = Vec::new();
        for _ in 0..self.choose(4) {
            let code = self.pick(&codes).expect("there are some");
            let output = match (code, self.choose(4)) {
                (ReturnCode::Success, 0) => vec![0],
                (ReturnCode::Success, _) => {
                    let (ty, mut output) = (self.any_type(), vec![0]);
                    encode(&self.random_value(ty), ty, &self.program.types, &mut output);
                    output
                }
                (ReturnCode::CalleeReverted, 0) => vec![1, 3 << 2, b'b', b'a', b'd'],
                (ReturnCode::CalleeReverted, 1) => vec![1, 3 << 2, b'b', 0xff, b'd'],
                (ReturnCode::CalleeReverted, 2) => vec![1, 1 << 2, b'b', b'a'],
                _ => Vec::new(),
            };
            answers.push(Answer { code, output });
        }
        answers
    }

    /// A few different keys.
    fn key(&mut self, ty: Type) -> Expression {
        let constant = match ty {
            Type::Address => Constant::Address([[0x75, 0xca][self.choose(2)]; 20]),
            Type::String => Constant::String(["a", "b"][self.choose(2)].to_owned()),
            Type::Bytes => Constant::Bytes(vec![7; self.choose(2)]),
            Type::Integer(_) => Constant::Integer(BigInt::from(self.choose(2))),
            Type::Boolean => Constant::Boolean(self.flip()),
            _ => Constant::Zero,
        };
        Expression::new(ty, Kind::Constant(constant))
    }

    fn any_cell(&mut self) -> (CellId, Cell) {
        let index = self.choose(self.program.cells.len());
        (CellId(u32::try_from(index).expect("a few")), self.program.cells[index].clone())
    }
}
