//! The runtime's heap: small blocks out of larger ones that come from the host.
//!
//! The host's allocator is the one that the Host API wants, and costs a crossing for each block. Most blocks live
//! shorter than the transaction that needs them, so blocks of up to [`SMALL_BYTES_MAX`] are cut from chunks of
//! [`CHUNK_BYTES`] and, once given back, wait here for the next one of their size. Sizes are powers of two, as the
//! host's are. Chunks are never given back: an instance lives for one call.
//!
//! This module decides; `entry` asks the host, reads and writes. Native tests do that too.
//!
//! Invariant: blocks that are out do not overlap, and each is aligned to its size, up to [`ALIGN_MAX`].

/// The largest block that is cut from a chunk, in bytes.
pub(crate) const SMALL_BYTES_MAX: u32 = 2_048;
/// What is taken from the host at once, in bytes.
pub(crate) const CHUNK_BYTES: u32 = 64 * 1024;
/// The largest alignment of a block that is cut from a chunk, in bytes.
pub(crate) const ALIGN_MAX: u32 = 16;
const SMALLEST_LOG2: u32 = 3;
const CLASSES: usize = 9;

/// A size of small blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class(u32);

impl Class {
    /// The smallest class with room for `size` bytes aligned to `align`; `None` where the host must be asked.
    pub(crate) const fn of(size: u32, align: u32) -> Option<Self> {
        if size > SMALL_BYTES_MAX || align > ALIGN_MAX {
            return None;
        }
        let wanted = if size > align { size } else { align };
        let log2 = wanted.next_power_of_two().trailing_zeros();
        Some(Self(log2.saturating_sub(SMALLEST_LOG2)))
    }

    /// The bytes of its blocks.
    pub(crate) const fn bytes(self) -> u32 {
        1u32.wrapping_shl(self.0.wrapping_add(SMALLEST_LOG2))
    }
}

/// Free blocks, and what is left of the chunk.
#[derive(Debug)]
pub(crate) struct Heap {
    /// The first free block of each class, 0 for none. The address of the next one lies in it.
    free: [u32; CLASSES],
    at: u32,
    end: u32,
}

/// Where the next block comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It is free. The word in it must be told to [`Heap::set_free`] first.
    Free(u32),
    /// It was cut from the chunk.
    Cut(u32),
    /// There must be a new chunk first: [`Heap::add_chunk`].
    Chunk,
}

impl Heap {
    /// A heap without blocks.
    pub(crate) const fn new() -> Self {
        Self { free: [0; CLASSES], at: 0, end: 0 }
    }

    /// The next block of `class`.
    pub(crate) fn next(&mut self, class: Class) -> Source {
        match self.first(class) {
            0 => self.cut(class),
            block => Source::Free(block),
        }
    }

    fn cut(&mut self, class: Class) -> Source {
        let bytes = class.bytes();
        let align = if bytes < ALIGN_MAX { bytes } else { ALIGN_MAX };
        let block = self.at.wrapping_add(align.wrapping_sub(1)) & !align.wrapping_sub(1);
        match block.checked_add(bytes).filter(|end| *end <= self.end && block != 0) {
            Some(end) => {
                self.at = end;
                Source::Cut(block)
            }
            None => Source::Chunk,
        }
    }

    /// [`CHUNK_BYTES`] at `chunk` are ours. What was left of the last one is not used any more.
    pub(crate) fn add_chunk(&mut self, chunk: u32) {
        (self.at, self.end) = (chunk, chunk.saturating_add(CHUNK_BYTES));
    }

    /// The first free block of `class`, 0 for none.
    pub(crate) fn first(&self, class: Class) -> u32 {
        usize::try_from(class.0).ok().and_then(|class| self.free.get(class)).copied().unwrap_or(0)
    }

    /// Makes `block` the first free one of `class`.
    pub(crate) fn set_free(&mut self, class: Class, block: u32) {
        if let Some(first) = usize::try_from(class.0).ok().and_then(|class| self.free.get_mut(class)) {
            *first = block;
        }
    }
}

#[cfg(test)]
mod tests;
