//! The oracle: a meter that counts before each single instruction, and knows nothing of runs, dead code and helpers.
//!
//! It shares with preparation only the price of one instruction. The module keeps its imports and exports, gets a
//! global `used`, and traps once more than a limit is used.

use crate::code::cost;
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, Function, GlobalSection, GlobalType, Instruction as I, Module,
    RawSection, ValType,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{FunctionBody, Operator, Parser, Payload};

/// A valid contract with metering of each instruction.
pub fn meter(module: &[u8], limit: i64) -> Vec<u8> {
    let mut out = Module::new();
    let mut globals = GlobalSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    let mut params = Vec::new();
    let mut types = Vec::new();
    let mut wrote_globals = false;
    let mut reencoder = RoundtripReencoder;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.expect("the module is valid");
        match &payload {
            Payload::GlobalSection(section) => {
                reencoder.parse_global_section(&mut globals, section.clone()).expect("valid");
                continue;
            }
            Payload::ExportSection(section) => {
                finish_globals(&mut out, &mut globals);
                wrote_globals = true;
                reencoder.parse_export_section(&mut exports, section.clone()).expect("valid");
                exports.export("used", ExportKind::Global, globals.len() - 1);
                if !section.clone().into_iter().any(|e| e.expect("valid").kind == wasmparser::ExternalKind::Memory) {
                    exports.export("own memory", ExportKind::Memory, 0);
                }
                out.section(&exports);
                continue;
            }
            Payload::TypeSection(section) => {
                types =
                    section.clone().into_iter_err_on_gc_types().map(|ty| ty.expect("valid").params().len()).collect();
            }
            Payload::FunctionSection(section) => {
                params = section.clone().into_iter().map(|ty| types[ty.expect("valid") as usize] as u32).collect();
            }
            Payload::CodeSectionEntry(body) => {
                let meter = Meter { used: globals.len() - 1, limit, params: params[code.len() as usize] };
                code.function(&meter.function(body));
                if code.len() as usize == params.len() {
                    out.section(&code);
                }
                continue;
            }
            Payload::CustomSection(_) => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section()
            && id != 10
        {
            out.section(&RawSection { id, data: &module[range] });
        }
    }
    assert!(wrote_globals, "a contract has exports");
    out.finish()
}

fn finish_globals(out: &mut Module, globals: &mut GlobalSection) {
    globals.global(GlobalType { val_type: ValType::I64, mutable: true, shared: false }, &ConstExpr::i64_const(0));
    out.section(globals);
}

struct Meter {
    used: u32,
    limit: i64,
    params: u32,
}

impl Meter {
    fn function(&self, body: &FunctionBody<'_>) -> Function {
        let mut locals = Vec::new();
        let mut reader = body.get_locals_reader().expect("valid");
        let mut declared = 0;
        for _ in 0..reader.get_count() {
            let (count, ty) = reader.read().expect("valid");
            declared += count;
            locals.push((count, RoundtripReencoder.val_type(ty).expect("valid")));
        }
        locals.push((1, ValType::I32));
        let operand = self.params + declared;
        let mut function = Function::new(locals);
        self.pay(&mut function, cost::of_entry(declared));
        for operator in body.get_operators_reader().expect("valid") {
            let operator = operator.expect("valid");
            let price = cost::of(&operator);
            if price > 0 {
                self.pay(&mut function, price);
            }
            match operator {
                Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                    function.instruction(&I::LocalTee(operand));
                    function.instruction(&I::GlobalGet(self.used));
                    function.instruction(&I::LocalGet(operand));
                    function.instruction(&I::I64ExtendI32U);
                    function.instruction(&I::I64Const(8));
                    function.instruction(&I::I64DivU);
                    self.add(&mut function);
                }
                Operator::MemoryGrow { .. } => {
                    function.instruction(&I::LocalTee(operand));
                    function.instruction(&I::GlobalGet(self.used));
                    function.instruction(&I::LocalGet(operand));
                    function.instruction(&I::I64ExtendI32U);
                    function.instruction(&I::I64Const(16));
                    function.instruction(&I::LocalGet(operand));
                    function.instruction(&I::I32Const(16));
                    function.instruction(&I::I32LeU);
                    function.instruction(&I::Select);
                    function.instruction(&I::I64Const(i64::from(cost::PAGE)));
                    function.instruction(&I::I64Mul);
                    self.add(&mut function);
                }
                _ => {}
            }
            function.instruction(&RoundtripReencoder.instruction(operator).expect("valid"));
        }
        function
    }

    fn pay(&self, function: &mut Function, price: u32) {
        function.instruction(&I::GlobalGet(self.used));
        function.instruction(&I::I64Const(i64::from(price)));
        self.add(function);
    }

    fn add(&self, function: &mut Function) {
        for instruction in [
            I::I64Add,
            I::GlobalSet(self.used),
            I::GlobalGet(self.used),
            I::I64Const(self.limit),
            I::I64GtS,
            I::If(wasm_encoder::BlockType::Empty),
            I::Unreachable,
            I::End,
        ] {
            function.instruction(&instruction);
        }
    }
}
