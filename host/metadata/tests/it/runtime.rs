//! The chain's own runtime describes itself.

use std::sync::LazyLock;

use codec::{Decode, Encode};
use ziver_executor::{Executor, ExecutorConfig, Overlay, RuntimeCode};
use ziver_metadata::{Metadata, MetadataError};

static ANSWERS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    let executor = Executor::new(ExecutorConfig::default()).unwrap();
    let code = RuntimeCode::new(ziver_wasm::RUNTIME);
    let call = |method, input: &[u8]| executor.call(&code, method, input, &mut Overlay::default()).unwrap();
    let at = |version: u32| call("Metadata_metadata_at_version", &version.encode());
    [call("Metadata_metadata", &[]), at(14), at(15), at(16)]
});

static DECODED: LazyLock<[Metadata; 3]> = LazyLock::new(|| [1, 2, 3].map(|at| Metadata::decode(&ANSWERS[at]).unwrap()));

/// The metadata in versions 14, 15 and 16.
pub fn all() -> &'static [Metadata; 3] {
    &DECODED
}

/// The metadata that `Metadata_metadata` answers.
pub fn metadata() -> Metadata {
    DECODED[0].clone()
}

/// The bytes from the magic number on.
pub fn bytes() -> Vec<u8> {
    Vec::decode(&mut ANSWERS[0].as_slice()).unwrap()
}

#[test]
fn metadata_is_read_bare_with_a_length_and_as_an_option() {
    for answer in [bytes(), bytes().encode(), Some(bytes()).encode()] {
        assert_eq!(Metadata::decode(&answer).unwrap().version(), 14);
    }
    assert_eq!(all().each_ref().map(Metadata::version), [14, 15, 16]);
}

#[test]
fn other_bytes_and_older_versions_are_refused() {
    let format = |bytes: &[u8]| Metadata::decode(bytes).unwrap_err();
    assert!(matches!(format(b""), MetadataError::Format(_)));
    assert!(matches!(format(b"met"), MetadataError::Format(_)));
    assert!(matches!(format(&bytes()[..1_000]), MetadataError::Format(_)));
    assert_eq!(format(b"meta\x0d"), MetadataError::Version(13));
    assert!(matches!(format(b"meta\x11"), MetadataError::Format(_)));
}

#[test]
fn versions_describe_the_same_pallets() {
    let [v14, v15, v16] = all();
    for (old, new) in [(v14, v15), (v15, v16)] {
        for (one, other) in old.pallets().iter().zip(new.pallets()) {
            let names = |pallet: &ziver_metadata::Pallet| {
                let calls: Vec<_> = pallet.calls.iter().map(|call| (call.name.clone(), call.index)).collect();
                let storage: Vec<_> = pallet.storage.iter().map(|item| item.name.clone()).collect();
                let events: Vec<_> = pallet.events.iter().map(|event| event.name.clone()).collect();
                let errors: Vec<_> = pallet.errors.iter().map(|error| error.name.clone()).collect();
                (pallet.name.clone(), pallet.index, calls, storage, events, errors)
            };
            assert_eq!(names(one), names(other));
        }
        assert_eq!(old.pallets().len(), new.pallets().len());
    }
    assert!(v14.apis().is_empty());
    assert!(v15.apis().iter().any(|api| api.name == "AccountNonceApi"));
    assert_eq!(v15.apis(), v15.apis());
}

#[test]
fn calls_constants_and_errors_have_types_and_docs() {
    for metadata in all() {
        let call = metadata.call("Balances", "transfer_keep_alive").unwrap();
        let args: Vec<_> = call.args.iter().map(|arg| (arg.name.as_str(), arg.type_name.as_str())).collect();
        assert_eq!(args, [("dest", "AccountId20"), ("value", "Compact<u128>")]);
        assert!(!call.docs.is_empty());
        assert_eq!(metadata.constant("System", "SS58Prefix").unwrap(), 42);
        assert!(metadata.constant("Balances", "ExistentialDeposit").unwrap().is_string());
        assert!(metadata.constant("System", "Version").unwrap()["spec_name"].is_string());
        assert!(metadata.constant("System", "Nothing").is_err());
    }
}

#[test]
fn entry_points_are_called_by_name() {
    for metadata in &all()[1..] {
        let account = "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac";
        let input = metadata
            .encode_api_arguments("AccountNonceApi", "account_nonce", &serde_json::json!({ "account": account }))
            .unwrap();
        assert_eq!(hex::encode(input), account[2..]);
        let answer = metadata.decode_api_answer("AccountNonceApi", "account_nonce", &7u32.encode()).unwrap();
        assert_eq!(answer, 7);
    }
}
