//! What is known of a blob before it is compiled: its bytes unpacked, its shape checked, its version read.
//!
//! State holds a runtime as bytes under `:code`. They may be compressed (Substrate's magic prefix, then zstd), and their
//! memory may be imported as `env.memory` rather than exported. [`unpack`] gives plain WebAssembly of one form: memory
//! defined and exported as `memory`, so that everything behind it knows one kind of module.
//!
//! [`Shape`] is read from the bytes alone: the answer whether a blob is acceptable ([`check_runtime`]) is part of
//! consensus (the runtime asks it by `ext_misc_runtime_version_version_1`), so it may not depend on compilers or clocks.
//!
//! Out of scope: whether the version allows an upgrade. That is the runtime's decision.

mod memory;
mod version;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use wasmparser::{CompositeInnerType, ExternalKind, Imports, Parser, Payload, TypeRef, ValType};

use crate::error::InvalidCode;
use crate::limits::{CODE_BYTES_MAX, TABLE_ELEMENTS_MAX, ZSTD_WINDOW_BYTES_MAX};

pub(crate) use memory::define_imported_memory;
pub(crate) use version::{decode_version, embedded_version};

/// The bytes before a compressed runtime, as published in Substrate's `sp-maybe-compressed-blob`.
const COMPRESSED_PREFIX: [u8; 8] = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];

/// The entry points without which a blob can't carry a chain on.
pub const REQUIRED_ENTRY_POINTS: [&str; 7] = [
    "Core_version",
    "Core_execute_block",
    "Core_initialize_block",
    "BlockBuilder_apply_extrinsic",
    "BlockBuilder_finalize_block",
    "Metadata_metadata",
    "TaggedTransactionQueue_validate_transaction",
];

/// The plain WebAssembly behind `raw`: decompressed where it is compressed.
pub(crate) fn unpack(raw: &[u8]) -> Result<Cow<'_, [u8]>, InvalidCode> {
    let too_large = InvalidCode::TooLarge { max: CODE_BYTES_MAX };
    if raw.is_empty() {
        return Err(InvalidCode::Empty);
    }
    if raw.len() > CODE_BYTES_MAX {
        return Err(too_large);
    }
    let Some(frame) = raw.strip_prefix(&COMPRESSED_PREFIX) else { return Ok(Cow::Borrowed(raw)) };
    let mut decoder = ruzstd::decoding::FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
    let stream = ruzstd::decoding::StreamingDecoder::new_with_decoder(frame, decoder);
    let stream = stream.map_err(|_| InvalidCode::Compression)?;
    let mut wasm = Vec::new();
    let limit = CODE_BYTES_MAX as u64 + 1;
    stream.take(limit).read_to_end(&mut wasm).map_err(|_| InvalidCode::Compression)?;
    if wasm.len() > CODE_BYTES_MAX {
        return Err(too_large);
    }
    Ok(Cow::Owned(wasm))
}

/// A function's parameters and results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

impl Signature {
    /// That of every entry point: pointer and length of the input; pointer-size of the output.
    pub fn entry_point() -> Self {
        Self { params: vec![ValType::I32, ValType::I32], results: vec![ValType::I64] }
    }
}

/// What a module shows to the outside, read from its bytes.
#[derive(Debug, Default)]
pub(crate) struct Shape<'a> {
    /// Imported functions.
    pub imports: Vec<(&'a str, &'a str, Signature)>,
    /// Imports that are no functions, except for the memory.
    pub foreign_imports: Vec<(&'a str, &'a str)>,
    /// Whether `env.memory` is imported.
    pub imports_memory: bool,
    /// Pages the memory has from the start.
    pub memory_pages: Option<u64>,
    /// Elements that its largest table has from the start.
    pub table_elements: u64,
    /// Exported functions by name.
    pub functions: BTreeMap<&'a str, Signature>,
    /// Whether a memory is exported as `memory`.
    pub exports_memory: bool,
    /// Whether a global is exported as `__heap_base`.
    pub exports_heap_base: bool,
    /// The custom section `runtime_version`.
    pub version_section: Option<&'a [u8]>,
    /// The custom section `runtime_apis`.
    pub apis_section: Option<&'a [u8]>,
}

impl<'a> Shape<'a> {
    /// Reads a module that the engine has found valid.
    pub fn read(wasm: &'a [u8]) -> Result<Self, InvalidCode> {
        Self::parse(wasm).map_err(|error| InvalidCode::NotWasm(error.message().to_owned()))
    }

    fn parse(wasm: &'a [u8]) -> wasmparser::Result<Self> {
        let mut shape = Self::default();
        let mut types: Vec<Option<Signature>> = Vec::new();
        let mut functions: Vec<u32> = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                            CompositeInnerType::Func(func) => {
                                Some(Signature { params: func.params().to_vec(), results: func.results().to_vec() })
                            }
                            _ => None,
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for imports in section {
                        if let Imports::Single(_, import) = imports? {
                            shape.add_import(import, &types, &mut functions);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        functions.push(index?);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        shape.memory_pages = Some(memory?.initial);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        shape.table_elements = shape.table_elements.max(table?.ty.initial);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        shape.add_export(export?, &types, &functions);
                    }
                }
                Payload::CustomSection(section) => match section.name() {
                    "runtime_version" => shape.version_section = Some(section.data()),
                    "runtime_apis" => shape.apis_section = Some(section.data()),
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(shape)
    }

    fn add_import(&mut self, import: wasmparser::Import<'a>, types: &[Option<Signature>], functions: &mut Vec<u32>) {
        match import.ty {
            TypeRef::Func(index) => {
                functions.push(index);
                match types.get(index as usize) {
                    Some(Some(signature)) => self.imports.push((import.module, import.name, signature.clone())),
                    _ => self.foreign_imports.push((import.module, import.name)),
                }
            }
            TypeRef::Memory(memory) if import.module == "env" && import.name == "memory" => {
                self.imports_memory = true;
                self.memory_pages = Some(memory.initial);
            }
            _ => self.foreign_imports.push((import.module, import.name)),
        }
    }

    fn add_export(&mut self, export: wasmparser::Export<'a>, types: &[Option<Signature>], functions: &[u32]) {
        match export.kind {
            ExternalKind::Func => {
                let ty = functions.get(export.index as usize).and_then(|index| types.get(*index as usize));
                if let Some(Some(signature)) = ty {
                    self.functions.insert(export.name, signature.clone());
                }
            }
            ExternalKind::Memory if export.name == "memory" => self.exports_memory = true,
            ExternalKind::Global if export.name == "__heap_base" => self.exports_heap_base = true,
            _ => {}
        }
    }
}

/// Checks that the module behind `shape` can be run: it has a memory of allowed size and a heap, its tables fit the pool,
/// and it imports functions only.
pub(crate) fn check_runnable(shape: &Shape<'_>, memory_pages_max: u32) -> Result<(), InvalidCode> {
    let Some(pages) = shape.memory_pages else { return Err(InvalidCode::NoMemory) };
    if !shape.imports_memory && !shape.exports_memory {
        return Err(InvalidCode::NoMemory);
    }
    if pages > u64::from(memory_pages_max) {
        return Err(InvalidCode::MemoryTooLarge { pages, max: memory_pages_max });
    }
    if shape.table_elements > TABLE_ELEMENTS_MAX as u64 {
        return Err(InvalidCode::TableTooLarge { elements: shape.table_elements, max: TABLE_ELEMENTS_MAX });
    }
    if !shape.exports_heap_base {
        return Err(InvalidCode::NoHeapBase);
    }
    match shape.foreign_imports.first() {
        Some((module, name)) => Err(unresolved(module, name)),
        None => Ok(()),
    }
}

/// Checks what a new runtime of a running chain must have beyond being runnable: all [`REQUIRED_ENTRY_POINTS`], and no
/// import that `resolves` refuses.
pub(crate) fn check_runtime(
    shape: &Shape<'_>,
    resolves: impl Fn(&str, &str, &Signature) -> bool,
) -> Result<(), InvalidCode> {
    for (module, name, signature) in &shape.imports {
        if !resolves(module, name, signature) {
            return Err(unresolved(module, name));
        }
    }
    let wanted = Signature::entry_point();
    match REQUIRED_ENTRY_POINTS.iter().find(|name| shape.functions.get(**name) != Some(&wanted)) {
        Some(name) => Err(InvalidCode::EntryPoint((*name).to_owned())),
        None => Ok(()),
    }
}

pub(crate) fn unresolved(module: &str, name: &str) -> InvalidCode {
    InvalidCode::Import { module: module.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests;
