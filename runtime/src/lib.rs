//! The runtime (stub).
#![no_std]
extern crate alloc;
#[cfg(target_family = "wasm")]
mod host_glue;
pub mod version;
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
extern "C" fn Core_version(_p: u32, _l: u32) -> u64 {
    ziver_primitives::host::pointer_size(&version::ENCODED)
}
