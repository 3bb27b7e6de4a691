//! `ext_trie_*`: roots of maps and lists that the guest holds, and proofs that it was given. State has nothing to do with
//! them.

use codec::Decode;
use wasmtime::{Caller, Linker, Result};
use ziver_primitives::Hash;
use ziver_trie::hash_db::Hasher;
use ziver_trie::trie_db::{self, TrieLayout};
use ziver_trie::{Blake2Hasher, KeccakHasher, LayoutV0, LayoutV1, StateVersion, ordered_root, root};

use super::{Guest, HostState};
use crate::error::HostError;

pub(super) fn link(linker: &mut Linker<HostState>) -> Result<()> {
    link_hasher::<Blake2Hasher>(linker, "blake2_256", list_root::<Blake2Hasher>)?;
    link_hasher::<KeccakHasher>(linker, "keccak_256", known_list_root)
}

fn link_hasher<H>(linker: &mut Linker<HostState>, hash: &str, list_root: RootFn) -> Result<()>
where
    H: Hasher<Out = Hash>,
{
    link_verify::<H>(linker, hash)?;
    for (kind, function) in [("root", pairs_root::<H> as RootFn), ("ordered_root", list_root)] {
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

type RootFn = fn(&HostState, &[u8], StateVersion) -> Option<Hash>;

fn answer(caller: Caller<'_, HostState>, data: u64, version: u32, function: RootFn) -> Result<u32, HostError> {
    let mut guest = Guest(caller);
    let version = state_version(version)?;
    let (bytes, state) = guest.split()?;
    let root = function(state, bytes.slice(data)?, version).ok_or(HostError::Argument("trie entries"))?;
    guest.give_array(root.as_bytes())
}

/// The state version that a host function was given.
pub(super) fn state_version(number: u32) -> Result<StateVersion, HostError> {
    let number = u8::try_from(number).map_err(|_| HostError::Argument("state version"))?;
    StateVersion::try_from(number).map_err(|_| HostError::Argument("state version"))
}

fn pairs_root<H: Hasher<Out = Hash>>(_: &HostState, mut data: &[u8], version: StateVersion) -> Option<Hash> {
    let pairs = Vec::<(Vec<u8>, Vec<u8>)>::decode(&mut data).ok()?;
    Some(root::<H>(pairs, version))
}

fn list_root<H: Hasher<Out = Hash>>(_: &HostState, mut data: &[u8], version: StateVersion) -> Option<Hash> {
    let values = Vec::<Vec<u8>>::decode(&mut data).ok()?;
    Some(ordered_root::<H>(values, version))
}

/// [`list_root`], unless the caller has computed it before.
fn known_list_root(state: &HostState, data: &[u8], version: StateVersion) -> Option<Hash> {
    let known = state.hints.list.as_ref().and_then(|list| list.answer(data, version));
    known.or_else(|| list_root::<KeccakHasher>(state, data, version))
}

fn link_verify<H: Hasher<Out = Hash>>(linker: &mut Linker<HostState>, hash: &str) -> Result<()> {
    let name = format!("ext_trie_{hash}_verify_proof");
    linker.func_wrap(
        "env",
        &format!("{name}_version_1"),
        |caller: Caller<'_, HostState>, root: u32, proof: u64, key: u64, value: u64| {
            Ok(verify::<LayoutV0<H>>(caller, root, proof, key, value)?)
        },
    )?;
    linker.func_wrap(
        "env",
        &format!("{name}_version_2"),
        |caller: Caller<'_, HostState>, root: u32, proof: u64, key: u64, value: u64, version: u32| {
            Ok(match state_version(version)? {
                StateVersion::V0 => verify::<LayoutV0<H>>(caller, root, proof, key, value)?,
                StateVersion::V1 => verify::<LayoutV1<H>>(caller, root, proof, key, value)?,
            })
        },
    )?;
    Ok(())
}

/// Whether a compact proof (nodes without the hashes that follow from other nodes) shows that `key` has `value` in the trie
/// with this root.
fn verify<L: TrieLayout>(
    caller: Caller<'_, HostState>,
    root: u32,
    proof: u64,
    key: u64,
    value: u64,
) -> Result<u32, HostError>
where
    L::Hash: Hasher<Out = Hash>,
{
    let mut guest = Guest(caller);
    let (bytes, _) = guest.split()?;
    let (root, mut proof) = (Hash::from(*bytes.array::<32>(root)?), bytes.slice(proof)?);
    let item = (bytes.slice(key)?, Some(bytes.slice(value)?));
    let proof = Vec::<Vec<u8>>::decode(&mut proof).map_err(|_| HostError::Argument("proof"))?;
    Ok(u32::from(trie_db::proof::verify_proof::<L, _, _, _>(&root, &proof, [&item]).is_ok()))
}
