//! Bytes that mean harm: an error within the limits, never a panic, a stack that overflows or memory without end.

use codec::{Compact, Encode};
use frame_metadata::v14::{
    ExtrinsicMetadata, PalletMetadata, PalletStorageMetadata, RuntimeMetadataV14, StorageEntryMetadata,
    StorageEntryModifier, StorageEntryType,
};
use proptest::prelude::*;
use scale_info::{MetaType, TypeInfo, meta_type};
use ziver_metadata::{DecodeError, Metadata, limits::VALUES_COUNT_MAX};

use crate::runtime::{all, bytes, metadata};

#[test]
fn calls_nested_beyond_the_limit_end_in_an_error() {
    // Lists of one call, and of two, of which the second would be looked for after the first has failed.
    for (levels, count) in [(22, 4), (100_000, 4), (100_000, 8)] {
        let mut call = [1u8, 0, count].repeat(levels);
        call.extend([0, 0, 0]);
        assert_eq!(metadata().decode_call(&call), Err(DecodeError::TooDeep), "{levels}");
        let extrinsic = [vec![4], call].concat().encode();
        assert_eq!(metadata().decode_extrinsic(&extrinsic), Err(DecodeError::TooDeep), "{levels}");
    }
    let mut call = [1u8, 0, 4].repeat(20);
    call.extend([0, 0, 0]);
    assert!(metadata().decode_call(&call).is_ok());
}

#[test]
fn lists_that_claim_more_than_there_is_end_in_an_error() {
    for count in [1_000u32, u32::MAX] {
        let claim = ([1u8, 0], Compact(count)).encode();
        assert!(matches!(metadata().decode_call(&claim), Err(DecodeError::Bytes(_))));
        let metadata = metadata();
        let events: Vec<_> = metadata.events(&Compact(count).encode()).unwrap().collect();
        assert!(matches!(&events[..], [Err(DecodeError::Bytes(_))]), "{events:?}");
    }
}

#[derive(TypeInfo)]
struct Nothing;

#[derive(TypeInfo)]
#[allow(dead_code, reason = "only its description is used")]
struct Chain(Option<Box<Chain>>);

/// The parts of an extrinsic, one of which is a type under test.
struct Harmful;

impl TypeInfo for Harmful {
    type Identity = Self;

    fn type_info() -> scale_info::Type {
        let parameter = |name, ty: MetaType| scale_info::TypeParameter::new(name, Some(ty));
        scale_info::Type::builder()
            .path(scale_info::Path::new("Harmful", "here"))
            .type_params([
                parameter("Address", meta_type::<Vec<Nothing>>()),
                parameter("Call", meta_type::<Chain>()),
                parameter("Signature", meta_type::<[Vec<Nothing>; 4_000_000]>()),
            ])
            .composite(scale_info::build::Fields::unit())
    }
}

#[derive(TypeInfo)]
#[allow(dead_code, reason = "only its description is used")]
enum Word {
    Initialization,
}

#[derive(TypeInfo)]
#[allow(dead_code, reason = "only its description is used")]
enum Told {
    System(Word),
}

/// An event whose topics take no bytes.
#[derive(TypeInfo)]
#[allow(dead_code, reason = "only its description is used")]
struct Record {
    phase: Word,
    event: Told,
    topics: Vec<Nothing>,
}

fn harmful() -> Metadata {
    let extrinsic = ExtrinsicMetadata { ty: meta_type::<Harmful>(), version: 4, signed_extensions: vec![] };
    let metadata = RuntimeMetadataV14::new(vec![system()], extrinsic, meta_type::<()>());
    Metadata::decode(&frame_metadata::RuntimeMetadataPrefixed::from(metadata).encode()).unwrap()
}

/// A pallet that keeps a list of such events.
fn system() -> PalletMetadata {
    let events = StorageEntryMetadata {
        name: "Events",
        modifier: StorageEntryModifier::Optional,
        ty: StorageEntryType::Plain(meta_type::<Vec<Record>>()),
        default: vec![],
        docs: vec![],
    };
    let storage = Some(PalletStorageMetadata { prefix: "System", entries: vec![events] });
    PalletMetadata { name: "System", storage, calls: None, event: None, constants: vec![], error: None, index: 0 }
}

fn type_of(metadata: &Metadata, is: impl Fn(&str) -> bool) -> u32 {
    let count = u32::try_from(metadata.types().types.len()).unwrap();
    (0..count).find(|id| is(&metadata.type_name(*id))).unwrap()
}

#[test]
fn values_without_bytes_are_counted() {
    let metadata = harmful();
    let list = type_of(&metadata, |name| name == "Vec<Nothing>");
    let few = metadata.decode_value(list, &Compact(3u32).encode()).unwrap();
    assert_eq!(few, serde_json::json!([null, null, null]));
    let many = u32::try_from(VALUES_COUNT_MAX).unwrap();
    assert_eq!(metadata.decode_value(list, &Compact(many).encode()), Err(DecodeError::TooMany));
    assert_eq!(metadata.decode_value(list, &Compact(u32::MAX).encode()), Err(DecodeError::TooMany));
    let array = type_of(&metadata, |name| name.starts_with("[Vec<Nothing>"));
    assert_eq!(metadata.decode_value(array, &vec![0; 4_000_000]), Err(DecodeError::TooMany));
}

#[test]
fn events_without_bytes_are_counted_over_the_whole_list() {
    let topics = u32::try_from(VALUES_COUNT_MAX).unwrap() / 4 * 3;
    let record = ([0u8; 3], Compact(topics)).encode();
    let bytes = [vec![2 << 2], record.clone(), record].concat();
    let metadata = harmful();
    let told: Vec<_> = metadata.events(&bytes).unwrap().map(|event| event.map(|event| event.topics.len())).collect();
    assert_eq!(told, [Ok(topics as usize), Err(DecodeError::TooMany)]);
}

#[test]
fn recursive_types_are_bounded() {
    let metadata = harmful();
    let chain = type_of(&metadata, |name| name == "Chain");
    assert_eq!(metadata.decode_value(chain, &vec![1; 1_000_000]), Err(DecodeError::TooDeep));
    assert!(metadata.decode_value(chain, &[1, 1, 0]).is_ok());
}

#[test]
fn types_that_are_not_there_are_errors() {
    assert!(metadata().decode_value(u32::MAX, &[0]).is_err());
    assert_eq!(metadata().type_name(u32::MAX), "?");
    assert!(metadata().encode_value(u32::MAX, &serde_json::json!(1)).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, format in prop::sample::select(vec![4u8, 0x84, 5, 0x45, 0]), which in 0usize..3) {
        let metadata = &all()[which];
        let _ = metadata.decode_call(&bytes);
        let _ = metadata.events(&bytes).map(Iterator::count);
        let _ = metadata.decode_extrinsic(&bytes);
        let _ = metadata.decode_extrinsic(&[vec![format], bytes.clone()].concat());
        let _ = metadata.describe_dispatch_error_bytes(&bytes);
        for id in 0..u32::try_from(metadata.types().types.len()).unwrap() {
            // What can be read can be written, and then reads the same.
            if let Ok(value) = metadata.decode_value(id, &bytes)
                && let Ok(again) = metadata.encode_value(id, &value)
            {
                prop_assert_eq!(metadata.decode_value(id, &again), Ok(value));
            }
        }
    }

    #[test]
    fn changed_metadata_is_refused_or_harmless(at in 0usize..200_000, byte: u8, call: Vec<u8>) {
        let mut bytes = bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(metadata) = Metadata::decode(&bytes) {
            let _ = metadata.decode_call(&call);
            let _ = metadata.events(&call).map(Iterator::count);
            let _ = metadata.decode_extrinsic(&call);
            for pallet in metadata.pallets() {
                for constant in &pallet.constants {
                    let _ = metadata.constant(&pallet.name, &constant.name);
                }
            }
        }
    }

    #[test]
    fn any_json_is_written_or_refused(text in "[\\[\\]{}\",:0-9a-z ]{0,40}") {
        if let Ok(value) = ziver_metadata::parse_arguments(&text) {
            let metadata = metadata();
            for pallet in metadata.pallets() {
                for call in &pallet.calls {
                    let _ = metadata.encode_call(&pallet.name, &call.name, &value);
                }
            }
        }
    }
}
