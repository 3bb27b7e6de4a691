//! The guest's heap: the freeing-bump allocator that the Host API's `ext_allocator_*` functions expose.
//!
//! The heap begins at the guest's `__heap_base`. A block has a power-of-two size from 8 bytes to 32 MiB (23 *orders*)
//! and is preceded by a header of 8 bytes. Freed blocks wait in one list per order; when the list is empty, a new block
//! is cut off at the *bumper*, the end of what was ever handed out. Blocks are neither split nor joined, so each
//! operation takes constant time.
//!
//! ```text
//!  __heap_base                                       bumper              end of memory
//!  | header | block | header | block | header | block | never used        |
//! ```
//!
//! Header, 8 bytes little endian: `0x1_0000_0000 | order` while handed out; the address of the next free header
//! (`u32::MAX`: none) while free. Headers lie in the guest's memory, where the guest can write too: everything read
//! from them is checked, and a wrong one ends the call.
//!
//! Out of scope: growing the memory. [`FreeingBump::allocate`] says how many bytes are missing; the caller, who holds the
//! store, grows and calls again.
//!
//! Invariant: no content of the guest's memory makes this code panic, loop, or touch a byte outside of the slice.

use crate::limits::ALLOCATION_BYTES_MAX;

const HEADER_BYTES: u32 = 8;
const ALIGNMENT: u32 = 8;
const ORDER_MIN_LOG2: u32 = 3;
const ORDERS: usize = 23;
const NIL: u32 = u32::MAX;
const OCCUPIED: u64 = 1 << 32;

/// Why an allocation or a release failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocatorError {
    /// More than one block can hold.
    #[error("an allocation of {bytes} bytes is too large")]
    TooLarge {
        /// The bytes asked for.
        bytes: u32,
    },
    /// The header before the pointer is not that of a block that is handed out, or a list of free blocks is damaged.
    #[error("the heap is damaged at {pointer:#x}")]
    Damaged {
        /// Where the damage was seen.
        pointer: u32,
    },
    /// The address space ends before the block does.
    #[error("the heap is full")]
    Full,
    /// An allocation or release after a failed one.
    #[error("the heap was damaged before")]
    Poisoned,
}

/// The answer to a request for memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// The block begins here.
    At(u32),
    /// The memory must have at least this many bytes first.
    NeedsBytes(u64),
}

/// The host's side of one instance's heap.
#[derive(Debug)]
pub struct FreeingBump {
    bumper: u32,
    free: [u32; ORDERS],
    poisoned: bool,
}

impl FreeingBump {
    /// A heap that begins at `heap_base` and has handed out nothing.
    pub fn new(heap_base: u32) -> Self {
        let bumper = heap_base.checked_next_multiple_of(ALIGNMENT);
        Self { bumper: bumper.unwrap_or(NIL), free: [NIL; ORDERS], poisoned: bumper.is_none() }
    }

    /// Hands out a block of at least `bytes` bytes. Zero bytes get a block too.
    pub fn allocate(&mut self, memory: &mut [u8], bytes: u32) -> Result<Allocation, AllocatorError> {
        let result = self.allocate_inner(memory, bytes);
        self.poisoned |= result.is_err();
        result
    }

    /// Takes back the block that [`Self::allocate`] handed out at `pointer`.
    pub fn release(&mut self, memory: &mut [u8], pointer: u32) -> Result<(), AllocatorError> {
        let result = self.release_inner(memory, pointer);
        self.poisoned |= result.is_err();
        result
    }

    fn allocate_inner(&mut self, memory: &mut [u8], bytes: u32) -> Result<Allocation, AllocatorError> {
        if self.poisoned {
            return Err(AllocatorError::Poisoned);
        }
        let order = order_of(bytes)?;
        let head = self.free[order];
        if head != NIL {
            let raw = read_header(memory, head)?;
            let next = (raw & u64::from(u32::MAX)) as u32;
            let within = next == NIL || next < self.bumper;
            if raw & OCCUPIED != 0 || raw >> 33 != 0 || !within {
                return Err(AllocatorError::Damaged { pointer: head });
            }
            self.free[order] = next;
            write_header(memory, head, OCCUPIED | order as u64)?;
            return Ok(Allocation::At(head + HEADER_BYTES));
        }
        let header = self.bumper;
        let end = u64::from(header) + u64::from(HEADER_BYTES) + block_bytes(order);
        if end > u64::from(u32::MAX) {
            return Err(AllocatorError::Full);
        }
        if end > memory.len() as u64 {
            return Ok(Allocation::NeedsBytes(end));
        }
        write_header(memory, header, OCCUPIED | order as u64)?;
        self.bumper = end as u32;
        Ok(Allocation::At(header + HEADER_BYTES))
    }

    fn release_inner(&mut self, memory: &mut [u8], pointer: u32) -> Result<(), AllocatorError> {
        if self.poisoned {
            return Err(AllocatorError::Poisoned);
        }
        let damaged = AllocatorError::Damaged { pointer };
        let header = pointer.checked_sub(HEADER_BYTES).ok_or(damaged)?;
        let raw = read_header(memory, header)?;
        let order = usize::try_from(raw & u64::from(u32::MAX)).map_err(|_| damaged)?;
        if raw >> 32 != 1 || order >= ORDERS || header >= self.bumper {
            return Err(damaged);
        }
        write_header(memory, header, u64::from(self.free[order]))?;
        self.free[order] = header;
        Ok(())
    }
}

fn order_of(bytes: u32) -> Result<usize, AllocatorError> {
    if bytes > ALLOCATION_BYTES_MAX {
        return Err(AllocatorError::TooLarge { bytes });
    }
    let log2 = bytes.max(1 << ORDER_MIN_LOG2).next_power_of_two().trailing_zeros();
    Ok((log2 - ORDER_MIN_LOG2) as usize)
}

fn block_bytes(order: usize) -> u64 {
    1 << (order as u64 + u64::from(ORDER_MIN_LOG2))
}

fn header_of(memory: &mut [u8], pointer: u32) -> Result<&mut [u8; 8], AllocatorError> {
    let start = pointer as usize;
    memory.get_mut(start..).and_then(|rest| rest.first_chunk_mut::<8>()).ok_or(AllocatorError::Damaged { pointer })
}

fn read_header(memory: &mut [u8], pointer: u32) -> Result<u64, AllocatorError> {
    header_of(memory, pointer).map(|bytes| u64::from_le_bytes(*bytes))
}

fn write_header(memory: &mut [u8], pointer: u32, header: u64) -> Result<(), AllocatorError> {
    header_of(memory, pointer).map(|bytes| *bytes = header.to_le_bytes())
}

#[cfg(test)]
mod tests;
