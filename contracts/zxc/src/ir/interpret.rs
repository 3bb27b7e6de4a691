//! The reference interpreter: what a program means, as simply as it can be said.
//!
//! It runs a checked program over a [`Chain`] and is what the generated Wasm is compared with. It is slow, and it has limits of
//! its own instead of gas: [`Stop`] says when they are reached.
//!
//! ```text
//! let mut interpreter = Interpreter::new(&program, &mut chain, Limits::default());
//! match interpreter.run(EntryKind::Message, &input) { Outcome::Returned(output) => ..., Outcome::Reverted(message) => ..., ... }
//! ```
//!
//! Files: `value` (values and SCALE), `expression`, `arithmetic`, `sequence`, `statement`, `storage`, `calls`.

mod arithmetic;
mod calls;
mod expression;
mod sequence;
mod statement;
mod storage;
pub mod value;

pub(in crate::ir) use arithmetic::{binary, unary};
pub use value::Value;
pub(in crate::ir) use value::text;

use super::chain::Chain;
use super::{Entry, EntryKind, Fault, Function, FunctionId, LocalId, Program, Type};
use value::{decode_part, encode};

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements and expressions evaluated, and bytes copied.
    pub steps: u64,
    /// Functions that call each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 10_000_000, depth: 128 }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With this output.
    Returned(Vec<u8>),
    /// It reverted with this message: the chain has to undo all it did.
    Reverted(String),
    /// The contract ended itself.
    Terminated,
    /// The interpreter gave up.
    Stopped(Stop),
}

/// Why the interpreter gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Too many steps.
    Steps,
    /// Functions called each other too deeply.
    Depth,
    /// The program has not been checked.
    Malformed,
}

/// What leaves statements and expressions early.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exit {
    Revert(String),
    Terminated,
    Stop(Stop),
}

impl From<Fault> for Exit {
    fn from(fault: Fault) -> Self {
        Self::Revert(fault.message().to_owned())
    }
}

type Result<T = ()> = std::result::Result<T, Exit>;

/// A program at work.
pub struct Interpreter<'a> {
    program: &'a Program,
    chain: &'a mut dyn Chain,
    limits: Limits,
    steps: u64,
    depth: usize,
    /// The locals of the function that runs.
    locals: Vec<Value>,
    function: Option<&'a Function>,
}

impl<'a> Interpreter<'a> {
    /// A program that has been checked, on a chain.
    pub fn new(program: &'a Program, chain: &'a mut dyn Chain, limits: Limits) -> Self {
        Self { program, chain, limits, steps: 0, depth: 0, locals: Vec::new(), function: None }
    }

    /// Serves one call.
    pub fn run(&mut self, kind: EntryKind, input: &[u8]) -> Outcome {
        match self.serve(kind, input) {
            Ok(output) => Outcome::Returned(output),
            Err(Exit::Revert(message)) => Outcome::Reverted(message),
            Err(Exit::Terminated) => Outcome::Terminated,
            Err(Exit::Stop(stop)) => Outcome::Stopped(stop),
        }
    }

    fn serve(&mut self, kind: EntryKind, input: &[u8]) -> Result<Vec<u8>> {
        let found = input.split_at_checked(4).and_then(|(selector, arguments)| {
            let mut entries = self.program.entries.iter();
            let entry = entries.find(|entry| entry.kind == kind && entry.selector == selector)?;
            Some((entry, arguments))
        });
        match (found, self.program.fallback) {
            (Some((entry, arguments)), _) => self.entry(entry, arguments),
            (None, Some(fallback)) if kind == EntryKind::Message => {
                match self.call(fallback, vec![Value::Bytes(input.to_vec())])? {
                    Value::Bytes(output) => Ok(output),
                    _ => malformed(),
                }
            }
            _ => Err(Fault::UnknownSelector.into()),
        }
    }

    fn entry(&mut self, entry: &Entry, mut arguments: &[u8]) -> Result<Vec<u8>> {
        if !entry.payable && self.chain.call_context().value != 0 {
            return Err(Fault::ValueRefused.into());
        }
        if entry.secure && self.chain.call_context().reentrance != 0 {
            return Err(Fault::ReentryRefused.into());
        }
        let (program, function) = (self.program, self.callee(entry.function)?);
        let mut values = Vec::new();
        for local in function.locals.iter().take(function.parameters) {
            values.push(decode_part(&mut arguments, local.ty, &program.types)?);
        }
        if !arguments.is_empty() {
            return Err(Fault::MalformedData.into());
        }
        let result = self.call(entry.function, values)?;
        let mut output = vec![0];
        encode(&result, function.result, &program.types, &mut output);
        Ok(output)
    }

    fn callee(&self, id: FunctionId) -> Result<&'a Function> {
        self.program.functions.get(id.index()).map_or_else(malformed, Ok)
    }

    /// Runs a function on its arguments.
    fn call(&mut self, id: FunctionId, mut locals: Vec<Value>) -> Result<Value> {
        if self.depth >= self.limits.depth {
            return Err(Exit::Stop(Stop::Depth));
        }
        let function = self.callee(id)?;
        let others = function.locals.iter().skip(function.parameters);
        locals.extend(others.map(|local| Value::zero(local.ty, &self.program.types)));
        let callers = (std::mem::replace(&mut self.locals, locals), self.function.replace(function));
        self.depth += 1;
        // What a function nests is bounded, how deep functions call each other too: the stack grows by what that takes.
        let flow = stacker::maybe_grow(256 * 1024, 2 * 1024 * 1024, || self.block(&function.body));
        self.depth -= 1;
        (self.locals, self.function) = callers;
        Ok(match flow? {
            statement::Flow::Return(value) => value,
            _ => self.zero(function.result),
        })
    }

    fn zero(&self, ty: Type) -> Value {
        Value::zero(ty, &self.program.types)
    }

    fn local(&mut self, id: LocalId) -> Result<&mut Value> {
        self.locals.get_mut(id.index()).map_or_else(malformed, Ok)
    }

    /// Uses up steps.
    fn charge(&mut self, steps: u64) -> Result {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps { Err(Exit::Stop(Stop::Steps)) } else { Ok(()) }
    }
}

fn malformed<T>() -> Result<T> {
    Err(Exit::Stop(Stop::Malformed))
}

#[cfg(test)]
mod tests;
