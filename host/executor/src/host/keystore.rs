//! `ext_crypto_*_public_keys` and `_sign`: the functions that ask the node for keys of its own. It has none for runtimes.
//!
//! Blocks must not depend on what keys a node holds; runtimes ask only in calls outside of blocks. An empty keystore lists
//! no key and signs nothing. Making new keys is not offered at all: see [`super::stubs`].

use wasmtime::{Caller, Linker, Result};

use super::{Guest, HostState};

/// Bytes of a key type, such as `babe`.
const KEY_TYPE_BYTES: usize = 4;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    for scheme in ["ed25519", "sr25519", "ecdsa"] {
        let name = format!("ext_crypto_{scheme}_public_keys_version_1");
        linker.func_wrap("env", &name, |caller: Caller<'_, HostState>, key_type: u32| {
            let mut guest = Guest(caller);
            guest.split()?.0.array::<KEY_TYPE_BYTES>(key_type)?;
            // An empty vector.
            Ok(guest.give(&[&[0]])?)
        })?;
    }
    link_sign::<32>(linker, "ed25519")?;
    link_sign::<32>(linker, "sr25519")?;
    link_sign::<33>(linker, "ecdsa")?;
    linker.func_wrap(
        "env",
        "ext_crypto_ecdsa_sign_prehashed_version_1",
        |caller: Caller<'_, HostState>, key_type: u32, key: u32, hash: u32| {
            let mut guest = Guest(caller);
            let (bytes, _) = guest.split()?;
            bytes.array::<KEY_TYPE_BYTES>(key_type)?;
            bytes.array::<33>(key)?;
            bytes.array::<32>(hash)?;
            Ok(guest.give_option(None)?)
        },
    )?;
    Ok(())
}

fn link_sign<const KEY_BYTES: usize>(linker: &mut Linker<HostState>, scheme: &str) -> Result<()> {
    let name = format!("ext_crypto_{scheme}_sign_version_1");
    linker.func_wrap("env", &name, |caller: Caller<'_, HostState>, key_type: u32, key: u32, message: u64| {
        let mut guest = Guest(caller);
        let (bytes, _) = guest.split()?;
        bytes.array::<KEY_TYPE_BYTES>(key_type)?;
        bytes.array::<KEY_BYTES>(key)?;
        bytes.slice(message)?;
        Ok(guest.give_option(None)?)
    })?;
    Ok(())
}
