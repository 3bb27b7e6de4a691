//! Access to the guest's memory and heap for host functions.
//!
//! [`Guest`] wraps the engine's `Caller`. Reads borrow from the guest's memory together with the host's state
//! ([`Guest::split`]), so that arguments are used in place; results are allocated and written in one pass.

use codec::{Compact, Encode};
use wasmtime::{AsContextMut, Caller, Memory};

use super::HostState;
use crate::allocator::{Allocation, FreeingBump};
use crate::error::HostError;
use crate::limits::WASM_PAGE_BYTES;

/// Pages by which the heap grows at most beyond what it needs.
const GROWTH_PAGES_MAX: u64 = 64;

/// A host function's view of the instance that called it.
pub(crate) struct Guest<'a>(pub Caller<'a, HostState>);

/// The guest's memory, to read arguments from.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// The bytes that a pointer-size names.
    pub fn slice(self, pointer_size: u64) -> Result<&'a [u8], HostError> {
        let (pointer, len) = unpack(pointer_size);
        self.at(pointer, len)
    }

    /// `N` bytes at a pointer.
    pub fn array<const N: usize>(self, pointer: u32) -> Result<&'a [u8; N], HostError> {
        let len = u32::try_from(N).map_err(|_| HostError::Argument("length"))?;
        self.at(pointer, len)?.try_into().map_err(|_| HostError::OutOfBounds { pointer, len })
    }

    /// `N` little-endian words of 64 bits at a pointer.
    pub fn words<const N: usize>(self, pointer: u32) -> Result<[u64; N], HostError> {
        let len = u32::try_from(N * 8).map_err(|_| HostError::Argument("length"))?;
        let mut words = [0; N];
        for (word, bytes) in words.iter_mut().zip(self.at(pointer, len)?.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().map_err(|_| HostError::Argument("length"))?);
        }
        Ok(words)
    }

    fn at(self, pointer: u32, len: u32) -> Result<&'a [u8], HostError> {
        let (start, count) = (pointer as usize, len as usize);
        let end = start.checked_add(count).ok_or(HostError::OutOfBounds { pointer, len })?;
        self.0.get(start..end).ok_or(HostError::OutOfBounds { pointer, len })
    }
}

/// Pointer and length of a pointer-size.
pub(crate) fn unpack(pointer_size: u64) -> (u32, u32) {
    ((pointer_size & u64::from(u32::MAX)) as u32, (pointer_size >> 32) as u32)
}

/// The pointer-size of a buffer.
pub(crate) fn pack(pointer: u32, len: u32) -> u64 {
    u64::from(len) << 32 | u64::from(pointer)
}

impl Guest<'_> {
    /// The guest's memory and the host's state, both at once.
    pub fn split(&mut self) -> Result<(Bytes<'_>, &mut HostState), HostError> {
        split(&mut self.0)
    }

    /// The guest's memory, to write to, and the host's state, both at once.
    pub fn split_mut(&mut self) -> Result<(&mut [u8], &mut HostState), HostError> {
        let memory = memory_of(self.0.data())?;
        Ok(memory.data_and_store_mut(&mut self.0))
    }

    /// The host's state.
    pub fn state(&mut self) -> &mut HostState {
        self.0.data_mut()
    }

    /// Writes `bytes` at `pointer`, which the guest named.
    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), HostError> {
        write(&mut self.0, pointer, &[bytes])
    }

    /// Returns a buffer of a length that the guest knows: its pointer.
    pub fn give_array(&mut self, bytes: &[u8]) -> Result<u32, HostError> {
        let len = length(bytes.len())?;
        let pointer = allocate(&mut self.0, len)?;
        write(&mut self.0, pointer, &[bytes])?;
        Ok(pointer)
    }

    /// Returns a buffer: its pointer-size.
    pub fn give(&mut self, parts: &[&[u8]]) -> Result<u64, HostError> {
        let len = length(parts.iter().map(|part| part.len()).sum())?;
        let pointer = allocate(&mut self.0, len)?;
        write(&mut self.0, pointer, parts)?;
        Ok(pack(pointer, len))
    }

    /// Returns the SCALE encoding of an optional byte vector.
    pub fn give_option(&mut self, value: Option<&[u8]>) -> Result<u64, HostError> {
        let Some(value) = value else { return self.give(&[&[0]]) };
        let prefix = Compact(length(value.len())?).encode();
        self.give(&[&[1], &prefix, value])
    }
}

/// [`Guest::split`] of a caller that is only borrowed.
pub(crate) fn split<'a>(caller: &'a mut Caller<'_, HostState>) -> Result<(Bytes<'a>, &'a mut HostState), HostError> {
    let memory = memory_of(caller.data())?;
    let (bytes, state) = memory.data_and_store_mut(caller);
    Ok((Bytes(bytes), state))
}

fn memory_of(state: &HostState) -> Result<Memory, HostError> {
    // A start function runs before the memory is known: it has no business with the host.
    state.memory.ok_or(HostError::Argument("memory, before the instance is ready"))
}

fn length(len: usize) -> Result<u32, HostError> {
    u32::try_from(len).map_err(|_| HostError::MemoryLimit)
}

/// Allocates in the guest's heap, growing its memory where needed.
pub(crate) fn allocate(mut store: impl AsContextMut<Data = HostState>, bytes: u32) -> Result<u32, HostError> {
    let mut context = store.as_context_mut();
    let memory = memory_of(context.data())?;
    loop {
        let (data, state) = memory.data_and_store_mut(&mut context);
        let heap = state.heap.as_mut().ok_or(HostError::Argument("heap, before the instance is ready"))?;
        let wanted = match heap.allocate(data, bytes)? {
            Allocation::At(pointer) => return Ok(pointer),
            Allocation::NeedsBytes(wanted) => wanted,
        };
        let size = memory.size(&context);
        let missing = wanted.div_ceil(u64::from(WASM_PAGE_BYTES)).saturating_sub(size).max(1);
        // More than asked for, so that a growing heap does not grow page by page; as far as the limit allows.
        let room = context.data().limiter.memory_pages_max().saturating_sub(size);
        let generous = missing.max(size.min(GROWTH_PAGES_MAX).min(room));
        if memory.grow(&mut context, generous).is_err() && memory.grow(&mut context, missing).is_err() {
            return Err(HostError::MemoryLimit);
        }
    }
}

/// Gives a block of the guest's heap back.
pub(crate) fn release(mut store: impl AsContextMut<Data = HostState>, pointer: u32) -> Result<(), HostError> {
    let mut context = store.as_context_mut();
    let memory = memory_of(context.data())?;
    let (data, state) = memory.data_and_store_mut(&mut context);
    let heap: &mut FreeingBump =
        state.heap.as_mut().ok_or(HostError::Argument("heap, before the instance is ready"))?;
    Ok(heap.release(data, pointer)?)
}

/// Writes `parts` one after another at `pointer`.
pub(crate) fn write(
    mut store: impl AsContextMut<Data = HostState>,
    pointer: u32,
    parts: &[&[u8]],
) -> Result<(), HostError> {
    let mut context = store.as_context_mut();
    let memory = memory_of(context.data())?;
    let (data, _) = memory.data_and_store_mut(&mut context);
    let mut at = pointer as usize;
    for part in parts {
        let end = at.checked_add(part.len());
        let target = end.and_then(|end| data.get_mut(at..end));
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        target.ok_or(HostError::OutOfBounds { pointer, len })?.copy_from_slice(part);
        at += part.len();
    }
    Ok(())
}
