//! The Wasm side of an entry point: bytes in and out of memory, an allocator, copies, an end for panics.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    reason = "pointers become integers at this border, and wasm32 has 32-bit pointers and lengths"
)]

use alloc::{string::String, vec::Vec};
use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    fmt::Write,
    panic::PanicInfo,
};
use ziver_primitives::host::{ffi, pointer_size};
use ziver_support::{
    Ctx,
    externalities::{Buffered, HostExternalities},
};

use crate::{
    alignment,
    api::ApiError,
    copy::copy,
    heap::{CHUNK_BYTES, Class, Heap, Source},
};

/// Runs `function` on the `len` bytes at `pointer`; answers the pointer-size of what it answers. An error ends the call
/// with its text.
#[allow(clippy::panic, reason = "this is how an entry point tells the host that it has no answer")]
pub(crate) fn run(
    name: &str,
    function: fn(&mut Ctx, &[u8]) -> Result<Vec<u8>, ApiError>,
    pointer: u32,
    len: u32,
) -> u64 {
    let input: &[u8] = match len {
        0 => &[],
        // SAFETY: the host wrote `len` bytes at `pointer` for this call, and nobody else knows of them.
        _ => unsafe { core::slice::from_raw_parts(pointer as *const u8, len as usize) },
    };
    let mut host = Buffered::new(HostExternalities);
    match function(&mut Ctx::new(&mut host), input) {
        Ok(answer) => {
            host.flush();
            // The instance ends with all of its memory: what the buffer holds need not be given back piece by piece.
            core::mem::forget(host);
            // The host reads the answer after the call.
            pointer_size(answer.leak())
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Answers an import of a contract that the host runs for this runtime.
#[unsafe(no_mangle)]
extern "C" fn sandbox_dispatch(state: u32, function: u32) -> u32 {
    // SAFETY: the host calls this, with the state of the invocation that it runs.
    unsafe { ziver_support::externalities::answer(state, function) }
}

/// The heap: small blocks from [`Heap`], others from the host, whose blocks are powers of two, aligned to 8 bytes
/// (Polkadot Host API, "Allocator"). What wants a larger alignment of it lies behind the beginning of a larger block: see
/// [`alignment`].
struct Allocator(UnsafeCell<Heap>);

// SAFETY: WebAssembly here has one thread.
unsafe impl Sync for Allocator {}

// SAFETY: the host answers blocks that do not overlap, aligned to 8 bytes, and ends the call where memory runs out. Small
// blocks are cut from such blocks and do not overlap either ([`heap`](crate::heap) and its tests). Which of both it is
// follows from the layout alone. Layouts of larger alignment get an aligned part of a block that has room for it
// ([`alignment`] and its tests).
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size() as u32, layout.align() as u32);
        if let Some(class) = Class::of(size, align) {
            // SAFETY: nothing here calls back, so nobody else holds the heap.
            return unsafe { self.small(class) };
        }
        if align <= alignment::OF_HOST {
            // SAFETY: the host answers a block of at least this size or ends the call.
            return unsafe { ffi::ext_allocator_malloc_version_1(size) as *mut u8 };
        }
        let Some(size) = size.checked_add(align) else { return core::ptr::null_mut() };
        // SAFETY: the host answers a block of `size` bytes or ends the call; `place` answers an address at least 8 and at
        // most `align` bytes behind its beginning, so both the word below it and what follows lie in the block.
        unsafe {
            let block = ffi::ext_allocator_malloc_version_1(size);
            let place = alignment::place(block, align) as *mut u8;
            place.cast::<u32>().sub(1).write(block);
            place
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let (size, align) = (layout.size() as u32, layout.align() as u32);
        if let Some(class) = Class::of(size, align) {
            // SAFETY: `pointer` came from `small` with this class: a block of at least eight bytes that nobody uses now.
            return unsafe {
                let heap = &mut *self.0.get();
                pointer.cast::<u32>().write(heap.first(class));
                heap.set_free(class, pointer as u32);
            };
        }
        // SAFETY: `pointer` came from `alloc` with this layout: it is the host's block, or the block's address lies in
        // the word below it.
        unsafe {
            let is_block = align <= alignment::OF_HOST;
            let block = if is_block { pointer as u32 } else { pointer.cast::<u32>().sub(1).read() };
            ffi::ext_allocator_free_version_1(block);
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let (size, align) = (layout.size() as u32, layout.align() as u32);
        let class = Class::of(size, align);
        if class.is_some() && class == Class::of(new_size as u32, align) {
            return pointer;
        }
        // SAFETY: what `realloc` promises to do: the new layout has the same alignment and, by the caller's promise, a good
        // size; the shorter of both is what both blocks have.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(pointer, new, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}

impl Allocator {
    /// A block of `class`.
    ///
    /// # Safety
    /// Nobody else may hold the heap.
    unsafe fn small(&self, class: Class) -> *mut u8 {
        // SAFETY: as promised by the caller; a free block holds the address of the next one; the host answers a chunk of
        // this size or ends the call.
        unsafe {
            let heap = &mut *self.0.get();
            loop {
                match heap.next(class) {
                    Source::Free(block) => {
                        heap.set_free(class, (block as *const u32).read());
                        return block as *mut u8;
                    }
                    Source::Cut(block) => return block as *mut u8,
                    Source::Chunk => heap.add_chunk(ffi::ext_allocator_malloc_version_1(CHUNK_BYTES)),
                }
            }
        }
    }
}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(Heap::new()));

/// What the compiler calls to copy bytes, instead of `core`'s: see [`copy`](crate::copy).
///
/// # Safety
/// `len` bytes at `from` may be read, `len` bytes at `to` may be written, and they do not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: as promised by the caller.
    unsafe { copy(to, from, len) };
    to
}

/// Hands the message to the host, which ends the call with it.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut message = String::new();
    // Writing to a string can't fail.
    let _ = write!(message, "{info}");
    // SAFETY: `message` outlives the call, which does not return.
    unsafe { ffi::ext_panic_handler_abort_on_panic_version_1(pointer_size(message.as_bytes())) };
    core::arch::wasm32::unreachable()
}
