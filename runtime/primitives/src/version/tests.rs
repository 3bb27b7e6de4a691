//! Encoding of versions, today's and older ones.
use super::*;
use crate::hashing::blake2_64;

fn version(core: u32) -> RuntimeVersion {
    RuntimeVersion {
        spec_name: "ziver".into(),
        impl_name: "ziver".into(),
        authoring_version: 1,
        spec_version: 2,
        impl_version: 3,
        apis: Cow::Owned(vec![(blake2_64(b"Core"), core)]),
        transaction_version: 4,
        system_version: 1,
    }
}

#[test]
fn encoding_round_trips() {
    assert_eq!(RuntimeVersion::decode(&mut &version(5).encode()[..]).unwrap(), version(5));
    assert_eq!(version(5).api_version("Core"), Some(5));
    assert_eq!(version(5).api_version("Nothing"), None);
}

#[test]
fn fields_that_old_runtimes_lack_take_their_historical_values() {
    let old = RuntimeVersion::decode(&mut &version(2).encode()[..]).unwrap();
    assert_eq!((old.transaction_version, old.system_version), (1, 0));
}

#[test]
fn core_is_known_by_the_hash_of_its_name() {
    assert_eq!(CORE_API, blake2_64(b"Core"));
}

/// Polkadot RFC 42.
#[test]
fn system_version_tells_the_layouts_of_both_tries() {
    let layouts = |system_version| {
        let version = RuntimeVersion { system_version, ..version(5) };
        (version.state_version(), version.extrinsics_root_version())
    };
    assert_eq!([0, 1, 2, 3].map(layouts), [(0, 0), (1, 0), (1, 1), (1, 1)]);
}
