//! A contract that does what its input says: each import, with any arguments, one after the other.
//!
//! Its code is made from the table of imports, so it can call all of them. The input is a list of steps: a number (8 bytes;
//! an import's id, or one of [`step`]) and its parameters (8 bytes each), followed by data. Results of imports go, 8 bytes
//! each, into a log, which is the contract's output unless it ends otherwise. `deploy` does the same as `call`.
//!
//! Memory: [`ROOM`] holds lengths, [`OUT`] what imports answer, [`INPUT`] the input.

use std::fmt::Write as _;

use ziver_contracts::code::imports::{IMPORTS, Import, Val};
use ziver_primitives::{AccountId20, Balance, Hash};

use crate::world::wat;

/// Where results of imports are noted.
pub const LOG: u32 = 0x100;
/// Where a length stands that an import reads and writes.
pub const ROOM: u32 = 0x1000;
/// Where imports write what they answer.
pub const OUT: u32 = 0x1010;
/// Bytes from [`OUT`] on.
pub const OUT_BYTES: u32 = INPUT - OUT;
/// Where the input is.
pub const INPUT: u32 = 0x8000;
/// Bytes of memory.
pub const MEMORY_BYTES: u32 = 0x2_0000;
/// In place of a pointer: nothing is wanted.
pub const NONE: u32 = u32::MAX;

/// Steps that are no imports.
pub mod step {
    /// Ends with the log as output.
    pub const END: u64 = 0;
    /// (flags): ends with the log as output.
    pub const END_WITH: u64 = 64;
    /// Traps.
    pub const TRAP: u64 = 65;
    /// Runs until the gas is gone.
    pub const BURN: u64 = 66;
    /// Calls itself until the stack is gone.
    pub const RECURSE: u64 = 67;
    /// (pages): grows the memory; the result is logged.
    pub const GROW: u64 = 68;
    /// (address, value): stores 8 bytes.
    pub const POKE: u64 = 69;
    /// (address, value): adds to 8 bytes.
    pub const ADD: u64 = 70;
    /// (address, offset of a step in the input): lowers the 8 bytes there, and goes to that step unless they are zero now.
    pub const REPEAT: u64 = 71;
    /// (value): traps unless that was the last result.
    pub const EXPECT: u64 = 72;
    /// (address): logs 8 bytes.
    pub const PEEK: u64 = 73;
    /// (value): ends with the log as output if that was the last result.
    pub const END_IF: u64 = 74;
    /// One more than the last.
    pub const COUNT: u64 = 75;
}

/// The puppet's code.
pub fn code() -> Vec<u8> {
    wat(&text(""))
}

/// Code that does the same, with another hash.
pub fn other_code() -> Vec<u8> {
    wat(&text("(func (export \"another\"))"))
}

fn text(more: &str) -> String {
    let mut out = String::from("(module\n");
    for import in IMPORTS {
        let _ =
            writeln!(out, "(import \"{}\" \"{}\" (func $i{} {}))", import.module, import.name, import.id, ty(import));
    }
    out.push_str(
        r#"(memory (export "memory") 2 16) (global $log (mut i32) (i32.const 0)) (global $last (mut i64) (i64.const 0))
        (func $note (param i64)
            (global.set $last (local.get 0))
            (if (i32.lt_u (global.get $log) (i32.const 0xe00)) (then
                (i64.store offset=0x100 (global.get $log) (local.get 0))
                (global.set $log (i32.add (global.get $log) (i32.const 8))))))
        (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))
        (func $end (param i32) (call $i22 (local.get 0) (i32.const 0x100) (global.get $log)))
        (func $run (local $at i32) (local $step i64) (local $address i32) (local $end i32)
            (i32.store (i32.const 0x1000) (i32.const 0x18000))
            (call $i21 (i32.const 0x8000) (i32.const 0x1000))
            (local.set $at (i32.const 0x8000))
            (local.set $end (i32.add (local.get $at) (i32.load (i32.const 0x1000))))
            (loop $next
              (if (i32.ge_u (local.get $at) (local.get $end)) (then (call $end (i32.const 0))))
              (local.set $step (i64.load (local.get $at)))
              (if (i64.ge_u (local.get $step) (i64.const 75)) (then unreachable))
              "#,
    );
    (0..step::COUNT).rev().for_each(|number| write!(out, "(block $s{number} ").unwrap());
    let labels: String = (0..step::COUNT).map(|number| format!("$s{number} ")).collect();
    let _ = writeln!(out, "(br_table {labels} (i32.wrap_i64 (local.get $step)))");
    for number in 0..step::COUNT {
        let import = u16::try_from(number).ok().and_then(Import::by_id);
        let (body, params) = import.map_or_else(|| own(number), |import| (of_import(import), import.params.len()));
        let next = 8 + 8 * params;
        let _ = writeln!(out, ") {body} (local.set $at (i32.add (local.get $at) (i32.const {next}))) (br $next)");
    }
    let _ = writeln!(out, ")) (export \"call\" (func $run)) (export \"deploy\" (func $run)) {more})");
    out
}

fn name(val: &Val) -> &'static str {
    match val {
        Val::I32 => "i32",
        Val::I64 => "i64",
    }
}

fn ty(import: &Import) -> String {
    let params: String = import.params.iter().map(|val| format!("(param {})", name(val))).collect();
    params + &import.result.map_or(String::new(), |val| format!("(result {})", name(&val)))
}

fn param(index: usize) -> String {
    format!("(i64.load offset={} (local.get $at))", 8 + 8 * index)
}

fn param32(index: usize) -> String {
    format!("(i32.load offset={} (local.get $at))", 8 + 8 * index)
}

fn of_import(import: &Import) -> String {
    let words = import.params.iter().enumerate();
    let words: String = words.map(|(at, val)| if *val == Val::I32 { param32(at) } else { param(at) }).collect();
    let call = format!("(call $i{} {words})", import.id);
    match import.result {
        None => call,
        Some(Val::I32) => format!("(call $note (i64.extend_i32_u {call}))"),
        Some(Val::I64) => format!("(call $note {call})"),
    }
}

/// The body of a step that is no import, and how many parameters it has.
fn own(number: u64) -> (String, usize) {
    let (first, second) = (param(0), param(1));
    let address = format!("(local.set $address {})", param32(0));
    match number {
        step::END => ("(call $end (i32.const 0))".into(), 0),
        step::END_WITH => (format!("(call $end {})", param32(0)), 1),
        step::BURN => ("(loop $ever (br $ever))".into(), 0),
        step::RECURSE => ("(drop (call $recurse))".into(), 0),
        step::GROW => (format!("(call $note (i64.extend_i32_u (memory.grow {})))", param32(0)), 1),
        step::POKE => (format!("(i64.store {} {second})", param32(0)), 2),
        step::ADD => (
            format!("{address} (i64.store (local.get $address) (i64.add (i64.load (local.get $address)) {second}))"),
            2,
        ),
        step::REPEAT => {
            let lowered = "(i64.sub (i64.load (local.get $address)) (i64.const 1))";
            let again = format!("(local.set $at (i32.add (i32.const 0x8000) {})) (br $next)", param32(1));
            let repeat = format!(
                "{address} (i64.store (local.get $address) {lowered})
                (if (i64.ne (i64.load (local.get $address)) (i64.const 0)) (then {again}))"
            );
            (repeat, 2)
        }
        step::EXPECT => (format!("(if (i64.ne (global.get $last) {first}) (then unreachable))"), 1),
        step::PEEK => (format!("(call $note {first_at})", first_at = format_args!("(i64.load {})", param32(0))), 1),
        step::END_IF => (format!("(if (i64.eq (global.get $last) {first}) (then (call $end (i32.const 0))))"), 1),
        _ => ("(unreachable)".into(), 0),
    }
}

/// A parameter of a step.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// This.
    Word(u64),
    /// The address of data of the script, by its offset there.
    Data(u32),
}

impl From<u64> for Arg {
    fn from(word: u64) -> Self {
        Self::Word(word)
    }
}

impl From<u32> for Arg {
    fn from(word: u32) -> Self {
        Self::Word(word.into())
    }
}

/// What a puppet is to do.
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: Vec<(u64, Vec<Arg>)>,
    data: Vec<u8>,
}

/// A call that a puppet makes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Callee {
    pub flags: u32,
    pub gas: u64,
    pub value: Balance,
    /// Whether the output is wanted, at [`OUT`].
    pub output: bool,
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds data; its address.
    pub fn data(&mut self, bytes: &[u8]) -> Arg {
        let offset = u32::try_from(self.data.len()).unwrap();
        self.data.extend_from_slice(bytes);
        Arg::Data(offset)
    }

    /// Adds a step.
    pub fn step(mut self, number: u64, args: &[Arg]) -> Self {
        self.steps.push((number, args.to_vec()));
        self
    }

    /// All of another script after this one.
    pub fn then(mut self, other: Self) -> Self {
        let base = u32::try_from(self.data.len()).unwrap();
        let moved = |arg| if let Arg::Data(offset) = arg { Arg::Data(base + offset) } else { arg };
        let steps = other.steps.into_iter().map(|(step, args)| (step, args.into_iter().map(moved).collect()));
        self.steps.extend(steps);
        self.data.extend_from_slice(&other.data);
        self
    }

    /// Where the next step will be, for [`step::REPEAT`].
    pub fn here(&self) -> u64 {
        self.steps.iter().map(|(_, args)| 8 + 8 * args.len() as u64).sum()
    }

    /// Calls the import `module.name`.
    pub fn import(self, module: &str, name: &str, args: &[Arg]) -> Self {
        let import = Import::by_name(module, name).expect("the import exists");
        assert_eq!(import.params.len(), args.len(), "{module} {name}");
        self.step(import.id.into(), args)
    }

    /// The input.
    pub fn build(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // The end comes before the data, which is not to be run.
        let base = INPUT + u32::try_from(self.here()).unwrap() + 8;
        for (number, args) in &self.steps {
            out.extend_from_slice(&number.to_le_bytes());
            for arg in args {
                let word = match arg {
                    Arg::Word(word) => *word,
                    Arg::Data(offset) => u64::from(base + offset),
                };
                out.extend_from_slice(&word.to_le_bytes());
            }
        }
        out.extend_from_slice(&step::END.to_le_bytes());
        out.extend_from_slice(&self.data);
        assert!(out.len() <= (MEMORY_BYTES - INPUT) as usize, "the input fits the puppet's memory");
        out
    }

    pub fn poke(self, address: u32, value: u64) -> Self {
        self.step(step::POKE, &[address.into(), value.into()])
    }

    pub fn expect(self, result: u32) -> Self {
        self.step(step::EXPECT, &[result.into()])
    }

    pub fn trap(self) -> Self {
        self.step(step::TRAP, &[])
    }

    pub fn revert(self) -> Self {
        self.step(step::END_WITH, &[1u32.into()])
    }

    pub fn burn(self) -> Self {
        self.step(step::BURN, &[])
    }

    /// Ends with bytes of memory as output.
    pub fn give(self, flags: u32, pointer: impl Into<Arg>, len: u32) -> Self {
        self.step(22, &[flags.into(), pointer.into(), len.into()])
    }

    pub fn set(mut self, key: &[u8], value: &[u8]) -> Self {
        let (key_len, value_len) = (key.len() as u32, value.len() as u32);
        let (key, value) = (self.data(key), self.data(value));
        self.import("seal2", "set_storage", &[key, key_len.into(), value, value_len.into()])
    }

    pub fn clear(mut self, key: &[u8]) -> Self {
        let len = key.len() as u32;
        let key = self.data(key);
        self.import("seal1", "clear_storage", &[key, len.into()])
    }

    /// Reads a cell to [`OUT`].
    pub fn get(mut self, key: &[u8]) -> Self {
        let len = key.len() as u32;
        let key = self.data(key);
        self.poke(ROOM, OUT_BYTES.into()).import("seal1", "get_storage", &[key, len.into(), OUT.into(), ROOM.into()])
    }

    pub fn emit(mut self, data: &[u8]) -> Self {
        let len = data.len() as u32;
        let data = self.data(data);
        self.import("seal0", "deposit_event", &[0u32.into(), 0u32.into(), data, len.into()])
    }

    pub fn transfer(mut self, to: &AccountId20, value: Balance) -> Self {
        let (to, value) = (self.data(&to.0), self.data(&value.to_le_bytes()));
        self.import("seal0", "transfer", &[to, 20u32.into(), value, 16u32.into()])
    }

    /// Calls a contract with all gas, and without money and flags.
    pub fn call(self, callee: &AccountId20, input: &[u8]) -> Self {
        self.call_with(callee, input, Callee::default())
    }

    pub fn call_with(mut self, callee: &AccountId20, input: &[u8], how: Callee) -> Self {
        let (callee, value) = (self.data(&callee.0), self.data(&how.value.to_le_bytes()));
        let (len, input) = (input.len() as u32, self.data(input));
        let out = if how.output { OUT } else { NONE };
        let args = [how.flags.into(), callee, how.gas.into(), value, input, len.into(), out.into(), ROOM.into()];
        self.poke(ROOM, OUT_BYTES.into()).import("seal1", "call", &args)
    }

    pub fn delegate(mut self, flags: u32, code_hash: &Hash, input: &[u8]) -> Self {
        let (len, code_hash, input) = (input.len() as u32, self.data(&code_hash.0), self.data(input));
        let args = [flags.into(), code_hash, input, len.into(), OUT.into(), ROOM.into()];
        self.poke(ROOM, OUT_BYTES.into()).import("seal0", "delegate_call", &args)
    }

    /// Makes a contract; its address goes to [`OUT`].
    pub fn instantiate(mut self, code_hash: &Hash, value: Balance, input: &[u8], salt: &[u8]) -> Self {
        let (len, salt_len) = (input.len() as u32, salt.len() as u32);
        let (code_hash, value) = (self.data(&code_hash.0), self.data(&value.to_le_bytes()));
        let (input, salt) = (self.data(input), self.data(salt));
        let (out, room, none) = (OUT.into(), ROOM.into(), NONE.into());
        let args = [code_hash, 0u64.into(), value, input, len.into(), out, room, none, room, salt, salt_len.into()];
        self.poke(ROOM, OUT_BYTES.into()).import("seal1", "instantiate", &args)
    }

    pub fn terminate(mut self, beneficiary: &AccountId20) -> Self {
        let beneficiary = self.data(&beneficiary.0);
        self.import("seal1", "terminate", &[beneficiary])
    }

    pub fn start(self) -> Self {
        self.import("zx", "start_transaction", &[])
    }

    pub fn commit(self) -> Self {
        self.import("zx", "commit_transaction", &[])
    }

    pub fn rollback(self) -> Self {
        self.import("zx", "rollback_transaction", &[])
    }

    /// Asks an import of the kind "out", and ends with what it answered.
    pub fn tell(self, module: &str, name: &str, len: u32) -> Self {
        self.poke(ROOM, len.into()).import(module, name, &[OUT.into(), ROOM.into()]).give(0, OUT, len)
    }
}

impl From<Script> for Vec<u8> {
    fn from(script: Script) -> Self {
        script.build()
    }
}

/// The results that a puppet noted.
pub fn log(output: &[u8]) -> Vec<u64> {
    output.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
}
