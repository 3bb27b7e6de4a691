//! [`Metadata`]: a runtime's description, and lookups in it.

use std::sync::Arc;

use codec::Decode;
use frame_metadata::RuntimeMetadataPrefixed;
use scale_info::PortableRegistry;
use serde_json::Value;

use crate::describe::{Call, Extension, Pallet, RuntimeApi, RuntimeApiMethod, StorageItem};
use crate::error::{DecodeError, EncodeError, MetadataError};
use crate::limits::METADATA_BYTES_MAX;
use crate::{normalise, read, types, write};

/// "meta", with which metadata begins.
const MAGIC: &[u8] = b"meta";

/// A runtime's description of itself. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metadata(pub(crate) Arc<Described>);

/// What all versions of the format say.
#[derive(Debug)]
pub(crate) struct Described {
    pub version: u32,
    pub types: PortableRegistry,
    pub pallets: Vec<Pallet>,
    pub extrinsic: ExtrinsicTypes,
    pub apis: Vec<RuntimeApi>,
    /// Type of the reason why a call failed.
    pub dispatch_error: Option<u32>,
}

/// What extrinsics are made of.
#[derive(Debug)]
pub(crate) struct ExtrinsicTypes {
    pub versions: Vec<u8>,
    pub address: u32,
    pub signature: u32,
    pub extensions: Vec<Extension>,
}

impl Metadata {
    /// Reads metadata of version 14, 15 or 16: the bytes that begin with `meta`, or these with a length before them, as
    /// `Metadata_metadata` answers, or the optional ones of `Metadata_metadata_at_version`.
    pub fn decode(bytes: &[u8]) -> Result<Self, MetadataError> {
        let format = |why: &dyn std::fmt::Display| MetadataError::Format(why.to_string());
        if bytes.len() > METADATA_BYTES_MAX {
            return Err(format(&format_args!("{} bytes are too many", bytes.len())));
        }
        let opaque = || <Vec<u8>>::decode(&mut &*bytes).ok().filter(|inner| inner.starts_with(MAGIC));
        let optional =
            || <Option<Vec<u8>>>::decode(&mut &*bytes).ok().flatten().filter(|inner| inner.starts_with(MAGIC));
        let inner = if bytes.starts_with(MAGIC) { Some(bytes.to_vec()) } else { opaque().or_else(optional) };
        let inner = inner.ok_or_else(|| format(&"the magic number is missing"))?;
        if let Some(&version @ ..=13) = inner.get(MAGIC.len()) {
            return Err(MetadataError::Version(version.into()));
        }
        let prefixed = RuntimeMetadataPrefixed::decode(&mut &*inner).map_err(|why| format(&why))?;
        normalise::normalise(prefixed.1).map(|described| Self(Arc::new(described)))
    }

    /// Version of the format that it was read from.
    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// All pallets, in the runtime's order.
    pub fn pallets(&self) -> &[Pallet] {
        &self.0.pallets
    }

    /// The pallet of a name.
    pub fn pallet(&self, name: &str) -> Option<&Pallet> {
        self.0.pallets.iter().find(|pallet| pallet.name == name)
    }

    /// The pallet at an index of calls, events and errors.
    pub fn pallet_at(&self, index: u8) -> Option<&Pallet> {
        self.0.pallets.iter().find(|pallet| pallet.index == index)
    }

    /// A call.
    pub fn call(&self, pallet: &str, name: &str) -> Option<&Call> {
        self.pallet(pallet)?.calls.iter().find(|call| call.name == name)
    }

    /// An item of state.
    pub fn storage(&self, pallet: &str, name: &str) -> Option<&StorageItem> {
        self.pallet(pallet)?.storage.iter().find(|item| item.name == name)
    }

    /// The extensions of signed extrinsics, in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extrinsic.extensions
    }

    /// Versions of the extrinsic format that the runtime takes.
    pub fn extrinsic_versions(&self) -> &[u8] {
        &self.0.extrinsic.versions
    }

    /// The runtime's entry points; metadata 14 lists none.
    pub fn apis(&self) -> &[RuntimeApi] {
        &self.0.apis
    }

    /// A type in words: `Compact<u128>`. Unknown ones are `?`.
    pub fn type_name(&self, type_id: u32) -> String {
        types::name(&self.0.types, type_id)
    }

    /// The list of types, for whoever wants to show their structure.
    pub fn types(&self) -> &PortableRegistry {
        &self.0.types
    }

    /// Reads one value of a type; all bytes must be used up.
    pub fn decode_value(&self, type_id: u32, bytes: &[u8]) -> Result<Value, DecodeError> {
        read::value(&self.0.types, type_id, bytes)
    }

    /// Writes one value of a type.
    pub fn encode_value(&self, type_id: u32, value: &Value) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        write::value(&self.0.types, type_id, value, "value", &mut out)?;
        Ok(out)
    }

    /// The value of a constant.
    pub fn constant(&self, pallet: &str, name: &str) -> Result<Value, DecodeError> {
        let constants = self.pallet(pallet).map(|pallet| pallet.constants.as_slice()).unwrap_or_default();
        let constant = constants.iter().find(|constant| constant.name == name);
        let constant = constant.ok_or_else(|| DecodeError::Unknown(format!("constant {pallet}.{name}")))?;
        self.decode_value(constant.type_id, &constant.value)
    }

    /// Writes the arguments of a runtime entry point (`AccountNonceApi`, `account_nonce`): an object by name or an
    /// array.
    pub fn encode_api_arguments(&self, api: &str, method: &str, arguments: &Value) -> Result<Vec<u8>, EncodeError> {
        let found = self.api_method(api, method).ok_or_else(|| EncodeError::Unknown {
            what: format!("entry point {api}_{method}"),
            known: self.0.apis.iter().map(|api| api.name.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        let mut out = Vec::new();
        write::arguments(&self.0.types, &found.inputs, arguments, &mut out)?;
        Ok(out)
    }

    /// Reads what a runtime entry point answered.
    pub fn decode_api_answer(&self, api: &str, method: &str, bytes: &[u8]) -> Result<Value, DecodeError> {
        let found = self.api_method(api, method);
        let found = found.ok_or_else(|| DecodeError::Unknown(format!("entry point {api}_{method}")))?;
        self.decode_value(found.output_id, bytes)
    }

    fn api_method(&self, api: &str, method: &str) -> Option<&RuntimeApiMethod> {
        let api = self.0.apis.iter().find(|one| one.name == api)?;
        api.methods.iter().find(|one| one.name == method)
    }
}
