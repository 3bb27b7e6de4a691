//! What clients learn of this runtime: types, calls, storage, events, constants, extrinsics, runtime APIs.
//!
//! The pallets describe themselves (`ziver_support::metadata`), this module adds what is the runtime's; the versions
//! 14, 15 and 16 of the format are made of the same description.
//!
//! Clients recognise some types by their path in Substrate; [`paths`] renames ours.

use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_metadata::RuntimeMetadataPrefixed;
use scale_info::{MetaType, meta_type};
use ziver_primitives::Hash;
use ziver_support::metadata::PalletMetadata;
use ziver_system::EventRecord;

use crate::{RuntimeCall, RuntimeEvent, upgrade, version::VERSION};

mod apis;
mod extensions;
mod paths;
mod types;
mod v14;
mod v15;
mod v16;

/// The versions of the format that are offered.
pub const VERSIONS: [u32; 3] = [14, 15, 16];

/// The SCALE-encoded metadata (with its magic number) in `version` of the format.
pub fn at_version(version: u32) -> Option<Vec<u8>> {
    let metadata: RuntimeMetadataPrefixed = match version {
        14 => v14::metadata().into(),
        15 => v15::metadata().into(),
        16 => v16::metadata().into(),
        _ => return None,
    };
    Some(metadata.encode())
}

/// Every pallet, in the order of the indices.
fn pallets() -> Vec<PalletMetadata> {
    let mut system = ziver_system::metadata(&VERSION, meta_type::<Vec<EventRecord<RuntimeEvent, Hash>>>());
    system.storage.push(upgrade::storage_metadata());
    vec![
        system,
        ziver_utility::metadata::<RuntimeCall>(),
        ziver_timestamp::metadata(),
        ziver_balances::metadata(),
        ziver_fees::metadata(),
        ziver_sudo::metadata::<RuntimeCall>(),
        ziver_contracts::metadata(),
    ]
}

/// The type that stands for the runtime itself.
fn runtime_type() -> MetaType {
    meta_type::<types::Runtime>()
}

#[cfg(test)]
mod tests;
