//! Reads a module: validates each section as it comes, checks it against the limits, and keeps what the prepared module
//! needs.

use super::{
    body::{self, Signature},
    error::CodeError,
    helpers::Layout,
    imports::{Import, Val},
    limits::{
        DATA_SEGMENTS_MAX, ELEMENT_SEGMENTS_MAX, ELEMENTS_MAX, EXPORTS_MAX, FUNCTIONS_MAX, GLOBALS_MAX, IMPORTS_MAX,
        MEMORY_PAGES_MAX, MODULE_LOCALS_MAX, NAME_BYTES_MAX, PAGE_BYTES, PARAMS_MAX, TABLE_ENTRIES_MAX, TYPES_MAX,
    },
};
use alloc::{string::ToString as _, vec::Vec};
use wasm_encoder::BlockType;
use wasmparser::{
    ConstExpr, DataKind, DataSectionReader, ElementItems, ElementKind, ElementSectionReader, ExportSectionReader,
    ExternalKind, FuncType, FuncValidatorAllocations, FunctionBody, FunctionSectionReader, GlobalSectionReader,
    ImportSectionReader, MemorySectionReader, MemoryType, Operator, Parser, Payload, SectionLimited,
    TableSectionReader, TypeRef, TypeSectionReader, ValType, Validator, WasmFeatures,
};

/// The features that contracts may use beyond WebAssembly 1.0 without floats.
const FEATURES: WasmFeatures =
    WasmFeatures::MUTABLE_GLOBAL.union(WasmFeatures::SIGN_EXTENSION).union(WasmFeatures::BULK_MEMORY_OPT);

/// A constant, the only thing that initial values and offsets can be: there are no imported globals.
#[derive(Clone, Copy)]
pub enum Const {
    /// 32 bits.
    I32(i32),
    /// 64 bits.
    I64(i64),
}

/// A global.
pub struct Global {
    pub value: Const,
    pub mutable: bool,
}

/// A segment of the table.
pub struct Elements {
    pub offset: i32,
    /// Functions, by their number in the contract.
    pub functions: Vec<u32>,
}

/// A segment of the memory.
pub struct Data<'a> {
    pub offset: i32,
    pub bytes: &'a [u8],
}

/// The size of the memory, in pages.
#[derive(Clone, Copy)]
pub struct Memory {
    pub min: u32,
    pub max: u32,
}

/// A valid module, its functions with metering already.
pub struct Module<'a> {
    pub types: Vec<FuncType>,
    /// Imported functions: type and id.
    pub imports: Vec<(u32, u16)>,
    /// Defined functions: type.
    pub functions: Vec<u32>,
    /// Entries of the table, if there is one.
    pub table: Option<u32>,
    pub memory: Memory,
    pub globals: Vec<Global>,
    /// The exported functions, by their number in the contract.
    pub call: u32,
    pub deploy: u32,
    pub elements: Vec<Elements>,
    pub bodies: Vec<Vec<u8>>,
    pub data: Vec<Data<'a>>,
    pub layout: Layout,
}

/// What was read so far.
#[derive(Default)]
struct Reading<'a> {
    types: Vec<FuncType>,
    imports: Vec<(u32, u16)>,
    functions: Vec<u32>,
    table: Option<u32>,
    memory: Option<Memory>,
    globals: Vec<Global>,
    call: Option<u32>,
    deploy: Option<u32>,
    elements: Vec<Elements>,
    bodies: Vec<Vec<u8>>,
    data: Vec<Data<'a>>,
    /// Locals that the bodies so far declare.
    locals: u32,
    allocations: FuncValidatorAllocations,
}

impl<'a> Module<'a> {
    /// Reads and validates a module that is not longer than allowed.
    pub fn read(bytes: &'a [u8]) -> Result<Self, CodeError> {
        let mut validator = Validator::new_with_features(FEATURES);
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        let mut reading = Reading::default();
        for payload in parser.parse_all(bytes) {
            reading.payload(payload?, &mut validator)?;
        }
        let layout = reading.layout();
        Ok(Self {
            call: reading.call.ok_or(CodeError::NoEntry { name: "call" })?,
            deploy: reading.deploy.ok_or(CodeError::NoEntry { name: "deploy" })?,
            memory: reading.memory.ok_or(CodeError::NoMemory)?,
            types: reading.types,
            imports: reading.imports,
            functions: reading.functions,
            table: reading.table,
            globals: reading.globals,
            elements: reading.elements,
            bodies: reading.bodies,
            data: reading.data,
            layout,
        })
    }
}

impl<'a> Reading<'a> {
    fn payload(&mut self, payload: Payload<'a>, validator: &mut Validator) -> Result<(), CodeError> {
        // Counts are checked before the validator sees them: it reserves memory by them.
        match payload {
            Payload::TypeSection(section) => {
                limit(&section, TYPES_MAX, CodeError::TooManyTypes)?;
                validator.type_section(&section)?;
                self.types(section)
            }
            Payload::ImportSection(section) => {
                limit(&section, IMPORTS_MAX, CodeError::TooManyImports)?;
                validator.import_section(&section)?;
                self.imports(section)
            }
            Payload::FunctionSection(section) => {
                limit(&section, FUNCTIONS_MAX, CodeError::TooManyFunctions)?;
                validator.function_section(&section)?;
                self.functions(section)
            }
            Payload::TableSection(section) => {
                validator.table_section(&section)?;
                self.table(section)
            }
            Payload::MemorySection(section) => {
                validator.memory_section(&section)?;
                self.memory(section)
            }
            Payload::GlobalSection(section) => {
                limit(&section, GLOBALS_MAX, CodeError::TooManyGlobals)?;
                validator.global_section(&section)?;
                self.globals(section)
            }
            Payload::ExportSection(section) => {
                limit(&section, EXPORTS_MAX, CodeError::TooManyExports)?;
                validator.export_section(&section)?;
                self.exports(section)
            }
            Payload::StartSection { .. } => Err(CodeError::StartFunction),
            Payload::ElementSection(section) => {
                limit(&section, ELEMENT_SEGMENTS_MAX, CodeError::TooManyElementSegments)?;
                validator.element_section(&section)?;
                self.elements(section)
            }
            Payload::CodeSectionEntry(body) => self.body(&body, validator),
            Payload::DataSection(section) => {
                limit(&section, DATA_SEGMENTS_MAX, CodeError::TooManyDataSegments)?;
                validator.data_section(&section)?;
                self.data(section)
            }
            Payload::CustomSection(_) => Ok(()),
            // What has no place in a contract is refused by the validator.
            other => validator.payload(&other).map(drop).map_err(CodeError::from),
        }
    }

    fn layout(&self) -> Layout {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Layout::new(number(self.imports.len()), number(self.functions.len()), number(self.globals.len()))
    }

    fn types(&mut self, section: TypeSectionReader<'a>) -> Result<(), CodeError> {
        for ty in section.into_iter_err_on_gc_types() {
            let ty = ty?;
            if ty.params().len() > PARAMS_MAX {
                return Err(CodeError::TooManyParams);
            }
            self.types.push(ty);
        }
        Ok(())
    }

    fn imports(&mut self, section: ImportSectionReader<'a>) -> Result<(), CodeError> {
        for import in section.into_imports() {
            let wasmparser::Import { module, name, ty } = import?;
            if module.len() > NAME_BYTES_MAX || name.len() > NAME_BYTES_MAX {
                return Err(CodeError::NameTooLong);
            }
            match ty {
                TypeRef::Func(index) => {
                    let (owned, owned_name) = (module.to_string(), name.to_string());
                    let Some(import) = Import::by_name(module, name) else {
                        return Err(CodeError::UnknownImport { module: owned, name: owned_name });
                    };
                    if !self.function_type(index).is_some_and(|ty| has_type(ty, import)) {
                        return Err(CodeError::ImportType { module: owned, name: owned_name });
                    }
                    self.imports.push((index, import.id));
                }
                TypeRef::Memory(ty) if module == "env" && name == "memory" => self.memory = Some(memory(ty)?),
                TypeRef::Memory(_) => return Err(CodeError::ImportedMemoryName),
                TypeRef::Table(_) => return Err(CodeError::ImportedTable),
                TypeRef::Global(_) => return Err(CodeError::ImportedGlobal),
                TypeRef::Tag(_) | TypeRef::FuncExact(_) => {
                    return Err(CodeError::UnknownImport { module: module.to_string(), name: name.to_string() });
                }
            }
        }
        Ok(())
    }

    fn functions(&mut self, section: FunctionSectionReader<'a>) -> Result<(), CodeError> {
        for ty in section {
            self.functions.push(ty?);
        }
        Ok(())
    }

    fn table(&mut self, section: TableSectionReader<'a>) -> Result<(), CodeError> {
        // The validator allows one table of functions, no more.
        for table in section {
            let entries = u32::try_from(table?.ty.initial).unwrap_or(u32::MAX);
            if entries > TABLE_ENTRIES_MAX {
                return Err(CodeError::TableTooLarge);
            }
            self.table = Some(entries);
        }
        Ok(())
    }

    fn memory(&mut self, section: MemorySectionReader<'a>) -> Result<(), CodeError> {
        // The validator allows one memory, an imported one included.
        for ty in section {
            self.memory = Some(memory(ty?)?);
        }
        Ok(())
    }

    fn globals(&mut self, section: GlobalSectionReader<'a>) -> Result<(), CodeError> {
        for global in section {
            let global = global?;
            self.globals.push(Global { value: constant(&global.init_expr)?, mutable: global.ty.mutable });
        }
        Ok(())
    }

    fn exports(&mut self, section: ExportSectionReader<'a>) -> Result<(), CodeError> {
        for export in section {
            let export = export?;
            if export.name.len() > NAME_BYTES_MAX {
                return Err(CodeError::NameTooLong);
            }
            let (entry, name) = match export.name {
                "call" => (&mut self.call, "call"),
                "deploy" => (&mut self.deploy, "deploy"),
                _ => continue,
            };
            if export.kind != ExternalKind::Func {
                return Err(CodeError::NoEntry { name });
            }
            *entry = Some(export.index);
            // Numbers of imported functions come first. One of those has no gas to count.
            let defined = usize::try_from(export.index).ok().and_then(|index| index.checked_sub(self.imports.len()));
            let ty = defined.and_then(|index| self.functions.get(index)).and_then(|ty| self.function_type(*ty));
            if !ty.is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty()) {
                return Err(CodeError::EntryType { name });
            }
        }
        Ok(())
    }

    fn elements(&mut self, section: ElementSectionReader<'a>) -> Result<(), CodeError> {
        let mut total = 0u32;
        for segment in section {
            let segment = segment?;
            let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(items)) =
                (&segment.kind, &segment.items)
            else {
                return Err(invalid(segment.range.start, "only active segments of functions are allowed"));
            };
            total = total.saturating_add(items.count());
            if total > ELEMENTS_MAX {
                return Err(CodeError::TooManyElements);
            }
            let Const::I32(offset) = constant(offset_expr)? else {
                return Err(invalid(segment.range.start, "an offset is an i32"));
            };
            let end = u64::from(offset.cast_unsigned()).saturating_add(u64::from(items.count()));
            if end > u64::from(self.table.unwrap_or(0)) {
                return Err(CodeError::ElementsOutOfBounds);
            }
            let functions = items.clone().into_iter().collect::<Result<_, _>>()?;
            self.elements.push(Elements { offset, functions });
        }
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'a>, validator: &mut Validator) -> Result<(), CodeError> {
        let function = validator.code_section_entry(body)?;
        let ty = self.functions.get(self.bodies.len()).and_then(|ty| self.function_type(*ty));
        let (params, result) = match ty {
            Some(ty) => (ty.params().len(), ty.results().first().copied()),
            None => return Err(invalid(body.range().start, "a body without a function")),
        };
        let result = match result {
            None => BlockType::Empty,
            Some(ValType::I32) => BlockType::Result(wasm_encoder::ValType::I32),
            Some(_) => BlockType::Result(wasm_encoder::ValType::I64),
        };
        let signature = Signature { params: u32::try_from(params).unwrap_or(u32::MAX), result };
        let mut function = function.into_validator(core::mem::take(&mut self.allocations));
        let prepared = body::prepare(body, &mut function, signature, &self.layout())?;
        self.locals = self.locals.saturating_add(function.len_locals().saturating_sub(signature.params));
        if self.locals > MODULE_LOCALS_MAX {
            return Err(CodeError::TooManyModuleLocals);
        }
        self.allocations = function.into_allocations();
        self.bodies.push(prepared);
        Ok(())
    }

    fn data(&mut self, section: DataSectionReader<'a>) -> Result<(), CodeError> {
        let bytes_max = u64::from(self.memory.map_or(0, |memory| memory.min)).saturating_mul(PAGE_BYTES);
        for segment in section {
            let segment = segment?;
            let DataKind::Active { offset_expr, .. } = &segment.kind else {
                return Err(invalid(segment.range.start, "only active segments are allowed"));
            };
            let Const::I32(offset) = constant(offset_expr)? else {
                return Err(invalid(segment.range.start, "an offset is an i32"));
            };
            let bytes = u64::try_from(segment.data.len()).unwrap_or(u64::MAX);
            if u64::from(offset.cast_unsigned()).saturating_add(bytes) > bytes_max {
                return Err(CodeError::DataOutOfBounds);
            }
            self.data.push(Data { offset, bytes: segment.data });
        }
        Ok(())
    }

    fn function_type(&self, index: u32) -> Option<&FuncType> {
        self.types.get(usize::try_from(index).ok()?)
    }
}

fn limit<T>(section: &SectionLimited<'_, T>, max: u32, error: CodeError) -> Result<(), CodeError> {
    if section.count() > max { Err(error) } else { Ok(()) }
}

fn invalid(offset: usize, message: &str) -> CodeError {
    CodeError::Invalid { offset, message: message.to_string() }
}

/// Whether a contract's idea of a function's type is ours.
fn has_type(ty: &FuncType, import: &Import) -> bool {
    let same = |(ours, theirs): (&Val, &ValType)| {
        *theirs
            == match ours {
                Val::I32 => ValType::I32,
                Val::I64 => ValType::I64,
            }
    };
    ty.params().len() == import.params.len()
        && import.params.iter().zip(ty.params()).all(same)
        && ty.results().len() == usize::from(import.result.is_some())
        && import.result.iter().zip(ty.results()).all(same)
}

fn memory(ty: MemoryType) -> Result<Memory, CodeError> {
    let pages = |pages: u64| match u32::try_from(pages) {
        Ok(pages) if pages <= MEMORY_PAGES_MAX => Ok(pages),
        _ => Err(CodeError::MemoryTooLarge),
    };
    Ok(Memory { min: pages(ty.initial)?, max: ty.maximum.map_or(Ok(MEMORY_PAGES_MAX), pages)? })
}

fn constant(expression: &ConstExpr<'_>) -> Result<Const, CodeError> {
    let mut operators = expression.get_operators_reader();
    let value = match operators.read()? {
        Operator::I32Const { value } => Const::I32(value),
        Operator::I64Const { value } => Const::I64(value),
        _ => return Err(invalid(operators.original_position(), "only constants are allowed")),
    };
    match operators.read()? {
        Operator::End => Ok(value),
        _ => Err(invalid(operators.original_position(), "only constants are allowed")),
    }
}
