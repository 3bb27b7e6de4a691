//! What clients learn of this pallet.

use alloc::{vec, vec::Vec};
use scale_info::{MetaType, meta_type};
use ziver_primitives::RuntimeVersion;
use ziver_support::{
    metadata::{ConstantMetadata, PalletMetadata, StorageEntryMetadata, StorageEntryType},
    pallets,
};

use crate::{
    Call, Error, Event,
    account::ACCOUNT,
    block, code, event,
    limits::{BLOCK_HASH_COUNT, BLOCK_LENGTH, BLOCK_WEIGHTS, DB_WEIGHT, SS58_PREFIX},
};

/// This pallet, in a runtime of `version` whose list of events has the type `events`.
pub fn metadata(version: &RuntimeVersion, events: MetaType) -> PalletMetadata {
    PalletMetadata {
        pallet: pallets::SYSTEM,
        calls: Some(meta_type::<Call>()),
        event: Some(meta_type::<Event>()),
        error: Some(meta_type::<Error>()),
        storage: storage(events),
        constants: constants(version),
        docs: &["Accounts, events, block data, upgrades of the runtime."],
    }
}

fn storage(events: MetaType) -> Vec<StorageEntryMetadata> {
    vec![
        ACCOUNT.metadata_with_default(&["The accounts."]),
        block::BLOCK_WEIGHT.metadata_with_default(&["What the block has taken, by class."]),
        block::ALL_EXTRINSICS_LEN.metadata(&["How many bytes of extrinsics the block has so far."]),
        block::BLOCK_HASH.metadata_with_default(&["Hashes of the last blocks, and of genesis."]),
        block::EXTRINSIC_DATA.metadata_with_default(&["The extrinsics of a block that is being built."]),
        block::NUMBER.metadata_with_default(&["The block's number."]),
        block::PARENT_HASH.metadata_with_default(&["The hash of the block's parent."]),
        block::DIGEST.metadata_with_default(&["The block's digest."]),
        StorageEntryMetadata {
            name: "Events",
            default: Some(vec![0]),
            ty: StorageEntryType::Plain(events),
            docs: &["What happened in the block; not meant for the chain itself to read."],
        },
        event::EVENT_COUNT.metadata_with_default(&["How many events the block has."]),
        event::EVENT_TOPICS.metadata_with_default(&["Block and index of events, by topic."]),
        event::EVENT_CURSOR.metadata(&["Where events go next, within a block."]),
        code::LAST_RUNTIME_UPGRADE.metadata(&["The highest version of the runtime that ran."]),
        code::AUTHORIZED_UPGRADE.metadata(&["The upgrade that anybody may apply."]),
    ]
}

fn constants(version: &RuntimeVersion) -> Vec<ConstantMetadata> {
    vec![
        ConstantMetadata::new("BlockWeights", &BLOCK_WEIGHTS, &["How much a block may take."]),
        ConstantMetadata::new("BlockLength", &BLOCK_LENGTH, &["How long a block may be, in bytes."]),
        ConstantMetadata::new("BlockHashCount", &BLOCK_HASH_COUNT, &["How many block hashes are remembered."]),
        ConstantMetadata::new("DbWeight", &DB_WEIGHT, &["What an access to storage costs."]),
        ConstantMetadata::new("Version", version, &["The runtime's version."]),
        ConstantMetadata::new("SS58Prefix", &SS58_PREFIX, &["The prefix of text addresses."]),
    ]
}
