//! The version a blob tells of itself, in its custom sections.
//!
//! `runtime_version` holds a SCALE `RuntimeVersion` (its list of APIs usually empty), `runtime_apis` the list: 8 bytes id
//! and 4 bytes version each. Blobs without the sections are asked by a call of `Core_version`.

use codec::{Compact, Decode};
use ziver_primitives::RuntimeVersion;
use ziver_primitives::hashing::blake2_64;
use ziver_primitives::version::ApiId;

use super::Shape;
use crate::error::InvalidCode;
use crate::limits::VERSION_BYTES_MAX;

const API_ENTRY_BYTES: usize = 12;

/// The version in the custom sections; `None` where there are none.
pub(crate) fn embedded_version(shape: &Shape<'_>) -> Option<Result<RuntimeVersion, InvalidCode>> {
    let version = shape.version_section?;
    let Some(apis) = shape.apis_section else { return Some(decode_version(version)) };
    Some(parse_apis(apis).and_then(|apis| decode_with_apis(version, apis)))
}

/// A version as `Core_version` answers it.
pub(crate) fn decode_version(bytes: &[u8]) -> Result<RuntimeVersion, InvalidCode> {
    if bytes.len() > VERSION_BYTES_MAX {
        return Err(malformed("it is too long"));
    }
    RuntimeVersion::decode(&mut &bytes[..]).map_err(|error| malformed(&error.to_string()))
}

fn malformed(reason: &str) -> InvalidCode {
    InvalidCode::Version(reason.to_owned())
}

fn parse_apis(section: &[u8]) -> Result<Vec<(ApiId, u32)>, InvalidCode> {
    let whole = section.len().is_multiple_of(API_ENTRY_BYTES) && section.len() <= VERSION_BYTES_MAX;
    let wrong = || malformed("its list of APIs has a wrong length");
    if !whole {
        return Err(wrong());
    }
    let entries = section.chunks_exact(API_ENTRY_BYTES);
    entries
        .map(|entry| {
            let (id, version) = entry.split_first_chunk::<8>().ok_or_else(wrong)?;
            Ok((*id, u32::from_le_bytes(version.try_into().map_err(|_| wrong())?)))
        })
        .collect()
}

/// Which fields follow the APIs depends on the version of the Core API. Where the list stands in its own section, the
/// one in the version is empty and can't tell.
fn decode_with_apis(bytes: &[u8], apis: Vec<(ApiId, u32)>) -> Result<RuntimeVersion, InvalidCode> {
    if bytes.len() > VERSION_BYTES_MAX {
        return Err(malformed("it is too long"));
    }
    let read = || -> Result<RuntimeVersion, codec::Error> {
        let input = &mut &bytes[..];
        let (spec_name, impl_name) = <(String, String)>::decode(input)?;
        let (authoring_version, spec_version, impl_version) = Decode::decode(input)?;
        for _ in 0..Compact::<u32>::decode(input)?.0 {
            <(ApiId, u32)>::decode(input)?;
        }
        let core_id = blake2_64(b"Core");
        let core = apis.iter().find(|(id, _)| *id == core_id).map_or(0, |(_, version)| *version);
        let transaction_version = if core >= 3 { u32::decode(input)? } else { 1 };
        let system_version = if core >= 4 { u8::decode(input)? } else { 0 };
        Ok(RuntimeVersion {
            spec_name: spec_name.into(),
            impl_name: impl_name.into(),
            authoring_version,
            spec_version,
            impl_version,
            apis: apis.into(),
            transaction_version,
            system_version,
        })
    };
    read().map_err(|error| malformed(&error.to_string()))
}
