//! Every operation on every width, on values around every power that a carry could be lost at.
//!
//! A contract gets a list of pairs and gives a list of messages and results: what reverts is caught. The interpreter computes
//! with `num-bigint`.

use num_bigint::BigInt;
use num_traits::One;

use super::{Both, returned};
use crate::ir::interpret::Outcome;
use crate::ir::interpret::value::{Value, encode};
use crate::ir::{
    Binary, Comparison, Expression, FunctionBuilder, Integer, Kind, LocalId, Place, Program, Statement, Type, Unary,
};

/// A contract with an action for each operation.
struct Operations {
    program: Program,
    names: Vec<String>,
}

impl Operations {
    fn new() -> Self {
        Self { program: Program::new("Operations"), names: Vec::new() }
    }

    /// `action name(pairs: List<(A, B)>) -> List<(string, R)>`.
    fn add(&mut self, name: &str, [a, b, result]: [Type; 3], operation: impl Fn(Expression, Expression) -> Expression) {
        let types = &mut self.program.types;
        let pair = types.tuple(&[a, b]);
        let pairs = types.list(pair);
        let one = types.tuple(&[Type::String, result]);
        let all = types.list(one);
        let types = &self.program.types;
        let mut f = FunctionBuilder::new(name, all);
        let input = f.parameter("pairs", pairs);
        let (index, message) = (f.local("index", Type::U32), f.local("message", Type::String));
        let (output, value, taken) = (f.local("output", all), f.local("value", result), f.local("taken", pair));
        let part = |field| f.get(taken).field(field, types);
        let push = |message, value| Statement::Push(output.into(), Expression::tuple(one, vec![message, value]));
        let body = vec![
            Statement::set(taken, f.get(input).element(f.get(index), types)),
            Statement::set(value, operation(part(0), part(1))),
            push(Expression::string(""), f.get(value)),
        ];
        let caught = push(f.get(message), Expression::zero(result));
        let guard = Statement::Guard { body, atomic: false, message: Some(message), handler: vec![caught] };
        let next = f.get(index).binary(Binary::Add, Expression::integer(Integer::U32, 1));
        let each = Statement::Loop {
            condition: f.get(index).compare(Comparison::Less, f.get(input).length()),
            body: vec![guard],
            step: vec![Statement::set(index, next)],
        };
        let give = Statement::Return(Some(f.get(output)));
        let function = self.program.add_function(f.finish([each, give]));
        self.program.add_message(name, function);
        self.names.push(name.to_owned());
    }

    /// Runs all of them on pairs, some at a time.
    fn run(self, pairs: &[(Value, Value)], ty: [Type; 2]) {
        let Self { mut program, names } = self;
        let pair = program.types.tuple(&ty);
        let list = program.types.list(pair);
        let types = program.types.clone();
        let mut contract = Both::new(program);
        for chunk in pairs.chunks(40) {
            let pairs = chunk.iter().map(|(a, b)| Value::Tuple(vec![a.clone(), b.clone()])).collect();
            let mut input = Vec::new();
            encode(&Value::List(pairs), list, &types, &mut input);
            for name in &names {
                let outcome = contract.run(name, &[&input]);
                assert!(matches!(outcome, Outcome::Returned(_)), "{name}: {outcome:?}");
            }
        }
    }
}

/// Values of a width near the ends, near powers of two, and with gaps.
fn edges(width: Integer) -> Vec<BigInt> {
    let mut edges = vec![width.min(), width.max(), width.min() + 1, width.max() - 1];
    for power in [0u32, 7, 8, 16, 31, 32, 63, 64, 96, 127, 128, 160, 192, 254, 255] {
        let power: BigInt = BigInt::one() << power;
        edges.extend([&power - 1, power.clone(), &power + 1, -&power, 1 - &power, -1 - power]);
    }
    edges.extend([10, 1_000_000_000].map(BigInt::from));
    edges.extend([BigInt::from(10).pow(18), BigInt::from(10).pow(38) + 7, BigInt::from(10).pow(76) * 9 + 1]);
    edges.push(BigInt::parse_bytes(b"ffffffff00000000ffffffffffffffff00000001", 16).expect("digits"));
    edges.push(BigInt::parse_bytes(b"80000000000000000000000000000001000000000000000000000000", 16).expect("digits"));
    edges.retain(|edge| width.contains(edge));
    edges.sort();
    edges.dedup();
    edges
}

fn pairs(first: &[BigInt], second: &[BigInt]) -> Vec<(Value, Value)> {
    let pair = |a: &BigInt, b: &BigInt| (Value::Integer(a.clone()), Value::Integer(b.clone()));
    first.iter().flat_map(|a| second.iter().map(move |b| pair(a, b))).collect()
}

#[test]
fn every_operation_gives_what_big_integers_give() {
    for width in Integer::ALL {
        let ty = Type::from(width);
        let mut operations = Operations::new();
        let binary = [
            Binary::Add,
            Binary::Subtract,
            Binary::Multiply,
            Binary::Divide,
            Binary::Remainder,
            Binary::Minimum,
            Binary::Maximum,
            Binary::And,
            Binary::Or,
            Binary::Xor,
        ];
        for operator in binary {
            operations.add(&format!("{operator:?}"), [ty, ty, ty], |a, b| a.binary(operator, b));
        }
        for operator in [Unary::Negate, Unary::Absolute, Unary::Complement] {
            operations.add(&format!("{operator:?}"), [ty, ty, ty], |a, _| a.unary(operator));
        }
        let comparisons = [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ];
        for comparison in comparisons {
            operations.add(&format!("{comparison:?}"), [ty, ty, Type::Boolean], |a, b| a.compare(comparison, b));
        }
        operations.add("Text", [ty, ty, Type::String], |a, _| a.text());
        let edges = edges(width);
        // Against every third, and the ends: each of them meets its likes, and there are not too many.
        let mut second: Vec<BigInt> = edges.iter().step_by(3).cloned().collect();
        second.extend([-1, 0, 1, 2].map(BigInt::from).into_iter().filter(|edge| width.contains(edge)));
        second.extend([width.min(), width.max()]);
        operations.run(&pairs(&edges, &second), [ty, ty]);
    }
}

#[test]
fn every_shift_gives_what_big_integers_give() {
    let shifts = [0u32, 1, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, 129, 192, 254, 255, 256, 257, 1_000, u32::MAX];
    for width in Integer::ALL {
        let ty = Type::from(width);
        let mut operations = Operations::new();
        for operator in [Binary::ShiftLeft, Binary::ShiftRight] {
            operations.add(&format!("{operator:?}"), [ty, Type::U32, ty], |a, b| a.binary(operator, b));
        }
        operations.run(&pairs(&edges(width), &shifts.map(BigInt::from)), [ty, Type::U32]);
    }
}

#[test]
fn every_conversion_fits_or_reverts() {
    for from in Integer::ALL {
        let ty = Type::from(from);
        let mut operations = Operations::new();
        for to in Integer::ALL {
            operations.add(&format!("{to:?}"), [ty, ty, to.into()], |a, _| a.convert(to));
        }
        for variants in [1, 3, 256] {
            let names: Vec<String> = (0..variants).map(|index| format!("V{index}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let choice = operations.program.types.enumeration(&format!("Choice{variants}"), &names);
            operations.add(&format!("Choice{variants}"), [ty, ty, choice], |a, _| a.convert(choice));
            operations.add(&format!("Index{variants}"), [ty, ty, ty], |a, _| a.convert(choice).convert(ty));
        }
        let edges = edges(from);
        operations.run(&pairs(&edges, &edges[..1]), [ty, ty]);
    }
}

#[test]
fn a_result_may_go_where_an_operand_is() {
    for width in [Integer::U128, Integer::I128, Integer::U256, Integer::I256] {
        let ty = Type::from(width);
        let mut program = Program::new("Test");
        let mut f = FunctionBuilder::new("f", ty);
        let (a, b) = (f.parameter("a", ty), f.parameter("b", ty));
        let two = || Expression::integer(width, 2);
        let step = |local: LocalId, operator, other| {
            Statement::Assign(Place::from(local), Expression::local(local, ty).binary(operator, other))
        };
        let function = program.add_function(f.finish([
            step(a, Binary::Multiply, Expression::local(a, ty)),
            step(b, Binary::Add, Expression::local(b, ty)),
            step(a, Binary::Divide, two()),
            Statement::set(b, two().binary(Binary::Multiply, Expression::local(b, ty))),
            step(a, Binary::Subtract, Expression::local(b, ty)),
            step(a, Binary::ShiftLeft, Expression::integer(Integer::U32, 3)),
            Statement::set(b, Expression::local(b, ty).binary(Binary::Remainder, Expression::local(a, ty))),
            Statement::Return(Some(Expression::local(a, ty).binary(Binary::Add, Expression::local(b, ty)))),
        ]));
        program.add_message("f", function);
        let size = usize::try_from(width.bytes()).expect("small");
        let bytes = |value: i64| integer_bytes(value, size);
        // 50 * 50 = 2,500; / 2 = 1,250; - 12 = 1,238; * 8 = 9,904; + 12 % 9,904.
        assert_eq!(Both::new(program).run("f", &[&bytes(50), &bytes(3)]), returned(&[&bytes(9_916)]));
    }
}

fn integer_bytes(value: i64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn an_index_of_any_width_finds_or_reverts() {
    for width in Integer::ALL {
        let ty = Type::from(width);
        let mut operations = Operations::new();
        let list = operations.program.types.list(Type::U8);
        let text = Expression::bytes(b"0123456789");
        let u8s = Expression::list(list, (0u8..10).map(|it| Expression::integer(Integer::U8, it)).collect());
        let types = operations.program.types.clone();
        operations.add("Bytes", [ty, ty, Type::U8], |a, _| text.clone().element(a, &types));
        operations.add("List", [ty, ty, Type::U8], |a, _| u8s.clone().element(a, &types));
        operations.add("Slice", [ty, ty, Type::Bytes], |a, b| text.clone().slice(a, Some(b)));
        operations.add("Rest", [ty, ty, list], |a, _| {
            Expression::new(list, Kind::Slice(Box::new(u8s.clone()), Box::new(a), None))
        });
        let mut edges = edges(width);
        edges.extend([5, 9, 10, 11].map(BigInt::from));
        operations.run(&pairs(&edges, &edges), [ty, ty]);
    }
}
