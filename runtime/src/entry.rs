//! The Wasm side of an entry point: bytes in and out of memory, an allocator (the host's), an end for panics.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    reason = "pointers become integers at this border, and wasm32 has 32-bit pointers and lengths"
)]

use alloc::{string::String, vec::Vec};
use core::{
    alloc::{GlobalAlloc, Layout},
    fmt::Write,
    panic::PanicInfo,
};
use ziver_primitives::host::{ffi, pointer_size};
use ziver_support::{Ctx, externalities::HostExternalities};

use crate::{alignment, api::ApiError};

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
    let mut host = HostExternalities;
    match function(&mut Ctx::new(&mut host), input) {
        // The host reads the answer after the call, when the instance ends with all of its memory.
        Ok(answer) => pointer_size(answer.leak()),
        Err(error) => panic!("{name}: {error}"),
    }
}

/// The host's allocator: blocks of powers of two, aligned to 8 bytes (Polkadot Host API, "Allocator"). What wants more
/// (`u128`: 16 bytes) lies somewhat behind the beginning of a larger block: see [`alignment`].
struct HostAllocator;

// SAFETY: the host answers blocks that do not overlap, aligned to 8 bytes, and ends the call where memory runs out.
// Layouts of larger alignment get an aligned part of a block that has room for it ([`alignment`] and its tests).
unsafe impl GlobalAlloc for HostAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size() as u32, layout.align() as u32);
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
        // SAFETY: `pointer` came from `alloc` with this layout: it is the host's block, or the block's address lies in
        // the word below it.
        unsafe {
            let is_block = layout.align() as u32 <= alignment::OF_HOST;
            let block = if is_block { pointer as u32 } else { pointer.cast::<u32>().sub(1).read() };
            ffi::ext_allocator_free_version_1(block);
        }
    }
}

#[global_allocator]
static ALLOCATOR: HostAllocator = HostAllocator;

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
