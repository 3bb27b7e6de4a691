//! Block 0: from a readable and from a raw specification, and specifications that are refused.

use std::sync::Arc;

use ziver_chain::{Chain, ChainConfig, ChainSpec, GenesisError, GenesisSource, OpenError};
use ziver_db::MemoryDb;

use crate::fixture::{Alith, EXECUTOR, World, dev_source, state};

fn with_patch(patch: &str) -> GenesisSource {
    let json =
        format!(r#"{{ "name": "Test", "id": "test", "genesis": {{ "runtimeGenesis": {{ "patch": {patch} }} }} }}"#);
    let spec = ChainSpec::parse(json.as_bytes()).unwrap();
    GenesisSource { spec: Arc::new(spec), ..dev_source() }
}

fn open(source: GenesisSource) -> Result<Chain, OpenError> {
    Chain::open(Arc::new(MemoryDb::new()), EXECUTOR.clone(), source, ChainConfig::default())
}

#[test]
fn development_accounts_have_their_money() {
    let world = World::new();
    assert_eq!(world.free(&world.genesis(), Alith), 1_000_000 * 10u128.pow(18));
    let version = world.chain.reader().runtime_version_at(&world.genesis()).unwrap().unwrap();
    assert_eq!((&*version.spec_name, version.spec_version), ("ziver", 1));
}

#[test]
fn raw_specification_makes_the_same_block_and_opens_the_same_database() {
    let world = World::new();
    let raw = dev_source().to_raw(&EXECUTOR).unwrap();
    let raw = ChainSpec::parse(raw.to_json().as_bytes()).expect("what we write we read");
    let source = GenesisSource { spec: Arc::new(raw), default_code: Arc::from([]) };
    let chain = open(source.clone()).unwrap();
    assert_eq!(chain.reader().genesis_hash(), world.genesis());
    assert_eq!(state(&chain, &world.genesis()), state(&world.chain, &world.genesis()));
    Chain::open(world.db.clone(), EXECUTOR.clone(), source, ChainConfig::default()).expect("it is the same chain");
}

#[test]
fn numbers_in_a_patch_keep_every_digit() {
    let who = Alith.account();
    let text = with_patch(&format!(r#"{{"balances": {{"balances": [["{who}", 123456789012345678901234567890]]}}}}"#));
    let chain = open(text).unwrap();
    let world = World { db: Arc::new(MemoryDb::new()), chain };
    assert_eq!(world.free(&world.genesis(), Alith), 123_456_789_012_345_678_901_234_567_890);
}

#[test]
fn configuration_that_the_runtime_refuses_is_an_error_with_its_reason() {
    let refused = open(with_patch(r#"{"balances": {"balance": []}}"#));
    let Err(OpenError::Genesis(GenesisError::Refused(reason))) = refused else { panic!("it must be refused") };
    assert!(reason.contains("unknown field `balance`"), "{reason}");
}

#[test]
fn code_that_is_no_runtime_is_an_error() {
    let source = GenesisSource { default_code: Arc::from(*b"not wasm"), ..dev_source() };
    let refused = open(source);
    assert!(matches!(refused, Err(OpenError::Genesis(GenesisError::Call(_)))));
}

#[test]
fn database_of_another_chain_is_refused() {
    let world = World::new();
    let other = with_patch("{}");
    let refused = Chain::open(world.db.clone(), EXECUTOR.clone(), other, ChainConfig::default());
    let Err(OpenError::Db(ziver_db::OpenError::OtherChain { found, .. })) = refused else { panic!("refused") };
    assert_eq!(found, world.genesis().0);
}

#[test]
fn newer_host_with_another_embedded_runtime_goes_on_with_the_old_chain() {
    let world = World::new();
    let newer = GenesisSource { default_code: Arc::from(ziver_wasm::UPGRADED), ..dev_source() };
    let chain = Chain::open(world.db.clone(), EXECUTOR.clone(), newer, ChainConfig::default()).unwrap();
    assert_eq!(chain.reader().genesis_hash(), world.genesis());
    let version = chain.reader().runtime_version_at(&world.genesis()).unwrap().unwrap();
    assert_eq!(version.spec_version, 1);
}
