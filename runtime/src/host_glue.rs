//! What a Wasm program without a standard library needs: an allocator (the host's) and an end for panics.

use alloc::string::String;
use core::{
    alloc::{GlobalAlloc, Layout},
    fmt::Write,
    panic::PanicInfo,
};
use ziver_primitives::host::{ffi, pointer_size};

/// The host's allocator: blocks of powers of two, aligned to 8 bytes (Polkadot Host API, "Allocator").
struct HostAllocator;

// SAFETY: the host answers blocks that do not overlap, aligned to 8 bytes, which is the largest alignment of any type
// here, and ends the call where memory runs out.
unsafe impl GlobalAlloc for HostAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the host answers a block of at least this size or ends the call.
        unsafe { ffi::ext_allocator_malloc_version_1(layout.size() as u32) as *mut u8 }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, _layout: Layout) {
        // SAFETY: `pointer` came from `alloc`, that is, from the host.
        unsafe { ffi::ext_allocator_free_version_1(pointer as u32) }
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
