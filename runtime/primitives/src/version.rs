//! The version of a runtime: what `Core_version` answers and the custom section `runtime_version` of a blob holds.

use alloc::{borrow::Cow, vec::Vec};
use codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

use crate::hashing::blake2_64;

/// Blake2b-64 of a runtime API's name.
pub type ApiId = [u8; 8];

/// Which runtime this is. Encoding: Polkadot specification, `Core_version`, including the fields that later versions
/// appended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, TypeInfo)]
#[scale_info(replace_segment("ziver_primitives", "sp_version"))]
pub struct RuntimeVersion {
    /// The chain's runtime; an upgrade must keep it.
    pub spec_name: Cow<'static, str>,
    /// The implementation; has no meaning for consensus.
    pub impl_name: Cow<'static, str>,
    /// Version of the authorship rules.
    pub authoring_version: u32,
    /// Grows with each change of the rules; signed into every transaction.
    pub spec_version: u32,
    /// Grows with changes that keep the rules.
    pub impl_version: u32,
    /// The runtime APIs with their versions.
    pub apis: Cow<'static, [(ApiId, u32)]>,
    /// Grows when a signed transaction of the version before would mean something else.
    pub transaction_version: u32,
    /// The layout of the state trie: 1 hashes values over 32 bytes.
    pub system_version: u8,
}

impl RuntimeVersion {
    /// The version of the runtime API called `name`, where the runtime has it.
    pub fn api_version(&self, name: &str) -> Option<u32> {
        let wanted = blake2_64(name.as_bytes());
        self.apis.iter().find(|(id, _)| *id == wanted).map(|(_, version)| *version)
    }

    /// The state version (0 or 1) of the trie.
    pub fn state_version(&self) -> u8 {
        self.system_version.min(1)
    }
}

/// Runtimes from before a field existed end early: the fields that are missing take their historical values.
impl Decode for RuntimeVersion {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let spec_name = Cow::Owned(Decode::decode(input)?);
        let impl_name = Cow::Owned(Decode::decode(input)?);
        let (authoring_version, spec_version, impl_version) = Decode::decode(input)?;
        let apis: Vec<(ApiId, u32)> = Decode::decode(input)?;
        let core_id = blake2_64(b"Core");
        let core = apis.iter().find(|(id, _)| *id == core_id).map(|(_, version)| *version);
        let transaction_version = if core.is_some_and(|version| version >= 3) { u32::decode(input)? } else { 1 };
        let system_version = if core.is_some_and(|version| version >= 4) { u8::decode(input)? } else { 0 };
        let apis = Cow::Owned(apis);
        Ok(Self {
            spec_name,
            impl_name,
            authoring_version,
            spec_version,
            impl_version,
            apis,
            transaction_version,
            system_version,
        })
    }
}

#[cfg(test)]
mod tests;
