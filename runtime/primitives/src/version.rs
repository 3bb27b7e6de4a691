//! The version of a runtime: what `Core_version` answers and the custom section `runtime_version` of a blob holds.

use alloc::{borrow::Cow, vec::Vec};
use codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

/// Blake2b-64 of a runtime API's name.
pub type ApiId = [u8; 8];

/// The id of the API `Core`, whose version says which fields a [`RuntimeVersion`] has.
pub const CORE_API: ApiId = [0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b];

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
    /// The layouts of the tries: see [`Self::state_version`] and [`Self::extrinsics_root_version`].
    pub system_version: u8,
}

impl RuntimeVersion {
    /// The version of the runtime API called `name`, where the runtime has it.
    #[cfg(not(target_family = "wasm"))]
    pub fn api_version(&self, name: &str) -> Option<u32> {
        let wanted = crate::hashing::blake2_64(name.as_bytes());
        self.apis.iter().find(|(id, _)| *id == wanted).map(|(_, version)| *version)
    }

    /// The layout of the state's trie: 0, or 1 (values over 32 bytes are hashed) from system version 1 on.
    pub fn state_version(&self) -> u8 {
        self.system_version.min(1)
    }

    /// The layout of the trie behind a header's extrinsics root: 0, or 1 from system version 2 on (Polkadot RFC 42).
    pub fn extrinsics_root_version(&self) -> u8 {
        u8::from(self.system_version >= 2)
    }
}

/// Runtimes from before a field existed end early: the fields that are missing take their historical values.
impl Decode for RuntimeVersion {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let spec_name = Cow::Owned(Decode::decode(input)?);
        let impl_name = Cow::Owned(Decode::decode(input)?);
        let (authoring_version, spec_version, impl_version) = Decode::decode(input)?;
        let apis: Vec<(ApiId, u32)> = Decode::decode(input)?;
        let core = apis.iter().find(|(id, _)| *id == CORE_API).map(|(_, version)| *version);
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
