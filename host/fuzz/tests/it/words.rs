//! The words that both sides speak: headers, blocks, eras, versions.

use codec::{Decode, Encode};
use ziver_primitives::{Block, Digest, DigestItem, Era, Hash, Header, OpaqueExtrinsic, RuntimeVersion};

use ziver_fuzz::damage::fuzz;

/// What decodes encodes to something that decodes to the same; the first may be longer than the canonical form.
fn assert_round_trip<T: Decode + Encode + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    if let Ok(value) = T::decode(&mut &bytes[..]) {
        assert_eq!(T::decode(&mut &value.encode()[..]).expect("an encoding decodes"), value);
    }
}

fn header() -> Header {
    let logs = vec![
        DigestItem::PreRuntime(*b"slot", vec![1; 20]),
        DigestItem::Consensus(*b"slot", vec![]),
        DigestItem::RuntimeEnvironmentUpdated,
        DigestItem::Other(b"note".to_vec()),
        DigestItem::Seal(*b"slot", vec![2; 65]),
    ];
    let hash = Hash::repeat_byte(7);
    Header { parent_hash: hash, number: 70_000, state_root: hash, extrinsics_root: hash, digest: Digest { logs } }
}

#[test]
fn header_and_block() {
    let extrinsics = vec![OpaqueExtrinsic(vec![4, 3, 0, 11]), OpaqueExtrinsic(vec![]), OpaqueExtrinsic(vec![9; 300])];
    let block = Block { header: header(), extrinsics };
    fuzz(&[block.encode(), header().encode()], |bytes| {
        assert_round_trip::<Header>(bytes);
        assert_round_trip::<Block>(bytes);
        assert_round_trip::<OpaqueExtrinsic>(bytes);
    });
}

#[test]
fn era() {
    let eras = [Era::Immortal, Era::mortal(4, 1), Era::mortal(64, 1_000), Era::mortal(1 << 16, u64::MAX)];
    fuzz(&eras.map(|era| era.encode()), |bytes| {
        assert_round_trip::<Era>(bytes);
        if let Ok(era) = Era::decode(&mut &bytes[..]) {
            // Blocks before the first of an era are in none yet.
            for block in [1 << 16, 70_000, u64::MAX] {
                assert!(era.birth(block) <= block && block <= era.death(block), "{era:?} at {block}");
            }
        }
    });
}

#[test]
fn version() {
    let version = RuntimeVersion {
        spec_name: "name".into(),
        impl_name: "name".into(),
        authoring_version: 1,
        spec_version: 2,
        impl_version: 3,
        apis: vec![(ziver_primitives::version::CORE_API, 5), ([1; 8], 1)].into(),
        transaction_version: 4,
        system_version: 1,
    };
    fuzz(&[version.encode()], assert_round_trip_version);
}

/// A version that does not name its Core API decodes to fewer fields than are encoded.
fn assert_round_trip_version(bytes: &[u8]) {
    if let Ok(version) = RuntimeVersion::decode(&mut &bytes[..]) {
        let again = RuntimeVersion::decode(&mut &version.encode()[..]).expect("an encoding decodes");
        assert_eq!((again.spec_name, again.apis), (version.spec_name, version.apis));
    }
}
