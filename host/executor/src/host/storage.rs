//! `ext_storage_*`: the main trie, and the work that child tries ([`super::child_storage`]) share with it.

use std::borrow::Cow;

use codec::{Decode, Encode};
use wasmtime::{Caller, Linker, Result};
use ziver_state::{Removal, StateVersion};

use super::trie::state_version;
use super::{Guest, HostState};
use crate::error::HostError;
use crate::limits::TRANSACTION_DEPTH_MAX;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    link_values(linker)?;
    link_prefixes(linker)?;
    link_roots(linker)?;
    link_transactions(linker)
}

fn link_values(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_storage_set_version_1", |caller: Caller<'_, HostState>, key: u64, value: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        state.overlay.set(None, bytes.slice(key)?, bytes.slice(value)?.to_vec());
        Ok(())
    })?;
    linker.func_wrap("env", "ext_storage_get_version_1", |caller: Caller<'_, HostState>, key: u64| {
        Ok(get(&mut Guest(caller), None, key)?)
    })?;
    linker.func_wrap(
        "env",
        "ext_storage_read_version_1",
        |caller: Caller<'_, HostState>, key: u64, out: u64, offset: u32| {
            Ok(read(&mut Guest(caller), None, key, out, offset)?)
        },
    )?;
    linker.func_wrap("env", "ext_storage_clear_version_1", |caller: Caller<'_, HostState>, key: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        state.overlay.clear(None, bytes.slice(key)?);
        Ok(())
    })?;
    linker.func_wrap("env", "ext_storage_exists_version_1", |caller: Caller<'_, HostState>, key: u64| {
        Ok(exists(&mut Guest(caller), None, key)?)
    })?;
    linker.func_wrap("env", "ext_storage_append_version_1", |caller: Caller<'_, HostState>, key: u64, item: u64| {
        let mut guest = Guest(caller);
        let (bytes, state) = guest.split()?;
        state.overlay.append(None, bytes.slice(key)?, bytes.slice(item)?).map_err(HostError::State)?;
        Ok(())
    })?;
    linker.func_wrap("env", "ext_storage_next_key_version_1", |caller: Caller<'_, HostState>, key: u64| {
        Ok(next_key(&mut Guest(caller), None, key)?)
    })?;
    Ok(())
}

fn link_prefixes(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_storage_clear_prefix_version_1", |caller: Caller<'_, HostState>, prefix: u64| {
        clear_prefix(&mut Guest(caller), None, prefix, None)?;
        Ok(())
    })?;
    linker.func_wrap(
        "env",
        "ext_storage_clear_prefix_version_2",
        |caller: Caller<'_, HostState>, prefix: u64, limit: u64| {
            let mut guest = Guest(caller);
            let removal = clear_prefix(&mut guest, None, prefix, Some(limit))?;
            Ok(give_removal(&mut guest, &removal)?)
        },
    )?;
    Ok(())
}

fn link_roots(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_storage_root_version_1", |caller: Caller<'_, HostState>| {
        Ok(root(&mut Guest(caller), StateVersion::V0)?)
    })?;
    linker.func_wrap("env", "ext_storage_root_version_2", |caller: Caller<'_, HostState>, version: u32| {
        Ok(root(&mut Guest(caller), state_version(version)?)?)
    })?;
    // Changes tries are gone; the specification keeps the function and says that it answers None.
    linker.func_wrap("env", "ext_storage_changes_root_version_1", |caller: Caller<'_, HostState>, parent: u64| {
        let mut guest = Guest(caller);
        guest.split()?.0.slice(parent)?;
        Ok(guest.give_option(None)?)
    })?;
    Ok(())
}

fn link_transactions(linker: &mut Linker<HostState>) -> Result<()> {
    linker.func_wrap("env", "ext_storage_start_transaction_version_1", |mut caller: Caller<'_, HostState>| {
        let state = caller.data_mut();
        if state.transactions >= TRANSACTION_DEPTH_MAX {
            return Err(HostError::Transaction("too many storage transactions are open").into());
        }
        state.transactions += 1;
        state.overlay.start_transaction();
        Ok(())
    })?;
    linker.func_wrap("env", "ext_storage_commit_transaction_version_1", |mut caller: Caller<'_, HostState>| {
        let state = caller.data_mut();
        close_transaction(state)?;
        Ok(state.overlay.commit_transaction().map_err(|_| no_transaction())?)
    })?;
    linker.func_wrap("env", "ext_storage_rollback_transaction_version_1", |mut caller: Caller<'_, HostState>| {
        let state = caller.data_mut();
        close_transaction(state)?;
        Ok(state.overlay.rollback_transaction().map_err(|_| no_transaction())?)
    })?;
    Ok(())
}

/// The guest may close only what it opened itself: transactions of the host lie beneath.
fn close_transaction(state: &mut HostState) -> Result<(), HostError> {
    state.transactions = state.transactions.checked_sub(1).ok_or_else(no_transaction)?;
    Ok(())
}

fn no_transaction() -> HostError {
    HostError::Transaction("no storage transaction is open")
}

/// The bytes of a child's name, where there is one.
pub(super) type Child = Option<u64>;

fn child_name<'a>(bytes: super::guest::Bytes<'a>, child: Child) -> Result<Option<&'a [u8]>, HostError> {
    child.map(|name| bytes.slice(name)).transpose()
}

pub(super) fn get(guest: &mut Guest<'_>, child: Child, key: u64) -> Result<u64, HostError> {
    let (bytes, state) = guest.split()?;
    let value = state.overlay.get(child_name(bytes, child)?, bytes.slice(key)?)?.map(Cow::into_owned);
    guest.give_option(value.as_deref())
}

pub(super) fn exists(guest: &mut Guest<'_>, child: Child, key: u64) -> Result<u32, HostError> {
    let (bytes, state) = guest.split()?;
    Ok(u32::from(state.overlay.exists(child_name(bytes, child)?, bytes.slice(key)?)?))
}

/// Copies the value from `offset` on into the guest's buffer, as far as that reaches, and answers how many bytes there are
/// from `offset` on.
pub(super) fn read(guest: &mut Guest<'_>, child: Child, key: u64, out: u64, offset: u32) -> Result<u64, HostError> {
    let (bytes, state) = guest.split()?;
    let (pointer, room) = super::guest::unpack(out);
    bytes.slice(out)?;
    let value = state.overlay.get(child_name(bytes, child)?, bytes.slice(key)?)?.map(Cow::into_owned);
    let Some(value) = value else { return guest.give(&[&[0]]) };
    let rest = value.get(offset as usize..).unwrap_or_default();
    guest.write(pointer, &rest[..rest.len().min(room as usize)])?;
    let left = u32::try_from(rest.len()).map_err(|_| HostError::MemoryLimit)?;
    guest.give(&[&Some(left).encode()])
}

pub(super) fn next_key(guest: &mut Guest<'_>, child: Child, key: u64) -> Result<u64, HostError> {
    let (bytes, state) = guest.split()?;
    let next = state.overlay.next_key(child_name(bytes, child)?, bytes.slice(key)?)?;
    guest.give_option(next.as_deref())
}

pub(super) fn clear_prefix(
    guest: &mut Guest<'_>,
    child: Child,
    prefix: u64,
    limit: Option<u64>,
) -> Result<Removal, HostError> {
    let (bytes, state) = guest.split()?;
    let limit = limit.map_or(Ok(None), |limit| removal_limit(bytes.slice(limit)?))?;
    Ok(state.overlay.clear_prefix(child_name(bytes, child)?, bytes.slice(prefix)?, limit)?)
}

/// A SCALE `Option<u32>`.
pub(super) fn removal_limit(mut bytes: &[u8]) -> Result<Option<u32>, HostError> {
    Option::<u32>::decode(&mut bytes).map_err(|_| HostError::Argument("limit"))
}

/// Variant 0: all are removed; 1: some remain; followed by the number of removed keys.
pub(super) fn give_removal(guest: &mut Guest<'_>, removal: &Removal) -> Result<u64, HostError> {
    guest.give(&[&[u8::from(!removal.all_removed())], &removal.loops.to_le_bytes()])
}

fn root(guest: &mut Guest<'_>, version: StateVersion) -> Result<u64, HostError> {
    let root = guest.state().overlay.storage_root(version)?;
    guest.give(&[root.as_bytes()])
}
