//! Writes a prepared module.

use super::{
    Prepared,
    imports::{EXHAUSTED, MODULE},
    module::{Const, Module},
    stack,
};
use alloc::{format, string::ToString as _, vec::Vec};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType, RefType, TableSection,
    TableType, TypeSection, ValType,
};

/// The module with metering.
pub fn write(module: &Module<'_>) -> Prepared {
    let mut out = wasm_encoder::Module::new();
    // The types of what is added follow the contract's own.
    let reason = number(module.types.len());
    let (nothing, amount) = (reason.saturating_add(1), reason.saturating_add(2));

    let mut types = TypeSection::new();
    for ty in &module.types {
        types.ty().function(ty.params().iter().map(|ty| val(*ty)), ty.results().iter().map(|ty| val(*ty)));
    }
    types.ty().function([ValType::I32], []);
    types.ty().function([], []);
    types.ty().function([ValType::I32], [ValType::I32]);
    out.section(&types);

    let mut imports = ImportSection::new();
    for (ty, id) in &module.imports {
        imports.import(MODULE, &id.to_string(), EntityType::Function(*ty));
    }
    imports.import(MODULE, &EXHAUSTED.to_string(), EntityType::Function(reason));
    out.section(&imports);

    let mut functions = FunctionSection::new();
    for ty in module.functions.iter().copied().chain([nothing, nothing, amount, amount]) {
        functions.function(ty);
    }
    out.section(&functions);

    write_stores(module, &mut out);

    let mut exports = ExportSection::new();
    exports.export("call", ExportKind::Func, module.layout.function(module.call));
    exports.export("deploy", ExportKind::Func, module.layout.function(module.deploy));
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("gas_left", ExportKind::Global, module.layout.gas_left());
    exports.export("stack_left", ExportKind::Global, module.layout.stack_left());
    // With all of them in reach a host can restore an instance, which is cheaper than another one.
    for (index, _) in module.globals.iter().enumerate().filter(|(_, global)| global.mutable) {
        exports.export(&format!("global_{index}"), ExportKind::Global, number(index));
    }
    out.section(&exports);

    write_segments_and_code(module, &mut out);

    let mut used = module.imports.iter().map(|(_, id)| *id).collect::<Vec<_>>();
    used.sort_unstable();
    used.dedup();
    Prepared {
        code: out.finish(),
        imports: used,
        memory_pages_min: module.memory.min,
        memory_pages_max: module.memory.max,
        functions: functions.len(),
    }
}

/// The sections of table, memory and globals.
fn write_stores(module: &Module<'_>, out: &mut wasm_encoder::Module) {
    if let Some(entries) = module.table {
        let entries = u64::from(entries);
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: entries,
            maximum: Some(entries),
            shared: false,
        };
        out.section(TableSection::new().table(table));
    }
    let memory = MemoryType {
        minimum: u64::from(module.memory.min),
        maximum: Some(u64::from(module.memory.max)),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    out.section(MemorySection::new().memory(memory));

    let mut globals = GlobalSection::new();
    for global in &module.globals {
        let (val_type, init) = match global.value {
            Const::I32(value) => (ValType::I32, ConstExpr::i32_const(value)),
            Const::I64(value) => (ValType::I64, ConstExpr::i64_const(value)),
        };
        globals.global(GlobalType { val_type, mutable: global.mutable, shared: false }, &init);
    }
    let counter = |val_type| GlobalType { val_type, mutable: true, shared: false };
    globals.global(counter(ValType::I64), &ConstExpr::i64_const(0));
    globals.global(counter(ValType::I32), &ConstExpr::i32_const(stack::LIMIT_UNITS.cast_signed()));
    out.section(&globals);
}

/// The sections of elements, code and data.
fn write_segments_and_code(module: &Module<'_>, out: &mut wasm_encoder::Module) {
    if !module.elements.is_empty() {
        let mut elements = ElementSection::new();
        for segment in &module.elements {
            let functions = segment.functions.iter().map(|index| module.layout.function(*index)).collect::<Vec<_>>();
            elements.active(None, &ConstExpr::i32_const(segment.offset), Elements::Functions(functions.into()));
        }
        out.section(&elements);
    }

    let mut code = CodeSection::new();
    for body in module.bodies.iter().chain(&module.layout.bodies()) {
        code.raw(body);
    }
    out.section(&code);

    if !module.data.is_empty() {
        let mut data = DataSection::new();
        for segment in &module.data {
            data.active(0, &ConstExpr::i32_const(segment.offset), segment.bytes.iter().copied());
        }
        out.section(&data);
    }
}

/// Values that are neither 32 nor 64 bits are refused before.
fn val(ty: wasmparser::ValType) -> ValType {
    if ty == wasmparser::ValType::I32 { ValType::I32 } else { ValType::I64 }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
