//! The prelude: functions in WebAssembly text (`prelude/*.wat`) that generated code calls, and the chain's imports.
//!
//! The text is parsed once. A contract's module gets only the functions that it needs, and those that they call.
//!
//! Operations on 128-bit integers are those on 256-bit ones between two conversions: [`narrow_operations`] writes their text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Instruction, ValType};
use wasmparser::{Name, Operator, Parser, Payload, TypeRef};

use super::code::{Callee, Code, Op};

const TEXT: [&str; 8] = [
    include_str!("prelude/imports.wat"),
    include_str!("prelude/memory.wat"),
    include_str!("prelude/codec.wat"),
    include_str!("prelude/text.wat"),
    include_str!("prelude/lists.wat"),
    include_str!("prelude/integers.wat"),
    include_str!("prelude/bits.wat"),
    include_str!("prelude/chain.wat"),
];

/// Addresses that the prelude's text has, too: `memory.wat` says what is there.
pub(super) mod address {
    /// An integer on its way into or out of storage.
    pub(in crate::wasm) const SCALAR: u32 = 8;
    /// Room and length of what the chain writes.
    pub(in crate::wasm) const LENGTH: u32 = 16;
    /// Operands, widened.
    pub(in crate::wasm) const WIDE: u32 = 232;
    /// The zero of every type.
    pub(in crate::wasm) const ZEROS: u32 = 512;
    /// How many zeros there are.
    pub(in crate::wasm) const ZEROS_SIZE: u32 = 2_048;
    /// Constants.
    pub(in crate::wasm) const CONSTANTS: u32 = ZEROS + ZEROS_SIZE;
}

/// The parameters and results of a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signature {
    pub(super) parameters: Vec<ValType>,
    pub(super) results: Vec<ValType>,
}

/// The parsed prelude.
pub(super) struct Prelude {
    names: BTreeMap<String, u32>,
    globals: BTreeMap<String, u32>,
    /// The imports: the functions with the first indices.
    pub(super) imports: Vec<Import>,
    /// The other functions.
    functions: Vec<Function>,
    /// The types of the globals.
    pub(super) global_types: Vec<ValType>,
}

/// A function that the chain gives.
pub(super) struct Import {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) signature: Signature,
}

/// A function of the prelude.
pub(super) struct Function {
    pub(super) signature: Signature,
    /// The types of its locals that are no parameters.
    pub(super) locals: Vec<ValType>,
    pub(super) code: Code,
}

static PRELUDE: LazyLock<Prelude> = LazyLock::new(|| Prelude::parse(&text()));

impl Prelude {
    /// The one prelude.
    pub(super) fn get() -> &'static Self {
        &PRELUDE
    }

    /// A function by its name in the text, which the compiler's makers know.
    pub(super) fn callee(&self, name: &str) -> Callee {
        Callee::Prelude(*self.names.get(name).unwrap_or_else(|| panic!("the prelude has no function {name}")))
    }

    /// A global by its name in the text.
    pub(super) fn global(&self, name: &str) -> u32 {
        *self.globals.get(name).unwrap_or_else(|| panic!("the prelude has no global {name}"))
    }

    /// What a function that is no import does.
    pub(super) fn function(&self, index: u32) -> Option<&Function> {
        self.functions.get((index as usize).checked_sub(self.imports.len())?)
    }

    /// The text is part of the compiler: it is right, or the first test fails.
    fn parse(text: &str) -> Self {
        let binary = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
        // Parsed once and kept: instructions borrow from it.
        let binary: &'static [u8] = Vec::leak(binary);
        let (mut types, mut declared) = (Vec::new(), Vec::new());
        let mut prelude = Self {
            names: BTreeMap::new(),
            globals: BTreeMap::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            global_types: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(binary) {
            match payload.expect("the prelude parses") {
                Payload::TypeSection(section) => {
                    types
                        .extend(section.into_iter_err_on_gc_types().map(|ty| signature(&ty.expect("a function type"))));
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.expect("an import");
                        if let TypeRef::Func(ty) = import.ty {
                            let (module, name) = (import.module.to_owned(), import.name.to_owned());
                            prelude.imports.push(Import { module, name, signature: types[ty as usize].clone() });
                        }
                    }
                }
                Payload::FunctionSection(section) => declared.extend(section.into_iter().map(|ty| ty.expect("a type"))),
                Payload::GlobalSection(section) => {
                    let types = section.into_iter().map(|global| val_type(global.expect("a global").ty.content_type));
                    prelude.global_types.extend(types);
                }
                Payload::CodeSectionEntry(body) => {
                    let signature = types[declared[prelude.functions.len()] as usize].clone();
                    prelude.functions.push(function(signature, &body));
                }
                Payload::CustomSection(section) => {
                    if let wasmparser::KnownCustom::Name(names) = section.as_known() {
                        names.into_iter().for_each(|name| prelude.name(name.expect("a name")));
                    }
                }
                _ => {}
            }
        }
        prelude
    }

    fn name(&mut self, name: Name) {
        let (map, into) = match name {
            Name::Function(map) => (map, &mut self.names),
            Name::Global(map) => (map, &mut self.globals),
            _ => return,
        };
        into.extend(map.into_iter().map(|naming| naming.expect("a naming")).map(|it| (it.name.to_owned(), it.index)));
    }
}

fn function(signature: Signature, body: &wasmparser::FunctionBody<'static>) -> Function {
    let mut locals = Vec::new();
    for local in body.get_locals_reader().expect("locals") {
        let (count, ty) = local.expect("locals");
        locals.extend(std::iter::repeat_n(val_type(ty), count as usize));
    }
    let mut ops = Vec::new();
    for operator in body.get_operators_reader().expect("code") {
        ops.push(match operator.expect("an instruction") {
            Operator::Call { function_index } => Op::Call(Callee::Prelude(function_index)),
            operator => Op::Plain(plain(operator)),
        });
    }
    // The last is the `end` of the body.
    ops.pop();
    Function { signature, locals, code: Code::from_ops(ops) }
}

fn plain(operator: Operator<'static>) -> Instruction<'static> {
    RoundtripReencoder.instruction(operator).expect("an instruction that can be written")
}

fn signature(ty: &wasmparser::FuncType) -> Signature {
    let own = |types: &[wasmparser::ValType]| types.iter().map(|ty| val_type(*ty)).collect();
    Signature { parameters: own(ty.params()), results: own(ty.results()) }
}

fn val_type(ty: wasmparser::ValType) -> ValType {
    RoundtripReencoder.val_type(ty).expect("a number")
}

fn text() -> String {
    format!("(module {} {})", TEXT.join("\n"), narrow_operations())
}

/// Operations on 128-bit integers: operands widened to X and Y, the result in Z narrowed.
fn narrow_operations() -> String {
    let mut text = String::new();
    for (sign, word) in [("u", "unsigned"), ("i", "signed")] {
        for operation in ["add", "subtract", "multiply", "divide", "remainder", "shift_left", "shift_right"] {
            let (second, load) = match operation {
                "shift_left" | "shift_right" => ("(local.get $b)", String::new()),
                _ => ("(i32.const 264)", format!("(call $widen_{sign}128 (i32.const 264) (local.get $b))")),
            };
            let _ = write!(
                text,
                "(func ${sign}128_{operation} (param $d i32) (param $a i32) (param $b i32) (result i32)
                   (call $widen_{sign}128 (i32.const 232) (local.get $a))
                   {load}
                   (if (call $i256_{operation} (i32.const 296) (i32.const 232) {second})
                     (then (return (i32.const 1))))
                   (call $copy16 (local.get $d) (i32.const 296))
                   (call $exceeds_{word} (i32.const 296) (i32.const 128)))"
            );
        }
        for operation in ["less", "greater"] {
            let _ = write!(
                text,
                "(func ${sign}128_{operation} (param $a i32) (param $b i32) (result i32)
                   (call $widen_{sign}128 (i32.const 232) (local.get $a))
                   (call $widen_{sign}128 (i32.const 264) (local.get $b))
                   (call $i256_{operation} (i32.const 232) (i32.const 264)))"
            );
        }
        let _ = write!(
            text,
            "(func ${sign}128_text (param $a i32) (result i64)
               (call $widen_{sign}128 (i32.const 232) (local.get $a))
               (call $i256_text (i32.const 232)))"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prelude_is_valid() {
        let prelude = Prelude::get();
        assert!(prelude.imports.len() > 30);
        let binary = wat::parse_str(text()).expect("text");
        wasmparser::Validator::new().validate_all(&binary).expect("valid");
    }
}
