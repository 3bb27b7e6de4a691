//! Copying bytes inside the Wasm runtime.
//!
//! The compiler calls `memcpy` for copies whose length it does not know. That of `core` for this target copies words that
//! lie at multiples of their size, and gets there byte by byte: for keys and events of 20 to 200 bytes at any address it
//! took a quarter of a transfer's time in the runtime. WebAssembly loads and stores anywhere, so this one takes whole
//! words at once. Its own instruction for copies (`memory.copy`) would do as well, but hosts of the Polkadot Host API need not know it.
//!
//! `entry` gives it the name that the compiler calls. Out of scope: blocks that overlap (`memmove`).

use core::ptr;

/// Bytes that a step of the loop copies.
const STEP: usize = 16;

/// Copies `len` bytes.
///
/// # Safety
/// `len` bytes at `from` may be read, `len` bytes at `to` may be written, and they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: every piece lies within the first `len` bytes of both: it begins at 0 or at `len` less its size, which is not below
    // 0, or in the loop before the last piece. A byte that is copied twice gets the same value, since `from` is not written.
    unsafe {
        if len >= STEP {
            let last = len.wrapping_sub(STEP);
            let mut at = 0;
            while at < last {
                step(to, from, at);
                at = at.wrapping_add(STEP);
            }
            step(to, from, last);
        } else if len >= 8 {
            piece::<u64>(to, from, 0);
            piece::<u64>(to, from, len.wrapping_sub(8));
        } else if len >= 4 {
            piece::<u32>(to, from, 0);
            piece::<u32>(to, from, len.wrapping_sub(4));
        } else if len > 0 {
            piece::<u8>(to, from, 0);
            piece::<u8>(to, from, len >> 1);
            piece::<u8>(to, from, len.wrapping_sub(1));
        }
    }
}

/// # Safety
/// As of [`copy`], for [`STEP`] bytes at `at`.
#[inline(always)]
unsafe fn step(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: both words are those bytes.
    unsafe {
        piece::<u64>(to, from, at);
        piece::<u64>(to, from, at.wrapping_add(8));
    }
}

/// # Safety
/// As of [`copy`], for the bytes of a `T` at `at`.
#[inline(always)]
unsafe fn piece<T>(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: as promised by the caller; no alignment is asked for.
    unsafe { ptr::write_unaligned(to.add(at).cast::<T>(), ptr::read_unaligned(from.add(at).cast::<T>())) }
}

#[cfg(test)]
mod tests;
