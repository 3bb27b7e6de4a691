//! A contract's module: what its functions share while they are compiled, and how it is put together in the end.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection,
    GlobalType, ImportSection, Instruction, MemoryType, TypeSection, ValType,
};

use super::code::{Addresses, Callee, Code, Frame};
use super::function::{Compiler, held};
use super::graph::Graph;
use super::memory::StaticMemory;
use super::prelude::{Prelude, Signature, address};
use super::{GenerateError, calls, codec, entry, owning};
use crate::ir::layout::Layouts;
use crate::ir::{CellId, EntryKind, EventId, Fault, Function, FunctionId, Program, Type};

/// Bytes of a page of memory.
const PAGE: u32 = 65_536;
/// What the chain admits.
const PAGES_MAX: u32 = 16;
const MODULE_BYTES_MAX: usize = 131_072;
const BODY_BYTES_MAX: usize = 65_536;
const LOCALS_MAX: usize = 1_024;
const FUNCTIONS_MAX: usize = 2_048;
const NESTING_MAX: usize = 256;

/// What the functions of a contract share.
pub(super) struct Module<'a> {
    pub(super) program: &'a Program,
    pub(super) layouts: Layouts,
    pub(super) graph: Graph,
    pub(super) memory: StaticMemory,
    helpers: Vec<Helper>,
    /// The key buffers of cells.
    pub(super) keys: BTreeMap<CellId, u32>,
    /// The buffers for topics and data of events.
    pub(super) events: BTreeMap<EventId, (u32, u32)>,
}

/// A function that is made where it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    /// Encodes a value of a type.
    Encode(Type),
    /// Decodes one.
    Decode(Type),
    /// Copies the lists of one.
    Copy(Type),
    /// The message of a call that failed.
    CallFailure,
}

/// A compiled function.
pub(super) struct Body {
    pub(super) parameters: Vec<ValType>,
    pub(super) result: Option<ValType>,
    pub(super) locals: Vec<ValType>,
    pub(super) code: Code,
    pub(super) frame_size: u32,
    pub(super) frame_local: Option<u32>,
}

/// All compiled functions, and what they need of the prelude.
struct Bodies {
    functions: BTreeMap<FunctionId, Body>,
    helpers: Vec<Body>,
    /// `call` and `deploy`.
    exports: [Body; 2],
    prelude: BTreeSet<u32>,
}

impl<'a> Module<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self {
            program,
            layouts: Layouts::new(&program.types),
            graph: Graph::new(program),
            memory: StaticMemory::default(),
            helpers: Vec::new(),
            keys: BTreeMap::new(),
            events: BTreeMap::new(),
        }
    }

    /// The parameters and result of a function: a result in memory goes to an address that comes first.
    pub(super) fn signature(&self, function: &Function) -> (Vec<ValType>, Option<ValType>) {
        let held = |ty: Type| held(ty, self.layouts.of(ty));
        let locals = function.locals.iter().take(function.parameters);
        let parameters = locals.filter_map(|local| held(local.ty).val_type());
        match held(function.result) {
            super::function::Held::Memory(_) => ([ValType::I32].into_iter().chain(parameters).collect(), None),
            result => (parameters.collect(), result.val_type()),
        }
    }

    pub(super) fn helper(&mut self, helper: Helper) -> Callee {
        let index = self.helpers.iter().position(|it| *it == helper).unwrap_or_else(|| {
            self.helpers.push(helper);
            self.helpers.len() - 1
        });
        Callee::Helper(index)
    }

    /// Compiles all that is needed, and puts it together.
    pub(super) fn generate(mut self) -> Result<Vec<u8>, GenerateError> {
        let reached: Vec<bool> = self.graph.reached.clone();
        let mut functions = BTreeMap::new();
        for (index, _) in reached.iter().enumerate().filter(|(_, reached)| **reached) {
            let id = FunctionId(u32::try_from(index).expect("a program has few functions"));
            functions.insert(id, Compiler::function(&mut self, id));
        }
        let exports = [EntryKind::Message, EntryKind::Constructor].map(|kind| entry::dispatcher(&mut self, kind));
        let mut helpers = Vec::new();
        while let Some(helper) = self.helpers.get(helpers.len()).copied() {
            helpers.push(match helper {
                Helper::Encode(ty) => codec::encode_helper(&mut self, ty),
                Helper::Decode(ty) => codec::decode_helper(&mut self, ty),
                Helper::Copy(ty) => owning::copy_helper(&mut self, ty),
                Helper::CallFailure => calls::failure_helper(&mut self),
            });
        }
        let mut bodies = Bodies { functions, helpers, exports, prelude: BTreeSet::new() };
        bodies.find_prelude();
        self.emit(&bodies)
    }

    fn emit(mut self, bodies: &Bodies) -> Result<Vec<u8>, GenerateError> {
        let out_of_memory = self.out_of_memory();
        let start = self.memory.end();
        let outermost = bodies.exports.iter().map(|body| body.frame_size).max().unwrap_or_default();
        let sizes: Vec<u32> = (0..self.program.functions.len())
            .map(|index| FunctionId(u32::try_from(index).unwrap_or(u32::MAX)))
            .map(|id| bodies.functions.get(&id).map_or(0, |body| body.frame_size))
            .collect();
        let (frames, input) = self.graph.frames(&sizes, start.saturating_add(outermost));
        let pages = (input.saturating_add(PAGE).div_ceil(PAGE)).max(2);
        if pages > PAGES_MAX {
            return Err(too_large(
                &self.program.name,
                "bytes of constants and local variables",
                PAGES_MAX * PAGE - PAGE,
            ));
        }

        let linker = Linker::new(bodies);
        let mut sections = Sections::default();
        for index in &linker.imports {
            let import = &Prelude::get().imports[*index as usize];
            let ty = sections.ty(&import.signature);
            sections.imports.import(&import.module, &import.name, EntityType::Function(ty));
        }
        for (callee, body) in linker.bodies(bodies) {
            let name = self.name(callee);
            let frame = match (callee, body.frame_local) {
                (_, Some(local)) => Frame::Local(local),
                (Some(Callee::Function(id)), None) => Frame::Fixed(frames[id.index()]),
                _ => Frame::Fixed(start),
            };
            let function = &|callee| linker.index(callee);
            let addresses = Addresses { frame, frame_size: body.frame_size, input, function };
            sections.body(&name, body, &addresses)?;
        }
        for index in &linker.prelude {
            let function = Prelude::get().function(*index).expect("not an import");
            let body = Body {
                parameters: function.signature.parameters.clone(),
                result: function.signature.results.first().copied(),
                locals: function.locals.clone(),
                code: function.code.clone(),
                frame_size: 0,
                frame_local: None,
            };
            let function = &|callee| linker.index(callee);
            let addresses = Addresses { frame: Frame::Fixed(0), frame_size: 0, input, function };
            sections.body("prelude", &body, &addresses)?;
        }
        if linker.count > FUNCTIONS_MAX {
            return Err(too_large(&self.program.name, "functions", FUNCTIONS_MAX));
        }
        let values = Globals { heap: input, limit: pages * PAGE, out_of_memory };
        sections.finish(&self, pages, &linker, &values)
    }

    fn name(&self, callee: Option<Callee>) -> String {
        match callee {
            Some(Callee::Function(id)) => self.program.functions[id.index()].name.clone(),
            _ => self.program.name.clone(),
        }
    }

    /// The whole output of a call that ran out of memory: there is none left to make it then.
    fn out_of_memory(&mut self) -> u64 {
        let message = Fault::OutOfMemory.message().as_bytes();
        let length = u8::try_from(message.len() << 2).expect("a short message");
        self.memory.text(&[&[1, length][..], message].concat())
    }
}

impl Bodies {
    /// Follows the calls into and within the prelude.
    fn find_prelude(&mut self) {
        let own = self.functions.values().chain(&self.helpers).chain(&self.exports);
        let mut work: Vec<Callee> = own.flat_map(|body| body.code.callees()).collect();
        while let Some(callee) = work.pop() {
            if let Callee::Prelude(index) = callee
                && self.prelude.insert(index)
                && let Some(function) = Prelude::get().function(index)
            {
                work.extend(function.code.callees());
            }
        }
    }
}

/// The index of every function in the module: imports, then the program's, helpers, `call`, `deploy`, the prelude's.
struct Linker {
    imports: Vec<u32>,
    prelude: Vec<u32>,
    indices: BTreeMap<Callee, u32>,
    exports: u32,
    count: usize,
}

impl Linker {
    fn new(bodies: &Bodies) -> Self {
        let is_import = |index: &u32| (*index as usize) < Prelude::get().imports.len();
        let (imports, prelude): (Vec<u32>, Vec<u32>) = bodies.prelude.iter().partition(|index| is_import(index));
        let mut linker = Self { imports, prelude, indices: BTreeMap::new(), exports: 0, count: 0 };
        for index in linker.imports.clone() {
            linker.add(Callee::Prelude(index));
        }
        bodies.functions.keys().for_each(|id| linker.add(Callee::Function(*id)));
        (0..bodies.helpers.len()).for_each(|index| linker.add(Callee::Helper(index)));
        linker.exports = u32::try_from(linker.count).unwrap_or(u32::MAX);
        linker.count += bodies.exports.len();
        for index in linker.prelude.clone() {
            linker.add(Callee::Prelude(index));
        }
        linker
    }

    fn add(&mut self, callee: Callee) {
        self.indices.insert(callee, u32::try_from(self.count).unwrap_or(u32::MAX));
        self.count += 1;
    }

    fn index(&self, callee: Callee) -> u32 {
        self.indices.get(&callee).copied().expect("all that is called was found")
    }

    /// The compiled functions in the order of their indices.
    fn bodies<'b>(&self, bodies: &'b Bodies) -> impl Iterator<Item = (Option<Callee>, &'b Body)> {
        let functions = bodies.functions.iter().map(|(id, body)| (Some(Callee::Function(*id)), body));
        let helpers = bodies.helpers.iter().enumerate().map(|(index, body)| (Some(Callee::Helper(index)), body));
        functions.chain(helpers).chain(bodies.exports.iter().map(|body| (None, body)))
    }
}

/// What the prelude's globals begin with, where that is not 0.
struct Globals {
    heap: u32,
    limit: u32,
    out_of_memory: u64,
}

/// The sections of the module in the making.
#[derive(Default)]
struct Sections {
    types: TypeSection,
    signatures: BTreeMap<Signature, u32>,
    imports: ImportSection,
    functions: FunctionSection,
    code: CodeSection,
}

impl Sections {
    fn ty(&mut self, signature: &Signature) -> u32 {
        if let Some(index) = self.signatures.get(signature) {
            return *index;
        }
        let index = u32::try_from(self.signatures.len()).unwrap_or(u32::MAX);
        self.types.ty().function(signature.parameters.iter().copied(), signature.results.iter().copied());
        self.signatures.insert(signature.clone(), index);
        index
    }

    fn body(&mut self, name: &str, body: &Body, addresses: &Addresses) -> Result<(), GenerateError> {
        let Body { parameters, result, locals, code, .. } = body;
        let results = result.iter().copied().collect();
        let ty = self.ty(&Signature { parameters: parameters.clone(), results });
        self.functions.function(ty);
        if parameters.len() + locals.len() > LOCALS_MAX {
            return Err(too_large(name, "local variables and intermediate results", LOCALS_MAX));
        }
        let (instructions, nesting) = code.finish(addresses);
        if nesting > NESTING_MAX {
            return Err(too_large(name, "blocks nested in each other", NESTING_MAX));
        }
        let mut function = wasm_encoder::Function::new_with_locals_types(locals.iter().copied());
        for instruction in &instructions {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        if function.byte_len() > BODY_BYTES_MAX {
            return Err(too_large(name, "bytes of code in a function", BODY_BYTES_MAX));
        }
        self.code.function(&function);
        Ok(())
    }

    fn finish(
        mut self,
        module: &Module,
        pages: u32,
        linker: &Linker,
        values: &Globals,
    ) -> Result<Vec<u8>, GenerateError> {
        let memory = MemoryType {
            minimum: pages.into(),
            maximum: Some(PAGES_MAX.into()),
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        self.imports.import("env", "memory", EntityType::Memory(memory));
        let mut globals = GlobalSection::new();
        let prelude = Prelude::get();
        for (index, ty) in (0..).zip(&prelude.global_types) {
            let value = match index {
                _ if index == prelude.global("heap") => values.heap.into(),
                _ if index == prelude.global("limit") => values.limit.into(),
                _ if index == prelude.global("out_of_memory") => values.out_of_memory,
                _ => 0,
            };
            let value = match ty {
                ValType::I64 => ConstExpr::i64_const(value.cast_signed()),
                _ => ConstExpr::i32_const(u32::try_from(value).unwrap_or_default().cast_signed()),
            };
            globals.global(GlobalType { val_type: *ty, mutable: true, shared: false }, &value);
        }
        let mut exports = ExportSection::new();
        exports.export("call", ExportKind::Func, linker.exports);
        exports.export("deploy", ExportKind::Func, linker.exports + 1);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(address::CONSTANTS.cast_signed()), module.memory.data().iter().copied());
        let mut out = wasm_encoder::Module::new();
        out.section(&self.types).section(&self.imports).section(&self.functions).section(&globals).section(&exports);
        out.section(&self.code).section(&data);
        let out = out.finish();
        if out.len() > MODULE_BYTES_MAX {
            return Err(too_large(&module.program.name, "bytes in the module", MODULE_BYTES_MAX));
        }
        Ok(out)
    }
}

fn too_large(subject: &str, what: &'static str, max: impl TryInto<usize>) -> GenerateError {
    GenerateError::TooLarge { subject: subject.to_owned(), what, max: max.try_into().unwrap_or(usize::MAX) }
}
