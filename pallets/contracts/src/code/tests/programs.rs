//! Random programs that do much and end: nested control flow of all kinds, calls, memory. What general generators make
//! seldom loops and ends.
//!
//! A counter bounds them: each way back to a loop and each call takes one from it and is not taken when none is left.

use super::random::Random;
use std::fmt::Write as _;

/// Functions beside the entries, each of type `$t`: an i32 and an i64 to an i32.
const FUNCTIONS: usize = 4;
/// Loops and calls of one program.
const STEPS: u32 = 400;

/// A contract with such a program.
pub fn program(random: &mut Random) -> Vec<u8> {
    let mut text = format!(
        "(module
        (import \"seal0\" \"caller_is_origin\" (func $origin (result i32)))
        (import \"seal0\" \"transfer\" (func $transfer (param i32 i32 i32 i32) (result i32)))
        (import \"env\" \"memory\" (memory 1 {}))
        (type $t (func (param i32 i64) (result i32)))
        (table 6 funcref) (elem (i32.const 1) $f0 $f1 $f2 $f3)
        (data (i32.const 16) \"some bytes\")
        (global $steps (mut i32) (i32.const {STEPS})) (global $g (mut i64) (i64.const 77))
        (func $step (result i32)
            global.get $steps i32.const 1 i32.sub global.set $steps global.get $steps i32.const 0 i32.gt_s)",
        1 + random.below(4)
    );
    for name in (0..FUNCTIONS).map(|index| format!("$f{index}")) {
        write!(text, "(func {name} (type $t) (local $x i32) (local $y i32) (local $z i64) ").expect("a string");
        Writer { random, text: &mut text, labels: vec![Label { result: true, back: false }] }.body(7);
        text.push(')');
    }
    for entry in ["call", "deploy"] {
        write!(text, "(func (export \"{entry}\") ").expect("a string");
        for index in 0..FUNCTIONS {
            write!(text, "i32.const {} ", index * 4).expect("a string");
            write!(text, "i32.const {index} i64.const {} call $f{index} i32.store ", random.next()).expect("a string");
        }
        text.push(')');
    }
    text.push(')');
    wat::parse_str(&text).expect("the program is well formed")
}

/// What a branch can go to.
#[derive(Clone, Copy)]
struct Label {
    /// Whether it takes an i32 along.
    result: bool,
    /// Whether it leads back to a loop.
    back: bool,
}

struct Writer<'a> {
    random: &'a mut Random,
    text: &'a mut String,
    /// Open constructs, the function first.
    labels: Vec<Label>,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push(' ');
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.random.below(choices.len())]
    }

    /// Statements and a value.
    fn body(&mut self, size: usize) {
        self.statements(size);
        self.value(size);
    }

    fn statements(&mut self, size: usize) {
        for _ in 0..self.random.below(size.min(5) + 1) {
            self.statement(size - 1);
        }
    }

    fn within(&mut self, open: &str, label: Label, write: impl FnOnce(&mut Self)) {
        self.put(open);
        self.labels.push(label);
        write(self);
        self.labels.pop();
    }

    /// Leaves the stack as it was.
    fn statement(&mut self, size: usize) {
        if size == 0 {
            self.value(0);
            let set =
                self.pick(&["drop", "local.set $x", "local.set $y", "i64.extend_i32_s local.set $z", "local.set 0"]);
            return self.put(set);
        }
        let plain = Label { result: false, back: false };
        match self.random.below(14) {
            0 => {
                self.within("block", plain, |w| w.statements(size));
                self.put("end");
            }
            1 | 2 => {
                self.within("loop", Label { result: false, back: true }, |w| w.statements(size));
                // Inside of the loop still.
                self.put("call $step br_if 0 end");
            }
            3 => {
                self.value(size - 1);
                self.within("if", plain, |w| w.statements(size));
                self.put("end");
            }
            4 => {
                self.value(size - 1);
                self.within("if", plain, |w| w.statements(size));
                self.within("else", plain, |w| w.statements(size));
                self.put("end");
            }
            5 => self.branch(size),
            6 => self.branch_table(size),
            7 if self.random.below(3) == 0 => {
                self.value(size - 1);
                self.put("return");
            }
            8 => {
                self.address(size);
                self.value(size - 1);
                let store = self.pick(&[
                    "i32.store",
                    "i32.store8 offset=3",
                    "i64.extend_i32_u i64.store32",
                    "i32.store16 align=1",
                ]);
                self.put(store);
            }
            9 => {
                self.address(size);
                self.address(size);
                let bytes = self.random.below(3_000);
                let bulk = self.pick(&["memory.fill", "memory.copy"]);
                self.put(&format!("i32.const {bytes} {bulk}"));
            }
            10 if self.random.below(40) == 0 => {
                self.value(size - 1);
                self.put("i32.eqz if unreachable end");
            }
            11 => self.put("global.get $g i64.const 3 i64.mul local.get $z i64.add i64.const 5 i64.rotl global.set $g"),
            _ => {
                self.value(size - 1);
                let set = self.pick(&["drop", "local.set $x", "local.set $y", "i64.extend_i32_s local.set $z"]);
                self.put(set);
            }
        }
    }

    /// A branch, conditional or not, to any label.
    fn branch(&mut self, size: usize) {
        let depth = self.random.below(self.labels.len());
        let label = self.labels[self.labels.len() - 1 - depth];
        if label.result {
            self.value(size - 1);
        }
        if label.back {
            return self.put(&format!("call $step br_if {depth}"));
        }
        if self.random.below(3) == 0 {
            return self.put(&format!("br {depth}"));
        }
        self.value(size - 1);
        self.put(&format!("br_if {depth}"));
        if label.result {
            self.put("drop");
        }
    }

    /// A jump through a table to labels that take the same along.
    fn branch_table(&mut self, size: usize) {
        let result = self.random.below(2) == 0;
        let count = self.labels.len();
        let targets = (0..count).filter(|depth| {
            let label = self.labels[count - 1 - depth];
            label.result == result && !label.back
        });
        let mut targets = targets.map(|depth| depth.to_string()).collect::<Vec<_>>();
        if targets.is_empty() {
            return self.put("nop");
        }
        // The last one is the default.
        let first = self.random.below(targets.len());
        targets.rotate_left(first);
        if result {
            self.value(size - 1);
        }
        self.value(size - 1);
        self.put("i32.const 7 i32.and");
        self.put(&format!("br_table {}", targets.join(" ")));
    }

    /// An address, nearly always of the memory.
    fn address(&mut self, size: usize) {
        self.value(size.saturating_sub(2));
        let mask = if self.random.below(300) == 0 { -1 } else { 0x7fff };
        self.put(&format!("i32.const {mask} i32.and"));
    }

    /// Leaves an i32 more on the stack.
    fn value(&mut self, size: usize) {
        if size == 0 {
            let number = self.random.next() as i32 >> self.random.below(32);
            return match self.random.below(5) {
                0 => self.put(&format!("i32.const {number}")),
                1 => self.put("local.get 0"),
                2 => self.put("local.get 1 i32.wrap_i64"),
                3 => self.put("local.get $x"),
                _ => self.put("local.get $y"),
            };
        }
        let carried = Label { result: true, back: false };
        match self.random.below(12) {
            0 | 1 => {
                self.value(size - 1);
                self.value(size - 1);
                let operator = self.pick(&["add", "sub", "mul", "xor", "lt_s", "ge_u", "shl", "rotr", "eq"]);
                self.put(&format!("i32.{operator}"));
            }
            2 => {
                self.value(size - 1);
                self.value(size - 1);
                let guard = if self.random.below(40) == 0 { 0 } else { 1 };
                let operator = self.pick(&["i32.div_u", "i32.rem_s", "i32.rem_u"]);
                self.put(&format!("i32.const {guard} i32.or {operator}"));
            }
            3 => {
                self.within("block (result i32)", carried, |w| w.body(size - 1));
                self.put("end");
            }
            4 => {
                self.value(size - 1);
                self.within("if (result i32)", carried, |w| w.body(size - 1));
                self.within("else", carried, |w| w.body(size - 1));
                self.put("end");
            }
            5 => {
                self.within("loop (result i32)", Label { result: false, back: true }, |w| w.body(size - 1));
                self.put("call $step br_if 0 end");
            }
            6 | 7 => self.call(size),
            8 => {
                self.address(size);
                let load =
                    self.pick(&["i32.load", "i32.load8_s offset=5", "i64.load16_u i32.wrap_i64", "i32.load16_s"]);
                self.put(load);
            }
            9 => {
                self.value(size - 1);
                self.value(size - 1);
                self.value(size - 1);
                self.put("select");
            }
            10 => {
                let pages = self.random.below(3);
                let value = self.pick(&["memory.size", "global.get $g i32.wrap_i64", "call $origin"]);
                if self.random.below(10) == 0 {
                    self.put(&format!("i32.const {pages} memory.grow"))
                } else {
                    self.put(value)
                }
            }
            _ => {
                self.value(size - 1);
                let operator = self.pick(&["i32.eqz", "i32.clz", "i32.popcnt", "i32.extend16_s", "local.tee $x"]);
                self.put(operator);
            }
        }
    }

    fn call(&mut self, size: usize) {
        if self.random.below(4) == 0 {
            for _ in 0..4 {
                self.value(size - 1);
            }
            return self.put("call $transfer");
        }
        self.put("call $step if (result i32)");
        self.labels.push(Label { result: true, back: false });
        self.value(size - 1);
        self.put("local.get $z");
        match self.random.below(40) {
            0 => {
                self.value(size - 1);
                self.put("i32.const 3 i32.and call_indirect (type $t)");
            }
            1..=15 => {
                let index = 1 + self.random.below(FUNCTIONS);
                self.put(&format!("i32.const {index} call_indirect (type $t)"));
            }
            _ => {
                let index = self.random.below(FUNCTIONS);
                self.put(&format!("call $f{index}"));
            }
        }
        self.put("else");
        self.value(0);
        self.put("end");
        self.labels.pop();
    }
}
