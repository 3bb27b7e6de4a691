//! `ext_default_child_storage_*`: tries whose roots lie in the main trie under `:child_storage:default:` and their name.

use wasmtime::{Caller, Linker, Result};
use ziver_state::{Removal, StateVersion};

use super::storage::{clear_prefix, exists, get, give_removal, next_key, read, removal_limit};
use super::trie::state_version;
use super::{Guest, HostState};
use crate::error::HostError;

type Call<'a> = Caller<'a, HostState>;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    link_values(linker)?;
    link_removal(linker)?;
    linker.func_wrap("env", "ext_default_child_storage_root_version_1", |caller: Call<'_>, child: u64| {
        Ok(root(&mut Guest(caller), child, StateVersion::V0)?)
    })?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_root_version_2",
        |caller: Call<'_>, child: u64, version: u32| {
            let version = state_version(version)?;
            Ok(root(&mut Guest(caller), child, version)?)
        },
    )?;
    Ok(())
}

fn link_values(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap(
        "env",
        "ext_default_child_storage_set_version_1",
        |caller: Call<'_>, child: u64, key: u64, value: u64| {
            let mut guest = Guest(caller);
            let (bytes, state) = guest.split()?;
            let value = bytes.slice(value)?.to_vec();
            state.overlay.set(Some(bytes.slice(child)?), bytes.slice(key)?, value);
            Ok(())
        },
    )?;
    linker.func_wrap("env", "ext_default_child_storage_get_version_1", |caller: Call<'_>, child: u64, key: u64| {
        Ok(get(&mut Guest(caller), Some(child), key)?)
    })?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_read_version_1",
        |caller: Call<'_>, child: u64, key: u64, out: u64, offset: u32| {
            Ok(read(&mut Guest(caller), Some(child), key, out, offset)?)
        },
    )?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_clear_version_1",
        |caller: Call<'_>, child: u64, key: u64| {
            let mut guest = Guest(caller);
            let (bytes, state) = guest.split()?;
            state.overlay.clear(Some(bytes.slice(child)?), bytes.slice(key)?);
            Ok(())
        },
    )?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_exists_version_1",
        |caller: Call<'_>, child: u64, key: u64| Ok(exists(&mut Guest(caller), Some(child), key)?),
    )?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_next_key_version_1",
        |caller: Call<'_>, child: u64, key: u64| Ok(next_key(&mut Guest(caller), Some(child), key)?),
    )?;
    Ok(())
}

fn link_removal(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap(
        "env",
        "ext_default_child_storage_clear_prefix_version_1",
        |caller: Call<'_>, child: u64, prefix: u64| {
            clear_prefix(&mut Guest(caller), Some(child), prefix, None)?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_clear_prefix_version_2",
        |caller: Call<'_>, child: u64, prefix: u64, limit: u64| {
            let mut guest = Guest(caller);
            let removal = clear_prefix(&mut guest, Some(child), prefix, Some(limit))?;
            Ok(give_removal(&mut guest, &removal)?)
        },
    )?;
    linker.func_wrap("env", "ext_default_child_storage_storage_kill_version_1", |caller: Call<'_>, child: u64| {
        kill(&mut Guest(caller), child, None)?;
        Ok(())
    })?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_storage_kill_version_2",
        |caller: Call<'_>, child: u64, limit: u64| {
            let removal = kill(&mut Guest(caller), child, Some(limit))?;
            Ok(u32::from(removal.all_removed()))
        },
    )?;
    linker.func_wrap(
        "env",
        "ext_default_child_storage_storage_kill_version_3",
        |caller: Call<'_>, child: u64, limit: u64| {
            let mut guest = Guest(caller);
            let removal = kill(&mut guest, child, Some(limit))?;
            Ok(give_removal(&mut guest, &removal)?)
        },
    )?;
    Ok(())
}

fn kill(guest: &mut Guest<'_>, child: u64, limit: Option<u64>) -> Result<Removal, HostError> {
    let (bytes, state) = guest.split()?;
    let limit = limit.map_or(Ok(None), |limit| removal_limit(bytes.slice(limit)?))?;
    Ok(state.overlay.kill_child(bytes.slice(child)?, limit)?)
}

fn root(guest: &mut Guest<'_>, child: u64, version: StateVersion) -> Result<u64, HostError> {
    let (bytes, state) = guest.split()?;
    let root = state.overlay.child_root(bytes.slice(child)?, version)?;
    guest.give(&[root.as_bytes()])
}
