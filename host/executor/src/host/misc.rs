//! `ext_misc_*`: printing, and the version of a blob. `ext_offchain_index_*` and `ext_transaction_index_*`: nothing, see
//! below.

use codec::Encode;
use wasmtime::{Caller, Linker, Result};

use super::{Guest, HostState};

/// The level that printed values are logged with.
const PRINT_LEVEL: u32 = 4;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_misc_print_num_version_1", |mut caller: Caller<'_, HostState>, value: u64| {
        caller.data_mut().log.line(PRINT_LEVEL, "print", value.to_string().as_bytes());
    })?;
    linker.func_wrap("env", "ext_misc_print_utf8_version_1", |caller: Caller<'_, HostState>, data: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        state.log.line(PRINT_LEVEL, "print", bytes.slice(data)?);
        Ok(())
    })?;
    linker.func_wrap("env", "ext_misc_print_hex_version_1", |caller: Caller<'_, HostState>, data: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        let data = bytes.slice(data)?;
        let shown = &data[..data.len().min(crate::limits::LOG_LINE_BYTES_MAX / 2)];
        state.log.line(PRINT_LEVEL, "print", hex::encode(shown).as_bytes());
        Ok(())
    })?;
    linker.func_wrap("env", "ext_misc_runtime_version_version_1", |caller: Caller<'_, HostState>, wasm: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        let wasm = bytes.slice(wasm)?;
        let version = state.shared.as_ref().and_then(|shared| shared.version_for_upgrade(wasm));
        let version = version.map(|version| version.encode());
        Ok(guest.give_option(version.as_deref())?)
    })?;
    link_offchain_index(linker)?;
    link_transaction_index(linker)
}

/// Runtimes leave data for offchain workers while executing blocks. A host without such workers forgets it, which no
/// block's result depends on.
fn link_offchain_index(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap(
        "env",
        "ext_offchain_index_set_version_1",
        |caller: Caller<'_, HostState>, key: u64, value: u64| {
            let mut guest = Guest(caller);
            let (bytes, _) = guest.split()?;
            bytes.slice(key)?;
            bytes.slice(value)?;
            Ok(())
        },
    )?;
    linker.func_wrap("env", "ext_offchain_index_clear_version_1", |caller: Caller<'_, HostState>, key: u64| {
        Guest(caller).split()?.0.slice(key)?;
        Ok(())
    })?;
    Ok(())
}

/// Runtimes tell which data in a block's body is to be kept and served by its hash. A host without such a store forgets it,
/// which no block's result depends on.
fn link_transaction_index(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap(
        "env",
        "ext_transaction_index_index_version_1",
        |caller: Caller<'_, HostState>, _extrinsic: u32, _bytes: u32, hash: u32| {
            Guest(caller).split()?.0.array::<32>(hash)?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        "env",
        "ext_transaction_index_renew_version_1",
        |caller: Caller<'_, HostState>, _extrinsic: u32, hash: u32| {
            Guest(caller).split()?.0.array::<32>(hash)?;
            Ok(())
        },
    )?;
    Ok(())
}
