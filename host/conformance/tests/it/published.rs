//! Runtimes of published chains on our executor and, for comparison, on smoldot's.
//!
//! For each: its version, its metadata, the genesis hash that the world knows, and its first block with the inherents alone:
//! built and executed by our executor (small ones with both compilers), and executed by smoldot. They are from 2019 to 2024.

use codec::{Decode, Encode};
use frame_metadata::RuntimeMetadataPrefixed;
use ziver_executor::{CompileStrategy, Overlay, RuntimeVersion};
use ziver_state::{Blake2Hasher, StateVersion};

use crate::blocks::{Session, build, execute, executor};
use crate::foreign_host::{ForeignHost, effective};
use crate::inherents::Kind;
use crate::specs::{Genesis, genesis};

/// What is known of a published chain.
struct Published {
    /// The name of its specification's file.
    file: &'static str,
    spec_name: &'static str,
    spec_version: u32,
    /// Of the metadata that its runtime has.
    metadata: u32,
    /// The layout of its genesis state.
    state: StateVersion,
    /// Its hash as the world knows it, where it does.
    genesis: Option<&'static str>,
    kind: Kind,
}

fn check(published: &Published) {
    let Some(genesis) = genesis(published.file, published.state) else { return };
    if let Some(expected) = published.genesis {
        assert_eq!(hex::encode(genesis.hash()), expected, "the genesis hash");
    }
    let winch = executor(CompileStrategy::WinchOnly);
    // Cranelift takes its time for the larger ones, which come compressed.
    let small = genesis.code.bytes.starts_with(b"\0asm");
    let importer = small.then(|| executor(CompileStrategy::CraneliftOnly));
    check_version(published, &genesis);
    let mut session = Session::new(&winch, genesis.code.clone(), genesis.view.clone());
    let metadata: Vec<u8> = session.call("Metadata_metadata", &[]);
    let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).expect("metadata");
    assert_eq!(metadata.1.version(), published.metadata);

    let (block, built) = build(&winch, &genesis, published.kind);
    let executed = execute(importer.as_ref().unwrap_or(&winch), &genesis, &block);
    assert_eq!(built.child, executed.child);
    let difference = |changes: &ziver_state::Changes| {
        effective(&genesis.pairs, changes.main.iter().map(|(key, value)| (key, value.clone())))
    };
    let expected = difference(&executed);
    assert_eq!(difference(&built), expected, "building and executing differ");
    let mut foreign = ForeignHost::new(&genesis.code.bytes).expect("smoldot takes the runtime");
    let version = StateVersion::try_from(session_version(&winch, &genesis).state_version()).expect("a known layout");
    let (_, changes) = foreign
        .call::<Blake2Hasher>(&genesis.pairs, version, "Core_execute_block", &block.encode())
        .expect("smoldot executes the block");
    assert_eq!(changes, expected, "smoldot comes to another state");
    println!("{}: {} extrinsics, {} changes", published.file, block.extrinsics.len(), expected.len());
}

fn session_version(executor: &ziver_executor::Executor, genesis: &Genesis) -> RuntimeVersion {
    let answer = executor.call(&genesis.code, "Core_version", &[], &mut Overlay::default()).expect("Core_version");
    RuntimeVersion::decode(&mut &answer[..]).expect("a version")
}

fn check_version(published: &Published, genesis: &Genesis) {
    let executor = executor(CompileStrategy::WinchOnly);
    let version = session_version(&executor, genesis);
    assert_eq!((&*version.spec_name, version.spec_version), (published.spec_name, published.spec_version));
    assert_eq!(executor.runtime_version(&genesis.code).expect("a version without a call of the chain's"), version);
}

macro_rules! published {
    ($($test:ident: $published:expr;)*) => {$(
        #[test]
        fn $test() {
            check(&$published);
        }
    )*};
}

published! {
    kusama_of_2019_builds_a_block: Published {
        file: "kusama",
        spec_name: "kusama",
        spec_version: 1020,
        metadata: 9,
        state: StateVersion::V0,
        genesis: Some("b0a8d493285c2df73290dfb7e61f870f17b41801197a149ca93654499ea3dafe"),
        kind: Kind::EarlyRelay { slot_ms: 6_000 },
    };
    polkadot_of_2020_builds_a_block: Published {
        file: "polkadot",
        spec_name: "polkadot",
        spec_version: 0,
        metadata: 11,
        state: StateVersion::V0,
        genesis: Some("91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3"),
        kind: Kind::EarlyRelay { slot_ms: 6_000 },
    };
    westend_of_2020_builds_a_block: Published {
        file: "westend",
        spec_name: "westend",
        spec_version: 1,
        metadata: 11,
        state: StateVersion::V0,
        genesis: Some("e143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e"),
        kind: Kind::EarlyRelay { slot_ms: 6_000 },
    };
    rococo_of_2022_builds_a_block: Published {
        file: "rococo",
        spec_name: "rococo",
        spec_version: 9190,
        metadata: 14,
        state: StateVersion::V0,
        genesis: Some("6408de7737c59c238890533af25896a2c20608d8b380bb01029acb392781063e"),
        kind: Kind::Relay { slot_ms: 6_000 },
    };
    paseo_of_2024_builds_a_block: Published {
        file: "paseo",
        spec_name: "paseo",
        spec_version: 1_001_002,
        metadata: 14,
        state: StateVersion::V0,
        genesis: Some("77afd6190f1554ad45fd0d31aee62aacc33c6db0ea801129acb813f913e0764f"),
        kind: Kind::Relay { slot_ms: 6_000 },
    };
    asset_hub_of_kusama_builds_a_block: Published {
        file: "asset-hub-kusama",
        spec_name: "shell",
        spec_version: 2,
        metadata: 12,
        state: StateVersion::V0,
        genesis: Some("48239ef607d7928874027a43a67689209727dfb3d3dc5e5b03a39bdc2eda771a"),
        kind: Kind::Parachain { id: 1000, slot_ms: 12_000 },
    };
    asset_hub_of_polkadot_builds_a_block: Published {
        file: "asset-hub-polkadot",
        spec_name: "shell",
        spec_version: 2,
        metadata: 14,
        state: StateVersion::V0,
        genesis: Some("68d56f15f85d3136970ec16946040bc1752654e906147f7e43e9d539d7c3de2f"),
        kind: Kind::Parachain { id: 1000, slot_ms: 12_000 },
    };
    asset_hub_of_westend_builds_a_block: Published {
        file: "asset-hub-westend",
        spec_name: "shell",
        spec_version: 2,
        metadata: 12,
        state: StateVersion::V0,
        genesis: Some("67f9723393ef76214df0118c34bbbd3dbebc8ed46a10973a8c969d48fe7598c9"),
        kind: Kind::Parachain { id: 1000, slot_ms: 12_000 },
    };
    bridge_hub_of_rococo_builds_a_block: Published {
        file: "bridge-hub-rococo",
        spec_name: "bridge-hub-rococo",
        spec_version: 1,
        metadata: 14,
        state: StateVersion::V1,
        genesis: None,
        kind: Kind::Parachain { id: 1013, slot_ms: 12_000 },
    };
    collectives_of_westend_builds_a_block: Published {
        file: "collectives-westend",
        spec_name: "collectives",
        spec_version: 9290,
        metadata: 14,
        state: StateVersion::V0,
        genesis: None,
        kind: Kind::Parachain { id: 1001, slot_ms: 12_000 },
    };
    contracts_of_rococo_builds_a_block: Published {
        file: "contracts-rococo",
        spec_name: "canvas-kusama",
        spec_version: 16,
        metadata: 14,
        state: StateVersion::V1,
        genesis: None,
        kind: Kind::Parachain { id: 1002, slot_ms: 12_000 },
    };
}
