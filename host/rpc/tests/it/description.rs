//! What the made-up runtime says of itself: a transfer, its event, and where events are kept.

use codec::Encode;
use frame_metadata::{
    RuntimeMetadataPrefixed,
    v14::{
        ExtrinsicMetadata, PalletCallMetadata, PalletEventMetadata, PalletMetadata, PalletStorageMetadata,
        RuntimeMetadataV14, StorageEntryMetadata, StorageEntryModifier, StorageEntryType,
    },
};
use scale_info::{Path, Type, TypeInfo, TypeParameter, build::Fields, meta_type};
use ziver_metadata::Metadata;
use ziver_primitives::{AccountId20, EthereumSignature, Hash};

#[derive(Encode, TypeInfo)]
#[allow(dead_code, reason = "clients alone make all of them")]
pub enum Phase {
    ApplyExtrinsic(u32),
    Finalization,
    Initialization,
}

#[derive(Encode, TypeInfo)]
pub enum BalancesEvent {
    Transfer { from: AccountId20, to: AccountId20, amount: u128 },
}

#[derive(Encode, TypeInfo)]
pub enum Event {
    #[codec(index = 5)]
    Balances(BalancesEvent),
}

#[derive(Encode, TypeInfo)]
pub struct Record {
    pub phase: Phase,
    pub event: Event,
    pub topics: Vec<Hash>,
}

#[derive(Encode, TypeInfo)]
#[allow(non_camel_case_types, reason = "calls have such names")]
#[allow(dead_code, reason = "only its description is used")]
enum BalancesCall {
    transfer_allow_death {
        dest: AccountId20,
        #[codec(compact)]
        value: u128,
    },
}

/// The type by whose parameters clients find the parts of extrinsics.
struct Extrinsic;

impl TypeInfo for Extrinsic {
    type Identity = Self;

    fn type_info() -> Type {
        let parameter = |name, ty| TypeParameter::new(name, Some(ty));
        Type::builder()
            .path(Path::new("UncheckedExtrinsic", "fake"))
            .type_params([
                parameter("Address", meta_type::<AccountId20>()),
                parameter("Call", meta_type::<BalancesCall>()),
                parameter("Signature", meta_type::<EthereumSignature>()),
            ])
            .composite(Fields::unit())
    }
}

fn pallet(name: &'static str, index: u8) -> PalletMetadata {
    PalletMetadata { name, storage: None, calls: None, event: None, constants: vec![], error: None, index }
}

pub fn metadata() -> Metadata {
    let events = StorageEntryMetadata {
        name: "Events",
        modifier: StorageEntryModifier::Default,
        ty: StorageEntryType::Plain(meta_type::<Vec<Record>>()),
        default: vec![0],
        docs: vec![],
    };
    let system = PalletMetadata {
        storage: Some(PalletStorageMetadata { prefix: "System", entries: vec![events] }),
        ..pallet("System", 0)
    };
    let balances = PalletMetadata {
        calls: Some(PalletCallMetadata { ty: meta_type::<BalancesCall>() }),
        event: Some(PalletEventMetadata { ty: meta_type::<BalancesEvent>() }),
        ..pallet("Balances", 5)
    };
    let extrinsic = ExtrinsicMetadata { ty: meta_type::<Extrinsic>(), version: 4, signed_extensions: vec![] };
    let metadata = RuntimeMetadataV14::new(vec![system, balances], extrinsic, meta_type::<()>());
    Metadata::decode(&RuntimeMetadataPrefixed::from(metadata).encode()).unwrap()
}
