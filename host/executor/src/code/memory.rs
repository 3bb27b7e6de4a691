//! Turns an imported memory into a defined, exported one.
//!
//! Substrate's runtimes import `env.memory`. A memory given from outside must be made anew in each store and can't be
//! part of what is linked once; a defined one comes out of the engine's pool with its content already in place.
//! Memories have an index space of their own, so nothing else in the module changes.

use wasmparser::{BinaryReader, BinaryReaderError, Imports, Parser, Payload, TypeRef};

const IMPORT_SECTION: u8 = 2;
const MEMORY_SECTION: u8 = 5;
const EXPORT_SECTION: u8 = 7;
const EXPORT_KIND_MEMORY: u8 = 2;

/// `wasm` with its import `env.memory` replaced by a memory of the same size, exported as `memory`.
///
/// The module must be valid and import that memory.
pub(crate) fn define_imported_memory(wasm: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = Vec::with_capacity(wasm.len() + 32);
    let mut memory_type: Vec<u8> = Vec::new();
    let (mut memory_done, mut export_done) = (false, false);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::Version { range, .. } = &payload {
            out.extend_from_slice(&wasm[range.clone()]);
        }
        let Some((id, range)) = payload.as_section() else { continue };
        if !memory_done && id != 0 && rank(id) > rank(MEMORY_SECTION) {
            section(&mut out, MEMORY_SECTION, &[&[1], &memory_type]);
            memory_done = true;
        }
        if !export_done && id != 0 && rank(id) > rank(EXPORT_SECTION) {
            section(&mut out, EXPORT_SECTION, &[&[1], &export_entry()]);
            export_done = true;
        }
        match payload {
            Payload::ImportSection(imports) => {
                let (kept, ty) = split_imports(wasm, imports)?;
                memory_type = ty;
                section(&mut out, IMPORT_SECTION, &[&kept]);
            }
            Payload::ExportSection(exports) => {
                let (count, body) = (exports.count(), exports.original_position()..exports.range().end);
                let exported = exports.clone().into_iter().any(|e| e.is_ok_and(|e| e.name == "memory"));
                let entry = if exported { Vec::new() } else { export_entry() };
                let count = leb128(count + u32::from(!exported));
                section(&mut out, EXPORT_SECTION, &[&count, &wasm[body], &entry]);
                export_done = true;
            }
            _ => section(&mut out, id, &[&wasm[range]]),
        }
    }
    if !memory_done {
        section(&mut out, MEMORY_SECTION, &[&[1], &memory_type]);
    }
    if !export_done {
        section(&mut out, EXPORT_SECTION, &[&[1], &export_entry()]);
    }
    Ok(out)
}

/// The import section without its memory, and the bytes of the memory's type.
fn split_imports(
    wasm: &[u8],
    imports: wasmparser::ImportSectionReader<'_>,
) -> Result<(Vec<u8>, Vec<u8>), BinaryReaderError> {
    let end = imports.range().end;
    let mut entries: Vec<(usize, bool)> = Vec::new();
    for item in imports.into_iter_with_offsets() {
        let (offset, item) = item?;
        let memory = matches!(item, Imports::Single(_, import) if matches!(import.ty, TypeRef::Memory(_)));
        entries.push((offset, memory));
    }
    let (mut kept, mut ty, mut count) = (Vec::new(), Vec::new(), 0);
    for (index, (start, memory)) in entries.iter().enumerate() {
        let stop = entries.get(index + 1).map_or(end, |(next, _)| *next);
        let entry = &wasm[*start..stop];
        if *memory {
            let mut reader = BinaryReader::new(entry, 0);
            reader.skip_string()?;
            reader.skip_string()?;
            reader.read_u8()?;
            ty.extend_from_slice(&entry[reader.original_position()..]);
        } else {
            kept.extend_from_slice(entry);
            count += 1;
        }
    }
    let mut section = leb128(count);
    section.extend_from_slice(&kept);
    Ok((section, ty))
}

fn export_entry() -> Vec<u8> {
    let mut entry = vec![6];
    entry.extend_from_slice(b"memory");
    entry.extend_from_slice(&[EXPORT_KIND_MEMORY, 0]);
    entry
}

fn section(out: &mut Vec<u8>, id: u8, parts: &[&[u8]]) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    out.push(id);
    out.extend_from_slice(&leb128(len as u32));
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// Where a section stands among the others: the tag section (13) lies between memory and global, the data count
/// section (12) between element and code.
fn rank(id: u8) -> u8 {
    match id {
        13 => 11,
        12 => 19,
        id => id * 2,
    }
}

fn leb128(mut value: u32) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}
