//! `ext_hashing_*`: hashes of a buffer, returned as a buffer of the hash's length.

use sha2::{Digest, Sha256};
use sha3::Keccak512;
use wasmtime::{Caller, Linker, Result};
use ziver_primitives::hashing::{blake2_128, blake2_256, keccak_256, twox_64, twox_128, twox_256};

use super::{Guest, HostState};

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    hash(linker, "ext_hashing_keccak_256_version_1", keccak_256)?;
    hash(linker, "ext_hashing_keccak_512_version_1", |data| -> [u8; 64] { Keccak512::digest(data).into() })?;
    hash(linker, "ext_hashing_sha2_256_version_1", |data| -> [u8; 32] { Sha256::digest(data).into() })?;
    hash(linker, "ext_hashing_blake2_128_version_1", blake2_128)?;
    hash(linker, "ext_hashing_blake2_256_version_1", blake2_256)?;
    hash(linker, "ext_hashing_twox_64_version_1", twox_64)?;
    hash(linker, "ext_hashing_twox_128_version_1", twox_128)?;
    hash(linker, "ext_hashing_twox_256_version_1", twox_256)
}

fn hash<const N: usize>(
    linker: &mut Linker<HostState>,
    name: &str,
    function: impl Fn(&[u8]) -> [u8; N] + Send + Sync + 'static,
) -> Result<()> {
    linker.func_wrap("env", name, move |caller: Caller<'_, HostState>, data: u64| {
        let mut guest = Guest(caller);
        let digest = function(guest.split()?.0.slice(data)?);
        Ok(guest.give_array(&digest)?)
    })?;
    Ok(())
}
