//! `ext_allocator_*`: the guest's heap, see [`crate::allocator`].

use wasmtime::{Caller, Linker, Result};

use super::HostState;
use super::guest::{allocate, release};

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_allocator_malloc_version_1", |caller: Caller<'_, HostState>, bytes: u32| {
        Ok(allocate(caller, bytes)?)
    })?;
    linker.func_wrap("env", "ext_allocator_free_version_1", |caller: Caller<'_, HostState>, pointer: u32| {
        Ok(release(caller, pointer)?)
    })?;
    Ok(())
}
