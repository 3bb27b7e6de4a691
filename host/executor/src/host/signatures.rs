//! `ext_crypto_*`: the signature schemes of other Substrate chains, and batches.
//!
//! ed25519 is checked by the rules of ZIP 215, as Substrate does; sr25519 with its signing context. Version 1 of sr25519
//! also accepts signatures of the time before that scheme was audited.
//!
//! A batch remembers whether all signatures in it were valid. They are checked at once: how many are checked at a time, and
//! when, is not part of any block's result. Outside of a batch the functions for batches answer like the others.

use ed25519_zebra::VerificationKey;
use schnorrkel::{PublicKey, Signature};
use wasmtime::{Caller, Linker, Result};
use ziver_primitives::hashing::blake2_256;

use super::guest::Bytes;
use super::{Guest, HostState};
use crate::error::HostError;
use crate::recover;

/// What Substrate puts before each message that is signed by sr25519.
const SIGNING_CONTEXT: &[u8] = b"substrate";

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    for (name, check, batched) in [
        ("ext_crypto_ed25519_verify_version_1", ed25519 as Check, false),
        ("ext_crypto_ed25519_batch_verify_version_1", ed25519, true),
        ("ext_crypto_sr25519_verify_version_1", sr25519_with_early, false),
        ("ext_crypto_sr25519_verify_version_2", sr25519, false),
        ("ext_crypto_sr25519_batch_verify_version_1", sr25519, true),
        ("ext_crypto_ecdsa_batch_verify_version_1", ecdsa, true),
    ] {
        linker.func_wrap(
            "env",
            name,
            move |caller: Caller<'_, HostState>, signature: u32, message: u64, key: u32| {
                let mut guest = Guest(caller);
                let (bytes, state) = guest.split()?;
                let valid = check(bytes, signature, message, key)?;
                Ok(u32::from(match &mut state.batch {
                    Some(all_valid) if batched => {
                        *all_valid &= valid;
                        true
                    }
                    _ => valid,
                }))
            },
        )?;
    }
    linker.func_wrap(
        "env",
        "ext_crypto_start_batch_verify_version_1",
        |mut caller: Caller<'_, HostState>| match caller.data_mut().batch.replace(true) {
            None => Ok(()),
            Some(_) => Err(HostError::Batch("a batch is open already").into()),
        },
    )?;
    linker.func_wrap("env", "ext_crypto_finish_batch_verify_version_1", |mut caller: Caller<'_, HostState>| {
        match caller.data_mut().batch.take() {
            Some(all_valid) => Ok(u32::from(all_valid)),
            None => Err(HostError::Batch("no batch is open").into()),
        }
    })?;
    Ok(())
}

/// Whether the signature at a pointer, over the message at a pointer-size, was made by the key at a pointer.
type Check = fn(Bytes<'_>, u32, u64, u32) -> Result<bool, HostError>;

fn ed25519(bytes: Bytes<'_>, signature: u32, message: u64, key: u32) -> Result<bool, HostError> {
    let (signature, message, key) = (bytes.array::<64>(signature)?, bytes.slice(message)?, bytes.array::<32>(key)?);
    let Ok(key) = VerificationKey::try_from(*key) else { return Ok(false) };
    Ok(key.verify(&(*signature).into(), message).is_ok())
}

fn sr25519(bytes: Bytes<'_>, signature: u32, message: u64, key: u32) -> Result<bool, HostError> {
    let (signature, message, key) = (bytes.array::<64>(signature)?, bytes.slice(message)?, bytes.array::<32>(key)?);
    let (Ok(key), Ok(signature)) = (PublicKey::from_bytes(key), Signature::from_bytes(signature)) else {
        return Ok(false);
    };
    Ok(key.verify_simple(SIGNING_CONTEXT, message, &signature).is_ok())
}

fn sr25519_with_early(bytes: Bytes<'_>, signature: u32, message: u64, key: u32) -> Result<bool, HostError> {
    let (signature, message, key) = (bytes.array::<64>(signature)?, bytes.slice(message)?, bytes.array::<32>(key)?);
    let Ok(key) = PublicKey::from_bytes(key) else { return Ok(false) };
    Ok(key.verify_simple_preaudit_deprecated(SIGNING_CONTEXT, message, signature).is_ok())
}

fn ecdsa(bytes: Bytes<'_>, signature: u32, message: u64, key: u32) -> Result<bool, HostError> {
    let hash = blake2_256(bytes.slice(message)?);
    Ok(recover::verify(bytes.array(signature)?, &hash, bytes.array(key)?))
}
