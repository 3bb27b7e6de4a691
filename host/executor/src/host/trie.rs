//! `ext_trie_*`: roots of maps and lists that the guest holds. State has nothing to do with them.

use codec::Decode;
use wasmtime::{Caller, Linker, Result};
use ziver_trie::hash_db::Hasher;
use ziver_trie::{Blake2Hasher, KeccakHasher, StateVersion, ordered_root, root};

use super::{Guest, HostState};
use crate::error::HostError;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    link_hasher::<Blake2Hasher>(linker, "blake2_256")?;
    link_hasher::<KeccakHasher>(linker, "keccak_256")
}

fn link_hasher<H>(linker: &mut Linker<HostState>, hash: &str) -> Result<()>
where
    H: Hasher,
    H::Out: AsRef<[u8]>,
{
    for (kind, function) in [("root", pairs_root::<H> as RootFn), ("ordered_root", list_root::<H>)] {
        let name = format!("ext_trie_{hash}_{kind}");
        linker.func_wrap("env", &format!("{name}_version_1"), move |caller: Caller<'_, HostState>, data: u64| {
            Ok(answer(caller, data, 0, function)?)
        })?;
        let second =
            move |caller: Caller<'_, HostState>, data: u64, version: u32| Ok(answer(caller, data, version, function)?);
        linker.func_wrap("env", &format!("{name}_version_2"), second)?;
    }
    Ok(())
}

type RootFn = fn(&mut &[u8], StateVersion) -> Option<Vec<u8>>;

fn answer(caller: Caller<'_, HostState>, data: u64, version: u32, function: RootFn) -> Result<u32, HostError> {
    let mut guest = Guest(caller);
    let version = state_version(version)?;
    let mut data = guest.split()?.0.slice(data)?;
    let root = function(&mut data, version).ok_or(HostError::Argument("trie entries"))?;
    guest.give_array(&root)
}

/// The state version that a host function was given.
pub(super) fn state_version(number: u32) -> Result<StateVersion, HostError> {
    let number = u8::try_from(number).map_err(|_| HostError::Argument("state version"))?;
    StateVersion::try_from(number).map_err(|_| HostError::Argument("state version"))
}

fn pairs_root<H: Hasher>(data: &mut &[u8], version: StateVersion) -> Option<Vec<u8>> {
    let pairs = Vec::<(Vec<u8>, Vec<u8>)>::decode(data).ok()?;
    Some(root::<H>(pairs, version).as_ref().to_vec())
}

fn list_root<H: Hasher>(data: &mut &[u8], version: StateVersion) -> Option<Vec<u8>> {
    let values = Vec::<Vec<u8>>::decode(data).ok()?;
    Some(ordered_root::<H>(values, version).as_ref().to_vec())
}
