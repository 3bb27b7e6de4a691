//! Lengths within a module, checked before the parser sees them.
//!
//! The parser adds a length to a position as `usize`. In the runtime that has 32 bits: a length near 2^32 makes the sum wrap, and the
//! parser, which takes it for an end within the module, panics. So what is longer than what it lies in is refused here. Those are
//! sections, bodies and segments of data; the parser bounds all others (names, numbers of entries) by limits of its own.
//!
//! Out of scope: whatever else is wrong with a module. Where this reader does not understand it, neither will the parser.

use super::error::CodeError;
use alloc::string::ToString as _;
use wasmparser::{BinaryReader, ConstExpr};

const HEADER_BYTES: usize = 8;
const CODE_SECTION: u8 = 10;
const DATA_SECTION: u8 = 11;

/// Refuses a module with a length that reaches beyond the end of what it lies in.
pub fn check(module: &[u8]) -> Result<(), CodeError> {
    let Some(mut rest) = module.get(HEADER_BYTES..) else { return Ok(()) };
    while let Some((id, after)) = rest.split_first() {
        let mut reader = BinaryReader::new(after, module.len().saturating_sub(after.len()));
        let Some(section) = part(&mut reader)? else { return Ok(()) };
        let offset = reader.original_position().saturating_sub(section.len());
        match *id {
            CODE_SECTION => bodies(BinaryReader::new(section, offset))?,
            DATA_SECTION => segments(BinaryReader::new(section, offset))?,
            _ => {}
        }
        let len = after.len().saturating_sub(reader.bytes_remaining());
        rest = after.get(len..).unwrap_or_default();
    }
    Ok(())
}

/// The bytes behind their length; nothing where there is no length.
fn part<'a>(reader: &mut BinaryReader<'a>) -> Result<Option<&'a [u8]>, CodeError> {
    let offset = reader.original_position();
    let Ok(len) = reader.read_var_u32() else { return Ok(None) };
    match usize::try_from(len) {
        Ok(len) if len <= reader.bytes_remaining() => Ok(Some(reader.read_bytes(len)?)),
        _ => Err(CodeError::Invalid { offset, message: "a length beyond the end".to_string() }),
    }
}

fn bodies(mut reader: BinaryReader<'_>) -> Result<(), CodeError> {
    let count = reader.read_var_u32().unwrap_or(0);
    for _ in 0..count {
        if part(&mut reader)?.is_none() {
            break;
        }
    }
    Ok(())
}

fn segments(mut reader: BinaryReader<'_>) -> Result<(), CodeError> {
    let count = reader.read_var_u32().unwrap_or(0);
    for _ in 0..count {
        let place = match reader.read_var_u32() {
            Ok(0) => reader.read::<ConstExpr<'_>>().is_ok(),
            Ok(1) => true,
            Ok(2) => reader.read_var_u32().is_ok() && reader.read::<ConstExpr<'_>>().is_ok(),
            _ => false,
        };
        if !place || part(&mut reader)?.is_none() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
