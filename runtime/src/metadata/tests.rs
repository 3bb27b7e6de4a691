//! The metadata is pinned by hashes; it holds what clients look for, and every entry point.
use alloc::{collections::BTreeSet, format, string::String};
use codec::Decode;
use frame_metadata::RuntimeMetadata;
use scale_info::PortableRegistry;

use super::*;
use crate::api::ENTRY_POINTS;

fn decoded(version: u32) -> RuntimeMetadata {
    let bytes = at_version(version).unwrap();
    let mut input = bytes.as_slice();
    let metadata = RuntimeMetadataPrefixed::decode(&mut input).unwrap();
    assert!(input.is_empty());
    metadata.1
}

/// Changing what clients see is a decision: say so in the commit and write the new hashes here.
#[test]
#[cfg(not(feature = "upgraded"))]
fn conformance_hashes() {
    let hashes =
        VERSIONS.map(|version| hex::encode(ziver_primitives::hashing::blake2_256(&at_version(version).unwrap())));
    assert_eq!(
        hashes,
        [
            "29ff9969aac6eab4c5aa0196f99af43f1a07b9e3660a2b6eec70e99f93fae006",
            "7e7ad933fab78f61c835db3ae444637657f8c775cbbbf33e89455a4412df156b",
            "7a109c56dfead7524b012fb70a471c0972ad0046ff4a6b342853feb69fdf76dc",
        ]
    );
}

#[test]
fn only_the_versions_that_are_listed_are_there() {
    for version in 0..40 {
        assert_eq!(at_version(version).is_some(), VERSIONS.contains(&version), "{version}");
    }
}

fn paths(types: &PortableRegistry) -> BTreeSet<String> {
    types.types.iter().map(|entry| entry.ty.path.segments.join("::")).collect()
}

#[test]
fn types_have_the_paths_that_clients_look_for() {
    let (RuntimeMetadata::V14(v14), RuntimeMetadata::V15(v15), RuntimeMetadata::V16(v16)) =
        (decoded(14), decoded(15), decoded(16))
    else {
        panic!("each version is what it says")
    };
    for types in [&v14.types, &v15.types, &v16.types] {
        let paths = paths(types);
        for wanted in [
            "account::AccountId20",
            "account::EthereumSignature",
            "sp_runtime::DispatchError",
            "sp_runtime::ModuleError",
            "sp_runtime::generic::era::Era",
            "sp_runtime::generic::digest::Digest",
            "sp_runtime::generic::digest::DigestItem",
            "sp_weights::weight_v2::Weight",
            "sp_version::RuntimeVersion",
            "ziver_runtime::RuntimeCall",
            "ziver_runtime::RuntimeEvent",
            "primitive_types::H256",
            "frame_system::AccountInfo",
            "frame_system::EventRecord",
            "frame_system::Phase",
            "frame_system::limits::BlockWeights",
            "pallet_balances::types::AccountData",
        ] {
            assert!(paths.contains(wanted), "{wanted} is missing");
        }
        let ours: Vec<_> = paths.iter().filter(|path| path.starts_with("ziver_")).collect();
        assert!(ours.iter().all(|path| path.starts_with("ziver_runtime::")), "{ours:?}");
    }
    for pallet in &v14.pallets {
        for ty in [pallet.calls.as_ref().map(|calls| calls.ty), pallet.error.as_ref().map(|error| error.ty)] {
            let Some(ty) = ty else { continue };
            let path = &v14.types.resolve(ty.id).unwrap().path.segments;
            assert_eq!((path.len(), path[1].as_ref()), (3, "pallet"), "{}", path.join("::"));
        }
    }
    assert!(paths(&v14.types).contains("sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic"));
    assert!(paths(&v15.types).contains("sp_runtime::generic::header::Header"));
}

#[test]
fn extrinsic_is_version_4_with_the_nine_extensions_in_order() {
    let (RuntimeMetadata::V15(v15), RuntimeMetadata::V16(v16)) = (decoded(15), decoded(16)) else { panic!() };
    assert_eq!(v15.extrinsic.version, 4);
    let names: Vec<_> = v15.extrinsic.signed_extensions.iter().map(|extension| extension.identifier.as_str()).collect();
    assert_eq!(
        names,
        [
            "CheckNonZeroSender",
            "CheckSpecVersion",
            "CheckTxVersion",
            "CheckGenesis",
            "CheckMortality",
            "CheckNonce",
            "CheckWeight",
            "ChargeTransactionPayment",
            "CheckMetadataHash",
        ]
    );
    assert_eq!(v16.extrinsic.versions, [4]);
    let indices = v16.extrinsic.transaction_extensions_by_version.get(&0).unwrap();
    assert_eq!(indices.iter().map(|index| index.0).collect::<Vec<_>>(), (0..9).collect::<Vec<u32>>());
}

#[test]
fn every_entry_point_is_described_with_the_version_of_its_api() {
    let RuntimeMetadata::V16(v16) = decoded(16) else { panic!() };
    let described = v16.apis.iter().flat_map(|api| {
        let name = |method: &frame_metadata::v16::RuntimeApiMethodMetadata<_>| format!("{}_{}", api.name, method.name);
        api.methods.iter().map(name).collect::<Vec<_>>()
    });
    assert_eq!(described.collect::<BTreeSet<_>>(), ENTRY_POINTS.iter().map(|name| String::from(*name)).collect());
    for api in &v16.apis {
        assert_eq!(VERSION.api_version(&api.name), Some(api.version.0), "{}", api.name);
    }
    assert_eq!(v16.apis.len(), VERSION.apis.len());
}

#[test]
fn constants_and_storage_that_clients_read_are_there() {
    let RuntimeMetadata::V14(v14) = decoded(14) else { panic!() };
    let pallet = |name: &str| v14.pallets.iter().find(|pallet| pallet.name == name).unwrap();
    let constants =
        |name: &str| pallet(name).constants.iter().map(|constant| constant.name.as_str()).collect::<Vec<_>>();
    for wanted in ["Version", "BlockHashCount", "SS58Prefix", "BlockWeights", "BlockLength", "DbWeight"] {
        assert!(constants("System").contains(&wanted), "{wanted}");
    }
    assert!(constants("Timestamp").contains(&"MinimumPeriod"));
    assert!(constants("Balances").contains(&"ExistentialDeposit"));
    let storage = pallet("System").storage.as_ref().unwrap();
    let items: Vec<_> = storage.entries.iter().map(|entry| entry.name.as_str()).collect();
    for wanted in
        ["Account", "BlockHash", "Number", "ParentHash", "Events", "EventCount", "Digest", "LastRuntimeUpgrade"]
    {
        assert!(items.contains(&wanted), "{wanted}");
    }
    assert_eq!(storage.prefix, "System");
}
