//! `ext_crypto_*`: secp256k1. The other schemes are in [`super::signatures`].

use wasmtime::{Caller, Linker, Result};
use ziver_primitives::hashing::blake2_256;

use super::{Guest, HostState};
use crate::error::HostError;
use crate::recover::{RecoverError, RecoveredKey, compressed, recover_overflowing, reduced, verify};

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    for (name, overflowing, short) in [
        ("ext_crypto_secp256k1_ecdsa_recover_version_1", true, false),
        ("ext_crypto_secp256k1_ecdsa_recover_version_2", false, false),
        ("ext_crypto_secp256k1_ecdsa_recover_compressed_version_1", true, true),
        ("ext_crypto_secp256k1_ecdsa_recover_compressed_version_2", false, true),
    ] {
        linker.func_wrap("env", name, move |caller: Caller<'_, HostState>, signature: u32, hash: u32| {
            let mut guest = Guest(caller);
            let answer = recover(&mut guest, signature, hash, overflowing)?;
            Ok(give(&mut guest, answer, short)?)
        })?;
    }
    for (name, overflowing) in
        [("ext_crypto_ecdsa_verify_version_1", true), ("ext_crypto_ecdsa_verify_version_2", false)]
    {
        linker.func_wrap(
            "env",
            name,
            move |caller: Caller<'_, HostState>, signature: u32, message: u64, key: u32| {
                let mut guest = Guest(caller);
                let (bytes, _) = guest.split()?;
                let hash = blake2_256(bytes.slice(message)?);
                Ok(verify_in(bytes, signature, &hash, key, overflowing)?)
            },
        )?;
    }
    linker.func_wrap(
        "env",
        "ext_crypto_ecdsa_verify_prehashed_version_1",
        |caller: Caller<'_, HostState>, signature: u32, hash: u32, key: u32| {
            let mut guest = Guest(caller);
            let (bytes, _) = guest.split()?;
            let hash: [u8; 32] = *bytes.array(hash)?;
            Ok(verify_in(bytes, signature, &hash, key, false)?)
        },
    )?;
    Ok(())
}

fn recover(
    guest: &mut Guest<'_>,
    signature: u32,
    hash: u32,
    overflowing: bool,
) -> Result<Result<RecoveredKey, RecoverError>, HostError> {
    let (bytes, state) = guest.split()?;
    let (signature, hash) = (bytes.array::<65>(signature)?, bytes.array::<32>(hash)?);
    if overflowing {
        return Ok(recover_overflowing(signature, hash));
    }
    if let Some(answer) = state.hints.ahead.as_ref().and_then(|ahead| ahead.ask(signature, hash)) {
        return Ok(answer);
    }
    Ok(match &state.shared {
        Some(shared) => shared.recovered.recover(signature, hash),
        None => crate::recover::recover(signature, hash),
    })
}

/// A SCALE `Result` of the key or the error's number.
fn give(guest: &mut Guest<'_>, answer: Result<RecoveredKey, RecoverError>, short: bool) -> Result<u64, HostError> {
    match answer {
        Ok(key) if short => guest.give(&[&[0], &compressed(&key)]),
        Ok(key) => guest.give(&[&[0], &key]),
        Err(error) => guest.give(&[&[1, error as u8]]),
    }
}

fn verify_in(
    bytes: super::guest::Bytes<'_>,
    signature: u32,
    hash: &[u8; 32],
    key: u32,
    overflowing: bool,
) -> Result<u32, HostError> {
    let (signature, key) = (bytes.array::<65>(signature)?, bytes.array::<33>(key)?);
    let valid = match overflowing {
        true => verify(&reduced(signature), hash, key),
        false => verify(signature, hash, key),
    };
    Ok(u32::from(valid))
}
