//! Replacing the runtime: by sudo, by authorisation; what is refused.
use alloc::borrow::Cow;
use ziver_primitives::{
    RuntimeVersion,
    hashing::{blake2_256, twox_128},
    storage_keys::CODE,
};
use ziver_system::{Call, Error};

use super::*;
use crate::version::SPEC_VERSION;

/// A chain whose host reads "name version" out of code.
fn chain() -> Chain {
    let mut chain = Chain::new();
    chain.ext = core::mem::take(&mut chain.ext).with_version_of(|code| {
        let (name, version) = core::str::from_utf8(code).ok()?.split_once(' ')?;
        let spec_name = Cow::Owned(name.into());
        Some(RuntimeVersion { spec_name, spec_version: version.parse().ok()?, ..VERSION }.encode())
    });
    chain.begin();
    chain
}

fn successor() -> Vec<u8> {
    alloc::format!("ziver {}", SPEC_VERSION + 1).into_bytes()
}

fn set_code(code: &[u8]) -> RuntimeCall {
    sudo(RuntimeCall::System(Call::set_code { code: code.to_vec() }))
}

/// How the call within the last sudo ended.
fn sudo_result(chain: &Chain) -> DispatchOutcome {
    let mut events = chain.events().into_iter().rev().map(|record| record.event);
    events
        .find_map(|event| match event {
            RuntimeEvent::Sudo(ziver_sudo::Event::Sudid { sudo_result }) => Some(sudo_result),
            _ => None,
        })
        .unwrap()
}

#[test]
fn successor_replaces_the_code_and_says_so_in_digest_and_events() {
    let mut chain = chain();
    assert_eq!(chain.send(Alith, set_code(&successor())), Ok(Ok(())));
    assert_eq!(sudo_result(&chain), Ok(()));
    assert_eq!(chain.ext.pairs().get(CODE), Some(&successor()));
    assert!(events_of(&chain, 1).contains(&RuntimeEvent::System(System::CodeUpdated)));
    assert!(chain.end().header.digest.runtime_updated());
}

#[test]
fn code_that_is_no_successor_is_refused() {
    let same = alloc::format!("ziver {SPEC_VERSION}").into_bytes();
    let cases = [
        (b"no runtime".as_slice(), Error::FailedToExtractRuntimeVersion),
        (b"alien 2", Error::InvalidSpecName),
        (&same, Error::SpecVersionNeedsToIncrease),
    ];
    for (code, error) in cases {
        let mut chain = chain();
        assert_eq!(chain.send(Alith, set_code(code)), Ok(Ok(())));
        assert_eq!(sudo_result(&chain), Err(error.into()), "{code:?}");
        assert!(!chain.ext.pairs().contains_key(CODE));
        assert!(!chain.end().header.digest.runtime_updated());
    }
}

#[test]
fn authorised_code_may_be_brought_by_anybody_once() {
    let mut chain = chain();
    let apply = |code: &[u8]| RuntimeCall::System(Call::apply_authorized_upgrade { code: code.to_vec() });
    let nothing = Err(Error::NothingAuthorized.into());
    assert_eq!(chain.send(Baltathar, apply(&successor())), Ok(nothing));
    let code_hash = Hash::from(blake2_256(&successor()));
    assert_eq!(chain.send(Alith, sudo(RuntimeCall::System(Call::authorize_upgrade { code_hash }))), Ok(Ok(())));
    assert_eq!(chain.send(Baltathar, apply(b"ziver 99")), Ok(Err(Error::Unauthorized.into())));
    let before = chain.free(&Baltathar.account());
    assert_eq!(chain.send(Baltathar, apply(&successor())), Ok(Ok(())));
    assert_eq!(chain.free(&Baltathar.account()), before, "whoever brings it pays nothing");
    assert_eq!(chain.ext.pairs().get(CODE), Some(&successor()));
    assert_eq!(chain.send(Baltathar, apply(&successor())), Ok(nothing));
}

#[test]
fn authorised_code_that_is_no_successor_ends_the_authorisation() {
    let mut chain = chain();
    let alien = b"alien 9".to_vec();
    let code_hash = Hash::from(blake2_256(&alien));
    chain.send(Alith, sudo(RuntimeCall::System(Call::authorize_upgrade { code_hash }))).unwrap().unwrap();
    let apply = RuntimeCall::System(Call::apply_authorized_upgrade { code: alien });
    assert_eq!(chain.send(Baltathar, apply.clone()), Ok(Ok(())));
    let rejected = System::RejectedInvalidAuthorizedUpgrade { code_hash, error: Error::InvalidSpecName.into() };
    assert!(events_of(&chain, 2).contains(&RuntimeEvent::System(rejected)));
    assert!(!chain.ext.pairs().contains_key(CODE));
    assert_eq!(chain.send(Baltathar, apply), Ok(Err(Error::NothingAuthorized.into())));
}

#[test]
fn root_may_write_anything_but_code_the_blocks_own_keys_and_roots_of_child_tries() {
    let mut chain = chain();
    let set = |key: &[u8]| RuntimeCall::System(Call::set_storage { items: vec![(key.to_vec(), b"value".to_vec())] });
    assert_eq!(chain.send(Alith, sudo(set(b"key"))), Ok(Ok(())));
    assert_eq!(chain.ext.pairs().get(b"key".as_slice()), Some(&b"value".to_vec()));
    for call in [
        set(b":child_storage:default:x"),
        RuntimeCall::System(Call::kill_storage { keys: vec![b":child_storage:default:x".to_vec()] }),
        RuntimeCall::System(Call::kill_prefix { prefix: b":child".to_vec(), subkeys: 9 }),
        RuntimeCall::System(Call::kill_prefix { prefix: vec![], subkeys: 9 }),
        set(CODE),
        set(block::EXTRINSIC_DATA.key()),
        set(ziver_timestamp::DID_UPDATE.key()),
        RuntimeCall::System(Call::kill_storage { keys: vec![b"key".to_vec(), block::EXTRINSIC_DATA.key().to_vec()] }),
        RuntimeCall::System(Call::kill_prefix { prefix: item_prefix("System", "EventCursor"), subkeys: 9 }),
        RuntimeCall::System(Call::kill_prefix { prefix: CODE.to_vec(), subkeys: 9 }),
        RuntimeCall::System(Call::kill_prefix { prefix: twox_128(b"System").to_vec(), subkeys: 9 }),
        RuntimeCall::System(Call::kill_prefix { prefix: twox_128(b"Timestamp").to_vec(), subkeys: 9 }),
    ] {
        assert_eq!(chain.send(Alith, sudo(call)), Ok(Ok(())));
        assert_eq!(sudo_result(&chain), Err(Error::CallFiltered.into()));
    }
    let kill = RuntimeCall::System(Call::kill_prefix { prefix: b"ke".to_vec(), subkeys: 9 });
    assert_eq!(chain.send(Alith, sudo(kill)), Ok(Ok(())));
    assert!(!chain.ext.pairs().contains_key(b"key".as_slice()));
}

#[test]
fn migrations_run_for_higher_versions_and_other_names_only() {
    let mut chain = chain();
    let mut is_new = |name: &'static str, spec_version| {
        let version = RuntimeVersion { spec_name: name.into(), spec_version, ..VERSION };
        code::note_version(&mut chain.ctx(), &version)
    };
    assert!(!is_new("ziver", SPEC_VERSION), "genesis notes it");
    assert!(is_new("ziver", 9));
    assert!(!is_new("ziver", 9));
    assert!(!is_new("ziver", 8), "a return migrates nothing");
    assert!(!is_new("ziver", 9), "nor does the way back: the state is of this version already");
    assert!(is_new("another", 1));
}
